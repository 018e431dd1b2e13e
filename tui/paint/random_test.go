package paint

import (
	"fmt"
	"io"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/vt"
	"pgregory.net/rapid"
)

// TestRandomFrames judges an upgrade of ultraviolet, which has no releases: after any frames, a terminal shows the last
// one, exactly as a terminal that was new.
func TestRandomFrames(t *testing.T) {
	t.Parallel()
	word := rapid.SampledFrom([]string{
		"", " ", "     ", "word", "a longer text", "─────", "漢字", "é", "\x1b[1mbold\x1b[m",
		"\x1b[38;5;163;7m on \x1b[m",
		"\x1b[2m\x1b]8;id=x;https://pleo.example\afaint link\x1b]8;;\a\x1b[m",
	})
	row := rapid.Map(rapid.SliceOfN(word, 0, 6), func(w []string) string { return strings.Join(w, " ") })
	view := rapid.Custom(func(t *rapid.T) frame {
		f := frame{width: rapid.IntRange(1, 40).Draw(t, "width"), height: rapid.IntRange(1, 12).Draw(t, "height")}
		if rapid.Bool().Draw(t, "usual") {
			f.width, f.height = 30, 8
		}
		f.text = strings.Join(rapid.SliceOfN(row, 1, f.height).Draw(t, "rows"), "\n")
		f.pointed = rapid.Bool().Draw(t, "pointed")
		f.synchronized = rapid.Bool().Draw(t, "synchronized")
		f.cursor = tea.Position{
			X: rapid.IntRange(0, f.width-1).Draw(t, "x"), Y: rapid.IntRange(0, f.height-1).Draw(t, "y"),
		}
		return f
	})
	rapid.Check(t, func(t *rapid.T) {
		frames := rapid.SliceOfN(view, 1, 8).Draw(t, "frames")
		long := newTerminal(frames[0])
		defer long.close()
		s := newScreen(long, options())
		for i, f := range frames {
			if f.text == "" {
				f.text = " "
			}
			long.Resize(f.width, f.height)
			s.show(f, "")
			fresh := newTerminal(f)
			newScreen(fresh, options()).show(f, "")
			if got, want := long.seen(), fresh.seen(); got != want {
				t.Fatalf("after frame %d the terminal shows\n%q\nwant\n%q", i, got, want)
			}
			fresh.close()
		}
	})
}

// terminal shows what is written to it.
type terminal struct {
	*vt.Emulator
	pointed bool
}

func newTerminal(f frame) *terminal {
	e := &terminal{vt.NewEmulator(f.width, f.height), true}
	e.SetCallbacks(vt.Callbacks{CursorVisibility: func(on bool) { e.pointed = on }})
	return e
}

func (e *terminal) close() { _ = e.InputPipe().(io.Closer).Close() }

// Write maps line breaks, as a terminal does.
func (e *terminal) Write(p []byte) (int, error) {
	_, err := e.Emulator.WriteString(strings.ReplaceAll(string(p), "\n", "\r\n"))
	return len(p), err
}

func (e *terminal) seen() string {
	cursor := "hidden"
	if e.pointed {
		cursor = fmt.Sprint(e.CursorPosition())
	}
	return e.Render() + cursor
}
