package engine

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

var (
	firstKey  = pleoclient.NewKey("canary-first-4c7e19a0b3")
	secondKey = pleoclient.NewKey("canary-second-81f5d6c2e7")
	thirdKey  = pleoclient.NewKey("canary-third-95b2c7e40f")
	testedAt  = time.Date(2026, 3, 2, 9, 14, 5, 0, time.UTC)
)

const testCompany = pleoclient.CompanyID("4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5")

// dynamics is an integration of which a record says no more.
var dynamics = store.Integration{ID: "dynamics-365-finance"}

// newEngine has a store of its own and no client.
func newEngine(t *testing.T) Engine {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil { // the umask may let the group write
		t.Fatal(err)
	}
	return Engine{
		Store: Files(store.Config{
			Dir: filepath.Join(dir, "store"), Identity: filepath.Join(dir, "identity.txt"),
			AnyPlace: true, Writer: "pleo-connect/test",
		}),
		Setup: flow.Setup{Integration: flowtest.Setup().Integration, Origin: "https://external.pleo.io"},
		Home:  dir,
		Now:   func() time.Time { return testedAt },

		Protection: byFile,
	}
}

func byFile() flow.Protection { return flow.ProtectedByFile }

func save(key pleoclient.Key, active bool, generation uint64) flow.Save {
	company := pleoclient.Company{ID: testCompany, Name: pleoclient.Safe("Harbour Lane Bakery ApS")}
	as := flow.SavePending
	if active {
		as = flow.SaveActive
	}
	return flow.Save{
		As: as, Key: key, Company: company,
		Scopes: []pleoclient.Scope{"companies:read"}, Generation: generation,
	}
}

// saved saves and requires success.
func (x Engine) saved(t *testing.T, e flow.Save) flow.Stored {
	t.Helper()
	got := x.save(e).(flow.Saved)
	if got.Fault.Failed() {
		t.Fatalf("%+v", got.Fault)
	}
	return got.Stored
}

func TestSavePendingThenActive(t *testing.T) {
	t.Parallel()
	x := newEngine(t)
	pending := x.saved(t, save(firstKey, false, 0))
	active := x.saved(t, save(firstKey, true, pending.Generation))
	if pending.Active || !active.Active || active.Generation != 2 || !active.SameKey ||
		active.File.String() != "~/store/installations/prod-"+dynamics.ID+"-"+string(testCompany)+".age" {
		t.Errorf("pending %+v\nactive %+v", pending, active)
	}
	found := x.findRecord(flow.FindRecord{Key: secondKey, Company: testCompany}).(flow.RecordFound)
	used := found.Stored.InUse
	if found.Stored.SameKey || !used.Other || used.Fingerprint.String() != firstKey.Fingerprint() ||
		!used.ValidatedAt.Equal(testedAt) {
		t.Errorf("found %+v", found)
	}
}

// TestInUse: what a new key must be able to do comes from a key that a service uses, and only from that.
func TestInUse(t *testing.T) {
	t.Parallel()
	x := newEngine(t)
	wanted := func() []pleoclient.Scope {
		return x.findRecord(flow.FindRecord{Key: secondKey, Company: testCompany}).(flow.RecordFound).Stored.InUse.Scopes
	}
	first := save(firstKey, false, 0)
	first.Scopes = pleoclient.ParseScopes("export-jobs:read")
	first.Generation = x.saved(t, first).Generation
	if got := wanted(); got != nil {
		t.Errorf("a key that was never active: %v", got)
	}
	first.As = flow.SaveActive
	x.saved(t, first)
	if got := wanted(); len(got) != 1 || got[0] != "export-jobs:read" {
		t.Errorf("an active key: %v", got)
	}
}

// TestSaveClearsARejection: the key was checked a moment ago.
func TestSaveClearsARejection(t *testing.T) {
	t.Parallel()
	x := newEngine(t)
	x.saved(t, save(firstKey, true, 0))
	r, err := x.get(testCompany)
	if err != nil {
		t.Fatal(err)
	}
	r.RejectedAt, r.Rejection = testedAt, store.RejectedUnknown
	if r, err = x.Store.Put(r); err != nil {
		t.Fatal(err)
	}
	x.saved(t, save(secondKey, true, r.Generation))
	if r, err = x.get(testCompany); err != nil || !r.RejectedAt.IsZero() || r.Rejection != "" {
		t.Errorf("rejected at %v: %q, %v", r.RejectedAt, r.Rejection, err)
	}
}

