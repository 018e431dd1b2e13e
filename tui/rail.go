package tui

import (
	"fmt"
	"strconv"
	"strings"

	"pleo-connect/flow"
)

var railSteps = [...]string{"Review", "Key", "Check", "Done"}

// railIndex returns where on the rail the step is.
func railIndex(s flow.State) int {
	step := s.Step
	if step == flow.StepProblem || step == flow.StepDoctor {
		step = s.Problem.From
	}
	switch step {
	case flow.StepReview:
		return 0
	case flow.StepKey:
		return 1
	case flow.StepDone, flow.StepOver:
		return 3
	}
	return 2
}

// rail draws the four steps: those that are done are ticked, the current one is underlined.
func (f frame) rail(s flow.State) []string {
	at, before := railIndex(s), margin // the current step begins behind this many columns
	line := f.styles.faint.Render(" " + strings.Repeat(f.glyphs.line, 8) + " ")
	var names strings.Builder
	names.WriteString(indent(""))
	for i, name := range railSteps {
		if i > 0 {
			names.WriteString(line)
		}
		text := strconv.Itoa(i+1) + " " + name
		switch {
		case i < at:
			names.WriteString(f.mark(flow.MarkDone) + " " + name)
			before += len(text) + 10
		case i == at:
			names.WriteString(f.styles.accent.Render(text))
		default:
			names.WriteString(f.styles.faint.Render(text))
		}
	}
	under := f.styles.accent.Render(strings.Repeat(f.glyphs.underline, len("1 ")+len(railSteps[at])))
	return []string{names.String(), strings.Repeat(" ", before) + under}
}

func (f frame) shortRail(s flow.State) string {
	at := railIndex(s)
	return f.styles.accent.Render(fmt.Sprintf("%d/%d %s", at+1, len(railSteps), railSteps[at]))
}
