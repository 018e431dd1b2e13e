package console

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var errSignal = errors.New("told to end")

// line is an output that takes nothing while no one reads.
type line struct {
	read chan struct{} // each token, or its end, lets one write through
	got  string
}

func (l *line) Write(p []byte) (int, error) {
	<-l.read
	l.got += string(p)
	return len(p), nil
}

// rig is a console on two such outputs, in a run that a test can end.
type rig struct {
	*Console
	out, err line
	stop     context.CancelCauseFunc
}

// onDeadLines runs f by a clock that only waits move.
func onDeadLines(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancelCause(t.Context())
		r := &rig{out: line{read: make(chan struct{})}, err: line{read: make(chan struct{})}, stop: stop}
		r.Console = New(nil, &r.out, &r.err, func(string) string { return "" })
		r.EndWith(ctx, nil)
		r.end.drop = func(io.Writer) bool { return false }
		f(t, r)
		close(r.out.read)
		close(r.err.read)
	})
}

// droppable makes room for one write when output is dropped.
func (r *rig) droppable(room int) {
	r.end.drop = func(out io.Writer) bool {
		for range room {
			go func() { out.(*line).read <- struct{}{} }()
		}
		return true
	}
}

// writes writes a text to standard output, and returns its error and how long that took.
func (r *rig) writes(text string) (time.Duration, error) {
	begun := time.Now()
	_, err := io.WriteString(r.Stream(r.Out), text)
	return time.Since(begun), err
}

// TestUnreadOutput: a run that was told to end waits for its reader only so long.
func TestUnreadOutput(t *testing.T) {
	onDeadLines(t, func(t *testing.T, r *rig) {
		time.AfterFunc(time.Hour, func() { r.stop(errSignal) })
		if took, err := r.writes("a"); took != time.Hour+unreadFor || !errors.Is(err, ErrUnread) {
			t.Errorf("after %s: %v", took, err)
		}
		if took, err := r.writes("b"); took != 0 || !errors.Is(err, ErrUnread) {
			t.Errorf("the next write, after %s: %v", took, err)
		}
		begun := time.Now()
		r.Say("to the other output", "and one more line")
		if took := time.Since(begun); took != leastWait {
			t.Errorf("the other output holds up the end for %s", took)
		}
	})
}

// TestUnreadIsNoFailure: nothing is said about an output that no one reads.
func TestUnreadIsNoFailure(t *testing.T) {
	onDeadLines(t, func(t *testing.T, r *rig) {
		r.stop(errSignal)
		r.Print("a")
		if err := r.JSON("b"); err != nil || r.Failed() != nil {
			t.Errorf("%v, %v", err, r.Failed())
		}
	})
}

// TestReadInTime: output that is read late is output that is read.
func TestReadInTime(t *testing.T) {
	onDeadLines(t, func(t *testing.T, r *rig) {
		read := func(after time.Duration) {
			time.AfterFunc(after, func() { r.out.read <- struct{}{} })
		}
		read(time.Hour)
		if took, err := r.writes("a"); took != time.Hour || err != nil {
			t.Errorf("before the end, after %s: %v", took, err)
		}
		r.stop(errSignal)
		read(unreadFor - 1)
		if took, err := r.writes("b"); took != unreadFor-1 || err != nil {
			t.Errorf("at the end, after %s: %v", took, err)
		}
		time.Sleep(time.Minute)
		read(leastWait - 1)
		if took, err := r.writes("c"); took != leastWait-1 || err != nil {
			t.Errorf("long after the end, after %s: %v", took, err)
		}
		if r.out.got != "abc" {
			t.Errorf("written: %q", r.out.got)
		}
	})
}

// TestDroppedOutput: the write for which output was dropped says so. It is written again, after what came before it in
// the end, because both may have been dropped; and what comes next is written.
func TestDroppedOutput(t *testing.T) {
	onDeadLines(t, func(t *testing.T, r *rig) {
		r.droppable(3)
		go func() { r.out.read <- struct{}{}; r.out.read <- struct{}{} }()
		if took, err := r.writes("before "); took != 0 || err != nil {
			t.Errorf("before the end, after %s: %v", took, err)
		}
		r.stop(errSignal)
		synctest.Wait()
		if took, err := r.writes("restored "); took != 0 || err != nil {
			t.Errorf("with room, after %s: %v", took, err)
		}
		if took, err := r.writes("held up "); took != unreadFor || !errors.Is(err, ErrUnread) {
			t.Errorf("after %s: %v", took, err)
		}
		if took, err := r.writes("next"); took != 0 || err != nil {
			t.Errorf("with room again, after %s: %v", took, err)
		}
		if want := "before restored held up \x18restored held up next"; r.out.got != want {
			t.Errorf("written: %q, want %q", r.out.got, want)
		}
		if took, err := r.writes("c"); took != leastWait || !errors.Is(err, ErrUnread) {
			t.Errorf("full once more, after %s: %v", took, err)
		}
	})
}

