package tui

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowedImports keeps this package to drawing and routing: no I/O, no network, no client.
var allowedImports = []string{
	"context", "errors", "fmt", "io", "regexp", "slices", "strconv", "strings", "sync", "time",
	"unicode", "unicode/utf8",
	"charm.land/bubbles/v2/key", "charm.land/bubbletea/v2", "charm.land/lipgloss/v2", "github.com/charmbracelet/x/ansi",
	"pleo-connect/flow",
}

func sources(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = string(text)
	}
	return out
}

func TestImports(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for name, text := range sources(t) {
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			used[path] = true
			if !slices.Contains(allowedImports, path) {
				t.Errorf("%s imports %s: this package sees flow and draws, nothing else", name, path)
			}
		}
	}
	for _, path := range allowedImports {
		if !used[path] {
			t.Errorf("%s is allowed and not used: take it off the list", path)
		}
	}
}

// TestHomes holds what belongs into one file to that file.
func TestHomes(t *testing.T) {
	t.Parallel()
	for _, rule := range []struct{ what, pattern, home string }{
		{"a command closure", `func\((\w+ time\.Time)?\) \(?(\w+ )?tea\.(Msg|Cmd)\b`, "effects.go"},
		{"a goroutine", `\bgo (func|\w+\()`, "nowhere"},
		{"a colour", `lipgloss\.(Color\(|Red|Green|Blue|Yellow|Magenta|Cyan|White|Black|Bright)|#[0-9A-Fa-f]{6}`,
			"styles.go"},
		{"a new key binding", `key\.(NewBinding|WithKeys)`, "keys.go"},
		{"a sign beyond ASCII", `"[^"\n]*[^\x00-\x7f][^"\n]*"`, "styles.go keys.go"},
	} {
		pattern := regexp.MustCompile(rule.pattern)
		found := false
		for name, text := range sources(t) {
			if hit := pattern.FindString(text); hit != "" {
				found = true
				if !strings.Contains(rule.home, name) {
					t.Errorf("%s holds %s (%s), which belongs into %s", name, rule.what, hit, rule.home)
				}
			}
		}
		if !found && rule.home != "nowhere" {
			t.Errorf("no file holds %s: the pattern of this rule finds nothing", rule.what)
		}
	}
}

// TestViewIsPure draws twice, with a size change between that is taken back.
func TestViewIsPure(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		f := sc.make(t)
		first := f.View()
		if again := f.View(); again.Content != first.Content {
			t.Errorf("%s: the second frame differs from the first", sc.name)
		}
		if again := f.size(40, 12).size(80, 24).View(); again.Content != first.Content {
			t.Errorf("%s: the frame depends on the sizes before", sc.name)
		}
	}
}
