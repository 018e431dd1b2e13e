package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"filippo.io/age"

	"pleo-connect/pleoclient/textfile"
)

// readOwnIdentity reads the identity from a directory in which no other account can replace it. A locked one is
// unlocked with p.
func (s *Store) readOwnIdentity(p *Passphrase) (identities, error) {
	if existing(s.identityDir()) == s.identityDir() {
		if err := s.checkIdentityDir(); err != nil {
			return nil, err
		}
	}
	return s.loadIdentity(p)
}

// checkIdentityDir accepts a directory in which no other account can replace the identity.
func (s *Store) checkIdentityDir() error {
	err := checkHolder(s.identityDir(), s.euid)
	if err == nil {
		err = checkWay(filepath.Dir(s.identityDir()), s.euid)
	}
	return s.ofIdentity(err)
}

// identityRows maps errors about the place of the store to those about the place of the identity.
func identityRows() map[Kind]Kind {
	return map[Kind]Kind{
		caseAboveOwned:   caseIDOwned,
		casePermission:   caseIDPermission,
		caseOther:        caseIDOther,
		caseNoLocks:      caseIDNoLocks,
		KindReadOnly:     caseIDReadOnly,
		caseReadBack:     caseIDReadBack,
		caseNotDirectory: caseIDNotDirectory,
		caseTooLong:      caseIDTooLong,
		caseLoop:         caseIDLoop,
	}
}

// fileRows does the same for errors about the identity file itself.
func fileRows() map[Kind]Kind {
	return map[Kind]Kind{caseNoFile: caseIDNoFile, KindTooLarge: caseNotIdentity}
}

// ofIdentity returns err as an error about the place of the identity, for which another store would not help.
func (p places) ofIdentity(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	row, ok := identityRows()[e.row()]
	if !ok && e.Path == p.identity {
		row, ok = fileRows()[e.row()]
	}
	if !ok {
		return err
	}
	return e.as(row)
}

// loadIdentity reads the identity file. The error holds nothing of age's error or of the file.
func (s *Store) loadIdentity(p *Passphrase) (identities, error) {
	data, err := s.readIdentityFile(checkIdentityFile)
	if err != nil {
		return nil, err
	}
	defer clear(data)
	if isLocked(data) {
		return p.unlock(s.identity, data)
	}
	return parseIdentities(s.identity, data)
}

// readIdentityFile returns the identity file as text, or as it is when it is a binary age file.
func (s *Store) readIdentityFile(check fileCheck) ([]byte, error) {
	data, err := s.fs.read(s.identity, check)
	if errors.Is(err, fs.ErrNotExist) {
		if s.cfg.BySystemd {
			return nil, fail(caseSystemd, s.identity)
		}
		return nil, fail(KindIdentityMissing, s.identity)
	}
	if err != nil || isBinaryAge(data) {
		return data, s.ofIdentity(err)
	}
	return identityText(s.identity, data)
}

// identityText returns the text of an identity file, and clears the part of data that it does not return.
func identityText(path string, data []byte) ([]byte, error) {
	text, err := textfile.Decode(data)
	if err != nil {
		return nil, noText(path, err)
	}
	return text, nil
}

// identityLocked reports whether a passphrase locks the identity file.
func (s *Store) identityLocked() bool {
	data, err := s.readIdentityFile(checkIdentityFile)
	defer clear(data)
	return err == nil && isLocked(data)
}

// firstIdentity reads the identity for a store that does not exist yet. A locked one cannot be its only one: no service
// could open the store.
func (s *Store) firstIdentity() (identities, error) {
	ids, err := s.readOwnIdentity(nil)
	if kindOf(err) == KindIdentityLocked {
		err = fail(caseFirst, s.identity)
	}
	return ids, err
}

// ensureIdentity reads the identity, or makes one. The lock beside it keeps two new stores from making one each: the
// later would replace the earlier, the only one that opens the other store. The directories that changed got new names,
// which are not flushed yet.
func (s *Store) ensureIdentity() (ids identities, changed []string, err error) {
	if ids, err := s.firstIdentity(); kindOf(err) != KindIdentityMissing {
		return ids, nil, err
	}
	if err := checkWay(existing(s.identityDir()), s.euid); err != nil {
		return nil, nil, s.ofIdentity(err)
	}
	if changed, err = s.mkdirs(s.identityDir()); err != nil {
		return nil, nil, s.ofIdentity(err)
	}
	unlock, err := s.lockIdentity()
	if err != nil {
		return nil, nil, err
	}
	defer unlock()
	if ids, err := s.firstIdentity(); kindOf(err) != KindIdentityMissing {
		return ids, changed, err
	}
	id, err := newIdentity()
	if err != nil {
		return nil, nil, err
	}
	if err := s.replaceIdentity(identities{id}); err != nil {
		return nil, nil, err
	}
	ids, err = s.readOwnIdentity(nil)
	return ids, append(changed, s.identityDir()), err
}

func (s *Store) lockIdentity() (func(), error) {
	unlock, err := s.locker.lock(s.identity + ".lock")
	return unlock, s.ofIdentity(err)
}

func newIdentity() (*identity, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, &RefusedError{Case: refusedRandom}
	}
	return newX25519(id)
}

// identityTitle is the first line of an identity file that this package wrote.
const identityTitle = "# Identity of a pleo-connect key store. Keep it separate from the key store, and don't share it."

// writeIdentity writes the identity file and makes its name durable.
func (s *Store) writeIdentity(ids identities) error {
	if err := s.replaceIdentity(ids); err != nil {
		return err
	}
	return s.ofIdentity(writeError(s.identityDir(), s.fs.syncDir(s.identityDir())))
}

// replaceIdentity writes the identity file. Unlike the file of age-keygen it does not contain the public keys, which must
// stay unknown.
func (s *Store) replaceIdentity(ids identities) error {
	var text bytes.Buffer
	fmt.Fprintln(&text, identityTitle)
	fmt.Fprintf(&text, "# created: %s\n", s.now().Format(time.RFC3339))
	for _, id := range ids {
		fmt.Fprintln(&text, id.String())
	}
	defer clear(text.Bytes())
	return s.ofIdentity(s.replace(s.identity, text.Bytes()))
}
