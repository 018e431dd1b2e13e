//go:build unix

package main

import (
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

const bakery = "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"

// site is a customer's server: a home of its own, a store in it, and a simulated Pleo.
type site struct {
	t               *testing.T
	sim             *pleosim.Server
	home            string
	store, identity string
	term            string
	more            []string // environment
}

func newSite(t *testing.T) *site {
	t.Helper()
	sim, err := pleosim.Start(pleosim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	home := t.TempDir()
	return &site{
		t: t, sim: sim, home: home, term: "xterm-256color",
		store: filepath.Join(home, "data", "store"), identity: filepath.Join(home, "config", "identity.txt"),
	}
}

// gone closes the simulated Pleo and keeps its port, so that nobody else can answer there.
func (s *site) gone() {
	s.t.Helper()
	address, err := netip.ParseAddrPort(strings.TrimPrefix(s.sim.APIBase(), "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	syscall.ForkLock.Lock() // a program that is being started would hold the port a moment longer
	defer syscall.ForkLock.Unlock()
	if err := s.sim.Close(); err != nil {
		s.t.Fatal(err)
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	unix.CloseOnExec(fd)
	s.t.Cleanup(func() { _ = unix.Close(fd) })
	for _, reuse := range []int{1, 0} { // old connections of the port do not matter to us, and we do matter to others
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, reuse); err != nil {
			s.t.Fatal(err)
		}
		if reuse == 1 {
			err = unix.Bind(fd, &unix.SockaddrInet4{Port: int(address.Port()), Addr: address.Addr().As4()})
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

// env is the whole environment of the program: nothing of the machine that runs the test.
func (s *site) env() []string {
	return append([]string{"HOME=" + s.home, "TMPDIR=" + s.tmp(), "PATH=" + os.Getenv("PATH"), "TERM=" + s.term, "LANG=C.UTF-8", "SSH_TTY=/dev/pts/0"}, s.more...)
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
	return append([]string{"connect", "--api-base", s.sim.APIBase(), "--store", s.store, "--identity", s.identity, "--force-store"}, more...)
}

// wizard starts the wizard on a terminal.
func (s *site) wizard(more ...string) *terminal {
	s.t.Helper()
	return start(s.t, s.env(), s.flags(more...)...)
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
	r, err := st.Get(store.Ref{Env: "production", CompanyID: company})
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

// nothing requires that neither side has anything.
func (s *site) nothing() {
	s.t.Helper()
	if _, err := os.Stat(s.store); err == nil {
		s.t.Error("a store was left behind")
	}
	if status, ok := s.sim.Installation(bakery); ok {
		s.t.Errorf("the installation is %q", status)
	}
}

// secretForms are the ways in which a key could be written.
func secretForms(key string) []string {
	return []string{key, base64.StdEncoding.EncodeToString([]byte(key)), base64.StdEncoding.EncodeToString([]byte(key + ":")), hex.EncodeToString([]byte(key))}
}

// noKey searches everything that was written for every simulated key: the outputs and all files below the home.
func (s *site) noKey(outputs ...string) {
	s.t.Helper()
	for i, text := range outputs {
		s.search(text, "output", i)
	}
	err := filepath.WalkDir(s.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		s.search(string(text), path, 0)
		return nil
	})
	if err != nil {
		s.t.Error(err)
	}
}

func (s *site) search(text, where string, i int) {
	s.t.Helper()
	for name, key := range scenarioKeys(s.sim.Keys()) {
		for _, form := range secretForms(key) {
			if strings.Contains(text, form) {
				s.t.Errorf("the key %q is in %s %d", name, where, i)
			}
		}
	}
}
