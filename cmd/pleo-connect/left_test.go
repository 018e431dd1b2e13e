//go:build unix

package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

// What Review says. How long ago it was depends on how busy the machine is.
const (
	aboutKey   = "you were about to paste the key, … ago: Allow goes on"
	aboutCheck = "the key was being checked, … ago: it was not saved, so paste it again; " +
		"if it is gone, press Allow again under Settings > Accounting"
	aboutConfirm = "you were about to confirm the company, … ago: the key was not saved, so paste it again; " +
		"if it is gone, press Allow again under Settings > Accounting"
	aboutSaved = "the key for “Harbour Lane Bakery ApS” was validated but not activated, … ago: "
)

var agoWords = regexp.MustCompile(`(amoment|1minute|\d+minutes)ago`)

// seeOnReview waits until Review says all the words, wherever a line ends.
func (x *terminal) seeOnReview(words ...string) {
	x.t.Helper()
	unbroken := func(text string) string { return strings.Join(strings.Fields(strings.ReplaceAll(text, "┃", "")), "") }
	x.until(strings.Join(words, " and "), func() bool {
		text := agoWords.ReplaceAllString(unbroken(x.text()), "…ago")
		for _, w := range words {
			if !strings.Contains(text, unbroken(w)) {
				return false
			}
		}
		return true
	})
}

// cut ends a wizard as a dropped line does, or a system that goes down.
func (x *terminal) cut(sig unix.Signal) {
	x.t.Helper()
	if err := x.cmd.Process.Signal(sig); err != nil {
		x.t.Fatal(err)
	}
	x.exit(128 + int(sig))
}

// silent brings a wizard to Review and requires that it says nothing about an earlier run.
func (x *terminal) silent() {
	x.t.Helper()
	x.see("llow", "Pleo answers", "key store ready")
	for _, words := range []string{"you were about", "was being checked", "not activated"} {
		if strings.Contains(x.text(), words) {
			x.t.Errorf("it tells about an earlier run:\n%s", x.text())
		}
	}
}

// note returns what lies beside the identity, or "". It must not tell anything.
func (s *site) note() string {
	s.t.Helper()
	s.noKey()
	path := s.identity + ".note"
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	if err != nil {
		s.t.Fatal(err)
	}
	for _, name := range []string{"Harbour", "Bakery", bakery, bakery[:8], "Microsoft", "127.0.0.1", "SHA256"} {
		if strings.Contains(string(text), name) {
			s.t.Errorf("the note names %s: %s", name, text)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		s.t.Errorf("%v, %v", info, err)
	}
	return string(text)
}

// toConfirm pastes a good key.
func toConfirm(s *site, x *terminal) {
	s.t.Helper()
	toKey(x)
	x.paste(s.sim.Keys().Good)
	x.see("Is this the right company?", "enter confirm")
}

// TestComeback cuts the wizard off at a step, comes back, and finishes. The third start has nothing to tell.
func TestComeback(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	t.Cleanup(func() { close(gate) })
	for name, tt := range map[string]struct {
		at   func(*site, *terminal)
		says string
	}{
		"key":   {func(_ *site, x *terminal) { toKey(x) }, aboutKey},
		"typed": {func(_ *site, x *terminal) { toKey(x); x.send("abc"); x.see("••••") }, aboutKey},
		"refused": {func(s *site, x *terminal) {
			toKey(x)
			x.paste(s.sim.Keys().Revoked)
			x.see("rejected", "q leave")
		}, aboutKey},
		"check": {func(s *site, x *terminal) {
			s.sim.Inject(pleosim.Delay("GET", "/v1/installations/me", gate))
			toKey(x)
			x.paste(s.sim.Keys().Good)
			x.see("Checking the key with Pleo")
		}, aboutCheck},
		"confirm": {toConfirm, aboutConfirm},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			x := s.wizard()
			tt.at(s, x)
			x.cut(unix.SIGHUP)
			s.nothing()
			s.noKey(x.written())
			if s.note() == "" {
				t.Error("no note is left")
			}
			x = s.wizard()
			x.seeOnReview(tt.says)
			toConfirm(s, x)
			confirmAndFinish(x)
			if note := s.note(); note != "" {
				t.Errorf("left behind: %s", note)
			}
			s.active()
			x = s.wizard()
			x.silent()
			x.send(ctrlC)
			x.exit(exitInterrupted)
		})
	}
}

// TestComebackLineByLine is the same with the other face, and after SIGTERM.
func TestComebackLineByLine(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.term = "dumb"
	x := s.wizard()
	x.see("allow or cancel")
	x.send("allow\r")
	x.see("nothing is shown")
	x.cut(unix.SIGTERM)
	x = s.wizard()
	x.seeOnReview(aboutKey, "allow or cancel")
	x.send("allow\r")
	x.see("nothing is shown")
	x.send(s.sim.Keys().Good + "\r")
	x.see("Is this the right company?", "yes, other")
	x.cut(unix.SIGTERM)
	s.nothing()
	x = s.wizard()
	x.seeOnReview(aboutConfirm, "allow or cancel")
	s.note()
	x.send("cancel\r")
	x.exit(exitInterrupted)
	if note := s.note(); note != "" {
		t.Errorf("after a cancelled run: %s", note)
	}
	s.noKey(x.written())
}

