package flow

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/pleoclient"
)

// TestChanges: every difference of a file is reported, and nothing else.
func TestChanges(t *testing.T) {
	t.Parallel()
	for about, tt := range map[string]struct {
		change func(*Integration)
		want   []Fact
	}{
		"nothing":     {func(*Integration) {}, nil},
		"its id":      {func(i *Integration) { i.ID = "other" }, nil},
		"environment": {func(i *Integration) { i.Environment = Staging }, nil},
		"order":       {func(i *Integration) { slices.Reverse(i.Permissions) }, nil},
		"spelling":    {func(i *Integration) { i.Permissions[0].Scope = "EXPORT-JOBS:read" }, nil},
		"more": {func(i *Integration) {
			i.Permissions = append(i.Permissions, Permission{"users:read", "Read employees", false})
		}, []Fact{{"new", "Read employees (users:read)"}}},
		"less": {func(i *Integration) { i.Permissions = i.Permissions[1:] },
			[]Fact{{"removed", "See the exports (export-jobs:read)"}}},
		"optional": {func(i *Integration) { i.Permissions[0].Required = false },
			[]Fact{{"now optional", "See the exports (export-jobs:read)"}}},
		"required": {func(i *Integration) { i.Permissions[2].Required = true },
			[]Fact{{"now required", "Read the company's name (companies:read)"}}},
		"words": {func(i *Integration) { i.Permissions[0].Title = "See" },
			[]Fact{{"worded before", "See the exports (export-jobs:read)"}}},
		"names": {func(i *Integration) { i.Name, i.Vendor = "Books", "" },
			[]Fact{{"name was", "Test Ledger"}, {"vendor was", "Contoso ERP"}}},
		"kind of key":  {func(i *Integration) { i.KeyKind = Standalone }, []Fact{{"key kind was", "Integrated API Key"}}},
		"applications": {func(i *Integration) { i.Applications = nil }, []Fact{{"Pleo name was", "Test Ledger"}}},
		"links": {func(i *Integration) {
			i.ReturnURL, i.ReturnHint, i.HelpURL = "https://x.example", "Setup", "https://h.example"
		},
			[]Fact{{"link was", "not set"}, {"menu was", "not set"}, {"help was", "not set"}}},
		"service": {func(i *Integration) { i.Service = Service{"erp", "restart"} },
			[]Fact{{"account was", "not set"}, {"command was", "not set"}}},
		"surplus": {func(i *Integration) { i.RefuseSurplus = true }, []Fact{{"wider key was", "allowed, with a warning"}}},
	} {
		was, is := testSetup().Integration, testSetup().Integration
		was.ReturnURL, was.ReturnHint, is.ReturnURL, is.ReturnHint = "", "", "", ""
		tt.change(&is)
		if diff := cmp.Diff(tt.want, English.changes(was, is)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", about, diff)
		}
	}
	if s := (State{Setup: testSetup()}); s.Changes() != nil {
		t.Errorf("changes of what was never approved: %v", s.Changes())
	}
}

// TestOthersOnReview: when the company is known, its own connections are told of, all of them; else the first few.
func TestOthersOnReview(t *testing.T) {
	t.Parallel()
	s := State{Setup: testSetup()}
	for n := range 6 {
		s.Preflight.Others = append(s.Preflight.Others, Candidate{
			Connection: Connection{Production, fmt.Sprintf("erp-%d", n), bakery}, Name: pleoclient.Safe("ERP"),
		})
	}
	s.Preflight.Others[4].Company = other
	got := s.OtherTexts()
	if len(got) != 4 || !strings.Contains(got[0], "ERP (erp-0)") || !strings.HasPrefix(got[3], "3 more connections") {
		t.Errorf("any company: %q", got)
	}
	s.expected = bakery
	if got := strings.Join(s.OtherTexts(), "\n"); strings.Count(got, "\n") != 3 || strings.Contains(got, "erp-4") ||
		!strings.Contains(got, "more connections") {
		t.Errorf("the bakery: %s", got)
	}
	s.expected = other
	if got := s.OtherTexts(); len(got) != 1 || !strings.Contains(got[0], "erp-4") {
		t.Errorf("the other one: %q", got)
	}
}

