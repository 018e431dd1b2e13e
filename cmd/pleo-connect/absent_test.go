//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pleo-connect/store"
)

// seen is the directory of marks of the one store of a site.
func (s *site) seen() string {
	s.t.Helper()
	dirs, err := filepath.Glob(filepath.Join(filepath.Dir(s.identity), "seen", "*"))
	if err != nil || len(dirs) != 1 {
		s.t.Fatalf("%d stores were seen: %v", len(dirs), err)
	}
	return dirs[0]
}

func (s *site) removeAll(path string) {
	s.t.Helper()
	if err := os.RemoveAll(path); err != nil {
		s.t.Fatal(err)
	}
}

// wantRun requires an exit code, and texts in both outputs together.
func wantRun(t *testing.T, about string, r result, code int, says ...string) {
	t.Helper()
	for _, text := range says {
		if !strings.Contains(r.out+r.err, text) {
			t.Errorf("%s: does not say %q:\n%s%s", about, text, r.out, r.err)
		}
	}
	if r.code != code {
		t.Errorf("%s: exit code %d, want %d:\n%s%s", about, r.code, code, r.out, r.err)
	}
}

// TestNoStore: if a store was named, or the caller relies on the answer, one that does not exist is a failure of every
// command. It says where it was looked for.
func TestNoStore(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	none := "error: there is no key store in " + s.store
	for name, command := range commands {
		wantRun(t, name, s.pipe("", s.in(command)...), exitStore, none, "hint: to use another one, add --store DIR")
	}
	wantRun(t, "rekey", s.pipe("", s.places("rekey")...), exitStore, none)
	recipient := newPerson(t).id.Recipient().String()
	wantRun(t, "recipient", s.pipe("", s.places("recipient", "add", recipient)...), exitStore, none)
	for _, more := range [][]string{nil, {bakery}, {"--check"}, {"--warn-days", "7"}} {
		wantRun(t, "status", s.status(more...), exitStore, none)
	}
	wantRun(t, "status --json", s.status("--json"), exitStore, none, `"kind":"store_missing"`)
	s.more = append(s.more, "PLEO_CONNECT_STORE="+s.store, "PLEO_CONNECT_IDENTITY="+s.identity)
	wantRun(t, "with the variable", s.pipe("", "status"), exitStore, none)
	if err := os.MkdirAll(s.store, 0o700); err != nil {
		t.Fatal(err)
	}
	wantRun(t, "an empty directory", s.pipe("", "status"), exitStore, none)
	odd := filepath.Join(s.home, "a\nb\x1b[31m")
	wantRun(t, "an odd name", s.pipe("", "status", "--store", odd), exitStore, `a\nb\x1b[31m"`)
}

// TestEmptyStore is the answer for a store that is there: nothing is wrong with it.
func TestEmptyStore(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.open()
	nothing := "nothing is connected in ~/data/store; run " + s.program() + " to connect\n"
	for _, more := range [][]string{nil, {"--check"}, {"--warn-days", "7"}, {"--json"}} {
		r := s.status(more...)
		wantRun(t, strings.Join(more, " "), r, exitDone, nothing)
		if asked := len(more) > 0 && more[0] == "--json"; asked != (r.out == "") {
			t.Errorf("%v: standard output %q", more, r.out)
		}
	}
	wantRun(t, "a company", s.status(bakery), exitUsage, "error: company "+bakery+" is not connected on this computer",
		"hint: run "+s.program()+" status to see what is connected")
}

// TestLostStore: the marks beside the identity know what was in a store that is gone. The hint is a command that ends
// it; so does a connection that the wizard saves again.
func TestLostStore(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.put(bakery, s.sim.Keys().Good, nil)
	s.put(cycles, s.sim.Keys().OtherCompany, nil)
	seen := s.seen()
	s.removeAll(s.store)
	gone := []string{"error: the key store in " + s.store + " is gone; 2 connections were saved in it",
		"hint: mount its disk, restore it from a backup, or add --store DIR if it was moved", "run: rm -r " + seen}
	for _, more := range [][]string{nil, {"--json"}, {bakery}, {"--check"}} {
		wantRun(t, "status", s.status(more...), exitStore, gone...)
	}
	for name, command := range commands {
		wantRun(t, name, s.pipe("", s.in(command)...), exitStore, gone...)
	}
	if lines, _ := s.exams(exitStore); lines["store"].Status != "failed" ||
		!strings.Contains(lines["store"].Note, "is gone; 2 connections were saved in it") {
		t.Errorf("doctor: %+v", lines["store"])
	}

	r := s.headless(s.sim.Keys().Good, "--yes")
	wantRun(t, "connect", r, exitDone, "the key store that was here is gone, and 2 connections with it")
	r = s.status("--json")
	wantRun(t, "a new store", r, exitStore,
		"error: the connection of company "+cycles+" to "+dynamics+" is missing from the key store")
	if lines := r.lines(t); len(lines) != 2 || lines[0].Status != "lost" || lines[1].Status != "active" {
		t.Errorf("lines: %+v", lines)
	}
	wantRun(t, "the company", s.status(bakery), exitDone, ": active on ")

	command := "rm -r " + seen
	if out, err := exec.Command("sh", "-c", command).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v, %s", command, err, out)
	}
	wantRun(t, "acknowledged", s.status(), exitDone)
}

