//go:build unix

package trust

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// stranger is an account that is not root and owns none of the files of these tests.
const stranger = 54321

// fakeInfo is a file with any owner and mode.
type fakeInfo struct {
	fs.FileInfo
	uid  uint32
	mode fs.FileMode
}

func (f fakeInfo) Mode() fs.FileMode { return f.mode }
func (f fakeInfo) Sys() any          { return &syscall.Stat_t{Uid: f.uid} }

// TestJudge judges each file for the account stranger, by itself and on the way to another.
func TestJudge(t *testing.T) {
	t.Parallel()
	const (
		sticky  = fs.ModeDir | fs.ModeSticky
		none    = ""
		foreign = "foreign"
		open    = "open"
	)
	for _, tt := range []struct {
		uid       uint32
		mode      fs.FileMode
		self, way string
	}{
		{0, 0o644, none, none}, {0, 0o700, none, none}, {stranger, 0o755, none, none}, {stranger, 0o600, none, none},
		{0, 0o664, open, open}, {0, 0o646, open, open}, {stranger, fs.ModeDir | 0o777, open, open},
		{0, sticky | 0o777, open, none}, {stranger, sticky | 0o777, open, open}, {0, fs.ModeSticky | 0o666, open, open},
		{0, fs.ModeSymlink | 0o777, open, none}, {stranger, fs.ModeSymlink | 0o777, open, none},
		{stranger + 1, fs.ModeSymlink | 0o777, foreign, foreign}, {stranger + 1, 0o600, foreign, foreign},
		{stranger + 1, sticky | 0o777, foreign, foreign},
	} {
		info := fakeInfo{uid: tt.uid, mode: tt.mode}
		for _, got := range []struct {
			name, want string
			fault      *Fault
		}{
			{"Judge", tt.self, Judge("/x", info, stranger)}, {"on the way", tt.way, judgeStep("/x", info, stranger)},
		} {
			switch f := got.fault; {
			case f == nil && got.want != none,
				f != nil && *f != Fault{Path: "/x", Foreign: got.want == foreign, Owner: tt.uid, Mode: tt.mode}:
				t.Errorf("%s, uid %d, mode %v: %+v, want %q", got.name, tt.uid, tt.mode, f, got.want)
			}
		}
	}
	if f := Judge("/x", fakeInfo{uid: stranger, mode: 0o600}, 0); f == nil || !f.Foreign {
		t.Errorf("root trusts the file of somebody else: %+v", f)
	}
}

// tree makes directories and files that only we can write to, and links, and returns where they are.
func tree(t *testing.T) string {
	t.Helper()
	base, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	must(t, os.Chmod(base, 0o700)) // regardless of the umask
	for _, dir := range []string{"a", "a/b", "links", "more"} {
		must(t, os.Mkdir(filepath.Join(base, dir), 0o700))
	}
	must(t, os.WriteFile(filepath.Join(base, "a/b/file"), nil, 0o600))
	for link, target := range map[string]string{
		"links/file": "../more/file", "more/file": filepath.Join(base, "a/b/file"), "links/dir": "../a/b",
		"links/up": "dir/../b/./file", "links/loop": "loop",
	} {
		must(t, os.Symlink(target, filepath.Join(base, link)))
	}
	return base
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestResolve opens one directory or file, and resolves one path that needs it or not.
func TestResolve(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path  string
		needs string // what others must not be able to change
	}{
		{"a/b/file", "a a/b a/b/file"},
		{"a/b", "a a/b"},
		{"more/file", "more a a/b a/b/file"},
		{"links/file", "links more a a/b a/b/file"},
		{"links/dir/file", "links a a/b a/b/file"},
		{"links/up", "links a a/b a/b/file"},
	} {
		for _, open := range []string{"a", "a/b", "a/b/file", "links", "more"} {
			base := tree(t)
			opened := filepath.Join(base, open)
			mode := fs.FileMode(0o720)
			must(t, os.Chmod(opened, mode))
			real, fault, err := Resolve(filepath.Join(base, tt.path), os.Geteuid())
			must(t, err)
			want := filepath.Join(base, "a/b/file")
			if tt.path == "a/b" {
				want = filepath.Dir(want)
			}
			if real != want {
				t.Errorf("%s leads to %s", tt.path, real)
			}
			needed := strings.Contains(" "+tt.needs+" ", " "+open+" ")
			if (fault != nil) != needed || fault != nil && (fault.Path != opened || fault.Foreign || fault.Mode.Perm() != mode) {
				t.Errorf("%s, with an open %s: %+v", tt.path, open, fault)
			}
		}
	}
}

// TestResolveNearest: of several faults, the one that is nearest to the file is mended first.
func TestResolveNearest(t *testing.T) {
	t.Parallel()
	base := tree(t)
	for _, open := range []string{"a", "a/b"} {
		must(t, os.Chmod(filepath.Join(base, open), 0o777))
	}
	_, fault, err := Resolve(filepath.Join(base, "a/b/file"), os.Geteuid())
	if must(t, err); fault == nil || fault.Path != filepath.Join(base, "a/b") {
		t.Errorf("%+v", fault)
	}
}

// TestResolveForeign gives a link away: its owner can make it lead elsewhere, even in a sticky directory.
func TestResolveForeign(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can give a link away")
	}
	link := filepath.Join(tree(t), "links/file")
	must(t, os.Lchown(link, stranger, stranger))
	_, fault, err := Resolve(link, 0)
	must(t, err)
	if fault == nil || !fault.Foreign || fault.Path != link || fault.Owner != stranger {
		t.Errorf("%+v", fault)
	}
}

func TestResolveFails(t *testing.T) {
	t.Parallel()
	base := tree(t)
	for path, want := range map[string]error{
		"links/loop": syscall.ELOOP, "a/none": fs.ErrNotExist, "a/b/file/none": syscall.ENOTDIR,
	} {
		if real, _, err := Resolve(filepath.Join(base, path), os.Geteuid()); !errors.Is(err, want) {
			t.Errorf("%s: %q, %v", path, real, err)
		}
	}
}
