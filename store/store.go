package store

import (
	"errors"
	"io/fs"
	"iter"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Config names the places of a store. Both paths are absolute.
type Config struct {
	Dir        string      // the store directory
	Identity   string      // the age identity file; never inside Dir
	Home       string      // the home directory, which cannot be a store itself; empty: not checked
	Temp       string      // the directory of temporary files, which systems empty; "": only the usual ones
	BySystemd  bool        // systemd started this process and may have passed the identity: errors about it say so
	Passphrase *Passphrase // asks for the passphrase of an identity file that is locked; nil if there is no one to ask
	AnyPlace   bool        // keep a key even on a network file system or in a temporary directory
	Demo       bool        // a simulated store: it has only records with Env "demo", and no other store has them
	Writer     string      // "pleo-connect/1.2.3", kept in each record
}

// Condition is what an examination reports about a store apart from its records, however they are kept.
type Condition struct {
	Loss
	Locked     bool   // a passphrase locks it, and there is no one to ask; nothing else is known
	Empty      bool   // it does not exist: it was never made, or it is lost
	Recipients int    // how many can open it in addition to its own identity
	Unfinished string // the command that was interrupted, see [Store.Unfinished]; or ""
}

// Store is an open store. It keeps no file open and holds no lock; several goroutines and several processes may use one
// place at once.
type Store struct {
	cfg Config
	places
	fs     fsys
	euid   int
	locker locker
	now    func() time.Time // UTC
	closed atomic.Bool

	mu   sync.RWMutex // guards keys
	keys              // as of the last look at the store
}

// newStore resolves the paths. It reads nothing yet.
func newStore(cfg Config) (*Store, error) {
	p, err := resolve(cfg)
	if err != nil {
		return nil, err
	}
	euid := os.Geteuid()
	return &Store{cfg: cfg, places: p, fs: disk{euid, p}, euid: euid, locker: locker{wait: lockWait}, now: utcNow}, nil
}

// Open opens an existing store, and creates nothing. The error is [ErrNoStore] if there is none, else an [*Error].
func Open(cfg Config) (*Store, error) {
	s, err := newStore(cfg)
	if err != nil {
		return nil, err
	}
	if err := s.open(); err != nil {
		return nil, s.complete(err)
	}
	return s, nil
}

// Create opens the store, and makes it on first use: directories with mode 0700, but 0755 for those of root on the way
// to the identity, the identity with 0600 unless there is one, and the files that describe the store. An existing store
// never gets a new identity. Errors are [*Error]; with KindLocked, another process held the lock for 10 s.
func Create(cfg Config) (*Store, error) {
	s, err := newStore(cfg)
	if err != nil {
		return nil, err
	}
	if err := s.create(); err != nil {
		return nil, s.complete(err)
	}
	return s, nil
}

// Records returns the records of the store. [Records.Get] takes no lock, and reads always a whole old or a whole new
// one; if the live file is missing or damaged, the version before it, with FromPrevious set. What writes waits up to
// 10 s for the lock, and holds it only during its own file operations. After an error with KindUncertain, the disk did
// not confirm. Disks may keep traces of a record that was forgotten, so the key must also be removed in Pleo.
func (s *Store) Records() Records { return Records{fileEntries{s}, s.cfg.Writer, s.now} }

// Get is [Records.Get].
func (s *Store) Get(ref Ref) (Record, error) { return s.Records().Get(ref) }

// Put is [Records.Put].
func (s *Store) Put(r Record) (Record, error) { return s.Records().Put(r) }

// Settle is [Records.Settle].
func (s *Store) Settle(ref Ref, generation uint64) error { return s.Records().Settle(ref, generation) }

// Forget is [Records.Forget].
func (s *Store) Forget(ref Ref, generation uint64) error { return s.Records().Forget(ref, generation) }

// Refs is [Records.Refs].
func (s *Store) Refs(fits func(Ref) bool) ([]Ref, error) { return s.Records().Refs(fits) }

// List is [Records.List].
func (s *Store) List() iter.Seq2[Record, error] { return s.Records().List() }

// forget does the work of Forget under the lock. The removal is noted first: a crash in between must not make the
// record a lost one. found is nil if the record is already gone: then the person knows that.
func (s *Store) forget(fileID string, found *Document) error {
	r := s.newRemoval(fileID, found)
	r.note()
	err := s.remove(fileID)
	if err != nil && s.onDisk(fileID) {
		r.undo()
		return err
	}
	r.note()
	return err
}

// onDisk reports whether a file of the record is there, or may be.
func (s *Store) onDisk(fileID string) bool {
	return slices.ContainsFunc([]string{s.live(fileID), s.prev(fileID)}, func(path string) bool {
		_, err := s.fs.read(path, checkFile)
		return !errors.Is(err, fs.ErrNotExist)
	})
}

// remove removes the files of a record.
func (s *Store) remove(fileID string) error {
	s.sweep(s.now().AddDate(1, 0, 0), s.installations()) // all of them: under the lock no other process writes
	// The live file goes last, and only when the removal of the other is on the disk: alone, the version before it
	// would be read as the record again.
	for _, path := range []string{s.prev(fileID), s.live(fileID)} {
		if err := s.fs.remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return writeError(path, err)
		}
		if err := s.fs.syncDir(s.installations()); err != nil {
			return fail(caseRemoval, s.live(fileID))
		}
	}
	s.unmarkPending(fileID)
	return nil
}

// files lists the directory of the records. Without it there is no way to know which there are.
func (s *Store) files() ([]string, error) {
	names, err := s.fs.list(s.installations())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail(caseRecordsGone, s.installations())
	}
	return names, s.complete(readError(s.installations(), err))
}

var errClosed = errors.New("the store is closed")

// Close ends the use of the store; later calls fail. Nothing waits to be written: every Put is
// complete when it returns.
func (s *Store) Close() error {
	s.closed.Store(true)
	return nil
}

func (s *Store) allowWorld(ref Ref, fileID string) error {
	switch {
	case s.cfg.Demo == (ref.Env == envDemo):
		return nil
	case s.cfg.Demo:
		return fail(caseRealHere, s.live(fileID))
	}
	return fail(caseLeftThere, s.live(fileID))
}

func (s *Store) lock() (func(), error) {
	unlock, err := s.locker.lock(s.in(lockName))
	return unlock, s.complete(err)
}
