package pleosim_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"pleo-connect/pleoclient/pleosim"
)

// everything are all scopes of Pleo, in the order of its pages.
const everything = "export-jobs:read export-jobs:write export-items:read tag-groups:read tag-groups:write " +
	"tax-codes:read tax-codes:write accounts:read accounts:write vendors:read vendors:write users:read " +
	"companies:read accounting-entries:read accounting-entries:write"

const vendorsAndTaxes = "users:read vendors:read vendors:write accounts:read accounts:write tax-codes:read " +
	"tax-codes:write"

// drop returns the scopes without some of them.
func drop(scopes string, dropped ...string) string {
	isDropped := func(scope string) bool { return slices.Contains(dropped, scope) }
	return strings.Join(slices.DeleteFunc(strings.Fields(scopes), isDropped), " ")
}

// ledger is an integration beside the built-in one.
var ledger = pleosim.Integration{
	ID: "contoso-ledger", Name: "Contoso Ledger", Application: "Contoso Ledger",
	Scopes: []string{"export-jobs:read", "vendors:write", "companies:read"}, Optional: []string{"companies:read"},
}

// keysOf returns the keys of an integration that is served, and them by their names.
func keysOf(t *testing.T, s *pleosim.Server, id string) (pleosim.Keys, map[string]string) {
	t.Helper()
	keys, ok := s.KeysOf(id)
	if !ok {
		t.Fatalf("%s is not served", id)
	}
	text, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	var byName map[string]string
	decode(t, string(text), &byName)
	return keys, byName
}

// client is what introspect says about a key.
func client(t *testing.T, s *pleosim.Server, key string) map[string]string {
	t.Helper()
	var got struct{ Data map[string]string }
	res, body := ask(t, s, key, "GET", introspect, "")
	if decode(t, body, &got); res.StatusCode != 200 {
		t.Fatalf("got status %d: %s", res.StatusCode, body)
	}
	return got.Data
}

// TestScopesOfKeys: the scopes of each key follow from what its integration asks for.
func TestScopesOfKeys(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, scopes, optional               string
		fewer, more, missing, withoutCompany string // more: those beyond scopes
	}{
		{
			"the built-in", "export-jobs:read export-jobs:write export-items:read companies:read", "companies:read",
			"export-jobs:read export-jobs:write export-items:read", "users:read vendors:write",
			"export-jobs:read companies:read", "export-jobs:read export-jobs:write export-items:read",
		},
		{"one scope", "export-jobs:read", "", "", "users:read vendors:write", "", "export-jobs:read"},
		{"one optional scope", "a:read", "a:read", "", "users:read vendors:write", "", "a:read"},
		{"only the company", "companies:read", "", "", "users:read vendors:write", "", ""},
		{"two, both required", "a:read b:read", "", "a:read", "users:read vendors:write", "", "a:read b:read"},
		{"the company is required", "companies:read a:read", "a:read", "companies:read", "users:read vendors:write",
			"a:read", "a:read"},
		{"one required", "a:read b:read c:read", "c:read a:read", "b:read c:read", "users:read vendors:write",
			"a:read c:read", "a:read b:read c:read"},
		{"none required", "a:read companies:read b:read", "a:read companies:read b:read", "a:read b:read",
			"users:read vendors:write", "a:read companies:read", "a:read b:read"},
		{"four required", "a:read b:read c:read d:read", "", "a:read b:read c:read", "users:read vendors:write",
			"a:read b:read", "a:read b:read c:read d:read"},
		{"no scope that we know", "till_reports stock:count", "stock:count", "till_reports", "users:read vendors:write",
			"stock:count", "till_reports stock:count"},
		{"employees", "users:read companies:read", "companies:read", "users:read", "vendors:write vendors:read",
			"companies:read", "users:read"},
		{"other spellings", "Users:Read Companies:Read a:read", "companies:read", "Users:Read a:read",
			"vendors:write vendors:read", "Companies:Read", "Users:Read a:read"},
		{"the singular", vendorsAndTaxes + " tag-group:read", "", vendorsAndTaxes,
			"tag-groups:write accounting-entries:read", drop(vendorsAndTaxes, "tax-codes:write"),
			vendorsAndTaxes + " tag-group:read"},
		{"all but one", drop(everything, "accounts:write"), "companies:read",
			drop(everything, "accounts:write", "companies:read"), "accounts:write simulated-1:read",
			drop(everything, "accounts:write", "accounting-entries:read", "accounting-entries:write"),
			drop(everything, "accounts:write", "companies:read")},
		{"everything", everything + " simulated-1:read", "simulated-1:read companies:read",
			drop(everything, "companies:read") + " simulated-1:read", "simulated-2:read simulated-3:read",
			drop(everything, "accounting-entries:read", "accounting-entries:write") + " simulated-1:read",
			drop(everything, "companies:read") + " simulated-1:read"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, pleosim.Integration{
				ID: "contoso-till", Name: "Contoso Till",
				Scopes: strings.Fields(test.scopes), Optional: strings.Fields(test.optional),
			})
			keys := s.Keys()
			for _, key := range []struct{ name, text, want string }{
				{"good", keys.Good, test.scopes}, {"replacement", keys.Replacement, test.scopes},
				{"fewer_scopes", keys.FewerScopes, test.fewer},
				{"more_scopes", keys.MoreScopes, test.scopes + " " + test.more},
				{"other_company", keys.OtherCompany, test.scopes}, {"missing_scopes", keys.MissingScopes, test.missing},
				{"other_application", keys.OtherApplication, test.scopes},
				{"organisation", keys.Organisation, test.scopes},
				{"no_company_scope", keys.NoCompanyScope, test.withoutCompany},
			} {
				if got := client(t, s, key.text)["scope"]; got != key.want {
					t.Errorf("%s has %q, want %q", key.name, got, key.want)
				}
				if res, _ := ask(t, s, key.text, "POST", installation, activated); res.StatusCode != 200 {
					t.Errorf("%s cannot install: %d", key.name, res.StatusCode)
				}
			}
			readable := 403
			if strings.Contains(strings.ToLower(test.scopes), "companies:read") {
				readable = 200
			}
			if res, _ := ask(t, s, keys.Good, "GET", company, ""); res.StatusCode != readable {
				t.Errorf("the good key: got status %d for its company, want %d", res.StatusCode, readable)
			}
			if res, _ := ask(t, s, keys.NoCompanyScope, "GET", "/v1/companies", ""); res.StatusCode != 403 {
				t.Errorf("the key without companies:read: got status %d for the companies", res.StatusCode)
			}
			for _, key := range []string{keys.Staging, keys.Revoked} {
				if res, _ := ask(t, s, key, "GET", introspect, ""); res.StatusCode != 401 {
					t.Errorf("a key that Pleo does not know: got status %d", res.StatusCode)
				}
			}
		})
	}
}

