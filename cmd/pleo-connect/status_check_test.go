//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/cmd/internal/integration"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

const (
	cycles   = "9d2f6a10-7c3e-4b58-a1d4-0e5f8c6b7a93" // of the key OtherCompany
	catering = "8d1e6a42-0f3b-4957-b6c8-25e9f07a4d13" // of the key MissingScopes

	introspect = "/v1/introspect"
)

// longAgo is a time at which every record of these tests was validated, unless it says otherwise.
var longAgo = time.Now().UTC().Add(-40 * day).Truncate(time.Second)

// open opens the store of the site, and makes it if need be.
func (s *site) open() *store.Store {
	s.t.Helper()
	st, err := store.Create(store.Config{Dir: s.store, Identity: s.identity, AnyPlace: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return st
}

// put saves an active connection to the simulated Pleo, after change has seen it.
func (s *site) put(company, key string, change func(*store.Record)) store.Record {
	s.t.Helper()
	r := store.Record{
		Status: store.StatusActive, Env: "production", Origin: s.api,
		Integration: integration.ForRecord(integration.Default()), CompanyID: company, CompanyName: "Harbour Lane Bakery ApS",
		Scopes: []string{"export-jobs:read", "export-jobs:write", "export-items:read", "companies:read"},
		Key:    pleoclient.NewKey(key), ValidatedAt: longAgo,
	}
	if change != nil {
		change(&r)
	}
	st := s.open()
	defer func() { _ = st.Close() }()
	saved, err := st.Put(r)
	if err != nil {
		s.t.Fatal(err)
	}
	return saved
}

func (s *site) status(more ...string) result {
	s.t.Helper()
	return s.pipe("", append([]string{"status", "--store", s.store, "--identity", s.identity}, more...)...)
}

// lines decodes the output of --json.
func (r result) lines(t *testing.T) []statusLine {
	t.Helper()
	var out []statusLine
	for line := range strings.Lines(r.out) {
		var l statusLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("exit code %d: %v in %q (standard error %q)", r.code, err, line, r.err)
		}
		out = append(out, l)
	}
	return out
}

// first returns the first of the lines, of which there must be one.
func (r result) first(t *testing.T) statusLine {
	t.Helper()
	lines := r.lines(t)
	if len(lines) == 0 {
		t.Fatalf("exit code %d, and no output (standard error %q)", r.code, r.err)
	}
	return lines[0]
}

// generation returns that of a record, or 0 when there is none.
func (s *site) generation(company string) uint64 {
	s.t.Helper()
	st := s.open()
	defer func() { _ = st.Close() }()
	r, _ := st.Get(store.Ref{Env: "production", Integration: dynamics, CompanyID: company})
	return r.Generation
}

// asked are the keys that Pleo was asked about, in order.
func (s *site) asked() []string {
	var out []string
	for _, r := range s.sim.Requests() {
		out = append(out, r.Key)
	}
	return out
}

// TestCheckStops ends a run in the middle of a question. The next one begins with what was not answered.
func TestCheckStops(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		signal syscall.Signal
		code   int
	}{{syscall.SIGINT, 130}, {syscall.SIGTERM, 143}, {syscall.SIGHUP, 129}} {
		t.Run(c.signal.String(), func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			k := s.sim.Keys()
			s.put(bakery, k.Good, func(r *store.Record) { r.ValidatedAt = longAgo.Add(2 * day) })
			s.put(cycles, k.OtherCompany, func(r *store.Record) {
				r.RejectedAt, r.Rejection = longAgo.Add(time.Hour), store.RejectedUnknown
			})
			s.put(catering, k.MissingScopes, func(r *store.Record) {
				r.Scopes, r.ValidatedAt = nil, longAgo.Add(time.Minute)
			})
			want := []string{"missing_scopes", "other_company", "good"} // the longest ago first
			stop := make(chan struct{})
			defer close(stop)
			s.sim.Inject(pleosim.Fault{Times: 1}) // the first is answered
			s.sim.Inject(pleosim.Delay("", "", stop))
			cmd := exec.Command(binary(t), "status", "--check", "--store", s.store, "--identity", s.identity)
			cmd.Env = s.env()
			var out, err strings.Builder
			cmd.Stdout, cmd.Stderr = &out, &err
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if err := s.sim.Wait(t.Context(), func(r []pleosim.Request) bool { return len(r) == 2 }); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Process.Signal(c.signal)
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != c.code ||
				!strings.Contains(err.String(), "stopped after 1 of 3 connections\nhint: run it again to continue\n") {
				t.Errorf("exit code %d: %s%s", code, out.String(), err.String())
			}
			if !slices.Equal(s.asked(), want[:2]) {
				t.Fatalf("asked about %v", s.asked())
			}
			if r := s.status("--check"); r.code != exitDone || !strings.Contains(r.out, "3 accepted") {
				t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
			}
			if again := s.asked()[2:]; !slices.Equal(again, []string{"other_company", "good", "missing_scopes"}) {
				t.Errorf("the second run asked about %v", again)
			}
		})
	}
}

