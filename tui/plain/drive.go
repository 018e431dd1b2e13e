package plain

import (
	"context"
	"errors"

	"pleo-connect/flow"
)

// Do carries out one effect and returns its one answer.
type Do func(ctx context.Context, e flow.Effect) flow.Event

// Driver is a face without a screen.
type Driver struct {
	Do Do
	// Changed hears of every step that the machine takes; it may print. An error ends the run.
	Changed func(before, after flow.State) error
	// Ask returns what the person wants. It is called only when no answer is outstanding.
	Ask func(ctx context.Context, s flow.State) (flow.Event, error)
}

// ErrFault is a fault of this program. Its cause is not told: the text of a panic could hold a secret.
var ErrFault = errors.New("something went wrong in this program; please tell the makers of pleo-connect")

// Drive runs the machine to its end and returns the last state, also with an error. When ctx ends, it waits for what is under
// way (a save ends whole) and returns the cause.
func (d Driver) Drive(ctx context.Context, s flow.State, effects []flow.Effect) (flow.State, error) {
	answers := make(chan flow.Event)
	open := 0
	defer func() {
		for ; open > 0; open-- {
			<-answers
		}
	}()
	for s.Step != flow.StepOver {
		for _, e := range effects {
			open++
			go func() { answers <- d.carryOut(ctx, e) }()
		}
		ev, err := d.next(ctx, s, answers, &open)
		if err != nil {
			return s, err
		}
		before := s
		s, effects = flow.Next(s, ev)
		if err := d.Changed(before, s); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (d Driver) next(ctx context.Context, s flow.State, answers <-chan flow.Event, open *int) (flow.Event, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	switch {
	case *open > 0:
		select {
		case ev := <-answers:
			*open--
			if ev == nil {
				return nil, ErrFault
			}
			return ev, nil
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	case s.Step == flow.StepCheck, s.Step == flow.StepActivate:
		return nil, ErrFault // it awaits an answer that nobody was asked for
	}
	return d.Ask(ctx, s)
}

// carryOut returns nil when Do panics.
func (d Driver) carryOut(ctx context.Context, e flow.Effect) (ev flow.Event) {
	defer func() { _ = recover() }()
	return d.Do(ctx, e)
}