// TestBuiltInKeys: scripts may hold the keys of the built-in integration, so they never change.
func TestBuiltInKeys(t *testing.T) {
	t.Parallel()
	want := start(t).Keys()
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	const pinned = "168a2cb6ab1415830ad89a7665beb4375e8458b2ed01e01fd56e1aa353925e0e"
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != pinned {
		t.Error("the keys are others than they were")
	}
	s := start(t, ledger, pleosim.BuiltIn())
	if got, _ := keysOf(t, s, pleosim.BuiltIn().ID); got != want {
		t.Error("the keys depend on what else is served")
	}
	if s.Keys() == want {
		t.Error("Keys is not of the first integration")
	}
}

func TestKeysOf(t *testing.T) {
	t.Parallel()
	long := pleosim.Integration{ID: strings.Repeat("till-", 40) + "a", Name: "A", Scopes: []string{"a:read"}}
	alike := long
	alike.ID = strings.Repeat("till-", 40) + "b"
	s, again := start(t, pleosim.BuiltIn(), ledger, long, alike), start(t, alike, long, ledger)
	if first, _ := keysOf(t, s, pleosim.BuiltIn().ID); s.Keys() != first {
		t.Error("Keys is not of the first integration")
	}
	if keys, ok := s.KeysOf("fabrikam"); ok || keys != (pleosim.Keys{}) {
		t.Error("an integration that is not served has keys")
	}
	if _, ok := again.KeysOf(pleosim.BuiltIn().ID); ok {
		t.Error("the built-in integration is served without being asked for")
	}
	form := regexp.MustCompile(`^[a-z0-9_-]{72}$`)
	seen := map[string]string{}
	for n, id := range []string{pleosim.BuiltIn().ID, ledger.ID, long.ID, alike.ID} {
		keys, byName := keysOf(t, s, id)
		if n > 0 {
			if same, _ := keysOf(t, again, id); same != keys {
				t.Errorf("%s: the keys differ between two runs", id)
			}
		}
		for name, key := range byName {
			place := fmt.Sprint(name, " of integration ", n+1)
			if !form.MatchString(key) || !strings.HasPrefix(key, pleosim.KeyPrefix+name+"-") {
				t.Errorf("the key %s is not of the promised form", place)
			}
			if seen[key] != "" {
				t.Errorf("%s is the key %s as well", place, seen[key])
			}
			seen[key] = place
		}
	}
}

