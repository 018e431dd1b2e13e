package plain

import (
	"strings"

	"pleo-connect/flow"
)

// asksForHelp reports whether an answer is a request for help.
func (f *face) asksForHelp(a answer) bool {
	text := strings.TrimSpace(a.text)
	return f.hasHelp() && !a.pasted && (text == "?" || strings.EqualFold(text, f.word("help")))
}

// hasHelp reports whether there is more to say about a step.
func (f *face) hasHelp() bool {
	return f.state.Step == flow.StepReview || f.state.Step == flow.StepKey || len(f.state.Help()) > 0
}

// help prints what the help of the full screen says, except for the keys.
func (f *face) help() {
	s := f.state
	switch s.Step {
	case flow.StepReview:
		f.say(s.OverviewTitle())
		f.numbered(s.Overview())
		for _, fact := range s.About() {
			f.tell(f.book.Plain.Fact, flow.Values{Name: fact.Label, Value: fact.Value})
		}
	case flow.StepKey:
		f.say(s.KindText())
		f.comparison(s.Comparison())
	}
	f.say(s.Help()...)
}

// comparison prints a table of two columns as two lists, which fit every width.
func (f *face) comparison(rows [][3]string) {
	for column := 1; column < len(rows[0]); column++ {
		f.tell(f.book.Plain.Heads, flow.Values{Name: rows[0][column]})
		for _, row := range rows[1:] {
			f.tell(f.book.Plain.Item, flow.Values{Name: row[0], Value: row[column]})
		}
	}
}

func (f *face) numbered(lines []string) {
	for i, line := range lines {
		f.tell(f.book.Plain.Step, flow.Values{N: i + 1, Detail: line})
	}
}
