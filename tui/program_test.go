package tui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/tui/input"
	"pleo-connect/tui/paint"
)

var errLeft = errors.New("the terminal went away")

// output is what the terminal got.
type output struct {
	dead atomic.Pointer[chan struct{}] // nothing is read until it is closed; nil: at once
	mu   sync.Mutex
	buf  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	if dead := o.dead.Load(); dead != nil {
		<-*dead
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// run is a whole program in a bubble of fake time: synctest.Wait returns when nothing happens any more without a key.
type run struct {
	t      *testing.T
	keys   *io.PipeWriter
	out    *output
	cancel context.CancelCauseFunc
	done   chan struct{}
	state  flow.State
	err    error
}

func start(t *testing.T, do flow.Do) *run {
	t.Helper()
	return startIn(t, do, [2]int{80, 24})
}

// startIn begins in a window of this size.
func startIn(t *testing.T, do flow.Do, size [2]int) *run {
	t.Helper()
	s, effects := flow.Begin(finance())
	return startAt(t, do, s, effects, size)
}

// startOn begins behind a reader.
func startOn(t *testing.T, reader *input.Repair, do flow.Do) *run {
	t.Helper()
	s, effects := flow.Begin(finance())
	return startWith(t, do, s, effects, [2]int{80, 24}, Options{HoldEnter: reader.HoldEnter})
}

// startAt begins in the middle.
func startAt(t *testing.T, do flow.Do, s flow.State, effects []flow.Effect, size [2]int) *run {
	t.Helper()
	return startWith(t, do, s, effects, size, Options{})
}

func startWith(
	t *testing.T, do flow.Do, s flow.State, effects []flow.Effect, size [2]int, opt Options,
) *run {
	t.Helper()
	return startDrawn(t, do, s, effects, size, opt, byPainter)
}

// startDrawn begins with one of the renderers.
func startDrawn(
	t *testing.T, do flow.Do, s flow.State, effects []flow.Effect, size [2]int, opt Options, by renderer,
) *run {
	t.Helper()
	in, keys := io.Pipe()
	ctx, cancel := context.WithCancelCause(t.Context())
	r := &run{t: t, keys: keys, out: &output{}, cancel: cancel, done: make(chan struct{})}
	opt.DemoKey = func() string { panic(canary) }
	opt.Program = []tea.ProgramOption{tea.WithInput(in)}
	by(&opt, r.out, size)
	go func() {
		defer close(r.done)
		r.state, r.err = Run(ctx, do, s, effects, opt)
	}()
	t.Cleanup(func() {
		cancel(nil)
		in.Close()
		elapse() // the last ticks run out
	})
	return r
}

// renderer makes a program draw in a window of a size.
type renderer func(opt *Options, out io.Writer, size [2]int)

func byPainter(opt *Options, out io.Writer, size [2]int) {
	opt.Colors = colorprofile.ANSI256
	opt.Painter = newPainter(out, size, opt.Colors)
}

func newPainter(out io.Writer, size [2]int, colors colorprofile.Profile) *paint.Painter {
	env := map[string]string{
		"TERM": "xterm-256color", "COLUMNS": strconv.Itoa(size[0]), "LINES": strconv.Itoa(size[1]),
	}
	return paint.New(out, paint.Options{Getenv: func(name string) string { return env[name] }, Profile: colors})
}

// byBubbleTea is how Windows draws.
func byBubbleTea(opt *Options, out io.Writer, size [2]int) {
	opt.Colors = colorprofile.ANSI256
	opt.Program = append(opt.Program,
		tea.WithOutput(out), tea.WithWindowSize(size[0], size[1]),
		tea.WithEnvironment([]string{"TERM=xterm-256color", "SSH_TTY=/dev/pts/0"}))
}

// send types into the terminal.
func (r *run) send(keys string) {
	r.t.Helper()
	r.write(keys)
	r.settle()
}

// write types without a pause.
func (r *run) write(keys string) {
	r.t.Helper()
	if _, err := io.WriteString(r.keys, keys); err != nil {
		r.t.Fatal(err)
	}
}

// toKey allows what the integration asks for, after all of it was in sight.
func (r *run) toKey() {
	r.t.Helper()
	r.settle()
	r.write(strings.Repeat(down, 20))
	r.send(enter)
}

// counting counts the effects that the program asks for, by their types.
func counting(w *world, counted map[string]int) flow.Do {
	var mu sync.Mutex
	return func(ctx context.Context, e flow.Effect) flow.Event {
		mu.Lock()
		counted[fmt.Sprintf("%T", e)]++
		mu.Unlock()
		return w.Do(ctx, e)
	}
}

// activations compares how often the installation was activated.
func (r *run) activations(counted map[string]int, want int) {
	r.t.Helper()
	synctest.Wait()
	if got := counted["flow.Install"]; got != want {
		r.t.Errorf("activated %d times, want %d", got, want)
	}
}

// settle lets a moment of fake time pass, in which everything happens that needs no person.
func (r *run) settle() {
	elapse()
	synctest.Wait()
}

// elapse moves the fake clock of synctest past the guard against hammered keys. No real time passes: a guard that is a
// time can only be waited for by the clock.
func elapse() { time.Sleep(2 * freshAfter) }

func (r *run) ended() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// checkRestored looks for the sequences that give the terminal back.
func (r *run) checkRestored() {
	r.t.Helper()
	for _, mode := range []string{"?1049", "?2004", "?1004", "?25"} {
		on, off := strings.LastIndex(r.out.String(), mode+"h"), strings.LastIndex(r.out.String(), mode+"l")
		if back := off > on; back == (mode == "?25") { // the cursor is shown again, the others are off again
			r.t.Errorf("mode %s is not as before", mode)
		}
	}
	checkNoKey(r.t, "the terminal", r.out.String())
}

const (
	enter       = "\r"
	down        = "\x1b[B"
	pastedOnTTY = "\x1b[200~" + canary + "\n\x1b[201~"
)

func TestHappyPath(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, goodWorld().Do)
		for _, keys := range []string{enter, pastedOnTTY, enter, "c", "q"} {
			r.settle()
			r.send(keys)
		}
		if !r.ended() || r.err != nil || !r.state.Outcome.Active || r.state.Step != flow.StepOver {
			t.Errorf("ended %v at %s with %v, outcome %+v", r.ended(), r.state.Step, r.err, r.state.Outcome)
		}
		if !strings.Contains(r.out.String(), "\x1b]52;c;aHR0cHM6Ly9hcHAucGxlby5pbw==") {
			t.Error("the terminal was not asked to copy the link")
		}
		r.checkRestored()
	})
}

