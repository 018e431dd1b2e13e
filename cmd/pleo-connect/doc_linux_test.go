package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSplitMarkerReport: the fault that we report to Bubble Tea is still there, in the versions that the report names.
// A machine that stops for a moment may join the pieces of the marker, or part those that belong together: once in
// three is enough.
func TestSplitMarkerReport(t *testing.T) {
	t.Parallel()
	program, want := readReport(t, ".github/split-paste-marker.md")
	var printed string
	for range 3 {
		if printed = goRun(t, program); printed == want {
			return
		}
	}
	if strings.Count(printed, "PasteMsg") == 2 {
		t.Fatalf("mended upstream: the report can go\n%s", printed)
	}
	t.Errorf("the program prints\n%sand the page says\n%s", printed, want)
}

// TestFramesReport: Bubble Tea still draws on a clock, repaints for an equal size, and cannot end while its output is
// blocked. Once one of them is mended, see whether tui/paint can go.
func TestFramesReport(t *testing.T) {
	t.Parallel()
	program, want := readReport(t, ".github/frames-on-a-clock.md")
	if printed := goRun(t, program); printed != want {
		t.Errorf("mended upstream, or changed: the program prints\n%sand the page says\n%s", printed, want)
	}
}

// readReport returns the file of the program in a report on Bubble Tea, and what the page says that it prints. The
// versions that the page names must be those in use.
func readReport(t *testing.T, name string) (program, printed string) {
	t.Helper()
	page := fromRoot(t, name)
	blocks := regexp.MustCompile("(?ms)^```(?:go)?\n(.*?)^```$").FindAllStringSubmatch(page, -1)
	if len(blocks) != 2 {
		t.Fatalf("the page has %d blocks, want the program and what it prints", len(blocks))
	}
	for _, module := range []string{"charm.land/bubbletea/v2", "github.com/charmbracelet/ultraviolet"} {
		version, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", module).Output()
		if err != nil {
			t.Fatal(err)
		}
		if v := strings.TrimSpace(string(version)); !strings.Contains(page, "| "+module+" | "+v+" |") {
			t.Errorf("the page names another version of %s than %s: look whether all of it still holds", module, v)
		}
	}
	program = filepath.Join(t.TempDir(), "main.go")
	writeFile(t, program, []byte(blocks[0][1]), 0o600)
	return program, blocks[1][1]
}

// goRun returns what a program prints.
func goRun(t *testing.T, program string) string {
	t.Helper()
	out, err := exec.Command("go", "run", program).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}
