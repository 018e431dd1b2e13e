package store

import (
	"bytes"
	"errors"
	"testing"
	"time"
)

// TestSettle: once the service has read the new key, no file holds the old one in its place any more.
func TestSettle(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	first, second := putTwice(t, s, companyA)
	prev := s.prev(prod + companyA)
	if !bytes.Contains(unseal(t, s, prev), []byte(first.Key.Reveal())) {
		t.Fatal("the version before is not there")
	}
	var conflict *ConflictError
	if err := s.Settle(first.Ref(), first.Generation); !errors.As(err, &conflict) {
		t.Errorf("an old generation was settled: %v", err)
	}
	must(t, s.Settle(second.Ref(), second.Generation))
	if !bytes.Equal(readFile(t, prev), readFile(t, second.File)) {
		t.Error("the version before is not a copy of the live record")
	}
	writeFile(t, second.File, []byte("damaged"))
	got, err := s.Get(second.Ref())
	must(t, err)
	if !got.FromPrevious || !got.Key.Equal(second.Key) || got.Generation != second.Generation {
		t.Errorf("after damage: generation %d, from previous %v", got.Generation, got.FromPrevious)
	}
	must(t, s.Settle(got.Ref(), got.Generation)) // nothing to settle while the live file is damaged
	if string(readFile(t, second.File)) != "damaged" {
		t.Error("settling wrote the live file")
	}
	if err := s.Settle(Ref{"production", ledger, companyB}, 1); !errors.Is(err, ErrNotFound) {
		t.Errorf("nothing there: %v", err)
	}
}

func TestUsable(t *testing.T) {
	t.Parallel()
	old, fresh := newKey(), newKey()
	for about, tt := range map[string]struct {
		record Record
		want   bool
	}{
		"active":         {Record{Status: StatusActive, Key: old}, true},
		"active again":   {Record{Status: StatusActive, Key: old, Previous: &Previous{Key: fresh}}, true},
		"replacing":      {Record{Status: StatusPending, Key: fresh, Previous: &Previous{Key: old}}, true},
		"never finished": {Record{Status: StatusPending, Key: fresh}, false},
	} {
		if key, ok := tt.record.Usable(); ok != tt.want || ok && !key.Equal(old) {
			t.Errorf("%s: %v, the old key %v", about, ok, key.Equal(old))
		}
	}
}

// TestRejection is kept on rewrite, and is the caller's to set and to clear.
func TestRejection(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	r := put(t, s, newRecord(companyA))
	r.RejectedAt, r.Rejection = time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC), RejectedUnknown
	put(t, s, r)
	got, err := s.Get(r.Ref())
	must(t, err)
	if !got.RejectedAt.Equal(r.RejectedAt) || got.Rejection != RejectedUnknown {
		t.Errorf("rejected at %v: %q", got.RejectedAt, got.Rejection)
	}
	got.RejectedAt, got.Rejection = time.Time{}, ""
	if got = put(t, s, got); !got.RejectedAt.IsZero() || got.Rejection != "" {
		t.Errorf("cleared: %v %q", got.RejectedAt, got.Rejection)
	}
}
