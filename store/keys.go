package store

import (
	"bytes"

	"filippo.io/age"
)

// keys open and close the files of a store: the identities that we hold, and the settings, which say for whom to
// encrypt.
type keys struct {
	ids      identities
	settings settings
	sealed   []byte // the settings as they are stored on the disk: if the bytes there differ, the settings were changed
}

// recipients returns all who can open the store, its own identity first. A store that lists none was made for its own
// identity alone.
func (k keys) recipients() []string {
	if len(k.settings.Recipients) > 0 {
		return k.settings.Recipients
	}
	return []string{k.ids.own()}
}

// encrypt encrypts plain for all who can open the store.
func (k keys) encrypt(plain []byte) ([]byte, error) {
	var to []age.Recipient
	for _, text := range k.recipients() {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return nil, errSeal
		}
		to = append(to, r)
	}
	sealed, err := k.ids.sealTo(plain, to...)
	if err == nil && len(sealed) > maxFileBytes {
		return nil, &RefusedError{Case: refusedLarge, Limit: maxFileText}
	}
	return sealed, err
}

// current returns what this store holds now.
func (s *Store) current() keys {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.keys
}

func (s *Store) use(k keys) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = k
}

// reload reads the identity and the settings, which prove that the identity is the one of this store. No lock keeps the
// two from being replaced in between, so a pair that does not fit is read once more.
func (s *Store) reload() error {
	k, err := s.readKeys()
	if kindOf(err) == KindIdentityDamaged {
		k, err = s.readKeys()
	}
	if err == nil {
		s.use(k)
	}
	return err
}

func (s *Store) readKeys() (keys, error) {
	ids, err := s.readOwnIdentity(s.cfg.Passphrase)
	if err != nil {
		return keys{}, err
	}
	return s.readSettings(ids)
}

// refresh reloads when it has changed who can open the store. Every such change begins and ends with other settings, so
// one small read is enough to notice it.
func (s *Store) refresh() error {
	sealed, err := s.fs.read(s.in(settingsName), checkFile)
	if err == nil && bytes.Equal(sealed, s.current().sealed) {
		return nil
	}
	return s.reload()
}
