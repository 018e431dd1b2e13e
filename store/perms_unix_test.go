//go:build unix

package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestCreatedModes(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s := create(t, cfg)
	putTwice(t, s, companyA)
	for _, rel := range files(t, tempRoot(cfg)) {
		info, err := os.Lstat(filepath.Join(tempRoot(cfg), rel))
		must(t, err)
		want := fileMode
		if info.IsDir() {
			want = dirMode
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %04o, want %04o", rel, info.Mode().Perm(), want)
		}
	}
}

// TestModeOfTheWay: what root makes on the way to its identity lets others look for what else is there, also where the
// store is below the same directory. Other accounts keep all of it to themselves.
func TestModeOfTheWay(t *testing.T) {
	t.Parallel()
	for euid, way := range map[int]fs.FileMode{0: wayMode, serviceUID: dirMode} {
		base := tempDir(t)
		s, err := newStore(Config{
			Dir:      filepath.Join(base, "srv", "data", "store"),
			Identity: filepath.Join(base, "srv", "etc", "private", "identity.txt"),
		})
		must(t, err)
		s.euid = euid
		for _, dir := range []string{s.dir, s.identityDir(), s.seen(companyA)} {
			must(t, s.mkdirAll(dir))
		}
		for rel, want := range map[string]fs.FileMode{
			"srv": way, "srv/data": dirMode, "srv/data/store": dirMode,
			"srv/etc": way, "srv/etc/private": dirMode, "srv/etc/private/seen": dirMode,
			"srv/etc/private/seen/" + companyA: dirMode,
		} {
			wantOwner(t, filepath.Join(base, rel), uint32(os.Geteuid()), want)
		}
	}
}

// TestModesIgnoreTheUmask needs the umask of the whole process, so it is not parallel.
func TestModesIgnoreTheUmask(t *testing.T) { //nolint:paralleltest // see above
	for _, umask := range []int{0, 0o377} {
		dir := tempDir(t)
		old := unix.Umask(umask)
		made, way := filepath.Join(dir, "made"), filepath.Join(dir, "way")
		err := errors.Join(disk{euid: os.Geteuid()}.mkdir(made, dirMode), disk{euid: os.Geteuid()}.mkdir(way, wayMode))
		s := &Store{fs: disk{euid: os.Geteuid()}}
		temp, tempErr := s.writeTemp(made, []byte("x"))
		unix.Umask(old)
		must(t, err)
		must(t, tempErr)
		for path, want := range map[string]fs.FileMode{made: dirMode, way: wayMode, temp: fileMode} {
			if info, err := os.Lstat(path); err != nil || info.Mode().Perm() != want {
				t.Errorf("umask %03o: %s: %v, %v", umask, path, info.Mode(), err)
			}
		}
	}
}

// TestReplacedWhileReading: a file without a name is a normal sight while a writer replaces it.
func TestReplacedWhileReading(t *testing.T) {
	t.Parallel()
	path := filepath.Join(tempDir(t), "f")
	writeFile(t, path, []byte("x"))
	f, err := os.Open(path)
	must(t, err)
	defer func() { _ = f.Close() }()
	must(t, os.Remove(path))
	info, err := f.Stat()
	must(t, err)
	must(t, checkFile(path, info, os.Geteuid()))
}

