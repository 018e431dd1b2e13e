//go:build unix

package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
)

// Two accounts that need no entry in any list of accounts.
const (
	serviceUID = 64001
	otherUID   = 64002
)

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to give directories to other accounts")
	}
}

// sharedDir returns a directory of root's below which other accounts get to their own.
func sharedDir(t *testing.T) string {
	t.Helper()
	base, err := os.MkdirTemp("/tmp", "pleo-connect-store-test-")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(base) })
	must(t, os.Chmod(base, 0o755))
	return base
}

func wantOwner(t *testing.T, path string, uid uint32, mode fs.FileMode) {
	t.Helper()
	info, err := os.Lstat(path)
	must(t, err)
	if got := factsOf(info).uid; got != uid || info.Mode().Perm() != mode {
		t.Errorf("%s belongs to %d with mode %04o, want %d and %04o", path, got, info.Mode().Perm(), uid, mode)
	}
}

func wantNothing(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Lstat(path); err == nil {
		t.Errorf("%s was made", path)
	}
}

// TestMakeFor gives away the innermost directories alone. What is there stays as it is.
func TestMakeFor(t *testing.T) {
	t.Parallel()
	needRoot(t)
	for about, there := range map[string]fs.FileMode{ // the mode of etc/pleo-connect
		"nothing is there": 0, "a directory of root's": 0o755, "one of another mode": 0o711,
	} {
		base := sharedDir(t)
		cfg := makeForConfig(base)
		etc := filepath.Join(base, "etc", "pleo-connect")
		want := wayMode
		if there != 0 {
			want = there
			makeVendorDir(t, etc, there)
		}
		for _, uid := range []int{serviceUID, otherUID} { // the second has nothing to make
			if err := MakeFor(cfg, uid, uid); err != nil {
				t.Fatalf("%s: %v", about, err)
			}
			for _, dir := range []string{base, filepath.Dir(etc), filepath.Join(base, "var")} {
				wantOwner(t, dir, 0, wayMode)
			}
			wantOwner(t, etc, 0, want)
			wantOwner(t, filepath.Dir(cfg.Identity), serviceUID, dirMode)
			wantOwner(t, cfg.Dir, serviceUID, dirMode)
		}
		if there != 0 {
			wantOwner(t, filepath.Join(etc, vendorFile), 0, 0o644)
		}
	}
}

// TestMakeForInside: below what becomes the account's, nothing stays root's.
func TestMakeForInside(t *testing.T) {
	t.Parallel()
	needRoot(t)
	base := sharedDir(t)
	id := filepath.Join(base, "way", "id")
	cfg := Config{
		Dir: filepath.Join(id, "data", "store"), Identity: filepath.Join(id, "identity.txt"), AnyPlace: true,
	}
	must(t, MakeFor(cfg, serviceUID, serviceUID))
	wantOwner(t, filepath.Dir(id), 0, wayMode)
	for _, dir := range []string{id, filepath.Dir(cfg.Dir), cfg.Dir} {
		wantOwner(t, dir, serviceUID, dirMode)
	}
}

// makeForConfig names places below base that are arranged as root's are below /.
func makeForConfig(base string) Config {
	return Config{
		Dir:      filepath.Join(base, "var", "store"),
		Identity: filepath.Join(base, "etc", "pleo-connect", "private", "identity.txt"),
		AnyPlace: true,
	}
}

const vendorFile = "integration.toml"

// makeVendorDir makes the directory that a vendor's package ships, with its file.
func makeVendorDir(t *testing.T, dir string, mode fs.FileMode) {
	t.Helper()
	must(t, os.MkdirAll(dir, 0o755))
	file := filepath.Join(dir, vendorFile)
	writeFile(t, file, nil)
	must(t, os.Chmod(filepath.Dir(dir), 0o755)) // regardless of the umask
	must(t, os.Chmod(dir, mode))
	must(t, os.Chmod(file, 0o644))
}

// TestMakeForStaysOut: root makes nothing where another account could swap what it makes.
func TestMakeForStaysOut(t *testing.T) {
	t.Parallel()
	needRoot(t)
	for about, tt := range map[string]struct {
		uid  int // of the directory that would hold the store
		mode fs.FileMode
		want Kind
	}{
		"the account's own":   {serviceUID, 0o755, ""},
		"another account's":   {otherUID, 0o755, KindOwner},
		"writable by a group": {0, 0o775, KindTooOpen},
		"writable by all":     {0, 0o777, KindTooOpen},
	} {
		base := sharedDir(t)
		holder := filepath.Join(base, "holder")
		must(t, os.Mkdir(holder, 0o700))
		must(t, os.Chmod(holder, tt.mode))
		must(t, os.Lchown(holder, tt.uid, tt.uid))
		// The identity's place is a good one, and comes second: it must not be made when the first is refused, or
		// the other way round.
		for _, cfg := range []Config{
			{Dir: filepath.Join(holder, "store"), Identity: filepath.Join(base, "id", "identity.txt"), AnyPlace: true},
			{Dir: filepath.Join(base, "store"), Identity: filepath.Join(holder, "id", "identity.txt"), AnyPlace: true},
		} {
			err := MakeFor(cfg, serviceUID, serviceUID)
			if got := kindOf(err); got != tt.want || tt.want == "" && err != nil {
				t.Errorf("%s: got %v, want %q", about, err, tt.want)
			}
			wantNothing(t, filepath.Join(holder, "store"))
			wantNothing(t, filepath.Join(holder, "id"))
			if tt.want != "" {
				wantNothing(t, filepath.Join(base, "id"))
				wantNothing(t, filepath.Join(base, "store"))
			}
		}
	}
}

