package tui

import (
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
	"pleo-connect/tui/paint"
)

// painted is the model of a program without a renderer. Its painter gets each frame as soon as it is ready.
type painted struct{ *model }

// signalledMsg says that the window may have another size, or that the screen is to be drawn again.
type signalledMsg struct{}

// retakenMsg says that the program continues, which something else than ctrl+z has stopped.
type retakenMsg struct{}

// Init draws a frame.
func (p painted) Init() tea.Cmd {
	cmd := p.model.Init()
	p.show()
	return tea.Batch(cmd, p.worker.awaitRetaken(p.resumed))
}

// Update draws the frame after a message.
func (p painted) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch report := msg.(type) {
	case tea.EnvMsg, tea.ColorProfileMsg: // which change nothing
		return p, nil
	case tea.ModeReportMsg:
		p.painter.Answered(report)
	case tea.WindowSizeMsg: // Bubble Tea's own may come after a newer one, and a terminal may send any
		msg = size(p.painter)
	case signalledMsg:
		p.painter.Repaint()
		msg = size(p.painter)
	case retakenMsg:
		cmd := p.retaken()
		p.show()
		return p, tea.Batch(cmd, p.worker.awaitRetaken(p.resumed))
	}
	_, cmd := p.model.Update(msg)
	p.show()
	return p, cmd
}

// View returns nothing, because Bubble Tea draws nothing.
func (painted) View() tea.View { return tea.View{} }

// show draws the frame, unless the program ends: the last step has no screen.
func (p painted) show() {
	if p.state.Step != flow.StepOver && !p.over() {
		p.painter.Draw(p.model.View(), p.look.width, p.look.height)
	}
}

// size returns the size of the window as Bubble Tea would report it.
func size(p *paint.Painter) tea.WindowSizeMsg {
	width, height := p.Size()
	return tea.WindowSizeMsg{Width: width, Height: height}
}