// TestLostStoreOfALockedIdentity: no passphrase is needed to see that the store is gone.
func TestLostStoreOfALockedIdentity(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.put(bakery, s.sim.Keys().Good, nil)
	writeFile(t, s.identity, readFile(t, newPerson(t).file), 0o600)
	s.removeAll(s.store)
	wantRun(t, "status", s.status(), exitStore, "is gone; 1 connection was saved in it")
}

// TestCommandsOfSudo: without sudo, a command that is printed would mean the key store of the person.
func TestCommandsOfSudo(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs root, as which sudo runs a command")
	}
	s := newSite(t)
	s.remove(s.put(bakery, s.sim.Keys().Good, nil).File)
	for user, program := range map[string]string{"daemon": "sudo pleo-connect", "root": "pleo-connect"} {
		s.more = []string{"SUDO_USER=" + user}
		wantRun(t, user, s.status(), exitStore, "run: "+program+" --store ")
	}
}

// TestLostRecord: a record that was saved and is gone is missed by every command that would use it, and by no other.
func TestLostRecord(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.put(bakery, s.sim.Keys().Good, nil)
	s.put(cycles, s.sim.Keys().OtherCompany, nil)
	kept := readFile(t, r.File)
	s.remove(r.File)
	lost := []string{"error: the connection of company " + bakery + " to " + dynamics + " is missing from the key store",
		"hint: restore " + r.File + " from a backup, or run " + s.program() + " to connect again\n",
		"hint: if it was removed on purpose, run: " + s.program() + " disconnect " + bakery + " --integration " + dynamics +
			" --env production --forget"}
	for name, command := range commands {
		wantRun(t, name, s.pipe("", s.in(command)...), exitStore, lost...)
	}
	wantRun(t, "status", s.status(), exitStore, append(lost, "“Harbour Lane Bakery ApS”: active")...)
	wantRun(t, "the company", s.status(bakery), exitStore, lost...)
	wantRun(t, "checked", s.status("--check"), exitStore, append(lost, "checked now    accepted")...)
	other := s.status(cycles)
	wantRun(t, "another company", other, exitDone)
	if other.err != "" {
		t.Errorf("another company: %s", other.err)
	}
	json := s.status(bakery, "--json")
	wantRun(t, "json", json, exitStore, lost...)
	got := json.first(t)
	if want := (statusLine{CompanyID: bakery, Environment: "production", Status: "lost", File: r.File}); got.File !=
		want.File || got.Status != want.Status || got.CompanyID != want.CompanyID || got.Environment != want.Environment {
		t.Errorf("%+v", got)
	}
	if lines, _ := s.exams(exitStore); lines["store"].Status != "failed" ||
		!strings.Contains(lines["store"].Note, "is missing from the key store") {
		t.Errorf("doctor: %+v", lines["store"])
	}

	// A run for the other environment means the other one.
	wantRun(t, "none in staging", s.keyOut(s.places("key", bakery, "--env", "staging")...), exitUsage, "not connected")
	s.put(bakery, s.sim.Keys().Staging, func(r *store.Record) { r.Env = "staging" })
	wantRun(t, "which one is not known", s.keyOut(s.places("key", bakery)...), exitUsage, "--env")
	wantRun(t, "to forget which one", s.disconnect("--forget"), exitUsage, "--env")
	wantRun(t, "staging", s.keyOut(s.places("key", bakery, "--env", "staging")...), exitDone)

	writeFile(t, r.File, kept, 0o600)
	wantRun(t, "restored", s.status(), exitDone)
}

