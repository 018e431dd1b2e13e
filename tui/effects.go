package tui

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

const (
	spinInterval       = 100 * time.Millisecond
	spinIntervalRemote = 250 * time.Millisecond // each turn is a packet over SSH
)

type (
	answerMsg struct{ event flow.Event }
	panicMsg  struct{}
	spinMsg   struct{}
	readyMsg  struct{ timer int } // answers count from now on
)

// worker turns effects into commands. Except for the gate, only the model's goroutine uses it.
type worker struct {
	do      flow.Do
	program context.Context // ends with the program
	current context.Context // ends when the round changes
	stop    context.CancelFunc
	round   uint64
	leaves  bool // a save, too, is left with its round: an engine takes it whole or not at all
	gate    gate
}

func newWorker(ctx context.Context, do flow.Do, round uint64) *worker {
	w := &worker{do: do, program: ctx, round: round}
	w.current, w.stop = context.WithCancel(ctx)
	return w
}

// enter makes round the current one, and stops the work of the one before.
func (w *worker) enter(round uint64) {
	if round == w.round {
		return
	}
	w.stop()
	w.round = round
	w.current, w.stop = context.WithCancel(w.program)
}

func (w *worker) commands(effects []flow.Effect) tea.Cmd {
	var cmds []tea.Cmd
	for _, e := range effects {
		cmds = append(cmds, w.command(e))
	}
	return tea.Batch(cmds...)
}

// command wraps one effect. A panic in it ends the program without the text of the panic, which could hold anything.
func (w *worker) command(e flow.Effect) tea.Cmd {
	ctx, do, gate, lasting := w.contextFor(e), w.do, &w.gate, w.lasting(e)
	return func() (msg tea.Msg) {
		defer func() {
			if recover() != nil {
				msg = panicMsg{}
			}
		}()
		if lasting {
			if !gate.enter() {
				return nil
			}
			defer gate.leave()
		}
		return answerMsg{do(ctx, e)}
	}
}

// awaitRetaken reports once when the program continues that something else than ctrl+z has stopped.
func (w *worker) awaitRetaken(c <-chan struct{}) tea.Cmd {
	if c == nil {
		return nil
	}
	return func() tea.Msg {
		select {
		case <-c:
			return retakenMsg{}
		case <-w.program.Done():
			return nil
		}
	}
}

// last carries out an effect at the end, when no command is running.
func (w *worker) last(e flow.Effect) flow.Event {
	if !w.gate.enter() {
		return nil
	}
	defer w.gate.leave()
	return w.do(context.WithoutCancel(w.program), e)
}

func (w *worker) contextFor(e flow.Effect) context.Context {
	switch {
	case w.lasting(e):
		return context.WithoutCancel(w.program)
	case e.Background():
		return w.program
	}
	return w.current
}

// lasting reports whether an effect runs to its end once it has begun: half a save is worse than a late exit. A store
// that is half made harms no one, but a stopped program would hold its lock, and the end of the demo removes the
// directory while files are made in it. So the end also waits for MakeStore, at most 10 s for each lock that it takes.
func (w *worker) lasting(e flow.Effect) bool {
	switch e.(type) {
	case flow.MakeStore:
		return true
	case flow.Save, flow.Restore, flow.Verify:
		return !w.leaves
	}
	return false
}

// gate admits lasting effects until it is closed, and then waits for those inside.
type gate struct {
	mu     sync.Mutex
	closed bool
	inside sync.WaitGroup
}

func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		g.inside.Add(1)
	}
	return !g.closed
}

func (g *gate) leave() { g.inside.Done() }

func (g *gate) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.inside.Wait()
}

// still runs f while no lasting effect is inside, and admits none in the meantime.
func (g *gate) still(f func() error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside.Wait()
	return f()
}

func spinSoon(remote bool) tea.Cmd {
	interval := spinInterval
	if remote {
		interval = spinIntervalRemote
	}
	return tea.Tick(interval, func(time.Time) tea.Msg { return spinMsg{} })
}

func readyIn(wait time.Duration, timer int) tea.Cmd {
	return tea.Tick(wait, func(time.Time) tea.Msg { return readyMsg{timer} })
}
