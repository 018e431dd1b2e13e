package tui

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"pleo-connect/flow"
)

// TestRunBytes holds what the full screen writes in a whole run with a pasted key, over SSH, where each answer takes so
// long that each state of each screen is drawn.
func TestRunBytes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const most = 5700
		s, effects := flow.Begin(remote())
		answer := goodWorld().Do
		r := startDrawn(t, func(ctx context.Context, e flow.Effect) flow.Event {
			time.Sleep(90 * time.Millisecond)
			return answer(ctx, e)
		}, s, effects, [2]int{80, 24}, Options{}, func(opt *Options, out io.Writer, size [2]int) {
			byPainter(opt, out, size)
			opt.DemoKey = nil // no demo
		})
		for _, keys := range []string{enter, pastedOnTTY, enter, "q"} {
			r.settle()
			r.send(keys)
		}
		if n := len(r.out.String()); n > most || !r.ended() || !r.state.Outcome.Active {
			t.Errorf("%d bytes, want at most %d; ended %v as %+v", n, most, r.ended(), r.state.Outcome)
		}
	})
}
