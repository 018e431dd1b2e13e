package main

import (
	"context"
	"fmt"
	"os"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/term"

	"pleo-connect/flow"
	"pleo-connect/tui"
	"pleo-connect/tui/plain"
)

// demoSide is what the demo adds to the wizard: what the customer would do in Pleo. The zero value is no demo.
type demoSide struct {
	key  func() string // the simulated key that Pleo would show
	hint string
}

// wizard runs the face that fits the terminal, and prints the receipt on the normal screen.
func (a *app) wizard(ctx context.Context, d doer, demo demoSide) error {
	s, effects := flow.Begin(d.setup)
	var err error
	if a.plain || a.plainTerminal() {
		s, err = plain.Run(ctx, d.do, s, effects, plain.Options{Terminal: a.lineTerminal(), ASCII: a.ascii(), DemoKey: demo.key})
	} else {
		s, err = tui.Run(ctx, d.do, s, effects, a.screenOptions(demo))
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause // the face only knows that it was stopped
	}
	for _, line := range s.Receipt() {
		if a.ascii() {
			line = flow.ASCII(line)
		}
		fmt.Fprintln(a.out, line)
	}
	return ended(s, err)
}

func (a *app) screenOptions(demo demoSide) tui.Options {
	return tui.Options{
		ASCII:    a.ascii(),
		DemoKey:  demo.key,
		DemoHint: demo.hint,
		Program: []tea.ProgramOption{
			tea.WithInput(a.in), tea.WithOutput(a.out), tea.WithColorProfile(a.colours(a.noColor)),
		},
	}
}

func (a *app) lineTerminal() plain.Terminal {
	t := plain.Terminal{In: a.in, Out: a.out}
	if f, ok := a.in.(*os.File); ok && isTerminal(a.in) {
		t.Raw = func() (func(), error) { return rawMode(f) }
	}
	return t
}

func rawMode(f *os.File) (func(), error) {
	old, err := term.MakeRaw(int(f.Fd()))
	if err != nil {
		return nil, fmt.Errorf("the terminal cannot be switched to raw mode: %w", err)
	}
	return func() { _ = term.Restore(int(f.Fd()), old) }, nil
}
