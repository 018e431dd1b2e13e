package tui

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pleo-connect/flow"
)

// never answers, so that what is busy stays busy.
func never(ctx context.Context, _ flow.Effect) flow.Event {
	<-ctx.Done()
	return nil
}

// TestWaitingWritesLittle counts what the terminal gets in ten seconds in which no answer comes: nothing where none is
// awaited, and a few bytes a turn for each line that turns. The cursor stays as it is.
func TestWaitingWritesLittle(t *testing.T) {
	t.Parallel()
	const (
		most  = 10 // bytes: to the place, the sign, and the blank behind it
		turns = 100
	)
	for _, sc := range scenes {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			s, busy := sc.make(t).state, 0
			for _, line := range s.Lines(s.Step) {
				if line.Mark == flow.MarkBusy {
					busy++
				}
			}
			synctest.Test(t, func(t *testing.T) {
				for _, remote := range []bool{false, true} {
					s.Remote = remote
					first, written := writtenIn(t, s, turns*spinInterval)
					limit := most * busy * turns
					if remote {
						limit = limit * int(spinInterval) / int(spinIntervalRemote)
					}
					if len(written) > limit || busy > 0 && written == "" {
						t.Errorf("remote %v, %d lines turn: %d bytes, want at most %d: %.200q", remote, busy,
							len(written), limit, written)
					}
					const show, hide = "\x1b[?25h", "\x1b[?25l"
					field := s.Step == flow.StepKey
					if shown := strings.LastIndex(first, show) > strings.LastIndex(first, hide); shown != field ||
						strings.Contains(written, show) {
						t.Errorf("remote %v: the cursor is shown: %v, or comes and goes: %.200q",
							remote, shown, written)
					}
				}
			})
		})
	}
}

// writtenIn returns what the terminal gets at first, and then while no one presses a key.
func writtenIn(t *testing.T, s flow.State, d time.Duration) (first, then string) {
	t.Helper()
	r := startAt(t, never, s, nil, sizes[1])
	r.settle()
	first = r.out.String()
	time.Sleep(d) // by the clock of synctest
	synctest.Wait()
	then = r.out.String()[len(first):]
	r.send("\x03")
	return first, then
}
