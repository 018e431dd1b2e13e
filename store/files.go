package store

import (
	"bytes"
	"errors"
	"strings"
)

// fileEntries are the entries of a store, each in a file of its own. The version of one is the generation of its
// document.
type fileEntries struct{ *Store }

// allow refuses a name that this store cannot hold. The simulated and the real world never mix.
func (s fileEntries) allow(name string) error {
	if s.closed.Load() {
		return errClosed
	}
	ref, ok := RefOf(name)
	if !ok {
		return fail(caseStray, s.live(name))
	}
	return s.allowWorld(ref, name)
}

// Get reads a record without taking the lock, always a whole old or a whole new one.
func (s fileEntries) Get(name string) (Entry, error) {
	if err := s.allow(name); err != nil {
		return Entry{}, err
	}
	// A writer first saves the record and then raises the mark, so in this order the mark is never ahead of an honest
	// record.
	highest := s.readMark(name)
	found, err := s.load(name)
	if errors.Is(err, ErrNotFound) && s.missed(name) {
		found, err = s.load(name) // it may have been saved since, and then marked
		if errors.Is(err, ErrNotFound) && s.missed(name) {
			err = s.lost(name)
		}
	}
	return s.entry(name, found, highest), err
}

func (s fileEntries) entry(name string, found stored, highest mark) Entry {
	return Entry{
		Document: found.doc, Version: found.version(), Place: s.live(name),
		FromPrevious: found.fromPrevious, Damage: found.damage,
		Highest: highest.Generation, HighestAt: highest.At,
	}
}

// locked calls do under the lock with what is there now, if that has the version.
func (s fileEntries) locked(name string, over uint64, do func(found stored) error) error {
	if err := s.allow(name); err != nil {
		return err
	}
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	found, err := s.load(name)
	switch {
	case err != nil && !errors.Is(err, ErrNotFound):
		return err
	case found.version() != over:
		return ErrChanged
	}
	return do(found)
}

// Put saves a document, and reads it as every reader does.
func (s fileEntries) Put(name string, d *Document, over uint64) (e Entry, err error) {
	err = s.locked(name, over, func(old stored) error {
		// Who can open the store may have changed since it was opened: nothing may be sealed to a recipient that was
		// removed.
		if err := s.refresh(); err != nil {
			return err
		}
		if highest := s.readMark(name).Generation; highest >= d.Generation && highest < maxGeneration {
			return ErrChanged // it was there in the meantime, and is gone again
		}
		if d.Status == StatusPending {
			if err := s.markPending(name); err != nil {
				return err
			}
		}
		if err := s.save(name, old, d); err != nil {
			return err
		}
		found, err := s.load(name)
		if err == nil && !found.doc.Equal(d) {
			err = fail(caseNotSame, s.live(name))
		}
		if err != nil {
			return err
		}
		s.raiseMark(name, d.Generation, d.WrittenAt)
		s.notePlace()
		e = s.entry(name, found, s.readMark(name))
		return nil
	})
	return e, err
}

// Settle makes the version before a copy of the record: from then on it guards against damage alone.
func (s fileEntries) Settle(name string, version uint64) error {
	return s.locked(name, version, func(found stored) error {
		old, err := s.fs.read(s.prev(name), checkFile)
		if err != nil || !bytes.Equal(old, found.sealed) {
			if err := s.replace(s.prev(name), found.sealed); err != nil {
				return err
			}
		}
		// Even when the copy is there: the process that made it may have died before its name was flushed.
		if err := s.fs.syncDir(s.installations()); err != nil {
			return writeError(s.installations(), err)
		}
		if found.doc.Status == StatusActive {
			s.unmarkPending(name)
		}
		return nil
	})
}

// Delete removes a record, the version before it, and temporary files. The removal is noted first: a crash in between
// must not make the record a lost one. If the record is already gone, the person knows that.
func (s fileEntries) Delete(name string, was Entry) error {
	return s.locked(name, was.Version, func(found stored) error { return s.forget(name, found.doc) })
}

// List lists the directory of the records.
func (s fileEntries) List() ([]Listed, error) {
	if s.closed.Load() {
		return nil, errClosed
	}
	names, err := s.files()
	if err != nil {
		return nil, err
	}
	return s.listed(names), nil
}

// listed returns what is in the directory of records, each record once.
func (s *Store) listed(names []string) []Listed {
	out := make([]Listed, 0, len(names))
	var last string
	for _, name := range names {
		if strings.HasPrefix(name, tempPrefix) {
			continue
		}
		fileID, ref, err := s.named(name)
		if ref != (Ref{}) {
			if fileID == last {
				continue // the live file sorts before the version before it
			}
			last = fileID
		}
		out = append(out, Listed{Name: fileID, Err: err})
	}
	return out
}
