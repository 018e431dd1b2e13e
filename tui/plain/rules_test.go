package plain

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowedImports keeps this package to lines on a reader and a writer: no screen, no terminal of its own, no client.
var allowedImports = []string{
	"bytes", "context", "errors", "fmt", "io", "strings", "unicode", "unicode/utf8", "github.com/charmbracelet/x/ansi",
	"pleo-connect/flow",
}

func TestImports(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
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
				t.Errorf("%s imports %s: this package sees flow and lines, nothing else", name, path)
			}
		}
	}
	for _, path := range allowedImports {
		if !used[path] {
			t.Errorf("%s is allowed and not used: take it off the list", path)
		}
	}
}
