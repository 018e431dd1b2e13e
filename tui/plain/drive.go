package plain

import (
	"context"

	"pleo-connect/flow"
)

// Driver is an interface without a screen.
type Driver struct {
	Do flow.Do
	// Changed is called after every step that the machine takes; it may print. An error ends the run.
	Changed func(before, after flow.State) error
	// Ask returns what the person wants. It is called only when no answer is outstanding that the step awaits or, with
	// AskWaiting, only a countdown or a slow save.
	Ask func(ctx context.Context, s flow.State) (flow.Event, error)
	// AskWaiting asks the person while one of these runs as well. When the machine continues by itself, the context of
	// the question ends, which withdraws it. Changed is not called for the seconds.
	AskWaiting bool
}

// Drive runs the machine to its end and returns the last state, also with an error. When ctx ends, it waits for what is
// under way (a save into files is completed, one into an engine is left) and returns the cause.
func (d Driver) Drive(ctx context.Context, s flow.State, effects []flow.Effect) (flow.State, error) {
	r := run{Driver: d, answers: make(chan answered), open: map[uint64]int{}, round: s.Round()}
	r.leaves = s.Book().Engine.Used()
	r.current, r.stop = context.WithCancel(ctx)
	defer r.end()
	for s.Step != flow.StepOver {
		r.enter(ctx, s.Round())
		for _, e := range effects {
			r.begin(ctx, e)
		}
		ev, err := r.next(ctx, s)
		if err != nil {
			return s, err
		}
		before := s
		s, effects = flow.Next(s, ev)
		if r.aside != nil && s.Waiting() {
			continue
		}
		if ev := r.takeBack(); ev != nil {
			var more []flow.Effect
			s, more = flow.Next(s, ev)
			effects = append(effects, more...)
		}
		if err := d.Changed(before, s); err != nil {
			return s, err
		}
	}
	return s, nil
}

// run is one run of a driver.
type run struct {
	Driver
	answers chan answered
	open    map[uint64]int // effects that are not answered yet, by their round
	round   uint64
	leaves  bool            // a wait for the key store ends with the round: an engine takes a save whole or not at all
	current context.Context // of a tick, and of what is left; ends with the round
	stop    context.CancelFunc
	aside   *aside // asked while a countdown runs; nil: none
}

// noRound is the round of effects that are always awaited. A save is not, once a person has left it.
const noRound = ^uint64(0)

// answered is an effect of a round with its answer.
type answered struct {
	event flow.Event
	round uint64
}

// enter begins a round unless it is the current one. A save that is under way is no longer awaited.
func (r *run) enter(ctx context.Context, round uint64) {
	if round != r.round {
		r.stop()
		r.round = round
		r.current, r.stop = context.WithCancel(ctx)
	}
}

// begin carries out an effect.
func (r *run) begin(ctx context.Context, e flow.Effect) {
	round := noRound
	_, ticks := e.(flow.Tick)
	if _, saves := e.(flow.Save); saves {
		round = r.round
	}
	if ticks || r.leaves && !e.Background() {
		ctx = r.current
	}
	r.open[round]++
	go func() { r.answers <- answered{r.carryOut(ctx, e), round} }()
}

func (r *run) next(ctx context.Context, s flow.State) (flow.Event, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	if r.open[r.round]+r.open[noRound] > 0 {
		if r.AskWaiting && s.Waiting() && r.aside == nil {
			r.aside = r.askAside(ctx, s)
		}
		return r.await(ctx)
	}
	if s.Step == flow.StepCheck || s.Step == flow.StepActivate {
		return nil, flow.ErrFault // it awaits an answer that no effect will give
	}
	return r.Ask(ctx, s)
}

// await returns the next answer of an effect, or of the person who is asked in the meantime.
func (r *run) await(ctx context.Context) (flow.Event, error) {
	var asked chan reply
	if r.aside != nil {
		asked = r.aside.reply
	}
	select {
	case a := <-r.answers:
		r.open[a.round]--
		if a.event == nil {
			return nil, flow.ErrFault
		}
		return a.event, nil
	case got := <-asked:
		r.aside.cancel()
		r.aside = nil
		return got.event, got.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// end waits for what is under way.
func (r *run) end() {
	r.takeBack()
	r.stop()
	for _, open := range r.open {
		for range open {
			<-r.answers
		}
	}
}

// carryOut returns nil when Do panics.
func (d Driver) carryOut(ctx context.Context, e flow.Effect) (ev flow.Event) {
	defer func() { _ = recover() }()
	return d.Do(ctx, e)
}

// aside is a question that is asked while a countdown runs.
type aside struct {
	cancel context.CancelFunc
	reply  chan reply
}

type reply struct {
	event flow.Event
	err   error
}

// askAside asks without waiting for the answer.
func (r *run) askAside(ctx context.Context, s flow.State) *aside {
	ctx, cancel := context.WithCancel(ctx)
	q := &aside{cancel, make(chan reply, 1)}
	go func() {
		got := reply{err: flow.ErrFault} // if Ask panics
		defer func() {
			_ = recover()
			q.reply <- got
		}()
		got.event, got.err = r.Ask(ctx, s)
	}()
	return q
}

// takeBack ends a question that is no longer needed, and returns the answer that came at that very moment, or nil.
func (r *run) takeBack() flow.Event {
	if r.aside == nil {
		return nil
	}
	r.aside.cancel()
	got := <-r.aside.reply
	r.aside = nil
	return got.event
}
