package paint

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// line is what a painter writes to.
type line struct {
	rate   int // bytes a second; 0: all at once
	mu     sync.Mutex
	writes []string
	err    error // of all writes
	broken bool  // the next write panics
}

func (l *line) Write(b []byte) (int, error) {
	if l.rate > 0 {
		time.Sleep(time.Duration(len(b)) * time.Second / time.Duration(l.rate))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken {
		l.broken = false
		panic("canary")
	}
	if l.err != nil {
		return 0, l.err
	}
	l.writes = append(l.writes, string(b))
	return len(b), nil
}

func (l *line) set(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

// written returns all that the terminal got.
func (l *line) written() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.writes, "")
}

func (l *line) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.writes)
}

// screen returns what a terminal shows.
func (l *line) screen(width, height int) string {
	e := vt.NewEmulator(width, height)
	_, _ = e.WriteString(strings.ReplaceAll(l.written(), "\n", "\r\n"))
	return ansi.Strip(e.Render())
}

func options() Options {
	env := func(name string) string { return map[string]string{"TERM": "xterm-256color"}[name] }
	return Options{Getenv: env, Profile: colorprofile.ANSI256}
}

func painting(t *testing.T, out *line, opt Options) *Painter {
	p := New(out, opt)
	p.Enter(func() { t.Error("the painter broke") })
	return p
}

// draw shows a page of 80x24, and lets everything happen that needs no time.
func draw(p *Painter, text string) {
	p.Draw(tea.NewView(text), 80, 24)
	synctest.Wait()
}

func page(n int) string {
	return strings.Repeat(fmt.Sprintf("line of page %d, long enough\n", n), 20) + "end"
}

// TestAtOnce: a frame waits for no clock. A burst becomes two, and nothing is written while nothing changes.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &line{}
		p := painting(t, out, options())
		synctest.Wait()
		for n := range 10 {
			draw(p, page(n))
		}
		if out.count() != 1 || !strings.Contains(out.screen(80, 24), "page 0") {
			t.Errorf("%d writes before any time has passed", out.count())
		}
		time.Sleep(pace)
		synctest.Wait()
		if out.count() != 2 || !strings.Contains(out.screen(80, 24), "page 9") {
			t.Errorf("%d writes, screen:\n%s", out.count(), out.screen(80, 24))
		}
		time.Sleep(time.Hour)
		draw(p, page(9))
		if out.count() != 2 {
			t.Error("the same frame is written again")
		}
		p.Leave()
	})
}

// TestSlowLine holds no one up, and shows the newest frame when it is ready.
func TestSlowLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &line{rate: 1600}
		p := painting(t, out, options())
		began := time.Now()
		for n := range 100 {
			draw(p, page(n))
			time.Sleep(10 * time.Millisecond)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("drawing took %v", took)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if out.count() > 20 || !strings.Contains(out.screen(80, 24), "page 99") {
			t.Errorf("%d writes, screen:\n%s", out.count(), out.screen(80, 24))
		}
		p.Leave()
	})
}

// TestModes is everything around the frames, from the first byte to the last, twice.
func TestModes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		opt := options()
		opt.Ask = true
		out := &line{}
		p := painting(t, out, opt)
		draw(p, "x")
		p.Leave()
		const (
			begin = "\x1b[>4m\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?1004h\x1b[>4;2m\x1b[>1u"
			query = "\x1b[?2026$p\x1b[?2027$p"
			erase = "\x1b[H\x1b[2J"
			end   = "\x1b[H\x1b[J\x1b[>4m\x1b[<1u\x1b[?1049l\x1b[?25h\x1b[?2004l\x1b[?1004l"
		)
		if got, want := out.written(), begin+query+erase+"x"+end; got != want {
			t.Errorf("written %q\nwant    %q", got, want)
		}
		out.writes = nil
		p.Enter(nil)
		synctest.Wait()
		if out.written() != "" { // the window may have another size
			t.Errorf("the last frame comes back as %q", out.written())
		}
		draw(p, "x")
		p.Leave()
		if got, want := out.written(), begin+erase+"x"+end; got != want {
			t.Errorf("the second time, written %q\nwant %q", got, want)
		}
	})
}

// TestNothingDrawn leaves a terminal alone.
func TestNothingDrawn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &line{}
		painting(t, out, options()).Leave()
		if out.written() != "" {
			t.Errorf("written %q", out.written())
		}
	})
}

