package main

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"pleo-connect/pleoclient/pleosim"
)

// mountSmall puts a file system of 4 MiB where a site will have its store, or reports that this is not allowed here.
func mountSmall(s *site) bool {
	s.t.Helper()
	dir := filepath.Dir(s.store)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		s.t.Fatal(err)
	}
	err := unix.Mount("pleo-connect-test", dir, "tmpfs", unix.MS_NODEV|unix.MS_NOSUID, "size=4m,mode=0700")
	if errors.Is(err, unix.EPERM) {
		return false
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			s.t.Error(err)
		}
	})
	return true
}

// connect makes the connection that a fault must leave alone.
func (s *site) connect() {
	s.t.Helper()
	if r := s.headless(s.sim.Keys().Good, "--company", bakery); r.code != exitDone {
		s.t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// untouched requires the connection as it was, explained by the result, and no debris.
func (s *site) untouched(r result, before, kind string) {
	s.t.Helper()
	if r.code != exitStore || r.last(s.t)["kind"] != kind || !strings.Contains(r.err, "hint: ") {
		s.t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	if s.files() != before {
		s.t.Error("the store was changed")
	}
	s.active()
}

// TestFullDisk fills the disk after the preflight, while Pleo is asked. As soon as there is room, the next run saves.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if !mountSmall(s) {
		t.Skip("needs root, to mount a small file system; TestFileSizeLimit fails the same writes")
	}
	s.connect()
	before := s.files()
	gate := make(chan struct{})
	s.sim.Inject(pleosim.Delay(http.MethodGet, "/v1/companies/"+bakery, gate))
	asked := len(s.sim.Requests())
	run := s.begin(s.sim.Keys().Replacement)
	s.arrivedSince(asked, 1, http.MethodGet, "/v1/companies/"+bakery)
	filler := filepath.Join(filepath.Dir(s.store), "filler")
	fillUp(t, filler)
	close(gate)
	s.untouched(<-run, before, "store_full")
	if r := s.headless(s.sim.Keys().Replacement, "--yes"); r.code != exitStore || r.last(t)["kind"] != "store_full" {
		t.Errorf("the preflight of a full disk: exit code %d: %s%s", r.code, r.out, r.err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if r := s.headless(s.sim.Keys().Replacement, "--yes"); r.code != exitDone {
		t.Errorf("with room again: exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// fillUp writes until nothing fits any more.
func fillUp(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for chunk := make([]byte, 1<<16); len(chunk) > 0; {
		if _, err := f.Write(chunk); errors.Is(err, unix.ENOSPC) {
			chunk = chunk[:len(chunk)/2]
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// TestFileSizeLimit lets the probe of the preflight through and no record.
func TestFileSizeLimit(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.connect()
	before := s.files()
	args := s.flags("--key-file", "-", "--accept-permissions", "--json", "--company", bakery)
	limited := exec.Command("sh", append([]string{"-c", `ulimit -f 1; exec "$0" "$@"`, binary(t)}, args...)...)
	s.untouched(s.runs(limited, strings.NewReader(s.sim.Keys().Replacement)), before, "store_full")
}

// TestReadOnlyPlace is found while the permissions are read, before a key is made.
func TestReadOnlyPlace(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	mounted := mountSmall(s)
	s.connect()
	kind := "store_not_writable"
	if mounted {
		kind = "store_read_only"
		dir := filepath.Dir(s.store)
		if err := unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
			t.Fatal(err)
		}
	} else {
		forbidWrites(t, filepath.Join(s.store, "installations"))
	}
	before := s.files()
	x := s.wizard()
	x.see("No key has been used yet.")
	x.quitFault()
	x.exit(exitStore)
	if strings.Contains(x.written(), "Get your key from Pleo") {
		t.Error("a key was asked for")
	}
	s.untouched(s.headless(s.sim.Keys().Replacement, "--company", bakery), before, kind)
}

// forbidWrites takes the right to write from this account. Root who may not mount has no such right to lose.
func forbidWrites(t *testing.T, dir string) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("needs root who may mount, or an ordinary user: nothing else is read-only to root")
	}
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
}