// TestReturn: the way back is the vendor's, and where the key is made is Pleo's, in any file.
func TestReturn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		env, url, hint                string
		page, link, onDone, onReceipt string
		fact                          bool
	}{
		{env: Production, page: "https://app.pleo.io", link: "https://app.pleo.io",
			onDone:    "Back to Pleo: Settings > Accounting now shows it as Connected",
			onReceipt: "Back to Pleo, where Settings > Accounting now shows it as Connected:"},
		{env: Staging, page: "https://app.staging.pleo.io", link: "https://app.staging.pleo.io",
			onDone:    "Back to Pleo: Settings > Accounting now shows it as Connected",
			onReceipt: "Back to Pleo, where Settings > Accounting now shows it as Connected:"},
		{env: Production, url: "https://app.pleo.io/settings/accounting", hint: "Accounting",
			page: "https://app.pleo.io", link: "https://app.pleo.io/settings/accounting",
			onDone:    "Back to Pleo: Settings > Accounting now shows it as Connected",
			onReceipt: "Back to Pleo, where Settings > Accounting now shows it as Connected:"},
		{env: Staging, url: "https://app.pleo.io/settings", hint: "Setup > Banks",
			page: "https://app.staging.pleo.io", link: "https://app.pleo.io/settings",
			onDone:    "Back to Pleo: Settings > Accounting now shows it as Connected",
			onReceipt: "Back to Pleo, where Settings > Accounting now shows it as Connected:"},
		{env: Staging, url: "https://ledger.example/pleo?x=1", hint: "Setup > Banks",
			page: "https://app.staging.pleo.io", link: "https://ledger.example/pleo?x=1",
			onDone: "Back to Test Ledger: Setup > Banks", onReceipt: "Back to Test Ledger, Setup > Banks:", fact: true},
		{env: Production, url: "https://app.pleo.io.example/", page: "https://app.pleo.io",
			link: "https://app.pleo.io.example/", onDone: "Back to Test Ledger", onReceipt: "Back to Test Ledger:", fact: true},
	} {
		setup := testSetup()
		i := &setup.Integration
		i.Environment, i.ReturnURL, i.ReturnHint = tt.env, tt.url, tt.hint
		s := drive(t, setup, newFake(), Allow{}, pasted(canary), Confirm{})
		receipt := s.Receipt().String()
		if s.KeyPage() != tt.page || s.ReturnLink() != tt.link || s.ReturnText() != tt.onDone ||
			!strings.Contains(receipt, "\n  "+tt.onReceipt+"\n"+tt.link+"\n") ||
			strings.Contains(receipt, "in Pleo ") != tt.fact {
			t.Errorf("%s %q: %s, %s, %s\n%s", tt.env, tt.url, s.KeyPage(), s.ReturnLink(), s.ReturnText(), receipt)
		}
		for _, line := range s.Instructions() {
			if strings.Contains(line, "Banks") || strings.Contains(line, "ledger.example") {
				t.Errorf("%s %q: the key is not made at the vendor's: %s", tt.env, tt.url, line)
			}
		}
	}
}

// simulatedPages is an address of the pages of a simulated Pleo.
const simulatedPages = "http://127.0.0.1:41234/ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// TestLinksOfTheDemo: every link leads to the simulated Pleo, whatever a file says. What names Pleo's pages in a
// sentence names only the host.
func TestLinksOfTheDemo(t *testing.T) {
	t.Parallel()
	for _, back := range []string{"", "https://ledger.example/pleo", "https://app.pleo.io/settings"} {
		for _, env := range []string{Production, Staging} {
			setup := testSetup()
			setup.Demo, setup.Simulated, setup.WebApp = true, true, simulatedPages
			i := &setup.Integration
			i.Environment, i.ReturnURL, i.ReturnHint = env, back, "Setup > Banks"
			key := pasted(pleoclient.SimulatedKeyPrefix + "of-this-test")
			atKey, done := drive(t, setup, newFake(), Allow{}), drive(t, setup, newFake(), Allow{}, key, Confirm{})
			if atKey.Link() != simulatedPages || done.Link() != simulatedPages {
				t.Errorf("%s, %q: Key leads to %s, Done to %s", env, back, atKey.Link(), done.Link())
			}
			receipt := done.Receipt().String()
			if strings.Contains(receipt, "://") || !strings.Contains(done.ReturnText(), "now shows it as Connected") {
				t.Errorf("%s, %q: the pages are gone when the receipt is read:\n%s", env, back, receipt)
			}
			rejected := drive(t, setup, newFake().failing("Introspect", pleoclient.KindKeyRejected), Allow{}, key).Explain()
			if !strings.Contains(rejected.Hint, "Check that 127.0.0.1:41234 lists it") {
				t.Errorf("%s, %q: a rejected key: %s", env, back, rejected.Hint)
			}
			for about, text := range map[string]string{
				"the receipt": receipt, "Done": done.ReturnText(), "a rejected key": rejected.Hint,
				"the facts": fmt.Sprint(done.Facts()),
			} {
				if strings.Contains(text, "https://") || strings.Contains(text, "Banks") {
					t.Errorf("%s, %q: %s leads away:\n%s", env, back, about, text)
				}
			}
		}
	}
}