// TestApplications: keys are issued for the application of their integration, or for one that was not asked for.
func TestApplications(t *testing.T) {
	t.Parallel()
	books, more, nameless := ledger, ledger, ledger
	books.ID, books.Application = "books", "Contoso Books"
	more.ID, more.Application = "more-books", "Contoso Books 2"
	nameless.ID, nameless.Name, nameless.Application = "nameless", "Contoso Till", ""
	tests := []struct {
		name         string
		integrations []pleosim.Integration
		application  string // of the first
		other        string
	}{
		{"the built-in", nil, "Microsoft Dynamics 365 Finance", "Contoso Books"},
		{"one", []pleosim.Integration{ledger}, "Contoso Ledger", "Contoso Books"},
		{"none named", []pleosim.Integration{nameless}, "Contoso Till", "Contoso Books"},
		{"the other one", []pleosim.Integration{books}, "Contoso Books", "Contoso Books 2"},
		{"the other ones", []pleosim.Integration{more, ledger, books}, "Contoso Books 2", "Contoso Books 3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, test.integrations...)
			keys := s.Keys()
			for _, key := range []string{
				keys.Good, keys.Replacement, keys.FewerScopes, keys.MoreScopes, keys.OtherCompany, keys.MissingScopes,
				keys.Organisation, keys.NoCompanyScope,
			} {
				if got := client(t, s, key)["applicationName"]; got != test.application {
					t.Errorf("a key is issued for %q, want %q", got, test.application)
				}
			}
			if got := client(t, s, keys.OtherApplication)["applicationName"]; got != test.other {
				t.Errorf("the key of another application is issued for %q, want %q", got, test.other)
			}
			if test.name == "none named" && test.integrations[0].Application != "" {
				t.Error("Start changed the integrations that it was given")
			}
		})
	}
}

// TestInstallationsOfApplications: what keys of one integration do at a company changes nothing for another there.
func TestInstallationsOfApplications(t *testing.T) {
	t.Parallel()
	for _, dies := range []bool{false, true} {
		t.Run(fmt.Sprint("keys die: ", dies), func(t *testing.T) {
			t.Parallel()
			s := start(t, pleosim.BuiltIn(), ledger)
			if dies {
				behave(t, s, "key/dies")
			}
			a := s.Keys()
			b, _ := keysOf(t, s, ledger.ID)
			for _, step := range []struct {
				name, key, method, body string
				code                    int
				a, b                    string // the installations after the step
			}{
				{"A installs", a.Good, "POST", activated, 200, "ACTIVATED", ""},
				{"A's other key sees it", a.Replacement, "GET", "", 200, "ACTIVATED", ""},
				{"B does not", b.Good, "GET", "", 404, "ACTIVATED", ""},
				{"B cannot update", b.Good, "PUT", activated, 404, "ACTIVATED", ""},
				{"B cannot remove", b.Good, "DELETE", "", 404, "ACTIVATED", ""},
				{"B installs", b.Good, "POST", `{"status":"AUTHORIZED","metadata":{"b":{}}}`, 200, "ACTIVATED",
					"AUTHORIZED"},
				{"A updates", a.Good, "PUT", `{"status":"ERROR","metadata":{"a":{}}}`, 200, "ERROR", "AUTHORIZED"},
				{"B updates", b.Good, "PUT", activated, 200, "ERROR", "ACTIVATED"},
				{"A removes", a.Good, "DELETE", "", 204, "", "ACTIVATED"},
				{"B sees its own", b.Replacement, "GET", "", 200, "", "ACTIVATED"},
			} {
				res, body := ask(t, s, step.key, step.method, installation, step.body)
				if res.StatusCode != step.code {
					t.Errorf("%s: got status %d, want %d: %s", step.name, res.StatusCode, step.code, body)
				}
				if got, ok := s.Installation(harbourLane); got != step.a || ok != (step.a != "") {
					t.Errorf("%s: A's installation is %q", step.name, got)
				}
				if got, ok := s.InstallationOf(ledger.ID, harbourLane); got != step.b || ok != (step.b != "") {
					t.Errorf("%s: B's installation is %q", step.name, got)
				}
				if step.name == "A updates" && string(s.Metadata(harbourLane)) != `{"a":{}}` {
					t.Errorf("A's metadata is %s", s.Metadata(harbourLane))
				}
			}
			gone := 404
			if dies {
				gone = 401
			}
			if res, _ := ask(t, s, a.Replacement, "GET", installation, ""); res.StatusCode != gone {
				t.Errorf("A's keys: got status %d after the removal, want %d", res.StatusCode, gone)
			}
			if _, body := ask(t, s, b.Good, "GET", installation, ""); !strings.Contains(body, `"metadata":{"b":{}}`) {
				t.Errorf("B's installation is %s", body)
			}
		})
	}
}

