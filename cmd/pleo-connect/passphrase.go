package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
	"pleo-connect/tui/input"
	"pleo-connect/tui/plain"
)

// unlock returns the places of the store with what unlocks its identity. If a passphrase does, the person is asked for
// it here, once and before anything is drawn: deriving the key takes about a second. If there is no one to ask, opening
// the store reports it.
func (a *app) unlock(ctx context.Context, cfg store.Config, ask asker) (store.Config, error) {
	if !store.Locked(cfg) {
		return cfg, nil
	}
	terminal, done, ok := ask(ctx)
	if !ok {
		return cfg, nil
	}
	defer done()
	cfg.Passphrase = store.AskPassphrase(a.passphraseQuestion(ctx, &terminal))
	return cfg, store.Unlock(cfg)
}

// asker returns a terminal at which a person can be asked, and a function that gives it back. ok is false if there is
// none.
type asker func(ctx context.Context) (terminal plain.Terminal, done func(), ok bool)

// askAtWizard asks at the terminal that a wizard holds. Without one, it cannot ask.
func (a *app) askAtWizard(tty *heldTerminal) asker {
	if tty == nil {
		return nil
	}
	return func(context.Context) (plain.Terminal, func(), bool) {
		return a.lineTerminal(tty.Terminal, a.console.Err), func() {}, true
	}
}

// askAnywhere asks at the person's terminal, even if input or output go elsewhere.
func (a *app) askAnywhere(ctx context.Context) (terminal plain.Terminal, done func(), ok bool) {
	f, isFile := a.console.In.(*os.File)
	out, shut := a.console.Err, func() {}
	if !isFile || !console.IsTerminal(a.console.In) || !console.IsTerminal(a.console.Err) {
		file, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
		if err != nil {
			return terminal, nil, false
		}
		f, out, shut = file, file, func() { _ = file.Close() }
	}
	tty, err := a.take(ctx, f)
	if err != nil {
		shut()
		return terminal, nil, false
	}
	return a.lineTerminal(tty, out), func() { tty.Leave(time.Time{}); shut() }, true
}

// lineTerminal returns a terminal that is read line by line.
func (a *app) lineTerminal(tty *input.Terminal, out io.Writer) plain.Terminal {
	tty.Start()
	return plain.Terminal{
		In: tty.In, Out: unreadStops{a.console.Stream(out), a.stop}, Raw: tty.Raw, Mark: tty.Mark, Suspend: tty.Suspend,
		Retaken: tty.Retaken(), HoldEnter: tty.HoldEnter, Brackets: a.console.MarksPastes(), Words: a.book,
	}
}

// unreadStops ends the run as SIGINT does when a line has no reader after Ctrl+C was typed as a key: the question at which
// that key would be read is never asked.
type unreadStops struct {
	io.Writer
	stop context.CancelCauseFunc
}

func (w unreadStops) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if errors.Is(err, console.ErrUnread) {
		w.stop(host.Stopped{Signal: os.Interrupt}) // a signal that came before remains the cause
	}
	return n, err
}

// passphraseQuestion returns a function that asks at the terminal. It is called again if the answer was wrong.
func (a *app) passphraseQuestion(ctx context.Context, t *plain.Terminal) func(path string) ([]byte, error) {
	asked, words := false, &a.book.Command
	say := func(text flow.Text) { fmt.Fprintln(t.Out, a.console.Drawable(text.String())) }
	return func(path string) ([]byte, error) {
		if asked {
			say(words.WrongPassphrase)
		}
		asked = true
		answer, err := t.Secret(ctx, words.Passphrase.Fill(flow.Values{Path: path}))
		switch {
		case err == nil:
			say(words.Unlocking)
			return []byte(answer), nil
		case errors.Is(err, io.EOF), ctx.Err() != nil:
			fmt.Fprintln(t.Out)
			return nil, flow.NewFault(flow.PassphraseNone, flow.Values{})
		case errors.Is(err, plain.ErrTooLong):
			return nil, flow.NewFault(flow.PassphraseTooLong, flow.Values{})
		}
		return nil, flow.NewFault(flow.PassphraseNotAsked, flow.Values{Reason: pleoclient.SystemReason(err)})
	}
}
