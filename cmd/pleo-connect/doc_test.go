package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pleo-connect/flow/flowtest/golden"
	"pleo-connect/store"
)

const root = "../.."

// TestPackageDocs: every package says where a newcomer should start.
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

// TestReadme: the promise in it is the one that key stores carry. With -update it writes that.
func TestReadme(t *testing.T) {
	t.Parallel()
	quote := regexp.MustCompile(`(?m)(?:^> .*\n)+`)
	want := replaceFirst(quote, fromRoot(t, "README.md"), "> "+strings.ReplaceAll(store.Promise, "\n", "\n> ")+"\n")
	golden.Compare(t, "../../../README.md", want)
}

// replaceFirst replaces the first match.
func replaceFirst(pattern *regexp.Regexp, text, by string) string {
	at := pattern.FindStringIndex(text)
	if at == nil {
		return ""
	}
	return text[:at[0]] + by + text[at[1]:]
}

// documents are the pages for people, below root.
var documents = []string{
	"README.md", ".github/CONTRIBUTING.md", ".github/split-paste-marker.md", ".github/frames-on-a-clock.md",
	"cmd/pleo-connect/bench/results.md",
}

// TestDocuments: what the pages ask people to make, to open and to read exists.
func TestDocuments(t *testing.T) {
	t.Parallel()
	makefile := fromRoot(t, "Makefile")
	var (
		target = regexp.MustCompile("(?m)(?:^|`)make ([a-z]+)")
		link   = regexp.MustCompile(`(?:\]\(|src=")([^):#"]+)[)"]`)
		file   = regexp.MustCompile("`([a-z_.-]+/[a-z_/.-]+\\.go)`")
	)
	found := map[*regexp.Regexp]int{}
	each := func(page string, what *regexp.Regexp, check func(name string)) {
		for _, m := range what.FindAllStringSubmatch(fromRoot(t, page), -1) {
			found[what]++
			check(m[1])
		}
	}
	for _, page := range documents {
		each(page, target, func(name string) {
			if !strings.Contains(makefile, "\n"+name+":") {
				t.Errorf("%s names make %s, which the Makefile does not have", page, name)
			}
		})
		exists := func(dir string) func(string) {
			return func(name string) {
				if _, err := os.Stat(filepath.Join(root, dir, name)); err != nil {
					t.Errorf("%s: %v", page, err)
				}
			}
		}
		each(page, link, exists(filepath.Dir(page)))
		each(page, file, exists("."))
	}
	for what, least := range map[*regexp.Regexp]int{target: 8, link: 8, file: 6} {
		if found[what] < least {
			t.Errorf("only %d times %s", found[what], what)
		}
	}
}

func fromRoot(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
