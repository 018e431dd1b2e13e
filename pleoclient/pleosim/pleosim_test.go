package pleosim_test

import (
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
)

const (
	introspect   = "/v1/introspect"
	installation = "/v1/installations/me"
	harbourLane  = "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"
	company      = "/v1/companies/" + harbourLane
	activated    = `{"status":"ACTIVATED"}`
)

// start serves the integrations, or the built-in one.
func start(t *testing.T, integrations ...pleosim.Integration) *pleosim.Server {
	t.Helper()
	s, err := pleosim.Start(pleosim.Options{Integrations: integrations})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// behave makes s act in one of the ways of Undocumented.
func behave(t *testing.T, s *pleosim.Server, name string) {
	t.Helper()
	all := pleosim.Undocumented()
	i := slices.IndexFunc(all, func(b pleosim.Behaviour) bool { return b.Name == name })
	if i < 0 {
		t.Fatalf("there is no behaviour %q", name)
	}
	s.Behave(all[i])
}

// request asks as any program would: nothing here knows pleoclient.
func request(t *testing.T, s *pleosim.Server, key, method, path, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.APIBase()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		req.SetBasicAuth(key, "")
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json;charset=UTF-8")
	}
	return req
}

func ask(t *testing.T, s *pleosim.Server, key, method, path, body string) (*http.Response, string) {
	t.Helper()
	return do(t, request(t, s, key, method, path, body))
}

func do(t *testing.T, req *http.Request) (*http.Response, string) {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	res, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	s := start(t)
	k := s.Keys()
	tests := []struct {
		name, key, method, path, body string
		want                          int
	}{
		{"introspect", k.Good, "GET", introspect, "", 200},
		{"no key", "", "GET", introspect, "", 401},
		{"unknown key", "canary-nobody-knows", "GET", introspect, "", 401},
		{"staging key", k.Staging, "GET", introspect, "", 401},
		{"revoked key", k.Revoked, "GET", introspect, "", 401},
		{"unknown path", k.Good, "GET", "/v1/introspection", "", 404},
		{"root", k.Good, "GET", "/", "", 404},
		{"double slash", k.Good, "GET", "/v1//introspect", "", 404},
		{"wrong method", k.Good, "POST", introspect, "{}", 405},
		{"wrong method on the company", k.Good, "DELETE", company, "", 405},
		{"nothing installed", k.Good, "GET", installation, "", 404},
		{"nothing to update", k.Good, "PUT", installation, activated, 404},
		{"nothing to activate", k.Good, "POST", installation + ":activate", "", 404},
		{"nothing to delete", k.Good, "DELETE", installation, "", 404},
		{"create without a body", k.Good, "POST", installation, "", 400},
		{"create with a list", k.Good, "POST", installation, "[]", 400},
		{"create with half a body", k.Good, "POST", installation, `{"status":`, 400},
		{"create with duplicates", k.Good, "POST", installation, `{"status":"ACTIVATED","status":"ERROR"}`, 400},
		{"create with an unknown status", k.Good, "POST", installation, `{"status":"BUSY"}`, 400},
		{"create with a number as status", k.Good, "POST", installation, `{"status":1}`, 400},
		{"create with an unknown member", k.Good, "POST", installation, `{"state":"ACTIVATED"}`, 400},
		{"create with text as metadata", k.Good, "POST", installation, `{"metadata":"x"}`, 400},
		{"update without a status", k.Good, "PUT", installation, `{}`, 400},
		{"company", k.Good, "GET", company, "", 200},
		{"company of another key", k.MissingScopes, "GET", company, "", 404},
		{"company without the scope", k.NoCompanyScope, "GET", company, "", 403},
		{"companies", k.Good, "GET", "/v1/companies", "", 200},
		{"companies without the scope", k.NoCompanyScope, "GET", "/v1/companies", "", 403},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			res, body := ask(t, s, test.key, test.method, test.path, test.body)
			if res.StatusCode != test.want {
				t.Errorf("got status %d, want %d: %s", res.StatusCode, test.want, body)
			}
			if got := res.Header.Get("Content-Type"); got != "application/json;charset=UTF-8" {
				t.Errorf("got media type %q", got)
			}
		})
	}
}

