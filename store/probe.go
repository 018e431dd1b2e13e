package store

import (
	"crypto/rand"
	"errors"
	"path/filepath"
)

// Probe proves that [Create] and [Store.Put] would work now, before a key is made that is shown only once: the
// directories pass, the lock can be taken, a file can be written, flushed, read back and removed, at least 1 MiB and an
// inode are free, the identity can be read if there is one, and what is encrypted can be decrypted. It leaves nothing
// behind, not even a new store, and removes what crashed writers left. Errors are those of Create.
func Probe(cfg Config) error {
	s, err := newStore(cfg)
	if err != nil {
		return err
	}
	return s.complete(s.probe())
}

func (s *Store) probe() error {
	err := s.checkLasting()
	if err != nil {
		return err
	}
	err = s.open()
	switch {
	case err == nil:
		err = s.probeStore()
	case errors.Is(err, ErrNoStore):
		err = s.probeNew()
	}
	if err != nil {
		return err
	}
	_, err = s.current().encrypt([]byte("probe"))
	return err
}

// probeStore tries a store that exists.
func (s *Store) probeStore() error {
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	// Every store had a directory of records. Making another would hide that this store's is lost, or not mounted.
	entries, err := s.files()
	if err != nil {
		return err
	}
	before := s.now().Add(-staleTemp)
	s.sweepEntries(before, s.installations(), entries)
	s.sweep(before, s.dir, s.pendingDir(), s.identityDir(), s.ownSeen())
	if err := s.probeFile(existing(s.pendingDir())); err != nil { // a backup may lack it; then it is made again
		return err
	}
	return s.probeFile(s.installations())
}

// probeNew tries the directories that will hold a new store and its identity.
func (s *Store) probeNew() error {
	if err := s.probeDir(existing(s.dir)); err != nil {
		return err
	}
	ids, err := s.firstIdentity()
	if kindOf(err) != KindIdentityMissing {
		s.use(keys{ids: ids})
		return err
	}
	if err := s.probeDir(existing(s.identityDir())); err != nil {
		return s.ofIdentity(err)
	}
	id, err := newIdentity() // never written: it only shows that age works here
	s.use(keys{ids: identities{id}})
	return err
}

// probeDir tries everything in a directory of its own below parent. Under the real names it could get in the way of
// another process that is making the store at the same time.
func (s *Store) probeDir(parent string) error {
	if err := checkWay(parent, s.euid); err != nil {
		return err
	}
	s.sweep(s.now().Add(-staleTemp), parent)
	dir := filepath.Join(parent, tempPrefix+rand.Text())
	if err := s.fs.mkdir(dir, dirMode); err != nil {
		return writeError(parent, err)
	}
	defer s.discard(dir)
	lock := filepath.Join(dir, lockName)
	defer s.discard(lock)
	unlock, err := s.locker.lock(lock)
	if err != nil {
		return err
	}
	defer unlock()
	return s.probeFile(dir)
}

func (s *Store) probeFile(dir string) error {
	if err := checkSpace(dir); err != nil {
		return err
	}
	path, err := s.writeTemp(dir, []byte("probe"))
	if err != nil {
		return err
	}
	if err := s.fs.remove(path); err != nil {
		return writeError(path, err)
	}
	return writeError(dir, s.fs.syncDir(dir))
}
