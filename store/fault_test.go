package store

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// faulty fails one operation of a real file layer: the nth, or the first whose name and path match. It counts them all.
// With killed, every operation from the nth on fails: the process is gone.
type faulty struct {
	fsys
	mu     sync.Mutex
	count  int
	failAt int // 1 is the first; 0 fails nothing
	killed bool
	failOn string   // "sync" or "sync settings.age"
	err    error    // what the failing operation says
	names  []string // what was asked for: the operation and the file's name without its random part
	failed string
}

func (f *faulty) step(op, path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	name := op + " " + filepath.Base(path)
	if strings.HasPrefix(filepath.Base(path), tempPrefix) {
		name = op + " temp"
	}
	f.names = append(f.names, name)
	if f.count == f.failAt || (f.killed && f.failed != "") || (f.failed == "" && f.failOn != "" && f.failOn == name) {
		f.failed = name
		return &fs.PathError{Op: op, Path: path, Err: f.err}
	}
	return nil
}

// recordsRead returns how many live records were read.
func (f *faulty) recordsRead() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, name := range f.names {
		if strings.HasPrefix(name, "read ") && strings.HasSuffix(name, recordSuffix) && name != "read "+settingsName {
			n++
		}
	}
	return n
}

func (f *faulty) create(path string) (file, error) {
	if err := f.step("create", path); err != nil {
		return nil, err
	}
	inner, err := f.fsys.create(path)
	return &faultyFile{inner, f, path}, err
}

func (f *faulty) read(path string, check fileCheck) ([]byte, error) {
	if err := f.step("read", path); err != nil {
		return nil, readError(path, err)
	}
	return f.fsys.read(path, check)
}

func (f *faulty) rename(from, to string) error {
	if err := f.step("rename", to); err != nil {
		return err
	}
	return f.fsys.rename(from, to)
}

func (f *faulty) remove(path string) error {
	if err := f.step("remove", path); err != nil {
		return err
	}
	return f.fsys.remove(path)
}

func (f *faulty) list(dir string) ([]string, error) {
	if err := f.step("list", dir); err != nil {
		return nil, err
	}
	return f.fsys.list(dir)
}

func (f *faulty) syncDir(dir string) error {
	if err := f.step("syncDir", dir); err != nil {
		return err
	}
	return f.fsys.syncDir(dir)
}

func (f *faulty) mkdir(path string, mode fs.FileMode) error {
	if err := f.step("mkdir", path); err != nil {
		return err
	}
	return f.fsys.mkdir(path, mode)
}

type faultyFile struct {
	file
	f    *faulty
	path string
}

func (f *faultyFile) Chmod(mode fs.FileMode) error {
	if err := f.f.step("chmod", f.path); err != nil {
		return err
	}
	return f.file.Chmod(mode)
}

// Write leaves half of the data behind when it fails, as a full disk does.
func (f *faultyFile) Write(data []byte) (int, error) {
	if err := f.f.step("write", f.path); err != nil {
		n, _ := f.file.Write(data[:len(data)/2])
		return n, err
	}
	return f.file.Write(data)
}

func (f *faultyFile) Sync() error {
	if err := f.f.step("sync", f.path); err != nil {
		return err
	}
	return f.file.Sync()
}

func (f *faultyFile) Close() error {
	err := f.file.Close()
	if fault := f.f.step("close", f.path); fault != nil {
		return fault
	}
	return err
}

var faults = map[error]Kind{
	syscall.ENOSPC: KindFull, syscall.EDQUOT: KindFull, syscall.EFBIG: KindFull, syscall.EROFS: KindReadOnly,
	syscall.EACCES: KindNotWritable, syscall.EPERM: KindNotWritable, syscall.EIO: KindNotWritable,
}

func TestWriteErrorKinds(t *testing.T) {
	t.Parallel()
	for errno, want := range faults {
		err := writeError("/x", &fs.PathError{Op: "write", Path: "/x", Err: errno})
		wantKind(t, err, want)
	}
}

