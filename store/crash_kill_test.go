package store

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// TestKilledThenPowerCut kills the process before each operation in turn, lets the next start finish, and then cuts the
// power. What a dead process left unflushed is visible, but not therefore on the disk: any code that builds on it has
// to flush it.
func TestKilledThenPowerCut(t *testing.T) {
	t.Parallel()
	for _, about := range []string{
		"first use and save", "first save", "later save", "save over a damaged file",
		"settle", "forget", "rekey", "add a recipient", "save beside another", "forget beside another",
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			for fuse := 0; ; fuse++ {
				if sampled(fuse) && !scenarios[about].killAt(t, fuse) {
					t.Logf("killed before each of %d operations", fuse)
					return
				}
			}
		})
	}
}

// killAt reports whether the process was killed before it was done.
func (sc scenario) killAt(t *testing.T, fuse int) bool {
	t.Helper()
	cfg, d := sc.ready(t)
	begin := func() *Store {
		s := newCrashStore(t, cfg, d)
		if sc.prepare >= 0 {
			must(t, s.create())
		}
		return s
	}
	s := begin()
	d.fuse = fuse
	killed := sc.act(s, func() {}) != nil
	d.fuse = -1
	must(t, sc.act(begin(), func() {}))
	want := sc.view(t, d.base).facts()
	tried := map[[32]byte]bool{}
	place := quickDir(t)
	for _, tree := range d.states(t) {
		if sum := tree.sum(); !tried[sum] {
			tried[sum] = true
			if err := sc.lookAfterKill(t, tree, filepath.Join(place, fmt.Sprint(len(tried))), want); err != nil {
				t.Errorf("killed before operation %d: %v", fuse, err)
			}
		}
	}
	return killed
}

// lookAfterKill starts the computer again on what the power cut left, where the facts must be those from before it.
func (sc scenario) lookAfterKill(t *testing.T, tree tree, base, want string) error {
	t.Helper()
	tree.lay(t, base)
	defer func() { must(t, os.RemoveAll(base)) }()
	v := sc.view(t, base)
	if got := v.facts(); got != want {
		return fmt.Errorf("%s, and before the power cut %s", got, want)
	}
	return v.goOn()
}
