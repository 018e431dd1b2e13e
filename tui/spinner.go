package tui

import (
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

// turn takes a tick: it goes on while there is something to wait for.
func (p *spinner) turn(s flow.State) tea.Cmd {
	p.running = false
	p.frame++
	return p.start(s)
}

// busy reports whether the step shows a line that waits for an answer.
func busy(s flow.State) bool {
	for _, line := range linesOf(s) {
		if line.Mark == flow.MarkBusy {
			return true
		}
	}
	return false
}

// linesOf returns the live list of the step.
func linesOf(s flow.State) []flow.Line {
	switch s.Step {
	case flow.StepReview:
		return s.PreflightLines()
	case flow.StepCheck:
		return s.CheckLines()
	case flow.StepActivate:
		return s.ActivateLines()
	case flow.StepDoctor:
		var lines []flow.Line
		for _, exam := range s.ExamLines() {
			lines = append(lines, exam.Line)
		}
		return lines
	}
	return nil
}
