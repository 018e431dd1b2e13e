package tui

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"pleo-connect/flow"
)

// lastSave records how the last key was saved, and holds the save until release is closed.
type lastSave struct {
	saved   atomic.Int32 // flow.SaveAs and one; 0: not yet
	release chan struct{}
}

func (l *lastSave) do(answer flow.Do) flow.Do {
	return func(ctx context.Context, e flow.Effect) flow.Event {
		if save, ok := e.(flow.Save); ok {
			if l.release != nil {
				<-l.release
			}
			if ctx.Err() != nil {
				panic("a save was to be stopped")
			}
			l.saved.Store(int32(save.As) + 1)
		}
		return answer(ctx, e)
	}
}

const savedUnconfirmed = int32(flow.SaveUnconfirmed) + 1

// TestHangUp stops the program on each screen that a person is asked on. Confirm alone leaves a key, and only when it
// is not a person who stops it.
func TestHangUp(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		keys  []string
		cause error
		saved int32
	}{
		{"review", nil, errLeft, 0},
		{"key", []string{enter}, errLeft, 0},
		{"problem", []string{enter, "abc\r"}, errLeft, 0},
		{"confirm", []string{enter, pastedOnTTY}, errLeft, savedUnconfirmed},
		{"confirm, under the help", []string{enter, pastedOnTTY, "?"}, errLeft, savedUnconfirmed},
		{"confirm, by a person", []string{enter, pastedOnTTY}, fmt.Errorf("left: %w", flow.ErrInterrupted), 0},
		{"confirm, left by no", []string{enter, pastedOnTTY, "n"}, errLeft, 0},
		{"confirm, left by esc", []string{enter, pastedOnTTY, "\x1b"}, errLeft, 0},
		{"done", []string{enter, pastedOnTTY, enter}, errLeft, int32(flow.SaveActive) + 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var l lastSave
				r := start(t, l.do(goodWorld().Do))
				r.settle()
				for _, keys := range tt.keys {
					r.send(keys)
				}
				r.cancel(tt.cause)
				synctest.Wait()
				if !r.ended() || r.err == nil || r.state.Step != flow.StepOver || l.saved.Load() != tt.saved {
					t.Errorf("ended %v with %v at %s, saved %d", r.ended(), r.err, r.state.Step, l.saved.Load())
				}
				if stored := r.state.Check.Stored; stored.Unconfirmed != (tt.saved == savedUnconfirmed) {
					t.Errorf("stored: %+v", stored)
				}
				r.checkRestored()
			})
		})
	}
}

// TestHangUpWaits: Run ends after the last save, in which no key counts, and the terminal is as before.
func TestHangUpWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := lastSave{release: make(chan struct{})}
		r := start(t, l.do(goodWorld().Do))
		r.settle()
		r.send(enter)
		r.send(pastedOnTTY)
		r.cancel(errLeft)
		synctest.Wait()
		r.send(enter)
		if r.ended() {
			t.Fatal("ended before the key was saved")
		}
		close(l.release)
		synctest.Wait()
		if !r.ended() || l.saved.Load() != savedUnconfirmed || r.state.Outcome.Active {
			t.Errorf("ended %v, saved %d, outcome %+v", r.ended(), l.saved.Load(), r.state.Outcome)
		}
		r.checkRestored()
	})
}

// TestHangUpOnADeadLine: the key is saved although the terminal takes nothing more, and the screen is given back when
// it does.
func TestHangUpOnADeadLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var l lastSave
		r := start(t, l.do(goodWorld().Do))
		r.toKey()
		r.send(pastedOnTTY)
		dead := make(chan struct{})
		r.out.dead.Store(&dead)
		r.send("?") // something to draw, that cannot be written
		r.cancel(errLeft)
		synctest.Wait()
		if l.saved.Load() != savedUnconfirmed || r.ended() {
			t.Errorf("saved %d, ended %v", l.saved.Load(), r.ended())
		}
		close(dead)
		synctest.Wait()
		if !r.ended() || !errors.Is(r.err, errLeft) {
			t.Errorf("ended %v with %v", r.ended(), r.err)
		}
		r.checkRestored()
	})
}

// TestHangUpPanics: a save that breaks the program ends it as everything else does.
func TestHangUpPanics(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answer := goodWorld().Do
		r := start(t, func(ctx context.Context, e flow.Effect) flow.Event {
			if only[flow.Save](e) {
				panic(canary)
			}
			return answer(ctx, e)
		})
		r.settle()
		r.send(enter)
		r.send(pastedOnTTY)
		r.cancel(errLeft)
		synctest.Wait()
		if !r.ended() || r.err == nil {
			t.Errorf("ended %v with %v", r.ended(), r.err)
		}
		r.checkRestored()
	})
}
