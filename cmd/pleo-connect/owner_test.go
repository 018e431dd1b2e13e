//go:build unix

package main

import (
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/store"
)

// Two accounts that every Debian has, the second with a group of another number. They log in nowhere.
const (
	serviceName = "daemon"
	otherName   = "games"
)

// shared is a server on which root starts the wizard and other accounts read. Its directories are root's and open to
// all.
type shared struct {
	*site
	service, other account
	bin            string // the program, where every account may start it
	private        string // a directory that only root can enter
}

func newShared(t *testing.T) *shared {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to change accounts")
	}
	s := &shared{
		site: newSite(t), service: accountOfName(t, serviceName), other: accountOfName(t, otherName),
		private: t.TempDir(),
	}
	s.home, s.bin = publicDir(t), publicDir(t)
	s.store, s.identity = filepath.Join(s.home, "data", "store"), filepath.Join(s.home, "config", "identity.txt")
	s.more = []string{"SSH_TTY="}
	if err := os.Chmod(s.tmp(), 0o777|fs.ModeSticky); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(s.private, 0o700); err != nil {
		t.Fatal(err)
	}
	copyProgram(t, binary(t), filepath.Join(s.bin, "pleo-connect"))
	return s
}

type account struct {
	name     string
	uid, gid int
	groups   []string
}

func accountOfName(t *testing.T, name string) account {
	t.Helper()
	found, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, uidErr := strconv.Atoi(found.Uid)
	gid, gidErr := strconv.Atoi(found.Gid)
	groups, groupsErr := found.GroupIds()
	if err := errors.Join(uidErr, gidErr, groupsErr); err != nil {
		t.Fatal(err)
	}
	return account{name, uid, gid, groups}
}

// publicDir is a directory of root's that others can enter, unlike those of package testing.
func publicDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "pleo-connect-shared-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func copyProgram(t *testing.T, from, to string) {
	t.Helper()
	syscall.ForkLock.RLock() // a child of another test that inherits the open file would keep it "busy"
	defer syscall.ForkLock.RUnlock()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(out.Chmod(0o755), out.Close()); err != nil {
		t.Fatal(err)
	}
}

// secret writes a file that only root can read.
func (s *shared) secret(name, text string) string {
	s.t.Helper()
	path := filepath.Join(s.private, name)
	writeFile(s.t, path, []byte(text), 0o600)
	return path
}

// integrationFor writes an integration file that names the account of its service.
func (s *shared) integrationFor(name string) string {
	return s.secret("integration.toml", `id = "dynamics-365-finance"
name = "Test Ledger"
vendor = "Contoso ERP"
applications = ["Microsoft Dynamics 365 Finance"]
[[permissions]]
scope = "export-jobs:read"
title = "See the exports"
[service]
user = "`+name+`"
`)
}

// connectFor connects as root, with files that only root can read.
func (s *shared) connectFor(name string, more ...string) result {
	s.t.Helper()
	args := append(s.flags("--key-file", s.secret("key", s.sim.Keys().Good), "--accept-permissions", "--yes"), more...)
	if name != "" {
		args = append(args, "--integration", s.integrationFor(name))
	}
	return s.pipe("", args...)
}

// as runs a program with the rights of an account.
func (s *shared) as(who account, program string, env []string, args ...string) result {
	s.t.Helper()
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.Dir = "/"
	cmd.Env = append(s.env(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(who.uid), Gid: uint32(who.gid)}}
	var out, err strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &err
	code := programCode(s.t, cmd, cmd.Run())
	return result{code, out.String(), err.String()}
}

// statusAs reads the record through the program.
func (s *shared) statusAs(who account) result {
	s.t.Helper()
	return s.as(who, "pleo-connect", nil, "status", bakery, "--json", "--store", s.store, "--identity", s.identity)
}