// TestMakeForRefusesThePlace before it makes anything.
func TestMakeForRefusesThePlace(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	cfg.AnyPlace = false
	wantKind(t, MakeFor(cfg, serviceUID, serviceUID), KindPlace)
	wantNothing(t, filepath.Dir(cfg.Dir))
}

// TestMakeForLeavesNothingBehind fails each operation in turn, with and without a directory of root's that is there.
func TestMakeForLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	for _, there := range []bool{false, true} {
		for failAt := 1; ; failAt++ {
			base := makeForBase(t)
			if there {
				makeVendorDir(t, filepath.Join(base, "etc", "pleo-connect"), 0o755)
			}
			before := files(t, base)
			s, err := newStore(makeForConfig(base))
			must(t, err)
			broken := &faulty{fsys: s.fs, failAt: failAt, err: syscall.EIO}
			s.fs = broken
			err = s.makeFor(makeForUID(), makeForUID())
			if broken.failed == "" {
				must(t, err)
				break
			}
			wantKind(t, err, KindNotWritable)
			if after := files(t, base); !slices.Equal(after, before) {
				t.Errorf("%s failed: before %q, after %q", broken.failed, before, after)
			}
		}
	}
}

// makeForUID is an account that this test may give directories to; -1 leaves them as they are.
func makeForUID() int {
	if os.Geteuid() != 0 {
		return -1
	}
	return serviceUID
}

// makeForBase is a directory that this account gets through to what is below.
func makeForBase(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		return tempDir(t)
	}
	return sharedDir(t)
}

// TestMakeForNotHandedOver: when a directory cannot be given away, those that were given away before go as well.
func TestMakeForNotHandedOver(t *testing.T) {
	t.Parallel()
	base := makeForBase(t)
	s, err := newStore(makeForConfig(base))
	must(t, err)
	s.fs = vanishing{s.fs, s.dir, s.identityDir()}
	if err := s.makeFor(makeForUID(), makeForUID()); err == nil {
		t.Error("the store was given away, and is gone")
	}
	if after := files(t, base); len(after) != 1 {
		t.Errorf("left behind: %q", after)
	}
}

// vanishing is a disk on which one directory is gone as soon as another was made.
type vanishing struct {
	fsys
	gone, after string
}

func (v vanishing) mkdir(path string, mode fs.FileMode) error {
	err := v.fsys.mkdir(path, mode)
	if err == nil && path == v.after {
		err = os.Remove(v.gone)
	}
	return err
}

// TestIdentityOfSystemd: with an identity that systemd may hand over, another step helps.
func TestIdentityOfSystemd(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	must(t, os.Remove(s.identity))
	cfg := s.cfg
	cfg.BySystemd = true
	_, err := Open(cfg)
	wantKind(t, err, KindIdentityMissing)
	if rowOf(err) != caseSystemd {
		t.Errorf("got %q", rowOf(err))
	}
}

// TestMakeForBelowAClosedDirectory: an account that cannot reach its directories learns that before they are made.
func TestMakeForBelowAClosedDirectory(t *testing.T) {
	t.Parallel()
	needRoot(t)
	base := sharedDir(t)
	closed := filepath.Join(base, "closed")
	must(t, os.Mkdir(closed, 0o700))
	cfg := Config{
		Dir: filepath.Join(base, "a", "store"), Identity: filepath.Join(closed, "private", "identity.txt"), AnyPlace: true,
	}
	err := MakeFor(cfg, serviceUID, serviceUID)
	wantKind(t, err, KindNotWritable)
	if e := err.(*Error); e.row() != caseClosed || e.Path != closed || e.Account != strconv.Itoa(serviceUID) {
		t.Errorf("%v", err)
	}
	wantNothing(t, filepath.Join(base, "a"))
	wantNothing(t, filepath.Join(closed, "private"))
	must(t, os.Chmod(closed, 0o711))
	must(t, MakeFor(cfg, serviceUID, serviceUID))
}
