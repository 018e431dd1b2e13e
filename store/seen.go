package store

import (
	"time"

	"github.com/go-json-experiment/json"
)

// mark is the highest generation that was ever saved of a record. It lies beside the identity, not in the store, so that putting
// back an old copy of the store is noticed.
type mark struct {
	Generation uint64    `json:"generation"`
	At         time.Time `json:"at"` // UTC
}

// seenKey keeps stores that share an identity apart.
func (s *Store) seenKey(fileID string) string { return s.settings.StoreID + "/" + fileID }

// readSeen returns the marks. What cannot be read counts as no mark: it only costs the warning.
func (s *Store) readSeen() map[string]mark {
	marks := map[string]mark{}
	data, err := s.fs.read(s.seen())
	if err != nil || json.Unmarshal(data, &marks) != nil || marks == nil {
		return map[string]mark{}
	}
	return marks
}

// raiseSeen raises the mark of a record that is saved already, never before: a mark above every copy would be a false alarm. The
// identity may lie where we cannot write, like a systemd credential. The save stands without the mark then.
func (s *Store) raiseSeen(fileID string, generation uint64, at time.Time) {
	marks := s.readSeen()
	if marks[s.seenKey(fileID)].Generation >= generation {
		return
	}
	marks[s.seenKey(fileID)] = mark{Generation: generation, At: at}
	data, err := json.Marshal(marks, json.Deterministic(true))
	if err != nil || len(data) > maxFileBytes {
		return
	}
	if err := s.replace(s.seen(), append(data, '\n')); err == nil {
		_ = s.fs.syncDir(s.identityDir())
	}
}
