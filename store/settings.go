package store

import (
	"cmp"
	"errors"
	"io/fs"
	"time"

	"filippo.io/age"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pleo-connect/pleoclient"
)

// settings is what all records of a store share. It is stored encrypted in settings.age, whose presence means that the
// store is complete.
type settings struct {
	Format     int       `json:"format"`
	StoreID    string    `json:"store_id"` // random; a record of another store does not have it
	CreatedAt  time.Time `json:"created_at"`
	Writer     string    `json:"writer"`
	Recipients []string  `json:"recipients,omitzero"` // all who can open the store; its own identity comes first
	Change     *changing `json:"change,omitzero"`     // of Recipients, under way or interrupted; nil: none
	//lint:ignore SA5008 the option belongs to go-json-experiment, which staticcheck takes for encoding/json
	Unknown jsontext.Value `json:",embed"` // members that a newer version of the same format added
}

// changing says which identity is being replaced. When the recipients alone change, both are empty.
type changing struct {
	From string `json:"from,omitzero"` // the recipient of the old identity
	To   string `json:"to,omitzero"`   // the recipient of the new identity
}

// readSettings also proves that the identity is the one of this store. Without the store id no record can be read, so a
// copy is stored beside the file and takes its place if that is missing or damaged.
func (s *Store) readSettings(ids identities) (keys, error) {
	k, err := s.readSettingsFrom(s.in(settingsName), ids)
	missing := errors.Is(err, fs.ErrNotExist)
	if !missing && !repairable(err) {
		return k, err
	}
	prev, prevErr := s.readSettingsFrom(s.in(settingsPrevName), ids)
	switch {
	case prevErr == nil:
		return prev, nil
	case !missing:
		return keys{}, ofSettings(err)
	case errors.Is(prevErr, fs.ErrNotExist):
		return keys{}, ErrNoStore
	case lostContents(prevErr): // a copy shows that there was a store
		return keys{}, fail(caseSettingsGone, s.in(settingsName))
	}
	return keys{}, prevErr
}

// lostContents reports whether err means that the contents of a file are lost to every reader.
func lostContents(err error) bool { return repairable(err) && kindOf(err) != KindIdentityDamaged }

// ofSettings returns an error about contents as one about those of the settings: unlike a record, they can't be made
// again.
func ofSettings(err error) error {
	var e *Error
	if !lostContents(err) || !errors.As(err, &e) {
		return err
	}
	return e.as(e.Kind + "/settings")
}

func (s *Store) readSettingsFrom(path string, ids identities) (keys, error) {
	sealed, err := s.fs.read(path, checkFile)
	if err != nil {
		return keys{}, err
	}
	plain, err := ids.open(sealed)
	if errors.Is(err, errMismatch) {
		e := fail(caseIDOfOther, s.identity)
		e.Dir = s.dir
		return keys{}, e
	}
	if err != nil {
		return keys{}, contentError(path, err)
	}
	read := keys{ids: ids, sealed: sealed}
	if err := json.Unmarshal(plain, &read.settings); err != nil || !read.settings.valid() {
		return keys{}, contentError(path, cmp.Or(checkFormat(plain), errNotRecord))
	}
	return read, nil
}

func (s settings) valid() bool {
	if s.Format != currentFormat {
		return false
	}
	for _, r := range s.Recipients {
		if _, err := age.ParseX25519Recipient(r); err != nil {
			return false
		}
	}
	return pleoclient.IsUUID(s.StoreID)
}

// writeSettings saves the settings of k for those they name, and a copy of them once they are durable.
func (s *Store) writeSettings(k keys) error {
	plain, err := json.Marshal(k.settings)
	if err != nil {
		return errors.New("can't save the settings: Writer is not valid UTF-8")
	}
	if k.sealed, err = k.encrypt(plain); err != nil {
		return err
	}
	for _, name := range []string{settingsName, settingsPrevName} {
		if err := s.replace(s.in(name), k.sealed); err != nil {
			return err
		}
		if err := s.fs.syncDir(s.dir); err != nil {
			return writeError(s.dir, err)
		}
	}
	s.use(k)
	return nil
}
