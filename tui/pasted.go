package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
	"pleo-connect/tui/input"
)

// kindAfter returns what a key of the reader says of the paste behind it.
func kindAfter(press tea.KeyPressMsg) input.Kind {
	switch {
	case key.Matches(press, bindings.wholeBurst):
		return input.Whole
	case key.Matches(press, bindings.restOfText):
		return input.Rest
	}
	return input.Marked
}

// pasted takes a paste. Between markers, it is the key, on whichever screen, and so is a burst that is all of a text
// and comes into no other. Another burst goes on with what is in the field; where the beginning went elsewhere, it is not
// used: half a key is none.
func (m *model) pasted(text string) tea.Cmd {
	kind := m.next
	m.next = input.Marked
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
