package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// activateScreen shows how far the activation has come. It takes no key: a save that has begun is completed.
type activateScreen struct{}

func (a activateScreen) update(tea.Msg, flow.State) (screen, flow.Event) { return a, nil }

func (a activateScreen) view(s flow.State, f frame) page {
	return page{title: s.Title(), rows: f.list(s.Lines(flow.StepActivate), f.dent()), notice: spaced(f.notice(s))}
}

func (a activateScreen) keys(flow.State, frame) []key.Binding { return nil }
