package store

import (
	"crypto/rand"
	"errors"
	"path/filepath"
)

// Probe proves that [Create] and [Store.Put] would work now, before a key is made that is shown only once: the
// directories pass, the lock can be taken, a file can be written, flushed, read back and removed, at least 1 MiB and an
// inode are free, the identity can be read if there is one, and what is encrypted can be decrypted. It leaves nothing
// behind, not even a new store, and removes what crashed writers left. It returns what it saw on the way. Errors are
// those of Create.
func Probe(cfg Config) (Overview, error) {
	s, err := newStore(cfg)
	if err != nil {
		return Overview{}, err
	}
	o, err := s.probe()
	return o, s.complete(err)
}

// Overview is what can be told of a store without decrypting a record. Names are in the order of their files.
type Overview struct {
	Empty bool  // there is no store
	Refs  []Ref // all records; one that has a name may still be damaged
	Loss  Loss

	// The records that may be pending. Some may be active, or gone; one that is not among them is active, unless its file
	// was put back from a backup without its marker.
	Pending []Ref

	// Of an engine, which reads all records.
	Unread   error // why the first of those that cannot be read cannot
	Readable bool  // at least one was saved without an identity
}

func (s *Store) probe() (Overview, error) {
	if err := s.checkLasting(); err != nil {
		return Overview{}, err
	}
	var in lists
	err := s.open()
	none := errors.Is(err, ErrNoStore)
	switch {
	case none:
		err = s.probeNew()
	case err == nil:
		in, err = s.probeStore()
	}
	if err == nil {
		_, err = s.current().encrypt([]byte("probe"))
	}
	switch {
	case err != nil:
		return Overview{}, err
	case none:
		return Overview{Empty: true, Loss: s.lossWithoutStore()}, nil
	}
	return Overview{
		Refs: refsOf(s.listed(in.records)), Pending: in.pending, Loss: s.lossOf(in.marks, listing{names: in.records}),
	}, nil
}

// lists are what is in the directories of a store.
type lists struct {
	records []string
	marks   listing
	pending []Ref
}

// probeStore tries a store that exists. Its large directories are listed once.
func (s *Store) probeStore() (in lists, err error) {
	unlock, err := s.lock()
	if err != nil {
		return in, err
	}
	defer unlock()
	in.marks = s.listMarks()
	// Every store had a directory of records. Making another would hide that this store's is lost, or not mounted.
	if in.records, err = s.files(); err != nil {
		return in, err
	}
	before := s.now().Add(-staleTemp)
	s.sweepNames(before, s.installations(), in.records)
	s.sweepNames(before, s.ownSeen(), in.marks.names)
	s.sweep(before, s.dir, s.pendingDir(), s.identityDir())
	if err := s.probeFile(existing(s.pendingDir())); err != nil { // a backup may lack it; then it is made again
		return in, err
	}
	if err := s.probeFile(s.installations()); err != nil {
		return in, err
	}
	in.pending, err = s.pending()
	return in, err
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
