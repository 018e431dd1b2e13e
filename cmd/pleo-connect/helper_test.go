//go:build unix

package main

import (
	"errors"
	"io/fs"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

// site is a customer's server: a home of its own, a store in it, and a simulated Pleo.
type site struct {
	t               *testing.T
	sim             *pleosim.Server
	api             string   // the address of Pleo
	trust           []string // flags that make it trusted
	home            string
	store, identity string
	inVault         bool   // store is an address, and identity is not used unless a test names it
	described       string // the integration file of this computer, for runs inside
	term            string
	more            []string // environment
	before          string   // what the store held, for tests that change nothing
}

func newSite(t *testing.T) *site {
	t.Helper()
	return newSiteWith(t, pleosim.Options{})
}

// newSiteWith is newSite with a Pleo that serves other integrations.
func newSiteWith(t *testing.T, opts pleosim.Options) *site {
	t.Helper()
	sim, err := pleosim.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	home := t.TempDir()
	return &site{
		t: t, sim: sim, api: sim.APIBase(), home: home, term: "xterm-256color",
		store: filepath.Join(home, "data", "store"), identity: filepath.Join(home, "config", "identity.txt"),
	}
}

// gone closes the simulated Pleo and keeps its port, so that no other server can answer there.
func (s *site) gone() {
	s.t.Helper()
	keepPort(s.t, s.sim.APIBase(), s.sim.Close)
}

// keepPort closes a server and keeps its port. Another program that was faster has to release it first.
func keepPort(t *testing.T, base string, closeServer func() error) {
	t.Helper()
	_, host, _ := strings.Cut(base, "://")
	address, err := netip.ParseAddrPort(host)
	if err != nil {
		t.Fatal(err)
	}
	kept := false
	func() {
		syscall.ForkLock.Lock() // a program that is being started would hold the port a moment longer
		defer syscall.ForkLock.Unlock()
		if err := closeServer(); err != nil {
			t.Fatal(err)
		}
		kept = bindPort(t, address)
	}()
	poll(t, "a port that nobody else has", func() bool { return kept || bindPort(t, address) })
}

// bindPort keeps a port to the end of the test, and reports whether no program listens at it.
func bindPort(t *testing.T, address netip.AddrPort) bool {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	unix.CloseOnExec(fd)
	// Old connections of the port do not matter to us, and we do matter to others.
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		t.Fatal(err)
	}
	err = unix.Bind(fd, &unix.SockaddrInet4{Port: int(address.Port()), Addr: address.Addr().As4()})
	if errors.Is(err, unix.EADDRINUSE) { // a connection of another program that begins there keeps it as well
		_ = unix.Close(fd)
		return refused(address.String())
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	return true
}

// refused reports whether no program listens at an address.
func refused(address string) bool {
	conn, err := net.Dial("tcp", address)
	if err == nil {
		_ = conn.Close()
	}
	return errors.Is(err, unix.ECONNREFUSED)
}

// env is the whole environment of the program: nothing of the machine that runs the test.
func (s *site) env() []string {
	return append(
		[]string{
			"HOME=" + s.home, "TMPDIR=" + s.tmp(), "PATH=" + os.Getenv("PATH"), "TERM=" + s.term, "LANG=C.UTF-8",
			"SSH_TTY=/dev/pts/0",
		},
		s.more...)
}

func (s *site) tmp() string {
	dir := filepath.Join(s.home, "tmp")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		s.t.Fatal(err)
	}
	return dir
}

// flags point the program at this site.
func (s *site) flags(more ...string) []string {
	flags := []string{"connect", "--api-base", s.api, "--store", s.store}
	if !s.inVault {
		flags = append(flags, "--identity", s.identity, "--force-store")
	}
	return append(append(flags, s.trust...), more...)
}

// wizard starts the wizard on a terminal.
func (s *site) wizard(more ...string) *terminal {
	s.t.Helper()
	return start(s.t, s.env(), s.flags(more...)...)
}

// atKey starts the wizard and brings it to the key field.
func (s *site) atKey() *terminal {
	s.t.Helper()
	x := s.wizard()
	toKey(x)
	return x
}

// record reads what the store holds for the bakery.
func (s *site) record() store.Record {
	s.t.Helper()
	return s.recordOf(bakery)
}

// recordOf reads what the store holds for a company.
func (s *site) recordOf(company string) store.Record {
	s.t.Helper()
	st, err := store.Open(store.Config{Dir: s.store, Identity: s.identity})
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	r, err := st.Get(store.Ref{Env: "production", Integration: dynamics, CompanyID: company})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// active requires that both sides agree on the connection.
func (s *site) active() {
	s.t.Helper()
	if r := s.record(); r.Status != store.StatusActive || r.Key.Reveal() != s.sim.Keys().Good {
		s.t.Errorf("the record is %q, fingerprint %s", r.Status, r.Fingerprint)
	}
	if status, ok := s.sim.Installation(bakery); !ok || status != "ACTIVATED" {
		s.t.Errorf("the installation is %q", status)
	}
}

// connectedBy is active, and requires that the terminal shows no key.
func (s *site) connectedBy(x *terminal) {
	s.t.Helper()
	s.active()
	s.noKey(x.written())
}

// nothing requires that neither side has anything.
func (s *site) nothing() {
	s.t.Helper()
	if _, err := os.Stat(s.store); err == nil {
		s.t.Error("a store was left behind")
	}
	s.noConnection()
}

// noConnection requires that neither side has a connection.
func (s *site) noConnection() {
	s.t.Helper()
	s.noRecord()
	if status, ok := s.sim.Installation(bakery); ok {
		s.t.Errorf("the installation is %q", status)
	}
}

// noRecord requires that the store is empty, if there is one: a key that is checked may leave that.
func (s *site) noRecord() {
	s.t.Helper()
	for _, dir := range []string{"installations", "unfinished"} {
		if entries, _ := os.ReadDir(filepath.Join(s.store, dir)); len(entries) > 0 {
			s.t.Errorf("left behind in %s: %v", dir, entries)
		}
	}
}

// noKey searches everything that was written for every key of the tests: the outputs, and all files below the home with
// their names.
func (s *site) noKey(outputs ...string) {
	s.t.Helper()
	for i, text := range outputs {
		s.search("output "+strconv.Itoa(i), text)
	}
	err := filepath.WalkDir(s.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		s.found(keysIn(filepath.Base(path)), "the name of a file")
		s.found(keysIn(string(text)), path)
		return nil
	})
	if err != nil {
		s.t.Error(err)
	}
}

// search looks for keys in what a person could read.
func (s *site) search(where, text string) {
	s.t.Helper()
	keys := keysIn(text)
	maps.Copy(keys, keysShown(text))
	s.found(keys, where)
}

func (s *site) found(keys map[string]bool, where string) {
	s.t.Helper()
	for what := range keys {
		s.t.Errorf("%s is in %s", what, where)
	}
}
