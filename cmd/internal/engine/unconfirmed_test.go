package engine

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// unconfirmed saves a key whose company has not been confirmed, over a generation.
func (x Engine) unconfirmed(t *testing.T, key pleoclient.Key, generation uint64) flow.Stored {
	t.Helper()
	e := save(key, false, generation)
	e.As = flow.SaveUnconfirmed
	return x.saved(t, e)
}

func (x Engine) stays(t *testing.T) store.Record {
	t.Helper()
	r, err := x.get(testCompany)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestUnconfirmedSave: the key in use stays in use, what it may do is what a new key is held to, and the record is
// offered to be finished.
func TestUnconfirmedSave(t *testing.T) {
	t.Parallel()
	x := newEngine(t)
	first := save(firstKey, true, 0)
	first.Scopes = pleoclient.ParseScopes("export-jobs:read")
	active := x.saved(t, first)
	got := x.unconfirmed(t, secondKey, active.Generation)
	want := flow.InUse{
		Other: true, Fingerprint: pleoclient.Safe(firstKey.Fingerprint()), Scopes: first.Scopes, ValidatedAt: testedAt,
	}
	diff := cmp.Diff(want, got.InUse, cmp.Comparer(safe))
	if diff != "" || !got.Unconfirmed || !got.SameKey || got.Active {
		t.Errorf("%+v\n%s", got, diff)
	}
	if used, ok := x.stays(t).Usable(); !ok || !used.Equal(firstKey) {
		t.Errorf("in use: %s", used.Fingerprint())
	}
	inspected := x.inspectStore(flow.InspectStore{}).(flow.StoreInspected)
	if u := inspected.Unfinished; u == nil || !u.Unconfirmed || u.Company.ID != testCompany {
		t.Errorf("offered: %+v", u)
	}
}

// TestNotedMeanwhile: a status --check notes what Pleo says about the key in use while a wizard waits at Confirm. That
// does not cost the new key, but another key in its place does.
func TestNotedMeanwhile(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		key   pleoclient.Key
		fault flow.Kind
	}{{firstKey, ""}, {thirdKey, flow.KindConflict}} {
		x := newEngine(t)
		e := save(secondKey, false, x.saved(t, save(firstKey, true, 0)).Generation)
		e.InUse = pleoclient.Safe(firstKey.Fingerprint())
		noted := x.stays(t)
		noted.Key, noted.RejectedAt, noted.Rejection = tt.key, testedAt, store.RejectedUnknown
		if _, err := x.Store.Put(noted); err != nil {
			t.Fatal(err)
		}
		if got := x.save(e).(flow.Saved); got.Fault.Kind != flow.KindConflict {
			t.Errorf("confirmed: %+v", got.Fault)
		}
		e.As = flow.SaveUnconfirmed
		got := x.save(e).(flow.Saved)
		used, _ := x.stays(t).Usable()
		if got.Fault.Kind != tt.fault || got.Stored.Unconfirmed != (tt.fault == "") || !used.Equal(tt.key) {
			t.Errorf("unconfirmed: %+v, in use %s", got.Fault, used.Fingerprint())
		}
	}
}

