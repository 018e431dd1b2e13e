package pleosim_test

import (
	"bufio"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/pleoclient/pleosim/pages"
)

// browser is one that follows redirects and keeps cookies, and shows nothing.
type browser struct {
	t    *testing.T
	http *http.Client
	base string // without the token
}

// newBrowser returns one that was not given the address yet.
func newBrowser(t *testing.T, s *pleosim.Server) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	at, err := url.Parse(s.WebBase())
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, &http.Client{Jar: jar, Transport: transport}, "http://" + at.Host}
}

// open returns one that has opened the address.
func open(t *testing.T, s *pleosim.Server) *browser {
	t.Helper()
	b := newBrowser(t, s)
	b.do(b.request("GET", s.WebBase(), nil), http.StatusOK)
	return b
}

func (b *browser) request(method, address string, form url.Values) *http.Request {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.base + address
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == "POST" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return req
}

// do returns the page that a request ends at.
func (b *browser) do(req *http.Request, want int) (string, *http.Response) {
	b.t.Helper()
	res, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if res.StatusCode != want {
		b.t.Fatalf("%s %s: status %d, want %d: %s", req.Method, req.URL.Path, res.StatusCode, want, body)
	}
	return string(body), res
}

func (b *browser) get(path string) string {
	b.t.Helper()
	page, _ := b.do(b.request("GET", path, nil), http.StatusOK)
	return page
}

func (b *browser) post(path string, form url.Values) string {
	b.t.Helper()
	page, _ := b.do(b.request("POST", path, form), http.StatusOK)
	return page
}

const tile = pages.AccountingPath + "/dynamics-365-finance"

// TestGuard: only the browser that was given the address gets a page, and none gets one by a trick.
func TestGuard(t *testing.T) {
	t.Parallel()
	s := start(t)
	token := s.WebBase()[strings.LastIndex(s.WebBase(), "/")+1:]
	tests := []struct {
		name   string
		change func(*http.Request)
		knows  bool
		method string
		path   string
		want   int
	}{
		{"no cookie", nil, false, "GET", pages.AccountingPath, 403},
		{"no cookie, a file", nil, false, "GET", "/style.css", 403},
		{"no cookie, events", nil, false, "GET", pages.EventsPath, 403},
		{"a wrong token", nil, false, "GET", "/" + strings.Repeat("A", len(token)), 403},
		{"half a token", nil, false, "GET", "/" + token[:13], 403},
		{"the token in a POST", nil, false, "POST", "/" + token, 403},
		{"the token as a parameter", nil, false, "GET", "/?token=" + token, 403},
		{"a wrong cookie", func(r *http.Request) {
			_, port, _ := strings.Cut(r.URL.Host, ":")
			r.AddCookie(&http.Cookie{Name: "pleo-connect-demo-" + port, Value: "A"})
		}, false, "GET", pages.AccountingPath, 403},
		{"another name of this computer", func(r *http.Request) { r.Host = strings.Replace(r.URL.Host, "127.0.0.1", "localhost", 1) },
			true, "GET", pages.AccountingPath, 421},
		{"a name that leads here", func(r *http.Request) { r.Host = "rebinding.example" }, true, "GET", pages.AccountingPath, 421},
		{"a name that leads here, with the token", func(r *http.Request) { r.Host = "rebinding.example" }, false,
			"GET", "/" + token, 421},
		{"a form of another site", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
			true, "POST", tile + "/allow", 403},
		{"a form of another server on this computer", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
			true, "POST", tile + "/allow", 403},
		{"a form of another origin", func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:1") },
			true, "POST", tile + "/allow", 403},
		{"a picture in a page of another server on this computer", func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "same-site")
			r.Header.Set("Sec-Fetch-Dest", "image")
		}, true, "GET", pages.AccountingPath, 403},
		{"a link on a page of another server on this computer", func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "same-site")
			r.Header.Set("Sec-Fetch-Dest", "document")
		}, true, "GET", pages.AccountingPath, 200},
		{"a page that is not there", nil, true, "GET", "/settings/expenses", 404},
		{"an integration that is not there", nil, true, "GET", pages.AccountingPath + "/unknown", 404},
		{"a key that is not there", nil, true, "GET", pages.KeysPath + "/1/key", 404},
		{"a key with a strange number", nil, true, "GET", pages.KeysPath + "/-1/key", 404},
		{"an unknown view", nil, true, "GET", pages.EventsPath + "?view=all", 404},
		{"a method that changes nothing", nil, true, "GET", tile + "/allow", 404},
		{"a look at the head alone", nil, true, "HEAD", tile + "/key", 405},
		{"another method", nil, true, "PUT", pages.AccountingPath, 405},
		{"the right browser", nil, true, "GET", pages.AccountingPath, 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBrowser(t, s)
			if tt.knows {
				b = open(t, s)
			}
			req := b.request(tt.method, tt.path, nil)
			if tt.change != nil {
				tt.change(req)
			}
			page, res := b.do(req, tt.want)
			if res.Header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(
				res.Header.Get("Content-Security-Policy"), "default-src 'none'; ") {
				t.Errorf("headers: %v", res.Header)
			}
			if tt.want == 403 || tt.want == 421 {
				if strings.Contains(page, "Harbour") || strings.Contains(page, token) {
					t.Errorf("a refusal tells too much: %s", page)
				}
			}
		})
	}
}

