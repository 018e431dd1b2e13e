package store

import (
	"errors"
	"io/fs"
)

// stored is a record as it was found: the document and the bytes of the file that held it.
type stored struct {
	doc          *Document
	sealed       []byte
	fromPrevious bool
	damage       error // what is wrong with the live file, when the version before it was read in its place
}

// version returns the generation of what was found, or 0.
func (s stored) version() uint64 {
	if s.doc == nil {
		return 0
	}
	return s.doc.Generation
}

// load reads the live file, or the version before it if the live file is missing or damaged. Any other fault of the
// live file stops here: a file of another company or with open permissions must be looked at, not worked around.
func (s *Store) load(fileID string) (stored, error) {
	live, err := s.loadFile(s.live(fileID), fileID)
	missing := errors.Is(err, fs.ErrNotExist)
	if !missing && !repairable(err) {
		return live, err
	}
	prev, prevErr := s.loadFile(s.prev(fileID), fileID)
	if missing && prevErr == nil { // made from a live file: both may have appeared after the first look
		live, err = s.loadFile(s.live(fileID), fileID)
		if missing = errors.Is(err, fs.ErrNotExist); !missing && !repairable(err) {
			return live, err
		}
	}
	switch {
	case prevErr == nil:
		prev.fromPrevious = true
		if !missing {
			prev.damage = err
		}
		return prev, nil
	case missing && errors.Is(prevErr, fs.ErrNotExist):
		return stored{}, ErrNotFound
	case missing:
		return stored{}, prevErr
	}
	return stored{}, withPrevious(err, prevErr)
}

// withPrevious returns the error of a live file, and makes it name the version before it as well if that is also lost:
// they can only be removed together.
func withPrevious(err, prevErr error) error {
	var live, prev *Error
	if !lostContents(prevErr) || !errors.As(err, &live) || !errors.As(prevErr, &prev) || prev.row() == caseReadError {
		return err // what a disk does not read now it may read later
	}
	out := *live
	out.Paths = []string{live.Path, prev.Path}
	return &out
}

// repairable reports whether err means that the contents of a file are lost: the version before it may take its place.
// Settings that were changed near their beginning look like those of another identity; their copy shows whether the
// identity is the right one.
func repairable(err error) bool {
	switch kindOf(err) {
	case KindDamaged, KindTooLarge, KindPassphrase, KindIdentityDamaged:
		return true
	}
	return false
}

// loadFile reads, decrypts and checks one file. One that our identities do not open may be newer than they are: another
// process may have given the store a new identity in the meantime.
func (s *Store) loadFile(path, fileID string) (stored, error) {
	sealed, err := s.fs.read(path, checkFile)
	if err != nil {
		return stored{}, err
	}
	plain, err := s.current().ids.open(sealed)
	if errors.Is(err, errMismatch) {
		if err := s.reload(); err != nil {
			return stored{}, err
		}
		plain, err = s.current().ids.open(sealed)
	}
	if err != nil {
		return stored{}, contentError(path, err)
	}
	defer clear(plain)
	doc, err := decode(plain)
	if err == nil {
		err = doc.check(s.current().settings.StoreID, fileID)
	}
	if err != nil {
		return stored{}, contentError(path, err)
	}
	return stored{doc: doc, sealed: sealed}, nil
}

// contentError translates a fault inside a file.
func contentError(path string, err error) error {
	switch {
	case errors.Is(err, errNewer):
		return fail(KindNewer, path)
	case errors.Is(err, errOtherStore):
		return fail(KindOtherStore, path)
	case errors.Is(err, errOtherRecord):
		return fail(KindOtherRecord, path)
	case errors.Is(err, errPassphrase):
		return fail(KindPassphrase, path)
	case errors.Is(err, errMismatch): // the settings opened with the same identity
		return fail(caseOtherIdentity, path)
	case errors.Is(err, errDamaged), errors.Is(err, errNotRecord):
		return fail(caseBroken, path)
	}
	return err
}
