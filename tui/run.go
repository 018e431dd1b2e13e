package tui

import (
	"context"
	"errors"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"pleo-connect/flow"
	"pleo-connect/tui/paint"
)

// Options are what the interface needs besides the machine.
type Options struct {
	Colors   colorprofile.Profile // the colours that the terminal can show, on which the styles depend
	ASCII    bool                 // draw only ASCII glyphs (LANG=C, the Linux console)
	DemoKey  func() string        // demo only: the simulated key that tab pastes; nil outside the demo
	DemoHint string               // demo only: which scenario, in a few words
	Painter  *paint.Painter       // draws; nil: Bubble Tea does
	Program  []tea.ProgramOption  // input; if there is no painter, output and size as well
	Now      func() time.Time     // measures how long a screen has been in sight; nil: time.Now
	Suspend  func() error         // stops this program, and returns when it continues; nil: ctrl+z does nothing

	// Retaken delivers a value when the program continues that something else has stopped, so that the screen has to be
	// taken and drawn anew. Only a painter can do so.
	Retaken <-chan struct{}

	// HoldEnter is called with each step: whether an Enter may be a line break in the middle of a key. nil: it does
	// nothing.
	HoldEnter func(on bool)
}

// Run drives the wizard from s and the effects of [flow.Begin] to [flow.StepOver], and returns the last state, also
// with an error. A save into files that has begun is completed before Run returns; one into an engine is left.
//
// When ctx ends, the machine is stopped ([flow.Stopped]), the terminal is restored, and Run returns the cause. Ctrl+C
// is a key here, an event of the machine, and not an error. Signals are left to the caller. [flow.ErrFault] is a fault
// of this program.
func Run(ctx context.Context, do flow.Do, s flow.State, effects []flow.Effect, opt Options) (flow.State, error) {
	inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	m := newModel(newWorker(inner, do, s.Round()), s, effects, opt)
	m.told = ctx.Done()
	last := make(chan flow.State, 1)
	stop := context.AfterFunc(ctx, func() {
		defer cancel()
		last <- m.finish(context.Cause(ctx))
	})
	// Bubble Tea would print the text and the stack of a panic; runProgram catches it instead.
	own := []tea.ProgramOption{tea.WithContext(inner), tea.WithoutSignalHandler(), tea.WithoutCatchPanics(),
		tea.WithColorProfile(opt.Colors)}
	err := runModel(m, opt, append(own, opt.Program...))
	s = m.state
	if !stop() { // it has begun
		s = <-last
	}
	cancel()
	m.worker.gate.close()
	switch {
	case m.fault != nil:
		err = m.fault
	case errors.Is(err, tea.ErrInterrupted):
		s, _ = flow.Next(s, flow.Interrupt{})
		err = nil
	case m.state.Step == flow.StepOver:
		err = nil
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case err != nil && !errors.Is(err, flow.ErrFault):
		err = flow.NewFault(flow.TerminalUnusable, flow.Values{Reason: reason(err)})
	}
	return s, err
}

// runModel runs the program, and returns when the terminal is restored.
func runModel(m *model, opt Options, options []tea.ProgramOption) error {
	if opt.Painter == nil {
		program := tea.NewProgram(m, options...)
		return runProgram(program, program.Run)
	}
	err := runPainted(m, opt.Painter, options)
	opt.Painter.Leave()
	return err
}

// runPainted runs a program whose frames a painter draws, without giving the screen back. Bubble Tea has no output
// then, and its clock nearly stops.
func runPainted(m *model, p *paint.Painter, options []tea.ProgramOption) error {
	width, height := p.Size()
	m.look.width, m.look.height = width, height
	program := tea.NewProgram(painted{m}, append(options, tea.WithOutput(io.Discard), tea.WithoutRenderer(),
		tea.WithFPS(1), tea.WithWindowSize(width, height))...)
	m.painter, m.broken = p, func() { program.Send(panicMsg{}) }
	p.Enter(m.broken)
	defer p.Watch(func() { program.Send(signalledMsg{}) })()
	return runProgram(program, func() (tea.Model, error) {
		painted{m}.show()
		p.Await(m.told) // the start of the program would hold up the first frame
		return program.Run()
	})
}

// reason returns the text of the innermost error, which is usually the system's own words.
func reason(err error) string {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err.Error()
}

// runProgram calls run, and turns a panic of the model into flow.ErrFault, after the terminal is restored.
func runProgram(p *tea.Program, run func() (tea.Model, error)) (err error) {
	defer func() {
		if recover() != nil {
			p.Kill()
			err = flow.ErrFault
		}
	}()
	_, err = run()
	return err
}
