//go:build unix

package store

import (
	"bytes"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// hostile is one class of trouble with the file of a record.
type hostile struct {
	plant func(h *scene)
	kind  Kind   // what a reader says
	says  string // in the error
	row   Kind   // names the way out
	spare bool   // the contents are lost: the version before it takes the place
}

// scene is a store with a record whose file is in trouble.
type scene struct {
	*testing.T
	s    *Store
	r    Record
	path string // the live file
}

// edit replaces the bytes of the file.
func (h *scene) edit(change func(whole []byte) []byte) {
	writeFile(h, h.path, change(readFile(h, h.path)))
}

// text replaces text inside the ciphertext.
func (h *scene) text(old, fresh string) {
	plain := string(unseal(h, h.s, h.path))
	if !strings.Contains(plain, old) {
		h.Fatalf("the record holds no %s", old)
	}
	reseal(h, h.s, h.path, []byte(strings.Replace(plain, old, fresh, 1)))
}

// instead removes the file and lets make put something else there.
func (h *scene) instead(make func(path string) error) {
	must(h, os.Remove(h.path))
	must(h, make(h.path))
}

// everyTrouble names each class of trouble, and what an error says of it.
var everyTrouble = map[string]hostile{
	"truncated": {func(h *scene) { h.edit(func(b []byte) []byte { return b[:len(b)/2] }) }, KindDamaged,
		"damaged", caseBroken, true},
	"empty": {func(h *scene) { h.edit(func([]byte) []byte { return nil }) }, KindDamaged,
		"damaged", caseBroken, true},
	"zeros": {func(h *scene) { h.edit(func(b []byte) []byte { return make([]byte, len(b)) }) }, KindDamaged,
		"damaged", caseBroken, true},
	"trailing bytes": {func(h *scene) { h.edit(func(b []byte) []byte { return append(b, "\n"...) }) }, KindDamaged,
		"damaged", caseBroken, true},
	"a flipped bit": {func(h *scene) { h.edit(func(b []byte) []byte { b[len(b)-9] ^= 4; return b }) }, KindDamaged,
		"damaged", caseBroken, true},
	"another letter in the header": {func(h *scene) {
		h.edit(func(b []byte) []byte {
			switch at := bytes.Index(b, []byte("X25519 ")) + 9; b[at] { // it stays Base64
			case 'A':
				b[at] = 'B'
			default:
				b[at] = 'A'
			}
			return b
		})
	}, KindDamaged, "another identity", caseOtherIdentity, true},
	"not a record": {func(h *scene) { reseal(h, h.s, h.path, []byte("{}")) }, KindDamaged, "damaged", caseBroken, true},
	"another server's file": {func(h *scene) {
		theirs := put(h, newTestStore(h), newRecord(companyA))
		h.edit(func([]byte) []byte { return readFile(h, theirs.File) })
	}, KindDamaged, "another identity", caseOtherIdentity, true},
	"locked with a passphrase": {func(h *scene) {
		h.edit(func([]byte) []byte { return []byte(passphraseHeader + "bBjlhJVYZeE4aqUdmtRHfw 22\n") })
	}, KindPassphrase, "locked with a passphrase", KindPassphrase, true},
	"8 GiB": {func(h *scene) { must(h, os.Truncate(h.path, 8<<30)) }, KindTooLarge, "too large",
		KindTooLarge, true},

	"another customer's file": {func(h *scene) {
		theirs := put(h, h.s, newRecord(companyB))
		h.edit(func([]byte) []byte { return readFile(h, theirs.File) })
	}, KindOtherRecord, "another company, integration or environment", KindOtherRecord, false},
	"staging under the name of production": {func(h *scene) { h.text(`"env":"production"`, `"env":"staging"`) },
		KindOtherRecord, "another company, integration or environment", KindOtherRecord, false},
	"another store's file": {func(h *scene) { h.text(h.s.settings.StoreID, companyB) },
		KindOtherStore, "a file of another key store", KindOtherStore, false},
	"a newer format": {func(h *scene) { h.text(`"format":1`, `"format":2`) },
		KindNewer, "a newer version of pleo-connect", KindNewer, false},

	"a FIFO": {func(h *scene) { h.instead(func(p string) error { return unix.Mkfifo(p, 0o600) }) }, KindNotFile,
		"not a regular file", caseNoFile, false},
	"a directory": {func(h *scene) { h.instead(func(p string) error { return os.Mkdir(p, 0o700) }) }, KindNotFile,
		"not a regular file", caseNoFile, false},
	"a socket": {func(h *scene) { h.instead(h.socket) }, KindNotFile, "not a regular file", caseNoFile, false},
	"a device": {func(h *scene) { h.instead(h.device) }, KindNotFile, "not a regular file", caseNoFile, false},
	"a symlink": {func(h *scene) {
		must(h, os.Rename(h.path, h.path+".moved"))
		must(h, os.Symlink(h.path+".moved", h.path))
	}, KindNotFile, "a symbolic link", caseLink, false},
	"a link to nothing": {func(h *scene) { h.instead(func(p string) error { return os.Symlink("gone", p) }) },
		KindNotFile, "points to no file", caseNoTarget, false},
	"a hard link": {func(h *scene) { must(h, os.Link(h.path, h.path+".kept")) },
		KindLinked, "a hard link", KindLinked, false},
	"mode 0644": {func(h *scene) { must(h, os.Chmod(h.path, 0o644)) }, KindTooOpen,
		"(mode 0644)", caseOpenSaved, false},
	"mode 0620": {func(h *scene) { must(h, os.Chmod(h.path, 0o620)) }, KindTooOpen,
		"(mode 0620)", caseOpenSaved, false},
	"mode 0601": {func(h *scene) { must(h, os.Chmod(h.path, 0o601)) }, KindTooOpen,
		"(mode 0601)", caseOpenSaved, false},
	"foreign owner": {(*scene).giveAway, KindOwner, "belongs to another account (54321)",
		caseOwned, false},
}

// socket leaves the name of a socket at path. The path of a test is too long to listen at.
func (h *scene) socket(path string) error {
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		return err
	}
	h.Cleanup(func() { _ = l.Close() })
	return os.Rename(filepath.Join(dir, "s"), path)
}