// refuseChanges makes it impossible to change the store, for root as well, until allow.
func (s *site) refuseChanges() (allow func()) {
	s.t.Helper()
	lock := filepath.Join(s.store, "lock")
	if err := errors.Join(os.Remove(lock), os.Mkdir(lock, 0o700)); err != nil {
		s.t.Fatal(err)
	}
	return func() { _ = os.Remove(lock) }
}

// TestCheckCannotSave: what Pleo said is printed all the same.
func TestCheckCannotSave(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.put(bakery, s.sim.Keys().Revoked, nil)
	s.refuseChanges()
	before := s.files()
	r := s.status("--check", "--json")
	if line := r.first(t); r.code != exitStore || line.Check != "key_rejected" || s.files() != before ||
		!strings.Contains(r.err, "error: couldn't save the result for company "+bakery+" with "+dynamics+": ") {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// TestCheckSeveral has one of each, a damaged record among them. All are printed, and the worst decides. Which verdict
// leaves what in the store is tested in engine.
func TestCheckSeveral(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	k := s.sim.Keys()
	s.put(bakery, k.Good, nil)
	s.put(cycles, k.Revoked, nil)
	s.put(catering, k.Good, func(r *store.Record) { r.Status = store.StatusPending })
	r := s.status("--check")
	for _, says := range []string{
		"✗ 1 accepted, 1 rejected, 1 changed or for another company", "✓ accepted", "✗ rejected", "✗ another company",
		" reconnect " + cycles, "another company (" + bakery + ")", "services can't use it",
	} {
		if r.code != exitKey || !strings.Contains(strings.Join(strings.Fields(r.out), " "), says) || r.err != "" {
			t.Errorf("exit code %d, not %q: %s%s", r.code, says, r.out, r.err)
		}
	}
	before := s.files()
	got := map[string]string{}
	for _, l := range s.status("--check", "--json").lines(t) {
		got[l.CompanyID] = strings.TrimSpace(l.Check + " " + l.Rejection)
		if time.Since(l.CheckedAt) > patience || l.RejectedAt.IsZero() != (l.Rejection == "") {
			t.Errorf("checked at %v, rejected at %v", l.CheckedAt, l.RejectedAt)
		}
	}
	want := map[string]string{
		bakery: "accepted", cycles: "key_rejected " + store.RejectedUnknown, catering: "other_company",
	}
	if diff := cmp.Diff(want, got); diff != "" || s.files() != before {
		t.Errorf("written again: %v; the verdicts (-want +got):\n%s", s.files() != before, diff)
	}
	damaged := s.recordOf(bakery).File
	for _, file := range []string{damaged, damaged + ".prev"} {
		writeFile(t, file, []byte("damaged"), 0o600)
	}
	if r := s.status("--check", "--json"); r.code != exitStore || len(r.lines(t)) != 2 ||
		!strings.Contains(r.err, " is damaged") {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	if r := s.status(cycles, "--check", "--json"); r.code != exitKey || len(r.lines(t)) != 1 || r.err != "" {
		t.Errorf("one company: exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// TestCheckOfOldCopies: a version before the live one is not put in its place by a check; an older copy that was put
// back is decided about.
func TestCheckOfOldCopies(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	first := s.put(bakery, s.sim.Keys().Good, func(r *store.Record) { r.ValidatedAt = time.Now() })
	old := readFile(t, first.File)
	for range 2 { // validated long ago, so that a check has something to save
		s.put(bakery, s.sim.Keys().Good, func(r *store.Record) { r.Generation = s.generation(bakery) })
	}
	writeFile(t, first.File, []byte("damaged"), 0o600)
	before := s.files()
	r := s.status("--check")
	if r.code != exitDone ||
		!strings.Contains(r.out, "! the latest version of this connection is missing or damaged") ||
		s.files() != before {
		t.Errorf("from the version before: exit code %d: %s%s", r.code, r.out, r.err)
	}
	writeFile(t, first.File, old, 0o600)
	const older = "! this is an older copy (a newer one was saved on "
	if r := s.status(); r.code != exitDone || !strings.Contains(r.out, older) {
		t.Errorf("rolled back: exit code %d: %s%s", r.code, r.out, r.err)
	}
	if r := s.status("--check"); r.code != exitDone || !strings.Contains(r.out, older) {
		t.Errorf("rolled back: exit code %d: %s%s", r.code, r.out, r.err)
	}
	if r := s.status("--json"); r.code != exitDone || r.first(t).Warning != "" {
		t.Errorf("after Pleo accepted it: exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// TestWarnDays looks at the age of records and at their marks.
func TestWarnDays(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	k := s.sim.Keys()
	s.put(bakery, k.Good, nil)
	s.put(cycles, k.Good, func(r *store.Record) { r.ValidatedAt = time.Now().Add(-time.Hour) })
	for days, want := range map[string]int{"40": exitNoAnswer, "41": exitDone, "1": exitNoAnswer} {
		r := s.status("--warn-days", days)
		if r.code != want || strings.Contains(r.out, " (40 days ago)") != (want != exitDone) {
			t.Errorf("%s: exit code %d: %s%s", days, r.code, r.out, r.err)
		}
	}
	if r := s.status(cycles, "--warn-days", "1"); r.code != exitDone {
		t.Errorf("a fresh one: exit code %d: %s%s", r.code, r.out, r.err)
	}
	if r := s.status(bakery, "--check", "--warn-days", "1"); r.code != exitDone {
		t.Errorf("after a check: exit code %d: %s%s", r.code, r.out, r.err)
	}
	mark := func(rejection string) {
		s.put(cycles, k.Good, func(r *store.Record) {
			r.Generation, r.ValidatedAt = s.generation(cycles), time.Now()
			r.RejectedAt, r.Rejection = time.Now(), rejection
		})
	}
	for rejection, want := range map[string]int{
		store.RejectedUnknown: exitKey, store.RejectedDenied: exitPermissions,
	} {
		mark(rejection)
		if r := s.status("--warn-days", "1"); r.code != want {
			t.Errorf("%s: exit code %d: %s%s", rejection, r.code, r.out, r.err)
		}
		if r := s.status(); r.code != exitDone || !strings.Contains(r.out, "\n    Pleo ") {
			t.Errorf("%s, without --warn-days: exit code %d: %s%s", rejection, r.code, r.out, r.err)
		}
	}
}

// TestCheckProgress sees the line come and go on a terminal.
func TestCheckProgress(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	k := s.sim.Keys()
	s.put(cycles, k.Revoked, nil)
	s.put(bakery, k.Good, func(r *store.Record) { r.ValidatedAt = longAgo.Add(day) })
	gate := make(chan struct{})
	s.sim.Inject(pleosim.Fault{Times: 1})
	s.sim.Inject(pleosim.Delay("", "", gate))
	x := start(t, s.env(), "status", "--check", "--store", s.store, "--identity", s.identity)
	x.see("━━━━━━━━━━────────── 1 of 2 · 1 rejected · less than a minute left")
	close(gate)
	x.exit(exitKey)
	x.see("✗ 1 accepted, 1 rejected")
	if text := x.text(); strings.Contains(text, "1 of 2") || strings.Contains(text, "reading") {
		t.Errorf("the line of the progress stayed:\n%s", text)
	}
}
