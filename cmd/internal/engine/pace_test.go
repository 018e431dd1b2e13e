package engine

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestPace counts the requests of every minute of an hour, with pauses in between, on a clock that only the waiting
// moves.
func TestPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var p pacer
		var sent []time.Time
		for began := time.Now(); time.Since(began) < time.Hour; {
			if len(sent)%1000 == 999 {
				p.pause(2 * time.Minute) // nothing may be made up for afterwards
			}
			if err := p.wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			sent = append(sent, time.Now())
		}
		const limit = 500
		for i := range len(sent) - limit + 1 {
			if span := sent[i+limit-1].Sub(sent[i]); span < time.Minute {
				t.Fatalf("%d requests within %v", limit, span)
			}
		}
		if len(sent) < 12_000 {
			t.Errorf("only %d requests in an hour", len(sent))
		}
	})
}

// TestPaceStops leaves in the middle of a wait.
func TestPaceStops(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var p pacer
		p.pause(time.Hour)
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		began := time.Now()
		if err := p.wait(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}
