package store

import (
	"bytes"
	"errors"
	"io/fs"
	"iter"
	"os"
	"slices"
	"strings"
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
	now := func() time.Time { return time.Now().UTC().Round(0) }
	return &Store{cfg: cfg, places: p, fs: disk{euid, p}, euid: euid, locker: locker{wait: lockWait}, now: now}, nil
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

// Get reads a record without taking the lock, always a whole old or a whole new one. If the live file is missing or
// damaged, the version before it is returned with FromPrevious set. The error is [ErrNotFound], which a [*LostError]
// also is, or an [*Error].
func (s *Store) Get(ref Ref) (Record, error) {
	fileID, err := s.allow(ref)
	if err != nil {
		return Record{}, err
	}
	// A writer first saves the record and then raises the mark, so in this order the mark is never ahead of an honest
	// record.
	highest := s.readMark(fileID)
	found, err := s.load(fileID)
	if errors.Is(err, ErrNotFound) && s.missed(fileID) {
		found, err = s.load(fileID) // it may have been saved since, and then marked
		if errors.Is(err, ErrNotFound) && s.missed(fileID) {
			err = s.lost(ref, fileID)
		}
	}
	if err != nil {
		return Record{}, err
	}
	return s.present(found, fileID, highest), nil
}

// Put saves a record and returns it as it was read back from the disk, with its new Generation. r.Generation is the one
// that was read, 0 if there was none; a [*ConflictError] reports that another one is in the store. Put sets CreatedAt,
// Fingerprint, Previous and Before itself and ignores their values in r. To undo an unconfirmed save, put what
// [Record.Confirmed] returns over its generation, or [Store.Forget] the record if there is nothing.
//
// After an error the old record is still whole. KindUncertain means that the new one may also be there. Put waits up to
// 10 s for the lock and holds it only during its own file operations.
func (s *Store) Put(r Record) (Record, error) {
	fileID, err := s.allow(r.Ref())
	if err != nil {
		return Record{}, err
	}
	if r.Key.IsZero() || (r.Status != StatusPending && r.Status != StatusActive) {
		return Record{}, errors.New(`a record must have a key, and the status "pending" or "active"`)
	}
	if r.Unconfirmed && r.Status != StatusPending {
		return Record{}, errors.New(`an unconfirmed record must have the status "pending"`)
	}
	unlock, err := s.lock()
	if err != nil {
		return Record{}, err
	}
	defer unlock()
	return s.put(fileID, r)
}

// put does the work of Put under the lock. Who can open the store may have changed since it was opened: nothing may be
// sealed to a recipient that was removed.
func (s *Store) put(fileID string, r Record) (Record, error) {
	if err := s.refresh(); err != nil {
		return Record{}, err
	}
	var current *document
	var old *stored
	found, err := s.load(fileID)
	switch {
	case err == nil:
		current, old = found.doc, &found
	case !errors.Is(err, ErrNotFound):
		return Record{}, err
	}
	if err := conflict(current, r.Generation); err != nil {
		if found.damage != nil { // the record is unchanged: it was readable when the caller looked
			return Record{}, found.damage
		}
		return Record{}, err
	}
	next := r.next(current, s.now())
	// A lost record, or one from a backup, must not repeat a generation that may have been read.
	if mark := s.readMark(fileID).Generation; mark >= next.Generation && mark < maxGeneration {
		next.Generation = mark + 1
	}
	if next.Status == StatusPending {
		if err := s.markPending(fileID); err != nil {
			return Record{}, err
		}
	}
	if err := s.save(fileID, old, next); err != nil {
		return Record{}, err
	}
	return s.confirm(fileID, next)
}

func conflict(current *document, want uint64) error {
	switch {
	case current == nil && want != 0:
		return &ConflictError{Want: want}
	case current != nil && current.Generation != want:
		return &ConflictError{Have: current.Generation, Want: want, ChangedAt: current.WrittenAt.UTC()}
	}
	return nil
}

// confirm reads the record as every reader does, and raises the mark.
func (s *Store) confirm(fileID string, want *document) (Record, error) {
	found, err := s.load(fileID)
	if err != nil {
		return Record{}, err
	}
	if found.doc.Generation != want.Generation || !found.doc.Key.Equal(want.Key) {
		return Record{}, fail(caseNotSame, s.live(fileID))
	}
	s.raiseMark(fileID, want.Generation, want.WrittenAt)
	s.notePlace()
	return s.present(found, fileID, s.readMark(fileID)), nil
}

// locked calls do for a record under the lock.
func (s *Store) locked(ref Ref, do func(fileID string) error) error {
	fileID, err := s.allow(ref)
	if err != nil {
		return err
	}
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	return do(fileID)
}

// Forget removes a record, the version before it, and temporary files. generation is the one that the caller read
// before it asked: a [*ConflictError] reports that another one was saved in the meantime, which may hold a new key, so
// it stays. A record that does not exist is not an error, and is no longer missed. Disks may keep traces, so the key
// must also be removed in Pleo. KindUncertain means that the disk did not confirm.
func (s *Store) Forget(ref Ref, generation uint64) error {
	return s.locked(ref, func(fileID string) error {
		found, err := s.load(fileID)
		if err == nil {
			err = conflict(found.doc, generation)
		}
		if err != nil && !errors.Is(err, ErrNotFound) { // of a record that is gone, temporary files may be left
			return err
		}
		return s.forget(fileID, found.doc)
	})
}

// forget does the work of Forget under the lock. The removal is noted first: a crash in between must not make the
// record a lost one. found is nil if the record is already gone: then the person knows that.
func (s *Store) forget(fileID string, found *document) error {
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

// Settle records that the service was seen to read this generation of the record. The version before it becomes a copy
// of it: from then on it guards against damage alone, and no retired key stays in it. A generation that is no longer
// there is a [*ConflictError].
func (s *Store) Settle(ref Ref, generation uint64) error {
	return s.locked(ref, func(fileID string) error { return s.settle(fileID, generation) })
}

// settle does the work of Settle under the lock.
func (s *Store) settle(fileID string, generation uint64) error {
	found, err := s.load(fileID)
	if err != nil {
		return err
	}
	if err := conflict(found.doc, generation); err != nil {
		return err
	}
	old, err := s.fs.read(s.prev(fileID), checkFile)
	if err != nil || !bytes.Equal(old, found.sealed) {
		if err := s.replace(s.prev(fileID), found.sealed); err != nil {
			return err
		}
	}
	// Even when the copy is there: the process that made it may have died before its name was flushed.
	if err := s.fs.syncDir(s.installations()); err != nil {
		return writeError(s.installations(), err)
	}
	if found.doc.Status == StatusActive {
		s.unmarkPending(fileID)
	}
	return nil
}

// List reads all records, in the order of their file names, and a few ahead of the caller. A record that cannot be read
// yields an error in its place and does not stop the others.
func (s *Store) List() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		if s.closed.Load() {
			yield(Record{}, errClosed)
			return
		}
		names, err := s.files()
		if err != nil {
			yield(Record{}, err)
			return
		}
		for found := range Ahead(s.entries(names), s.readEntry) {
			if errors.Is(found.err, ErrNotFound) {
				continue // removed since the directory was read
			}
			if !yield(found.record, found.err) {
				return
			}
		}
	}
}

