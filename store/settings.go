package store

import (
	"errors"
	"io/fs"
	"time"

	"github.com/go-json-experiment/json"
)

// settings is what all records of a store share. It lies encrypted in settings.age, and its presence says that the store is complete.
type settings struct {
	Format    int       `json:"format"`
	StoreID   string    `json:"store_id"` // random; a record of another store does not have it
	CreatedAt time.Time `json:"created_at"`
	Writer    string    `json:"writer"`
}

// readSettings also proves that the identity is the one of this store. Without the store id no record can be read, so a copy lies
// beside the file and takes its place when that is missing or damaged.
func (s *Store) readSettings() error {
	err := s.readSettingsFrom(s.in(settingsName))
	missing := errors.Is(err, fs.ErrNotExist)
	if !missing && !repairable(err) {
		return err
	}
	if s.readSettingsFrom(s.in(settingsPrevName)) == nil {
		return nil
	}
	if missing {
		return ErrNoStore
	}
	return err
}

func (s *Store) readSettingsFrom(path string) error {
	sealed, err := s.fs.read(path, checkFile)
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
	var read settings
	if json.Unmarshal(plain, &read) != nil || !uuidForm.MatchString(read.StoreID) {
		return contentError(path, errNotRecord)
	}
	s.settings = read
	return nil
}

// writeSettings saves the settings, and a copy of them once they are durable.
func (s *Store) writeSettings(next settings) error {
	plain, err := json.Marshal(next)
	if err != nil {
		return errors.New("the settings cannot be written; the writer's name is not valid UTF-8")
	}
	sealed, err := s.ids.seal(plain)
	if err != nil {
		return err
	}
	for _, name := range []string{settingsName, settingsPrevName} {
		if err := s.replace(s.in(name), sealed); err != nil {
			return err
		}
		if err := s.fs.syncDir(s.dir); err != nil {
			return writeError(s.dir, err)
		}
	}
	s.settings = next
	return nil
}
