package store

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestForget removes what was read, and nothing that came later: that may hold a new key.
func TestForget(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	first, second := putTwice(t, s, companyA)
	put(t, s, newRecord(companyB))
	writeFile(t, filepath.Join(s.installations(), tempPrefix+"LEFTBEHIND"), []byte("x"))
	other := files(t, s.installations())

	err := s.Forget(first.Ref(), first.Generation)
	var conflict *ConflictError
	if !errors.As(err, &conflict) || conflict.Have != second.Generation || conflict.ChangedAt.IsZero() {
		t.Errorf("an older generation was forgotten: %v", err)
	}
	if diff := cmp.Diff(other, files(t, s.installations())); diff != "" {
		t.Errorf("files after the conflict (-want +got):\n%s", diff)
	}

	for range 2 { // a second time is not an error
		must(t, s.Forget(second.Ref(), second.Generation))
		want := []string{".", prod + companyB + ".age"}
		if diff := cmp.Diff(want, files(t, s.installations())); diff != "" {
			t.Errorf("files after Forget (-want +got):\n%s", diff)
		}
	}
}

// TestForgetTheVersionBefore: what was read may be the version before a damaged file. Both go.
func TestForgetTheVersionBefore(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	_, second := putTwice(t, s, companyA)
	writeFile(t, second.File, []byte("damaged"))
	got, err := s.Get(second.Ref())
	must(t, err)
	must(t, s.Forget(got.Ref(), got.Generation))
	if diff := cmp.Diff([]string{"."}, files(t, s.installations())); diff != "" {
		t.Errorf("files after Forget (-want +got):\n%s", diff)
	}
}

func TestForgetRefuses(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	r := put(t, s, newRecord(companyA))
	writeFile(t, r.File, []byte("damaged"))
	wantKind(t, s.Forget(r.Ref(), r.Generation), KindDamaged)
	wantKind(t, s.Forget(Ref{envDemo, ledger, companyA}, 1), KindDemo)
}
