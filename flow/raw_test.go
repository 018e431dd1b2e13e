package flow_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/flow/flowtest/source"
)

// answers are all events that bring something from outside.
var answers = []flow.Event{
	flow.Reached{}, flow.StoreInspected{}, flow.StoreMade{}, flow.KeyLoaded{}, flow.Introspected{},
	flow.InstallationFound{},
	flow.CompanyRead{}, flow.RecordFound{}, flow.Saved{}, flow.Restored{},
	flow.Installed{}, flow.Examined{}, flow.Verified{}, flow.Ticked{}, flow.Copied{}, flow.Opened{},
}

// mayBeRaw are the texts of a State that no type keeps clean, and why each can be drawn.
var mayBeRaw = map[string]string{
	"flow.Integration.ID":              "letters, digits and hyphens, else the file or record is refused",
	"flow.Integration.Name":            "a file with other text is refused, that of a record is cleaned",
	"flow.Integration.Vendor":          "as the name",
	"flow.Integration.Environment":     "one of two words",
	"flow.Integration.KeyKind":         "one of two words",
	"flow.Integration.Applications":    "as the name",
	"flow.Integration.ReturnURL":       "an address in ASCII, else the file is refused, or a record has none",
	"flow.Integration.ReturnHint":      "as the name",
	"flow.Integration.HelpURL":         "as the return link",
	"flow.Permission.Title":            "as the name",
	"flow.Service.User":                "as the name",
	"flow.Service.Restart":             "as the name",
	"flow.Connection.Environment":      "one of three words",
	"flow.Connection.Integration":      "an id, which the store holds to letters, digits and hyphens",
	"flow.Unit.User":                   "no unit is shown when a text of it cannot be drawn",
	"flow.Unit.Store":                  "as the user",
	"flow.Unit.Identity":               "as the user",
	"flow.Unit.Variables":              "as the user",
	"flow.Setup.WebApp":                "comes from the simulated Pleo, in ASCII",
	"flow.Setup.Origin":                "comes from a client, which holds it to ASCII",
	"flow.Notice.Text":                 "made in this package, of texts of these types",
	"pleoclient.Installation.Metadata": "sent back to Pleo as it came, never drawn",
}

// TestNoRawTextIsDrawn: what an interface gets from the client and the store is cleaned or checked by its type. Text of
// any other type that is new in a State or an answer needs a reason.
func TestNoRawTextIsDrawn(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	roots := []any{flow.State{}}
	for _, ev := range answers {
		roots = append(roots, ev)
	}
	for _, root := range roots {
		for _, place := range flowtest.RawTexts(reflect.TypeOf(root)) {
			if mayBeRaw[place] == "" && !found[place] {
				t.Errorf("%s can hold text as it came from outside: make it a pleoclient.SafeText", place)
			}
			found[place] = true
		}
	}
	for place := range mayBeRaw {
		if !found[place] {
			t.Errorf("%s is not there any more: take it off the list", place)
		}
	}
}

// TestAllAnswers holds the list above to what is declared.
func TestAllAnswers(t *testing.T) {
	t.Parallel()
	declared := map[string]bool{}
	for _, name := range source.Embedding(t, "flow/event.go", "Answer") {
		declared[name] = true
	}
	listed := map[string]bool{}
	for _, ev := range answers {
		listed[reflect.TypeOf(ev).Name()] = true
	}
	if !maps.Equal(declared, listed) {
		t.Errorf("declared: %v, listed: %v", slices.Sorted(maps.Keys(declared)), slices.Sorted(maps.Keys(listed)))
	}
}