func TestInstallationIDs(t *testing.T) {
	t.Parallel()
	twin := ledger
	twin.ID = "contoso-ledger-too" // of the same application
	s := start(t, pleosim.BuiltIn(), ledger, twin)
	var got []installationAnswer
	var clients []string
	for _, id := range []string{pleosim.BuiltIn().ID, ledger.ID, twin.ID} {
		keys, _ := keysOf(t, s, id)
		_, body := ask(t, s, keys.Good, "POST", installation, activated)
		var in installationAnswer
		decode(t, body, &in)
		got = append(got, in)
		clients = append(clients, client(t, s, keys.Good)["clientId"])
	}
	if got[0].Resource != got[1].Resource {
		t.Error("the companies are not the same")
	}
	if got[0].ID == got[1].ID || got[0].ApplicationID == got[1].ApplicationID || clients[0] == clients[1] {
		t.Error("two applications share an id")
	}
	if diff := cmp.Diff(got[1], got[2]); diff != "" {
		t.Errorf("integrations of one application do not share its installation (-one +other):\n%s", diff)
	}
	if _, ok := s.InstallationOf("fabrikam", harbourLane); ok {
		t.Error("an integration that is not served has an installation")
	}
	if _, ok := s.InstallationOf(ledger.ID, strings.TrimPrefix(got[0].Resource, "urn:pleo:")); ok {
		t.Error("something that is no company has an installation")
	}
}

func TestLogNamesIntegrations(t *testing.T) {
	t.Parallel()
	s := start(t, ledger, pleosim.BuiltIn())
	var got, want []string
	for _, id := range []string{pleosim.BuiltIn().ID, ledger.ID} {
		_, byName := keysOf(t, s, id)
		for name, key := range byName {
			ask(t, s, key, "GET", introspect, "")
			if id == ledger.ID {
				name = "contoso-ledger " + name
			}
			want = append(want, name)
		}
	}
	for _, r := range s.Requests() {
		got = append(got, r.Key)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStartRefusesIntegrations(t *testing.T) {
	t.Parallel()
	with := func(change func(*pleosim.Integration)) []pleosim.Integration {
		i := ledger
		i.Scopes, i.Optional = slices.Clone(i.Scopes), slices.Clone(i.Optional)
		change(&i)
		return []pleosim.Integration{pleosim.BuiltIn(), i}
	}
	tests := map[string][]pleosim.Integration{
		"its id":               with(func(i *pleosim.Integration) { i.ID = "" }),
		"lower-case":           with(func(i *pleosim.Integration) { i.ID = "Contoso" }),
		"letters, digits":      with(func(i *pleosim.Integration) { i.ID = "contoso ledger" }),
		"application":          with(func(i *pleosim.Integration) { i.Name, i.Application = "", "" }),
		"cannot be shown":      with(func(i *pleosim.Integration) { i.Application = "Contoso\xff" }),
		"no scope":             with(func(i *pleosim.Integration) { i.Scopes, i.Optional = nil, nil }),
		"one word":             with(func(i *pleosim.Integration) { i.Scopes[0] = "a:read b:read" }),
		"twice":                with(func(i *pleosim.Integration) { i.Scopes[0] = "Vendors:write" }),
		"optional scope":       with(func(i *pleosim.Integration) { i.Optional[0] = "users:read" }),
		"not one that it asks": with(func(i *pleosim.Integration) { i.Optional[0] = "vendors:write companies:read" }),
		"same id":              {ledger, ledger},
	}
	for want, integrations := range tests {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			s, err := pleosim.Start(pleosim.Options{Integrations: integrations})
			if err == nil {
				_ = s.Close()
				t.Fatal("it was accepted")
			}
			if !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "integration 2") {
				t.Errorf("got %v", err)
			}
		})
	}
}
