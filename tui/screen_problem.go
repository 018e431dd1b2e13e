package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// problemScreen says what went wrong, what to do, and how far the run had come.
type problemScreen struct{}

func (problemScreen) update(msg tea.Msg, s flow.State) (screen, flow.Event) {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return problemScreen{}, nil
	case key.Matches(press, bindings.help):
		return helpScreen{problemScreen{}}, nil
	}
	actions := s.Explain().Actions
	for i, b := range actionBindings(actions, true) {
		if key.Matches(press, b) {
			return problemScreen{}, actions[i].Event()
		}
	}
	return problemScreen{}, nil
}

func (problemScreen) view(s flow.State, f frame) page {
	why := s.Explain()
	rows := f.prose(why.About, f.styles.plain)
	for _, step := range why.Advice() {
		rows = append(rows, f.prose(step.Text, f.styles.plain)...)
		rows = append(rows, f.command(step.Command, f.book.Wizard.Link.CommandAgain)...)
	}
	switch s.Problem.From {
	case flow.StepCheck:
		rows = append(append(rows, ""), f.checkList(s, f.h-len(rows)-5)...)
	case flow.StepActivate:
		rows = append(append(rows, ""), f.list(s.Lines(flow.StepActivate), f.dent())...)
	}
	p := page{mark: f.mark(flow.MarkFailed), title: s.Title(), rows: rows}
	if s.Notice.Bad || f.told != "" { // any other notice is from before the problem
		p.notice = spaced(f.notice(s))
	}
	return p
}

func (problemScreen) keys(s flow.State, f frame) []key.Binding {
	leaves := func(a flow.Action) bool { return a == flow.ActionLeave } // so does ctrl+c, which is always named
	actions := slices.DeleteFunc(slices.Clone(s.Explain().Actions), leaves)
	return append(actionBindings(actions, f.roomy()), bindings.help)
}
