package main

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"pleo-connect/cmd/internal/integration"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

var (
	firstKey  = pleoclient.NewKey("canary-first-4c7e19a0b3")
	secondKey = pleoclient.NewKey("canary-second-81f5d6c2e7")
	testedAt  = time.Date(2026, 3, 2, 9, 14, 5, 0, time.UTC)
)

const testCompany = pleoclient.CompanyID("4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5")

// newDoer has a store of its own and no client.
func newDoer(t *testing.T) Engine {
	t.Helper()
	dir := t.TempDir()
	return Engine{
		store: store.Config{
			Dir: filepath.Join(dir, "store"), Identity: filepath.Join(dir, "identity.txt"),
			AnyPlace: true, Writer: "pleo-connect/test",
		},
		setup: flow.Setup{Integration: integration.Default(), Origin: productionAPI},
		home:  dir,
		now:   func() time.Time { return testedAt },
	}
}

func save(key pleoclient.Key, active bool, generation uint64) flow.Save {
	company := pleoclient.Company{ID: testCompany, Name: pleoclient.Safe("Harbour Lane Bakery ApS")}
	return flow.Save{
		Active: active, Key: key, Company: company,
		Scopes: []pleoclient.Scope{"companies:read"}, Generation: generation,
	}
}

// saved saves and requires success.
func (d Engine) saved(t *testing.T, e flow.Save) flow.Stored {
	t.Helper()
	got := d.save(e).(flow.Saved)
	if got.Fault.Failed() {
		t.Fatalf("%+v", got.Fault)
	}
	return got.Stored
}

func TestSavePendingThenActive(t *testing.T) {
	t.Parallel()
	d := newDoer(t)
	pending := d.saved(t, save(firstKey, false, 0))
	active := d.saved(t, save(firstKey, true, pending.Generation))
	if pending.Active || !active.Active || active.Generation != 2 || !active.SameKey ||
		active.File.String() != "~/store/installations/prod-"+string(testCompany)+".age" {
		t.Errorf("pending %+v\nactive %+v", pending, active)
	}
	found := d.findRecord(flow.FindRecord{Key: secondKey, Company: testCompany}).(flow.RecordFound)
	if found.Stored.SameKey || found.Stored.Fingerprint.String() != firstKey.Fingerprint() ||
		!found.Stored.ValidatedAt.Equal(testedAt) {
		t.Errorf("found %+v", found)
	}
}

// TestInUse: what a new key must be able to do comes from a key that a service uses, and only from that.
func TestInUse(t *testing.T) {
	t.Parallel()
	d := newDoer(t)
	wanted := func() []pleoclient.Scope {
		return d.findRecord(flow.FindRecord{Key: secondKey, Company: testCompany}).(flow.RecordFound).Stored.Scopes
	}
	first := save(firstKey, false, 0)
	first.Scopes = pleoclient.ParseScopes("export-jobs:read")
	first.Generation = d.saved(t, first).Generation
	if got := wanted(); got != nil {
		t.Errorf("a key that was never active: %v", got)
	}
	first.Active = true
	d.saved(t, first)
	if got := wanted(); len(got) != 1 || got[0] != "export-jobs:read" {
		t.Errorf("an active key: %v", got)
	}
}

// TestSaveClearsARejection: the key was checked a moment ago.
func TestSaveClearsARejection(t *testing.T) {
	t.Parallel()
	d := newDoer(t)
	d.saved(t, save(firstKey, true, 0))
	st, err := store.Open(d.store)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	r, err := st.Get(d.ref(testCompany))
	if err != nil {
		t.Fatal(err)
	}
	r.RejectedAt, r.Rejection = testedAt, store.RejectedUnknown
	if r, err = st.Put(r); err != nil {
		t.Fatal(err)
	}
	d.saved(t, save(secondKey, true, r.Generation))
	if r, err = st.Get(d.ref(testCompany)); err != nil || !r.RejectedAt.IsZero() || r.Rejection != "" {
		t.Errorf("rejected at %v: %q, %v", r.RejectedAt, r.Rejection, err)
	}
}

// TestSaveConflict: two wizards read the same generation, and the slower one must not win.
func TestSaveConflict(t *testing.T) {
	t.Parallel()
	d := newDoer(t)
	read := d.saved(t, save(firstKey, true, 0)).Generation
	d.saved(t, save(firstKey, true, read))
	for name, generation := range map[string]uint64{"the same generation": read, "no record": 0} {
		if got := d.save(save(secondKey, true, generation)).(flow.Saved); got.Fault.Kind != flow.KindConflict {
			t.Errorf("after reading %s: %+v", name, got.Fault)
		}
	}
	if r, err := d.get(testCompany); err != nil || !r.Key.Equal(firstKey) {
		t.Errorf("the record has key %s: %v", r.Fingerprint, err)
	}
}

// TestVerify: only an active record with the very key counts as saved.
func TestVerify(t *testing.T) {
	t.Parallel()
	d := newDoer(t)
	if err := d.verify(flow.Verify{Key: firstKey, Company: testCompany}); err == nil {
		t.Error("without a store")
	}
	pending := d.saved(t, save(firstKey, false, 0))
	if err := d.verify(flow.Verify{Key: firstKey, Company: testCompany}); err == nil {
		t.Error("a pending record")
	}
	d.saved(t, save(firstKey, true, pending.Generation))
	if err := d.verify(flow.Verify{Key: firstKey, Company: testCompany}); err != nil {
		t.Error(err)
	}
	var conflict *store.ConflictError
	if err := d.verify(flow.Verify{Key: secondKey, Company: testCompany}); !errors.As(err, &conflict) {
		t.Errorf("another key was saved after ours: %v", err)
	}
}

// TestInspectStore: only connections of this environment and address count, and are offered to be finished.
func TestInspectStore(t *testing.T) {
	t.Parallel()
	d := newDoer(t)
	inspect := func(d Engine) flow.StoreInspected {
		t.Helper()
		got := d.inspectStore(flow.InspectStore{}).(flow.StoreInspected)
		if got.Fault.Failed() {
			t.Fatalf("%+v", got.Fault)
		}
		return got
	}
	if got := inspect(d); got.Unfinished != nil || got.Connected != 0 || got.Place.String() != "~/store" {
		t.Errorf("empty: %+v", got)
	}
	pending := d.saved(t, save(firstKey, false, 0))
	if got := inspect(d); got.Unfinished == nil || got.Unfinished.Company.ID != testCompany ||
		!got.Unfinished.SavedAt.Equal(testedAt) {
		t.Errorf("pending: %+v", got)
	}
	later := d
	later.now = func() time.Time { return testedAt.Add(12 * time.Minute) }
	if got := inspect(later); got.Unfinished.Ago != 12*time.Minute {
		t.Errorf("twelve minutes later: %+v", got.Unfinished)
	}
	elsewhere := d
	elsewhere.setup.Origin = "https://proxy.example"
	staging := d
	staging.setup.Integration.Environment = flow.Staging
	other := d
	other.setup.Company = "00000000-0000-4000-8000-000000000000"
	for name, d := range map[string]Engine{
		"another address": elsewhere, "another environment": staging, "another company": other,
	} {
		if got := inspect(d); got.Unfinished != nil {
			t.Errorf("%s: offered to finish %+v", name, got.Unfinished)
		}
	}
	d.saved(t, save(firstKey, true, pending.Generation))
	if got := inspect(d); got.Unfinished != nil || got.Connected != 1 {
		t.Errorf("active: %+v", got)
	}
}
