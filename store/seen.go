package store

import (
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json"
)

const (
	markSuffix = ".json"
	placeName  = "store.json" // beside the marks of a store; no file id is "store"
)

// mark is the highest generation of a record that was ever saved. It is stored beside the identity, not in the store,
// so that it shows when an old copy of the store is put back, and when a record or the whole store is lost. Each record
// has a file of its own, so that saving one does not cost more when there are many.
type mark struct {
	Generation uint64    `json:"generation"`
	At         time.Time `json:"at"`               // UTC, when it was saved
	Removed    bool      `json:"removed,omitzero"` // on purpose: the record is not missed
}

// place says in which directory a store is.
type place struct {
	Dir string `json:"dir"`
}

// ownSeen returns the directory of what was seen of this store. Stores that share an identity have one each.
func (s *Store) ownSeen() string { return s.seen(s.current().settings.StoreID) }

func (s *Store) markPath(fileID string) string { return s.ownSeen() + slash + fileID + markSuffix }

// readMark returns the mark of a record. One that cannot be read counts as none, which costs only the warning.
func (s *Store) readMark(fileID string) mark {
	m, _ := s.loadMark(s.markPath(fileID))
	return m
}

// loadMark reads a mark. One that holds nothing is an error, as is a damaged one.
func (s *Store) loadMark(path string) (mark, error) {
	var m mark
	if err := s.loadSeen(path, &m); err != nil {
		return mark{}, err
	}
	if m.Generation == 0 && !m.Removed {
		return mark{}, unreadable(path)
	}
	return m, nil
}

// raiseMark raises the mark of a record that is already saved, never before: a mark above every copy would be a false
// alarm. The identity may be stored where we cannot write, like a systemd credential. Then the save is valid without
// the mark.
func (s *Store) raiseMark(fileID string, generation uint64, at time.Time) {
	if s.readMark(fileID).Generation >= generation {
		return
	}
	_ = s.saveSeen(s.markPath(fileID), mark{Generation: generation, At: at})
}

// removal notes that a record is removed on purpose.
type removal struct {
	store  *Store
	path   string
	mark   mark
	needed bool // a record that is gone and has no mark is not missed
	noted  bool // on the disk
}

// newRemoval prepares the note. found is nil when the record is not there.
func (s *Store) newRemoval(fileID string, found *Document) removal {
	m, err := s.lastMark(fileID)
	known := !errors.Is(err, fs.ErrNotExist) && !m.Removed
	if found != nil && found.Generation > m.Generation {
		m.Generation, m.At = found.Generation, found.WrittenAt
	}
	return removal{store: s, path: s.markPath(fileID), mark: m, needed: found != nil || known}
}

// note writes the note, unless that is done. A disk that was full may have room after the removal.
func (r *removal) note() {
	if r.needed && !r.noted {
		r.mark.Removed = true
		r.noted = r.store.saveSeen(r.path, r.mark) == nil
	}
}

// undo takes the note back.
func (r *removal) undo() {
	if r.noted {
		r.mark.Removed = false
		_ = r.store.saveSeen(r.path, r.mark)
	}
}

// notePlace corrects the note of the directory of this store, which may have been moved.
func (s *Store) notePlace() {
	path := filepath.Join(s.ownSeen(), placeName)
	if p, err := s.loadPlace(path); err == nil && p.Dir == s.dir {
		return
	}
	_ = s.saveSeen(path, place{s.dir}) // fails if the name is not UTF-8
}

func (s *Store) loadPlace(path string) (place, error) {
	var p place
	if err := s.loadSeen(path, &p); err != nil {
		return p, err
	}
	if !filepath.IsAbs(p.Dir) {
		return place{}, unreadable(path)
	}
	return p, nil
}

// loadSeen reads one of the small files beside the identity. A missing one is fs.ErrNotExist.
func (s *Store) loadSeen(path string, into any) error {
	data, err := s.fs.read(path, checkFile)
	if err != nil {
		return err
	}
	if json.Unmarshal(data, into) != nil {
		return unreadable(path)
	}
	return nil
}

func unreadable(path string) error {
	return fail(caseBroken, path)
}

// saveSeen writes one of the small files beside the identity. When it returns nil, the file is on the disk.
func (s *Store) saveSeen(path string, what any) error {
	data, err := json.Marshal(what)
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := s.mkdirAll(dir); err != nil {
		return err
	}
	if err := s.replace(path, append(data, '\n')); err != nil {
		return err
	}
	return s.fs.syncDir(dir)
}
