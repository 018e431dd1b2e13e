package storetest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// Keeper is what keeps records: a store.Store, or store.Records over entries.
type Keeper interface {
	Get(store.Ref) (store.Record, error)
	Put(store.Record) (store.Record, error)
	Settle(ref store.Ref, generation uint64) error
	Forget(ref store.Ref, generation uint64) error
	Refs(fits func(store.Ref) bool) ([]store.Ref, error)
	List() iter.Seq2[store.Record, error]
}

// Run tests a keeper. open makes a place without records, and returns what opens it: each call is another computer.
func Run(t *testing.T, open func(*testing.T) func() Keeper) {
	for name, test := range map[string]func(*testing.T, func() Keeper){
		"nothing":                       nothing,
		"what is saved is read":         saved,
		"a stale generation":            stale,
		"a rotation":                    rotation,
		"the same key again":            again,
		"pending and resumed elsewhere": resumed,
		"unconfirmed and undone there":  unconfirmed,
		"removed and connected again":   removed,
		"many":                          many,
		"many writers and readers":      writers,
		"two wizards at once":           together,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

const (
	companyA = "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"
	companyB = "9d2f6a10-7c3e-4b58-a1d4-0e5f8c6b7a93"
)

// newRecord returns a record with something in each member that a caller sets.
func newRecord(company string) store.Record {
	return store.Record{
		Status: store.StatusActive, Env: "production", Origin: "https://external.pleo.io",
		Integration: store.Integration{
			ID: "contoso-ledger", Name: "Contoso Ledger", Vendor: "Contoso", Applications: []string{"Contoso Ledger"},
			Permissions: []store.Permission{{Scope: "companies:read", Title: "See the company", Required: true}},
			Service:     store.Service{User: "ledger", Restart: "systemctl restart ledger"},
		},
		CompanyID: company, CompanyName: "Harbour Lane Bakery ApS", Scopes: []string{"companies:read"}, Key: newKey(),
		ValidatedAt: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
	}
}

func newKey() pleoclient.Key { return pleoclient.NewKey("canary-" + rand.Text()) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, k Keeper, r store.Record) store.Record {
	t.Helper()
	out, err := k.Put(r)
	must(t, err)
	return out
}

func get(t *testing.T, k Keeper, ref store.Ref) store.Record {
	t.Helper()
	out, err := k.Get(ref)
	must(t, err)
	return out
}

// with returns a record with another key.
func with(r store.Record, key pleoclient.Key, status string) store.Record {
	r.Key, r.Status = key, status
	return r
}

func wantUsable(t *testing.T, r store.Record, want pleoclient.Key) {
	t.Helper()
	got, ok := r.Usable()
	if ok == want.IsZero() || !got.Equal(want) {
		t.Errorf("a service gets the key with fingerprint %q (%t), want %q", got.Fingerprint(), ok, want.Fingerprint())
	}
}

func wantConflict(t *testing.T, err error, have, want uint64) {
	t.Helper()
	var c *store.ConflictError
	if !errors.As(err, &c) || c.Have != have || c.Want != want || c.ChangedAt.IsZero() != (have == 0) {
		t.Fatalf("%v, want a conflict with generation %d over %d", err, want, have)
	}
}

func wantNone(t *testing.T, k Keeper, ref store.Ref) {
	t.Helper()
	if _, err := k.Get(ref); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get: %v", err)
	}
	refs, err := k.Refs(nil)
	must(t, err)
	for r, err := range k.List() {
		must(t, err)
		refs = append(refs, r.Ref())
	}
	if len(refs) > 0 {
		t.Errorf("there are %v", refs)
	}
}

func nothing(t *testing.T, open func() Keeper) {
	k, ref := open(), newRecord(companyA).Ref()
	wantNone(t, k, ref)
	must(t, k.Forget(ref, 0))
	must(t, k.Forget(ref, 3))
	if err := k.Settle(ref, 1); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Settle: %v", err)
	}
	r := newRecord(companyA)
	r.Generation = 1
	_, err := k.Put(r)
	wantConflict(t, err, 0, 1)
	for _, bad := range []store.Record{{}, with(newRecord(companyA), newKey(), "done"), with(newRecord("x"), newKey(), "")} {
		if _, err := k.Put(bad); err == nil {
			t.Errorf("saved %v", bad.Ref())
		}
	}
	wantNone(t, k, ref)
}