// ownedBy requires that every file of the store and of the identity belongs to an account and is closed to the others.
func (s *shared) ownedBy(who account) {
	s.t.Helper()
	found := 0
	for _, dir := range []string{s.store, filepath.Dir(s.identity)} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			want := fs.FileMode(0o600)
			if d.IsDir() {
				want = 0o700
			}
			st := info.Sys().(*syscall.Stat_t)
			if int(st.Uid) != who.uid || int(st.Gid) != who.gid || info.Mode().Perm() != want {
				s.t.Errorf("%s belongs to %d:%d with mode %04o", path, st.Uid, st.Gid, info.Mode().Perm())
			}
			found++
			return nil
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	if found < 10 {
		s.t.Errorf("only %d files and directories", found)
	}
}

// tree lists every name below the home with its mode and owner, for a comparison, and what a file holds. A lock says
// which process held it last, so only that it is there.
func (s *shared) tree() string {
	s.t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(s.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		st := info.Sys().(*syscall.Stat_t)
		_, _ = fmt.Fprintf(&out, "%s %v %d", path, info.Mode(), st.Uid)
		if info.Mode().IsRegular() && !strings.HasSuffix(path, "lock") {
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			_, _ = fmt.Fprintf(&out, " sha256:%x", sha256.Sum256(content))
		}
		out.WriteByte('\n')
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out.String()
}

// readerVariable makes the test binary a service that reads one record with package store.
const readerVariable = "PLEO_CONNECT_TEST_READER"

// readAsService is the whole service: it prints the fingerprint of its key.
func readAsService(places string) int {
	dir, identity, _ := strings.Cut(places, string(os.PathListSeparator))
	st, err := store.Open(store.Config{Dir: dir, Identity: identity})
	if err == nil {
		var r store.Record
		if r, err = st.Get(store.Ref{Env: "production", Integration: dynamics, CompanyID: bakery}); err == nil {
			key, _ := r.Usable()
			_, _ = io.WriteString(os.Stdout, key.Fingerprint())
			return 0
		}
	}
	_, _ = io.WriteString(os.Stderr, err.Error())
	return 1
}

// serviceReads runs readAsService as an account.
func (s *shared) serviceReads(who account) result {
	s.t.Helper()
	places := s.store + string(os.PathListSeparator) + s.identity
	return s.as(who, filepath.Base(s.copyOfTest()), []string{readerVariable + "=" + places})
}

// copyOfTest puts the test binary where every account may start it.
func (s *shared) copyOfTest() string {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	path := filepath.Join(s.bin, "reader")
	if _, err := os.Stat(path); err != nil {
		copyProgram(s.t, self, path)
	}
	return path
}

// TestServiceOwnsItsStore: root makes a store for the service, which reads it, and another account does not.
func TestServiceOwnsItsStore(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	r := s.connectFor(serviceName)
	if r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	for _, want := range []string{
		"service        daemon can read the key",
		"saved in       " + s.store, // not shortened: ~ is not the home of who reads this
		"  User=daemon\n", "  Environment=PLEO_CONNECT_STORE=" + s.store + "\n",
		"  Environment=PLEO_CONNECT_IDENTITY=" + s.identity + "\n",
	} {
		if !strings.Contains(r.out, want) {
			t.Errorf("the receipt lacks %q:\n%s", want, r.out)
		}
	}
	if !strings.Contains(r.err, "daemon can read the key") {
		t.Errorf("the last step does not name the account: %s", r.err)
	}
	s.ownedBy(s.service)
	fingerprint := s.readable()
	if got := s.statusAs(s.service); got.code != exitDone || got.last(t)["fingerprint"] != fingerprint ||
		got.last(t)["status"] != "active" {
		t.Errorf("the service: exit code %d: %s%s", got.code, got.out, got.err)
	}
	if got := s.serviceReads(s.service); got.code != 0 || got.out != fingerprint {
		t.Errorf("the service with package store: %d: %s%s", got.code, got.out, got.err)
	}
	if got := s.statusAs(s.other); got.code != exitStore || got.last(t)["kind"] != string(flow.KindStoreOwner) {
		t.Errorf("another account: exit code %d: %s%s", got.code, got.out, got.err)
	}
	if got := s.serviceReads(s.other); got.code != 1 || got.out != "" {
		t.Errorf("another account with package store: %d: %s%s", got.code, got.out, got.err)
	}
}

// readable returns the fingerprint that root sees, by becoming the owner.
func (s *shared) readable() string {
	s.t.Helper()
	got := s.pipe("", "status", bakery, "--json", "--store", s.store, "--identity", s.identity)
	if got.code != exitDone {
		s.t.Fatalf("root: exit code %d: %s%s", got.code, got.out, got.err)
	}
	return got.last(s.t)["fingerprint"]
}

// TestRootFollowsTheOwner: root finds a store of another account and leaves no file of its own in it. The owner alone
// hears no word about a service.
func TestRootFollowsTheOwner(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	for _, dir := range []string{filepath.Dir(s.store), filepath.Dir(s.identity)} {
		err := errors.Join(os.Mkdir(dir, 0o755), os.Chmod(dir, 0o700), os.Chown(dir, s.other.uid, s.other.gid))
		if err != nil {
			t.Fatal(err)
		}
	}
	connect := append(s.flags(), "--key-file", "-", "--accept-permissions", "--yes")
	cmd := exec.Command(filepath.Join(s.bin, "pleo-connect"), connect...)
	cmd.Env, cmd.Dir, cmd.Stdin = s.env(), "/", strings.NewReader(s.sim.Keys().Good)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential: &syscall.Credential{Uid: uint32(s.other.uid), Gid: uint32(s.other.gid)},
	}
	if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "[Service]") {
		t.Fatalf("%v: %s", err, out)
	}
	s.ownedBy(s.other)
	before := s.readable()
	key := s.secret("key", s.sim.Keys().Replacement)
	r := s.pipe("", "reconnect", bakery, "--store", s.store, "--identity", s.identity, "--force-store",
		"--key-file", key, "--ca-file", s.secret("ca.pem", certificate(t)), "--accept-permissions", "--as", otherName)
	if r.code != exitDone || !strings.Contains(r.out, "  User=games\n") || !strings.Contains(r.out, "games can read") {
		t.Errorf("reconnect: exit code %d: %s%s", r.code, r.out, r.err)
	}
	s.ownedBy(s.other)
	if after := s.readable(); after == before {
		t.Error("the key was not replaced")
	}
}

