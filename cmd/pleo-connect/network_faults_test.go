//go:build unix

package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

// blame finds words that would say that a key is at fault.
var blame = regexp.MustCompile(`(?i)\b(reject\w*|invalid|mistyped|revoked|expired|(wrong|bad) key)\b`)

// bad is a weather that lasts: Pleo, or what stands before it, answers everything like this.
type bad struct {
	about  string
	fault  pleosim.Fault
	kind   string // of connect and reconnect
	answer bool   // it can be one to a single question: that nothing is installed, or that a company's name is not told
}

func badWeather() []bad {
	const jsonType = "application/json;charset=UTF-8"
	lasting := func(f pleosim.Fault) pleosim.Fault { f.Times = pleosim.Always; return f }
	reply := func(status int, contentType, body string) pleosim.Fault {
		return lasting(pleosim.Reply("", "", status, contentType, body))
	}
	slowDown := reply(429, jsonType, "{}")
	slowDown.Header.Set("Retry-After", "1")
	redirect := reply(302, "", "")
	redirect.Header.Set("Location", "http://127.0.0.1:1/login")
	return []bad{
		{"500", reply(500, jsonType, `{"message":"oops"}`), "pleo_trouble", false},
		{"502", reply(502, "text/html", "<h1>Bad gateway</h1>"), "pleo_trouble", false},
		{"503", reply(503, "", ""), "pleo_trouble", false},
		{"429", slowDown, "rate_limited", false},
		{"400", reply(400, jsonType, "{}"), "bad_request", true},
		{"404", reply(404, "text/html", "<h1>nothing here</h1>"), "unexpected_answer", true},
		{"407", reply(407, "", ""), "proxy_login", false},
		{"a login page", reply(200, "text/html", "<h1>sign in</h1>"), "login_page", false},
		{"a redirect", redirect, "login_page", false},
		{"cut", lasting(pleosim.Cut("", "")), "offline", false},
	}
}

// TestBadWeatherChangesNothing meets each weather with each command, over a connection that has an earlier version, and over one that
// is not active yet. Not a byte of the records changes, and no word blames the key.
func TestBadWeatherChangesNothing(t *testing.T) {
	t.Parallel()
	for _, weather := range badWeather() {
		for _, status := range []string{store.StatusActive, store.StatusPending} {
			t.Run(weather.about+", "+status, func(t *testing.T) {
				t.Parallel()
				s := storedTwice(t, status)
				s.sim.Inject(weather.fault)
				s.meets(t, "connect", weather.kind, s.headless(s.sim.Keys().Good, "--company", bakery))
				s.meets(t, "reconnect", weather.kind, s.reconnect(s.sim.Keys().Good))
				s.meets(t, "status", "", s.status("--check"))
				if weather.about != "404" { // there, it is what was asked for
					s.meets(t, "disconnect", "", s.disconnect("--json"))
				}
			})
		}
	}
}

// TestBadWeatherBehindTheKey: the key is accepted, and a later question of the check meets the weather.
func TestBadWeatherBehindTheKey(t *testing.T) {
	t.Parallel()
	for _, weather := range badWeather() {
		if weather.answer {
			continue
		}
		for _, path := range []string{installationPath, "/v1/companies/" + bakery} {
			t.Run(weather.about+", "+path, func(t *testing.T) {
				t.Parallel()
				s := storedTwice(t, store.StatusActive)
				fault := weather.fault
				fault.Method, fault.Path = http.MethodGet, path
				s.sim.Inject(fault)
				s.meets(t, "connect", weather.kind, s.headless(s.sim.Keys().Good, "--company", bakery))
				s.meets(t, "reconnect", weather.kind, s.reconnect(s.sim.Keys().Good))
			})
		}
	}
}

// TestNobodyThere finds the port of Pleo closed.
func TestNobodyThere(t *testing.T) {
	t.Parallel()
	s := storedTwice(t, store.StatusPending)
	s.gone()
	s.meets(t, "connect", "offline_refused", s.headless(s.sim.Keys().Good, "--company", bakery))
	s.meets(t, "reconnect", "offline_refused", s.reconnect(s.sim.Keys().Good))
	s.meets(t, "status", "", s.status("--check"))
	s.meets(t, "disconnect", "", s.disconnect("--json"))
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

// meets holds a run to the end that weather has. The kind is that of a wizard; others print none.
func (s *site) meets(t *testing.T, command, kind string, r result) {
	t.Helper()
	if r.code != exitNoAnswer || kind != "" && r.last(t)["kind"] != kind {
		t.Errorf("%s: exit code %d: %s%s", command, r.code, r.out, r.err)
	}
	said := strings.Join(strings.Fields(r.out+r.err), " ")
	if found := blame.FindString(said); found != "" {
		t.Errorf("%s says %q: %s", command, found, said)
	}
	if !strings.Contains(said, "this says nothing about the key, which ") && !strings.Contains(said, "no key was used yet") {
		t.Errorf("%s does not say what it means for the key: %s", command, said)
	}
	if s.files() != s.before {
		t.Errorf("%s changed the store", command)
	}
}
