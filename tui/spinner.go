package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// spinner turns while a line in sight is busy. There is one chain of ticks at most.
type spinner struct {
	frame   int
	running bool
}

// start begins a chain of ticks if one is needed and none runs.
func (p *spinner) start(s flow.State) tea.Cmd {
	if p.running || !busy(s) {
		return nil
	}
	p.running = true
	return spinSoon(s.Remote)
}

// turn takes a tick, and continues while there is something to wait for.
func (p *spinner) turn(s flow.State) tea.Cmd {
	p.running = false
	p.frame++
	return p.start(s)
}

// busy reports whether the step shows a line that waits for an answer.
func busy(s flow.State) bool {
	return slices.ContainsFunc(s.Lines(s.Step), func(line flow.Line) bool { return line.Mark == flow.MarkBusy })
}
