package store

import (
	"errors"
	"strings"
)

// Progress is called before each file of a store that is encrypted again, with the number of files done and their
// total. If it returns an error, the work stops there: everything can still be read, and the same call later finishes
// it.
type Progress func(done, total int) error

// recordFile is a live record, or the version before it.
type recordFile struct {
	path, fileID string
	ref          Ref
}

// survey lists all record files after reading each of them. The error holds one [*Error] for each that cannot be read:
// encrypting the rest would leave it behind, and the last way to repair it would go with the old identity.
func (s *Store) survey() ([]recordFile, error) {
	names, err := s.files() // nothing may change without them: their disk may not be mounted
	if err != nil {
		return nil, err
	}
	var files []recordFile
	var failed []error
	for _, name := range names {
		if strings.HasPrefix(name, tempPrefix) {
			continue
		}
		f, err := s.recordFile(name)
		if err == nil {
			_, err = s.loadFile(f.path, f.fileID)
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		files = append(files, f)
	}
	return files, errors.Join(failed...)
}

// recordFile returns the file of a name in the directory of records.
func (s *Store) recordFile(name string) (recordFile, error) {
	fileID, ref, err := s.named(name)
	return recordFile{s.record(name), fileID, ref}, err
}

// named returns the record of a name in the directory of records.
func (s *Store) named(name string) (fileID string, ref Ref, err error) {
	fileID, ref, ok := recordOfName(name)
	if !ok {
		return fileID, ref, fail(caseStray, s.record(name))
	}
	return fileID, ref, s.allowWorld(ref, fileID)
}

// recordOfName returns the record whose live file, or the version before it, has this name.
func recordOfName(name string) (fileID string, ref Ref, ok bool) {
	if fileID, ok = fileIDOfName(name); ok {
		ref, ok = RefOf(fileID)
	}
	return fileID, ref, ok
}

// fileIDOfName is the part of recordOfName that does not check the name.
func fileIDOfName(name string) (fileID string, ok bool) {
	if fileID, ok = strings.CutSuffix(name, prevSuffix); ok {
		return fileID, true
	}
	return strings.CutSuffix(name, recordSuffix)
}

// reseal encrypts the files for the current recipients. Their contents stay as they are, to the byte.
func (s *Store) reseal(files []recordFile, progress Progress) error {
	for i, f := range files {
		if progress != nil {
			if err := progress(i, len(files)); err != nil {
				return err
			}
		}
		if err := s.resealFile(f); err != nil {
			return err
		}
	}
	return writeError(s.installations(), s.fs.syncDir(s.installations()))
}

func (s *Store) resealFile(f recordFile) error {
	found, err := s.loadFile(f.path, f.fileID)
	if err != nil {
		return err
	}
	k := s.current()
	plain, err := k.ids.open(found.sealed)
	defer clear(plain)
	if err != nil {
		return contentError(f.path, err)
	}
	sealed, err := k.encrypt(plain)
	if err != nil {
		return err
	}
	return s.replace(f.path, sealed)
}