// TestToken: the address becomes a cookie that no script and no other site can use, and leads nowhere else.
func TestToken(t *testing.T) {
	t.Parallel()
	s := start(t)
	for path, want := range map[string]string{
		"": "/", "/": "/", "/settings/api-keys": "/settings/api-keys", "//example.com": "/example.com",
		"/\\example.com": "/%5Cexample.com", "/\t/example.com": "/%09/example.com",
	} {
		b := newBrowser(t, s)
		b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		req := b.request("GET", s.WebBase(), nil)
		req.URL.Path += path
		_, res := b.do(req, http.StatusSeeOther)
		if got := res.Header.Get("Location"); got != want {
			t.Errorf("%q leads to %q, want %q", path, got, want)
		}
		cookie := res.Header.Get("Set-Cookie")
		for _, flag := range []string{"; HttpOnly", "; SameSite=Strict", "; Path=/"} {
			if !strings.Contains(cookie, flag) {
				t.Errorf("the cookie lacks %q", flag)
			}
		}
	}
	b := newBrowser(t, s) // the address was a link on another site, so that a redirect would bring no cookie
	link := b.request("GET", s.WebBase()+"/settings/api-keys", nil)
	link.Header.Set("Sec-Fetch-Site", "cross-site")
	if page, _ := b.do(link, http.StatusOK); !strings.Contains(page, `content="0;url=/settings/api-keys"`) {
		t.Errorf("a link on another site leads to %s", page)
	}
	b.get(pages.KeysPath)
	if other := start(t); other.WebBase() == s.WebBase() || len(s.WebBase()) < len("http://127.0.0.1:1/")+26 {
		t.Errorf("%q and %q", s.WebBase(), other.WebBase())
	}
}

// TestAllow: a key is shown once, works, and is never shown again.
func TestAllow(t *testing.T) {
	t.Parallel()
	s := start(t)
	b := open(t, s)
	if page := b.get(tile); !strings.Contains(page, "export-jobs:write") || !strings.Contains(page, "Allow") {
		t.Fatalf("the permissions are missing: %s", page)
	}
	if strings.Contains(b.get(pages.KeysPath), "SHA256:") {
		t.Error("a key is listed before one was allowed")
	}
	page := b.post(tile+"/allow", nil)
	good := s.Keys().Good
	if !strings.Contains(page, good) {
		t.Fatal("the key is not shown")
	}
	fingerprint := pleoclient.NewKey(good).Fingerprint()
	for _, path := range []string{tile + "/key", pages.KeysPath, pages.AccountingPath, tile + "/switch"} {
		if page := b.get(path); strings.Contains(page, good) {
			t.Errorf("%s shows the key again", path)
		}
	}
	if !strings.Contains(b.get(pages.KeysPath), fingerprint) {
		t.Error("the key is not listed")
	}
	again := b.post(tile+"/allow", nil)
	if strings.Contains(again, good) || !strings.Contains(again, "pleo-simulated-key-good_2-") {
		t.Error("the second Allow does not create a second key")
	}
}

