package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// problemScreen says what went wrong, what to do, and how far it had come.
type problemScreen struct{}

func (problemScreen) update(msg tea.Msg, s flow.State) (screen, flow.Event) {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return problemScreen{}, nil
	case key.Matches(press, bindings.help):
		return helpScreen{problemScreen{}}, nil
	}
	for _, action := range s.Explain().Actions {
		if key.Matches(press, actionKeys[action]) {
			return problemScreen{}, action.Event()
		}
	}
	return problemScreen{}, nil
}

func (problemScreen) view(s flow.State, f frame) page {
	rows := f.prose(s.Explain().Advice(), f.styles.plain)
	switch s.Problem.From {
	case flow.StepCheck:
		rows = append(append(rows, ""), f.checkList(s, f.h-len(rows)-5)...)
	case flow.StepActivate:
		rows = append(append(rows, ""), f.list(s.Lines(flow.StepActivate), f.dent())...)
	}
	p := page{mark: f.mark(flow.MarkFailed), title: s.Title(), rows: rows}
	if s.Notice.Bad { // any other was about the time before the problem
		p.notice = spaced(f.notice(s))
	}
	return p
}

func (problemScreen) keys(s flow.State) []key.Binding {
	var out []key.Binding
	for _, action := range s.Explain().Actions {
		out = append(out, actionKeys[action])
	}
	return append(out, bindings.help)
}
