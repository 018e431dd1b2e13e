//go:build unix

package main

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

// blame finds words that would say that a key is at fault.
var blame = regexp.MustCompile(`(?i)\b(reject\w*|invalid|mistyped|revoked|expired|(wrong|bad) key)\b`)

// lastingFault is a fault that does not go away: Pleo, or a proxy before it, answers everything like this.
type lastingFault struct {
	about  string
	fault  pleosim.Fault
	kind   string // of connect and reconnect
	answer bool   // to a single question it can be true: nothing is installed, or the name may not be read
}

func lasting(f pleosim.Fault) pleosim.Fault { f.Times = pleosim.Always; return f }

func lastingFaults() []lastingFault {
	const jsonType = "application/json;charset=UTF-8"
	reply := func(status int, contentType, body string) pleosim.Fault {
		return lasting(pleosim.Reply("", "", status, contentType, body))
	}
	slowDown := reply(429, jsonType, "{}")
	slowDown.Header.Set("Retry-After", "1")
	signIn := reply(401, jsonType, "{}")
	signIn.Header.Set("WWW-Authenticate", "Negotiate")
	redirect := reply(302, "", "")
	redirect.Header.Set("Location", "http://127.0.0.1:1/login")
	return []lastingFault{
		{"500", reply(500, jsonType, `{"message":"oops"}`), "pleo_trouble", false},
		{"502", reply(502, "text/html", "<h1>Bad gateway</h1>"), "pleo_trouble", false},
		{"503", reply(503, "", ""), "pleo_trouble", false},
		{"429", slowDown, "rate_limited", false},
		{"400", reply(400, jsonType, "{}"), "bad_request", true},
		{"404", reply(404, jsonType, "{}"), "unexpected_answer", true},
		{"404, a page", reply(404, "text/html", "<h1>nothing here</h1>"), "intercepted", false},
		{"403, a page", reply(403, "", "<h1>blocked</h1>"), "intercepted", false},
		{"401, a sign-in", signIn, "intercepted", false},
		{"407", reply(407, "", ""), "proxy_login", false},
		{"a login page", reply(200, "text/html", "<h1>sign in</h1>"), "login_page", false},
		{"a redirect", redirect, "login_page", false},
		{"cut", lasting(pleosim.Cut("", "")), "offline", false},
	}
}

// TestNetworkFaultsChangeNothing runs each command while each fault lasts, over a connection that has an earlier
// version, and over one that is not active yet. Not a byte of the records changes, and no word blames the key.
func TestNetworkFaultsChangeNothing(t *testing.T) {
	t.Parallel()
	for _, c := range lastingFaults() {
		for _, status := range []string{store.StatusActive, store.StatusPending} {
			t.Run(c.about+", "+status, func(t *testing.T) {
				t.Parallel()
				s := storedTwice(t, status)
				s.sim.Inject(c.fault)
				s.saysNothingAboutTheKey(t, "connect", c.kind, s.headless(s.sim.Keys().Good, "--company", bakery))
				s.saysNothingAboutTheKey(t, "reconnect", c.kind, s.reconnect(s.sim.Keys().Good))
				s.saysNothingAboutTheKey(t, "status", "", s.status("--check"))
				s.saysNothingAboutTheKey(t, "disconnect", c.kind, s.disconnect("--json"))
			})
		}
	}
}

// TestNetworkFaultsAfterTheKey: the key is accepted, and a later question of the check fails.
func TestNetworkFaultsAfterTheKey(t *testing.T) {
	t.Parallel()
	for _, c := range lastingFaults() {
		if c.answer {
			continue
		}
		for _, path := range []string{installationPath, companyPath} {
			if c.kind == "intercepted" && path == companyPath {
				continue // TestNameInBetween
			}
			t.Run(c.about+", "+path, func(t *testing.T) {
				t.Parallel()
				s := storedTwice(t, store.StatusActive)
				fault := c.fault
				fault.Method, fault.Path = http.MethodGet, path
				s.sim.Inject(fault)
				s.saysNothingAboutTheKey(t, "connect", c.kind, s.headless(s.sim.Keys().Good, "--company", bakery))
				s.saysNothingAboutTheKey(t, "reconnect", c.kind, s.reconnect(s.sim.Keys().Good))
			})
		}
	}
}

