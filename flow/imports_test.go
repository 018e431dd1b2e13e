package flow

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
)

// The packages flow may import, and what of pleoclient it may name: types and their constructors, no client. A ban on
// transitive imports cannot work, because fmt brings os.
var (
	allowedImports = []string{
		"context", // for the type Do, which the faces call
		"errors", "fmt", "slices", "strings", "time", "pleo-connect/pleoclient",
	}
	allowedNames = []string{
		"Key", "KeyError", "CleanKey", "Cleaned", "Removal", "Looks", "Scope", "MissingScopes",
		"SafeText", "Safe", "IsSafe",
		"Company", "CompanyID", "Installation", "Installations", "Introspection", "Owner", "Kind",
	}
	allowedPrefixes = []string{"Kind", "Looks", "Removed", "Status", "AuthMethod", "ErrorCode"} // constants
)

func TestImports(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		checked++
		for _, i := range file.Imports {
			if path := strings.Trim(i.Path.Value, `"`); !slices.Contains(allowedImports, path) {
				t.Errorf("%s imports %s: flow does no I/O and reads no clock", name, path)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				checkName(t, name, sel)
			}
			return true
		})
	}
	if checked < 10 {
		t.Errorf("only %d files were checked", checked)
	}
}

func checkName(t *testing.T, file string, sel *ast.SelectorExpr) {
	pkg, ok := sel.X.(*ast.Ident)
	if !ok {
		return
	}
	name := sel.Sel.Name
	switch pkg.Name {
	case "pleoclient":
		prefixed := func(p string) bool { return strings.HasPrefix(name, p) }
		if !slices.Contains(allowedNames, name) && !slices.ContainsFunc(allowedPrefixes, prefixed) {
			t.Errorf("%s uses pleoclient.%s: flow may use types, not the client", file, name)
		}
	case "context":
		if name != "Context" {
			t.Errorf("%s uses context.%s: flow starts and ends no work", file, name)
		}
	case "time":
		if slices.Contains([]string{"Now", "Since", "Until", "After", "Sleep", "NewTimer", "NewTicker", "Tick"}, name) {
			t.Errorf("%s uses time.%s: flow reads no clock", file, name)
		}
	}
}
