package tui

import (
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// reviewScreen shows what the integration asks for. The admin allows it or leaves.
type reviewScreen struct{ buttons buttons }

func (r reviewScreen) choices(s flow.State) []choice {
	words := &s.Book().Screen.Buttons
	if s.Preflight.Unfinished != nil {
		return []choice{{words.Cancel, flow.Leave{}}, {words.Other, flow.Allow{}}, {words.Continue, flow.Resume{}}}
	}
	return []choice{{words.Cancel, flow.Leave{}}, {words.Allow, flow.Allow{}}}
}

func (r reviewScreen) update(msg tea.Msg, s flow.State) (screen, flow.Event) {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return r, nil
	case key.Matches(press, bindings.help):
		return helpScreen{r}, nil
	}
	var ev flow.Event
	r.buttons, ev = r.buttons.update(press, r.choices(s))
	return r, ev
}

func (r reviewScreen) view(s flow.State, f frame) page {
	bullet := f.styles.plain.Render(f.glyphs.bullet)
	p := page{title: s.Title(), rows: f.unfinished(s, r.answering(s)), item: bullet, notice: spaced(f.notice(s))}
	if faults := f.preflight(s); !f.roomy() && len(faults) > 0 {
		p.rows = append(append(faults, ""), p.rows...)
	}
	p.rows = append(p.rows, f.permissions(s.Integration.Permissions, f.dent(),
		func(flow.Permission) string { return bullet })...)
	p.rows = append(p.rows, f.known(s)...)
	p.end = len(p.rows)
	if text := s.Promise(); text != "" {
		p.rows = append(append(p.rows, ""), f.prose(text, f.styles.plain)...)
	}
	p.pinned = r.buttons.view(f, r.choices(s), true)
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

// answering returns how texts name the last button: by Enter while it has the focus, else by its word.
func (r reviewScreen) answering(s flow.State) flow.Answering {
	if cs := r.choices(s); r.buttons.index(cs) == len(cs)-1 {
		return flow.ByEnter
	}
	return flow.ByWord
}

// preflight draws the status marks, with what is wrong under the one that failed. A small window has no room for those
// of which nothing has to be known.
func (f frame) preflight(s flow.State) []string {
	var rows []string
	why := s.PreflightProblem()
	for _, line := range s.Lines(flow.StepReview) {
		if !f.roomy() { // the help shows it
			if line.Mark == flow.MarkDone || line.Mark == flow.MarkBusy {
				continue
			}
			line.Note = ""
		}
		rows = append(rows, f.list([]flow.Line{line}, 0)...)
		if line.Mark == flow.MarkFailed { // only the first fault is explained
			rows = append(append(rows, f.hanging(flow.Capital(why.Summary), f.styles.plain)...), f.helps(why)...)
			why = flow.Explanation{}
		}
	}
	if !s.Preflight.Warning.IsZero() {
		rows = append(rows, hang("! ", f.wrap(s.Preflight.Warning.String(), min(f.w, maxProse)-2, f.styles.plain))...)
	}
	return rows
}

func (r reviewScreen) keys(flow.State, frame) []key.Binding {
	return []key.Binding{bindings.press, bindings.choose, bindings.help}
}
