package engine

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest/source"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

const introspect = "/v1/introspect"

// storedBefore saves an active connection to the simulated Pleo that was validated long ago, after change has seen it.
func (x Engine) storedBefore(t *testing.T, key string, change func(*store.Record)) store.Record {
	t.Helper()
	r := store.Record{
		Status: store.StatusActive, Env: x.Setup.Environment(), Integration: dynamics, Origin: x.Setup.Origin,
		CompanyID: string(testCompany), CompanyName: "Harbour Lane Bakery ApS", ValidatedAt: testedAt,
		Scopes: []string{"export-jobs:read", "export-jobs:write", "export-items:read", "companies:read"},
		Key:    pleoclient.NewKey(key),
	}
	if change != nil {
		change(&r)
	}
	r, err := x.Store.Put(r)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// checker asks the client of x, regardless of the address of a record.
func (x Engine) checker() *Checker {
	return NewChecker(x.Store, func(string) (Pleo, error) { return x.Client, nil }, func(time.Duration) {})
}

// deny answers the next questions with a 403.
func deny(path string, times int) *pleosim.Fault {
	f := pleosim.Reply(http.MethodGet, path, http.StatusForbidden, "", "")
	f.Times = times
	return &f
}

// answer is what introspect says, once.
func answer(status int, body string) *pleosim.Fault {
	f := pleosim.Reply(http.MethodGet, introspect, status, "application/json", body)
	return &f
}

// TestCheck asks about one key for each thing that Pleo can say, and looks at what is in the store afterwards.
func TestCheck(t *testing.T) {
	t.Parallel()
	good := func(k pleosim.Keys) string { return k.Good }
	revoked := func(k pleosim.Keys) string { return k.Revoked }
	undescribed := func(r *store.Record) { r.Scopes = nil }
	for name, c := range map[string]struct {
		key       func(pleosim.Keys) string
		change    func(*store.Record)
		fault     *pleosim.Fault
		kind      flow.Kind
		rejection string // in the store
		says      string
	}{
		"accepted": {key: good, says: "accepted"},
		"accepted again": {key: good, change: func(r *store.Record) {
			r.ValidatedAt, r.RejectedAt, r.Rejection = time.Now().Add(-time.Minute), testedAt, store.RejectedUnknown
		}},
		"rejected": {
			key: revoked, kind: pleoclient.KindKeyRejected, rejection: store.RejectedUnknown,
			says: "run: pleo-connect reconnect " + string(testCompany),
		},
		"denied": {
			key: good, fault: deny(introspect, 1),
			kind: pleoclient.KindForbidden, rejection: store.RejectedDenied,
			says: "Pleo denied this key access on ",
		},
		"rejected after it was denied": {
			key:    revoked,
			change: func(r *store.Record) { r.RejectedAt, r.Rejection = time.Now(), store.RejectedDenied },
			kind:   pleoclient.KindKeyRejected, rejection: store.RejectedUnknown,
		},
		"fewer permissions": {
			key:  func(k pleosim.Keys) string { return k.FewerScopes },
			kind: flow.KindFewerPermissions, says: "accepted, but no longer allowed: companies:read",
		},
		"another company": {
			key:  func(k pleosim.Keys) string { return k.OtherCompany },
			kind: flow.KindOtherCompany, says: "another company (9d2f6a10-7c3e-4b58-a1d4-0e5f8c6b7a93)",
		},
		"an organisation": {
			key:  func(k pleosim.Keys) string { return k.Organisation },
			kind: flow.KindOtherCompany, says: "doesn't belong to a company",
		},
		"never described, and still good": {key: good, change: undescribed, fault: deny(introspect, 1)},
		"never described, and denied": {
			key: good, change: undescribed, fault: deny("", 2),
			kind: pleoclient.KindForbidden, rejection: store.RejectedDenied,
		},
		"another way in": {
			key: good, fault: answer(http.StatusOK, `{"data":{"authMethod":"OAUTH2","clientId":"c","scope":""}}`),
			kind: pleoclient.KindUnexpected,
		},
		"no such page, after it was rejected": {
			key: good, fault: answer(http.StatusNotFound, "{}"),
			change: func(r *store.Record) { r.RejectedAt, r.Rejection = testedAt, store.RejectedUnknown },
			kind:   pleoclient.KindNotFound, rejection: store.RejectedUnknown,
		},
		"pending": {key: good, change: func(r *store.Record) { r.Status = store.StatusPending }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, sim := simulated(t)
			x.installBefore(t, sim)
			before := x.storedBefore(t, c.key(sim.Keys()), c.change)
			if c.fault != nil {
				sim.Inject(*c.fault)
			}
			shown, v, err := x.checker().Check(t.Context(), before)
			if v.Kind != c.kind || err != nil || time.Since(v.At) > time.Minute || v.Origin != before.Origin {
				t.Errorf("%+v %v", v, err)
			}
			after, err := x.get(testCompany)
			if err != nil || after.Rejection != c.rejection || after.RejectedAt.IsZero() != (c.rejection == "") {
				t.Errorf("the record is marked %q at %v, %v", after.Rejection, after.RejectedAt, err)
			}
			accepted := c.kind == "" || c.kind == flow.KindFewerPermissions
			if after.ValidatedAt.After(before.ValidatedAt) != accepted {
				t.Errorf("validated at %v, was %v", after.ValidatedAt, before.ValidatedAt)
			}
			want := before
			want.ValidatedAt, want.RejectedAt, want.Rejection = after.ValidatedAt, after.RejectedAt, after.Rejection
			if diff := cmp.Diff(want, shown); diff != "" {
				t.Error("what is shown is not what is saved (-want +got):\n" + diff)
			}
			want.Generation = after.Generation
			if diff := cmp.Diff(want, after); diff != "" {
				t.Error("more than the verdict was changed (-want +got):\n" + diff)
			}
			why := v.Words(&flow.English, after)
			words := strings.Join(append(Warnings(&flow.English, after), why.Summary, why.Hint), "\n")
			if !strings.Contains(words, c.says) {
				t.Errorf("says %s", words)
			}
			if c.fault != nil {
				return
			}
			if _, again, err := x.checker().Check(t.Context(), after); again.Kind != c.kind || err != nil {
				t.Errorf("again: %+v %v", again, err)
			}
			if quiet, err := x.get(testCompany); err != nil || quiet.Generation != after.Generation {
				t.Errorf("the same verdict was written twice within an hour: %v", err)
			}
		})
	}
}

