package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"syscall"

	"pleo-connect/pleoclient"
)

// initialise fills an empty store under the lock. The directories that changed got new names before. No name is flushed
// until all are there: nothing depends on them before the settings.
func (s *Store) initialise(changed []string) error {
	s.sweep(s.now().Add(-staleTemp), s.dir, s.identityDir())
	ids, more, err := s.ensureIdentity()
	if err != nil {
		return err
	}
	changed = append(changed, more...)
	for _, dir := range []string{s.installations(), s.pendingDir()} {
		if _, err := s.mkdirs(dir); err != nil {
			return err
		}
	}
	if err := s.replace(s.in(formatName), fmt.Appendf(nil, "%d\n", currentFormat)); err != nil {
		return err
	}
	if err := s.replace(s.in(readmeName), s.readme()); err != nil {
		return err
	}
	k := keys{ids: ids, settings: settings{
		Format: currentFormat, StoreID: newUUID(), CreatedAt: s.now(), Writer: s.cfg.Writer,
		Recipients: []string{ids.own()},
	}}
	// Other stores may share the identity. Its replacement must know of them all, including those that hold nothing
	// yet.
	if _, err := s.mkdirs(s.seen(k.settings.StoreID)); err == nil {
		_ = s.fs.syncDir(s.allSeen())
	}
	if err := s.flushNames(append(changed, s.dir)); err != nil {
		return err
	}
	if err := s.writeSettings(k); err != nil {
		return err
	}
	return s.reload()
}

// finish opens a complete store. If the copy of its settings is missing, the process that made the store may have died
// before the settings' own name was flushed: the name is visible, but a power cut could still take it back. Everything
// else was flushed before it.
func (s *Store) finish() error {
	if err := s.reload(); err != nil {
		return err
	}
	if _, err := s.fs.read(s.in(settingsPrevName), checkFile); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	sealed, err := s.fs.read(s.in(settingsName), checkFile)
	if err != nil {
		return err
	}
	if err := s.replace(s.in(settingsPrevName), sealed); err != nil {
		return err
	}
	return writeError(s.dir, s.fs.syncDir(s.dir))
}

// flushNames makes every name on the way to the identity and to the settings durable, no matter which process made it.
// Those that changed must take it.
func (s *Store) flushNames(changed []string) error {
	toIdentity, toSettings := above(s.identity), above(s.in(settingsName))
	for _, dir := range toIdentity {
		err := s.flushName(dir, changed)
		if !slices.Contains(toSettings, dir) {
			err = s.ofIdentity(err)
		}
		if err != nil {
			return err
		}
	}
	for _, dir := range toSettings {
		if slices.Contains(toIdentity, dir) {
			continue
		}
		if err := s.flushName(dir, changed); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) flushName(dir string, changed []string) error {
	err := s.fs.syncDir(dir)
	if err != nil && takesNoNames(err) && !slices.Contains(changed, dir) {
		return nil
	}
	return writeError(dir, err)
}

// takesNoNames reports whether err means that a directory is closed to us, or is on a file system that is read-only or
// never flushes directories. Such a directory holds no name that this program made and could lose.
func takesNoNames(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EINVAL)
}

// newUUID returns a random UUID, version 4.
//
// Source: RFC 9562, section 5.4
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// readme returns the text of a file for people who find the directory, with or without this program. It is in English,
// like the names of the files, and is not part of the program's output.
func (s *Store) readme() []byte {
	return fmt.Appendf(nil, `This directory is a pleo-connect key store. It contains the keys that connect this computer to Pleo,
one file per connection.

Each file in installations/ is encrypted with age (https://age-encryption.org). To read one without pleo-connect:

    cd %s
    age -d -i %s installations/<file>.age

A file that ends in .age.prev is the version before the last save; you can read it the same way. If you were added with
"pleo-connect recipient add", use your own identity file after -i. If it has a passphrase, age asks for it. To see who
can open the key store, run "pleo-connect status".

What protects the keys, and what does not:

%s
`, pleoclient.ShellWord(s.dir), pleoclient.ShellWord(s.identity), Promise)
}

// Promise says what the store protects, and what it does not, for people. Show it wherever the protection is explained.
const Promise = `Your key is encrypted on this computer. This protects copies of the key store, such as backups,
synchronised folders, support files, or a lost disk that contains only the key store. It does not protect against an
administrator of this computer, against programs that run as the service account, or against a copy that also contains
the identity file. If someone may have read the identity file, replace the key in Pleo.`
