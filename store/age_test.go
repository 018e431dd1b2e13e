package store

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

// ageCommand builds the age command, which is a tool of this module.
func ageCommand(t *testing.T) string {
	t.Helper()
	path := filepath.Join(tempDir(t), "age")
	if out, err := exec.Command("go", "build", "-o", path, "filippo.io/age/cmd/age").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// TestAnyoneReadsWithAge follows the README of the store to the letter.
func TestAnyoneReadsWithAge(t *testing.T) {
	t.Parallel()
	age := ageCommand(t)
	s := newTestStore(t)
	first, second := putTwice(t, s, companyA)
	for file, want := range map[string]Record{
		prod + companyA + ".age": second, prod + companyA + ".age.prev": first,
	} {
		command := readmeCommand(t, s)
		args := strings.Fields(strings.Replace(command, "<file>.age", file, 1))
		cmd := exec.Command(age, args[1:]...)
		cmd.Dir = s.dir
		out, err := cmd.Output()
		must(t, err)
		var got struct {
			Generation uint64 `json:"generation"`
			CompanyID  string `json:"company_id"`
			Key        string `json:"key"`
		}
		must(t, json.Unmarshal(out, &got))
		if got.Key != want.Key.Reveal() || got.Generation != want.Generation || got.CompanyID != companyA {
			t.Errorf("%s: age shows generation %d, and not the key that was saved", file, got.Generation)
		}
		if diff := cmp.Diff(unseal(t, s, filepath.Join(s.installations(), file)), out); diff != "" {
			t.Errorf("%s: age and the store read different text", file)
		}
	}
}

func readmeCommand(t *testing.T, s *Store) string {
	t.Helper()
	for line := range strings.Lines(string(readFile(t, s.in(readmeName)))) {
		if strings.HasPrefix(strings.TrimSpace(line), "age -d ") {
			return line
		}
	}
	t.Fatal("the README names no command")
	return ""
}

func TestReadme(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	text := string(readFile(t, s.in(readmeName)))
	for _, want := range []string{Promise, s.identity, s.dir, "installations/"} {
		if !strings.Contains(text, want) {
			t.Errorf("the README does not say %q", want)
		}
	}
	if got := string(readFile(t, s.in(formatName))); got != "1\n" {
		t.Errorf("FORMAT holds %q", got)
	}
	must(t, os.Remove(s.in(readmeName))) // for people only: nothing depends on it
	put(t, s, newRecord(companyA))
}
