package tui

import (
	"io"

	tea "charm.land/bubbletea/v2"
)

// suspension stops the program until the person continues it. A save is completed first: a stopped one would hold the
// lock of the store.
func (m *model) suspension() tea.Cmd {
	switch {
	case m.suspend == nil:
		return nil
	case m.painter == nil:
		return tea.Exec(suspended{func() error { return m.worker.gate.still(m.suspend) }}, resumed)
	}
	_ = m.worker.gate.still(m.aside) // a program that cannot be stopped continues
	return tea.Batch(m.resized(size(m.painter)), m.inSight())
}

// aside gives the screen back while the program is stopped. The size may change in the meantime, without a signal: only
// the program in the foreground gets one.
func (m *model) aside() error {
	m.painter.Leave()
	defer m.painter.Enter(m.broken)
	if m.over() { // no one read what Leave wrote, and the run was told to end
		return nil
	}
	return m.suspend()
}

// suspended is what Bubble Tea runs with the terminal restored. It needs no streams.
type suspended struct{ run func() error }

func (s suspended) Run() error        { return s.run() }
func (suspended) SetStdin(io.Reader)  {}
func (suspended) SetStdout(io.Writer) {}
func (suspended) SetStderr(io.Writer) {}
