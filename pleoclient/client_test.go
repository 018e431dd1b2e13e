package pleoclient_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
)

func TestNewOrigin(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"https://external.pleo.io":         "https://external.pleo.io",
		"https://external.pleo.io/":        "https://external.pleo.io",
		"HTTPS://External.Pleo.IO:443":     "https://external.pleo.io",
		"https://external.staging.pleo.io": "https://external.staging.pleo.io",
		"https://pleo.example:8443":        "https://pleo.example:8443",
		"http://127.0.0.1:8080":            "http://127.0.0.1:8080",
		"http://127.9.9.9":                 "http://127.9.9.9",
		"http://localhost:80":              "http://localhost",
		"http://[::1]:8080":                "http://[::1]:8080",
		"http://[::1]":                     "http://[::1]",
		"https://pleo.io":                  "https://pleo.io",
		"https://192.0.2.1":                "https://192.0.2.1",
		// Other hosts that imitate no one: the caller shows them.
		"https://pleo-gateway.contoso.example":   "https://pleo-gateway.contoso.example",
		"https://pleo.contoso.example":           "https://pleo.contoso.example",
		"https://io.pleo.contoso.example":        "https://io.pleo.contoso.example",
		"https://external.pleo.contoso.io":       "https://external.pleo.contoso.io",
		"https://pleo.iodine.example":            "https://pleo.iodine.example",
		"https://gateway":                        "https://gateway",
		"https://io":                             "https://io",
		"https://api.contoso.io":                 "https://api.contoso.io",
		"https://pleo.internal.contoso.co.uk:99": "https://pleo.internal.contoso.co.uk:99",
	}
	for base, want := range tests {
		c, err := pleoclient.New(base)
		if err != nil {
			t.Errorf("%s: %v", base, err)
			continue
		}
		if c.Origin() != want {
			t.Errorf("%s became %s, want %s", base, c.Origin(), want)
		}
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"http://127.0.0.1:8080": true, "http://[::1]:1": true, "http://LOCALHOST:80": true, "//localhost:80": true,
		"https://external.pleo.io": false, "https://127.0.0.1.example": false, "https://localhost.example": false,
		"localhost": false, "%zz": false,
	} {
		if got := pleoclient.IsLoopback(pleoclient.Hostname(address)); got != want {
			t.Errorf("%s: %t", address, got)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ base, words string }{
		{"", "api_scheme"},
		{"external.pleo.io", "api_scheme"},
		{"external.pleo.io:443", "api_address"},
		{"ftp://external.pleo.io", "api_scheme"},
		{"https:external.pleo.io", "api_address"},
		{"https://", "api_host"},
		{"https://" + canary + "@external.pleo.io", "api_user"},
		{"https://" + canary + ":x@external.pleo.io", "api_user"},
		{"https://@external.pleo.io", "api_user"},
		{"https://external.pleo.io/v1", "api_path"},
		{"https://external.pleo.io//", "api_path"},
		{"https://external.pleo.io?", "api_query"},
		{"https://external.pleo.io?key=" + canary, "api_query"},
		{"https://external.pleo.io#", "api_query"},
		{"https://external.pleo.io/#x", "api_query"},
		{"https://external.pleo.io.", "api_host"},
		{"https://external..pleo.io", "api_host"},
		{"https://" + strings.Repeat("a.", 126) + "ab", "api_host"}, // 254 letters
		{"https://external.pleo.io.:443", "api_host"},
		{"https://" + canary + ".pleo.io", "api_host"},
		{"https://extern\u0430l.pleo.io", "api_character: U+0430"},
		{"https://external.ple\u043e.io", "api_character: U+043E"},
		{"https://external.ple\u03bf.io", "api_character: U+03BF"},
		{"https://external.pleo.\u0131o", "api_character: U+0131"},
		{"https://external.\uff50leo.io", "api_character: U+FF50"},
		{"https://external\u3002pleo.io", "api_character: U+3002"},
		{"https://external.pleo\u200b.io", "api_character: U+200B"},
		{"https://external.pl%C3%A9o.io", "api_character: U+00E9"},
		{"https://" + canary + "\u00e9.pleo.io", "api_character: U+00E9"},
		{"https://external.xn--plo-dma.io", "api_script"},
		{"https://XN--PLO-DMA.example", "api_script"},
		{"https://external.pleo.io.evil.example", "api_lookalike"},
		{"https://pleo.io.example", "api_lookalike"},
		{"https://external-pleo-io.example", "api_lookalike"},
		{"https://pleo-io.com", "api_lookalike"},
		{"https://external.pleoio.com", "api_lookalike"},
		{"https://EXTERNAL.P1EO.IO", "api_lookalike"},
		{"https://external.pieo.io", "api_lookalike"},
		{"https://external.pleo.lo", "api_lookalike"},
		{"https://external.pleo.io0:8443", "api_lookalike"},
		{"https://external.pleo.i", "api_lookalike"},
		{"https://external.ppleo.io", "api_lookalike"},
		{"https://external.peo.io", "api_lookalike"},
		{"https://external.pelo.io", "api_lookalike"},
		{"https://external.pleo.oi", "api_lookalike"},
		{"https://external.pleo.io:", "api_colon"},
		{"https://external.pleo.io:0", "api_port"},
		{"https://external.pleo.io:65536", "api_port"},
		{"https://external.pleo.io:https", "api_address"},
		{"https://[fe80::1%25eth0]", "api_host"},
		{"https://ext ernal", "api_address"},
		{"http://external.pleo.io", "api_plain"},
		{"http://127.0.0.1.evil.example", "api_plain"},
		{"http://localhost.evil.example", "api_plain"},
		{"http://192.0.2.1", "api_plain"},
		{"http://0.0.0.0", "api_plain"},
	}
	for _, test := range tests {
		_, err := pleoclient.New(test.base)
		if err == nil || err.Error() != test.words {
			t.Errorf("%q: got %v, want words %q", test.base, err, test.words)
			continue
		}
		if strings.Contains(strings.ToLower(err.Error()), strings.ToLower(canary)) {
			t.Errorf("%q: the error shows the key", test.base)
		}
	}
}