// TestPutSurvivesEveryFault fails each operation of a save in turn, and then asks a fresh reader. An error leaves the
// old record, or says that the state is uncertain; success means the new one; no temporary file is left.
func TestPutSurvivesEveryFault(t *testing.T) {
	t.Parallel()
	var order []string
	cfg := newConfig(t)
	_, old := putTwice(t, create(t, cfg), companyA)
	for n := 1; ; n++ {
		s := create(t, cfg)
		f := &faulty{fsys: s.fs, failAt: n, err: syscall.EIO}
		s.fs = f
		fresh := old
		fresh.Key = newKey()
		written, err := s.Put(fresh)
		if f.failed == "" {
			must(t, err)
			order = f.names
			break
		}
		got, getErr := create(t, cfg).Get(old.Ref())
		must(t, getErr)
		isNew, isOld := got.Key.Equal(fresh.Key), got.Key.Equal(old.Key)
		reached := slices.Contains(f.names[:n-1], "rename "+prod+companyA+".age")
		switch {
		case got.FromPrevious, !isNew && !isOld:
			t.Errorf("fault at %d, %s: neither old nor new", n, f.failed)
		case err == nil && (!isNew || written.Generation != old.Generation+1):
			t.Errorf("fault at %d, %s: success was reported, and it is not the new record", n, f.failed)
		case err != nil && !reached && !isOld:
			t.Errorf("fault at %d, %s: the old record is gone", n, f.failed)
		case err != nil && reached && kindOf(err) != KindUncertain:
			t.Errorf("fault at %d, %s: %v", n, f.failed, err)
		}
		if debris(t, cfg) != nil {
			t.Errorf("fault at %d, %s left %v", n, f.failed, debris(t, cfg))
		}
		old = put(t, create(t, cfg), got) // the next writer works
	}
	checkOrder(t, order, create(t, cfg).settings.StoreID)
}

// checkOrder holds the write protocol to its order: all bytes on the disk before any name moves, the copy before the
// record, and the names flushed before the record is read back and the mark is raised. Where the store is was written
// down before.
func checkOrder(t *testing.T, got []string, storeID string) {
	t.Helper()
	live, prev, mark := prod+companyA+".age", prod+companyA+".age.prev", prod+companyA+".json"
	temp := []string{"create temp", "chmod temp", "write temp", "sync temp", "close temp", "read temp"}
	want := slices.Concat(
		[]string{"read " + mark, "read " + live}, // before the lock is taken
		[]string{"read " + live, "read settings.age", "read " + mark},
		temp, temp,
		[]string{"rename " + prev, "rename " + live, "syncDir installations", "read " + live, "read " + mark},
		temp, []string{"rename " + mark, "syncDir " + storeID, "read store.json", "read " + mark})
	if !slices.Equal(want, got) {
		t.Errorf("a save does\n%s\nwant\n%s", strings.Join(got, ", "), strings.Join(want, ", "))
	}
}

func debris(t *testing.T, cfg Config) []string {
	t.Helper()
	var out []string
	for _, path := range files(t, tempRoot(cfg)) {
		if strings.Contains(path, tempPrefix) {
			out = append(out, path)
		}
	}
	return out
}

func TestUncertainSaysWhatIsVisible(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	s.fs = &faulty{fsys: s.fs, failOn: "syncDir installations", err: syscall.EIO}
	_, err := s.Put(newRecord(companyA))
	wantKind(t, err, KindUncertain)
	if rowOf(err) != caseReadable {
		t.Errorf("the new record is there, and the error does not say so: %v", err)
	}
	s.fs = &faulty{fsys: s.fs, failOn: "syncDir installations", err: syscall.EIO}
	wantKind(t, s.Forget(Ref{"production", ledger, companyA}, 1), KindUncertain)
}

// TestSyncIsNotRepeated: after a failed flush the kernel may call lost pages clean, so a second one proves nothing.
func TestSyncIsNotRepeated(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	f := &faulty{fsys: s.fs, failOn: "sync temp", err: syscall.EIO}
	s.fs = f
	_, err := s.Put(newRecord(companyA))
	wantKind(t, err, KindNotWritable)
	if i := slices.Index(f.names, "sync temp"); slices.Contains(f.names[i+1:], "sync temp") {
		t.Errorf("flushed again: %v", f.names)
	}
}

// TestDiskLies changes the new file between writing and reading it back.
func TestDiskLies(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	old := put(t, s, newRecord(companyA))
	lies := &lyingDisk{s.fs}
	s.fs = lies
	_, err := s.Put(old)
	wantKind(t, err, KindDamaged)
	s.fs = lies.fsys
	got, err := s.Get(old.Ref())
	if err != nil || got.Generation != 1 || got.FromPrevious {
		t.Errorf("the old record: %v", err)
	}
}

type lyingDisk struct{ fsys }

