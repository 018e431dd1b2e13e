package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"time"

	tea "charm.land/bubbletea/v2"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/engine"
	"pleo-connect/cmd/internal/stage"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/tui"
	"pleo-connect/tui/input"
	"pleo-connect/tui/paint"
)

// runWeb shows both sides in a browser until the run is told to end.
func (o *demoOptions) runWeb(ctx context.Context, i flow.Integration, pace time.Duration) error {
	if o.console.ForcePlain {
		return flow.NewFault(flow.DemoWebPlain, flow.Values{})
	}
	st := stage.New()
	sim, err := simulate(i, pleosim.Options{Pace: pace, Grants: o.grants(), Pages: st.Pages()})
	if err != nil {
		return err
	}
	defer func() { _ = sim.Close() }()
	defer st.Close()
	on := o.on(st)
	return o.inDirectory(func(dir string) error {
		o.console.Print(o.book.Command.DemoOpen.String(), sim.WebBase())
		o.console.Rows(o.book.DemoForward(o.forward(sim))...)
		if err := o.console.Failed(); err != nil { // no one can know the address
			return err
		}
		return on.showOn(ctx, st, dir, func(dir string) error {
			x, err := on.simulated(i, sim, dir)
			if err != nil {
				return err
			}
			return on.wizardOn(ctx, st, staged(x, st, sim), o.side(i, sim, pace))
		})
	})
}

// inBrowser is the environment of the terminal in the browser.
func inBrowser(name string) string {
	switch name {
	case "TERM":
		return "xterm-256color"
	case "COLORTERM":
		return "truecolor"
	case "LANG":
		return "C.UTF-8"
	}
	return ""
}

// on returns the same command with a stage as its terminal.
func (o *demoOptions) on(st *stage.Stage) *demoOptions {
	other, a := *o, *o.app
	a.console = console.New(http.NoBody, st, st, inBrowser)
	a.console.Book, a.console.NoColor = o.book, o.console.NoColor
	other.app = &a
	return &other
}

// staged returns an engine for a person whose terminal is in a browser of this computer: links are for that.
func staged(x engine.Engine, st *stage.Stage, sim *pleosim.Server) engine.Engine {
	x.Setup.WebApp = sim.AccountingPage()
	x.Setup.Remote, x.Setup.Paste = false, flow.PasteWindows
	if runtime.GOOS == "darwin" {
		x.Setup.Paste = flow.PasteMac
	}
	x.Copy = func(string) bool { return false }
	x.Open = func(link string) flow.OpenWay {
		st.Open(link)
		return flow.OpenDone
	}
	x.Terminal = func() (note, remedy string) {
		width, height := st.Size()
		return fmt.Sprintf("%dx%d", width, height), ""
	}
	return x
}

// showOn runs one wizard after the other, the first when someone looks. What one has saved is removed before the next:
// each audience sees a computer that is not connected. Pleo's side stays as it is.
func (o *demoOptions) showOn(ctx context.Context, st *stage.Stage, dir string, wizard func(dir string) error) error {
	select {
	case <-st.Seen():
	case <-ctx.Done():
	}
	for ctx.Err() == nil {
		own, err := os.MkdirTemp(dir, "")
		if err != nil {
			return flow.NewFault(flow.DemoNoDir, flow.Values{Reason: pleoclient.SystemReason(err)})
		}
		err = wizard(own)
		if ctx.Err() != nil {
			break
		}
		_ = os.RemoveAll(own) // or with all of the demo
		if failure, _ := o.asFailure(ctx, err); failure != nil {
			if failure.Kind == flow.KindInterrupted {
				failure.Hint = "" // the next line says it
			}
			o.console.Failure(failure)
		}
		o.console.Print("", o.book.Command.DemoAgain.String())
		awaitEnter(ctx, st.Typed())
		o.console.Print("")
	}
	return nil
}

// wizardOn runs the full screen on a stage, and prints the receipt below it.
func (o *demoOptions) wizardOn(ctx context.Context, st *stage.Stage, x engine.Engine, demo demoSide) error {
	in := input.NewStream(st.Typed())
	defer in.Close()
	s, effects := flow.Begin(x.Setup)
	s, err := tui.Run(ctx, demo.do(x), s, effects, tui.Options{
		Colors: o.console.Colors(), ASCII: o.console.ASCII(), DemoKey: demo.key, DemoHint: demo.hint,
		Retaken: st.Retaken(), HoldEnter: in.HoldEnter,
		Painter: paint.New(st.Screen(), paint.Options{
			Getenv: inBrowser, Profile: o.console.Colors(), Window: st,
		}),
		Program: []tea.ProgramOption{tea.WithInput(in.In)},
	})
	return o.over(ctx, s, err)
}

// awaitEnter returns when Enter is pressed, or ctx ends.
func awaitEnter(ctx context.Context, typed <-chan []byte) {
	for {
		select {
		case text := <-typed:
			pressed := bytes.ContainsRune(text, '\r')
			clear(text) // it may be a key that was pasted too late
			if pressed {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}