// entry is the name of a record in the directory of records, or the fault of something else that is there.
type entry struct {
	ref Ref
	err error
}

// entries returns what is in the directory of records, each record once.
func (s *Store) entries(names []string) []entry {
	out := make([]entry, 0, len(names))
	var last Ref
	for _, name := range names {
		_, ref, err := s.named(name)
		named := ref != Ref{}
		if strings.HasPrefix(name, tempPrefix) || named && ref == last {
			continue // the live file sorts before the version before it
		}
		if named {
			last, err = ref, nil // Get says what is wrong with it
		}
		out = append(out, entry{ref, err})
	}
	return out
}

// listed is a record, or why there is none.
type listed struct {
	record Record
	err    error
}

func (s *Store) readEntry(e entry) (out listed) {
	if e.err != nil {
		return listed{err: e.err}
	}
	out.record, out.err = s.Get(e.ref)
	return out
}

// files lists the directory of the records. Without it there is no way to know which there are.
func (s *Store) files() ([]string, error) {
	names, err := s.fs.list(s.installations())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail(caseRecordsGone, s.installations())
	}
	return names, s.complete(readError(s.installations(), err))
}

// Refs returns the names of the records in the store, in the order of their file names. It decrypts nothing, so a
// record that has a name may still be damaged.
func (s *Store) Refs() ([]Ref, error) {
	if s.closed.Load() {
		return nil, errClosed
	}
	names, err := s.files()
	if err != nil {
		return nil, err
	}
	return s.refsOf(names), nil
}

func (s *Store) refsOf(names []string) []Ref {
	refs := slices.Grow([]Ref(nil), len(names))
	for _, name := range names {
		_, ref, err := s.named(name)
		if err == nil && (len(refs) == 0 || refs[len(refs)-1] != ref) { // a file and the version before it
			refs = append(refs, ref)
		}
	}
	return refs
}

var errClosed = errors.New("the store is closed")

// Close ends the use of the store; later calls fail. Nothing waits to be written: every Put is
// complete when it returns.
func (s *Store) Close() error {
	s.closed.Store(true)
	return nil
}

// allow returns the file id of ref if this store may hold it. The simulated and the real world never mix.
func (s *Store) allow(ref Ref) (string, error) {
	if s.closed.Load() {
		return "", errClosed
	}
	fileID, err := ref.fileID()
	if err != nil {
		return "", err
	}
	return fileID, s.allowWorld(ref, fileID)
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
