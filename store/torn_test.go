package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDamageIsNoConflict blames the disk, not another process, when the record that was read has become unreadable. The
// next look finds the version before it, and the record can be repaired with that.
func TestDamageIsNoConflict(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	_, second := putTwice(t, s, companyA)
	writeFile(t, second.File, []byte("torn"))
	_, err := s.Put(second)
	wantKind(t, err, KindDamaged)
	found, err := s.Get(second.Ref())
	must(t, err)
	found.Key = second.Key
	if r := put(t, s, found); r.FromPrevious || !r.Key.Equal(second.Key) {
		t.Errorf("not repaired: %+v", r)
	}
}

// TestBackToTheKeyInUse: dropping a new key half-way and entering the old one again takes it from no service in
// between.
func TestBackToTheKeyInUse(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	inUse := put(t, s, newRecord(companyA))
	r := inUse
	r.Key, r.Status = newKey(), StatusPending
	r = put(t, s, r)
	r.Key = inUse.Key
	for _, r.Status = range []string{StatusPending, StatusActive} {
		r = put(t, s, r)
		if key, ok := r.Usable(); !ok || !key.Equal(inUse.Key) {
			t.Errorf("%s: usable %v", r.Status, ok)
		}
	}
	if r.Previous != nil {
		t.Errorf("the active key is also the one before: generation %d", r.Previous.Generation)
	}
}

// TestUnseenIsNotMissing: a directory that cannot be looked at is not a reason to begin a new store.
func TestUnseenIsNotMissing(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	cfg.Dir = filepath.Join(tempRoot(cfg), strings.Repeat("x", 300)) // longer than a name can be
	_, err := Open(cfg)
	wantKind(t, err, KindPlace)
}

// TestProbeSweepsProbes removes what an hour ago a crashed preflight left beside the place of the
// store, and nothing else.
func TestProbeSweepsProbes(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	parent := existing(cfg.Dir)
	abandoned, fresh := filepath.Join(parent, tempPrefix+"ABANDONED"), filepath.Join(parent, tempPrefix+"FRESH")
	holds := filepath.Join(parent, tempPrefix+"HOLDS")
	for _, dir := range []string{abandoned, fresh, holds} {
		must(t, os.Mkdir(dir, dirMode))
		writeFile(t, filepath.Join(dir, lockName), nil)
		writeFile(t, filepath.Join(dir, tempPrefix+"PROBE"), []byte("probe"))
	}
	writeFile(t, filepath.Join(holds, "notes"), []byte("of somebody"))
	before := time.Now().Add(-2 * staleTemp)
	must(t, os.Chtimes(abandoned, before, before))
	must(t, os.Chtimes(holds, before, before))
	must(t, probe(cfg))
	if _, err := os.Lstat(abandoned); !os.IsNotExist(err) {
		t.Errorf("the abandoned probe is still there: %v", err)
	}
	for _, path := range []string{filepath.Join(fresh, lockName), filepath.Join(holds, "notes")} {
		if _, err := os.Lstat(path); err != nil {
			t.Error(err)
		}
	}
}
