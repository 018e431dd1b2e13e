package store

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestJudgeLasting(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		dir  string
		on   fileSystem
		want Kind
	}{
		{"/var/lib/store", fsLocal, ""},
		{"/var/lib/store", fsFUSE, ""}, // a warning is enough
		{"/var/lib/store", fsLayer, ""},
		{"/var/lib/store", fsNetwork, KindPlace},
		{"/var/lib/store", fsMemory, KindPlace},
		{"/scratch", fsLocal, KindPlace},
		{"/scratch/store", fsLocal, KindPlace},
		{"/scratches/store", fsLocal, ""},
	} {
		if err := judgeLasting(tt.dir, tt.on, []string{"/scratch"}); kindOf(err) != tt.want {
			t.Errorf("%s on %d: %v", tt.dir, tt.on, err)
		}
	}
}

// TestTemporaryPlace is refused by the preflight and by the first save, before anything is made.
func TestTemporaryPlace(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	cfg.AnyPlace, cfg.Temp = false, tempRoot(cfg)
	if dirs := temporaryDirs(cfg.Temp); !slices.Contains(dirs, cfg.Temp) {
		t.Errorf("%s is not among %q", cfg.Temp, dirs)
	}
	before := files(t, tempRoot(cfg))
	wantKind(t, probe(cfg), KindPlace)
	_, err := Create(cfg)
	wantKind(t, err, KindPlace)
	if after := files(t, tempRoot(cfg)); len(after) != len(before) {
		t.Errorf("something was made: %q", after)
	}
	cfg.AnyPlace = true
	r := put(t, create(t, cfg), newRecord(companyA))
	cfg.AnyPlace = false
	s, err := Open(cfg) // reading is always allowed
	must(t, err)
	_, err = s.Get(r.Ref())
	must(t, err)
}

func TestConcern(t *testing.T) {
	t.Parallel()
	dir := tempDir(t)
	for name, want := range map[string]Concern{"plain": "", "tree": ConcernGit, "Dropbox": ConcernSynchronised} {
		must(t, os.MkdirAll(filepath.Join(dir, name, "store"), 0o700))
		must(t, os.MkdirAll(filepath.Join(dir, "tree", ".git"), 0o700))
		if got := concern(filepath.Join(dir, name, "store"), fsLocal); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if concern(dir, fsFUSE) != ConcernFUSE || concern(dir, fsLayer) != ConcernContainer {
		t.Error("a place that may not last is no concern")
	}
}
