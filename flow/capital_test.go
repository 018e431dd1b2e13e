package flow

import (
	"strings"
	"testing"
)

func TestCapital(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                    "",
		"key received":                        "Key received",
		"can't connect":                       "Can't connect",
		"stopped: try again":                  "Stopped: try again",
		"økonomi":                             "Økonomi",
		"external.pleo.io could not be found": "external.pleo.io could not be found",
		"pleo-connect status lists it":        "pleo-connect status lists it",
		"/var/lib is full":                    "/var/lib is full",
		"Bearer removed":                      "Bearer removed",
		"帳簿 is connected":                     "帳簿 is connected",
		"Pleo rejected the key":               "Pleo rejected the key",
	} {
		if got := Capital(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// TestCapitalLeavesNames: no headline of a screen begins with the name of an account, which a capital would make
// another one, or with that of an integration.
func TestCapitalLeavesNames(t *testing.T) {
	t.Parallel()
	for kind, w := range English.Problems.All() {
		for _, name := range []string{"{account}", "{owner}", "{name}"} {
			onScreen := !strings.HasPrefix(string(kind), string(KindSettings)+"/exec")
			if strings.HasPrefix(string(w.Headline), name) && onScreen {
				t.Errorf("%s begins with a name: %q", kind, w.Headline)
			}
		}
	}
}