// TestHammeredEnter presses Enter far too often: no one confirms a company that was never in sight.
func TestHammeredEnter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, goodWorld().Do)
		r.settle()
		r.send(enter)
		r.send(pastedOnTTY[:len(pastedOnTTY)-6] + "\x1b[201~" + strings.Repeat(enter, 40))
		r.send("\x03")
		if r.state.Outcome.Active || r.state.Outcome.Kind != flow.KindInterrupted {
			t.Errorf("outcome %+v", r.state.Outcome)
		}
	})
}

func TestCtrlC(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, goodWorld().Do)
		r.settle()
		r.send("\x03")
		if !r.ended() || r.err != nil || r.state.Outcome.Kind != flow.KindInterrupted {
			t.Errorf("ended %v with %v, outcome %+v", r.ended(), r.err, r.state.Outcome)
		}
		r.checkRestored()
	})
}

func TestCancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked context.Context
		do := func(ctx context.Context, e flow.Effect) flow.Event {
			if only[flow.Reach](e) {
				asked = ctx
				<-ctx.Done()
			}
			return nil
		}
		r := start(t, do)
		r.settle()
		r.cancel(errLeft)
		synctest.Wait()
		if !r.ended() || !errors.Is(r.err, errLeft) || r.state.Step != flow.StepOver {
			t.Errorf("ended %v with %v at %s", r.ended(), r.err, r.state.Step)
		}
		if asked.Err() == nil {
			t.Error("the question outlives the program")
		}
		r.checkRestored()
	})
}

// TestSaveEndsWhole cancels in the middle of a save: the terminal is restored at once, Run waits.
func TestSaveEndsWhole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		saving, release := make(chan context.Context, 1), make(chan struct{})
		answer := goodWorld().Do
		r := start(t, func(ctx context.Context, e flow.Effect) flow.Event {
			if only[flow.Save](e) {
				saving <- ctx
				<-release
			}
			return answer(ctx, e)
		})
		for _, keys := range []string{enter, pastedOnTTY, enter} {
			r.settle()
			r.send(keys)
		}
		ctx := <-saving
		r.cancel(errLeft)
		synctest.Wait()
		if r.ended() || ctx.Err() != nil {
			t.Fatalf("ended %v, the save's context says %v: a save that has begun must end whole", r.ended(), ctx.Err())
		}
		r.checkRestored()
		close(release)
		synctest.Wait()
		if !r.ended() || !errors.Is(r.err, errLeft) {
			t.Errorf("ended %v with %v", r.ended(), r.err)
		}
	})
}

// TestInterruptedEngineSave: a save into an engine ends with the run, whoever ends that.
func TestInterruptedEngineSave(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(r *run){
		"ctrl+c":   func(r *run) { r.send("\x03") },
		"a signal": func(r *run) { r.cancel(errLeft) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				setup, answer := finance(), goodWorld().Do
				setup.Words = flowtest.InEngine()
				saving := make(chan bool, 1)
				s, effects := flow.Begin(setup)
				r := startAt(t, func(ctx context.Context, e flow.Effect) flow.Event {
					if _, ok := e.(flow.Save); ok {
						saving <- true
						<-ctx.Done()
					}
					return answer(ctx, e)
				}, s, effects, [2]int{80, 24})
				for _, keys := range []string{enter, pastedOnTTY, enter} {
					r.settle()
					r.send(keys)
				}
				<-saving
				end(r)
				synctest.Wait()
				if !r.ended() || r.state.Problem.Kind != flow.KindEngineUncertain {
					t.Errorf("ended %v: %+v", r.ended(), r.state.Problem)
				}
				r.checkRestored()
			})
		})
	}
}

