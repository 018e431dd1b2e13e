package store

import (
	"errors"
	"io/fs"
)

// A marker is an empty file with the name of a record that is pending, or whose version before it is. Those who look
// for what is not activated yet read these records alone. A marker that was left behind costs one look at a record.

// markPending makes the marker of a record durable. It runs before the record is saved, or a power cut in between
// would hide the record.
//
// The directory is missing only after a backup without empty directories. If the process that makes it again dies
// before its name is flushed, nothing shows that to the next one, and a power cut soon after could take back the
// markers. The records stay, and the companies can be connected again.
func (s *Store) markPending(fileID string) error {
	if err := s.mkdirAll(s.pendingDir()); err != nil {
		return err
	}
	path := s.marker(fileID)
	f, err := s.fs.create(path)
	if err == nil {
		err = f.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return writeError(path, err)
	}
	// Even when it is there: the process that made it may have died before its name was flushed.
	return writeError(s.pendingDir(), s.fs.syncDir(s.pendingDir()))
}

// unmarkPending removes the marker of a record that is active, and whose version before it is a copy, or of one that
// is gone. That is on the disk already, and the marker may come back.
func (s *Store) unmarkPending(fileID string) { _ = s.fs.remove(s.marker(fileID)) }

// pending returns the names of the records with a marker.
func (s *Store) pending() ([]Ref, error) {
	names, err := s.fs.list(s.pendingDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, readError(s.pendingDir(), err)
	}
	var refs []Ref
	for _, name := range names {
		if ref, ok := RefOf(name); ok {
			refs = append(refs, ref)
		}
	}
	return refs, nil
}
