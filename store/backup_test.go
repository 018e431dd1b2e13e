package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// wantRolledBack requires that Get and List warn about these records, and about no others.
func wantRolledBack(t *testing.T, s *Store, want ...Ref) {
	t.Helper()
	var warned []Ref
	for r, err := range s.List() {
		must(t, err)
		got, err := s.Get(r.Ref())
		must(t, err)
		if diff := cmp.Diff(r, got); diff != "" {
			t.Errorf("%v (-List +Get):\n%s", r.Ref(), diff)
		}
		if r.RolledBack {
			warned = append(warned, r.Ref())
		}
		if r.FromPrevious || r.RolledBack != (r.NewerSeen > r.Generation) || r.RolledBack == r.NewerSeenAt.IsZero() {
			t.Errorf("%v: generation %d, newer %d at %v", r.Ref(), r.Generation, r.NewerSeen, r.NewerSeenAt)
		}
	}
	if diff := cmp.Diff(want, warned); diff != "" {
		t.Errorf("rolled back (-want +got):\n%s", diff)
	}
}

// TestOldCopyOfOneOfTheGrid: an old copy of one file is noticed for its record alone, and saving that ends it.
func TestOldCopyOfOneOfTheGrid(t *testing.T) {
	t.Parallel()
	s := newGridStore(t)
	for _, ref := range grid() {
		r, err := s.Get(ref)
		must(t, err)
		old := readFile(t, r.File)
		r.Key = newKey()
		put(t, s, r)
		wantRolledBack(t, s)
		writeFile(t, r.File, old)
		wantRolledBack(t, s, ref)
		r, err = s.Get(ref)
		must(t, err)
		if r = put(t, s, r); r.Generation != 4 {
			t.Errorf("%v: generation %d", ref, r.Generation)
		}
		wantRolledBack(t, s)
	}
}

// TestOldCopyOfTheGrid: an old copy of the store is noticed for every record that was saved since. One that it does not
// have is lost.
func TestOldCopyOfTheGrid(t *testing.T) {
	t.Parallel()
	s := newGridStore(t)
	refs := grid()
	late := refs[0]
	must(t, s.Forget(late, 2))
	old := treeBelow(t, s.dir)
	for _, ref := range refs[1:] {
		r, err := s.Get(ref)
		must(t, err)
		put(t, s, r)
	}
	put(t, s, recordOf(late))
	wantRolledBack(t, s)
	must(t, os.RemoveAll(s.dir))
	old.lay(t, s.dir)
	wantRolledBack(t, s, refs[1:]...)
	wantLostRefs(t, s, late)
}

// wantLostRefs requires that Loss and Get miss these records, and no others.
func wantLostRefs(t *testing.T, s *Store, want ...Ref) {
	t.Helper()
	wantLostIn(t, s, s.Loss(), want...)
	for _, ref := range grid() {
		_, err := s.Get(ref)
		var lost *LostError
		isLost := errors.As(err, &lost)
		if isLost != slices.Contains(want, ref) || err != nil && !isLost || isLost && lost.Ref != ref {
			t.Errorf("%v: %v", ref, err)
		}
		named := isLost && strings.Contains(err.Error(), ref.CompanyID+" and integration "+ref.Integration+" ")
		if isLost && !named {
			t.Errorf("%v is not named: %v", ref, err)
		}
	}
}

func wantLostIn(t *testing.T, s *Store, loss Loss, want ...Ref) {
	t.Helper()
	var all []Lost
	for i, fileID := range fileIDs(t, want) {
		all = append(all, Lost{want[i], s.live(fileID)})
	}
	if diff := cmp.Diff(all, loss.Lost); diff != "" || loss.Doubt.Any() {
		t.Errorf("doubt %v, lost (-want +got):\n%s", loss.Doubt, diff)
	}
}

