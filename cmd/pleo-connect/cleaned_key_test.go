//go:build unix

package main

import (
	"strings"
	"testing"
)

// TestRejectedKeyRepeatsTheCleaning reads, in every way to enter a key, what was taken from its text and what is odd
// about it, after Pleo did not know it.
func TestRejectedKeyRepeatsTheCleaning(t *testing.T) {
	t.Parallel()
	const removed, odd = "cleaned before use (Bearer removed)", "the key really ends in “,”"
	s := newSite(t)
	text := "Bearer " + s.sim.Keys().Good + ","

	r := s.headless(text, "--yes")
	if hint := r.last(t)["also"]; r.code != exitKey || !strings.Contains(hint, removed) || !strings.Contains(hint, odd) {
		t.Errorf("JSON: exit code %d, %q", r.code, hint)
	}
	r = s.pipe(text, s.flags("--key-file", "-", "--accept-permissions", "--yes")...)
	if r.code != exitKey || !strings.Contains(r.err, removed) || !strings.Contains(r.err, odd) {
		t.Errorf("headless: exit code %d, %q", r.code, r.err)
	}

	x := s.atKey()
	x.paste(text)
	x.see("Pleo rejected the key", removed[:26], "really ends in “,”")
	x.send(ctrlC)
	x.exit(exitInterrupted)

	s.term = "dumb"
	x = s.wizard()
	x.see("Type allow or cancel:")
	x.send("allow\r")
	x.see("Enter alone goes back")
	x.send(text + "\r") // typed
	x.see("Type new (use another key), retry, back or quit:")
	for _, want := range []string{removed, odd} {
		if !strings.Contains(strings.Join(strings.Fields(x.text()), " "), want) {
			t.Errorf("the line face does not say %q:\n%s", want, x.text())
		}
	}
	x.send(ctrlC)
	x.exit(exitInterrupted)
	s.noConnection()
}

// TestTwoKeysAreNotSent: of two keys in one text, neither goes to Pleo.
func TestTwoKeysAreNotSent(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	text := s.sim.Keys().Good + "\n" + s.sim.Keys().Replacement + "\n"

	r := s.headless(text, "--yes")
	if got := r.last(t); r.code != exitKey || got["kind"] != "not_a_key" ||
		got["summary"] != "there are two keys here, on two lines" ||
		got["hint"] != "send only one key to standard input" {
		t.Errorf("exit code %d: %q", r.code, got)
	}
	x := s.atKey()
	x.paste(text)
	x.see("here are two keys here, on two lines", "opy one key and paste it again")
	x.send(ctrlC)
	x.exit(exitInterrupted)

	s.term = "dumb"
	x = s.wizard()
	x.see("Type allow or cancel:")
	x.paste("allow\n")
	x.see("Enter alone goes back")
	x.paste(text)
	x.see("here are two keys here, on two lines", "opy one key and paste it again")
	x.send(ctrlC)
	x.exit(exitInterrupted)
	for _, r := range s.sim.Requests() {
		if r.Key != "" {
			t.Errorf("%s %s was asked with a key", r.Method, r.Path)
		}
	}
	s.nothing()
}
