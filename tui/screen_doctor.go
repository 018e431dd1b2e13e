package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// doctorScreen shows what the examination finds, as it comes. The problem that it was opened from stays under it.
type doctorScreen struct{ buttons buttons }

// choices returns the buttons. The way back has the focus once nothing was found.
func (d doctorScreen) choices(s flow.State) []choice {
	words := &s.Book().Screen.Buttons
	found := !s.Doctor.Over() || s.FailedExams() > 0
	return []choice{
		{label: words.Again, event: flow.Retry{}, best: found}, {label: words.Back, event: flow.Back{}},
	}
}

func (d doctorScreen) update(msg tea.Msg, s flow.State) (screen, flow.Event) {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
	case key.Matches(press, bindings().help):
		return helpScreen{d}, nil
	case key.Matches(press, bindings().back):
		return d, flow.Back{}
	case key.Matches(press, bindings().again):
		return d, flow.Retry{}
	default:
		var ev flow.Event
		d.buttons, ev = d.buttons.update(press, d.choices(s))
		return d, ev
	}
	return d, nil
}

func (d doctorScreen) view(s flow.State, f frame) page {
	return page{
		title: s.Title(), rows: f.exams(s.Lines(flow.StepDoctor), f.dent()),
		pinned: f.buttonRows(d.buttons, d.choices(s), f.ready), notice: spaced(f.notice(s)),
	}
}

// exams draws the list with the remedies under each line that has one.
func (f frame) exams(lines []flow.Line, dent int) []string {
	label := 0
	for _, line := range lines {
		label = max(label, widthOf(line.Label))
	}
	var out []string
	for _, line := range lines {
		lead, room := strings.Repeat(" ", dent)+f.mark(line.Mark)+" ", f.w-dent-2
		var text []string
		if beside := room - label - 3; beside >= examNote {
			lead += f.styles.plain.Render(pad(line.Label, label)) + "   "
			room = beside
		} else {
			text = f.wrap(line.Label, room, f.styles.plain)
		}
		text = append(text, f.wrap(line.Note, room, f.styles.plain)...)
		if len(text) == 0 {
			text = []string{""} // only the label
		}
		out = append(out, hang(lead, text)...)
		for _, remedy := range []string{line.Remedy, line.Also} {
			words, command := f.book.CutCommand(remedy)
			out = append(out, hang(pad("", widthOf(lead)), f.wrap(words, room, f.styles.plain))...)
			out = append(out, f.command(command, f.book.Wizard.Link.Widen)...)
		}
	}
	return out
}

// examNote is the least room for a note next to its label.
const examNote = 40

func (doctorScreen) keys(_ flow.State, f frame) []key.Binding {
	press := bindings().press
	press.SetEnabled(f.ready)
	return []key.Binding{press, bindings().choose, bindings().again, bindings().back, bindings().help}
}
