//go:build linux && torture

package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"pleo-connect/store"
)

const killRuns = 300

// TestKillLoop replaces the key of one connection again and again, by the other of two good keys. Each run is killed at
// another change in the directories of the store and beside the identity, as the kernel reports them, and begins with
// nothing but what the run before left. After each, the old or the new key is there, whole.
func TestKillLoop(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	keys := []string{s.sim.Keys().Good, s.sim.Keys().Replacement}
	at := 0 // the key that is stored
	changes, _ := s.killAt(0, keys[1-at])
	at = s.wholeKey(keys)
	if at != 1 {
		t.Fatal("without a kill, the new key is not stored")
	}
	killed, moved := 0, 0
	for run := range killRuns {
		seen, died := s.killAt(1+run%changes, keys[1-at])
		now := s.wholeKey(keys)
		if t.Failed() {
			t.Fatalf("run %d, killed at change %d of %d: %v", run, seen, changes, died)
		}
		if died {
			killed++
		}
		if now != at {
			moved++
		}
		at = now
	}
	t.Logf("%d runs of %d changes: %d killed between the first and the last, %d left the new key, none lost one",
		killRuns, changes, killed, moved)
	if killed < killRuns*9/10 || moved == 0 || moved == killRuns {
		t.Error("the kills do not meet the save")
	}
	if r := s.headless(keys[1-at], "--company", bakery); r.code != exitDone {
		t.Errorf("at the end: exit code %d: %s", r.code, r.err)
	}
}

// wholeKey returns which of the keys the record holds, and requires that a service finds one that works.
func (s *site) wholeKey(keys []string) int {
	s.t.Helper()
	r := s.record()
	key, ok := r.Usable()
	if !ok || !slices.Contains(keys, key.Reveal()) || r.FromPrevious || r.RolledBack {
		s.t.Errorf("status %q, usable %v, from previous %v, rolled back %v", r.Status, ok, r.FromPrevious, r.RolledBack)
	}
	return slices.Index(keys, r.Key.Reveal())
}

// killAt connects with a key, and kills the program at the nth change; 0 never. It returns how many changes there were
// until then, and whether the program was still running.
func (s *site) killAt(n int, key string) (seen int, died bool) {
	s.t.Helper()
	watch := newWatcher(s.t, s.store, filepath.Join(s.store, "installations"),
		filepath.Dir(s.identity), filepath.Dir(s.mark()))
	args := s.flags("--key-file", "-", "--accept-permissions", "--json", "--company", bakery)
	cmd := exec.Command(binary(s.t), args...)
	cmd.Env = s.env()
	cmd.Stdin = strings.NewReader(key)
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true}
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); watch.end(); close(ended) }()
	if seen = watch.until(n); seen == n {
		_ = cmd.Process.Kill()
	}
	<-ended
	watch.close()
	s.noKey(out.String(), err.String())
	code := cmd.ProcessState.ExitCode()
	if code == exitDone && s.record().Status != store.StatusActive {
		s.t.Error("success was said, but the key is not active")
	} else if code > 0 {
		s.t.Errorf("exit code %d: %s%s", code, out.String(), err.String())
	}
	return seen, code == -1
}

// mark returns the path of the bakery's mark.
func (s *site) mark() string {
	s.t.Helper()
	found, _ := filepath.Glob(filepath.Join(filepath.Dir(s.identity), "seen", "*", "prod-"+dynamics+"-"+bakery+".json"))
	if len(found) != 1 {
		s.t.Fatalf("marks: %q", found)
	}
	return found[0]
}
