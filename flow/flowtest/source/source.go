// Package source reads the source of this repository, for tests that enforce rules.
package source

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Root returns the top folder of the repository.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			break
		}
		dir = filepath.Dir(dir)
	}
	t.Fatalf("the top folder was not found: %v", err)
	return ""
}

// Nested reports whether a folder below root is a module of its own, such as a benchmark. The rules of this one do not
// apply to it.
func Nested(root, dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil && dir != root
}

// OnlyTests reports whether a folder holds helpers of tests. No package of the program may import them, because no row
// of the arrows names them.
func OnlyTests(dir string) bool { return strings.HasSuffix(dir, "test") && strings.Contains(dir, "/") }

// Packages returns the folders of all packages, relative to the top folder, except helpers of tests and nested modules.
func Packages(t testing.TB) (dirs []string) {
	t.Helper()
	root := Root(t)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		dir, _ := filepath.Rel(root, path)
		dir = filepath.ToSlash(dir)
		if OnlyTests(dir) || dir == ".git" || Nested(root, path) {
			return fs.SkipDir
		}
		if len(Files(t, dir)) > 0 {
			dirs = append(dirs, dir)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}

// Parse parses a file, whose name is relative to the top folder.
func Parse(t testing.TB, file string) *ast.File {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(Root(t), file), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// Files returns the texts of a package's files by their names, without tests. dir is relative to the top folder.
func Files(t testing.TB, dir string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(Root(t), dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(path)] = string(text)
	}
	return out
}

// Embedding returns the names of the structs in a file that embed a type. The file name is relative to the top folder.
func Embedding(t testing.TB, file, embedded string) []string {
	t.Helper()
	var out []string
	ast.Inspect(Parse(t, file), func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if s, ok := spec.Type.(*ast.StructType); ok && slices.ContainsFunc(s.Fields.List, func(f *ast.Field) bool {
			id, ok := f.Type.(*ast.Ident)
			return ok && len(f.Names) == 0 && id.Name == embedded
		}) {
			out = append(out, spec.Name.Name)
		}
		return false
	})
	return out
}

// Kinds returns the values of the constants whose names begin with Kind, of files whose names are relative to the top
// folder.
func Kinds[K ~string](t testing.TB, files ...string) []K {
	t.Helper()
	return Constants[K](t, "Kind", files...)
}

// Constants returns the values of the constants whose names start with begin, of files whose names are relative to the
// top folder.
func Constants[K ~string](t testing.TB, begin string, files ...string) []K {
	t.Helper()
	var out []K
	for _, file := range files {
		ast.Inspect(Parse(t, file), func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if ok && strings.HasPrefix(spec.Names[0].Name, begin) && len(spec.Values) == 1 {
				out = append(out, K(strings.Trim(spec.Values[0].(*ast.BasicLit).Value, `"`)))
			}
			return true
		})
	}
	if len(out) < 10 {
		t.Fatalf("only %d constants %s… were found", len(out), begin)
	}
	return out
}

// Problems returns the kinds of problem that flow and pleoclient have.
func Problems[K ~string](t testing.TB) []K {
	t.Helper()
	return Kinds[K](t, "flow/problem.go", "pleoclient/error.go")
}

// Home is something that only some files may hold.
type Home struct {
	What    string // a name for people
	Pattern string // finds it
	Files   string // prefixes of file names from the top folder, separated by spaces; empty: no file may hold it
	Instead string // what the other files use; may be empty
}

// CheckHomes checks that the packages in dirs, except their tests, respect the homes.
func CheckHomes(t *testing.T, homes []Home, dirs ...string) {
	t.Helper()
	texts := map[string]string{}
	for _, dir := range dirs {
		for name, text := range Files(t, dir) {
			texts[dir+"/"+name] = text
		}
	}
	for _, home := range homes {
		pattern, found := regexp.MustCompile(home.Pattern), false
		for name, text := range texts {
			hit := pattern.FindString(text)
			if hit == "" {
				continue
			}
			found = true
			inside := func(begin string) bool { return strings.HasPrefix(name, begin) }
			if !slices.ContainsFunc(strings.Fields(home.Files), inside) {
				t.Errorf("%s holds %s (%s), which belongs into %s; use %s",
					name, home.What, hit, cmp.Or(home.Files, "no file"), cmp.Or(home.Instead, "what is there"))
			}
		}
		if !found && home.Files != "" {
			t.Errorf("no file holds %s: its pattern finds nothing", home.What)
		}
	}
}
