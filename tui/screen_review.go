package tui

import (
	"fmt"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// reviewScreen shows what the integration asks for. The admin allows it or leaves.
type reviewScreen struct{ buttons buttons }

// choices returns the buttons. While there is a problem, only what helps with it can be chosen.
func (r reviewScreen) choices(s flow.State) []choice {
	words := &s.Book().Screen.Buttons
	cancel := choice{label: words.Cancel, event: flow.Leave{}}
	next := choice{label: words.Allow, event: flow.Allow{}}
	if s.Preflight.Unfinished != nil {
		next = choice{label: words.Continue, event: flow.Resume{}}
	}
	if actions := actionChoices(s, s.PreflightActions()); len(actions) > 0 {
		next.off = true
		return slices.Insert(actions, len(actions)-1, next)
	}
	if s.Preflight.Unfinished != nil {
		return []choice{cancel, {label: words.Other, event: flow.Allow{}}, next}
	}
	return []choice{cancel, next}
}

func (r reviewScreen) update(msg tea.Msg, s flow.State) (screen, flow.Event) {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return r, nil
	case key.Matches(press, bindings().help):
		return helpScreen{r}, nil
	}
	if ev := actionOf(press, s.PreflightActions()); ev != nil {
		return r, ev
	}
	var ev flow.Event
	r.buttons, ev = r.buttons.update(press, r.choices(s))
	return r, ev
}

func (r reviewScreen) view(s flow.State, f frame) page {
	bullet := f.styles.plain.Render(f.glyphs.bullet)
	p := page{title: s.Title(), rows: f.unfinished(s, r.answering(s)), item: bullet, notice: spaced(f.notice(s))}
	why := s.PreflightProblem()
	fault := why.Summary != ""
	if fault {
		p.mark, p.title = f.mark(flow.MarkFailed), flow.Capital(why.Summary)
		p.rows = slices.Concat(f.explained(why), []string{""}, p.rows, f.wrap(s.Title(), f.w, f.styles.title))
		if f.roomy() {
			p.rows = append(p.rows, "")
		}
	} else if faults := f.preflight(s); !f.roomy() && len(faults) > 0 {
		p.rows = append(append(faults, ""), p.rows...)
	}
	p.rows = append(p.rows, f.permissions(f.permissionCells(s.Integration.Permissions,
		func(flow.Permission) string { return bullet }), f.dent())...)
	p.rows = append(p.rows, f.known(s)...)
	if !fault { // nothing can be allowed now
		p.end = len(p.rows)
	}
	if text := s.Promise(); text != "" && !fault {
		p.rows = append(append(p.rows, ""), f.prose(text, f.styles.plain)...)
	}
	p.pinned = f.buttonRows(r.buttons, r.choices(s), takesAnswer(s, f))
	if f.roomy() {
		p.pinned = append(append(f.preflight(s), ""), p.pinned...)
	}
	return p
}

// unfinished is shown above the permissions if an earlier run stopped halfway.
func (f frame) unfinished(s flow.State, by flow.Answering) []string {
	text := s.UnfinishedText(by)
	if text == "" {
		return nil
	}
	return append(f.barred(flow.Capital(text), f.styles.plain), "")
}

// known is shown under the permissions: which account gets the key, if none was named, and which connections the admin
// should compare with them.
func (f frame) known(s flow.State) []string {
	var rows []string
	if text := s.OwnerText(); text != "" {
		rows = append(append(rows, ""), f.barred(flow.Capital(text), f.styles.plain)...)
	}
	if changes := s.Changes(); len(changes) > 0 {
		heading := flow.Capital(s.Book().Wizard.Changes.Heading.String())
		rows = append(append(append(rows, ""), f.barred(heading, f.styles.plain)...), f.facts(changes)...)
	}
	for _, text := range s.OtherTexts() {
		rows = append(append(rows, ""), f.barred(flow.Capital(text), f.styles.plain)...)
	}
	return rows
}

// knownOn identifies what known shows, which arrives after the first frame.
func knownOn(s flow.State) string {
	if s.Step != flow.StepReview {
		return ""
	}
	return fmt.Sprint(s.Changes(), s.OtherTexts())
}

// answering returns how texts name the button that continues: by Enter while it has the focus, else by its word.
func (r reviewScreen) answering(s flow.State) flow.Answering {
	cs := r.choices(s)
	if _, resume := cs[r.buttons.index(cs)].event.(flow.Resume); resume {
		return flow.ByEnter
	}
	return flow.ByWord
}

// preflight draws the status marks, but not the one that the headline is about. A small window has no room for those
// of which nothing has to be known.
func (f frame) preflight(s flow.State) []string {
	var rows []string
	lines := s.Lines(flow.StepReview)
	failed := func(line flow.Line) bool { return line.Mark == flow.MarkFailed }
	if passed := slices.DeleteFunc(slices.Clone(lines), failed); len(passed) == len(lines)-1 {
		lines = passed
	}
	for _, line := range lines {
		if !f.roomy() { // the help shows it
			if line.Mark == flow.MarkDone || line.Mark == flow.MarkBusy {
				continue
			}
			line.Note = ""
		}
		rows = append(rows, f.list([]flow.Line{line}, 0)...)
	}
	if !s.Preflight.Warning.IsZero() {
		rows = append(rows, hang("! ", f.wrap(s.Preflight.Warning.String(), min(f.w, maxProse)-2, f.styles.plain))...)
	}
	return rows
}

func (r reviewScreen) keys(s flow.State, f frame) []key.Binding {
	press := bindings().press
	press.SetEnabled(takesAnswer(s, f))
	return buttonKeys(press, s.PreflightActions())
}

// takesAnswer reports whether Enter counts: always, unless the buttons may have changed under the finger.
func takesAnswer(s flow.State, f frame) bool { return f.ready || tooEarly(s) == "" }
