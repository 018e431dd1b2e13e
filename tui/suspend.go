package tui

import tea "charm.land/bubbletea/v2"

// suspension stops the program until the person continues it. A save is completed first: a stopped one would hold the
// lock of the store.
func (m *model) suspension() tea.Cmd {
	if m.suspend == nil || m.painter == nil { // Windows stops no program
		return nil
	}
	_ = m.worker.gate.still(func() error { return m.aside(m.suspend) }) // a program that cannot be stopped continues
	return m.back()
}

// retaken takes the screen anew when the program continues that something else has stopped. A shell has written to the
// screen, and may have changed every mode.
func (m *model) retaken() tea.Cmd {
	_ = m.aside(func() error { return nil })
	return m.back()
}

// back is called when the program continues. The size may have changed in the meantime, without a signal: only the
// program in the foreground gets one.
func (m *model) back() tea.Cmd { return tea.Batch(m.resized(size(m.painter)), m.inSight()) }

// aside gives the screen back while f runs.
func (m *model) aside(f func() error) error {
	m.painter.Leave()
	defer m.painter.Enter(m.broken)
	return f()
}