func TestAuthorizationForms(t *testing.T) {
	t.Parallel()
	s := start(t)
	key := s.Keys().Good
	tests := map[string]func(*http.Request){
		"bearer":            func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+key) },
		"with a password":   func(r *http.Request) { r.SetBasicAuth(key, "password") },
		"key as password":   func(r *http.Request) { r.SetBasicAuth("", key) },
		"basic, not base64": func(r *http.Request) { r.Header.Set("Authorization", "Basic "+key+":") },
	}
	for name, authorize := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := request(t, s, "", "GET", introspect, "")
			authorize(req)
			if res, _ := do(t, req); res.StatusCode != http.StatusUnauthorized {
				t.Errorf("got status %d, want 401", res.StatusCode)
			}
		})
	}
}

func TestBodyMediaTypeIsRequired(t *testing.T) {
	t.Parallel()
	s := start(t)
	req := request(t, s, s.Keys().Good, "POST", installation, activated)
	req.Header.Set("Content-Type", "text/plain")
	if res, _ := do(t, req); res.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("got status %d, want 415", res.StatusCode)
	}
}

func TestIntrospect(t *testing.T) {
	t.Parallel()
	s := start(t)
	k := s.Keys()
	const all = "export-jobs:read export-jobs:write export-items:read companies:read"
	const ours = "Microsoft Dynamics 365 Finance"
	tests := []struct{ name, key, scope, application, subject string }{
		{"good", k.Good, all, ours, "urn:pleo:company:"},
		{"missing_scopes", k.MissingScopes, "export-jobs:read companies:read", ours, "urn:pleo:company:"},
		{"other_application", k.OtherApplication, all, "Contoso Books", "urn:pleo:company:"},
		{"organisation", k.Organisation, all, ours, "urn:pleo:organisation:"},
		{"no_company_scope", k.NoCompanyScope, "export-jobs:read export-jobs:write export-items:read", ours,
			"urn:pleo:company:"},
	}
	subjects := map[string]bool{}
	for _, test := range tests {
		_, body := ask(t, s, test.key, "GET", introspect, "")
		var got struct{ Data map[string]string }
		decode(t, body, &got)
		subject := got.Data["subjectURN"]
		id, ok := strings.CutPrefix(subject, test.subject)
		if !ok || !pleoclient.IsUUID(id) || !pleoclient.IsUUID(got.Data["clientId"]) {
			t.Errorf("%s: invalid ids in %s", test.name, body)
		}
		subjects[subject] = true
		want := map[string]string{
			"authMethod": "API_KEY", "clientId": got.Data["clientId"], "subjectURN": subject,
			"scope": test.scope, "applicationName": test.application,
		}
		if diff := cmp.Diff(want, got.Data); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	if len(subjects) != len(tests) {
		t.Error("two keys share a company")
	}
	if !subjects["urn:pleo:company:"+harbourLane] {
		t.Error("the good key does not belong to the documented company")
	}
}

// decode finds fields by their names in any case, except for the strictness of jsontext itself.
func decode(t *testing.T, body string, out any) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), out, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
}

type installationAnswer struct {
	ID            string         `json:"id"`
	ApplicationID string         `json:"applicationId"`
	Resource      string         `json:"resource"`
	Status        string         `json:"status"`
	Metadata      jsontext.Value `json:"metadata"`
	CreatedAt     time.Time      `json:"createdAt"`
	UpdatedAt     time.Time      `json:"updatedAt"`
	ErrorCode     string         `json:"errorCode"`
}