// device makes /dev/zero, which never ends, under another name.
func (h *scene) device(path string) error {
	err := unix.Mknod(path, unix.S_IFCHR|0o600, int(unix.Mkdev(1, 5)))
	if os.IsPermission(err) {
		h.Skip("needs the right to make device files; TestDeviceIsNotRead uses one that is there")
	}
	return err
}

func (h *scene) giveAway() {
	if os.Geteuid() != 0 {
		h.Skip("needs root to give a file away; TestForeignOwner looks at it from the other side")
	}
	must(h, os.Chown(h.path, stranger, stranger))
}

// TestEveryTrouble plants each class of trouble, alone and with the version before it. Lost contents are replaced by
// the version before, with a warning. Everything else stops every reader and writer: someone did that, and must look at
// it.
func TestEveryTrouble(t *testing.T) {
	t.Parallel()
	for about, tt := range everyTrouble {
		for _, spare := range []bool{false, true} {
			name := about + ", alone"
			if spare {
				name = about + ", with the version before it"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := newTestStore(t)
				first, r := putTwice(t, s, companyA)
				if !spare {
					must(t, os.Remove(s.prev(prod+companyA)))
				}
				tt.plant(&scene{T: t, s: s, r: r, path: r.File})
				if spare && tt.spare {
					wantSpare(t, s, first)
					return
				}
				_, err := s.Get(r.Ref())
				tt.check(t, "Get", err)
				_, err = s.Put(r)
				tt.check(t, "Put", err)
				tt.check(t, "List", listError(s, r.File))
			})
		}
	}
}

func (tt hostile) check(t *testing.T, about string, err error) {
	t.Helper()
	wantKind(t, err, tt.kind)
	text := err.Error()
	if !strings.Contains(text, tt.says) || rowOf(err) != tt.row || strings.Contains(text, "canary") {
		t.Errorf("%s says %q of %q, want %q and %q", about, text, rowOf(err), tt.says, tt.row)
	}
}

// listError returns what List says about a file.
func listError(s *Store, path string) error {
	for _, err := range s.List() {
		if err != nil && strings.HasPrefix(err.Error(), path) {
			return err
		}
	}
	return nil
}

// wantSpare reads the version before, with a warning, and saves over the trouble.
func wantSpare(t *testing.T, s *Store, first Record) {
	t.Helper()
	got, err := s.Get(first.Ref())
	must(t, err)
	if !got.FromPrevious || got.RolledBack || !got.Key.Equal(first.Key) {
		t.Errorf("generation %d, from previous %v, rolled back %v", got.Generation, got.FromPrevious, got.RolledBack)
	}
	if r := put(t, s, got); r.FromPrevious || r.RolledBack {
		t.Error("saving did not repair it")
	}
}

