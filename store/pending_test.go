package store

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPending: a record is named from its first pending save until it is settled or forgotten.
func TestPending(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	wantPending := func(about string, want ...Ref) {
		t.Helper()
		got, err := s.pending()
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", about, diff)
		}
	}
	wantPending("a new store")
	put(t, s, newRecord(companyB))
	wantPending("an active record")
	r := newRecord(companyA)
	r.Status = StatusPending
	r = put(t, s, r)
	r = put(t, s, r)
	wantPending("saved twice", r.Ref())
	r.Status = StatusActive
	r = put(t, s, r)
	wantPending("the version before it is pending", r.Ref())
	must(t, s.Settle(r.Ref(), r.Generation))
	wantPending("settled")

	r.Status = StatusPending
	r = put(t, s, r)
	must(t, s.Settle(r.Ref(), r.Generation))
	wantPending("pending, and settled", r.Ref())
	must(t, os.RemoveAll(s.pendingDir()))
	wantPending("without the directory")
	r = put(t, s, r)
	writeFile(t, filepath.Join(s.pendingDir(), "notes"), nil)
	wantPending("beside a note", r.Ref())
	must(t, s.Forget(r.Ref(), r.Generation))
	wantPending("forgotten")
}

// TestNoMarkerNoSave: a pending record is not saved unless its marker is on the disk.
func TestNoMarkerNoSave(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"create " + prod + companyA, "syncDir " + pendingName} {
		s := newTestStore(t)
		r := put(t, s, newRecord(companyA))
		s.fs = &faulty{fsys: s.fs, failOn: fault, err: syscall.ENOSPC}
		r.Status = StatusPending
		if _, err := s.Put(r); err == nil {
			t.Errorf("%s failed, and the record was saved", fault)
		}
		if got, err := s.Get(r.Ref()); err != nil || got.Status != StatusActive {
			t.Errorf("%s: %s, %v", fault, got.Status, err)
		}
	}
}