func saved(t *testing.T, open func() Keeper) {
	want := newRecord(companyA)
	want.RejectedAt, want.Rejection = want.ValidatedAt.Add(time.Hour), store.RejectedDenied
	before := time.Now()
	out := put(t, open(), want)
	got := get(t, open(), want.Ref())
	if diff := cmp.Diff(out, got); diff != "" {
		t.Errorf("read (-returned by Put +got):\n%s", diff)
	}
	if got.Generation != 1 || got.Fingerprint != want.Key.Fingerprint() || got.File == "" ||
		got.CreatedAt.Before(before.Add(-time.Minute)) || got.CreatedAt.After(time.Now().Add(time.Minute)) {
		t.Errorf("read %+v", got)
	}
	want.Generation, want.Fingerprint, want.CreatedAt, want.File = 1, got.Fingerprint, got.CreatedAt, got.File
	want.Readable = got.Readable // as the entries are
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	second := got
	second.CompanyName = "Harbour Lane 🥐 & Söhne\u00a0"
	put(t, open(), second)
	if third := get(t, open(), want.Ref()); third.CompanyName != second.CompanyName || third.Generation != 2 ||
		!third.CreatedAt.Equal(got.CreatedAt) {
		t.Errorf("read %+v", third)
	}
}

func stale(t *testing.T, open func() Keeper) {
	first := put(t, open(), newRecord(companyA))
	second := put(t, open(), first)
	for about, do := range map[string]func(k Keeper, generation uint64) error{
		"Put": func(k Keeper, generation uint64) error {
			r := with(first, newKey(), store.StatusActive)
			r.Generation = generation
			_, err := k.Put(r)
			return err
		},
		"Settle": func(k Keeper, generation uint64) error { return k.Settle(first.Ref(), generation) },
		"Forget": func(k Keeper, generation uint64) error { return k.Forget(first.Ref(), generation) },
	} {
		for _, generation := range []uint64{0, 1, 3} {
			wantConflict(t, do(open(), generation), 2, generation)
		}
		if got := get(t, open(), first.Ref()); !got.Key.Equal(second.Key) || got.Generation != 2 {
			t.Errorf("%s changed the record: %+v", about, got)
		}
	}
}

func rotation(t *testing.T, open func() Keeper) {
	first := put(t, open(), newRecord(companyA))
	pending := put(t, open(), with(first, newKey(), store.StatusPending))
	wantUsable(t, get(t, open(), first.Ref()), first.Key)
	active := put(t, open(), with(pending, pending.Key, store.StatusActive))
	must(t, open().Settle(active.Ref(), active.Generation))
	must(t, open().Settle(active.Ref(), active.Generation))
	got := get(t, open(), first.Ref())
	wantUsable(t, got, pending.Key)
	if got.Previous == nil || !got.Previous.Key.Equal(first.Key) || got.Previous.Generation != pending.Generation {
		t.Errorf("the key before is %+v", got.Previous)
	}
	if got.Generation != 3 {
		t.Errorf("it was settled, and the generation is %d", got.Generation)
	}
}

// again: the key in use is saved again as pending, as after damage. Services still get it, and
// the one before it is kept.
func again(t *testing.T, open func() Keeper) {
	first := put(t, open(), newRecord(companyA))
	r := put(t, open(), with(first, newKey(), store.StatusActive))
	for _, status := range []string{store.StatusPending, store.StatusPending, store.StatusActive} {
		r = put(t, open(), with(r, r.Key, status))
		wantUsable(t, get(t, open(), r.Ref()), r.Key)
	}
	if r.Previous == nil || !r.Previous.Key.Equal(first.Key) {
		t.Errorf("the key before is %+v", r.Previous)
	}
}

