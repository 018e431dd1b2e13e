//go:build unix

package main

import (
	"bytes"
	"net/http"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

// connectedSite has an active connection of the bakery.
func connectedSite(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	if r := s.headless(s.sim.Keys().Good, "--company", bakery); r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	return s
}

// reconnect gives the bakery a new key, without a terminal.
func (s *site) reconnect(key string, more ...string) result {
	s.t.Helper()
	args := []string{
		"reconnect", bakery, "--store", s.store, "--identity", s.identity, "--force-store", "--key-file", "-",
		"--accept-permissions", "--json",
	}
	return s.pipe(key, append(args, more...)...)
}

// TestReconnect replaces the key. The address is the one of the record, the old key is still there for a day, and no
// file but the live record holds it.
func TestReconnect(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	before := s.record()
	got := s.reconnect(s.sim.Keys().Replacement)
	if got.code != exitDone || got.last(t)["status"] != "active" {
		t.Fatalf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	r := s.record()
	if r.Status != store.StatusActive || r.Key.Reveal() != s.sim.Keys().Replacement {
		t.Errorf("the record is %q, fingerprint %s", r.Status, r.Fingerprint)
	}
	if r.Previous == nil || !r.Previous.Key.Equal(before.Key) || !r.CreatedAt.Equal(before.CreatedAt) {
		t.Errorf("the connection was not continued: %+v", r)
	}
	live := readFile(t, r.File)
	prev, err := os.ReadFile(r.File + ".prev")
	if err != nil || !bytes.Equal(live, prev) {
		t.Errorf("the version before is not settled: %v", err)
	}
}

// TestReconnectRefuses leaves every byte of the old connection as it is.
func TestReconnectRefuses(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	before := s.files()
	answers := func(status, times int) *pleosim.Fault {
		return &pleosim.Fault{
			Method: http.MethodGet, Path: "/v1/introspect", Times: times, Ending: pleosim.EndReply, Status: status,
		}
	}
	for _, tt := range []struct {
		about, key string
		fault      *pleosim.Fault
		code       int
		kind       string
	}{
		{about: "another company", key: s.sim.Keys().OtherCompany, code: exitConflict, kind: "other_company"},
		{about: "fewer permissions than the old key", key: s.sim.Keys().FewerScopes,
			code: exitPermissions, kind: "fewer_permissions"},
		{about: "permissions missing", key: s.sim.Keys().MissingScopes,
			code: exitPermissions, kind: "permissions_missing"},
		{about: "rejected", key: s.sim.Keys().Revoked, code: exitKey, kind: "key_rejected"},
		{about: "permissions not told", key: s.sim.Keys().Replacement,
			fault: answers(404, 1), code: exitPermissions, kind: "permissions_unknown"},
		{about: "trouble at Pleo", key: s.sim.Keys().Replacement,
			fault: answers(502, 3), // the client tries three times
			code:  exitNoAnswer, kind: "pleo_trouble"},
	} {
		if tt.fault != nil {
			s.sim.Inject(*tt.fault)
		}
		got := s.reconnect(tt.key)
		if got.code != tt.code || got.last(t)["kind"] != tt.kind {
			t.Errorf("%s: exit code %d: %s%s", tt.about, got.code, got.out, got.err)
		}
		if s.files() != before {
			t.Errorf("%s: the store was changed", tt.about)
		}
	}
}

// files returns the contents of every file of the store.
func (s *site) files() string {
	s.t.Helper()
	var out strings.Builder
	entries, err := os.ReadDir(s.store + "/installations")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		data := readFile(s.t, s.store+"/installations/"+e.Name())
		out.WriteString(e.Name() + "\x00" + string(data) + "\x00")
	}
	return out.String()
}

// TestSameKeyHealsARecord: a record that is damaged, gone or an older copy is saved again by the key that is in it,
// although Pleo has nothing to change.
func TestSameKeyHealsARecord(t *testing.T) {
	t.Parallel()
	for about, again := range map[string]func(s *site) result{
		"connect":        func(s *site) result { return s.headless(s.sim.Keys().Good, "--company", bakery) },
		"connect, asked": func(s *site) result { return s.headless(s.sim.Keys().Good, "--yes") },
		"reconnect":      func(s *site) result { return s.reconnect(s.sim.Keys().Good) },
	} {
		for what, spoil := range map[string]func(file string, older []byte) error{
			"damaged": func(file string, _ []byte) error { return os.Truncate(file, 0) },
			"gone":    func(file string, _ []byte) error { return os.Remove(file) },
			"older":   func(file string, older []byte) error { return os.WriteFile(file, older, 0o600) },
		} {
			t.Run(about+", "+what, func(t *testing.T) {
				t.Parallel()
				s := connectedSite(t)
				older := readFile(t, s.record().File)
				s.change("production", func(*store.Record) {})
				if err := spoil(s.record().File, older); err != nil {
					t.Fatal(err)
				}
				if r := s.record(); !r.FromPrevious && !r.RolledBack {
					t.Fatal("nothing is wrong with the record")
				}
				if got := again(s); got.code != exitDone || got.last(t)["status"] != "active" {
					t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
				}
				r := s.record()
				if r.FromPrevious || r.RolledBack || r.Status != store.StatusActive || r.Key.Reveal() != s.sim.Keys().Good {
					t.Errorf("not healed: %q, from previous %v, rolled back %v", r.Status, r.FromPrevious, r.RolledBack)
				}
			})
		}
	}
}

// TestReconnectStopsHalfWay: until Pleo took the new key, a service keeps the old one.
func TestReconnectStopsHalfWay(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	old := s.record().Key
	s.sim.Inject(pleosim.Fault{
		Method: http.MethodPut, Path: "/v1/installations/me", Times: pleosim.Always,
		Ending: pleosim.EndReply, Status: 500,
	})
	if got := s.reconnect(s.sim.Keys().Replacement); got.code != exitNoAnswer {
		t.Fatalf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	r := s.record()
	if key, ok := r.Usable(); r.Status != store.StatusPending || !ok || !key.Equal(old) {
		t.Errorf("status %q, usable %v", r.Status, ok)
	}
}

func TestReconnectWrongUse(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	for about, tt := range map[string]struct {
		args []string
		code int
		says string
	}{
		"two":   {[]string{"reconnect", bakery, bakery}, exitUsage, "name only one company"},
		"empty": {[]string{"reconnect", ""}, exitUsage, "the name of the company is empty"},
		"no name": {[]string{"reconnect", "../../etc/passwd"}, exitUsage,
			"no company with that ID or name is connected on"},
		"not connected": {[]string{"reconnect", "9d2f6a10-7c3e-4b58-a1d4-0e5f8c6b7a93"}, exitUsage,
			"not connected on this computer"},
		"wrong env": {[]string{"reconnect", bakery, "--env", "staging"}, exitUsage, "not connected in staging on"},
		"other address": {[]string{"reconnect", bakery, "--api-base", "http://127.0.0.1:9"}, exitUsage,
			"is connected to http://127.0.0.1"},
	} {
		got := s.pipe("", append(tt.args, "--accept-permissions", "--store", s.store, "--identity", s.identity)...)
		if got.code != tt.code || !strings.Contains(got.err, tt.says) {
			t.Errorf("%s: exit code %d: %s", about, got.code, got.err)
		}
	}
}

// TestReconnectIsStopped: the connection stays active, with the key that it has.
func TestReconnectIsStopped(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	x := start(t, s.env(), "reconnect", bakery, "--store", s.store, "--identity", s.identity, "--force-store")
	x.see("stays in use until the new key works")
	x.signal(unix.SIGTERM)
	x.exit(128 + int(unix.SIGTERM))
	x.seeWrapped("hint: to continue, run: " + s.program() + " --force-store reconnect")
}

// TestReconnectAtATerminal shows which key is replaced, and the old one at the end.
func TestReconnectAtATerminal(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	old := s.record().Fingerprint
	x := start(t, s.env(), "reconnect", bakery, "--store", s.store, "--identity", s.identity, "--force-store")
	x.see("New key for “Harbour Lane Bakery ApS”", old+" stays in use until the new key works",
		"Key store ready", "Pleo is reachable")
	x.send(enter)
	x.see("paste it here")
	x.paste(s.sim.Keys().FewerScopes)
	x.see("Use a key with fewer permissions?", "no longer", "companies:read", old, "enter confirm")
	x.send("n")
	x.see("paste it here")
	x.paste(s.sim.Keys().Replacement)
	x.see("Connected to", "enter finish", old)
	x.send(enter)
	x.exit(exitDone)
	s.noKey(x.written())
}
