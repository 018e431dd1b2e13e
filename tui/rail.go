package tui

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
)

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

// railSteps returns the names of the four steps.
func (f frame) railSteps() [4]string {
	words, none := &f.book.Screen, flow.Values{}
	return [...]string{words.Review.Fill(none), words.Key.Fill(none), words.Check.Fill(none), words.Done.Fill(none)}
}

// rail draws the four steps: those that are done are ticked, the current one is underlined. Lines between them fill the
// room that is left.
func (f frame) rail(s flow.State) []string {
	at, before := railIndex(s), margin // the current step begins after this many columns
	steps := f.railSteps()
	names := make([]string, len(steps))
	for i, name := range steps {
		names[i] = strconv.Itoa(i+1) + " " + name
	}
	between := min(railLine, (f.w-ansi.StringWidth(strings.Join(names, "  ")))/(len(steps)-1))
	if between < 1 {
		return []string{indent(f.shortRail(s)), ""}
	}
	line := f.styles.faint.Render(" " + strings.Repeat(f.glyphs.line, between) + " ")
	var out strings.Builder
	out.WriteString(indent(""))
	for i, name := range names {
		if i > 0 {
			out.WriteString(line)
		}
		switch {
		case i < at:
			out.WriteString(f.mark(flow.MarkDone) + " " + steps[i])
			before += ansi.StringWidth(name) + between + 2
		case i == at:
			out.WriteString(f.styles.accent.Render(name))
		default:
			out.WriteString(f.styles.faint.Render(name))
		}
	}
	under := f.styles.accent.Render(strings.Repeat(f.glyphs.underline, ansi.StringWidth(names[at])))
	return []string{out.String(), strings.Repeat(" ", before) + under}
}

// railLine is the length of a line between two steps.
const railLine = 8

func (f frame) shortRail(s flow.State) string {
	at, steps := railIndex(s), f.railSteps()
	return f.styles.accent.Render(fmt.Sprintf("%d/%d %s", at+1, len(steps), steps[at]))
}
