package store

import (
	"io/fs"
	"os"
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

// TestOwnedPathsOfAll: no command changes a directory that is everyone's, although only the identity is in it.
func TestOwnedPathsOfAll(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	dir := filepath.Dir(cfg.Identity)
	must(t, os.MkdirAll(dir, 0o700))
	must(t, os.Chmod(dir, 0o777|fs.ModeSticky))
	writeFile(t, cfg.Identity, nil)
	if diff := cmp.Diff([]string{cfg.Identity}, OwnedPaths(cfg)); diff != "" {
		t.Error("(-want +got):\n" + diff)
	}
}
