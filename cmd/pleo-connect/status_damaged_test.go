//go:build unix

package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestStatusOfDamaged: a record that can't be read counts as a connection, so the others are printed as beside a good
// one.
func TestStatusOfDamaged(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, key := range []string{s.sim.Keys().Good, s.sim.Keys().OtherCompany} {
		if r := s.headless(key, "--yes"); r.code != exitDone {
			t.Fatal(r)
		}
	}
	file := filepath.Join(s.store, "installations", "prod-"+dynamics+"-"+bakery+".age")
	writeFile(t, file, []byte("damaged"), 0o600)
	writeFile(t, file+".prev", []byte("damaged"), 0o600)
	r := s.pipe("", s.places("status")...)
	if r.code != exitStore || !strings.Contains(r.err, " is damaged") || !strings.HasPrefix(r.out, "company ") {
		t.Errorf("exit code %d, not in a table: %s%s", r.code, r.out, r.err)
	}
}
