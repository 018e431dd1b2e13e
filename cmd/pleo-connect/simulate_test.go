package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/pleoclient/pleosim"
)

// keysByRole returns simulated keys by their names in JSON.
func keysByRole(keys pleosim.Keys) map[string]string {
	text, _ := json.Marshal(keys)
	out := map[string]string{}
	_ = json.Unmarshal(text, &out)
	return out
}

// TestScenarios: there is one for each simulated key.
func TestScenarios(t *testing.T) {
	t.Parallel()
	var want []string
	for _, role := range slices.Sorted(maps.Keys(keysByRole(pleosim.Keys{}))) {
		want = append(want, strings.ReplaceAll(role, "_", "-"))
	}
	if !slices.Equal(scenarios, want) {
		t.Errorf("%q, want %q", scenarios, want)
	}
}

// TestSimulate: the simulated Pleo knows an integration as its file describes it, and two others that cannot be taken
// for it. Its own keys are the same as without them.
func TestSimulate(t *testing.T) {
	t.Parallel()
	usual := flowtest.Setup().Integration
	with := func(change func(*flow.Integration)) flow.Integration {
		i := usual
		change(&i)
		return i
	}
	for about, i := range map[string]flow.Integration{
		"the usual one":     usual,
		"the same id":       with(func(i *flow.Integration) { i.ID = "fabrikam-ledger" }),
		"the same name":     with(func(i *flow.Integration) { i.Name = "Northwind Books" }),
		"another case":      with(func(i *flow.Integration) { i.Name = "FABRIKAM LEDGER" }),
		"without a name":    with(func(i *flow.Integration) { i.Name, i.Applications = "Fabrikam Ledger", nil }),
		"two applications":  with(func(i *flow.Integration) { i.Applications = []string{"Ours", "Northwind Books"} }),
		"the number is too": with(func(i *flow.Integration) { i.ID, i.Name = "fabrikam-ledger-2", "Fabrikam Ledger" }),
		"a Standalone key":  with(func(i *flow.Integration) { i.KeyKind = flow.Standalone }),
	} {
		others := pleosim.Others(append([]string{i.ID, i.Name}, i.Applications...)...)
		if len(others) != 2 {
			t.Fatalf("%s: %d others", about, len(others))
		}
		for _, other := range others {
			for _, name := range append([]string{i.ID, i.Name}, i.Applications...) {
				if strings.EqualFold(other.ID, name) || strings.EqualFold(other.Name, name) || other.Application != "" {
					t.Errorf("%s: %+v can be taken for %s", about, other, name)
				}
			}
		}
		ours := offered(i)
		for _, p := range i.Permissions {
			if scope := string(p.Scope); ours.Titles[scope] != p.Title || !slices.Contains(ours.Scopes, scope) ||
				slices.Contains(ours.Optional, scope) == p.Required {
				t.Errorf("%s: %s is offered as %+v", about, scope, ours)
			}
		}
		if ours.Standalone != (i.KeyKind == flow.Standalone) || ours.Name != i.Name || ours.ID != i.ID {
			t.Errorf("%s: offered as %+v", about, ours)
		}
		alone, err := pleosim.Start(pleosim.Options{Integrations: []pleosim.Integration{ours}})
		if err != nil {
			t.Fatalf("%s: %v", about, err)
		}
		t.Cleanup(func() { _ = alone.Close() })
		all, err := simulate(i, pleosim.Options{})
		if err != nil {
			t.Fatalf("%s: %v", about, err)
		}
		t.Cleanup(func() { _ = all.Close() })
		if all.Keys() != alone.Keys() {
			t.Errorf("%s: its keys are %+v, alone %+v", about, all.Keys(), alone.Keys())
		}
	}
}
