package store

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const staleTemp = time.Hour // a save takes milliseconds; anything older was left by a crash

// save replaces what was found with next. It runs under the lock and stops at the first error with the old record in
// place.
func (s *Store) save(fileID string, found stored, next *Document) error {
	sealed, err := s.seal(next)
	if err != nil {
		return err
	}
	// The new record is whole and on the disk before anything else changes: every later failure can be undone by one
	// remove.
	temp, err := s.writeTemp(s.installations(), sealed)
	if err != nil {
		return err
	}
	// A copy, not a rename: the live file exists at every moment. A damaged live file is never copied: what was found
	// in its place is the version before it.
	if found.doc != nil {
		if err := s.replace(s.prev(fileID), found.sealed); err != nil {
			s.discard(temp)
			return err
		}
	}
	if err := s.fs.rename(temp, s.live(fileID)); err != nil {
		s.discard(temp)
		return writeError(s.live(fileID), err)
	}
	// Without this, a power cut could take back a save that was reported.
	if err := s.fs.syncDir(s.installations()); err != nil {
		return s.uncertain(fileID, next.Generation)
	}
	return nil
}

// seal encrypts a document in memory and proves that it can be read again.
func (s *Store) seal(d *Document) ([]byte, error) {
	k := s.current()
	d.StoreID = k.settings.StoreID
	plain, err := d.Encode()
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return k.encrypt(plain)
}

// uncertain reads again after the disk refused to confirm the new name, and reports what is visible now.
func (s *Store) uncertain(fileID string, generation uint64) error {
	if found, err := s.load(fileID); err == nil && found.doc.Generation == generation {
		return fail(caseReadable, s.live(fileID))
	}
	return fail(caseSave, s.live(fileID))
}

// replace puts data in place of path in one step: readers see the old file or the new one. The name becomes durable
// with the next syncDir of its directory.
func (s *Store) replace(path string, data []byte) error {
	temp, err := s.writeTemp(filepath.Dir(path), data)
	if err != nil {
		return err
	}
	if err := s.fs.rename(temp, path); err != nil {
		s.discard(temp)
		return s.complete(writeError(path, err))
	}
	return nil
}

// writeTemp writes data to a new file in dir, makes it durable and reads it back. After an error no file is left.
func (s *Store) writeTemp(dir string, data []byte) (string, error) {
	path := filepath.Join(dir, tempPrefix+rand.Text())
	f, err := s.fs.create(path)
	if err != nil {
		return "", s.complete(writeError(path, err))
	}
	err = fill(f, data)
	if err == nil {
		err = s.readBack(path, data)
	}
	if err != nil {
		s.discard(path)
		return "", writeError(path, err)
	}
	return path, nil
}

// fill writes, flushes and closes f. A failed Sync is final: the kernel may have marked the lost pages as clean, and a
// second Sync would succeed without writing them.
func fill(f file, data []byte) error {
	err := f.Chmod(fileMode) // regardless of the umask
	if err == nil {
		_, err = f.Write(data)
	}
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

func (s *Store) readBack(path string, want []byte) error {
	got, err := s.fs.read(path, checkFile)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return fail(caseReadBack, path)
	}
	return nil
}

// discard removes a temporary file. If even that fails, sweep finds it later.
func (s *Store) discard(path string) { _ = s.fs.remove(path) }

// sweep removes temporary files older than before, and directories of probes, which crashed writers left behind.
func (s *Store) sweep(before time.Time, dirs ...string) {
	for _, dir := range dirs {
		names, _ := s.fs.list(dir) // after an error the write that follows fails with what is wrong
		s.sweepNames(before, dir, names)
	}
}

// sweepNames is sweep for a directory that was listed. It looks only at temporary files: others may be thousands.
func (s *Store) sweepNames(before time.Time, dir string, names []string) {
	for _, name := range names {
		if !strings.HasPrefix(name, tempPrefix) {
			continue
		}
		path := filepath.Join(dir, name)
		if info, err := os.Lstat(path); err == nil && info.ModTime().Before(before) {
			s.discardAll(path)
		}
	}
}

// discardAll removes a temporary file, or the directory of a probe with the files of a probe. It touches nothing in a
// directory of another account.
func (s *Store) discardAll(path string) {
	if checkOwnDir(path, s.euid) == nil {
		names, _ := s.fs.list(path)
		for _, name := range names {
			if name == lockName || strings.HasPrefix(name, tempPrefix) {
				s.discard(filepath.Join(path, name))
			}
		}
	}
	s.discard(path)
}