func (d *lyingDisk) read(path string, check fileCheck) ([]byte, error) {
	data, err := d.fsys.read(path, check)
	if strings.Contains(path, tempPrefix) && len(data) > 0 {
		data[len(data)-1] ^= 1
	}
	return data, err
}

// TestWrongRecipientIsFoundFirst: what we could not read again never gets near a file.
func TestWrongRecipientIsFoundFirst(t *testing.T) {
	t.Parallel()
	plain := []byte("x")
	one, err := newIdentity()
	must(t, err)
	two, err := newIdentity()
	must(t, err)
	sealed, err := identities{one}.sealTo(plain, one.Recipient())
	must(t, err)
	if _, err := (identities{two}).open(sealed); !errors.Is(err, errMismatch) {
		t.Errorf("another identity: %v", err)
	}
	if _, err := (identities{two}).sealTo(plain, one.Recipient()); !errors.Is(err, errSeal) {
		t.Errorf("sealed for somebody else: %v", err)
	}
}

// TestCreateSurvivesEveryFault fails each operation of the first use. The next start finishes what is there.
func TestCreateSurvivesEveryFault(t *testing.T) {
	t.Parallel()
	for n := 1; ; n++ {
		cfg := newConfig(t)
		s, err := newStore(cfg)
		must(t, err)
		f := &faulty{fsys: s.fs, failAt: n, err: syscall.ENOSPC}
		s.fs = f
		err = s.create()
		if f.failed == "" {
			must(t, err)
			break
		}
		if err != nil && kindOf(err) == "" {
			t.Errorf("fault at %d, %s: %v", n, f.failed, err)
		}
		if debris(t, cfg) != nil {
			t.Errorf("fault at %d, %s left %v", n, f.failed, debris(t, cfg))
		}
		put(t, create(t, cfg), newRecord(companyA))
	}
}

// TestCreateNamesThePlace: of a directory above both places it says nothing about the identity, for which another store
// would not help.
func TestCreateNamesThePlace(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]Kind{".": KindReadOnly, "data": KindReadOnly, "config": caseIDReadOnly} {
		cfg := newConfig(t)
		dir := filepath.Join(tempRoot(cfg), name)
		s, err := newStore(cfg)
		must(t, err)
		s.fs = &faulty{fsys: s.fs, failOn: "syncDir " + filepath.Base(dir), err: syscall.EROFS}
		if err := s.create(); rowOf(err) != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

// TestForgetSurvivesEveryFault fails each operation of a removal in turn. A record that stays is not marked as removed,
// and one that is gone is not missed.
func TestForgetSurvivesEveryFault(t *testing.T) {
	t.Parallel()
	for n := 1; ; n++ {
		s := newTestStore(t)
		_, r := putTwice(t, s, companyA)
		f := &faulty{fsys: s.fs, failAt: n, err: syscall.EIO}
		real := s.fs
		s.fs = f
		err := s.Forget(r.Ref(), r.Generation)
		s.fs = real
		if f.failed == "" {
			must(t, err)
			break
		}
		got, getErr := s.Get(r.Ref())
		if err != nil && getErr == nil && got.FromPrevious {
			t.Errorf("fault at %d, %s: the version before it came back to life", n, f.failed)
		}
		switch {
		case getErr == nil && s.readMark(prod+companyA).Removed:
			t.Errorf("fault at %d, %s: the record stays, and its loss would not be noticed", n, f.failed)
		case getErr != nil && len(s.Loss().Lost) > 0:
			t.Errorf("fault at %d, %s: the record was removed, and is called lost", n, f.failed)
		}
		must(t, s.Forget(r.Ref(), r.Generation))
	}
}

// TestErrorsNameNoTemporaryFile: it is gone when a person reads of it.
func TestErrorsNameNoTemporaryFile(t *testing.T) {
	t.Parallel()
	for _, err := range []error{syscall.ENOSPC, syscall.EACCES, syscall.EIO, syscall.EROFS} {
		for n := 1; ; n++ {
			if !sampled(n) {
				continue
			}
			cfg := newConfig(t)
			s, newErr := newStore(cfg)
			must(t, newErr)
			f := &faulty{fsys: s.fs, failAt: n, err: err}
			s.fs = f
			_, probeErr := s.probe()
			if got := errors.Join(probeErr, s.create()); got != nil && strings.Contains(got.Error(), tempPrefix) {
				t.Errorf("fault at %d, %s: %v", n, f.failed, got)
			}
			if f.failed == "" {
				break
			}
		}
	}
}