// TestFirstFrameFirst: nothing is started that would compete with the first frame before that is written.
func TestFirstFrameFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Bool
		read := make(chan struct{})
		s, effects := flow.Begin(finance())
		r := startDrawn(t, func(ctx context.Context, e flow.Effect) flow.Event {
			asked.Store(true)
			return goodWorld().Do(ctx, e)
		}, s, effects, [2]int{80, 24}, Options{}, func(opt *Options, out io.Writer, size [2]int) {
			out.(*output).dead.Store(&read)
			byPainter(opt, out, size)
		})
		synctest.Wait()
		if asked.Load() {
			t.Error("an effect began before the first frame")
		}
		close(read)
		synctest.Wait()
		if !asked.Load() || !strings.Contains(r.out.String(), "Allow") {
			t.Error("nothing began after it")
		}
	})
}

// TestRoundsEnd leaves a check by esc: its questions are stopped, the preflight's are not.
func TestRoundsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		contexts := map[string]context.Context{}
		r := start(t, func(ctx context.Context, e flow.Effect) flow.Event {
			mu.Lock()
			contexts[strings.TrimPrefix(fmt.Sprintf("%T", e), "flow.")] = ctx
			mu.Unlock()
			if e, ok := e.(flow.MakeStore); ok { // runs to its end
				return flow.StoreMade{Answer: e.Answer()}
			}
			<-ctx.Done()
			return nil
		})
		for _, keys := range []string{enter, pastedOnTTY, "\x1b"} {
			r.settle()
			r.send(keys)
		}
		for name, stopped := range map[string]bool{
			"Introspect": true, "FindInstallation": true, "Reach": false, "InspectStore": false,
		} {
			if got := contexts[name].Err() != nil; got != stopped {
				t.Errorf("%s is stopped: %v, want %v", name, got, stopped)
			}
		}
	})
}

// TestPanic meets a panic in an effect and one in the model, whose demo key is broken: the terminal is restored and
// the text is not shown.
func TestPanic(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, func(context.Context, flow.Effect) flow.Event { panic(canary) })
		r.settle()
		if !r.ended() || !errors.Is(r.err, flow.ErrFault) || strings.Contains(r.err.Error(), canary) {
			t.Errorf("ended %v with %v", r.ended(), r.err)
		}
		r.checkRestored()
	})
	synctest.Test(t, func(t *testing.T) {
		r := start(t, goodWorld().Do)
		for _, keys := range []string{enter, "\t"} {
			r.settle()
			r.send(keys)
		}
		if !r.ended() || !errors.Is(r.err, flow.ErrFault) || r.state.Step != flow.StepKey {
			t.Errorf("ended %v at %s with %v", r.ended(), r.state.Step, r.err)
		}
		r.checkRestored()
	})
}

// brokenScreen panics when it is drawn.
type brokenScreen struct{ reviewScreen }

func (brokenScreen) view(flow.State, frame) page { panic(canary) }

// TestPanicInView: the terminal is restored and the text is not shown.
func TestPanicInView(t *testing.T) {
	t.Parallel()
	out := &output{}
	s, effects := flow.Begin(finance())
	m := newModel(newWorker(t.Context(), goodWorld().Do, s.Round()), s, effects, Options{})
	opt := Options{Program: []tea.ProgramOption{tea.WithContext(t.Context()), tea.WithoutSignalHandler(),
		tea.WithoutCatchPanics(), tea.WithInput(strings.NewReader(""))}}
	byPainter(&opt, out, [2]int{80, 24})
	m.screen = brokenScreen{}
	err := runModel(m, opt, opt.Program)
	if !errors.Is(err, flow.ErrFault) || strings.Contains(err.Error(), canary) {
		t.Errorf("ended with %v", err)
	}
	checkNoKey(t, "the terminal", out.String())
	if strings.LastIndex(out.String(), "?1049h") > strings.LastIndex(out.String(), "?1049l") {
		t.Error("the full screen stays")
	}
}

// TestStill waits for what has begun, and lets nothing begin while the program is stopped.
func TestStill(t *testing.T) {
	t.Parallel()
	var g gate
	if !g.enter() {
		t.Fatal("an open gate lets nobody in")
	}
	var left atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = g.still(func() error {
			if !left.Load() {
				t.Error("stopped in the middle of a save")
			}
			if g.mu.TryLock() {
				t.Error("a save can begin while the program is stopped")
			}
			return nil
		})
	}()
	for g.mu.TryLock() { // until still has begun
		g.mu.Unlock()
		runtime.Gosched()
	}
	left.Store(true)
	g.leave()
	<-done
	if !g.enter() {
		t.Error("nobody is let in afterwards")
	}
}

func TestGateStaysClosed(t *testing.T) {
	t.Parallel()
	var g gate
	if !g.enter() {
		t.Fatal("an open gate lets nobody in")
	}
	g.leave()
	g.close()
	if g.enter() {
		t.Error("a save must not begin after Run has ended")
	}
}
