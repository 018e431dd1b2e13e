package engine

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

// outcome is where a wizard ends that meets one of Pleo's undocumented behaviours.
type outcome struct {
	kind        flow.Kind // "": the connection is active
	detail      string    // must be in the detail of the problem
	before      bool      // an installation is there before, with metadata
	unattended  bool      // there is no one to ask
	writes      string    // the calls that change something
	permissions flow.Mark // 0: done, if the connection is active
	unnamed     bool      // the company has no name
}

// undocumented is what the whole machine makes of each behaviour, through the real client, real HTTP and a real store.
var undocumented = map[string][]outcome{
	"none/404":       {{writes: "POST"}},
	"none/204":       {{writes: "POST"}},
	"none/empty":     {{writes: "POST"}},
	"none/null":      {{writes: "POST"}},
	"none/object":    {{writes: "POST"}},
	"none/list":      {{writes: "POST"}},
	"none/data null": {{writes: "POST"}},
	"none/data list": {{writes: "POST"}},
	"none/400":       {{writes: "POST"}},

	"installed/object":       {{writes: "POST"}, {before: true, writes: "PUT"}},
	"installed/list":         {{writes: "POST"}, {before: true, writes: "PUT"}},
	"installed/wrapped":      {{writes: "POST"}, {before: true, writes: "PUT"}},
	"installed/wrapped list": {{writes: "POST"}, {before: true, writes: "PUT"}},
	"installed/among others": {{writes: "POST"}, {before: true, writes: "PUT"}},
	"installed/twice": {
		{before: true, kind: pleoclient.KindUnexpected, detail: "it doesn't match the key's company"},
	},
	"installed/elsewhere": {{before: true, kind: pleoclient.KindUnexpected}},

	"create/200 with the old one": {{before: true, writes: "POST PUT"}},
	"create/409":                  {{before: true, writes: "POST PUT"}},
	"create/400":                  {{before: true, writes: "POST PUT"}},
	"create/commit, then hang":    {{writes: "POST"}},
	"create/commit, then cut":     {{writes: "POST"}},
	"create/commit, then 502":     {{writes: "POST"}},
	"create/keeps AUTHORIZED":     {{writes: "POST PUT"}},

	"create/commit, then a page with 403": {{writes: "POST"}},

	"metadata/PUT clears":   {{writes: "POST"}, {before: true, writes: "PUT"}},
	"metadata/objects only": {{writes: "POST"}, {before: true, writes: "PUT"}},

	"value/status": {{kind: flow.KindNotActivated, detail: "SIMMERING", writes: "POST PUT"}},
	"value/errorCode": {
		{kind: flow.KindNotActivated, detail: "INACTIVE, OUT_OF_YEAST", writes: "POST PUT"},
	},
	"value/authMethod":                {{kind: flow.KindNotAPIKey, detail: "CARRIER_PIGEON"}},
	"value/field":                     {{writes: "POST"}},
	"value/field of the installation": {{before: true, writes: "PUT"}},
	"value/no authMethod":             {{kind: pleoclient.KindUnexpected}},
	"value/no scope":                  {{kind: pleoclient.KindUnexpected}},
	"value/no resource":               {{before: true, kind: pleoclient.KindUnexpected}},
	"value/no status":                 {{before: true, kind: pleoclient.KindUnexpected}},
	"value/no metadata":               {{before: true, kind: pleoclient.KindUnexpected}},
	"value/no updatedAt":              {{before: true, kind: pleoclient.KindUnexpected}},
	"value/no address":                {{kind: pleoclient.KindUnexpected}},

	"written/201":                {{writes: "POST"}, {before: true, writes: "PUT"}},
	"written/202":                {{writes: "POST"}, {before: true, writes: "PUT"}},
	"written/202 without a body": {{writes: "POST"}, {before: true, writes: "PUT"}},
	"written/204":                {{writes: "POST"}, {before: true, writes: "PUT"}},

	"error/JSON":      {{kind: pleoclient.KindBadRequest}},
	"error/HTML":      {{kind: pleoclient.KindIntercepted, detail: "a web page, status 400"}},
	"error/text":      {{kind: pleoclient.KindBadRequest}},
	"error/empty":     {{kind: pleoclient.KindBadRequest}},
	"error/Bearer":    {{kind: pleoclient.KindKeyRejected}},
	"error/Basic":     {{kind: pleoclient.KindIntercepted, detail: "a Basic sign-in, status 401"}},
	"error/Negotiate": {{kind: pleoclient.KindIntercepted, detail: "a Negotiate sign-in, status 401"}},

	"refused/403": {{kind: pleoclient.KindForbidden, writes: "POST"}},
	"refused/401": {{kind: pleoclient.KindKeyRejected, writes: "POST"}},
	"introspect/403": {
		{before: true, writes: "PUT", permissions: flow.MarkUnknown},
		{before: true, unattended: true, kind: flow.KindPermissionsUnknown},
		{kind: pleoclient.KindUnexpected, detail: "Pleo didn't say which company it belongs to"},
	},
	"introspect/404": {
		{before: true, writes: "PUT", permissions: flow.MarkUnknown},
		{before: true, unattended: true, kind: flow.KindPermissionsUnknown},
		{kind: pleoclient.KindUnexpected, detail: "Pleo didn't say which company it belongs to"},
	},

	"subject/missing": {
		{before: true, writes: "PUT"},
		{kind: pleoclient.KindUnexpected, detail: "Pleo didn't say which company it belongs to"},
	},
	"subject/capitals":     {{writes: "POST"}, {before: true, writes: "PUT"}},
	"subject/organisation": {{kind: flow.KindOrganisationKey}, {before: true, kind: flow.KindOrganisationKey}},
	"subject/organization": {{kind: flow.KindOrganisationKey}},
	"subject/person":       {{kind: pleoclient.KindUnexpected}},

	"scope/odd":           {{writes: "POST"}},
	"scope/empty":         {{kind: flow.KindPermissionsMissing}},
	"application/missing": {{writes: "POST"}},
	"company/403":         {{writes: "POST", unnamed: true}},
	"company/404":         {{writes: "POST", unnamed: true}},

	"rate limit/nothing":  {{writes: "POST"}},
	"rate limit/seconds":  {{writes: "POST"}},
	"rate limit/date":     {{writes: "POST"}},
	"rate limit/nonsense": {{writes: "POST"}},

	"type/HTML":             {{kind: pleoclient.KindLoginPage, detail: "a web page"}},
	"type/HTML around JSON": {{kind: pleoclient.KindIntercepted, detail: "a web page"}},
	"type/text JSON":        {{writes: "POST"}},
	"type/parameters":       {{writes: "POST"}},
	"dates/odd":             {{writes: "POST"}, {before: true, writes: "PUT"}},
}