// TestRestore takes unconfirmed saves back: what was there before is there again, to the last of our fields.
func TestRestore(t *testing.T) {
	t.Parallel()
	for name, before := range map[string][]flow.Save{
		"nothing":                nil,
		"an active key":          {save(firstKey, true, 0)},
		"a key not active yet":   {save(firstKey, false, 0)},
		"a replacement half-way": {save(thirdKey, true, 0), save(firstKey, false, 1)},
		"a replacement":          {save(thirdKey, true, 0), save(firstKey, true, 1)},
	} {
		for _, times := range []uint64{1, 2} { // the second wizard may be cut off as well
			x := newEngine(t)
			for _, e := range before {
				x.saved(t, e)
			}
			generation := uint64(len(before))
			var was store.Record
			if generation > 0 {
				was = x.stays(t)
				was.RejectedAt, was.Rejection = testedAt, store.RejectedUnknown
				if was, _ = x.Store.Put(was); was.Generation == 0 {
					t.Fatal("not saved")
				}
				generation++
			}
			for range times {
				generation = x.unconfirmed(t, secondKey, generation).Generation
			}
			if err := x.restore(flow.Restore{Company: testCompany, Generation: generation}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			r, err := x.get(testCompany)
			if len(before) == 0 {
				var lost *store.LostError
				if !errors.Is(err, store.ErrNotFound) || errors.As(err, &lost) {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			if err != nil || r.Generation != generation+1 {
				t.Errorf("%s: generation %d after %d: %v", name, r.Generation, generation, err)
			}
			was.Generation = r.Generation
			if diff := cmp.Diff(was, r); diff != "" {
				t.Errorf("%s, after %d times: %s", name, times, diff)
			}
		}
	}
}

// TestRestoreTwice: two wizards may say that the company is the wrong one.
func TestRestoreTwice(t *testing.T) {
	t.Parallel()
	x := newEngine(t)
	e := flow.Restore{Company: testCompany, Generation: x.unconfirmed(t, secondKey, 0).Generation}
	for range 2 {
		if err := x.restore(e); err != nil {
			t.Error(err)
		}
	}
}

// TestRestoreConflict: what another process saved or confirmed in the meantime stays.
func TestRestoreConflict(t *testing.T) {
	t.Parallel()
	x := newEngine(t)
	active := x.saved(t, save(firstKey, true, 0))
	read := x.unconfirmed(t, secondKey, active.Generation).Generation
	confirmed := save(secondKey, false, read)
	x.saved(t, confirmed)
	for _, generation := range []uint64{read, read + 1} {
		var conflict *store.ConflictError
		err := x.restore(flow.Restore{Company: testCompany, Generation: generation})
		if !errors.As(err, &conflict) {
			t.Errorf("generation %d: %v", generation, err)
		}
	}
	if r := x.stays(t); r.Unconfirmed || !r.Key.Equal(secondKey) {
		t.Errorf("unconfirmed %t, key %s", r.Unconfirmed, r.Fingerprint)
	}
	late := save(thirdKey, false, read)
	late.As = flow.SaveUnconfirmed
	if got := x.save(late).(flow.Saved); got.Fault.Kind != flow.KindConflict {
		t.Errorf("a second unconfirmed one: %+v", got)
	}
}

// TestDisconnectUnconfirmed: Pleo is not asked about a key that was not confirmed. What is in use beside it is
// disconnected as ever.
func TestDisconnectUnconfirmed(t *testing.T) {
	t.Parallel()
	x, sim := simulated(t)
	x.Client = nil
	x.unconfirmed(t, secondKey, 0)
	if got := x.finished(t, sim, x.stays(t)); got.Pleo != PleoNotAsked {
		t.Errorf("%+v", got)
	}
	if loss, err := x.Store.Condition(); err != nil || len(loss.Lost) > 0 {
		t.Errorf("missed: %+v, %v", loss, err)
	}

	x, sim, r := connected(t)
	x.unconfirmed(t, secondKey, r.Generation)
	if got := x.finished(t, sim, x.stays(t)); got.Pleo != PleoRemoved {
		t.Errorf("%+v", got)
	}
	if keys := deletes(sim); len(keys) != 1 || keys[0] != "good" {
		t.Errorf("Pleo was asked with %q", keys)
	}
}

// TestExamineUnconfirmed: an examination asks about keys in use.
func TestExamineUnconfirmed(t *testing.T) {
	t.Parallel()
	x, _ := simulated(t)
	x.unconfirmed(t, secondKey, 0)
	if got := x.keys(t.Context()); got.Note.String() != "no keys saved for this address yet" {
		t.Errorf("alone: %s", got.Note)
	}
	x, sim, r := connected(t)
	x.unconfirmed(t, secondKey, r.Generation)
	asked := len(sim.Requests())
	if got := x.keys(t.Context()); got.Mark != flow.MarkDone || got.Note.String() != "1 of 1 accepted" ||
		len(sim.Requests()) != asked+1 {
		t.Errorf("beside a key in use: %s", got.Note)
	}
}

// TestVerifyCorrects: what is written about a key that was active already is what is known now.
func TestVerifyCorrects(t *testing.T) {
	t.Parallel()
	x := newEngine(t)
	x.saved(t, save(firstKey, true, 0))
	verify := func(outdated bool, scopes string, generation uint64) store.Record {
		t.Helper()
		e := flow.Verify{
			Key: firstKey, Company: testCompany, Outdated: outdated, Scopes: pleoclient.ParseScopes(scopes),
		}
		if err := x.verify(e); err != nil {
			t.Fatal(err)
		}
		r := x.stays(t)
		if r.Generation != generation {
			t.Errorf("generation %d, want %d", r.Generation, generation)
		}
		return r
	}
	verify(false, "companies:read users:read", 1)
	x.Setup.Integration.Permissions = x.Setup.Integration.Permissions[:1]
	if r := verify(true, "companies:read users:read", 2); len(r.Scopes) != 2 || len(r.Integration.Permissions) != 1 {
		t.Errorf("%v of %v", r.Scopes, r.Integration.Permissions)
	}
	r := x.stays(t)
	r.RejectedAt, r.Rejection = testedAt, store.RejectedDenied
	if _, err := x.Store.Put(r); err != nil {
		t.Fatal(err)
	}
	if r := verify(true, "", 4); !r.RejectedAt.IsZero() || len(r.Scopes) != 2 { // what Pleo does not say is not forgotten
		t.Errorf("rejected at %v, scopes %v", r.RejectedAt, r.Scopes)
	}
}

// busy is a store whose lock is held for some saves.
type busy struct {
	Store
	saves int
}

func (b *busy) Put(r store.Record) (store.Record, error) {
	if b.saves--; b.saves >= 0 {
		return store.Record{}, &store.Error{Kind: store.KindLocked}
	}
	return b.Store.Put(r)
}

// TestLastSaveWaits: a save that cannot be tried again waits longer for the lock.
func TestLastSaveWaits(t *testing.T) {
	t.Parallel()
	last := save(firstKey, false, 0)
	last.As = flow.SaveUnconfirmed
	for saves, want := range map[int]flow.Kind{0: "", 2: "", 3: flow.KindStoreLocked} {
		x := newEngine(t)
		x.Store = &busy{x.Store, saves}
		if got := x.save(last).(flow.Saved); got.Fault.Kind != want {
			t.Errorf("locked for %d: %+v", saves, got.Fault)
		}
	}
	x := newEngine(t)
	x.Store = &busy{x.Store, 1}
	if got := x.save(save(firstKey, false, 0)).(flow.Saved); got.Fault.Kind != flow.KindStoreLocked {
		t.Errorf("a person can try again: %+v", got.Fault)
	}
}

func safe(a, b pleoclient.SafeText) bool { return a == b }