// TestMarkOfEveryKind: only what Pleo itself says about a key changes a record. Everything else leaves it as it is, and
// so its mark.
func TestMarkOfEveryKind(t *testing.T) {
	t.Parallel()
	said := []flow.Kind{"", flow.KindFewerPermissions, pleoclient.KindKeyRejected, pleoclient.KindForbidden}
	marked := store.Record{ValidatedAt: testedAt, RejectedAt: testedAt.Add(time.Hour), Rejection: store.RejectedUnknown}
	for _, kind := range append(source.Problems[flow.Kind](t), "") {
		for _, r := range []store.Record{{ValidatedAt: testedAt}, marked} {
			v := Verdict{Fault: flow.Fault{Kind: kind}, At: testedAt.AddDate(0, 0, 1)}
			next, save := v.marked(r)
			if changed := cmp.Diff(r, next) != ""; save != slices.Contains(said, kind) || changed != save {
				t.Errorf("%q after %q: changed %v, saved %v", kind, r.Rejection, changed, save)
			}
		}
	}
}

// TestCheckMeetsAnother changes the record while Pleo thinks about its key.
func TestCheckMeetsAnother(t *testing.T) {
	t.Parallel()
	putting := func(change func(*store.Record)) func(Store, store.Record) error {
		return func(st Store, r store.Record) error {
			change(&r)
			_, err := st.Put(r)
			return err
		}
	}
	for name, c := range map[string]struct {
		change func(Store, store.Record) error
		kind   flow.Kind
		name   string // of the company, afterwards
	}{
		"a new key":                 {putting(func(r *store.Record) { r.Key = secondKey }), flow.KindConflict, ""},
		"the same key, saved again": {putting(func(r *store.Record) { r.CompanyName = "X" }), pleoclient.KindKeyRejected, "X"},
		"gone": {func(st Store, r store.Record) error {
			return st.Forget(r.Ref(), r.Generation)
		}, flow.KindConflict, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var p scripted
			ch, r := scriptedCheck(t, &p)
			p.script = func(int) error {
				if err := c.change(ch.store, r); err != nil {
					t.Error(err)
				}
				return &pleoclient.Error{Kind: pleoclient.KindKeyRejected, Status: 401}
			}
			if _, v, err := ch.Check(t.Context(), r); v.Kind != c.kind || err != nil {
				t.Errorf("%+v %v", v, err)
			}
			after, err := ch.store.Get(r.Ref())
			if (err != nil) != (name == "gone") {
				t.Fatal(err)
			}
			if marked := after.Rejection != ""; marked != (c.kind == pleoclient.KindKeyRejected) ||
				after.CompanyName != c.name {
				t.Errorf("the record is marked %q, and called %q", after.Rejection, after.CompanyName)
			}
		})
	}
}
