package tui

import (
	"bytes"
	"context"
	"io"
	"testing"
	"time"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest/typing"
	"pleo-connect/tui/input"
)

// TestTyped is for the whole program: reader, field and machine.
func TestTyped(t *testing.T) {
	t.Parallel()
	typing.Check(t, func(t *testing.T, pieces []typing.Piece) (got typing.Result) {
		w := goodWorld()
		var reader input.Repair
		r := startOn(t, &reader, func(ctx context.Context, e flow.Effect) flow.Event {
			if asked, ok := e.(flow.Introspect); ok {
				got.Sent = append(got.Sent, asked.Key)
			}
			return w.Do(ctx, e)
		})
		r.toKey()
		ended := make(chan time.Time, 1)
		go func() { <-r.done; ended <- time.Now() }()
		last := typing.Deliver(&untilInterrupt{Writer: r.keys}, &reader, pieces...)
		if !r.ended() {
			r.cancel(errLeft)
			<-r.done
		}
		got.Interrupted = r.state.Outcome.Kind == flow.KindInterrupted
		got.Late = (<-ended).Sub(last)
		return got
	})
}

// untilInterrupt writes nothing behind a Ctrl+C: a program that has ended leaves a goroutine of Bubble Tea behind that
// wants to deliver it.
type untilInterrupt struct {
	io.Writer
	over bool
}

func (w *untilInterrupt) Write(p []byte) (int, error) {
	if w.over {
		return len(p), nil
	}
	n := len(p)
	if at := bytes.IndexByte(p, 0x03); at >= 0 {
		w.over, n = true, at+1
	}
	return w.Writer.Write(p[:n])
}
