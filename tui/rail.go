package tui

import (
	"fmt"
	"strings"

	"pleo-connect/flow"
)

var railSteps = [...]string{"Review", "Key", "Check", "Done"}

// railIndex returns where on the rail the step is.
func railIndex(s flow.State) int {
	step := s.Step
	if step == flow.StepProblem {
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
	at, names, under := railIndex(s), "", ""
	for i, name := range railSteps {
		if i > 0 {
			names += f.styles.faint.Render(" " + strings.Repeat(f.glyphs.line, 8) + " ")
			under += strings.Repeat(" ", 10)
		}
		text := fmt.Sprint(i+1) + " " + name
		switch {
		case i < at:
			names += f.mark(flow.MarkDone) + " " + name
		case i == at:
			names += f.styles.accent.Render(text)
			under += f.styles.accent.Render(strings.Repeat(f.glyphs.underline, len(text)))
			continue
		default:
			names += f.styles.faint.Render(text)
		}
		under += strings.Repeat(" ", len(text))
	}
	return []string{indent(names), indent(strings.TrimRight(under, " "))}
}

func (f frame) shortRail(s flow.State) string {
	at := railIndex(s)
	return f.styles.accent.Render(fmt.Sprintf("%d/%d %s", at+1, len(railSteps), railSteps[at]))
}
