package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
	"pleo-connect/tui/input"
)

// kindAfter returns what a key of the reader says about the paste after it.
func kindAfter(press tea.KeyPressMsg) input.Kind {
	switch {
	case key.Matches(press, bindings().wholeBurst):
		return input.Whole
	case key.Matches(press, bindings().restOfText):
		return input.Rest
	}
	return input.Marked
}

// pasted takes a paste. Between markers it is the key, on any screen, and so is a burst that holds all of a text and
// does not interrupt another. Any other burst continues what is in the field; if the beginning went elsewhere, the
// burst is not used, because half a key is not a key.
func (m *model) pasted(text string) tea.Cmd {
	kind := m.next
	m.next = input.Marked
	if kind != input.Marked {
		m.typed.putBack(kind == input.Rest)
	}
	inField := m.state.Step == flow.StepKey && len(m.typed.typed) > 0
	switch {
	case kind == input.Marked, kind == input.Whole && !inField:
		m.typed.reset()
		m.look.told = ""
		return m.happened(flow.Pasted(text))
	case inField && !(m.typed.help && kind == input.Rest):
		return m.happened(m.typed.typeBurst(text, m.state))
	case m.state.Step == flow.StepKey:
		m.typed.hint = m.state.Book().Wizard.Torn
		return nil
	}
	m.look.told = m.state.Book().Wizard.Torn
	return nil
}