// TestCreateKey does what Allow does, for an interface without pages.
func TestCreateKey(t *testing.T) {
	t.Parallel()
	s, err := pleosim.Start(pleosim.Options{Grants: "missing_scopes"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b := open(t, s)
	first, second := s.CreateKey("dynamics-365-finance"), s.CreateKey("dynamics-365-finance")
	if first != s.Keys().MissingScopes || second == first || s.CreateKey("unknown") != "" {
		t.Errorf("other keys than expected")
	}
	list := b.get(pages.KeysPath)
	for _, key := range []string{first, second} {
		if !strings.Contains(list, pleoclient.NewKey(key).Fingerprint()) {
			t.Error("a key is not listed")
		}
		if res, _ := ask(t, s, key, "GET", introspect, ""); res.StatusCode != http.StatusOK {
			t.Errorf("Pleo answers %d", res.StatusCode)
		}
	}
	if strings.Contains(b.get(tile+"/key"), second) {
		t.Error("a key that was handed over is shown")
	}
	if page := b.get(pages.AccountingPath); !strings.Contains(page, "Smørblomst Catering ApS") {
		t.Error("the pages are of another company than the key")
	}
}

// TestCreateKeyOfEachKind: a key is listed as what its integration takes.
func TestCreateKeyOfEachKind(t *testing.T) {
	t.Parallel()
	for _, standalone := range []bool{false, true} {
		i := pleosim.BuiltIn()
		i.Standalone = standalone
		s := start(t, i)
		key := s.CreateKey(i.ID)
		if res, _ := ask(t, s, key, "GET", introspect, ""); res.StatusCode != http.StatusOK {
			t.Errorf("standalone %t: Pleo answers %d", standalone, res.StatusCode)
		}
		if list := open(t, s).get(pages.KeysPath); strings.Contains(list, ">Standalone<") != standalone {
			t.Errorf("standalone %t: the list is %s", standalone, list)
		}
	}
}

// TestStandaloneKey: what the form says decides what the key may do.
func TestStandaloneKey(t *testing.T) {
	t.Parallel()
	s := start(t)
	b := open(t, s)
	form := url.Values{
		"name": {"Night <run>"}, "expiration": {"30"}, "access": {pages.AccessCompany},
		"scope": {"export-jobs:read", "companies:read"},
	}
	page := b.post(pages.KeysPath, form)
	key := keyIn(page)
	if key == "" || !strings.Contains(page, "Night &lt;run&gt;") {
		t.Fatal("the key is not shown")
	}
	_, body := ask(t, s, key, "GET", introspect, "")
	for _, want := range []string{"export-jobs:read companies:read", harbourLane, `"Microsoft Dynamics 365 Finance"`} {
		if !strings.Contains(body, want) {
			t.Errorf("introspect lacks %q: %s", want, body)
		}
	}
	if strings.Contains(b.get(pages.KeysPath+"/1/key"), key) {
		t.Error("the key is shown twice")
	}
	form.Set("access", pages.AccessOrganisation)
	if _, body := ask(t, s, keyIn(b.post(pages.KeysPath, form)), "GET", introspect, ""); !strings.Contains(
		body, "urn:pleo:organisation:") {
		t.Errorf("not a key of the organisation: %s", body)
	}
	for field, value := range map[string][]string{
		"name": {" "}, "expiration": {"7"}, "access": {""}, "scope": nil,
	} {
		wrong := url.Values{"name": {"n"}, "expiration": {""}, "access": {pages.AccessCompany}, "scope": {"companies:read"}}
		wrong[field] = value
		b.do(b.request("POST", pages.KeysPath, wrong), http.StatusUnprocessableEntity)
	}
	for field, value := range map[string]string{
		"name": strings.Repeat("n", 81), "scope": "everything:write",
	} {
		wrong := url.Values{"name": {"n"}, "expiration": {""}, "access": {pages.AccessCompany}, "scope": {"companies:read"}}
		wrong.Set(field, value)
		b.do(b.request("POST", pages.KeysPath, wrong), http.StatusUnprocessableEntity)
	}
	b.post(pages.KeysPath+"/1/delete", nil)
	if res, _ := ask(t, s, key, "GET", introspect, ""); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("Pleo answers %d to a deleted key", res.StatusCode)
	}
	if strings.Contains(b.get(pages.KeysPath), pleoclient.NewKey(key).Fingerprint()) {
		t.Error("a deleted key is listed")
	}
	b.do(b.request("POST", pages.KeysPath+"/1/delete", nil), http.StatusNotFound)
}

// keyIn returns the key that a page shows, or "".
func keyIn(page string) string {
	at := strings.Index(page, pleosim.KeyPrefix)
	if at < 0 {
		return ""
	}
	return page[at : at+72]
}

// event is one server-sent event.
type event struct{ name, data string }

// watch returns the events of a view, of all that has happened.
func (b *browser) watch(view string) <-chan event {
	b.t.Helper()
	res, err := b.http.Do(b.request("GET", pages.EventsPath+"?view="+view, nil))
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = res.Body.Close() })
	if got := res.Header.Get("Content-Type"); got != "text/event-stream" {
		b.t.Errorf("media type %q", got)
	}
	out := make(chan event, 100)
	go func() {
		defer close(out)
		var e event
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			switch name, value, _ := strings.Cut(lines.Text(), ": "); name {
			case "event":
				e.name = value
			case "data":
				e.data += value + "\n"
			case "":
				if e.name != "" {
					out <- e
				}
				e = event{}
			}
		}
	}()
	return out
}

