package plain

import (
	"bytes"
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/flow/flowtest/typing"
	"pleo-connect/tui/input"
)

// TestTyped is for the whole line face: reader, line and machine.
func TestTyped(t *testing.T) {
	t.Parallel()
	typing.Check(t, func(t *testing.T, pieces []typing.Piece) (got typing.Result) {
		w := flowtest.Good()
		do := func(ctx context.Context, e flow.Effect) flow.Event {
			if asked, ok := e.(flow.Introspect); ok {
				got.Sent = append(got.Sent, asked.Key)
			}
			return w.Do(ctx, e)
		}
		in, keys := io.Pipe()
		var reader input.Repair
		ctx, cancel := context.WithCancel(t.Context())
		var ended time.Time
		done := make(chan flow.State)
		go func() {
			s, effects := flow.Begin(flowtest.Setup())
			s, _ = Run(ctx, do, s, effects, Options{Terminal: Terminal{
				In: in, Out: &bytes.Buffer{}, Raw: func() (func(), error) { return func() {}, nil },
				HoldEnter: reader.HoldEnter,
			}})
			ended = time.Now()
			_ = in.Close()
			done <- s
		}()
		_, _ = io.WriteString(keys, "allow\r")
		synctest.Wait() // until the key is asked for; what comes before is another answer
		last := typing.Deliver(keys, &reader, pieces...)
		cancel()
		s := <-done
		got.Interrupted, got.Late = s.Outcome.Kind == flow.KindInterrupted, ended.Sub(last)
		return got
	})
}