func TestHostileDirectory(t *testing.T) {
	t.Parallel()
	for about, tt := range map[string]struct {
		change func(s *Store) error
		want   Kind
	}{
		"store 0777":            {func(s *Store) error { return os.Chmod(s.dir, 0o777) }, KindTooOpen},
		"store 0750":            {func(s *Store) error { return os.Chmod(s.dir, 0o750) }, KindTooOpen},
		"installations 0755":    {func(s *Store) error { return os.Chmod(s.installations(), 0o755) }, KindTooOpen},
		"unfinished 0755":       {func(s *Store) error { return os.Chmod(s.pendingDir(), 0o755) }, KindTooOpen},
		"parent group-writable": {func(s *Store) error { return os.Chmod(filepath.Dir(s.dir), 0o770) }, KindTooOpen},
		"parent 0755":           {func(s *Store) error { return os.Chmod(filepath.Dir(s.dir), 0o755) }, ""},
		"identity dir 0755":     {func(s *Store) error { return os.Chmod(s.identityDir(), 0o755) }, ""},
		"identity dir 0775":     {func(s *Store) error { return os.Chmod(s.identityDir(), 0o775) }, KindTooOpen},
		"identity dir sticky": {func(s *Store) error { return os.Chmod(s.identityDir(), 0o777|fs.ModeSticky) },
			KindTooOpen},
		"identity 0640":         {func(s *Store) error { return os.Chmod(s.identity, 0o640) }, KindTooOpen},
		"identity is hard link": {func(s *Store) error { return os.Link(s.identity, s.identity+".kept") }, KindLinked},
		"settings 0644":         {func(s *Store) error { return os.Chmod(s.in(settingsName), 0o644) }, KindTooOpen},
		"installations is a file": {func(s *Store) error {
			if err := os.RemoveAll(s.installations()); err != nil {
				return err
			}
			return os.WriteFile(s.installations(), nil, 0o600)
		}, KindForeign},
		"unfinished is a file": {func(s *Store) error {
			if err := os.Remove(s.pendingDir()); err != nil {
				return err
			}
			return os.WriteFile(s.pendingDir(), nil, 0o600)
		}, KindForeign},
		"unfinished leads nowhere": {func(s *Store) error {
			if err := os.Remove(s.pendingDir()); err != nil {
				return err
			}
			return os.Symlink(s.in("nowhere"), s.pendingDir())
		}, KindForeign},
		"unfinished is missing": {func(s *Store) error { return os.Remove(s.pendingDir()) }, ""},
		"identity is a FIFO": {func(s *Store) error {
			if err := os.Remove(s.identity); err != nil {
				return err
			}
			return unix.Mkfifo(s.identity, 0o600)
		}, KindNotFile},
		"lock is a link": {func(s *Store) error {
			if err := os.Remove(s.in(lockName)); err != nil {
				return err
			}
			return os.Symlink(s.identity, s.in(lockName))
		}, "write"},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			cfg := newConfig(t)
			s := create(t, cfg)
			r := put(t, s, newRecord(companyA))
			must(t, tt.change(s))
			opened, err := Open(cfg)
			switch tt.want {
			case "write": // readers need no lock
				must(t, err)
				before := readFile(t, s.identity)
				_, err = opened.Put(r)
				wantKind(t, err, KindNotFile)
				if string(before) != string(readFile(t, s.identity)) {
					t.Error("the lock text was written through the link")
				}
			case "":
				must(t, err)
				must(t, probe(cfg))
			default:
				wantKind(t, err, tt.want)
				wantKind(t, probe(cfg), tt.want)
				_, err = Create(cfg)
				wantKind(t, err, tt.want)
			}
		})
	}
}

// TestNewStoreInHostilePlace: nothing is made below a directory that others can change.
func TestNewStoreInHostilePlace(t *testing.T) {
	t.Parallel()
	for about, place := range map[string]func(cfg *Config, open string){
		"store":    func(cfg *Config, open string) { cfg.Dir = filepath.Join(open, "a", "store") },
		"identity": func(cfg *Config, open string) { cfg.Identity = filepath.Join(open, "identity.txt") },
		"identity, far below": func(cfg *Config, open string) {
			cfg.Identity = filepath.Join(open, "a", "b", "identity.txt")
		},
		"store right below it": func(cfg *Config, open string) { cfg.Dir = filepath.Join(open, "store") },
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			cfg := newConfig(t)
			open := filepath.Join(tempRoot(cfg), "open")
			must(t, os.Mkdir(open, 0o700))
			must(t, os.Chmod(open, 0o777))
			place(&cfg, open)
			wantKind(t, probe(cfg), KindTooOpen)
			_, err := Create(cfg)
			wantKind(t, err, KindTooOpen)
			if got := files(t, open); len(got) != 1 {
				t.Errorf("files were made: %v", got)
			}
		})
	}
}

