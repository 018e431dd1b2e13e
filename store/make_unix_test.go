//go:build unix

package store

import (
	"io/fs"
	"os"
	"path/filepath"
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

func TestMakeFor(t *testing.T) {
	t.Parallel()
	needRoot(t)
	base := sharedDir(t)
	cfg := Config{
		Dir: filepath.Join(base, "a", "store"), Identity: filepath.Join(base, "a", "id", "identity.txt"),
		AnyPlace: true,
	}
	must(t, MakeFor(cfg, serviceUID, serviceUID))
	for _, dir := range []string{filepath.Join(base, "a"), cfg.Dir, filepath.Dir(cfg.Identity)} {
		wantOwner(t, dir, serviceUID, dirMode)
	}
	wantOwner(t, base, 0, 0o755)
	must(t, MakeFor(cfg, otherUID, otherUID)) // what is there stays as it is
	wantOwner(t, cfg.Dir, serviceUID, dirMode)
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

// TestMakeForLeavesNothingBehind fails each operation in turn.
func TestMakeForLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	for failAt := 1; ; failAt++ {
		cfg := newConfig(t)
		s, err := newStore(cfg)
		must(t, err)
		broken := &faulty{fsys: s.fs, failAt: failAt, err: syscall.EIO}
		s.fs = broken
		uid := serviceUID
		if os.Geteuid() != 0 {
			uid = -1 // chown leaves it as it is
		}
		err = s.makeFor(uid, uid)
		if broken.failed == "" {
			must(t, err)
			break
		}
		wantKind(t, err, KindNotWritable)
		wantNothing(t, filepath.Dir(cfg.Dir))
		wantNothing(t, filepath.Dir(cfg.Identity))
	}
}

// TestIdentityFix: who knows how the identity gets here says so.
func TestIdentityFix(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	must(t, os.Remove(s.identity))
	cfg := s.cfg
	cfg.IdentityFix = "ask the porter"
	_, err := Open(cfg)
	wantKind(t, err, KindIdentityMissing)
	if got := err.Error(); got != s.identity+": the identity of the store is missing; ask the porter" {
		t.Errorf("got %q", got)
	}
}