func TestInstallationLife(t *testing.T) {
	t.Parallel()
	s := start(t)
	key := s.Keys().Good
	steps := []struct {
		method, path, body string
		code               int
		status, metadata   string // after the step; no status: nothing is installed
	}{
		{"POST", installation, `{}`, 200, "AUTHORIZED", `{}`},
		{"POST", installation, activated, 200, "AUTHORIZED", `{}`}, // the old one comes back
		{"PUT", installation, `{"status":"ERROR","errorCode":"AUTH_ERROR","metadata":{"a":{"b":1}}}`,
			200, "ERROR", `{"a":{"b":1}}`},
		{"PUT", installation, activated, 200, "ACTIVATED", `{"a":{"b":1}}`},
		{"PUT", installation, `{"status":"busy"}`, 400, "ACTIVATED", ""},
		{"DELETE", installation, "", 204, "", ""},
		{"DELETE", installation, "", 404, "", ""},
		{"POST", installation, `{"status":"PENDING_INTEGRATION","metadata":{"c":{}}}`,
			200, "PENDING_INTEGRATION", `{"c":{}}`},
		{"POST", installation + ":activate", "", 200, "ACTIVATED", `{"c":{}}`},
	}
	for _, step := range steps {
		res, body := ask(t, s, key, step.method, step.path, step.body)
		if res.StatusCode != step.code {
			t.Fatalf("%+v: got status %d", step, res.StatusCode)
		}
		status, ok := s.Installation(harbourLane)
		if status != step.status || ok != (step.status != "") {
			t.Errorf("%+v: the installation is %q, %v", step, status, ok)
		}
		if step.code == 204 && body != "" {
			t.Errorf("%+v: got a body with 204", step)
		}
		if step.code == 200 {
			checkInstallation(t, body, step.status, step.metadata)
		}
	}
}

func checkInstallation(t *testing.T, body, status, metadata string) {
	t.Helper()
	var got installationAnswer
	decode(t, body, &got)
	if !pleoclient.IsUUID(got.ID) || !pleoclient.IsUUID(got.ApplicationID) || got.CreatedAt.IsZero() ||
		got.UpdatedAt.IsZero() {
		t.Errorf("invalid ids or dates in %s", body)
	}
	if got.Resource != "urn:pleo:company:"+harbourLane || got.Status != status || string(got.Metadata) != metadata {
		t.Errorf("want %s with metadata %s, got %s", status, metadata, body)
	}
}

func TestInstallationsAreSeparate(t *testing.T) {
	t.Parallel()
	s := start(t)
	k := s.Keys()
	if res, _ := ask(t, s, k.Good, "POST", installation, activated); res.StatusCode != 200 {
		t.Fatalf("got status %d", res.StatusCode)
	}
	for _, key := range []string{k.MissingScopes, k.OtherApplication, k.Organisation, k.NoCompanyScope} {
		if res, _ := ask(t, s, key, "GET", installation, ""); res.StatusCode != 404 {
			t.Errorf("got status %d for another company's key", res.StatusCode)
		}
	}
}

func TestCompanies(t *testing.T) {
	t.Parallel()
	s := start(t)
	type companyAnswer struct {
		ID, Name string
		Address  struct{ Locality, Country string }
	}
	var one struct{ Data companyAnswer }
	_, body := ask(t, s, s.Keys().Good, "GET", company, "")
	decode(t, body, &one)
	want := companyAnswer{ID: harbourLane, Name: "Harbour Lane Bakery ApS"}
	want.Address.Locality, want.Address.Country = "Aarhus", "DK"
	if diff := cmp.Diff(want, one.Data); diff != "" {
		t.Errorf("one (-want +got):\n%s", diff)
	}
	var list struct {
		Data       []companyAnswer
		Pagination struct {
			CurrentRequestPagination     struct{ Parameters map[string][]string }
			HasNextPage, HasPreviousPage *bool
		}
	}
	_, body = ask(t, s, s.Keys().Good, "GET", "/v1/companies", "")
	decode(t, body, &list)
	if diff := cmp.Diff([]companyAnswer{want}, list.Data); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	p := list.Pagination
	if p.CurrentRequestPagination.Parameters == nil || p.HasNextPage == nil || p.HasPreviousPage == nil {
		t.Errorf("incomplete pagination in %s", body)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	s, again := start(t), start(t)
	if s.Keys() != again.Keys() {
		t.Error("the keys differ between two runs")
	}
	text, err := json.Marshal(s.Keys())
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]string
	decode(t, string(text), &keys)
	names := []string{
		"good", "replacement", "fewer_scopes", "more_scopes", "other_company", "missing_scopes", "other_application",
		"staging", "organisation", "no_company_scope", "revoked",
	}
	if len(keys) != len(names) {
		t.Errorf("got %d keys, want %d", len(keys), len(names))
	}
	form := regexp.MustCompile(`^[a-z0-9_-]{72}$`)
	for _, name := range names {
		if key := keys[name]; !form.MatchString(key) || !strings.HasPrefix(key, pleosim.KeyPrefix+name) {
			t.Errorf("the key %q is not of the promised form", name)
		}
	}
}

func TestListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, listen := range []string{
		"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.com:0", "127.0.0.1", "nonsense",
	} {
		s, err := pleosim.Start(pleosim.Options{Listen: listen})
		if err == nil {
			t.Errorf("%q was accepted", listen)
			_ = s.Close()
		}
	}
	s, err := pleosim.Start(pleosim.Options{Listen: "localhost:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if !strings.HasPrefix(s.APIBase(), "http://127.0.0.1:") {
		t.Errorf("localhost became %s", s.APIBase())
	}
	taken, err := pleosim.Start(pleosim.Options{Listen: strings.TrimPrefix(s.APIBase(), "http://")})
	if err == nil {
		t.Error("a taken port was accepted")
		_ = taken.Close()
	}
}

// TestUndocumentedPoints: every open point of Pleo's pages has behaviours, each with a name of its own.
func TestUndocumentedPoints(t *testing.T) {
	t.Parallel()
	points, names := map[string]int{}, map[string]bool{}
	for _, b := range pleosim.Undocumented() {
		if names[b.Name] {
			t.Errorf("%q is there twice", b.Name)
		}
		names[b.Name] = true
		points[b.Point]++
	}
	want := map[string]int{
		"GET installation, nothing installed": 9, "GET installation, installed": 7, "POST meets an existing one": 7,
		"POST straight to ACTIVATED": 1, "metadata": 2, "unknown status, authMethod, errorCode, field": 12,
		"status 201, 202 or 204 where 200 is documented": 4, "error bodies": 7, "401 or 403 for a missing scope": 2,
		"introspect answers 403 or 404": 2, "subjectURN missing": 1, "URN spelling": 4, "scope": 2,
		"applicationName missing": 1, "company name": 2, "429 without Retry-After": 4, "key after DELETE": 2,
		"DELETE": 15, "media type; dates": 5,
	}
	if diff := cmp.Diff(want, points); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestHabits: what lasts is seen by any program.
func TestHabits(t *testing.T) {
	t.Parallel()
	const withMetadata = `{"status":"ACTIVATED","metadata":{"a":{"b":1}}}`
	for _, c := range []struct {
		name  string
		asks  [][2]string // method and body
		codes []int
		body  string // a part of the last answer
	}{
		{"create/keeps AUTHORIZED", [][2]string{{"POST", activated}, {"GET", ""}, {"PUT", activated}},
			[]int{200, 200, 200}, `"status":"ACTIVATED"`},
		{"create/keeps AUTHORIZED", [][2]string{{"POST", activated}, {"GET", ""}},
			[]int{200, 200}, `"status":"AUTHORIZED"`},
		{"create/409", [][2]string{{"POST", activated}, {"POST", activated}}, []int{200, 409}, ""},
		{"create/400", [][2]string{{"POST", activated}, {"POST", activated}}, []int{200, 400}, ""},
		{"metadata/PUT clears", [][2]string{{"POST", withMetadata}, {"PUT", activated}},
			[]int{200, 200}, `"metadata":{}`},
		{"metadata/PUT clears", [][2]string{{"POST", withMetadata}, {"PUT", withMetadata}},
			[]int{200, 200}, `"metadata":{"a":{"b":1}}`},
		{"metadata/objects only",
			[][2]string{{"POST", withMetadata}, {"PUT", `{"status":"ACTIVATED","metadata":{"a":"b"}}`}},
			[]int{200, 400}, ""},
		{"key/dies", [][2]string{{"POST", activated}, {"DELETE", ""}, {"GET", ""}}, []int{200, 204, 401}, ""},
		{"key/lives", [][2]string{{"POST", activated}, {"DELETE", ""}, {"GET", ""}}, []int{200, 204, 404}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			behave(t, s, c.name)
			for i, call := range c.asks {
				res, body := ask(t, s, s.Keys().Good, call[0], installation, call[1])
				if res.StatusCode != c.codes[i] || i == len(c.asks)-1 && !strings.Contains(body, c.body) {
					t.Errorf("%v: got status %d and %s", call, res.StatusCode, body)
				}
			}
		})
	}
}
