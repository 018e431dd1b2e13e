package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/pleoclient"
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s := create(t, cfg)
	in := newRecord(companyA)
	in.ValidatedAt = in.ValidatedAt.In(time.FixedZone("", 7200))
	written := put(t, s, in)

	want := in
	want.Generation, want.Fingerprint, want.ValidatedAt = 1, in.Key.Fingerprint(), in.ValidatedAt.UTC()
	want.CreatedAt, want.File = written.CreatedAt, s.live(prod+companyA)
	if diff := cmp.Diff(want, written); diff != "" {
		t.Errorf("Put returned (-want +got):\n%s", diff)
	}
	again, err := Open(cfg)
	must(t, err)
	got, err := again.Get(in.Ref())
	must(t, err)
	if diff := cmp.Diff(written, got); diff != "" {
		t.Errorf("Get returned (-want +got):\n%s", diff)
	}
	if age := time.Since(got.CreatedAt); age < 0 || age > time.Minute || got.CreatedAt.Location() != time.UTC {
		t.Errorf("CreatedAt is %v", got.CreatedAt)
	}
}

func TestOpenNeedsAStore(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	if _, err := Open(cfg); !errors.Is(err, ErrNoStore) {
		t.Fatalf("Open of nothing: %v", err)
	}
	must(t, os.MkdirAll(cfg.Dir, 0o700))
	if _, err := Open(cfg); !errors.Is(err, ErrNoStore) {
		t.Fatalf("Open of an empty directory: %v", err)
	}
	if got := files(t, cfg.Dir); len(got) != 1 {
		t.Errorf("Open left %v", got)
	}
}

func TestGetNothing(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	if _, err := s.Get(Ref{"production", ledger, companyA}); !errors.Is(err, ErrNotFound) {
		t.Errorf("Get of a missing record: %v", err)
	}
	put(t, s, newRecord(companyA))
	if _, err := s.Get(Ref{"staging", ledger, companyA}); !errors.Is(err, ErrNotFound) {
		t.Errorf("Get from another environment: %v", err)
	}
}

func TestRefIsChecked(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	for _, ref := range []Ref{
		{"", ledger, companyA}, {"Production", ledger, companyA}, {"../production", ledger, companyA},
		{"production", ledger, ""}, {"production", ledger, "4B0C7F1E-52D8-4C39-8E6A-1F7D90B3A2C5"},
		{"production", ledger, companyA + "\n"}, {"production", ledger, "../../../../../etc/cron.d/x"},
		{"production", ledger, "{" + companyA + "}"}, {"production", ledger, "CON"},
		{"production", "", companyA}, {"production", "ab", companyA}, {"production", "../../etc", companyA},
		{"production", "-a-", companyA}, {"production", "Ledger", companyA}, {"production", "a/b", companyA},
		{"production", "a.b", companyA}, {"production", "led\nger", companyA}, {"production", "ledger\x00", companyA},
		{"production", strings.Repeat("a", 41), companyA}, {"production", "ledgér", companyA},
	} {
		_, err := s.Get(ref)
		if err == nil || errors.Is(err, ErrNotFound) || kindOf(err) != "" {
			t.Errorf("Get(%q): %v", ref, err)
		}
		r := newRecord(ref.CompanyID)
		r.Env, r.Integration.ID = ref.Env, ref.Integration
		if _, err := s.Put(r); err == nil {
			t.Errorf("Put(%q) passed", ref)
		}
		if err := s.Forget(ref, 1); err == nil {
			t.Errorf("Forget(%q) passed", ref)
		}
	}
	if got := files(t, s.installations()); len(got) != 1 {
		t.Errorf("files were written: %v", got)
	}
}

