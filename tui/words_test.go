package tui

import (
	"strings"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
)

// TestWords shows every problem on 80x24 cells: the words of the machine, whole and without scrolling,
// and a button for everything that helps.
func TestWords(t *testing.T) {
	t.Parallel()
	for _, problem := range flowtest.Situations() {
		f := at(t, problem.Setup, problem.World())
		for _, ev := range []flow.Event{flow.Allow{}, flow.Pasted(problem.Entry), flow.Confirm{}} {
			if f.state.Step != flow.StepProblem {
				f.happens(ev)
			}
		}
		why := problem.Problem(false).Explain()
		seen := f.text()
		for _, words := range []string{why.Summary, why.About, why.Hint, why.Also} {
			if !strings.Contains(unbroken(seen), unbroken(words)) {
				t.Errorf("%s: %q is not in sight:\n%s", problem.Name, words, seen)
			}
		}
		if f.state.Step != flow.StepProblem {
			continue
		}
		for _, c := range (problemScreen{}).choices(f.state) {
			if !strings.Contains(seen, " "+c.text()) {
				t.Errorf("%s: there is no button %q:\n%s", problem.Name, c.text(), seen)
			}
		}
	}
}

// unbroken is what is left of words however they were broken into lines, and whichever letter is a capital.
func unbroken(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), "")) }
