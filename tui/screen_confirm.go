package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// confirmScreen asks whether this is the right company. A key that was on its way when the screen came up is not an
// answer: until the screen is fresh, it takes none.
type confirmScreen struct {
	buttons buttons
	fresh   bool
}

var confirmChoices = []choice{{"No, another key", flow.OtherKey{}}, {"Yes, connect", flow.Confirm{}}}

func (c confirmScreen) update(msg tea.Msg, _ flow.State) (screen, flow.Event) {
	switch msg := msg.(type) {
	case freshMsg:
		c.fresh = true
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, bindings.help):
			return helpScreen{c}, nil
		case key.Matches(msg, bindings.back):
			return c, flow.Back{}
		case !c.fresh:
			return c, nil
		case key.Matches(msg, bindings.otherKey):
			return c, flow.OtherKey{}
		}
		var ev flow.Event
		c.buttons, ev = c.buttons.update(msg, confirmChoices)
		return c, ev
	}
	return c, nil
}

func (c confirmScreen) view(s flow.State, f frame) page {
	rows := append(f.companyCard(s), "")
	rows = append(rows, f.facts(otherFacts(s))...)
	return page{
		title: s.Title(), rows: rows,
		pinned: c.buttons.view(f, confirmChoices, c.fresh),
		notice: spaced(f.notice(s)),
	}
}

// companyCard shows name and id where the eye falls first.
func (f frame) companyCard(s flow.State) []string {
	company := s.Check.Company
	rows := f.barred(flow.CompanyName(company), f.styles.title)
	if !company.Name.IsZero() {
		rows = append(rows, f.barred(string(company.ID), f.styles.plain)...)
	}
	return rows
}

// otherFacts are those that the card does not show.
func otherFacts(s flow.State) []flow.Fact {
	return slices.DeleteFunc(untitled(s), func(fact flow.Fact) bool { return fact.Value == string(s.Check.Company.ID) })
}

func (c confirmScreen) keys(flow.State) []key.Binding {
	press, other, choose := bindings.press, bindings.otherKey, bindings.choose
	press.SetEnabled(c.fresh)
	other.SetEnabled(c.fresh)
	choose.SetEnabled(c.fresh)
	return []key.Binding{press, other, bindings.back, choose, bindings.help}
}