// TestUndocumented: every behaviour that Pleo's pages leave open has the end that was decided for it.
func TestUndocumented(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, b := range pleosim.Undocumented() {
		known[b.Name] = true
		_, atEnd := removed[b.Name]
		if undocumented[b.Name] == nil && !atEnd {
			t.Errorf("%q has no expected end", b.Name)
		}
		for _, want := range undocumented[b.Name] {
			t.Run(b.Name, func(t *testing.T) {
				t.Parallel()
				want.test(t, b)
			})
		}
	}
	for name := range undocumented {
		if !known[name] {
			t.Errorf("the simulated Pleo does not know %q", name)
		}
	}
}

func (want outcome) test(t *testing.T, b pleosim.Behaviour) {
	x, sim := simulated(t)
	x.Setup.Unattended = want.unattended
	if want.before {
		x.installBefore(t, sim)
	}
	asked := len(sim.Requests())
	sim.Behave(b)
	s := play(t, x, flow.Allow{}, flow.Pasted(sim.Keys().Good), flow.Confirm{})
	if done := want.kind == ""; (s.Step == flow.StepDone) != done || s.Problem.Kind != want.kind {
		t.Fatalf("%s, problem %+v; want %q", s.Step, s.Problem.Fault, want.kind)
	}
	if detail := flow.English.Failure(s.Problem.Fault).Detail; !strings.Contains(detail, want.detail) {
		t.Errorf("got detail %q, want %q", detail, want.detail)
	}
	if got := writes(sim.Requests()[asked:]); got != want.writes {
		t.Errorf("changed with %q, want %q", got, want.writes)
	}
	if want.kind == "" {
		want.active(t, x, sim, s)
	}
}

// active compares what is active with what was promised.
func (want outcome) active(t *testing.T, x Engine, sim *pleosim.Server, s flow.State) {
	t.Helper()
	r, err := x.get(testCompany)
	if err != nil || r.Status != store.StatusActive || r.Key.Reveal() != sim.Keys().Good {
		t.Errorf("the record is %q, %v", r.Status, err)
	}
	if status, _ := sim.Installation(string(testCompany)); status != pleoclient.StatusActivated {
		t.Errorf("the installation is %q", status)
	}
	if (r.CompanyName == "") != want.unnamed || s.Check.NameForbidden != want.unnamed {
		t.Errorf("the company is called %q", r.CompanyName)
	}
	if unknown := want.permissions == flow.MarkUnknown; (s.Check.Permissions == flow.MarkUnknown) != unknown {
		t.Errorf("the permissions are %v", s.Check.Permissions)
	}
	if metadata := string(sim.Metadata(string(testCompany))); want.before && metadata != beforeMetadata ||
		!want.before && metadata != "{}" {
		t.Errorf("the metadata became %s", metadata)
	}
}

const beforeMetadata = `{"till":{"number":7}}`

