package tui

import tea "charm.land/bubbletea/v2"

// suspension stops the program until the person continues it. A save is completed first: a stopped one would hold the
// lock of the store.
func (m *model) suspension() tea.Cmd {
	if m.suspend == nil || m.painter == nil { // Windows stops no program
		return nil
	}
	_ = m.worker.gate.still(m.aside) // a program that cannot be stopped continues
	return tea.Batch(m.resized(size(m.painter)), m.inSight())
}

// aside gives the screen back while the program is stopped. The size may change in the meantime, without a signal: only
// the program in the foreground gets one.
func (m *model) aside() error {
	m.painter.Leave()
	defer m.painter.Enter(m.broken)
	return m.suspend()
}