// TestComebackEnds: an end that a person chose leaves no note, and takes away the one before; being cut off on Review
// keeps it.
func TestComebackEnds(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	cutAtKey := func() {
		x := s.wizard()
		toKey(x)
		x.cut(unix.SIGHUP)
	}
	cutAtKey()
	before := s.note()
	for range 2 {
		x := s.wizard()
		x.seeOnReview(aboutKey)
		x.cut(unix.SIGHUP)
		if now := s.note(); now == "" || now != before {
			t.Errorf("cut off on Review: %q became %q", before, now)
		}
	}
	for name, end := range map[string]func(*terminal){
		"ctrl+c": func(x *terminal) { x.send(ctrlC); x.exit(exitInterrupted) },
		"SIGINT": func(x *terminal) { x.cut(unix.SIGINT) },
		"cancel": func(x *terminal) { x.send(left + enter); x.exit(exitInterrupted) },
		"a problem": func(x *terminal) {
			toKey(x)
			x.paste(s.sim.Keys().Revoked)
			x.see("q leave")
			x.send("q")
			x.exit(exitKey)
		},
	} {
		cutAtKey()
		x := s.wizard()
		x.seeOnReview(aboutKey, "key store ready")
		end(x)
		if note := s.note(); note != "" {
			t.Errorf("%s leaves %s", name, note)
		}
		if _, err := os.Stat(filepath.Dir(s.identity)); err == nil {
			t.Errorf("%s leaves a directory", name)
		}
	}
	x := s.wizard()
	toConfirm(s, x)
	x.cut(unix.SIGHUP)
	if r := s.headless(s.sim.Keys().Good, "--yes"); r.code != exitDone {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	if note := s.note(); note != "" {
		t.Errorf("after a run without a terminal: %s", note)
	}
}

// TestComebackAfterTheSave: the record tells more than a note, which is gone.
func TestComebackAfterTheSave(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.wizard()
	toKey(x)
	x.cut(unix.SIGHUP)
	s.sim.Inject(pleosim.Hang("POST", "/v1/installations/me"))
	x = s.wizard()
	x.seeOnReview(aboutKey)
	toConfirm(s, x)
	x.send(enter)
	x.see("✓ Key saved, encrypted")
	x.cut(unix.SIGHUP)
	if note := s.note(); note != "" {
		t.Errorf("beside the record lies %s", note)
	}
	x = s.wizard()
	x.seeOnReview(aboutSaved+"Enter continues", "Use another key ▐ Continue ▌")
	x.cut(unix.SIGHUP)
	s.term = "dumb"
	x = s.wizard()
	x.seeOnReview(aboutSaved+"Continue goes on", "continue, new")
	x.send("continue\r")
	x.exit(exitDone)
	s.active()
}

// TestComebackElsewhere: a note is shown for the same connection only, and nobody else takes it away.
func TestComebackElsewhere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.wizard()
	toKey(x)
	x.cut(unix.SIGHUP)
	before := s.note()
	ledger := filepath.Join(s.home, "ledger.toml")
	text := "name = \"Test Ledger\"\n[[permissions]]\nscope = \"export-jobs:read\"\ntitle = \"See the exports\"\n"
	if err := os.WriteFile(ledger, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	twin := *s
	twin.store += "2"
	moved := *s
	moved.sim = newSite(t).sim
	moved.api = moved.sim.APIBase()
	for name, tt := range map[string]struct {
		s    *site
		more []string
	}{
		"another integration": {s, []string{"--integration", ledger}},
		"another environment": {s, []string{"--env", "staging"}},
		"another company":     {s, []string{"--company", bikes}},
		"another store":       {&twin, nil},
		"another address":     {&moved, nil},
	} {
		x := tt.s.wizard(tt.more...)
		x.silent()
		x.send(ctrlC)
		x.exit(exitInterrupted)
		if now := s.note(); now != before {
			t.Errorf("%s: %q became %q", name, before, now)
		}
	}
	x = s.wizard()
	x.seeOnReview(aboutKey)
	x.send(ctrlC)
	x.exit(exitInterrupted)
}

// TestComebackWhenReconnecting: the new key of one company is no business of a run for any.
func TestComebackWhenReconnecting(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	reconnect := append([]string{"reconnect", bakery, "--force-store"}, s.places()...)
	x := start(t, s.env(), reconnect...)
	toKey(x)
	x.cut(unix.SIGHUP)
	x = s.wizard()
	x.silent()
	x.send(ctrlC)
	x.exit(exitInterrupted)
	x = start(t, s.env(), reconnect...)
	x.seeOnReview(aboutKey)
	x.send(ctrlC)
	x.exit(exitInterrupted)
	if note := s.note(); note != "" {
		t.Errorf("left behind: %s", note)
	}
}

// TestComebackAfterAKill: nothing can be left then, and what was left before is still true.
func TestComebackAfterAKill(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	kill := func(x *terminal) {
		if err := x.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-x.ended
	}
	x := s.wizard()
	toConfirm(s, x)
	kill(x)
	s.nothing()
	x = s.wizard()
	x.silent()
	toKey(x)
	x.cut(unix.SIGHUP)
	x = s.wizard()
	x.seeOnReview(aboutKey)
	toKey(x)
	kill(x)
	x = s.wizard()
	x.seeOnReview(aboutKey)
	toConfirm(s, x)
	confirmAndFinish(x)
	s.active()
}

// TestComebackFromNoNote: what others put in the place of a note is not shown, not followed and not waited for.
func TestComebackFromNoNote(t *testing.T) {
	t.Parallel()
	for name, plant := range map[string]func(path string) error{
		"FIFO": func(path string) error { return unix.Mkfifo(path, 0o600) },
		"link": func(path string) error { return os.Symlink(path+".elsewhere", path) },
		"1 MB": func(path string) error { return os.WriteFile(path, make([]byte, 1<<20), 0o600) },
		"no JSON": func(path string) error {
			return os.WriteFile(path, []byte(`{"step":"key","at":"yesterday"`), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			x := s.wizard()
			toKey(x)
			x.cut(unix.SIGHUP)
			path := s.identity + ".note"
			err := errors.Join(os.Rename(path, path+".elsewhere"), plant(path)) // a good note that a link would lead to
			if err != nil {
				t.Fatal(err)
			}
			x = s.wizard()
			x.silent()
			toKey(x)
			x.cut(unix.SIGHUP)
			x = s.wizard()
			x.seeOnReview(aboutKey)
			x.send(ctrlC)
			x.exit(exitInterrupted)
			if s.note() != "" {
				t.Error("the note is still there")
			}
		})
	}
}

// TestLeftNote reads notes that a good one was turned into.
func TestLeftNote(t *testing.T) {
	t.Parallel()
	d := newDoer(t)
	d.leave(flow.StepCheck)
	note := string(store.Note(d.store))
	if note == "" {
		t.Fatal("no note")
	}
	in := func(ago time.Duration) doer {
		later := d
		later.now = func() time.Time { return testedAt.Add(ago) }
		return later
	}
	for ago, shown := range map[time.Duration]bool{
		-time.Second: false, 0: true, 12 * time.Minute: true, flow.LeftFor - time.Second: true, flow.LeftFor: false,
	} {
		got := in(ago).left()
		if (got != nil) != shown || shown && *got != (flow.Left{Step: flow.StepCheck, Ago: ago}) {
			t.Errorf("%s later: %+v", ago, got)
		}
	}
	for name, odd := range map[string]string{
		"empty":             "",
		"null":              "null",
		"a list":            "[]",
		"more behind it":    note + note,
		"another step":      strings.Replace(note, `"check"`, `"done"`, 1),
		"a step of no kind": strings.Replace(note, `"check"`, `"\u001b[2J"`, 1),
		"no time":           strings.Replace(note, `"at"`, `"when"`, 1),
		"a bad time":        strings.Replace(note, "2026-", "x026-", 1),
		"another salt":      strings.Replace(note, `"salt":"`, `"salt":"A`, 1),
		"no connection":     strings.Replace(note, `"of"`, `"for"`, 1),
	} {
		if odd == note {
			t.Fatalf("%s: nothing was changed in %s", name, note)
		}
		if err := store.LeaveNote(d.store, []byte(odd)); err != nil {
			t.Fatal(err)
		}
		if got := in(time.Minute).left(); got != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestRememberEnds: the terminal may be gone before anybody hears of a signal.
func TestRememberEnds(t *testing.T) {
	t.Parallel()
	s := flow.State{Step: flow.StepKey}
	s.Key = pleoclient.NewKey("canary-of-a-dropped-line-5d1e")
	for name, tt := range map[string]struct {
		err  error
		left bool
	}{
		"in order":        {nil, false},
		"SIGINT":          {signalled{syscall.SIGINT}, false},
		"SIGHUP":          {signalled{syscall.SIGHUP}, true},
		"SIGTERM":         {signalled{syscall.SIGTERM}, true},
		"no terminal":     {syscall.EIO, true},
		"another context": {context.DeadlineExceeded, true},
	} {
		d := newDoer(t)
		d.leave(flow.StepConfirm)
		d.remember(s, tt.err)
		got := d.left()
		if (got != nil) != tt.left || got != nil && got.Step != flow.StepKey {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