// stranger is an account that owns none of the files of these tests and is not root.
const stranger = 54321

func TestForeignOwner(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	r := put(t, s, newRecord(companyA))
	_, err := disk{euid: stranger}.read(r.File, checkFile)
	wantKind(t, err, KindOwner)
	wantKind(t, checkOwnDir(s.dir, stranger), KindOwner)
	if os.Geteuid() != 0 { // root's directories pass for every account
		wantKind(t, checkWay(filepath.Dir(s.dir), stranger), KindOwner)
	}
	if e := wrongOwner("/x", stranger, 0); e.Owner != "54321" || e.Account != "root" {
		t.Errorf("root gets %+v", e)
	}
	if e := wrongOwner("/x", 0, stranger); e.Owner != "root" || e.Account != "54321" {
		t.Errorf("others get %+v", e)
	}
}

// fakeInfo is a file with any owner and mode.
type fakeInfo struct {
	fs.FileInfo
	mode fs.FileMode
	sys  any
}

func (f fakeInfo) Mode() fs.FileMode  { return f.mode }
func (f fakeInfo) Size() int64        { return 1 }
func (f fakeInfo) ModTime() time.Time { return time.Time{} }
func (f fakeInfo) Sys() any           { return f.sys }

// TestCredential: systemd gives a service a file that root owns, readable by an access list or by its own uid.
func TestCredential(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		uid  uint32
		mode fs.FileMode
		want Kind
	}{
		{0, 0o400, ""}, {0, 0o440, ""}, {0, 0o640, ""}, {stranger, 0o400, ""}, {stranger, 0o600, ""},
		{0, 0o444, KindOwner}, {0, 0o460, KindOwner}, {stranger, 0o440, KindTooOpen}, {stranger + 1, 0o400, KindOwner},
	} {
		err := checkIdentityFile("/x", fakeInfo{mode: tt.mode, sys: statOf(tt.uid)}, stranger)
		if kindOf(err) != tt.want {
			t.Errorf("uid %d mode %04o: %v", tt.uid, tt.mode, err)
		}
	}
	wantKind(t, checkIdentityFile("/x", fakeInfo{mode: 0o440, sys: statOf(0)}, 0), KindTooOpen)
}

func statOf(uid uint32) *syscall.Stat_t { return &syscall.Stat_t{Uid: uid, Nlink: 1} }

// TestDirectoryGoes between two looks at it: an error that a person understands.
func TestDirectoryGoes(t *testing.T) {
	t.Parallel()
	wantKind(t, checkHolder(filepath.Join(tempDir(t), "gone"), os.Geteuid()), KindDamaged)
}

// TestLossWithoutTheRight: where a removal could not be noted, a lost record cannot be distinguished from a removed
// one.
func TestLossWithoutTheRight(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("needs an ordinary user: root may write everywhere")
	}
	cfg := newConfig(t)
	s := create(t, cfg)
	r := put(t, s, newRecord(companyA))
	for mode, says := range map[fs.FileMode]string{0o500: " not_writable", 0: "unreadable"} {
		must(t, os.Chmod(s.ownSeen(), mode))
		t.Cleanup(func() { _ = os.Chmod(s.ownSeen(), 0o700) })
		must(t, s.Forget(r.Ref(), r.Generation))
		if l := s.Loss(); len(l.Lost) > 0 || !strings.Contains(doubtText(l.Doubt), says) {
			t.Errorf("mode %04o: %+v, want %q", mode, l, says)
		}
		must(t, os.Chmod(s.ownSeen(), 0o700))
		r = put(t, s, newRecord(companyA))
	}
}
