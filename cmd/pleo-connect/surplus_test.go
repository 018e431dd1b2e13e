//go:build unix

package main

import (
	"path/filepath"
	"strings"
	"testing"

	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

const surplus = "users:read vendors:write" // of the key MoreScopes

// strict is an integration file that refuses keys that may do more.
func (s *site) strict() string {
	s.t.Helper()
	path := filepath.Join(s.home, "strict.toml")
	text := "id = 'dynamics-365-finance'\nname = 'Test Ledger'\nsurplus = 'refuse'\n"
	for _, scope := range []string{"export-jobs:read", "export-jobs:write", "export-items:read", "companies:read"} {
		text += "[[permissions]]\nscope = '" + scope + "'\ntitle = 'Use it'\n"
	}
	writeFile(s.t, path, []byte(text), 0o600)
	return path
}

// TestSurplusIsNamed: a key that may do more than was asked for connects, and each output says so.
func TestSurplusIsNamed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.headless(s.sim.Keys().MoreScopes, "--yes")
	if r.code != exitDone || r.last(t)["surplus"] != surplus ||
		!strings.Contains(r.out, `"name":"surplus","status":"warning","note":"users:read, vendors:write"`) {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	if r = s.status("--json"); r.last(t)["surplus"] != surplus {
		t.Errorf("status --json: %s", r.out)
	}
	const says = "! this key can do more than was asked for: users:read, vendors:write"
	for _, more := range [][]string{nil, {"--check"}} {
		if r = s.status(more...); !strings.Contains(r.out, says) || r.code != exitDone {
			t.Errorf("status %q: exit code %d: %s", more, r.code, r.out)
		}
	}
	if r = s.headless(s.sim.Keys().MoreScopes, "--yes"); r.code != exitDone ||
		!strings.Contains(r.out, "nothing changed") || r.last(t)["surplus"] != surplus {
		t.Errorf("once more: %s", r.out)
	}
	people := s.pipe(s.sim.Keys().MoreScopes, s.flags("--key-file", "-", "--accept-permissions", "--yes")...)
	receipt := strings.Join(strings.Fields(people.out), " ") // it is wrapped
	if !strings.Contains(receipt, strings.TrimPrefix(says, "! ")) {
		t.Errorf("the receipt: %s%s", people.out, people.err)
	}
}

// TestSurplusByPleo: what Pleo allows a key later is named by the check that finds it, and nothing else is.
func TestSurplusByPleo(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	if r := s.status("--check", "--json"); r.last(t)["surplus"] != "" {
		t.Errorf("before: %s", r.out)
	}
	s.sim.Inject(pleosim.Reply("GET", introspect, 200, "application/json",
		`{"data":{"authMethod":"API_KEY","clientId":"x",`+
			`"scope":"export-jobs:read export-jobs:write export-items:read companies:read vendors:read"}}`))
	if r := s.status("--check", "--json"); r.code != exitDone || r.last(t)["surplus"] != "vendors:read" {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// TestSurplusIsRefused: an integration can refuse what it does not ask for, and what Pleo does not list.
func TestSurplusIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	strict := s.strict()
	r := s.headless(s.sim.Keys().MoreScopes, "--yes", "--integration", strict)
	if r.code != exitPermissions || r.last(t)["kind"] != "surplus_permissions" ||
		r.last(t)["surplus"] != "users:read vendors:write" {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	s.noConnection()
	if r = s.headless(s.sim.Keys().Good, "--yes", "--integration", strict); r.code != exitDone {
		t.Errorf("what was asked for: exit code %d: %s%s", r.code, r.out, r.err)
	}
	s.sim.Inject(pleosim.Reply("GET", introspect, 404, "", "{}"))
	if r = s.headless(s.sim.Keys().Good, "--yes", "--integration", strict); r.last(t)["kind"] != "permissions_unknown" ||
		!strings.Contains(r.last(t)["summary"], "Test Ledger doesn't accept extra ones") {
		t.Errorf("not listed: exit code %d: %s", r.code, r.out)
	}
}

// TestAcceptFewer: a new key that lacks what is optional replaces the one in use only if that was accepted.
func TestAcceptFewer(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	before := s.files()
	r := s.reconnect(s.sim.Keys().FewerScopes)
	if r.code != exitPermissions || !strings.Contains(r.last(t)["hint"], "--accept-fewer") || s.files() != before {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	r = s.reconnect(s.sim.Keys().FewerScopes, "--accept-fewer")
	got := s.record()
	if r.code != exitDone || got.Status != store.StatusActive || r.last(t)["lost"] != "companies:read" ||
		got.Key.Reveal() != s.sim.Keys().FewerScopes || len(got.Scopes) != 3 {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	if r = s.reconnect(s.sim.Keys().MissingScopes, "--accept-fewer"); r.last(t)["kind"] != "permissions_missing" {
		t.Errorf("one that is not optional: %s", r.out)
	}
}