// TestSaveConflict: two wizards read the same generation, and the slower one must not win.
func TestSaveConflict(t *testing.T) {
	t.Parallel()
	x := newEngine(t)
	read := x.saved(t, save(firstKey, true, 0)).Generation
	x.saved(t, save(firstKey, true, read))
	for name, generation := range map[string]uint64{"the same generation": read, "no record": 0} {
		if got := x.save(save(secondKey, true, generation)).(flow.Saved); got.Fault.Kind != flow.KindConflict {
			t.Errorf("after reading %s: %+v", name, got.Fault)
		}
	}
	if r, err := x.get(testCompany); err != nil || !r.Key.Equal(firstKey) {
		t.Errorf("the record has key %s: %v", r.Fingerprint, err)
	}
	if err := os.RemoveAll(x.Store.Place()); err != nil {
		t.Fatal(err)
	}
	got := x.save(save(firstKey, true, read+1)).(flow.Saved)
	if _, err := os.Stat(x.Store.Place()); got.Fault.Kind != flow.KindConflict || err == nil {
		t.Errorf("after the store was removed: %+v, and it is there again: %t", got.Fault, err == nil)
	}
}

// TestVerify: only an active record with the very key counts as saved.
func TestVerify(t *testing.T) {
	t.Parallel()
	x := newEngine(t)
	if err := x.verify(flow.Verify{Key: firstKey, Company: testCompany}); err == nil {
		t.Error("without a store")
	}
	pending := x.saved(t, save(firstKey, false, 0))
	if err := x.verify(flow.Verify{Key: firstKey, Company: testCompany}); err == nil {
		t.Error("a pending record")
	}
	x.saved(t, save(firstKey, true, pending.Generation))
	if err := x.verify(flow.Verify{Key: firstKey, Company: testCompany}); err != nil {
		t.Error(err)
	}
	var conflict *store.ConflictError
	if err := x.verify(flow.Verify{Key: secondKey, Company: testCompany}); !errors.As(err, &conflict) {
		t.Errorf("another key was saved after ours: %v", err)
	}
}

// TestInspectStore: only connections of this environment and address count, and are offered to be finished.
func TestInspectStore(t *testing.T) {
	t.Parallel()
	x := newEngine(t)
	inspect := func(x Engine) flow.StoreInspected {
		t.Helper()
		got := x.inspectStore(flow.InspectStore{}).(flow.StoreInspected)
		if got.Fault.Failed() {
			t.Fatalf("%+v", got.Fault)
		}
		return got
	}
	if got := inspect(x); got.Unfinished != nil || got.Connected != 0 || got.Place.String() != "~/store" {
		t.Errorf("empty: %+v", got)
	}
	pending := x.saved(t, save(firstKey, false, 0))
	if got := inspect(x); got.Unfinished == nil || got.Unfinished.Company.ID != testCompany ||
		!got.Unfinished.SavedAt.Equal(testedAt) {
		t.Errorf("pending: %+v", got)
	}
	later := x
	later.Now = func() time.Time { return testedAt.Add(12 * time.Minute) }
	if got := inspect(later); got.Unfinished.Ago != 12*time.Minute {
		t.Errorf("twelve minutes later: %+v", got.Unfinished)
	}
	elsewhere := x
	elsewhere.Setup.Origin = "https://proxy.example"
	staging := x
	staging.Setup.Integration.Environment = flow.Staging
	other := x
	other.Setup.Company = "00000000-0000-4000-8000-000000000000"
	for name, x := range map[string]Engine{
		"another address": elsewhere, "another environment": staging, "another company": other,
	} {
		if got := inspect(x); got.Unfinished != nil {
			t.Errorf("%s: offered to finish %+v", name, got.Unfinished)
		}
	}
	x.saved(t, save(firstKey, true, pending.Generation))
	if got := inspect(x); got.Unfinished != nil || got.Connected != 1 {
		t.Errorf("active: %+v", got)
	}
}

// TestReachPanics where its caller can recover, and not in the goroutine of the other request, which would end the
// program with the terminal as it is.
func TestReachPanics(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		defer func() {
			if recover() == nil {
				t.Error("the caller knows nothing of it")
			}
			synctest.Wait()
		}()
		Engine{}.Do(t.Context(), flow.Reach{}) // it has no client
	})
}

// TestCopy: this computer is asked only for who sits at it, and the terminal only where it can copy.
func TestCopy(t *testing.T) {
	t.Parallel()
	for about, row := range map[string]struct {
		remote, noClipboard, copies bool
		want                        flow.CopyWay
	}{
		"here":                           {copies: true, want: flow.CopiedLocally},
		"here, without a program":        {want: flow.CopyByTerminal},
		"here, on a plain terminal":      {noClipboard: true, copies: true, want: flow.CopiedLocally},
		"here, with neither":             {noClipboard: true, want: flow.CopyFailed},
		"elsewhere":                      {remote: true, copies: true, want: flow.CopyByTerminal},
		"elsewhere, on a plain terminal": {remote: true, noClipboard: true, copies: true, want: flow.CopyFailed},
	} {
		x := newEngine(t)
		x.Setup.Remote, x.Setup.NoClipboard = row.remote, row.noClipboard
		x.Copy = func(string) bool { return row.copies }
		got := x.Do(t.Context(), flow.Copy{Text: "https://app.pleo.io"}).(flow.Copied)
		if got.Via != row.want {
			t.Errorf("%s: way %d, want %d", about, got.Via, row.want)
		}
	}
}
