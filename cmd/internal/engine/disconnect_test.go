package engine

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

// connected has a connection that both sides agree on.
func connected(t *testing.T) (Engine, *pleosim.Server, store.Record) {
	t.Helper()
	x, sim := simulated(t)
	x.installBefore(t, sim)
	return x, sim, x.storedBefore(t, sim.Keys().Good, nil)
}

// deletes returns the names of the keys with which an installation was to be deleted.
func deletes(sim *pleosim.Server) (keys []string) {
	for _, r := range sim.Requests() {
		if r.Method == http.MethodDelete {
			keys = append(keys, r.Key)
		}
	}
	return keys
}

// finished disconnects and requires that neither side has anything left.
func (x Engine) finished(t *testing.T, sim *pleosim.Server, r store.Record) Disconnected {
	t.Helper()
	got := x.Disconnect(t.Context(), r)
	_, installed := sim.Installation(string(testCompany))
	if _, err := x.get(testCompany); err == nil || installed || got.Store != StoreRemoved || got.Failure != nil {
		t.Errorf("%+v; installed: %v; the record: %v", got, installed, err)
	}
	return got
}

// failed disconnects and requires that the record stays as it is, and words about why.
func (x Engine) failed(t *testing.T, r store.Record, pleo PleoOutcome, class flow.Class, says ...string) {
	t.Helper()
	before, err := x.get(testCompany)
	if err != nil {
		t.Fatal(err)
	}
	got := x.Disconnect(t.Context(), r)
	if got.Pleo != pleo || got.Store != StoreKept || got.Failure == nil || got.Failure.Class() != class {
		t.Fatalf("got %+v", got)
	}
	text := strings.Join([]string{got.Failure.Summary, got.Failure.Note, got.Failure.Hint, got.Failure.Also}, "\n")
	missing := func(words string) bool { return !strings.Contains(text, words) }
	if slices.ContainsFunc(says, missing) || !missing("no key has been used yet") {
		t.Errorf("says %q", text)
	}
	after, err := x.get(testCompany)
	if diff := cmp.Diff(before, after); diff != "" || err != nil {
		t.Errorf("%v; the record was changed (-want +got):\n%s", err, diff)
	}
}

// TestDisconnectFaults: an answer that does not say that Pleo is done leaves the record, and running it again finishes.
// More statuses are in TestUndocumentedRemovals.
func TestDisconnectFaults(t *testing.T) {
	t.Parallel()
	reply := func(status int, contentType string, header ...string) pleosim.Fault {
		body := "{}"
		if contentType == "text/html" {
			body = "<h1>sign in</h1>"
		}
		f := pleosim.Reply(http.MethodDelete, "", status, contentType, body)
		for pair := range slices.Chunk(header, 2) {
			f.Header.Set(pair[0], pair[1])
		}
		return f
	}
	cut := pleosim.Cut(http.MethodDelete, "")
	forget := "run: pleo-connect disconnect " + string(testCompany) +
		" --integration dynamics-365-finance --env production --forget"
	for name, c := range map[string]struct {
		fault pleosim.Fault
		pleo  PleoOutcome
		class flow.Class
		says  string
	}{
		"400":       {reply(400, ""), PleoKept, flow.ClassNoAnswer, "did not accept the request"},
		"401":       {reply(401, ""), PleoRejected, flow.ClassKey, forget},
		"403":       {reply(403, ""), PleoKept, flow.ClassPermissions, forget},
		"404":       {reply(404, ""), PleoOpen, flow.ClassNoAnswer, "doesn't prove that it was disconnected"},
		"page, 404": {reply(404, "text/html"), PleoOpen, flow.ClassNoAnswer, "a proxy or firewall in between"},
		"409":       {reply(409, ""), PleoKept, flow.ClassNoAnswer, "did not accept the request"},
		"429":       {reply(429, "", "Retry-After", "7"), PleoKept, flow.ClassNoAnswer, "limiting requests"},
		"500": {reply(500, ""), PleoKept, flow.ClassNoAnswer,
			"Pleo is having problems\nthe saved key was not rejected"},
		"login page":   {reply(200, "text/html"), PleoOpen, flow.ClassNoAnswer, "a sign-in page answered"},
		"redirect":     {reply(307, "", "Location", "https://x.example/"), PleoOpen, flow.ClassNoAnswer, "x.example"},
		"cut":          {cut, PleoOpen, flow.ClassNoAnswer, "can't connect to "},
		"cut too late": {pleosim.Committed(cut), PleoOpen, flow.ClassNoAnswer, "can't connect to "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, sim, r := connected(t)
			sim.Inject(c.fault)
			x.failed(t, r, c.pleo, c.class, c.says)
			if keys := deletes(sim); len(keys) != 1 {
				t.Errorf("Pleo was asked with %q", keys)
			}
			x.finished(t, sim, r)
		})
	}
}

