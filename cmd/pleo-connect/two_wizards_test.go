//go:build unix

package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"pleo-connect/flow"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

const (
	bikes         = "9d2f6a10-7c3e-4b58-a1d4-0e5f8c6b7a93" // the company of Keys.OtherCompany
	installations = "/v1/installations/me"
)

// begin runs headless in the background.
func (s *site) begin(key string) <-chan result {
	s.t.Helper()
	binary(s.t) // builds it here, where a failure may end the test
	done := make(chan result, 1)
	go func() { done <- s.headless(key, "--yes") }()
	return done
}

// arrived waits until there were n requests of this kind.
func (s *site) arrived(n int, method, path string) {
	s.t.Helper()
	s.arrivedSince(0, n, method, path)
}

// arrivedSince does not count the first requests, of any kind.
func (s *site) arrivedSince(first, n int, method, path string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	err := s.sim.Wait(ctx, func(all []pleosim.Request) bool {
		count := 0
		for _, r := range all[first:] {
			if r.Method == method && r.Path == path {
				count++
			}
		}
		return count >= n
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// lock keeps the program from saving, and from making the store, until release is called.
func (s *site) lock() (release func()) {
	s.t.Helper()
	f, err := os.OpenFile(filepath.Join(s.store, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = f.Close() })
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		s.t.Fatal(err)
	}
	return func() {
		if err := unix.Flock(int(f.Fd()), unix.LOCK_UN); err != nil {
			s.t.Error(err)
		}
	}
}

// TestTwoCompaniesAtOnce lets two runs make the store at the same moment, and then save: both connections are there in
// the end.
func TestTwoCompaniesAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if err := os.MkdirAll(s.store, 0o700); err != nil {
		t.Fatal(err)
	}
	release := s.lock()
	gate := make(chan struct{})
	hold := pleosim.Delay(http.MethodGet, installations, gate)
	hold.Times = 2
	s.sim.Inject(hold)
	one, two := s.begin(s.sim.Keys().Good), s.begin(s.sim.Keys().OtherCompany)
	s.arrived(2, http.MethodGet, installations)
	cfg := store.Config{Dir: s.store, Identity: s.identity, AnyPlace: true}
	if _, err := store.Open(cfg); !errors.Is(err, store.ErrNoStore) {
		t.Errorf("before both can make it, the store is there: %v", err)
	}
	release()
	close(gate)
	for _, r := range []result{<-one, <-two} {
		if r.code != exitDone {
			t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
		}
	}
	s.active()
	if r := s.recordOf(bikes); r.Status != store.StatusActive || r.Key.Reveal() != s.sim.Keys().OtherCompany {
		t.Errorf("the record is %q, fingerprint %s", r.Status, r.Fingerprint)
	}
	if status, ok := s.sim.Installation(bikes); !ok || status != "ACTIVATED" {
		t.Errorf("the installation is %q", status)
	}
}

// TestSameCompanyAtOnce lets a second run save between the two saves of a first one. The first says so and writes
// nothing.
func TestSameCompanyAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	gates := []chan struct{}{make(chan struct{}), make(chan struct{})}
	for _, gate := range gates {
		s.sim.Inject(pleosim.Delay(http.MethodPost, installations, gate))
	}
	one := s.begin(s.sim.Keys().Good)
	s.arrived(1, http.MethodPost, installations)
	two := s.begin(s.sim.Keys().Replacement)
	s.arrived(2, http.MethodPost, installations)
	saved := s.record()
	if saved.Generation != 2 || saved.Key.Reveal() != s.sim.Keys().Replacement {
		t.Fatalf("generation %d, fingerprint %s", saved.Generation, saved.Fingerprint)
	}
	close(gates[0])
	lost := <-one
	if lost.code != exitConflict || lost.last(t)["kind"] != string(flow.KindConflict) ||
		!strings.Contains(lost.err, "someone else changed this connection on ") {
		t.Errorf("the first: exit code %d: %s%s", lost.code, lost.out, lost.err)
	}
	if now := s.record(); now.Generation != saved.Generation || !now.Key.Equal(saved.Key) {
		t.Errorf("the first wrote over the second: generation %d, fingerprint %s", now.Generation, now.Fingerprint)
	}
	close(gates[1])
	if won := <-two; won.code != exitDone {
		t.Errorf("the second: exit code %d: %s%s", won.code, won.out, won.err)
	}
	if r := s.record(); r.Status != store.StatusActive || r.Key.Reveal() != s.sim.Keys().Replacement {
		t.Errorf("the record is %q, fingerprint %s", r.Status, r.Fingerprint)
	}
}

// TestTwoWizards: two admins are about to connect the same company, and one of them is cut off. The other is not held
// up. The first comes back, sees that there is a connection now and since when, looks again and decides.
func TestTwoWizards(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	stopped := s.wizard()
	toKey(stopped)
	stopped.paste(s.sim.Keys().Good)
	stopped.see("Is this the right company?", "enter confirm")
	if err := stopped.cmd.Process.Signal(unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}

	other := s.wizard()
	toKey(other)
	other.paste(s.sim.Keys().Replacement)
	confirmAndFinish(other)
	theirs := s.record()
	if theirs.Status != store.StatusActive || theirs.Key.Reveal() != s.sim.Keys().Replacement {
		t.Fatalf("the record is %q, fingerprint %s", theirs.Status, theirs.Fingerprint)
	}

	stopped.comeBack()
	stopped.send(enter)
	stopped.see("omeone else changed this connection", "UTC", "Nothing was overwritten.",
		"▐ Try again ▌", "enter confirm")
	if now := s.record(); now.Generation != theirs.Generation || !now.Key.Equal(theirs.Key) {
		t.Errorf("generation %d was written over %d", now.Generation, theirs.Generation)
	}
	stopped.send("r")
	stopped.see("Is this the right company?", "enter confirm")
	stopped.send(enter)
	finish(stopped)
	s.active()
	if r := s.record(); r.Previous == nil || !r.Previous.Key.Equal(theirs.Key) {
		t.Error("the key of the other wizard is not kept as the one before")
	}
	s.noKey(stopped.written(), other.written())
}

// comeBack continues a wizard that was stopped on Confirm, whose answer counts only when the screen has been in sight
// again.
func (x *terminal) comeBack() {
	x.t.Helper()
	mark := len(x.written())
	if err := x.cmd.Process.Signal(unix.SIGCONT); err != nil {
		x.t.Fatal(err)
	}
	x.until("enter confirm, once more", func() bool { return strings.Contains(x.written()[mark:], "enter confirm") })
}
