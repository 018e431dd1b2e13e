package tui

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/vt"

	"pleo-connect/flow"
	"pleo-connect/tui/paint"
)

// emulator is a terminal that shows what is written to it.
type emulator struct {
	*vt.Emulator
	pointed bool // the cursor is shown
}

func newEmulator(t *testing.T, size [2]int) *emulator {
	t.Helper()
	e := &emulator{vt.NewEmulator(size[0], size[1]), true}
	e.SetCallbacks(vt.Callbacks{CursorVisibility: func(on bool) { e.pointed = on }})
	go func() { _, _ = io.Copy(io.Discard, e) }() // otherwise a query stops it
	t.Cleanup(func() { _ = e.InputPipe().(io.Closer).Close() })
	return e
}

// Write maps line breaks, as a terminal does.
func (e *emulator) Write(p []byte) (int, error) {
	_, err := io.WriteString(e.Emulator, strings.ReplaceAll(string(p), "\n", "\r\n"))
	return len(p), err
}

// seen returns the cells with their styles and links, the cursor, and which screen it is.
func (e *emulator) seen() string {
	cursor := "hidden"
	if e.pointed {
		cursor = fmt.Sprint(e.CursorPosition())
	}
	return fmt.Sprintf("%s\ncursor %s, alternate %v", e.Render(), cursor, e.IsAltScreen())
}

// album is a model that shows one view after the other.
type album struct {
	views []tea.View
	at    *int
}

func (a album) Init() tea.Cmd                       { return nil }
func (a album) Update(tea.Msg) (tea.Model, tea.Cmd) { return a, nil }
func (a album) View() tea.View                      { return a.views[*a.at] }

// byBubbleTeaSeen returns what a terminal shows of each view.
func byBubbleTeaSeen(t *testing.T, views []tea.View, size [2]int) (all []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		e := newEmulator(t, size)
		var opt Options
		byBubbleTea(&opt, e, size)
		in, _ := io.Pipe()
		a := album{views, new(int)}
		program := tea.NewProgram(a, append(opt.Program, tea.WithContext(ctx), tea.WithoutSignalHandler(),
			tea.WithColorProfile(opt.Colors), tea.WithInput(in))...)
		ended := make(chan struct{})
		go func() { defer close(ended); _, _ = program.Run() }()
		for i := range views {
			synctest.Wait()
			*a.at = i
			program.Send(struct{}{}) // something to draw for
			elapse()
			synctest.Wait()
			all = append(all, e.seen())
		}
		cancel()
		<-ended
		_ = in.Close()
	})
	return all
}

// paintedSeen is the same, painted.
func paintedSeen(t *testing.T, views []tea.View, size [2]int) (all []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, size)
		var opt Options
		byPainter(&opt, e, size)
		opt.Painter.Enter(func() { t.Error("the painter broke") })
		for _, v := range views {
			opt.Painter.Draw(v, size[0], size[1])
			elapse()
			synctest.Wait()
			all = append(all, e.seen())
		}
		opt.Painter.Leave()
	})
	return all
}

// TestScenesPainted shows every scene after every other kind of scene, with both renderers: a terminal shows the same.
func TestScenesPainted(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			var views []tea.View
			for _, sc := range scenes {
				views = append(views, sc.make(t).size(size[0], size[1]).View())
			}
			want, got := byBubbleTeaSeen(t, views, size), paintedSeen(t, views, size)
			for i, sc := range scenes {
				if got[i] != want[i] {
					t.Errorf("%s is painted as\n%s\nand Bubble Tea draws\n%s", sc.name, got[i], want[i])
				}
			}
		})
	}
}

// TestRunPainted goes through a run with both renderers: a terminal shows the same after each key, and after the end.
func TestRunPainted(t *testing.T) {
	t.Parallel()
	keys := []string{
		"?", "?", enter, "abc", "\x15", pastedOnTTY, "?", "?", "\x1b[D", "\x1b[C", enter, "c", "?", "?", "q",
	}
	screens := func(by renderer) (all []string, r *run) {
		synctest.Test(t, func(t *testing.T) {
			s, effects := flow.Begin(finance())
			size := [2]int{80, 24}
			r = startDrawn(t, goodWorld().Do, s, effects, size, Options{}, by)
			for _, k := range keys {
				r.settle()
				r.send(k)
				e := newEmulator(t, size)
				_, _ = e.Write([]byte(r.out.String()))
				all = append(all, e.seen())
			}
		})
		return all, r
	}
	got, painted := screens(byPainter)
	want, drawn := screens(byBubbleTea)
	for i := range keys {
		if got[i] != want[i] {
			t.Errorf("after %q it is painted as\n%s\nand Bubble Tea draws\n%s", keys[i], got[i], want[i])
		}
	}
	if painted.state.Outcome != drawn.state.Outcome || !painted.state.Outcome.Active || painted.err != nil {
		t.Errorf("painted, the run ends as %+v, %v", painted.state.Outcome, painted.err)
	}
	painted.checkRestored()
	drawn.checkRestored()
}