// TestServiceByNumber needs no entry in any list of accounts.
func TestServiceByNumber(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	if r := s.connectFor("64001"); r.code != exitDone || !strings.Contains(r.out, "64001 can read the key") {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	s.ownedBy(account{uid: 64001, gid: 64001})
	if got := s.statusAs(account{uid: 64001, gid: 64001}); got.code != exitDone {
		t.Errorf("exit code %d: %s", got.code, got.err)
	}
}

// TestOwnerRefused changes nothing, and says how to continue.
func TestOwnerRefused(t *testing.T) {
	t.Parallel()
	give := func(s *shared, to account) {
		for _, path := range []string{s.store, filepath.Dir(s.identity)} {
			if err := errors.Join(os.MkdirAll(path, 0o700), os.Chown(path, to.uid, to.gid)); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	for about, tt := range map[string]struct {
		user    string
		prepare func(s *shared)
		code    int
		says    []string
	}{
		"the store is another account's": {serviceName, func(s *shared) { give(s, s.other) }, exitStore,
			[]string{"belongs to games", "service runs as daemon", "to use another key store for daemon", "[service]"}},
		"the store is root's": {serviceName, func(s *shared) { give(s, account{}) }, exitStore,
			[]string{"belongs to root", "the service runs as daemon", "sudo chown -R daemon ", "[service]"}},
		"the store is the account's, the service is root": {"root", func(s *shared) { give(s, s.other) }, exitStore,
			[]string{"belongs to games", "the service runs as root"}},
		"no such account": {"no-such-account", func(*shared) {}, exitUsage,
			[]string{"there is no account no-such-account", "[service]"}},
		"a place of another account's": {serviceName, func(s *shared) {
			give(s, account{})
			err := errors.Join(os.Remove(s.store), os.Chown(filepath.Dir(s.store), s.other.uid, s.other.gid))
			if err != nil {
				s.t.Fatal(err)
			}
		}, exitStore, []string{"belongs to games, who could replace the files in it"}},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			s := newShared(t)
			tt.prepare(s)
			before := s.tree()
			r := s.connectFor(tt.user)
			if r.code != tt.code || r.out != "" {
				t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
			}
			for _, words := range tt.says {
				if !strings.Contains(r.err, words) {
					t.Errorf("%q is not in %s", words, r.err)
				}
			}
			if after := s.tree(); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
		})
	}
}

// TestOwnerRepaired runs the command that the refusal names, in places that need quotes.
func TestOwnerRepaired(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	s.store, s.identity = filepath.Join(s.home, "it's here", "store"), filepath.Join(s.home, "a b", "identity.txt")
	if r := s.connectFor(""); r.code != exitDone ||
		!strings.Contains(r.out, `  Environment="PLEO_CONNECT_STORE=`+s.store+`"`) {
		t.Fatalf("as root: exit code %d: %s%s", r.code, r.out, r.err)
	}
	s.ownedBy(account{})
	for _, dir := range []string{s.store, s.identity} { // root made the directories on the way for itself
		if err := os.Chmod(filepath.Dir(filepath.Dir(dir)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Dir(s.store), 0o755); err != nil {
		t.Fatal(err)
	}
	r := s.connectFor(serviceName)
	_, command, found := strings.Cut(r.err, "run: sudo ")
	command, _, _ = strings.Cut(command, "\n")
	if r.code != exitStore || !found {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	if out, err := exec.Command("sh", "-c", command).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", command, err, out)
	}
	if r := s.connectFor(serviceName); r.code != exitDone || !strings.Contains(r.out, "daemon can read the key") {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	if got := s.statusAs(s.service); got.code != exitDone {
		t.Errorf("the service: exit code %d: %s", got.code, got.err)
	}
}

// TestOnlyRootServesOthers: an ordinary account hears of it before the first screen.
func TestOnlyRootServesOthers(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	file := filepath.Join(s.bin, "integration.toml")
	text, err := os.ReadFile(s.integrationFor(serviceName))
	if err == nil {
		err = errors.Join(os.WriteFile(file, text, 0o644), os.Chmod(file, 0o644))
	}
	if err != nil {
		t.Fatal(err)
	}
	r := s.as(s.other, "pleo-connect", nil, append(s.flags(), "--integration", file, "--accept-permissions")...)
	if r.code != exitStore || !strings.Contains(r.err, "the service runs as daemon, but you are games") ||
		!strings.Contains(r.err, "start again with sudo") {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// TestCancelledForAService leaves the two directories, and no file.
func TestCancelledForAService(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	x := s.wizard("--integration", s.integrationFor(serviceName))
	x.see("Key store ready", s.store[:20], "Allow")
	x.send(ctrlC)
	x.exit(exitInterrupted)
	for line := range strings.Lines(s.tree()) {
		if !strings.Contains(line, " d") {
			t.Errorf("a file is left: %s", line)
		}
	}
}

// TestWizardForAService shows who can read the key, on the last screen and after it.
func TestWizardForAService(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	x := s.wizard("--integration", s.integrationFor(serviceName))
	confirmed(s.site, x)
	x.see("Connected to", "daemon can read the key", "enter finish")
	if strings.Contains(x.text(), "open link") {
		t.Error("a browser is offered, which would belong to the service")
	}
	x.send(enter)
	x.exit(exitDone)
	s.ownedBy(s.service)
	s.noKey(x.written())
}

// certificate is a valid one that is used by no server.
func certificate(t *testing.T) string {
	t.Helper()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
}