// TestDisconnectProof: "not found" alone proves nothing. Pleo must also know the key as one of the company, and show no
// installation there, in the same run.
func TestDisconnectProof(t *testing.T) {
	t.Parallel()
	client := func(change string) string {
		return `{"data":{"authMethod":"API_KEY","clientId":"x","scope":"",` + change + `}}`
	}
	const ours, other = `"subjectURN":"urn:pleo:company:` + string(testCompany) + `"`,
		`"subjectURN":"urn:pleo:company:0d9f5a3b-7c21-4e88-9b64-2a1c7e5f8d30"`
	const elsewhere = `{"id":"c35e81f6-94ab-4d07-b2e9-70a1d6c8f34e",` +
		`"applicationId":"1a7f3c9d-0e64-4b82-95d1-c6e2f8a4b073",` +
		`"resource":"urn:pleo:company:0d9f5a3b-7c21-4e88-9b64-2a1c7e5f8d30","status":"ACTIVATED","metadata":{},` +
		`"createdAt":"2026-03-02T09:14:05Z","updatedAt":"2026-03-02T09:14:05Z"}`
	none := strings.Replace(client(ours), "API_KEY", "NONE", 1)
	for name, c := range map[string]struct {
		who, installed *pleosim.Fault // nil: as it is
		pleo           PleoOutcome
		class          flow.Class
	}{
		"as it is":                 {nil, nil, PleoAbsent, 0},
		"ours":                     {answer(200, client(ours)), nil, PleoAbsent, 0},
		"another company":          {answer(200, client(other)), nil, PleoOpen, flow.ClassNoAnswer},
		"no company":               {answer(200, client(`"x":1`)), nil, PleoOpen, flow.ClassNoAnswer},
		"no API key":               {answer(200, none), nil, PleoOpen, flow.ClassNoAnswer},
		"not described":            {answer(404, "{}"), nil, PleoOpen, flow.ClassNoAnswer},
		"not to be described":      {answer(403, "{}"), nil, PleoOpen, flow.ClassNoAnswer},
		"rejected":                 {answer(401, "{}"), nil, PleoOpen, flow.ClassKey},
		"a page":                   {answer(200, aPage), nil, PleoOpen, flow.ClassNoAnswer},
		"a page with 404":          {answer(404, aPage), nil, PleoOpen, flow.ClassNoAnswer},
		"trouble":                  {answer(501, "{}"), nil, PleoOpen, flow.ClassNoAnswer},
		"nothing, in a page":       {nil, shown(404, "text/html", aPage), PleoOpen, flow.ClassNoAnswer},
		"nothing, in an empty one": {nil, shown(200, "text/html", ""), PleoOpen, flow.ClassNoAnswer},
		"nothing, in JSON":         {nil, shown(200, "application/json", "[]"), PleoAbsent, 0},
		"one elsewhere":            {nil, shown(200, "application/json", elsewhere), PleoOpen, flow.ClassNoAnswer},
		"not to be shown":          {nil, shown(403, "application/json", "{}"), PleoOpen, flow.ClassNoAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, sim, r := connected(t)
			if _, err := x.Client.DeleteInstallation(t.Context(), r.Key); err != nil { // by another program
				t.Fatal(err)
			}
			for _, f := range []*pleosim.Fault{c.who, c.installed} {
				if f != nil {
					sim.Inject(*f)
				}
			}
			if c.class != 0 {
				x.failed(t, r, c.pleo, c.class)
			} else if got := x.finished(t, sim, r); got.Pleo != c.pleo {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// shown is what the next question about installations gets.
func shown(status int, mediaType, body string) *pleosim.Fault {
	f := pleosim.Reply(http.MethodGet, "/v1/installations/me", status, mediaType, body)
	return &f
}

// TestForget removes the record alone: Pleo is not asked, and keeps what it has.
func TestForget(t *testing.T) {
	t.Parallel()
	x, sim, r := connected(t)
	asked := len(sim.Requests())
	x.Client = nil
	got := x.Forget(t.Context(), r)
	_, installed := sim.Installation(string(testCompany))
	if _, err := x.get(testCompany); err == nil || !installed || len(sim.Requests()) != asked ||
		got != (Disconnected{Pleo: PleoNotAsked, Store: StoreRemoved}) {
		t.Errorf("%+v; installed: %v; the record: %v", got, installed, err)
	}
}

// TestForgetLeft: the run is told to end while an engine is in trouble, which is no reason to look for what is wrong
// there.
func TestForgetLeft(t *testing.T) {
	t.Parallel()
	x, _, r := connected(t)
	x.Store = troubled{x.Store}
	ctx, cancel := context.WithCancelCause(t.Context())
	if got := x.Forget(ctx, r); got.Store != StoreKept || got.Failure == nil || got.Failure.Kind == flow.KindInterrupted {
		t.Errorf("without a signal: %+v", got)
	}
	cancel(errors.New("told to end"))
	if got := x.Forget(ctx, r); got.Store != StoreKept || got.Failure == nil || got.Failure.Kind != flow.KindInterrupted {
		t.Errorf("%+v", got)
	}
}

// troubled is a store in an engine that can't do it now.
type troubled struct{ Store }

func (troubled) Forget(store.Ref, uint64) error { return &store.Error{Kind: store.KindEngineTrouble} }

// TestDisconnectUsesTheKeyThatPleoKnows: the active one while a new one is pending, and the pending one when there is
// no other.
func TestDisconnectUsesTheKeyThatPleoKnows(t *testing.T) {
	t.Parallel()
	x, sim, r := connected(t)
	r.Status, r.Key = store.StatusPending, pleoclient.NewKey(sim.Keys().Replacement)
	r, err := x.Store.Put(r)
	if err != nil {
		t.Fatal(err)
	}
	x.finished(t, sim, r)
	x.installBefore(t, sim)
	x.finished(t, sim, x.storedBefore(t, sim.Keys().Replacement, func(r *store.Record) { r.Status = store.StatusPending }))
	if diff := cmp.Diff([]string{"good", "replacement"}, deletes(sim)); diff != "" {
		t.Errorf("the keys (-want +got):\n%s", diff)
	}
}

// TestDisconnectMeetsReconnect: a record that another process saved while Pleo was asked is not forgotten, because it
// may hold a new key.
func TestDisconnectMeetsReconnect(t *testing.T) {
	t.Parallel()
	x, sim, read := connected(t)
	saved := read
	saved.Key = pleoclient.NewKey(sim.Keys().Replacement)
	if _, err := x.Store.Put(saved); err != nil {
		t.Fatal(err)
	}
	x.failed(t, read, PleoRemoved, flow.ClassConflict, "someone else changed this connection on ",
		", so the key was not removed", "run: pleo-connect status "+ConnectionOf(read.Ref()).Arguments()+"\n")
}

// TestDisconnectMeetsDisconnect: a record that was removed in the meantime is gone, and that is all that was wanted.
func TestDisconnectMeetsDisconnect(t *testing.T) {
	t.Parallel()
	x, _, r := connected(t)
	if err := x.Store.Forget(r.Ref(), r.Generation); err != nil {
		t.Fatal(err)
	}
	if got := x.Disconnect(t.Context(), r); got != (Disconnected{Pleo: PleoRemoved, Store: StoreRemoved}) {
		t.Errorf("%+v", got)
	}
}

// TestMarkedBefore: of a key that Pleo turned down before, nothing says that it was not.
func TestMarkedBefore(t *testing.T) {
	t.Parallel()
	for mark, want := range map[string]flow.KeyLine{"": flow.KeyAsked, store.RejectedUnknown: flow.KeyUnsaid} {
		x, sim := simulated(t)
		r := x.storedBefore(t, sim.Keys().Good, func(r *store.Record) {
			if r.Rejection = mark; mark != "" {
				r.RejectedAt = testedAt
			}
		})
		v := Verdict{Fault: flow.Fault{Kind: pleoclient.KindTimeout}, Origin: r.Origin}
		if why := v.Words(&flow.English, r); why.Key != want || (why.Note == "") != (want == flow.KeyUnsaid) {
			t.Errorf("checked after %q: %+v", mark, why)
		}
		sim.Inject(pleosim.Reply(http.MethodDelete, "", 500, "", ""))
		if got := x.Disconnect(t.Context(), r).Failure; got.Key != want || (got.Note == "") != (want == flow.KeyUnsaid) {
			t.Errorf("disconnected after %q: %+v", mark, got)
		}
	}
}

// TestDisconnectFinishesLater: Pleo is done and the store is not.
func TestDisconnectFinishesLater(t *testing.T) {
	t.Parallel()
	x, sim, r := connected(t)
	open := x.Store
	x.Store = stuck{open}
	x.failed(t, r, PleoRemoved, flow.ClassStore,
		"the key was not removed from this computer: ", "run this again to finish")
	x.Store = open
	if got := x.finished(t, sim, r); got.Pleo != PleoAbsent {
		t.Errorf("again: %+v", got)
	}
}

// stuck is a store from which nothing can be removed.
type stuck struct{ Store }

func (stuck) Forget(store.Ref, uint64) error { return &store.Error{Kind: store.KindReadOnly} }