// TestSizes: a change of the size, and nothing else, erases the screen. It also resets margins: those of a frame that was
// under way are for the size of before.
func TestSizes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &line{}
		p := painting(t, out, options())
		for _, size := range [][2]int{{80, 24}, {80, 24}, {30, 8}, {160, 50}, {1, 1}, {80, 24}} {
			p.Draw(tea.NewView(page(7)), size[0], size[1])
			time.Sleep(pace)
			synctest.Wait()
		}
		if got := strings.Count(out.written(), ansi.EraseEntireScreen); got != 5 {
			t.Errorf("erased %d times, want once at the start and for each of 4 changes", got)
		}
		if got := strings.Count(out.written(), noMargins); got != 4 {
			t.Errorf("margins are reset %d times, want once for each of 4 changes", got)
		}
		if !strings.Contains(out.screen(80, 24), "end") {
			t.Errorf("screen:\n%s", out.screen(80, 24))
		}
		p.Leave()
	})
}

// TestRepaint writes what is on the screen again.
func TestRepaint(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &line{}
		p := painting(t, out, options())
		draw(p, page(0))
		for range 2 {
			p.Repaint()
			time.Sleep(pace)
			draw(p, page(0))
		}
		first := strings.Index(out.writes[0], ansi.EraseEntireScreen)
		if out.count() != 3 || out.writes[1] != out.writes[2] ||
			!strings.HasSuffix(out.writes[1], out.writes[0][first:]) {
			t.Errorf("written %q", out.writes)
		}
		p.Leave()
	})
}

// TestSynchronized: a terminal that can show changes at once is told where large ones begin and end.
func TestSynchronized(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		term  string
		value ansi.ModeSetting
		marks int
	}{
		{"xterm-256color", ansi.ModeReset, 1},
		{"xterm-256color", ansi.ModeNotRecognized, 0},
		{"xterm-256color", ansi.ModePermanentlyReset, 0},
		{"xterm-kitty", ansi.ModeReset, 2}, // from the first frame on
		{"foot-extra", ansi.ModeReset, 2},
		{"screen.xterm-kitty", ansi.ModeReset, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			out := &line{}
			p := painting(t, out, Options{Getenv: func(string) string { return c.term }})
			draw(p, page(0))
			p.Answered(tea.ModeReportMsg{Mode: ansi.ModeSynchronizedOutput, Value: c.value})
			for _, text := range []string{page(1), strings.Replace(page(1), "end", "END", 1)} { // much, and little
				time.Sleep(pace)
				draw(p, text)
			}
			p.Leave()
			marks := strings.Count(out.written(), ansi.SetModeSynchronizedOutput)
			ends := strings.Count(out.written(), ansi.ResetModeSynchronizedOutput)
			if marks != c.marks || ends != marks {
				t.Errorf("%s, answer %v: %d marks and %d ends, want %d", c.term, c.value, marks, ends, c.marks)
			}
		})
	}
}

// TestClusters: a terminal that can measure whole clusters is told to, each time the screen is entered, until it is left.
func TestClusters(t *testing.T) {
	t.Parallel()
	for value, want := range map[ansi.ModeSetting]int{
		ansi.ModeNotRecognized: 0, ansi.ModeReset: 1, ansi.ModeSet: 1, ansi.ModePermanentlySet: 1,
		ansi.ModePermanentlyReset: 0,
	} {
		synctest.Test(t, func(t *testing.T) {
			out := &line{}
			p := painting(t, out, options())
			draw(p, page(0))
			p.Answered(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: value})
			for range 2 {
				before := len(out.written())
				for n := range 3 {
					time.Sleep(pace)
					draw(p, page(n))
				}
				text := out.written()[before:]
				p.Leave()
				left := out.written()[before+len(text):]
				sets, resets := strings.Count(text, ansi.SetModeUnicodeCore), strings.Count(left, ansi.ResetModeUnicodeCore)
				if sets != want || resets != want {
					t.Errorf("answer %v: set %d times, reset %d times, want %d", value, sets, resets, want)
				}
				p.Enter(nil)
			}
			p.Leave()
		})
	}
}

// TestCursor: it is shown where a view has it, and hidden while much is written elsewhere.
func TestCursor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &line{}
		p := painting(t, out, options())
		for i, v := range []tea.View{{Content: page(0)}, {Content: page(1), Cursor: tea.NewCursor(3, 4)},
			{Content: page(1), Cursor: tea.NewCursor(5, 4)}, {Content: page(2), Cursor: tea.NewCursor(5, 4)},
			{Content: page(2)}} {
			before := len(out.written())
			p.Draw(v, 80, 24)
			time.Sleep(pace)
			synctest.Wait()
			text := out.written()[before:]
			hides, shows := strings.Contains(text, "\x1b[?25l"), strings.HasSuffix(text, "\x1b[?25h")
			want := [][2]bool{{true, false}, {false, true}, {false, false}, {true, true}, {true, false}}[i]
			if hides != want[0] || shows != want[1] {
				t.Errorf("view %d hides the cursor %v, shows it %v: %q", i, hides, shows, text)
			}
		}
		p.Leave()
		if strings.Contains(out.written(), " q") {
			t.Error("the cursor has another shape")
		}
	})
}