// simulated returns an engine with a client of a simulated Pleo.
func simulated(t *testing.T) (Engine, *pleosim.Server) {
	t.Helper()
	sim, err := pleosim.Start(pleosim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	x := newEngine(t)
	if x.Client, err = pleoclient.New(sim.APIBase(), pleoclient.LoopbackOnly()); err != nil {
		t.Fatal(err)
	}
	x.Setup.Origin, x.Setup.Simulated = x.Client.Origin(), true
	return x, sim
}

// installBefore leaves an installation that another program made.
func (x Engine) installBefore(t *testing.T, sim *pleosim.Server) {
	t.Helper()
	key := pleoclient.NewKey(sim.Keys().Good)
	_, err := x.Client.CreateInstallation(t.Context(), key, "AUTHORIZED")
	if err == nil {
		_, err = x.Client.UpdateInstallation(t.Context(), key, "AUTHORIZED", json.RawMessage(beforeMetadata))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// play lets a person's events happen, each after all effects were carried out. Only waiting is skipped.
func play(t *testing.T, x Engine, person ...flow.Event) flow.State {
	t.Helper()
	s, effects := flow.Begin(x.Setup)
	for _, ev := range append([]flow.Event{nil}, person...) {
		if ev != nil {
			s, effects = flow.Next(s, ev)
		}
		for n := 0; len(effects) > 0; n++ {
			if n > 300 {
				t.Errorf("effects without end at %s", s.Step)
				return s
			}
			var answer flow.Event
			if tick, ok := effects[0].(flow.Tick); ok {
				answer = flow.Ticked{Answer: tick.Answer()}
			} else {
				answer = x.Do(t.Context(), effects[0])
			}
			var more []flow.Effect
			s, more = flow.Next(s, answer)
			effects = append(effects[1:], more...)
		}
	}
	return s
}

// writes are the methods of the requests that change something.
func writes(requests []pleosim.Request) string {
	var out []string
	for _, r := range requests {
		if r.Method != "GET" {
			out = append(out, r.Method)
		}
	}
	return strings.Join(out, " ")
}

// removed is what becomes of both parts of a disconnect.
var removed = map[string]struct {
	pleo  PleoOutcome
	store StoreOutcome
	class flow.Class // of the failure; 0: none
}{
	"key/lives":  {PleoRemoved, StoreRemoved, 0},
	"key/dies":   {PleoRemoved, StoreRemoved, 0},
	"delete/204": {PleoRemoved, StoreRemoved, 0},
	"delete/200": {PleoRemoved, StoreRemoved, 0},
	"delete/202": {PleoRemoved, StoreRemoved, 0},
	"delete/404": {PleoOpen, StoreKept, flow.ClassNoAnswer}, // and what is installed is there
	"delete/401": {PleoRejected, StoreKept, flow.ClassKey},
	"delete/403": {PleoKept, StoreKept, flow.ClassPermissions},
	"delete/500": {PleoKept, StoreKept, flow.ClassNoAnswer},
	"delete/502": {PleoKept, StoreKept, flow.ClassNoAnswer},
	"delete/503": {PleoKept, StoreKept, flow.ClassNoAnswer},

	"delete/done and 404":      {PleoAbsent, StoreRemoved, 0},
	"delete/page with 404":     {PleoOpen, StoreKept, flow.ClassNoAnswer},
	"delete/page with 401":     {PleoOpen, StoreKept, flow.ClassNoAnswer},
	"delete/page with 200":     {PleoOpen, StoreKept, flow.ClassNoAnswer},
	"delete/a gateway's 404":   {PleoOpen, StoreKept, flow.ClassNoAnswer},
	"delete/a gateway's pages": {PleoOpen, StoreKept, flow.ClassNoAnswer},
}

// TestUndocumentedRemovals: the record goes only when Pleo has nothing left that this key could remove.
func TestUndocumentedRemovals(t *testing.T) {
	t.Parallel()
	all := pleosim.Undocumented()
	for name, want := range removed {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := slices.IndexFunc(all, func(b pleosim.Behaviour) bool { return b.Name == name })
			if i < 0 {
				t.Fatal("the simulated Pleo does not know it")
			}
			x, sim, r := connected(t)
			sim.Behave(all[i])
			got := x.Disconnect(t.Context(), r)
			var class flow.Class
			if got.Failure != nil {
				class = got.Failure.Class()
			}
			if got.Pleo != want.pleo || got.Store != want.store || class != want.class {
				t.Errorf("got %q, %q, class %d", got.Pleo, got.Store, class)
			}
			if _, err := x.get(testCompany); (err == nil) != (want.store == StoreKept) {
				t.Errorf("the record: %v", err)
			}
			_, err := x.Client.Introspect(t.Context(), r.Key) // a later 401 is the truth, and nothing else
			if dead := pleoclient.KindOf(err) == pleoclient.KindKeyRejected; dead != (name == "key/dies") {
				t.Errorf("the key afterwards: %v", err)
			}
		})
	}
}
