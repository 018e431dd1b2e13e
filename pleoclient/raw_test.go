package pleoclient_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pleo-connect/flow/flowtest"
	"pleo-connect/pleoclient"
)

// structs are all that a caller can get from this package beside results of one type.
var structs = []any{
	pleoclient.Cause{}, pleoclient.Character{}, pleoclient.Cleaned{}, pleoclient.Company{}, pleoclient.Error{},
	pleoclient.Installation{}, pleoclient.Introspection{}, pleoclient.KeyError{}, pleoclient.Odd{},
	pleoclient.Owner{}, pleoclient.Probed{}, pleoclient.Removal{}, pleoclient.SettingError{},
}

// sealed are the structs that cannot be looked into: their methods are what counts.
var sealed = []string{"Client", "Key", "Roots", "SafeText"}

// mayBeRaw are the texts that no type keeps clean, and why each can be drawn.
var mayBeRaw = map[string]string{
	"pleoclient.Error.Op":              "a method and a path of ours, which holds nothing from outside but a UUID",
	"pleoclient.Installation.Metadata": "sent back to Pleo as it came, never drawn",
	"pleoclient.Probed.Address":        "numbers, from the address of a connection",
	"pleoclient.Probed.Addresses":      "numbers, never a name",
	"pleoclient.Probed.TLS":            "a name of package crypto/tls",
	"Client.Origin":                    "scheme, host and port in ASCII: TestOriginIsSafe",
}

// TestNoRawText: a text of Pleo's leaves this package only in a type that keeps it clean. One that
// is new needs a reason.
func TestNoRawText(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	check := func(place string) {
		if mayBeRaw[place] == "" && !found[place] {
			t.Errorf("%s can hold text as it came: make it a SafeText", place)
		}
		found[place] = true
	}
	for _, s := range structs {
		for _, place := range flowtest.RawTexts(reflect.TypeOf(s)) {
			check(place)
		}
	}
	client := reflect.TypeFor[*pleoclient.Client]()
	for i := range client.NumMethod() {
		m := client.Method(i)
		for n := range m.Type.NumOut() {
			out := m.Type.Out(n)
			if out == reflect.TypeFor[error]() { // always an *Error
				continue
			}
			for _, place := range flowtest.RawTexts(out) {
				if place == out.String() {
					place = "Client." + m.Name
				}
				check(place)
			}
		}
	}
	for place := range mayBeRaw {
		if !found[place] {
			t.Errorf("%s is not there any more: take it off the list", place)
		}
	}
}

// TestAllStructs holds the lists above to what is declared.
func TestAllStructs(t *testing.T) {
	t.Parallel()
	listed := slices.Clone(sealed)
	for _, s := range structs {
		listed = append(listed, reflect.TypeOf(s).Name())
	}
	var declared []string
	eachFile(t, ".", func(_ string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.IsExported() {
				if _, ok := spec.Type.(*ast.StructType); ok {
					declared = append(declared, spec.Name.Name)
				}
			}
			return true
		})
	})
	slices.Sort(listed)
	slices.Sort(declared)
	if !slices.Equal(listed, declared) {
		t.Errorf("declared: %v, listed: %v", declared, listed)
	}
}

// constructors are the files in which a text may become a value of a checked type.
var constructors = []string{"pleoclient/uuid.go", "pleoclient/scope.go"}

// TestWhoConverts: in the whole module, a text becomes a checked type by its constructor, never by a conversion.
func TestWhoConverts(t *testing.T) {
	t.Parallel()
	checked := []string{"Scope", "CompanyID", "InstallationID"}
	seen := map[string]bool{}
	eachFile(t, "..", func(name string, file *ast.File) {
		if strings.HasPrefix(name, "flow/flowtest/") {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			if _, constant := call.Args[0].(*ast.BasicLit); constant {
				return true
			}
			into := ""
			switch f := call.Fun.(type) {
			case *ast.Ident:
				into = f.Name
			case *ast.SelectorExpr:
				if pkg, ok := f.X.(*ast.Ident); ok && pkg.Name == "pleoclient" {
					into = f.Sel.Name
				}
			}
			if slices.Contains(checked, into) {
				seen[name] = true
				if !slices.Contains(constructors, name) {
					t.Errorf("%s converts a text into a %s: use its constructor", name, into)
				}
			}
			return true
		})
	})
	for _, name := range constructors {
		if !seen[name] {
			t.Errorf("%s converts nothing: the rule finds nothing", name)
		}
	}
}

// eachFile parses all files of a tree that are no tests, and names them as from the root of the module.
func eachFile(t *testing.T, root string, look func(name string, file *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (root == "." || strings.HasPrefix(entry.Name(), ".")):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		look(filepath.ToSlash(name), file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOriginIsSafe: for every accepted base, the origin of the client can be drawn and compared.
func TestOriginIsSafe(t *testing.T) {
	t.Parallel()
	bases := rapid.OneOf(
		rapid.String(), rapid.StringMatching(`https://[A-Za-z0-9.-]{1,20}.?(:[0-9]{1,5})?/?`),
		rapid.StringMatching(`(?i)https://\[[0-9a-f:]{2,12}.?\]`),
	)
	rapid.Check(t, func(t *rapid.T) { originIsSafe(t, bases.Draw(t, "base")) })
	if !originIsSafe(t, "https://[::1]:8443/") {
		t.Error("no base is accepted")
	}
}

func originIsSafe(t rapid.TB, base string) (accepted bool) {
	c, err := pleoclient.New(base, pleoclient.LoopbackOnly())
	if err != nil {
		if !pleoclient.IsSafe(err.Error()) {
			t.Errorf("%q: %q", base, err)
		}
		return false
	}
	origin := c.Origin()
	if !pleoclient.IsSafe(origin) ||
		strings.ContainsFunc(origin, func(r rune) bool { return r <= ' ' || r > '~' }) {
		t.Errorf("%q gives %q", base, origin)
	}
	return true
}