// TestDisconnectedIsNotLost: what was removed on purpose is not missed, also by a wizard.
func TestDisconnectedIsNotLost(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	wantRun(t, "disconnect", s.disconnect(), exitDone)
	for _, more := range [][]string{nil, {"--check"}, {"--warn-days", "7"}} {
		wantRun(t, "status", s.status(more...), exitDone, "nothing is connected in")
	}
	wantRun(t, "again", s.disconnect(), exitUsage, "is not connected on this computer")
	s.removeAll(s.store)
	wantRun(t, "and the store", s.status(), exitStore, "there is no key store in")
	if r := s.headless(s.sim.Keys().Good, "--yes"); r.code != exitDone || strings.Contains(r.out+r.err, "gone") {
		t.Errorf("connect: exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// TestLossInDoubt: where there are no marks, as beside the identity of systemd or of one more recipient, it is unknown
// what was lost. That is reported, and is not a failure unless there is nothing else to report to a caller who relies
// on it.
func TestLossInDoubt(t *testing.T) {
	t.Parallel()
	const doubt = "warning: can't tell whether connections are missing: "
	s := newSite(t)
	s.put(bakery, s.sim.Keys().Good, func(r *store.Record) { r.ValidatedAt = time.Now() })
	marks := filepath.Dir(s.seen())
	s.removeAll(marks)
	for _, more := range [][]string{nil, {"--check"}, {"--warn-days", "7"}, {bakery}} {
		wantRun(t, "no marks", s.status(more...), exitDone, doubt, ": active")
	}
	if lines, _ := s.exams(exitDone); !strings.Contains(lines["store"].Note, "can't tell whether") {
		t.Errorf("doctor: %+v", lines["store"])
	}
	s.remove(s.recordOf(bakery).File)
	wantRun(t, "nothing", s.status(), exitDone, doubt, "nothing is connected in")
	for _, more := range [][]string{{"--check"}, {"--warn-days", "7"}, {"--warn-days", "7", "--json"}} {
		wantRun(t, "nothing", s.status(more...), exitStore, doubt,
			"error: nothing is connected in "+s.store+", but connections may be missing (")
	}
	s.removeAll(marks)
	writeFile(t, marks, nil, 0o600)
	wantRun(t, "a file", s.status("--check"), exitStore, doubt, "can't be read")
	wantRun(t, "a company", s.status(bakery), exitUsage, doubt, "is not connected")
}

// TestWizardMissesTheStore: before a new store is made, each interface says that one was here.
func TestWizardMissesTheStore(t *testing.T) {
	t.Parallel()
	for about, size := range map[string][2]int{"small": {40, 12}, "usual": {80, 24}, "plain": {80, 24}} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.put(bakery, s.sim.Keys().Good, nil)
			s.removeAll(s.store)
			var more []string
			if about == "plain" {
				more = append(more, "--plain")
			}
			x := s.wizard(more...)
			x.size(size[0], size[1])
			flat := func() string { return strings.Join(strings.Fields(x.text()), " ") }
			x.until("what was lost", func() bool {
				return strings.Contains(flat(), "and 1 connection with it")
			})
			x.send(ctrlC)
			x.exit(exitInterrupted)
		})
	}
}

// TestFutureDate: a date of acceptance that is yet to come says nothing. It counts as none, and the next check heals
// it.
func TestFutureDate(t *testing.T) {
	t.Parallel()
	const blames = "is in the future; check this computer's clock"
	s := newSite(t)
	s.put(cycles, s.sim.Keys().OtherCompany, nil)
	s.put(bakery, s.sim.Keys().Good, func(r *store.Record) { r.ValidatedAt = time.Now().Add(30 * time.Minute) })
	r := s.status(bakery)
	wantRun(t, "people", r, exitDone, "last accepted  unknown (the saved date is in the future; check this")
	wantRun(t, "a monitor", s.status(bakery, "--warn-days", "3000"), exitNoAnswer)
	got := s.status(bakery, "--json").first(t)
	if !got.ValidatedAt.IsZero() || !strings.Contains(got.Warning, blames) {
		t.Errorf("validated at %v, warning %q", got.ValidatedAt, got.Warning)
	}
	wantRun(t, "checked", s.status("--check"), exitDone)
	if asked := s.asked(); len(asked) != 2 || asked[0] != "good" {
		t.Errorf("asked about %q", asked)
	}
	if at := s.record().ValidatedAt; time.Since(at) < 0 {
		t.Errorf("still validated at %v", at)
	}
	wantRun(t, "healed", s.status("--warn-days", "1"), exitDone)

	// Clocks differ by seconds.
	s.put(catering, s.sim.Keys().MissingScopes, func(r *store.Record) { r.ValidatedAt = time.Now().Add(30 * time.Second) })
	if got := s.status(catering, "--json", "--warn-days", "1"); got.code != exitDone || got.first(t).Warning != "" {
		t.Errorf("a little ahead: exit code %d: %s", got.code, got.out)
	}
}