// TestDroppedScreen: what settles the terminal is written in place of what came before.
func TestDroppedScreen(t *testing.T) {
	onDeadLines(t, func(t *testing.T, r *rig) {
		r.droppable(2)
		r.stop(errSignal)
		synctest.Wait()
		go func() { r.out.read <- struct{}{} }()
		if _, err := r.writes("screen "); err != nil {
			t.Error(err)
		}
		(&screen{nil, controls, r.stdout.reader}).Settle("\x1b[r\x1b]8;;\a")
		if _, err := r.writes("held up "); !errors.Is(err, ErrUnread) {
			t.Error(err)
		}
		if want := "screen held up \x18\x1b[rheld up "; r.out.got != want {
			t.Errorf("written: %q, want %q", r.out.got, want)
		}
	})
}

// TestDroppedBefore: a write that was held up before the end is written again as well.
func TestDroppedBefore(t *testing.T) {
	onDeadLines(t, func(t *testing.T, r *rig) {
		r.droppable(2)
		time.AfterFunc(time.Hour, func() { r.stop(errSignal) })
		if took, err := r.writes("a"); took != time.Hour+unreadFor || !errors.Is(err, ErrUnread) {
			t.Errorf("after %s: %v", took, err)
		}
		if want := "a\x18a"; r.out.got != want {
			t.Errorf("written: %q, want %q", r.out.got, want)
		}
	})
}

// TestDroppedMuch: what does not fit into a terminal is not written again.
func TestDroppedMuch(t *testing.T) {
	onDeadLines(t, func(t *testing.T, r *rig) {
		r.droppable(2)
		r.stop(errSignal)
		synctest.Wait() // until the console is told
		go func() { r.out.read <- struct{}{} }()
		much := strings.Repeat("a", maxSince)
		if _, err := r.writes(much); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if _, err := r.writes("b"); !errors.Is(err, ErrUnread) {
			t.Error(err)
		}
		if want := much + "b\x18" + much; r.out.got != want {
			t.Errorf("%d bytes written, want %d", len(r.out.got), len(want))
		}
	})
}

// TestWaitingInLine: a write that waits for another one has its time when it is its turn.
func TestWaitingInLine(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancelCause(t.Context())
	out := line{read: make(chan struct{})}
	c := New(nil, &out, io.Discard, func(string) string { return "" })
	c.EndWith(ctx, nil)
	next := make(chan error, 1)
	c.end.drop = func(io.Writer) bool {
		close(out.read)
		return true
	}
	stop(errSignal)
	go func() {
		for c.stdout.mu.TryLock() { // until the other one has the output
			c.stdout.mu.Unlock()
		}
		_, err := io.WriteString(c.Stream(c.Out), "next")
		next <- err
	}()
	if _, err := io.WriteString(c.Stream(c.Out), "held up"); !errors.Is(err, ErrUnread) {
		t.Errorf("held up: %v", err)
	}
	if err := <-next; err != nil {
		t.Errorf("next: %v", err)
	}
}

// TestNothingHelps: the system drops output, and the write hangs all the same.
func TestNothingHelps(t *testing.T) {
	onDeadLines(t, func(t *testing.T, r *rig) {
		r.droppable(0)
		r.stop(errSignal)
		if took, err := r.writes("a"); took != unreadFor+leastWait || !errors.Is(err, ErrUnread) {
			t.Errorf("after %s: %v", took, err)
		}
	})
}

// TestEndByItself: a run that was not told to end waits for its reader.
func TestEndByItself(t *testing.T) {
	onDeadLines(t, func(t *testing.T, r *rig) {
		r.stop(context.Canceled)
		time.AfterFunc(time.Hour, func() { r.out.read <- struct{}{} })
		if took, err := r.writes("a"); took != time.Hour || err != nil {
			t.Errorf("after %s: %v", took, err)
		}
	})
}

// TestLeftBehind: a write that was given up does not see what its caller does with the bytes.
func TestLeftBehind(t *testing.T) {
	onDeadLines(t, func(t *testing.T, r *rig) {
		r.stop(errSignal)
		text := []byte("mine")
		if _, err := r.Stream(r.Out).Write(text); !errors.Is(err, ErrUnread) {
			t.Error(err)
		}
		copy(text, "your")
		r.out.read <- struct{}{}
		synctest.Wait()
		if r.out.got != "mine" {
			t.Errorf("written: %q", r.out.got)
		}
	})
}

// TestStreamOfAnother: an output that is not one of the two ends with the run as well.
func TestStreamOfAnother(t *testing.T) {
	onDeadLines(t, func(t *testing.T, r *rig) {
		r.stop(errSignal)
		other := line{read: make(chan struct{})}
		if _, err := io.WriteString(r.Stream(&other), "a"); !errors.Is(err, ErrUnread) {
			t.Error(err)
		}
		close(other.read)
	})
}
