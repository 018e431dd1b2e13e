package engine

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

const introspect = "/v1/introspect"

// storedBefore saves an active connection to the simulated Pleo that was validated long ago, after change has seen it.
func (x Engine) storedBefore(t *testing.T, key string, change func(*store.Record)) store.Record {
	t.Helper()
	r := store.Record{
		Status: store.StatusActive, Env: x.Setup.Environment(), Origin: x.Setup.Origin,
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

// checker asks the client of x, whatever the address of a record.
func (x Engine) checker() *Checker {
	return NewChecker(x.Store, func(string) (Pleo, error) { return x.Client, nil }, func(time.Duration) {})
}

// refuse answers the next questions with a 403.
func refuse(path string, times int) *pleosim.Fault {
	f := pleosim.Reply(http.MethodGet, path, http.StatusForbidden, "", "")
	f.Times = times
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
		"accepted": {key: good, says: "Pleo accepts the key"},
		"accepted again": {key: good, change: func(r *store.Record) {
			r.ValidatedAt, r.RejectedAt, r.Rejection = time.Now().Add(-time.Minute), testedAt, store.RejectedUnknown
		}},
		"rejected": {
			key: revoked, kind: pleoclient.KindKeyRejected, rejection: store.RejectedUnknown,
			says: "run pleo-connect reconnect " + string(testCompany),
		},
		"refused": {
			key: good, fault: refuse(introspect, 1),
			kind: pleoclient.KindForbidden, rejection: store.RejectedRefused, says: "ask the vendor of the integration",
		},
		"rejected after it was refused": {
			key:    revoked,
			change: func(r *store.Record) { r.RejectedAt, r.Rejection = time.Now(), store.RejectedRefused },
			kind:   pleoclient.KindKeyRejected, rejection: store.RejectedUnknown,
		},
		"fewer permissions": {
			key:  func(k pleosim.Keys) string { return k.FewerScopes },
			kind: flow.KindFewerPermissions, says: "took permissions away: companies:read",
		},
		"another company": {
			key:  func(k pleosim.Keys) string { return k.OtherCompany },
			kind: flow.KindOtherCompany, says: "another company, 9d2f6a10-7c3e-4b58-a1d4-0e5f8c6b7a93",
		},
		"an organisation": {
			key:  func(k pleosim.Keys) string { return k.Organisation },
			kind: flow.KindOtherCompany, says: "another kind of owner",
		},
		"never described, and still good": {key: good, change: undescribed, fault: refuse(introspect, 1)},
		"never described, and refused": {
			key: good, change: undescribed, fault: refuse("", 2),
			kind: pleoclient.KindForbidden, rejection: store.RejectedRefused,
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
			summary, hint := v.Words(after)
			if words := strings.Join(append(Warnings(after), summary, hint), "\n"); !strings.Contains(words, c.says) {
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

// TestCheckWithoutAnAnswer lets everything happen that says nothing about a key. The record stays as it is, and so does
// its mark.
func TestCheckWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	reply := func(status int, contentType, body string) pleosim.Fault {
		return pleosim.Reply(http.MethodGet, introspect, status, contentType, body)
	}
	redirect := reply(http.StatusFound, "", "")
	redirect.Header.Set("Location", "http://127.0.0.1:1/login")
	const jsonType = "application/json;charset=UTF-8"
	for _, c := range []struct {
		about string
		kind  flow.Kind
		fault pleosim.Fault
	}{
		{"cut", pleoclient.KindOffline, pleosim.Cut(http.MethodGet, introspect)},
		{"503", pleoclient.KindPleoTrouble, reply(503, "", "")},
		{"a login page", pleoclient.KindLoginPage, reply(200, "text/html", "<html>Sign in</html>")},
		{"a redirect", pleoclient.KindLoginPage, redirect},
		{"511", pleoclient.KindLoginPage, reply(511, "text/html", "")},
		{"garbage", pleoclient.KindUnexpected, reply(200, jsonType, `{"data":`)},
		{"null", pleoclient.KindUnexpected, reply(200, jsonType, "null")},
		{"no answer in it", pleoclient.KindUnexpected, reply(200, jsonType, `{"data":null}`)},
		{"empty", pleoclient.KindUnexpected, reply(200, jsonType, "")},
		{"another way in", pleoclient.KindUnexpected,
			reply(200, jsonType, `{"data":{"authMethod":"OAUTH2","clientId":"c","scope":""}}`)},
		{"a company id that is none", pleoclient.KindUnexpected, reply(200, jsonType,
			`{"data":{"authMethod":"API_KEY","clientId":"c","scope":"","subjectURN":"urn:pleo:person:1"}}`)},
		{"404", pleoclient.KindNotFound, reply(404, jsonType, "{}")},
		{"400", pleoclient.KindBadRequest, reply(400, jsonType, "{}")},
		{"407", pleoclient.KindProxyLogin, reply(407, "", "")},
		{"418", pleoclient.KindUnexpected, reply(418, "", "")},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			x, sim := simulated(t)
			before := x.storedBefore(t, sim.Keys().Good, nil)
			c.fault.Times = pleosim.Always
			sim.Inject(c.fault)
			ch := x.checker()
			shown, v, err := ch.Check(t.Context(), before)
			if v.Kind != c.kind || v.Class() != flow.ClassNoAnswer || err != nil {
				t.Errorf("%+v %v", v, err)
			}
			x.unchanged(t, before, shown)
			marked := before
			marked.RejectedAt, marked.Rejection = testedAt, store.RejectedUnknown
			if marked, err = x.Store.Put(marked); err != nil {
				t.Fatal(err)
			}
			if shown, _, err = ch.keep(marked, v); err != nil {
				t.Error(err)
			}
			x.unchanged(t, marked, shown)
		})
	}
}

// unchanged requires that a record is shown and kept as it was.
func (x Engine) unchanged(t *testing.T, before, shown store.Record) {
	t.Helper()
	after, err := x.get(testCompany)
	if diff := cmp.Diff([]store.Record{before, before}, []store.Record{shown, after}); diff != "" || err != nil {
		t.Errorf("%v; the record was changed (-want +got):\n%s", err, diff)
	}
}

// TestCheckMeetsAnother changes the record while Pleo thinks about its key.
func TestCheckMeetsAnother(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(Store, store.Record) error
		kind   flow.Kind
		name   string // of the company, afterwards
	}{
		"a new key": {func(st Store, r store.Record) error {
			r.Key = secondKey
			_, err := st.Put(r)
			return err
		}, flow.KindConflict, ""},
		"the same key, saved again": {func(st Store, r store.Record) error {
			r.CompanyName = "Renamed ApS"
			_, err := st.Put(r)
			return err
		}, pleoclient.KindKeyRejected, "Renamed ApS"},
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
