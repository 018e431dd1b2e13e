package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
	"pleo-connect/tui/input"
)

// lose notes a character that is not an answer, or one that led to the field.
func (m *model) lose(press tea.KeyPressMsg) {
	if press.Key().Text == "" {
		return
	}
	if m.sight.now().After(m.lost) {
		m.letters = 0
	}
	m.lost = m.sight.now().Add(input.TextQuiet)
	m.letters++
}

// goesOn drops a press that continues a lost text, and reports whether it did. In the field, it would be taken for all
// of the text; on Confirm and Problem, for an answer.
func (m *model) goesOn(press tea.KeyPressMsg) bool {
	enter, torn := key.Matches(press, bindings().press), m.state.Book().Wizard.Torn
	switch {
	case m.sight.now().After(m.lost), press.Key().Text == "" && !enter, covers(m.screen):
		return false
	case m.state.Step == flow.StepKey:
		if enter && m.typed.hint != torn { // after the answer that led to the field
			return false
		}
		m.typed.hint = torn
	case m.state.Step == flow.StepConfirm, m.state.Step == flow.StepProblem:
		if m.look.told = torn; enter && m.letters == 1 { // no text has one letter: a person missed a key
			m.look.told = tooEarly(m.state)
		}
	default:
		return false
	}
	m.lose(press)
	return true
}