// TestLostOfTheGrid: each is missed alone, and so is a whole store that is gone.
func TestLostOfTheGrid(t *testing.T) {
	t.Parallel()
	s := newGridStore(t)
	refs := grid()
	for i, fileID := range fileIDs(t, refs) {
		live, prev := readFile(t, s.live(fileID)), readFile(t, s.prev(fileID))
		removeFiles(t, s, fileID)
		wantLostRefs(t, s, refs[i])
		writeFile(t, s.live(fileID), live)
		wantLostRefs(t, s)
		writeFile(t, s.prev(fileID), prev)
	}
	must(t, s.Forget(refs[1], 2))
	must(t, os.RemoveAll(s.dir))
	wantLostIn(t, s, lossAt(t, s.cfg), slices.Concat(refs[:1], refs[2:])...)
}

// TestFileOfAnother copies a file of each record over one of each other. It is refused for what it is, whichever of
// company, integration and environment differ, and nothing is done with the record until a person has looked.
func TestFileOfAnother(t *testing.T) {
	t.Parallel()
	s := newGridStore(t)
	refs, ids := grid(), fileIDs(t, grid())
	for a := range refs {
		for b, ref := range refs {
			if a == b {
				continue
			}
			live, prev := s.live(ids[b]), s.prev(ids[b])
			wholeLive, wholePrev := readFile(t, live), readFile(t, prev)
			for _, source := range []string{s.live(ids[a]), s.prev(ids[a])} {
				about := filepath.Base(source) + " as " + filepath.Base(live)
				copyFile(t, source, live) // the good version before it is not a way around
				wantOther(t, s, about, ref, live)
				copyFile(t, source, prev)
				wantOther(t, s, about+" and before it", ref, live)
				writeFile(t, live, wholeLive)
				if r, err := s.Get(ref); err != nil || r.Generation != 2 {
					t.Errorf("%s only before it: generation %d, %v", about, r.Generation, err)
				}
				must(t, os.Remove(live))
				wantOther(t, s, about+" before it", ref, prev)
				writeFile(t, live, wholeLive)
				writeFile(t, prev, wholePrev)
			}
		}
	}
	wantRolledBack(t, s)
}

// wantOther requires that nothing is done with a record because of the file at path.
func wantOther(t *testing.T, s *Store, about string, ref Ref, path string) {
	t.Helper()
	r := recordOf(ref)
	r.Generation = 2
	_, getErr := s.Get(ref)
	_, putErr := s.Put(r)
	for call, err := range map[string]error{
		"Get": getErr, "Put": putErr, "Settle": s.Settle(ref, 2), "Forget": s.Forget(ref, 2),
	} {
		var e *Error
		if !errors.As(err, &e) || e.Kind != KindOtherRecord || e.Path != path {
			t.Errorf("%s: %s: %v", about, call, err)
		}
	}
	if loss := s.Loss(); len(loss.Lost) > 0 || loss.Doubt.Any() {
		t.Errorf("%s: lost %v, doubt %v", about, loss.Lost, loss.Doubt)
	}
}

// TestRekeyWithAFileOfAnother: nothing is written, because under the old identity the file may still be put right.
func TestRekeyWithAFileOfAnother(t *testing.T) {
	t.Parallel()
	ids := fileIDs(t, grid()[:2])
	for about, path := range map[string]func(*Store, string) string{
		"live":           func(s *Store, id string) string { return s.live(id) },
		"version before": func(s *Store, id string) string { return s.prev(id) },
	} {
		s := newGridStore(t)
		copyFile(t, path(s, ids[0]), path(s, ids[1]))
		before := treeBelow(t, tempRoot(s.cfg))
		_, err := s.rekey(nil)
		wantKind(t, err, KindOtherRecord)
		if err = s.AddRecipient(guest, nil); kindOf(err) != KindOtherRecord {
			t.Errorf("%s: add a recipient: %v", about, err)
		}
		after := treeBelow(t, tempRoot(s.cfg))
		for _, lock := range []string{"data/store/" + lockName, "config/identity.txt.lock"} { // they say who held them last
			delete(before, filepath.FromSlash(lock))
			delete(after, filepath.FromSlash(lock))
		}
		if before.sum() != after.sum() {
			t.Errorf("%s: something was written", about)
		}
	}
}