// TestStaleSize: the size is that of the window now, and not what a message says.
func TestStaleSize(t *testing.T) {
	t.Parallel()
	s, effects := flow.Begin(finance())
	m := newModel(newWorker(t.Context(), goodWorld().Do, s.Round()), s, effects, Options{})
	var opt Options
	byPainter(&opt, io.Discard, [2]int{100, 30})
	m.painter = opt.Painter
	for _, msg := range []tea.Msg{signalledMsg{}, tea.WindowSizeMsg{Width: 80, Height: 24}} {
		painted{m}.Update(msg)
		if m.look.width != 100 || m.look.height != 30 {
			t.Errorf("after %#v the frame is %dx%d", msg, m.look.width, m.look.height)
		}
	}
}

// TestSignalled: a signal for a size makes all be written again, even if the size is the same.
func TestSignalled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &output{}
		s, effects := flow.Begin(finance())
		m := newModel(newWorker(t.Context(), goodWorld().Do, s.Round()), s, effects, Options{})
		var opt Options
		byPainter(&opt, out, [2]int{80, 24})
		m.painter = opt.Painter
		m.painter.Enter(func() { t.Error("the painter broke") })
		for range 3 {
			painted{m}.Update(signalledMsg{})
			elapse()
			synctest.Wait()
		}
		if n := strings.Count(out.String(), "\x1b[2J"); n != 3 {
			t.Errorf("written %d times", n)
		}
		m.painter.Leave()
	})
}

// TestSuspended: the screen is given back while the program is stopped, and taken again in the size that the window has
// then.
func TestSuspended(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r *run
		var seen string
		env := map[string]string{"TERM": "xterm-256color"}
		s, effects := flow.Begin(finance())
		opt := Options{Suspend: func() error {
			r.checkRestored()
			seen = r.out.String()
			env["COLUMNS"], env["LINES"] = "40", "12"
			return nil
		}}
		r = startDrawn(t, goodWorld().Do, s, effects, [2]int{80, 24}, opt, func(opt *Options, out io.Writer, _ [2]int) {
			opt.Painter = paint.New(out, paint.Options{Getenv: func(name string) string { return env[name] }})
		})
		r.settle()
		r.send("\x1a")
		e := newEmulator(t, [2]int{40, 12})
		_, _ = e.Write([]byte(strings.TrimPrefix(r.out.String(), seen)))
		want := at(t, finance(), goodWorld()).size(80, 24).size(40, 12).text()
		if got := e.String(); seen == "" || !e.IsAltScreen() || trimmed(got) != trimmed(want) {
			t.Errorf("the screen is\n%s\nwant\n%s", got, want)
		}
		r.send("\x03")
		r.checkRestored()
	})
}

// TestSuspendedWhileSaving: the program is stopped when a save is complete, which holds the lock of the store.
func TestSuspendedWhileSaving(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var saving, stopped atomic.Bool
		world := goodWorld()
		do := func(ctx context.Context, e flow.Effect) flow.Event {
			if _, ok := e.(flow.Save); ok {
				saving.Store(true)
				time.Sleep(time.Minute)
				saving.Store(false)
			}
			return world.Do(ctx, e)
		}
		s, effects := flow.Begin(finance())
		opt := Options{Suspend: func() error {
			if stopped.Store(true); saving.Load() {
				t.Error("stopped in the middle of a save")
			}
			return nil
		}}
		r := startWith(t, do, s, effects, [2]int{80, 24}, opt)
		r.toKey()
		r.send(pastedOnTTY)
		r.write(enter)
		synctest.Wait()
		if !saving.Load() {
			t.Error("nothing is saved")
		}
		r.write("\x1a")
		time.Sleep(time.Hour)
		if !stopped.Load() {
			t.Error("the program is never stopped")
		}
	})
}

// trimmed returns lines without blanks at their ends.
func trimmed(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}
