package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// problemScreen says what went wrong, what to do, and how far the run had come.
type problemScreen struct{ buttons buttons }

func (p problemScreen) choices(s flow.State) []choice { return actionChoices(s, s.Explain().Actions) }

// actionChoices returns the buttons of actions. The first one is the best.
func actionChoices(s flow.State, actions []flow.Action) []choice {
	words := &s.Book().Screen.Buttons
	labels := [...]flow.Text{
		flow.ActionRetry: words.Retry, flow.ActionEdit: words.Other, flow.ActionDoctor: words.Doctor,
		flow.ActionBack: words.Back, flow.ActionLeave: words.Quit,
	}
	var out []choice
	for i, action := range actions {
		out = append(out, choice{label: labels[action], event: action.Event(), best: i == 0})
	}
	return out
}

func (p problemScreen) update(msg tea.Msg, s flow.State) (screen, flow.Event) {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return p, nil
	case key.Matches(press, bindings().help):
		return helpScreen{p}, nil
	}
	if ev := actionOf(press, s.Explain().Actions); ev != nil {
		return p, ev
	}
	var ev flow.Event
	p.buttons, ev = p.buttons.update(press, p.choices(s))
	return p, ev
}

// actionOf returns the event of the action whose key was pressed, or nil.
func actionOf(press tea.KeyPressMsg, actions []flow.Action) flow.Event {
	for _, action := range actions {
		if key.Matches(press, actionKey(action)) {
			return action.Event()
		}
	}
	return nil
}

func (p problemScreen) view(s flow.State, f frame) page {
	out := page{
		mark: f.mark(flow.MarkFailed), title: s.Title(), rows: f.explained(s.Explain()),
		pinned: f.buttonRows(p.buttons, p.choices(s), f.ready),
	}
	if s.Notice.Bad || f.told != "" { // any other notice is from before the problem
		out.notice = spaced(f.notice(s))
	}
	room := f.h - len(f.headline(out)) - len(out.rows) - len(out.pinned) - len(out.notice) - 3 // blank rows
	out.rows = append(out.rows, spaced(f.cameTo(s, room))...)
	return out
}

// explained draws what is said about the key with a problem, and what to do next, under the headline.
func (f frame) explained(why flow.Explanation) []string {
	inner := f.inner()
	rows := f.inset(inner.prose(why.About, f.styles.plain))
	for _, step := range why.Advice() {
		rows = append(rows, f.inset(inner.prose(step.Text, f.styles.plain))...)
		rows = append(rows, f.command(step.Command, f.book.Wizard.Link.CommandAgain)...)
	}
	return rows
}

// cameTo draws the lines that were reached before the problem. If there is no room for all, those remain that say more
// than the headline.
func (f frame) cameTo(s flow.State, room int) []string {
	lines := slices.DeleteFunc(s.Lines(s.Problem.From), func(line flow.Line) bool {
		return line.Mark == flow.MarkWaiting || s.Problem.From < flow.StepCheck
	})
	if all := f.list(lines, f.dent()); len(all) < room {
		return all
	}
	return f.list(slices.DeleteFunc(lines, func(line flow.Line) bool {
		return line.Note == "" || line.Mark == flow.MarkDone
	}), f.dent())
}

func (p problemScreen) keys(s flow.State, f frame) []key.Binding {
	press := bindings().press
	press.SetEnabled(f.ready)
	return buttonKeys(press, s.Explain().Actions)
}

// buttonKeys returns the keys of a screen with buttons for actions. That of the one that leaves is not among them: so does
// ctrl+c, which is always named.
func buttonKeys(press key.Binding, actions []flow.Action) []key.Binding {
	out := []key.Binding{press}
	for _, action := range actions {
		if action != flow.ActionLeave {
			out = append(out, actionKey(action))
		}
	}
	return append(out, bindings().choose, bindings().help)
}
