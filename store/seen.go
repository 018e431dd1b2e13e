package store

import (
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json"
)

// mark is the highest generation that was ever saved of a record. It lies beside the identity, not in the store, so
// that putting back an old copy of the store is noticed. Each record has a file of its own: saving one does not cost
// more when there are many.
type mark struct {
	Generation uint64    `json:"generation"`
	At         time.Time `json:"at"` // UTC
}

// markPath keeps stores that share an identity apart.
func (s *Store) markPath(fileID string) string {
	return filepath.Join(s.seen(s.current().settings.StoreID), fileID+".json")
}

// readMark returns the mark of a record. What cannot be read counts as no mark: it only costs the warning.
func (s *Store) readMark(fileID string) mark {
	var m mark
	data, err := s.fs.read(s.markPath(fileID), checkFile)
	if err != nil || json.Unmarshal(data, &m) != nil {
		return mark{}
	}
	return m
}

// raiseMark raises the mark of a record that is saved already, never before: a mark above every copy would be
// a false alarm. The identity may lie where we cannot write, like a systemd credential. The save is valid
// without the mark then.
func (s *Store) raiseMark(fileID string, generation uint64, at time.Time) {
	if s.readMark(fileID).Generation >= generation {
		return
	}
	data, err := json.Marshal(mark{Generation: generation, At: at})
	dir := filepath.Dir(s.markPath(fileID))
	if err != nil || mkdirAll(s.fs, dir) != nil {
		return
	}
	if err := s.replace(s.markPath(fileID), append(data, '\n')); err == nil {
		_ = s.fs.syncDir(dir)
	}
}
