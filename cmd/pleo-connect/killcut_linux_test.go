//go:build linux && torture

package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pleo-connect/store"
)

const killCutRuns = 60

// TestKillLoopUnconfirmed cuts a wizard off at Confirm, and has the next one take back what that left, again and again.
// Each run is killed at another change in the directories of the store and beside the identity. After each, a service
// finds the key in use, and the new key is there whole, unconfirmed, or not at all.
func TestKillLoopUnconfirmed(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	changes := map[bool]int{true: s.cutAndKill(0), false: s.takeBackAndKill(0)}
	killed, moved, tried := 0, 0, map[bool]int{}
	for run := range killCutRuns {
		before := s.unconfirmedOrNot()
		n := 1 + tried[before]%changes[!before]
		tried[before]++
		seen := 0
		if before {
			seen = s.takeBackAndKill(n)
		} else {
			seen = s.cutAndKill(n)
		}
		if after := s.unconfirmedOrNot(); after != before {
			moved++
		}
		if t.Failed() {
			t.Fatalf("run %d, killed at change %d", run, seen)
		}
		if seen == n {
			killed++
		}
	}
	t.Logf("%d runs of %v changes: %d killed between the first and the last, %d changed the record, none lost a key",
		killCutRuns, changes, killed, moved)
	if killed < killCutRuns*9/10 || moved == 0 || moved == killCutRuns {
		t.Error("the kills do not meet the save")
	}
}

// unconfirmedOrNot reports which of the two records is there, and requires that it is one of them, whole.
func (s *site) unconfirmedOrNot() bool {
	s.t.Helper()
	r := s.record()
	key, ok := r.Usable()
	if !ok || key.Reveal() != s.sim.Keys().Good || r.FromPrevious || r.RolledBack {
		s.t.Errorf("status %q, usable %v, from previous %v, rolled back %v", r.Status, ok, r.FromPrevious, r.RolledBack)
	}
	want, status := s.sim.Keys().Good, store.StatusActive
	if r.Unconfirmed {
		want, status = s.sim.Keys().Replacement, store.StatusPending
	}
	if before, ok := r.Confirmed(); r.Key.Reveal() != want || r.Status != status || !ok || !before.Key.Equal(key) {
		s.t.Errorf("status %q, unconfirmed %t, fingerprint %s", r.Status, r.Unconfirmed, r.Fingerprint)
	}
	return r.Unconfirmed
}

// cutAndKill ends a wizard at Confirm, and kills it at the nth change; 0: never. It returns how many there were until
// then.
func (s *site) cutAndKill(n int) int {
	s.t.Helper()
	x := s.atKey()
	x.paste(s.sim.Keys().Replacement)
	x.see("Yes, connect", "enter confirm")
	return s.killChanging(x, n, func() { x.signal(unix.SIGTERM) }, "the key is saved")
}

// takeBackAndKill does so with one that gets the answer that the company is not the right one.
func (s *site) takeBackAndKill(n int) int {
	s.t.Helper()
	x := s.wizard()
	x.see("Continue", "Pleo is reachable", "Key store ready")
	x.send(enter)
	x.see("Yes, connect", "enter confirm")
	return s.killChanging(x, n, func() { x.send("n") }, "he saved key was removed")
}

// killChanging does something that changes the record, and ends the program at the nth change, or when it says that it
// is done.
func (s *site) killChanging(x *terminal, n int, change func(), done string) (seen int) {
	s.t.Helper()
	watch := newWatcher(s.t, s.store, filepath.Join(s.store, "installations"),
		filepath.Dir(s.identity), filepath.Dir(s.mark()))
	change()
	go func() {
		defer watch.end()
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for !strings.Contains(x.written(), done) {
			select {
			case <-tick.C:
			case <-x.ended:
				return
			}
		}
	}()
	seen = watch.until(n)
	_ = x.cmd.Process.Kill()
	<-x.ended
	watch.close()
	s.noKey(x.written())
	return seen
}