// TestPagesChangeByThemselves: what the terminal does is told at once, with the part of the page that changes first.
func TestPagesChangeByThemselves(t *testing.T) {
	t.Parallel()
	s := start(t)
	b := open(t, s)
	key := s.Keys().Good
	accounting, keys := b.watch(pages.ViewAccounting), b.watch(pages.ViewKeys)
	b.post(tile+"/allow", nil)
	for _, events := range []<-chan event{accounting, keys} {
		if e := <-events; e.name != "live" || strings.Contains(e.data, key) {
			t.Errorf("got %q", e.name)
		}
	}
	steps := []struct {
		do                    func()
		event, news, in, lack string
	}{
		{func() { ask(t, s, key, "POST", installation, activated) }, "connected",
			"Microsoft Dynamics 365 Finance is connected to Harbour Lane Bakery ApS.", pleoclient.NewKey(key).Fingerprint(), ""},
		{func() { ask(t, s, key, "DELETE", installation, "") }, "disconnected",
			"Microsoft Dynamics 365 Finance is no longer connected to Harbour Lane Bakery ApS.", "", "Harbour Lane"},
	}
	for _, step := range steps {
		step.do()
		live, what, news := <-accounting, <-accounting, <-accounting
		if live.name != "live" || !strings.Contains(live.data, step.in) ||
			step.lack != "" && strings.Contains(live.data, step.lack) {
			t.Errorf("%s: the part that changes is %q", step.event, live)
		}
		if what != (event{step.event, "dynamics-365-finance\n"}) || news != (event{"news", step.news + "\n"}) {
			t.Errorf("%s: got %q and %q", step.event, what, news)
		}
		if page := b.get(pages.AccountingPath); !strings.Contains(page, step.news) {
			t.Errorf("%s: a page that is opened afterwards does not say so", step.event)
		}
	}
	ask(t, s, key, "POST", installation, activated)
	b.post(tile+"/disconnect", url.Values{"company": {harbourLane}})
	if _, ok := s.Installation(harbourLane); ok {
		t.Error("Disconnect on the page removes nothing")
	}
	if err := s.Close(); err != nil { // ends the streams
		t.Error(err)
	}
	for range accounting {
	}
	for range keys {
	}
}

// TestPace: an answer and the pages wait, and Close waits for neither.
func TestPace(t *testing.T) {
	t.Parallel()
	s, err := pleosim.Start(pleosim.Options{Pace: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	b := open(t, s)
	events := b.watch(pages.ViewKeys)
	b.post(tile+"/allow", nil)
	if page := b.get(pages.KeysPath); !strings.Contains(page, "SHA256:") {
		t.Error("a page waits")
	}
	answered := make(chan error, 1)
	req := request(t, s, s.Keys().Good, "POST", installation, activated)
	go func() {
		res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
		if err == nil {
			_ = res.Body.Close()
		}
		answered <- err
	}()
	arrived := func(log []pleosim.Request) bool { return len(log) == 1 }
	if err := s.Wait(t.Context(), arrived); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Installation(harbourLane); ok {
		t.Error("a change is carried out at once")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if <-answered == nil {
		t.Error("a request was answered at once")
	}
	for e := range events {
		t.Errorf("told of %q at once", e.name)
	}
}