func TestPutNeedsKeyAndStatus(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	for name, change := range map[string]func(*Record){
		"no key":     func(r *Record) { r.Key = pleoclient.Key{} },
		"no status":  func(r *Record) { r.Status = "" },
		"bad status": func(r *Record) { r.Status = "gone" },
		"bad UTF-8":  func(r *Record) { r.CompanyName = "\xff" },
		"bad time":   func(r *Record) { r.ValidatedAt = time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"too large":  func(r *Record) { r.CompanyName = string(make([]byte, maxFileBytes)) },
	} {
		r := newRecord(companyA)
		change(&r)
		if _, err := s.Put(r); err == nil || kindOf(err) != "" { // nothing that a person can repair on the disk
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := files(t, s.installations()); len(got) != 1 {
		t.Errorf("files were written: %v", got)
	}
}

func TestConflict(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	one, two := create(t, cfg), create(t, cfg)
	first := put(t, one, newRecord(companyA))
	mine, theirs := first, first
	mine.Key, theirs.Key = newKey(), newKey()
	saved := put(t, one, mine)

	_, err := two.Put(theirs)
	var conflict *ConflictError
	if !errors.As(err, &conflict) || conflict.Have != 2 || conflict.Want != 1 ||
		time.Since(conflict.ChangedAt) > time.Minute {
		t.Fatalf("second Put: %v", err)
	}
	if _, err := two.Put(newRecord(companyA)); !errors.As(err, &conflict) || conflict.Have != 2 || conflict.Want != 0 {
		t.Fatalf("Put without reading: %v", err)
	}
	got, err := two.Get(first.Ref())
	must(t, err)
	if diff := cmp.Diff(saved, got); diff != "" {
		t.Errorf("the loser changed the record:\n%s", diff)
	}
	must(t, one.Forget(saved.Ref(), saved.Generation))
	if _, err := two.Put(saved); !errors.As(err, &conflict) || conflict.Have != 0 || conflict.Want != 2 {
		t.Errorf("Put after removal: %v", err)
	}
}

// TestGenerationsNeverRepeat guards against a stale wizard that takes a new record for the one it read.
func TestGenerationsNeverRepeat(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	_, second := putTwice(t, s, companyA)
	must(t, s.Forget(second.Ref(), second.Generation))
	if again := put(t, s, newRecord(companyA)); again.Generation <= second.Generation {
		t.Errorf("generation %d after %d", again.Generation, second.Generation)
	}
}

func TestManyWriters(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	const rounds = 5
	companies := []string{companyA, companyB}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			s, err := Create(cfg) // all of them make the store at once
			if err != nil {
				t.Error(err)
				return
			}
			for range rounds {
				if err := putUntilSaved(s, companies[i%2]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	s := create(t, cfg)
	for _, company := range companies {
		r, err := s.Get(Ref{"production", ledger, company})
		must(t, err)
		if r.Generation != 2*rounds {
			t.Errorf("%s is at generation %d, want %d: an update was lost", company, r.Generation, 2*rounds)
		}
	}
}

func putUntilSaved(s *Store, company string) error {
	for {
		r, err := s.Get(Ref{"production", ledger, company})
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		fresh := newRecord(company)
		fresh.Generation = r.Generation
		var conflict *ConflictError
		if _, err := s.Put(fresh); !errors.As(err, &conflict) {
			return err
		}
	}
}

// TestReadersSeeWholeRecords reads while another handle writes.
func TestReadersSeeWholeRecords(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	writer, reader := create(t, cfg), create(t, cfg)
	r := put(t, writer, newRecord(companyA))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 15 {
			r.Key = newKey()
			var err error
			if r, err = writer.Put(r); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	last := uint64(0)
	for {
		got, err := reader.Get(Ref{"production", ledger, companyA})
		if err != nil || got.FromPrevious || got.Generation < last {
			t.Errorf("after generation %d: generation %d, from previous %v, error %v",
				last, got.Generation, got.FromPrevious, err)
		}
		last = got.Generation
		select {
		case <-done:
			return
		default:
		}
	}
}

func TestPreviousKey(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	oldKey, triedKey, goodKey := newKey(), newKey(), newKey()
	none := pleoclient.Key{}
	r := newRecord(companyA)
	for i, step := range []struct {
		about    string
		hours    int
		status   string
		key      pleoclient.Key
		previous pleoclient.Key
	}{
		{"first save", 0, StatusPending, oldKey, none},
		{"activated", 0, StatusActive, oldKey, none},
		{"a new key is tried", 1, StatusPending, triedKey, oldKey},
		{"and another, days later", 72, StatusPending, goodKey, oldKey},
		{"which is activated", 73, StatusActive, goodKey, oldKey},
		{"a later save", 74, StatusActive, goodKey, oldKey},
		{"a day after it was replaced", 98, StatusActive, goodKey, none},
		{"back to the first", 99, StatusActive, oldKey, goodKey},
		{"and the other again", 100, StatusActive, goodKey, oldKey},
		{"within a day", 123, StatusActive, goodKey, oldKey},
		{"after a day", 125, StatusActive, goodKey, none},
		{"one more key is tried", 126, StatusPending, triedKey, goodKey},
		{"and dropped", 127, StatusActive, goodKey, none},
	} {
		now := start.Add(time.Duration(step.hours) * time.Hour)
		s.now = func() time.Time { return now }
		r.Status, r.Key = step.status, step.key
		r.Previous = &Previous{Key: newKey()} // ignored
		r = put(t, s, r)
		got := none
		if r.Previous != nil {
			got = r.Previous.Key
		}
		if !got.Equal(step.previous) {
			t.Errorf("%d %s: wrong previous key %s", i, step.about, got.Fingerprint())
		}
		if !r.CreatedAt.Equal(start) {
			t.Errorf("%d %s: created at %v", i, step.about, r.CreatedAt)
		}
	}
}

func TestListGoesOnAfterDamage(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	putTwice(t, s, companyA)
	writeFile(t, s.live(prod+companyA), nil)
	writeFile(t, s.prev(prod+companyA), nil)
	good := put(t, s, newRecord(companyB))
	staging := newRecord(companyB)
	staging.Env = "staging"
	put(t, s, staging)
	must(t, os.Rename(s.live("stg-"+ledger+"-"+companyB), s.prev("stg-"+ledger+"-"+companyB)))
	writeFile(t, filepath.Join(s.installations(), "notes.txt"), nil)
	writeFile(t, filepath.Join(s.installations(), tempPrefix+"X"), nil)

	var got []string
	for r, err := range s.List() {
		got = append(got, fmt.Sprint(r.Env, " ", r.CompanyID, " ", r.FromPrevious, " ", kindOf(err)))
	}
	want := []string{
		fmt.Sprint("  false ", KindForeign),
		fmt.Sprint("  false ", KindDamaged),
		fmt.Sprint("production ", good.CompanyID, " false "),
		fmt.Sprint("staging ", good.CompanyID, " true "),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("List (-want +got):\n%s", diff)
	}
	for range s.List() {
		break // a caller may stop
	}
}

func TestDemoAndRealStayApart(t *testing.T) {
	t.Parallel()
	demoConfig := newConfig(t)
	demoConfig.Demo = true
	demo, real := create(t, demoConfig), newTestStore(t)
	simulated := newRecord(companyA)
	simulated.Env, simulated.Key = "demo", pleoclient.NewKey(pleoclient.SimulatedKeyPrefix+"x")
	put(t, demo, simulated)

	_, err := real.Put(simulated)
	wantKind(t, err, KindDemo)
	_, err = demo.Put(newRecord(companyA))
	wantKind(t, err, KindDemo)
	demoConfig.Demo = false
	opened := create(t, demoConfig)
	_, err = opened.Get(simulated.Ref())
	wantKind(t, err, KindDemo)
	for _, err := range opened.List() {
		wantKind(t, err, KindDemo)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	r := put(t, s, newRecord(companyA))
	must(t, s.Close())
	must(t, s.Close())
	_, err := s.Get(r.Ref())
	_, putErr := s.Put(r)
	errs := []error{err, putErr, s.Forget(r.Ref(), r.Generation)}
	for _, err := range s.List() {
		errs = append(errs, err)
	}
	for i, err := range errs {
		if !errors.Is(err, errClosed) {
			t.Errorf("call %d after Close: %v", i, err)
		}
	}
}

// TestPutNoticesWhatCameAndWent: between a read and the save, another process connects the company and removes it
// again. Someone may have read that generation, so it is not used twice.
func TestPutNoticesWhatCameAndWent(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	r := newRecord(companyA)
	name, err := r.Ref().fileID()
	must(t, err)
	before, err := (fileEntries{s}).Get(name)
	if !errors.Is(err, ErrNotFound) {
		t.Fatal(err)
	}
	late := s.Records().next(name, r, before)
	first := put(t, s, newRecord(companyA))
	must(t, s.Forget(first.Ref(), first.Generation))
	if _, err := (fileEntries{s}).Put(name, late, before.Version); !errors.Is(err, ErrChanged) {
		t.Errorf("generation %d was used twice: %v", late.Generation, err)
	}
	if again := put(t, s, r); again.Generation != 2 {
		t.Errorf("generation %d", again.Generation)
	}
}