// resumed: one computer dies after it has saved the pending key, and another one finishes the connection.
func resumed(t *testing.T, open func() Keeper) {
	dead := open()
	pending := put(t, dead, with(newRecord(companyA), newKey(), store.StatusPending))
	there := get(t, open(), pending.Ref())
	wantUsable(t, there, pleoclient.Key{})
	active := put(t, open(), with(there, there.Key, store.StatusActive))
	wantUsable(t, get(t, open(), pending.Ref()), pending.Key)
	_, err := dead.Put(with(pending, pending.Key, store.StatusActive)) // it was only slow
	wantConflict(t, err, active.Generation, pending.Generation)
}

func unconfirmed(t *testing.T, open func() Keeper) {
	first := put(t, open(), newRecord(companyA))
	unsure := with(first, newKey(), store.StatusPending)
	unsure.Unconfirmed = true
	put(t, open(), unsure)
	got := get(t, open(), first.Ref())
	wantUsable(t, got, first.Key)
	before, ok := got.Confirmed()
	if !ok || !before.Key.Equal(first.Key) || before.Status != store.StatusActive {
		t.Fatalf("before it was %+v (%t)", before, ok)
	}
	before.Generation = got.Generation
	back := put(t, open(), before)
	must(t, open().Settle(back.Ref(), back.Generation))
	if got = get(t, open(), first.Ref()); got.Unconfirmed || got.Before != nil || got.Previous != nil {
		t.Errorf("after it was taken back: %+v", got)
	}
	wantUsable(t, got, first.Key)
}

func removed(t *testing.T, open func() Keeper) {
	r := put(t, open(), newRecord(companyA))
	r = put(t, open(), r)
	must(t, open().Forget(r.Ref(), r.Generation))
	wantNone(t, open(), r.Ref())
	must(t, open().Forget(r.Ref(), r.Generation))
	_, err := open().Put(r)
	wantConflict(t, err, 0, r.Generation)
	fresh := newRecord(companyA)
	again := put(t, open(), fresh)
	if again.Generation <= r.Generation { // a reader could take it for the old one
		t.Errorf("connected again, and the generation is %d, not above %d", again.Generation, r.Generation)
	}
	got := get(t, open(), r.Ref())
	wantUsable(t, got, fresh.Key)
	if got.Previous != nil || got.RolledBack || got.FromPrevious {
		t.Errorf("connected again: %+v", got)
	}
	must(t, open().Forget(r.Ref(), again.Generation))
	wantNone(t, open(), r.Ref())
}

func many(t *testing.T, open func() Keeper) {
	var want []store.Ref
	for _, env := range []string{"production", "staging"} {
		for _, integration := range []string{"contoso-ledger", "contoso-ledger-2", "another"} {
			for _, company := range []string{companyA, companyB} {
				r := newRecord(company)
				r.Env, r.Integration.ID = env, integration
				want = append(want, put(t, open(), r).Ref())
			}
		}
	}
	gone := want[3]
	must(t, open().Forget(gone, 1))
	want = slices.DeleteFunc(want, func(r store.Ref) bool { return r == gone })
	var listed []store.Ref
	for r, err := range open().List() {
		must(t, err)
		listed = append(listed, r.Ref())
	}
	refs, err := open().Refs(nil)
	must(t, err)
	if !slices.Equal(refs, listed) {
		t.Errorf("Refs returns\n%v, and List\n%v", refs, listed)
	}
	slices.SortFunc(want, compare)
	slices.SortFunc(refs, compare)
	if !slices.Equal(want, refs) {
		t.Errorf("Refs returns\n%v, want\n%v", refs, want)
	}
	for range open().List() {
		break // the rest is not read
	}
}

func compare(a, b store.Ref) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }

