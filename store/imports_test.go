package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestWhatIsUsedOfPleoclient holds the package to the key and nothing else of the client: the store knows nothing of
// Pleo's API. A key becomes text in one file.
func TestWhatIsUsedOfPleoclient(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(".")
	must(t, err)
	parsed := 0
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		parsed++
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		must(t, err)
		checkImports(t, name, f)
		ast.Inspect(f, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, _ := sel.X.(*ast.Ident)
			if x != nil && x.Name == "pleoclient" && sel.Sel.Name != "Key" && sel.Sel.Name != "NewKey" {
				t.Errorf("%s uses pleoclient.%s", name, sel.Sel.Name)
			}
			if sel.Sel.Name == "Reveal" && name != "record.go" {
				t.Errorf("%s reveals a key", name)
			}
			return true
		})
	}
	if parsed < 10 {
		t.Fatalf("only %d files were looked at", parsed)
	}
}

func checkImports(t *testing.T, name string, f *ast.File) {
	t.Helper()
	allowed := []string{
		"pleo-connect/pleoclient", "filippo.io/age", "filippo.io/age/armor", "github.com/go-json-experiment/json",
		"github.com/go-json-experiment/json/jsontext", "github.com/gofrs/flock", "golang.org/x/sys/unix",
	}
	for _, spec := range f.Imports {
		path := strings.Trim(spec.Path.Value, `"`)
		if spec.Name != nil {
			t.Errorf("%s gives %s another name, which hides it from this test", name, path)
		}
		outside := strings.Contains(path, ".") || strings.HasPrefix(path, "pleo-connect/")
		if outside && !slices.Contains(allowed, path) || strings.HasPrefix(path, "net") || path == "os/exec" {
			t.Errorf("%s imports %s", name, path)
		}
	}
}
