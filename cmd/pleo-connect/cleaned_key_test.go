//go:build unix

package main

import "testing"

// TestTwoKeysAreNotSent: of two keys in one text, neither goes to Pleo.
func TestTwoKeysAreNotSent(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	text := s.sim.Keys().Good + "\n" + s.sim.Keys().Replacement + "\n"

	r := s.headless(text, "--yes")
	if got := r.last(t); r.code != exitKey || got["kind"] != "not_a_key" ||
		got["summary"] != "there are two keys here, on two lines" ||
		got["hint"] != "make sure the key file holds the key and nothing else" {
		t.Errorf("exit code %d: %q", r.code, got)
	}
	x := s.atKey()
	x.paste(text)
	x.see("there are two keys here, on two lines", "copy one key and paste it again")
	x.send(ctrlC)
	x.exit(exitInterrupted)

	s.term = "dumb"
	x = s.wizard()
	x.see("allow or cancel?")
	x.paste("allow\n")
	x.see("nothing is shown")
	x.paste(text)
	x.see("there are two keys here, on two lines", "copy one key and paste it again")
	x.send(ctrlC)
	x.exit(exitInterrupted)
	for _, r := range s.sim.Requests() {
		if r.Key != "" {
			t.Errorf("%s %s was asked with a key", r.Method, r.Path)
		}
	}
	s.nothing()
}