func TestNewRefusesOptions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		option pleoclient.Option
		words  string
	}{
		"user agent with a line break": {pleoclient.UserAgent("x\r\nX-Evil: y"), "user_agent"},
		"empty user agent":             {pleoclient.UserAgent(""), "user_agent"},
		"CA file without a name":       {pleoclient.CAFile(""), "ca_name"},
	}
	for name, test := range tests {
		if _, err := pleoclient.New("https://external.pleo.io", test.option); err == nil ||
			err.Error() != test.words {
			t.Errorf("%s: got %v, want words %q", name, err, test.words)
		}
	}
}

func TestReach(t *testing.T) {
	t.Parallel()
	s, c, _ := start(t)
	if err := c.Reach(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []pleosim.Request{{Method: "GET", Path: "/v1/introspect", Status: 401}} // without a key
	if diff := cmp.Diff(want, s.Requests()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestIntrospect(t *testing.T) {
	t.Parallel()
	s, c, _ := start(t)
	all := []pleoclient.Scope{"export-jobs:read", "export-jobs:write", "export-items:read", "companies:read"}
	ours := pleoclient.Safe("Microsoft Dynamics 365 Finance")
	apiKey := pleoclient.Safe(pleoclient.AuthMethodAPIKey)
	tests := map[string]struct {
		key  string
		want pleoclient.Introspection
	}{
		"good": {s.Keys().Good, pleoclient.Introspection{
			AuthMethod: apiKey, Application: ours, Scopes: all, Owner: pleoclient.Owner{Company: harbourLane},
		}},
		"missing scopes": {s.Keys().MissingScopes, pleoclient.Introspection{
			AuthMethod: apiKey, Application: ours, Scopes: []pleoclient.Scope{"export-jobs:read", "companies:read"},
			Owner: pleoclient.Owner{Company: "8d1e6a42-0f3b-4957-b6c8-25e9f07a4d13"},
		}},
		"organisation": {s.Keys().Organisation, pleoclient.Introspection{
			AuthMethod: apiKey, Application: ours, Scopes: all, Owner: pleoclient.Owner{Organisation: true},
		}},
	}
	for name, test := range tests {
		got, err := c.Introspect(t.Context(), pleoclient.NewKey(test.key))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(pleoclient.SafeText{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, key := range []string{s.Keys().Revoked, s.Keys().Staging, canary} {
		_, err := c.Introspect(t.Context(), pleoclient.NewKey(key))
		wantKind(t, err, pleoclient.KindKeyRejected)
	}
}

func TestInstallationLife(t *testing.T) {
	t.Parallel()
	s, c, key := start(t)
	ctx := t.Context()
	none, err := c.Installations(ctx, key)
	if err != nil || len(none) != 0 {
		t.Fatalf("got %+v, %v; want nothing installed", none, err)
	}
	created, err := c.CreateInstallation(ctx, key, "AUTHORIZED")
	if err != nil || !created.Exists() || created.Status.String() != "AUTHORIZED" ||
		created.Owner.Company != harbourLane {
		t.Fatalf("created %+v, %v", created, err)
	}
	updated, err := c.UpdateInstallation(ctx, key, pleoclient.StatusActivated, created.Metadata)
	if err != nil || updated.ID != created.ID || updated.Status.String() != pleoclient.StatusActivated {
		t.Fatalf("updated %+v, %v", updated, err)
	}
	read, err := c.Installations(ctx, key)
	diff := cmp.Diff(pleoclient.Installations{updated}, read, cmp.AllowUnexported(pleoclient.SafeText{}))
	if err != nil || diff != "" {
		t.Fatalf("read back, %v (-want +got):\n%s", err, diff)
	}
	for _, there := range []bool{true, false} {
		if existed, err := c.DeleteInstallation(ctx, key); err != nil || existed != there {
			t.Fatalf("there was one: %v, want %v; %v", existed, there, err)
		}
	}
	if status, ok := s.Installation(string(harbourLane)); ok {
		t.Errorf("%s is still installed", status)
	}
}

func TestCompany(t *testing.T) {
	t.Parallel()
	s, c, key := start(t)
	got, err := c.Company(t.Context(), key, pleoclient.CompanyID(strings.ToUpper(string(harbourLane))))
	if err != nil || got.ID != harbourLane || got.Name.String() != "Harbour Lane Bakery ApS" {
		t.Errorf("got %+v, %v", got, err)
	}
	_, err = c.Company(t.Context(), key, "00000000-0000-4000-8000-000000000000")
	wantKind(t, err, pleoclient.KindNotFound)
	_, err = c.Company(t.Context(), pleoclient.NewKey(s.Keys().NoCompanyScope), harbourLane)
	wantKind(t, err, pleoclient.KindForbidden)
}

func TestCompanyIDNeverReachesThePathRaw(t *testing.T) {
	t.Parallel()
	s, c, key := start(t)
	for _, id := range []string{"", "../introspect", "x?y", "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5/..", "CON"} {
		_, err := c.Company(t.Context(), key, pleoclient.CompanyID(id))
		wantKind(t, err, pleoclient.KindBadRequest)
	}
	if got := s.Requests(); len(got) != 0 {
		t.Errorf("something was sent: %v", got)
	}
}

func TestUnusableKeysAreNotSent(t *testing.T) {
	t.Parallel()
	s, c, _ := start(t)
	tests := map[string]struct {
		key  pleoclient.Key
		want pleoclient.Kind
	}{
		"none":       {pleoclient.Key{}, pleoclient.KindNotAKey},
		"colon":      {pleoclient.NewKey(canary + ":x"), pleoclient.KindKeyMalformed},
		"space":      {pleoclient.NewKey(canary + " x"), pleoclient.KindKeyMalformed},
		"line break": {pleoclient.NewKey(canary + "\r\nX: y"), pleoclient.KindKeyMalformed},
		"letter":     {pleoclient.NewKey(canary + "é"), pleoclient.KindKeyMalformed},
	}
	for name, test := range tests {
		for _, call := range calls[1:] { // Reach takes no key
			e := wantKind(t, call.do(t.Context(), c, test.key), test.want)
			if e.Op != "" {
				t.Errorf("%s, %s: nothing was sent, yet op is %q", name, call.name, e.Op)
			}
		}
	}
	if got := s.Requests(); len(got) != 0 {
		t.Errorf("something was sent: %v", got)
	}
}

// TestOnTheWire reads whole requests: the key is in one header and nowhere else.
func TestOnTheWire(t *testing.T) {
	t.Parallel()
	seen := make(chan *http.Request, 1)
	dumps := make(chan string, 1)
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		dump, _ := httputil.DumpRequest(r, true)
		dumps <- string(dump)
		seen <- r
		w.WriteHeader(http.StatusNoContent)
	})
	c := newClient(t, base, pleoclient.UserAgent("pleo-connect/1.2.3 (linux; amd64)"))
	basic := base64.StdEncoding.EncodeToString([]byte(canary + ":"))
	for _, call := range calls {
		_ = call.do(t.Context(), c, canaryKey)
		r, dump := <-seen, <-dumps
		headers := map[string]string{
			"User-Agent": "pleo-connect/1.2.3 (linux; amd64)", "Accept": "application/json",
			"Authorization": "Basic " + basic, "Accept-Encoding": "", "Referer": "", "Cookie": "", "Content-Type": "",
		}
		if call.name == "Reach" {
			headers["Authorization"] = ""
		}
		if call.method == "POST" || call.method == "PUT" {
			headers["Content-Type"] = "application/json;charset=UTF-8"
		}
		for name, want := range headers {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: got %s %q, want %q", call.name, name, got, want)
			}
		}
		if r.Method != call.method || r.URL.String() != call.path || r.ProtoMajor != 1 {
			t.Errorf("%s: got %s %s %s", call.name, r.Method, r.URL, r.Proto)
		}
		if rest := strings.Replace(dump, basic, "", 1); strings.Contains(rest, basic) ||
			strings.Contains(rest, canary) {
			t.Errorf("%s: the key is in more than one place", call.name)
		}
	}
}

func TestInstallationBodies(t *testing.T) {
	t.Parallel()
	bodies := make(chan string, 1)
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- string(body)
		w.WriteHeader(http.StatusAccepted)
	})
	c := newClient(t, base)
	tests := []struct{ metadata, want string }{
		{``, `{"status":"ACTIVATED"}`},
		{`null`, `{"status":"ACTIVATED"}`},
		{`{}`, `{"status":"ACTIVATED"}`},
		{`[1]`, `{"status":"ACTIVATED"}`},
		{`{"half":`, `{"status":"ACTIVATED"}`},
		{`{"a":{"b":[1e400,"\u00e6"]},"c":"text"}`,
			`{"status":"ACTIVATED","metadata":{"a":{"b":[1e400,"\u00e6"]},"c":"text"}}`},
	}
	for _, test := range tests {
		got, err := c.UpdateInstallation(t.Context(), canaryKey, "ACTIVATED", json.RawMessage(test.metadata))
		if err != nil || got.Exists() { // 202 without a body: the caller reads back
			t.Errorf("got %+v, %v", got, err)
		}
		if body := <-bodies; body != test.want {
			t.Errorf("metadata %s: sent %s, want %s", test.metadata, body, test.want)
		}
	}
	if _, err := c.CreateInstallation(t.Context(), canaryKey, `A"B`); err != nil {
		t.Error(err)
	}
	if body := <-bodies; body != `{"status":"A\"B"}` {
		t.Errorf("sent %s", body)
	}
	_, err := c.CreateInstallation(t.Context(), canaryKey, "\xff")
	wantKind(t, err, pleoclient.KindBadRequest)
}
