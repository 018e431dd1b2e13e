package main

import (
	"slices"
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

// TestMixedEntries: of entries that were saved with and without an identity, each is said to be what it is, by status,
// doctor and Review. The key of a readable one is sealed when it is entered again.
func TestMixedEntries(t *testing.T) {
	t.Parallel()
	s, e := newEngineSite(t)
	good, other := s.sim.Keys().Good, s.sim.Keys().OtherCompany
	wantRun(t, "readable", s.headless(good, "--yes"), exitDone)
	sealed := []string{"--identity", s.identity}
	wantRun(t, "sealed", s.headless(other, append(sealed, "--yes")...), exitDone)
	status := func(more ...string) result {
		return s.pipe("", slices.Concat(s.places("status"), sealed, more)...)
	}
	protections := map[string]string{}
	for _, line := range status("--json").lines(t) {
		protections[line.CompanyID] = line.Protection
	}
	if len(protections) != 2 || protections[bakery] != "engine" {
		t.Errorf("protections: %v", protections)
	}
	delete(protections, bakery)
	for _, p := range protections {
		if p != "engine_and_identity" {
			t.Errorf("of a sealed entry: %v", p)
		}
	}
	const exposed, one = "saved without an identity", "a connection was saved without an identity"
	const byIdentity = "encryption with a file outside OpenBao"
	flat := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	if out := flat(status().out); strings.Count(out, exposed) != 1 || !strings.Contains(out, byIdentity) {
		t.Errorf("status: %s", out)
	}
	if out := flat(status(bakery).out); !strings.Contains(out, exposed) || strings.Contains(out, byIdentity) {
		t.Errorf("status of the readable one: %s", out)
	}
	doctor := func() string {
		return flat(s.pipe("", slices.Concat(s.places("doctor"), sealed, []string{"--api-base", s.api})...).out)
	}
	if out := doctor(); !strings.Contains(out, one) {
		t.Errorf("doctor: %s", out)
	}
	x := s.wizard(sealed...)
	x.see(one)
	x.send("\x03")
	x.exit(exitInterrupted)

	wantRun(t, "the same key again", s.headless(good, append(sealed, "--yes")...), exitDone)
	e.mu.Lock()
	versions := e.versions["pleo/prod-"+dynamics+"-"+bakery]
	newest, _ := versions[len(versions)-1].(object)
	e.mu.Unlock()
	if newest["age"] == nil {
		t.Error("it is still readable")
	}
	if out := flat(status().out) + doctor(); strings.Contains(out, exposed) {
		t.Errorf("sealed: %s", out)
	}
}