// TestEveryTroubleWithSettings plants the same trouble in place of the settings. Lost contents are
// replaced by the copy.
func TestEveryTroubleWithSettings(t *testing.T) {
	t.Parallel()
	kinds := map[Kind]bool{
		KindDamaged: true, KindTooLarge: true, KindPassphrase: true, KindNewer: true,
		KindNotFile: true, KindLinked: true, KindTooOpen: true, KindOwner: true,
	}
	for about, tt := range everyTrouble {
		if !kinds[tt.kind] || strings.Contains(about, "another server") {
			continue // names nothing that settings have
		}
		for _, spare := range []bool{false, true} {
			name := about + ", alone"
			if spare {
				name = about + ", with the copy"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				cfg := newConfig(t)
				s := create(t, cfg)
				r := put(t, s, newRecord(companyA))
				if !spare {
					must(t, os.Remove(s.in(settingsPrevName)))
				}
				tt.plant(&scene{T: t, s: s, r: r, path: s.in(settingsName)})
				opened, err := Open(cfg)
				if spare && tt.spare {
					must(t, err)
					_, err = opened.Get(r.Ref())
					must(t, err)
					return
				}
				if kindOf(err) == KindIdentityDamaged && strings.Contains(about, "header") {
					return // a changed header cannot be distinguished from another identity's
				}
				if tt.spare {
					tt.row = tt.kind + "/settings"
				}
				tt.check(t, "Open", err)
			})
		}
	}
}

// TestDeviceIsNotRead: a device that never ends is refused before a byte is read, for every account.
func TestDeviceIsNotRead(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/dev/zero", os.DevNull} {
		_, err := disk{euid: os.Geteuid()}.read(path, checkFile)
		wantKind(t, err, KindNotFile)
	}
}

// TestNewFileTakesNoName: what has the name of a new file stays as it is, and a link there is not followed.
func TestNewFileTakesNoName(t *testing.T) {
	t.Parallel()
	dir := tempDir(t)
	target, gone := filepath.Join(dir, "target"), filepath.Join(dir, "gone")
	writeFile(t, target, []byte("theirs"))
	must(t, os.Symlink(target, filepath.Join(dir, "link")))
	must(t, os.Symlink(gone, filepath.Join(dir, "dangling")))
	must(t, unix.Mkfifo(filepath.Join(dir, "fifo"), 0o600))
	for _, name := range []string{"target", "link", "dangling", "fifo"} {
		if f, err := (disk{euid: os.Geteuid()}).create(filepath.Join(dir, name)); err == nil {
			_ = f.Close()
			t.Errorf("%s was opened as a new file", name)
		}
	}
	if string(readFile(t, target)) != "theirs" {
		t.Error("the file was emptied")
	}
	if _, err := os.Lstat(gone); err == nil {
		t.Error("a file was made through a link")
	}
}

// TestHostileLock: writers refuse anything that is not a file at once, even while the lock is held. Readers need no
// lock.
func TestHostileLock(t *testing.T) {
	t.Parallel()
	for about, plant := range map[string]func(path string) error{
		"FIFO":      func(path string) error { return unix.Mkfifo(path, 0o600) },
		"directory": func(path string) error { return os.Mkdir(path, 0o700) },
		"link":      func(path string) error { return os.Symlink("elsewhere", path) },
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			s := newTestStore(t)
			r := put(t, s, newRecord(companyA))
			must(t, os.Remove(s.in(lockName)))
			must(t, plant(s.in(lockName)))
			if about == "FIFO" {
				f, err := os.OpenFile(s.in(lockName), os.O_RDWR, 0)
				must(t, err)
				defer func() { _ = f.Close() }()
				must(t, unix.Flock(int(f.Fd()), unix.LOCK_EX))
				s.locker.wait = 2 * lockPoll
			}
			_, err := s.Put(r)
			wantKind(t, err, KindNotFile)
			_, err = s.Get(r.Ref())
			must(t, err)
		})
	}
}

// TestListAFIFO: a FIFO in the place of a directory is refused, and no one waits for its writer.
func TestListAFIFO(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	must(t, os.RemoveAll(s.ownSeen()))
	must(t, unix.Mkfifo(s.ownSeen(), 0o600))
	if l := s.Loss(); l.Doubt.Case != "unreadable" || l.Doubt.Path != s.ownSeen() {
		t.Errorf("%+v", l)
	}
	if err := s.fs.syncDir(s.ownSeen()); !errors.Is(err, unix.ENOTDIR) {
		t.Errorf("syncDir: %v", err)
	}
}

// TestNoDirectoryInside: what is in the place of a directory of the store is named, and no other place is advised: the
// keys are in this one.
func TestNoDirectoryInside(t *testing.T) {
	t.Parallel()
	for about, instead := range map[string]func(path string) error{
		"a file": func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"a FIFO": func(path string) error { return unix.Mkfifo(path, 0o600) },
		"a link": func(path string) error { return os.Symlink(filepath.Dir(path), path) },
	} {
		for _, name := range []string{installationsName, pendingName} {
			s := newTestStore(t)
			path := s.in(name)
			must(t, os.RemoveAll(path))
			must(t, instead(path))
			_, err := Open(s.cfg)
			for call, err := range map[string]error{"Open": err, "Probe": probe(s.cfg)} {
				var e *Error
				if !errors.As(err, &e) || e.row() != caseInside || e.Path != path {
					t.Errorf("%s in the place of %s: %s says %v", about, name, call, err)
				}
			}
		}
	}
}
