package store

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age/armor"
)

// Sealer encrypts documents for an identity file, for entries that are not files. Everyone who is to read them needs
// the same identity: there are no other recipients.
type Sealer struct{ store *Store }

// NewSealer returns a sealer for the identity file of cfg, and reads nothing yet. The directory of cfg is not used.
func NewSealer(cfg Config) (*Sealer, error) {
	if !filepath.IsAbs(cfg.Identity) {
		return nil, &RefusedError{Case: refusedPaths}
	}
	named := places{identity: filepath.Clean(cfg.Identity)}
	identity, err := realPath(cfg.Identity)
	if err != nil {
		return nil, named.ofIdentity(err)
	}
	p, euid := places{identity: identity}, os.Geteuid()
	return &Sealer{&Store{
		cfg: cfg, places: p, fs: disk{euid, p}, euid: euid, locker: locker{wait: lockWait}, now: utcNow,
	}}, nil
}

// Path returns where the identity is.
func (s *Sealer) Path() string { return s.store.identity }

// Check proves that the identity can be read, or if there is none, that Make would make it. It leaves nothing behind.
func (s *Sealer) Check() error {
	_, err := s.store.readOwnIdentity(s.store.cfg.Passphrase)
	if kindOf(err) == KindIdentityMissing && !s.store.cfg.BySystemd {
		return s.store.ofIdentity(s.store.probeDir(existing(s.store.identityDir())))
	}
	return err
}

// Make makes the identity, unless there is one. It is on the disk then.
func (s *Sealer) Make() error {
	_, err := s.store.readOwnIdentity(s.store.cfg.Passphrase)
	if kindOf(err) != KindIdentityMissing {
		return err
	}
	_, changed, err := s.store.ensureIdentity()
	if err != nil {
		return err
	}
	for _, dir := range above(s.store.identity) {
		if err := s.store.flushName(dir, changed); err != nil {
			return s.store.ofIdentity(err)
		}
	}
	return nil
}

// Seal encrypts plain, in ASCII armour.
func (s *Sealer) Seal(plain []byte) (string, error) {
	ids, err := s.store.readOwnIdentity(s.store.cfg.Passphrase)
	if err != nil {
		return "", err
	}
	sealed, err := ids.sealTo(plain, ids[len(ids)-1].Recipient())
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	w := armor.NewWriter(&out)
	_, err = w.Write(sealed)
	if err = errors.Join(err, w.Close()); err != nil {
		return "", errSeal
	}
	return out.String(), nil
}

// IsSealed reports whether a text has the beginning and the end of what Seal returns.
func IsSealed(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, armor.Header) && strings.HasSuffix(text, armor.Footer)
}

// Open decrypts what Seal returned. place is where it was, for errors.
func (s *Sealer) Open(place, text string) ([]byte, error) {
	ids, err := s.store.readOwnIdentity(s.store.cfg.Passphrase)
	if err != nil {
		return nil, err
	}
	sealed, err := io.ReadAll(io.LimitReader(armor.NewReader(bytes.NewReader([]byte(text))), maxFileBytes))
	if err != nil {
		return nil, contentError(place, errDamaged)
	}
	plain, err := ids.open(sealed)
	if err != nil {
		return nil, contentError(place, err)
	}
	return plain, nil
}
