package host

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"pleo-connect/flow"
)

// Signals returns a context that ends with a signal as its cause. Signals are handled here and nowhere else, because a
// full-screen library turns SIGTERM into a normal end.
//
// stop ends the context for another cause. release gives signals back to the system, except in a process that was hung
// up, and ends the context: with the signal that came before, if there was one.
func Signals(parent context.Context) (ctx context.Context, stop context.CancelCauseFunc, release func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case s := <-signals:
			neverStop()
			cancel(Stopped{s})
		case <-done:
		}
	}()
	return ctx, cancel, sync.OnceFunc(func() {
		// The end of a terminal may be noticed before its signal arrives, and that must not kill a process that is
		// ending by itself: one that is hung up keeps its signals to its end.
		var stopped Stopped
		if !errors.As(context.Cause(ctx), &stopped) || stopped.Signal != syscall.SIGHUP {
			signal.Stop(signals) // waits for a signal that is on its way
		}
		close(done)
		<-ended
		select {
		case s := <-signals:
			cancel(Stopped{s})
		default:
			cancel(context.Canceled)
		}
	})
}

// Stopped is the cause of a context that ended by a signal.
type Stopped struct{ os.Signal }

// Error names the signal.
func (s Stopped) Error() string { return "stopped by " + s.Signal.String() }

// Is reports whether a person wanted it: SIGINT is what Ctrl+C sends.
func (s Stopped) Is(target error) bool {
	return target == flow.ErrInterrupted && s.Signal == os.Interrupt
}