// TestPanic gives the terminal back, and is told without its text.
func TestPanic(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out, told := &line{}, false
		p := New(out, options())
		p.Enter(func() { told = true })
		draw(p, "x")
		out.broken = true
		time.Sleep(pace)
		draw(p, "y")
		if !told || !strings.HasSuffix(out.written(), end) || strings.Contains(out.written(), "canary") {
			t.Errorf("told %v, written %q", told, out.written())
		}
		draw(p, "z") // harmless
		p.Leave()
	})
}

// TestFailedWrite: what a failed write leaves on the screen is unknown, so all of it is written again.
func TestFailedWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &line{}
		p := painting(t, out, options())
		draw(p, page(0))
		out.set(errors.New("not now"))
		time.Sleep(pace)
		draw(p, page(1))
		out.set(nil)
		time.Sleep(pace)
		draw(p, page(1)) // the same, and yet not seen
		if !strings.Contains(out.screen(80, 24), "page 1") || !strings.HasPrefix(out.writes[1], settle) {
			t.Errorf("screen:\n%s", out.screen(80, 24))
		}
		out.set(errors.New("not now"))
		time.Sleep(pace)
		draw(p, page(2))
		out.set(nil)
		p.Leave()
		if last := out.writes[len(out.writes)-1]; last != settle+erase+end {
			t.Errorf("left with %q", last)
		}
	})
}

// TestNoFrameAfterEnd: a frame that waits for its turn is given up.
func TestNoFrameAfterEnd(t *testing.T) {
	t.Parallel()
	for range 20 {
		synctest.Test(t, func(t *testing.T) {
			out := &line{}
			p := painting(t, out, options())
			draw(p, "x")
			draw(p, "y")
			p.Leave()
			if out.count() != 2 || !strings.HasSuffix(out.written(), "x"+erase+end) {
				t.Errorf("written %q", out.writes)
			}
		})
	}
}

// failsOnce fails the first write after it is armed, as a line does whose unread output was dropped.
type failsOnce struct {
	line
	armed bool
}

func (f *failsOnce) Write(b []byte) (int, error) {
	n, err := f.line.Write(b)
	if f.armed {
		f.armed, err = false, errors.New("dropped")
	}
	return n, err
}

// TestLeftTwice: if the end may be lost, it is written again. The screen of before is not erased.
func TestLeftTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &failsOnce{}
		_, _ = out.Write([]byte("what was there before"))
		p := New(out, options())
		p.Enter(nil)
		draw(p, "x")
		out.armed = true
		p.Leave()
		if got := out.writes[2:]; len(got) != 2 || got[0] != erase+end || got[1] != settle+end {
			t.Errorf("left with %q", got)
		}
		if got := out.screen(80, 24); !strings.HasPrefix(got, "what was there before") {
			t.Errorf("screen:\n%s", got)
		}
	})
}

// settling is a line that keeps how it is settled.
type settling struct {
	line
	by []string
}

func (s *settling) Settle(text string) { s.by = append(s.by, text) }

// TestSettle: the line knows how to settle the terminal, while the screen is drawn and afterwards.
func TestSettle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &settling{}
		p := New(out, options())
		p.Enter(nil)
		p.Copy("one")
		synctest.Wait()
		if len(out.by) > 0 {
			t.Errorf("before the first frame: %q", out.by)
		}
		draw(p, "x")
		time.Sleep(pace)
		draw(p, "y")
		p.Leave()
		if want := []string{settle, settle + end}; !slices.Equal(out.by, want) {
			t.Errorf("settled by %q, want %q", out.by, want)
		}
	})
}

// TestCopy goes out at once, and also if the program ends behind it.
func TestCopy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &line{}
		p := painting(t, out, options())
		draw(p, "x")
		p.Copy("one")
		p.Copy("two")
		p.Leave()
		want := ansi.SetSystemClipboard("one") + ansi.SetSystemClipboard("two") + erase + end
		if !strings.HasSuffix(out.written(), want) {
			t.Errorf("written %q", out.written())
		}
		p = painting(t, out, options())
		draw(p, "x")
		time.Sleep(pace)
		p.Copy("three")
		synctest.Wait()
		if !strings.HasSuffix(out.written(), ansi.SetSystemClipboard("three")) {
			t.Error("it waits for a frame")
		}
		p.Leave()
	})
}
