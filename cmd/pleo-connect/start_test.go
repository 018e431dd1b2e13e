package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pleo-connect/flow/flowtest/source"
)

// madeAtStart are our packages that allocate in init: how often, and what for.
var madeAtStart = map[string]struct {
	allocations int
	why         string
}{
	"pleo-connect/cmd/internal/early": {4, "the environment, before a library looks at it"},
	"pleo-connect/tui":                {2, "the function that makes the keys"},
}

// unwanted are packages of others that must not be linked, because of what they do at every start.
var unwanted = map[string]string{
	"charm.land/fang/v2":          "prepares the colours of a help that is not used",
	"golang.org/x/text/cases":     "fills tables of languages",
	"github.com/atotto/clipboard": "searches PATH",
	"github.com/a-h/templ":        "compiles expressions that make styles safe, and has html/template",
	"html/template":               "fills tables of the elements and attributes that need care",
}

// All packages together may allocate this much before main, on the platform of releases that are measured.
const (
	mostAtStart      = 430
	mostBytesAtStart = 93 << 10
)

// TestStart lists what a program that is built as a release does before main. It counts, and needs no clock.
func TestStart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pleo-connect")
	build := exec.Command("go", "build", "-tags=nethttpomithttp2", "-trimpath", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := exec.Command(path, "--version")
	run.Env = []string{"GODEBUG=inittrace=1", "TERM=xterm-256color"}
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	number := func(text string) int {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	allocated := map[string]int{} // by package
	bytes, all := 0, 0
	line := regexp.MustCompile(`(?m)^init (\S+) .* (\d+) bytes, (\d+) allocs$`)
	for _, m := range line.FindAllStringSubmatch(string(out), -1) {
		allocated[m[1]] = number(m[3])
		bytes, all = bytes+number(m[2]), all+number(m[3])
	}
	for _, pkg := range slices.Sorted(maps.Keys(allocated)) {
		ours := pkg == "main" || strings.HasPrefix(pkg, "pleo-connect/")
		if want := madeAtStart[pkg].allocations; ours && allocated[pkg] != want {
			t.Errorf("%s makes %d allocations before main, also for --version, and madeAtStart says %d: use a switch, "+
				"an array, lazy.Map or lazy.NewRegexp, or give the reason there", pkg, allocated[pkg], want)
		}
		if why, is := unwanted[pkg]; is {
			t.Errorf("%s is linked, which %s: see with go list -deps what imports it, and do without", pkg, why)
		}
	}
	for pkg := range madeAtStart {
		if allocated[pkg] == 0 {
			t.Errorf("%s allocates nothing: take it out of madeAtStart", pkg)
		}
	}
	if len(allocated) == 0 || all > mostAtStart || bytes > mostBytesAtStart {
		t.Errorf("%d packages make %d allocations with %d bytes before main, want at most %d and %d: the list is "+
			"below. A new library may have a cheaper one beside it.\n%s",
			len(allocated), all, bytes, mostAtStart, mostBytesAtStart, out)
	}
}

// TestExpressionsWait: no start compiles a regular expression.
func TestExpressionsWait(t *testing.T) {
	t.Parallel()
	source.CheckHomes(t, []source.Home{{
		What: "a regular expression", Pattern: `regexp\.(Must)?Compile`, Files: "pleoclient/lazy/",
		Instead: "lazy.NewRegexp",
	}}, source.Packages(t)...)
}

// TestExpressions: a mistake in an expression is not left to whoever comes to it first.
func TestExpressions(t *testing.T) {
	t.Parallel()
	found := source.Load(t).Arguments("NewRegexp")
	for at, expr := range found {
		if _, err := regexp.Compile(expr); err != nil {
			t.Errorf("%s: %v", at, err)
		}
	}
	if len(found) == 0 {
		t.Error("no expression was found")
	}
}
