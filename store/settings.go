package store

import (
	"errors"
	"io/fs"
	"time"

	"github.com/go-json-experiment/json"
)

// settings is what all records of a store share. It lies encrypted in settings.age, is written once, and its presence says that the
// store is complete.
type settings struct {
	Format    int       `json:"format"`
	StoreID   string    `json:"store_id"` // random; a record of another store does not have it
	CreatedAt time.Time `json:"created_at"`
	Writer    string    `json:"writer"`
}

// readSettings also proves that the identity is the one of this store.
func (s *Store) readSettings() error {
	path := s.in(settingsName)
	sealed, err := s.fs.read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNoStore
	}
	if err != nil {
		return err
	}
	plain, err := s.ids.open(sealed)
	if errors.Is(err, errMismatch) {
		return fail(KindIdentityDamaged, s.identity, "does not open the store in "+printable(s.dir),
			"name the identity of this store with --identity, or restore it from a backup")
	}
	if err == nil {
		err = checkFormat(plain)
	}
	if err != nil {
		return contentError(path, err)
	}
	if json.Unmarshal(plain, &s.settings) != nil || !uuidForm.MatchString(s.settings.StoreID) {
		return contentError(path, errNotRecord)
	}
	return nil
}
