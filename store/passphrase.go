package store

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strconv"
	"sync"

	"filippo.io/age"
	"filippo.io/age/armor"
)

const (
	maxWorkFactor   = 18 // of scrypt, as age -p writes it: 256 MiB and about a second. Each step doubles both
	passphraseTries = 3
)

// Passphrase unlocks an identity file that is itself an age file, locked with a passphrase as age -p does it. It is for
// people: a service cannot be asked. Make it with [AskPassphrase].
type Passphrase struct {
	ask func(path string) ([]byte, error)

	mu      sync.Mutex
	asked   bool
	content [sha256.Size]byte // the hash of the file that was unlocked
	ids     identities
	err     error
}

// AskPassphrase returns a Passphrase that calls ask when it is first needed, and again after a wrong answer, at most
// three times in all. Then it remembers the outcome: no later use asks again, from any goroutine, and all Configs may
// share it. The answer is cleared after use. An error of ask is returned by [Open] as it is.
func AskPassphrase(ask func(path string) ([]byte, error)) *Passphrase { return &Passphrase{ask: ask} }

// Locked reports whether a passphrase locks the identity file of cfg. It does not ask for it.
func Locked(cfg Config) bool {
	s, err := newStore(cfg)
	return err == nil && s.identityLocked()
}

// Unlock asks for the passphrase now, if one locks the identity and there is a store for it to open, so that nothing
// later has to. Deriving the key takes about a second. Any other fault of the store is left to [Open].
func Unlock(cfg Config) error {
	s, err := newStore(cfg)
	if err != nil || !s.identityLocked() || s.checkComplete() != nil {
		return nil
	}
	_, err = s.readOwnIdentity(cfg.Passphrase)
	return err
}

// isLocked reports whether data is an age file, binary or in ASCII armour, where an identity is expected.
func isLocked(data []byte) bool { return isBinaryAge(data) || isArmoured(data) }

func isBinaryAge(data []byte) bool { return bytes.HasPrefix(data, []byte(ageHeader)) }

func isArmoured(data []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(data), []byte(armor.Header))
}

// unlock returns the identities in the locked file. It may be called on nil, when there is no one to ask.
func (p *Passphrase) unlock(path string, locked []byte) (identities, error) {
	if p == nil {
		return nil, fail(caseNobodyToAsk, path)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	content := sha256.Sum256(locked)
	if p.asked && content != p.content {
		return nil, fail(caseIDChanged, path)
	}
	if !p.asked {
		p.asked, p.content = true, content
		p.ids, p.err = p.decrypt(path, locked)
	}
	return p.ids, p.err
}

func (p *Passphrase) decrypt(path string, locked []byte) (identities, error) {
	var in io.Reader = bytes.NewReader(locked)
	if isArmoured(locked) {
		in = armor.NewReader(in)
	}
	lock := &scryptLock{path: path, ask: p.ask}
	r, err := age.Decrypt(in, lock)
	if lock.err != nil {
		return nil, lock.err
	}
	if err != nil {
		return nil, badIdentity(path)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		clear(plain)
		return nil, badIdentity(path)
	}
	text, err := identityText(path, plain)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	return parseIdentities(path, text)
}

// scryptLock is the identity that is passed to age: it asks for the passphrase once the header of the file is known to
// need one, at a cost that we accept.
type scryptLock struct {
	path string
	ask  func(path string) ([]byte, error)
	err  error // why it gave up, in our words; those of age may quote the file
}

// Unwrap implements age.Identity.
func (l *scryptLock) Unwrap(stanzas []*age.Stanza) (fileKey []byte, err error) {
	if l.err = l.judge(stanzas); l.err != nil {
		return nil, l.err
	}
	for range passphraseTries {
		passphrase, err := l.ask(l.path)
		if err != nil {
			l.err = err
			return nil, err
		}
		fileKey, err = unwrap(stanzas, passphrase)
		if !errors.Is(err, age.ErrIncorrectIdentity) {
			return fileKey, err
		}
	}
	l.err = fail(KindWrongPassphrase, l.path)
	return nil, l.err
}

// judge refuses what would cost too much before it asks: a planted file may name any work factor.
func (l *scryptLock) judge(stanzas []*age.Stanza) error {
	if len(stanzas) != 1 || stanzas[0].Type != "scrypt" || len(stanzas[0].Args) != 2 {
		return badIdentity(l.path)
	}
	factor, err := strconv.Atoi(stanzas[0].Args[1])
	if err != nil || factor < 1 {
		return badIdentity(l.path)
	}
	if factor > maxWorkFactor {
		e := fail(caseWorkFactor, l.path)
		e.N = factor
		return e
	}
	return nil
}

func unwrap(stanzas []*age.Stanza, passphrase []byte) ([]byte, error) {
	id, err := age.NewScryptIdentity(string(passphrase))
	clear(passphrase)
	if err != nil { // it is empty
		return nil, age.ErrIncorrectIdentity
	}
	id.SetMaxWorkFactor(maxWorkFactor)
	return id.Unwrap(stanzas)
}
