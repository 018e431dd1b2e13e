package main

import (
	"strings"
	"testing"
)

// TestEngineStatus: what an engine keeps is an entry, and not a file, for people and for scripts.
func TestEngineStatus(t *testing.T) {
	t.Parallel()
	s, _ := newEngineSite(t)
	if r := s.headless(s.sim.Keys().Good, "--yes"); r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	const name = "prod-" + dynamics + "-" + bakery
	got := s.pipe("", s.places("status")...)
	if got.code != exitDone || !strings.Contains(got.out, "  entry          "+name+"\n") {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	if strings.Contains(got.out, "file") {
		t.Errorf("speaks of a file:\n%s", got.out)
	}
	line := s.pipe("", s.places("status", "--json")...).last(t)
	if _, file := line["file"]; file || line["entry"] != s.store+"/"+name {
		t.Errorf("entry %q, file %q", line["entry"], line["file"])
	}
}
