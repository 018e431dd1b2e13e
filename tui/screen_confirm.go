package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// confirmScreen asks whether this is the right company.
type confirmScreen struct{ buttons buttons }

func (c confirmScreen) choices(s flow.State) []choice {
	words := &s.Book().Screen.Buttons
	return []choice{{label: words.Other, event: flow.OtherKey{}}, {label: words.Yes, event: flow.Confirm{}}}
}

func (c confirmScreen) update(msg tea.Msg, s flow.State) (screen, flow.Event) {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return c, nil
	case key.Matches(press, bindings().help):
		return helpScreen{c}, nil
	case key.Matches(press, bindings().back):
		return c, flow.Back{}
	case key.Matches(press, bindings().otherKey):
		return c, flow.OtherKey{}
	}
	var ev flow.Event
	c.buttons, ev = c.buttons.update(press, c.choices(s))
	return c, ev
}

func (c confirmScreen) view(s flow.State, f frame) page {
	company := s.Check.Company
	rows := f.barred(s.Book().CompanyName(company), f.styles.title)
	if !company.Name.IsZero() {
		rows = append(rows, f.barred(string(company.ID), f.styles.plain)...)
	}
	rows = append(rows, "")
	concerns := s.Concerns()
	facts := sameWidth(append(concerns, otherFacts(s)...))
	p := page{
		title: s.Title(), rows: append(rows, f.card(facts)...),
		pinned: f.buttonRows(c.buttons, c.choices(s), f.ready && !s.Writing()),
		notice: spaced(f.notice(s)),
	}
	if n := len(concerns); n > 0 {
		p.end = len(rows) + len(f.card(facts[:n]))
	}
	return p
}

// card draws facts under the name of the company, aligned with it.
func (f frame) card(facts []flow.Fact) []string {
	lead := strings.Repeat(" ", 3-f.dent())
	f.w -= len(lead)
	rows := f.facts(facts)
	for i := range rows {
		rows[i] = lead + rows[i]
	}
	return rows
}

// sameWidth pads labels, so that the facts share a column even if they are drawn apart.
func sameWidth(facts []flow.Fact) []flow.Fact {
	label := 0
	for _, fact := range facts {
		label = max(label, widthOf(fact.Label))
	}
	for i := range facts {
		facts[i].Label = pad(facts[i].Label, label)
	}
	return facts
}

// otherFacts returns the facts that are not shown above them.
func otherFacts(s flow.State) []flow.Fact {
	name, id, concerns := s.Book().CompanyName(s.Check.Company), string(s.Check.Company.ID), s.Concerns()
	return slices.DeleteFunc(s.Facts(), func(fact flow.Fact) bool {
		return fact.Value == name || fact.Value == id || slices.Contains(concerns, fact)
	})
}

func (c confirmScreen) keys(s flow.State, f frame) []key.Binding {
	press, other, back := bindings().press, bindings().otherKey, bindings().back
	press.SetEnabled(f.ready && !s.Writing())
	other.SetEnabled(f.ready && !s.Writing())
	back.SetEnabled(!s.Writing())
	return []key.Binding{press, other, back, bindings().choose, bindings().help}
}