// ada is a person without flags and variables: everything is in the default places of her home.
type ada struct {
	*site
	run   func(args ...string) result
	store string
}

// newAda is the account that runs the tests, or for root, whose places are those of the whole computer, another one.
func newAda(t *testing.T) ada {
	t.Helper()
	if os.Geteuid() != 0 {
		s := newSite(t)
		s.store = filepath.Join(s.home, ".local", "share", "pleo-connect")
		return ada{s, func(args ...string) result { return s.pipe("", args...) }, s.store}
	}
	s := newShared(t)
	home := publicDir(t)
	if err := errors.Join(os.Chmod(home, 0o700), os.Chown(home, s.other.uid, s.other.gid)); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) result { return s.as(s.other, "pleo-connect", []string{"HOME=" + home}, args...) }
	s.site.home = home
	return ada{s.site, run, filepath.Join(home, ".local", "share", "pleo-connect")}
}

// connect connects with a key.
func (a ada) connect(key string, more ...string) {
	a.t.Helper()
	path := filepath.Join(publicDir(a.t), "key")
	writeFile(a.t, path, []byte(key), 0o644)
	r := a.run(append([]string{
		"connect", "--api-base", a.api, "--key-file", path, "--accept-permissions", "--yes", "--force-store",
	}, more...)...)
	wantRun(a.t, "connect", r, exitDone)
}

// TestDefaultStoreIsMissing: if the place of the store was not named, a missing store is at first only a fact. It is a
// failure for a caller who relies on it, and when something was in it. Another one that the identity knows is named.
func TestDefaultStoreIsMissing(t *testing.T) {
	t.Parallel()
	a := newAda(t)
	const place = "~/.local/share/pleo-connect"
	nothing := "nothing is connected in " + place + "; run pleo-connect to connect\n"
	wantRun(t, "nothing", a.run("status"), exitDone, nothing)
	if r := a.run("status", "--json"); r.code != exitDone || r.out != "" || !strings.Contains(r.err, nothing) {
		t.Errorf("json: exit code %d: %q, %q", r.code, r.out, r.err)
	}
	for _, more := range [][]string{{"--warn-days", "7"}, {"--check"}, {bakery}} {
		r := a.run(append([]string{"status"}, more...)...)
		wantRun(t, strings.Join(more, " "), r, exitStore, "there is no key store in "+a.store)
	}

	other := filepath.Join(a.home, "my store")
	a.connect(a.sim.Keys().Good, "--store", other)
	use := "to use the key store in " + other + ", add --store '" + other + "'\n"
	wantRun(t, "another one", a.run("status"), exitDone, nothing+use)
	wantRun(t, "another one, checked", a.run("status", "--check"), exitStore,
		"hint: "+use)

	a.connect(a.sim.Keys().OtherCompany)
	wantRun(t, "connected", a.run("status"), exitDone, ": active on ")
	typo := filepath.Join(a.home, "typo")
	wantRun(t, "mistyped", a.run("status", "--store", typo), exitStore, "there is no key store in "+typo,
		"hint: to use the key store in ")
	a.removeAll(a.store)
	wantRun(t, "lost", a.run("status"), exitStore, "the key store in "+a.store+" is gone; 1 connection was saved in it")
	wantRun(t, "the other one", a.run("status", "--store", other), exitDone, ": active on ")
}

// TestDisconnectWithoutTheRight: where a removal cannot be noted, a removed connection is not called lost.
func TestDisconnectWithoutTheRight(t *testing.T) {
	t.Parallel()
	a := newAda(t)
	a.connect(a.sim.Keys().Good)
	marks, err := filepath.Glob(filepath.Join(a.home, ".config", "pleo-connect", "seen", "*"))
	if err != nil || len(marks) != 1 {
		t.Fatalf("%d stores were seen: %v", len(marks), err)
	}
	a.chmod(marks[0], 0o500)
	t.Cleanup(func() { a.chmod(marks[0], 0o700) })
	wantRun(t, "disconnect", a.run("disconnect", bakery, "--yes"), exitDone,
		"warning: the removal may not have been saved", "can't be written to", "--forget")
	wantRun(t, "key", a.run("key", bakery), exitUsage)
	wantRun(t, "status", a.run("status"), exitDone,
		"warning: can't tell whether", "can't be written", "nothing is connected")
	wantRun(t, "a monitor", a.run("status", "--warn-days", "7"), exitStore, "nothing is connected in "+a.store)
}
