package main

import (
	"context"
	"errors"
	"os"
	"runtime"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"

	"pleo-connect/cmd/internal/engine"
	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/tui"
	"pleo-connect/tui/input"
	"pleo-connect/tui/paint"
	"pleo-connect/tui/plain"
)

// demoSide is what the demo adds to the wizard. The zero value is not a demo.
type demoSide struct {
	key  func() string   // creates a simulated key, as Allow does on the page
	hint string          // which scenario, in a few words
	told <-chan struct{} // closed when the run is told to end; nil: nothing is held back
}

// do returns how the effects of a wizard are carried out.
func (d demoSide) do(x engine.Engine) flow.Do {
	if d.told == nil {
		return x.Do
	}
	return heldBack(x.Do, d.told)
}

// wizard runs the interface that fits the terminal, and prints the receipt on the normal screen.
func (a *app) wizard(ctx context.Context, tty *heldTerminal, x engine.Engine, demo demoSide) error {
	host.SpareMemory()
	s, effects := flow.Begin(x.Setup)
	var err error
	if a.console.Plain() {
		s, err = plain.Run(ctx, demo.do(x), s, effects, plain.Options{
			Terminal: a.lineTerminal(tty.Terminal, a.console.Out), ASCII: a.console.ASCII(), DemoKey: demo.key,
		})
	} else {
		s, err = a.fullScreen(ctx, tty, x, demo, s, effects)
	}
	return a.over(ctx, s, err)
}

// over prints the receipt of a wizard, and returns its end as the error of its command.
func (a *app) over(ctx context.Context, s flow.State, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		err = cause // the interface only knows that it was stopped
	}
	a.receipt(s)
	return ended(s, err)
}

// receipt prints what stays on the normal screen after a wizard, or after a run that asked no one.
func (a *app) receipt(s flow.State) {
	rows := s.Receipt()
	if s.Outcome.Active {
		rows[0].Lead = a.console.Mark(flow.MarkDone) + " "
	}
	if len(rows) > 0 {
		a.console.Rows(rows...)
	}
}

func (a *app) fullScreen(
	ctx context.Context, tty *heldTerminal, x engine.Engine, demo demoSide, s flow.State, effects []flow.Effect,
) (flow.State, error) {
	restore, err := tty.Raw()
	if err != nil {
		return s, unusable(err)
	}
	defer restore()
	tty.Start()
	// A terminal is asked nothing unless the person is known to be at this computer: answers over a slow line come
	// late, when a shell may read them. Apple's terminal draws questions that it does not know.
	asks := !s.Remote && a.console.MayBeAsked() && a.host.Getenv("TERM_PROGRAM") != "Apple_Terminal"
	if asks {
		tty.answered = time.Now().Add(answersAfter)
	}
	return tui.Run(ctx, demo.do(x), s, effects, tui.Options{
		Colors: a.console.Colors(), ASCII: a.console.ASCII(), DemoKey: demo.key, DemoHint: demo.hint,
		Suspend: tty.Suspend, Retaken: tty.Retaken(), HoldEnter: tty.HoldEnter, Painter: a.painter(asks),
		Program: []tea.ProgramOption{
			tea.WithInput(tty.In), tea.WithOutput(a.console.Screen()),
		},
	})
}

// painter returns what draws the full screen, or nil for Bubble Tea's own renderer, which also sets the modes of the
// console of Windows.
func (a *app) painter(asks bool) *paint.Painter {
	if runtime.GOOS == "windows" {
		return nil
	}
	return paint.New(a.console.Screen(), paint.Options{
		Getenv: a.host.Getenv, Profile: a.console.Colors(), Ask: asks,
	})
}

// answersAfter is how long answers of a terminal may be under way after the full screen began.
const answersAfter = time.Second

// heldTerminal is the terminal of the person while a wizard has it.
type heldTerminal struct {
	*input.Terminal
	answered time.Time // what it was asked is answered then; zero: it was asked nothing
}

// takeTerminal takes the terminal for a wizard. giveBack must be called on every way out.
func (a *app) takeTerminal(ctx context.Context) (*heldTerminal, error) {
	f, ok := a.console.In.(*os.File)
	if !ok {
		return nil, flow.NoTerminal(false, true)
	}
	taken, err := a.take(ctx, f)
	if err != nil {
		return nil, unusable(err)
	}
	return &heldTerminal{Terminal: taken}, nil
}

// take takes over a terminal. Ctrl+C ends the run there even if no one reads what is written.
func (a *app) take(ctx context.Context, f *os.File) (*input.Terminal, error) {
	t, err := input.Take(f, input.Jobs{Suspend: a.suspend, Continued: host.Continued}, a.terminalEnded)
	if err == nil {
		t.Hurry, t.Interrupted = ctx.Done(), a.console.Hurry
	}
	return t, err
}

// suspend stops this program until it is continued, unless the run was told to end: what is written before it stops may
// have waited for a reader until then.
func (a *app) suspend() error {
	if a.console.Ending() {
		return nil
	}
	return host.Suspend()
}

// unusable returns the fault of a terminal that does not do what it is asked to.
func unusable(err error) error {
	return flow.NewFault(flow.TerminalUnusable, flow.Values{Reason: pleoclient.SystemReason(err)})
}

// giveBack restores the terminal as it was.
func (t *heldTerminal) giveBack() { t.Leave(t.answered) }

// terminalEnded ends the run when nothing more can come from the terminal. A terminal that is gone is a line that was
// cut, even where the signal for that is ignored.
func (a *app) terminalEnded(why error) {
	switch {
	case errors.Is(why, input.ErrGone):
		why = host.Stopped{Signal: syscall.SIGHUP}
	case errors.Is(why, input.ErrReader):
		why = flow.NewFault(flow.TerminalUnread, flow.Values{})
	}
	a.stop(why)
}
