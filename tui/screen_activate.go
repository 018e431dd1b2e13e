package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// activateScreen shows how far the activation has come. A save that has begun is completed: the only key that it takes
// leaves one that takes long.
type activateScreen struct{}

func (a activateScreen) update(msg tea.Msg, _ flow.State) (screen, flow.Event) {
	if press, ok := msg.(tea.KeyPressMsg); ok && key.Matches(press, bindings().stopWaiting) {
		return a, flow.Back{}
	}
	return a, nil
}

func (a activateScreen) view(s flow.State, f frame) page {
	return page{title: s.Title(), rows: f.list(s.Lines(flow.StepActivate), f.dent()), notice: spaced(f.notice(s))}
}

func (a activateScreen) keys(s flow.State, _ frame) []key.Binding {
	if s.SlowSave() {
		return []key.Binding{bindings().stopWaiting}
	}
	return nil
}
