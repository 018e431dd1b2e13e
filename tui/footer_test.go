package tui

import (
	"reflect"
	"testing"

	"pleo-connect/flow"
)

// TestEveryKeyHasWords looks for what each key does in the book, and for words of no key.
func TestEveryKeyHasWords(t *testing.T) {
	t.Parallel()
	words := flow.English.Screen.Footer.All()
	named := map[string]bool{bindings().closeHelp.Help().Desc: true}
	all := reflect.ValueOf(*bindings())
	for i := range all.NumField() {
		named[all.Field(i).FieldByName("help").FieldByName("Desc").String()] = true
	}
	for name := range named {
		if name != "" && name != bindings().closeHelp.Help().Desc && words[name] == "" {
			t.Errorf("what %q does has no words", name)
		}
	}
	for name := range words {
		if !named[name] {
			t.Errorf("no key does %q", name)
		}
	}
}
