package plain

import (
	"strings"
	"testing"

	"pleo-connect/flow/flowtest"
)

// TestWords prints every problem line by line, in the words of the machine.
func TestWords(t *testing.T) {
	t.Parallel()
	for _, problem := range flowtest.Situations() {
		why := problem.Problem(true).Explain()
		text, _ := playFrom(t, problem.Setup, problem.World(), "allow", problem.Entry, "yes")
		lines := strings.Split(strings.ToLower(text), "\n")
		want := []string{"error: " + why.Summary, "hint: " + why.Hint}
		if why.Note != "" {
			want = append(want, "note: "+why.Note)
		}
		if waits := problem.Problem(false); waits.Problem.Wait > 0 {
			want = append(want, "hint: "+waits.Explain().Hint, "press ctrl+c to quit.")
		}
		for _, words := range want {
			if !contains(lines, strings.ToLower(words)) {
				t.Errorf("%s: %q is no line of\n%s", problem.Name, words, text)
			}
		}
	}
}

// contains looks for a line, perhaps behind a question that was not followed by a line feed.
func contains(lines []string, want string) bool {
	for _, line := range lines {
		if line == want || strings.HasSuffix(line, ": "+want) {
			return true
		}
	}
	return false
}
