package store

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOwnedPaths(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	put(t, s, newRecord(companyA))
	want := []string{s.dir, s.identityDir()}
	if diff := cmp.Diff(want, OwnedPaths(s.cfg)); diff != "" {
		t.Error("(-want +got):\n" + diff)
	}
	// The file of another account is there: a command that takes the whole directory would also take it.
	writeFile(t, filepath.Join(s.identityDir(), "identity.txt.old"), nil)
	want = []string{s.dir, s.identity, s.identity + ".lock", filepath.Join(s.identityDir(), seenName)}
	if diff := cmp.Diff(want, OwnedPaths(s.cfg)); diff != "" {
		t.Error("shared with others (-want +got):\n" + diff)
	}
	if got := OwnedPaths(newConfig(t)); len(got) != 0 {
		t.Errorf("before there is a store: %q", got)
	}
}
