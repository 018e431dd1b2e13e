package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pleo-connect/store"
)

const root = "../.."

// TestPackageDocs: every package tells a newcomer where to start.
func TestPackageDocs(t *testing.T) {
	t.Parallel()
	documented := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		dir := filepath.Dir(path)
		documented[dir] = documented[dir] || len(file.Doc.Text()) > 60
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("package %s has no doc comment", dir)
		}
	}
	if len(documented) < 8 {
		t.Errorf("only %d packages were found", len(documented))
	}
}

// TestReadme: the screen in it is one that the program draws, and the promise is the one that stores carry.
func TestReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	screen, err := os.ReadFile(filepath.Join(root, "tui/testdata/review_80x24.golden"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), strings.TrimRight(string(screen), "\n")) {
		t.Error("the screen in the README is not tui/testdata/review_80x24.golden")
	}
	words := func(s string) string { return strings.Join(strings.Fields(strings.ReplaceAll(s, "\n>", "\n")), " ") }
	if !strings.Contains(words(string(readme)), words(store.Promise)) {
		t.Error("the promise in the README is not store.Promise")
	}
}