// writers: of eight that save in turn, as fast as they can, none loses what another saved, and a reader always finds a
// whole record. The name of the company says which key belongs to it.
func writers(t *testing.T, open func() Keeper) {
	const all, saves = 8, 5
	whole := func(r store.Record) store.Record {
		r.Key = newKey()
		r.CompanyName = r.Key.Fingerprint()
		return r
	}
	first := put(t, open(), whole(newRecord(companyA)))
	var writing, reading sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		reading.Go(func() {
			k, last := open(), uint64(0)
			for {
				select {
				case <-done:
					return
				default:
				}
				r, err := k.Get(first.Ref())
				if err != nil || r.CompanyName != r.Fingerprint || r.Generation < last {
					t.Errorf("read %+v after generation %d: %v", r, last, err)
					return
				}
				last = r.Generation
			}
		})
	}
	failed := make(chan error, all)
	for range all {
		writing.Go(func() {
			if err := save(open(), first.Ref(), saves, whole); err != nil {
				failed <- err
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
	select {
	case err := <-failed:
		t.Fatal(err)
	default:
	}
	if got := get(t, open(), first.Ref()); got.Generation != 1+all*saves {
		t.Errorf("generation %d after %d saves", got.Generation, 1+all*saves)
	}
}

// save saves a record so often over what it reads.
func save(k Keeper, ref store.Ref, saves int, change func(store.Record) store.Record) error {
	for n := 0; n < saves; {
		r, err := k.Get(ref)
		if err != nil {
			return err
		}
		_, err = k.Put(change(r))
		var conflict *store.ConflictError
		switch {
		case err == nil:
			n++
		case !errors.As(err, &conflict):
			return fmt.Errorf("a save over generation %d: %w", r.Generation, err)
		}
	}
	return nil
}

// together: two computers connect one company at once, in the order in which a wizard calls. One of them has its key
// saved, and the other is told. So it is if one disconnects while the other replaces the key.
func together(t *testing.T, open func() Keeper) {
	ref := newRecord(companyA).Ref()
	for range 4 {
		one, other := newKey(), newKey()
		wonFirst, wonSecond := both(t, func() error { return connect(open(), one) },
			func() error { return connect(open(), other) })
		if wonFirst == wonSecond {
			t.Fatalf("of two that connect, the first won is %v, and the second %v", wonFirst, wonSecond)
		}
		there, want := get(t, open(), ref), one
		if wonSecond {
			want = other
		}
		wantUsable(t, there, want)
		removed, replaced := both(t, func() error { return open().Forget(ref, there.Generation) }, func() error {
			r, err := open().Put(with(there, newKey(), store.StatusActive))
			want = r.Key
			return err
		})
		switch {
		case removed == replaced:
			t.Fatalf("removed is %v, and replaced %v", removed, replaced)
		case replaced:
			there = get(t, open(), ref)
			wantUsable(t, there, want)
			must(t, open().Forget(ref, there.Generation))
		}
		wantNone(t, open(), ref)
	}
}

// connect saves a key as a wizard does.
func connect(k Keeper, key pleoclient.Key) error {
	r, err := k.Put(with(newRecord(companyA), key, store.StatusPending))
	if err == nil {
		r, err = k.Put(with(r, key, store.StatusActive))
	}
	if err == nil {
		err = k.Settle(r.Ref(), r.Generation)
	}
	return err
}

// both does two things at once, and reports which worked. The other is a conflict.
func both(t *testing.T, first, second func() error) (firstWorked, secondWorked bool) {
	t.Helper()
	var errs [2]error
	var all sync.WaitGroup
	all.Go(func() { errs[0] = first() })
	all.Go(func() { errs[1] = second() })
	all.Wait()
	for _, err := range errs {
		var conflict *store.ConflictError
		if err != nil && !errors.As(err, &conflict) {
			t.Fatal(err)
		}
	}
	return errs[0] == nil, errs[1] == nil
}