// TestNameInBetween: the name is a comfort, and the id enough. One that is known stays.
func TestNameInBetween(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.sim.Inject(lasting(pleosim.Reply("GET", companyPath, 403, "text/html", "<h1>blocked</h1>")))
	key := s.sim.Keys().Good
	if r := s.headless(key, "--company", bakery); r.code != exitDone || s.record().CompanyName != "" {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	s = storedTwice(t, store.StatusActive)
	s.sim.Inject(lasting(pleosim.Reply("GET", companyPath, 403, "text/html", "<h1>blocked</h1>")))
	if r := s.reconnect(key); r.code != exitDone || s.record().CompanyName != "Harbour Lane Bakery ApS" {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
}

const companyPath = "/v1/companies/" + bakery

// TestNobodyThere finds the port of Pleo closed.
func TestNobodyThere(t *testing.T) {
	t.Parallel()
	s := storedTwice(t, store.StatusPending)
	s.gone()
	s.saysNothingAboutTheKey(t, "connect", "offline_refused", s.headless(s.sim.Keys().Good, "--company", bakery))
	s.saysNothingAboutTheKey(t, "reconnect", "offline_refused", s.reconnect(s.sim.Keys().Good))
	s.saysNothingAboutTheKey(t, "status", "", s.status("--check"))
	for _, line := range s.status("--check", "--json").lines(t) {
		if line.Check != "offline_refused" || line.Key != "saved" || line.Detail == "" ||
			!strings.Contains(line.Summary, "refused the connection") || !strings.Contains(line.Hint, "firewall") {
			t.Errorf("for scripts: %+v", line)
		}
	}
	s.saysNothingAboutTheKey(t, "disconnect", "offline_refused", s.disconnect("--json"))
}

// storedTwice has a record of the bakery with a version before it.
func storedTwice(t *testing.T, status string) *site {
	t.Helper()
	s := newSite(t)
	s.put(bakery, s.sim.Keys().FewerScopes, nil)
	s.put(bakery, s.sim.Keys().Replacement, func(r *store.Record) { r.Generation, r.Status = 1, status })
	s.before = s.files()
	if strings.Count(s.before, ".prev\x00") != 1 {
		t.Fatal("there is no version before")
	}
	return s
}

// fates are what each command says of the key when there is no answer about it.
var fates = map[string][]string{
	"connect":    inWizard,
	"reconnect":  inWizard,
	"status":     {"the saved key was not rejected"},
	"disconnect": {"the saved key was not rejected"},
}

var inWizard = []string{
	"note: your key is saved", "note: your key was not saved; you'll need it again", "note: nothing was saved",
	"note: this key was not saved; the current key stays in use", "note: the current key stays in use",
}

// saysNothingAboutTheKey requires the end of a run that got no answer about the key. The kind is that of a wizard;
// others print none.
func (s *site) saysNothingAboutTheKey(t *testing.T, command, kind string, r result) {
	t.Helper()
	if r.code != exitNoAnswer || kind != "" && r.last(t)["kind"] != kind {
		t.Errorf("%s: exit code %d: %s%s", command, r.code, r.out, r.err)
	}
	said := strings.Join(strings.Fields(r.out+r.err), " ")
	if found := blame.FindString(strings.ReplaceAll(said, "was not rejected", "")); found != "" {
		t.Errorf("%s says %q: %s", command, found, said)
	}
	if !slices.ContainsFunc(fates[command], func(line string) bool { return strings.Contains(said, line) }) {
		t.Errorf("%s does not say where the key is: %s", command, said)
	}
	if s.files() != s.before {
		t.Errorf("%s changed the store", command)
	}
}
