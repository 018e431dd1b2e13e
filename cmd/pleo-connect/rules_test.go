package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHomes: what keeps text from outside harmless is done in one place. Everything else gets the cleaned form from
// there.
func TestHomes(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range []struct{ what, text, home, instead string }{
		{"an encoder of JSON lines", "json.NewEncoder", "jsonline.go", "newJSONPrinter"},
		{"the company name of a record", "r.CompanyName", "do.go record.go", "companyOf"}, // do.go writes it
		{"the scopes of a record", "r.Scopes", "do.go check.go", "scopesOf"},              // check.go counts them
		{"the reason of a rejection as text", "Rejection: ", "report.go", "pleoclient.Safe"},
		{"an error for people", `"error:"`, "failure.go", "printFailure"},
		{"the exit code of a class", "classCodes", "exit.go", "exitCode"},
		{"the way into the store", "a.places()", "enter.go", "enter"},
		{"an exit code of exec", "exitNotFound", "exit.go", "commandNotFound"},
	} {
		found := 0
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), rule.text) {
				continue
			}
			found++
			if !strings.Contains(rule.home, name) {
				t.Errorf("%s holds %s, which belongs into %s: use %s", name, rule.what, rule.home, rule.instead)
			}
		}
		if found == 0 {
			t.Errorf("no file holds %s: this rule finds nothing", rule.what)
		}
	}
}
