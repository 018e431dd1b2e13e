// Package termtest shows everything that a text does to a terminal, for tests of drawn output.
package termtest

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"pleo-connect/flow/flowtest"
)

// Screen is a terminal after something was written to it.
type Screen struct {
	cells  [][]cell
	events []string // titles, modes, bells and the like, in order
	answer string   // what the terminal sent back
	at     string   // where the cursor is, and how much has scrolled out of sight
}

type cell struct {
	content string
	width   int
	look    [2]any // style and link
}

// After returns a terminal of the given size after output was written to it.
func After(width, height int, output string) Screen {
	e := vt.NewEmulator(width, height)
	var s Screen
	e.SetCallbacks(s.callbacks())
	var answer bytes.Buffer
	answered := make(chan struct{})
	go func() { defer close(answered); _, _ = io.Copy(&answer, e) }() // otherwise a query freezes the emulator
	_, _ = io.WriteString(e, output)
	_ = e.InputPipe().(io.Closer).Close()
	<-answered
	s.answer = answer.String()
	s.at = fmt.Sprint(e.CursorPosition(), e.ScrollbackLen(), e.IsAltScreen())
	for y := range height {
		row := make([]cell, width)
		for x := range width {
			if c := e.CellAt(x, y); c != nil {
				row[x] = cell{c.Content, c.Width, [2]any{c.Style, c.Link}}
			}
		}
		s.cells = append(s.cells, row)
	}
	return s
}

func (s *Screen) callbacks() vt.Callbacks {
	tell := func(format string, args ...any) { s.events = append(s.events, fmt.Sprintf(format, args...)) }
	return vt.Callbacks{
		Bell:             func() { tell("bell") },
		Title:            func(t string) { tell("title %q", t) },
		IconName:         func(t string) { tell("icon %q", t) },
		AltScreen:        func(on bool) { tell("other screen %v", on) },
		CursorVisibility: func(on bool) { tell("cursor %v", on) },
		CursorStyle:      func(style vt.CursorStyle, blink bool) { tell("cursor style %v %v", style, blink) },
		CursorColor:      func(c color.Color) { tell("colour of the cursor %v", c) },
		BackgroundColor:  func(c color.Color) { tell("background %v", c) },
		ForegroundColor:  func(c color.Color) { tell("foreground %v", c) },
		WorkingDirectory: func(d string) { tell("directory %q", d) },
		EnableMode:       func(m ansi.Mode) { tell("mode %v on", m) },
		DisableMode:      func(m ansi.Mode) { tell("mode %v off", m) },
	}
}

// Check requires that a text from outside changed nothing but its own cells: the other screen is the same with the
// replacement of the text. It reports whether the text is visible at all.
func Check(t testing.TB, got, standIn Screen) (seen bool) {
	t.Helper()
	if g, w := strings.Join(got.events, ", "), strings.Join(standIn.events, ", "); g != w {
		t.Errorf("the terminal did %s; without the text %s", g, w)
	}
	if got.answer != standIn.answer {
		t.Errorf("the terminal answered %q; without the text %q", got.answer, standIn.answer)
	}
	if got.at != standIn.at {
		t.Errorf("the cursor is at %s; without the text at %s", got.at, standIn.at)
	}
	for y, row := range standIn.cells {
		for x, want := range row {
			own := want.content == flowtest.StandInNarrow || want.content == flowtest.StandInWide
			seen = seen || own
			if own && plain(got.cells[y][x].content) {
				want.content = got.cells[y][x].content // its own content, and no other look
			}
			if got.cells[y][x] != want {
				t.Errorf("row %d, column %d: %+v; without the text %+v\n%s", y, x, got.cells[y][x], want, got)
				return true
			}
		}
	}
	return seen
}

// CheckQuiet requires that only plain characters were drawn: no query, no mode, no title, no colour.
func CheckQuiet(t testing.TB, s Screen) {
	t.Helper()
	if len(s.events) > 0 || s.answer != "" {
		t.Errorf("the terminal did %q and answered %q", s.events, s.answer)
	}
	look := s.cells[len(s.cells)-1][0].look // an empty cell has none
	for y, row := range s.cells {
		for x, c := range row {
			if c.look != look {
				t.Errorf("row %d, column %d: %+v", y, x, c)
				return
			}
		}
	}
}

// plain reports whether a cell may hold content: one visible character, with two combining marks at most.
func plain(content string) bool {
	return utf8.RuneCountInString(content) <= 3 && !strings.ContainsFunc(content, hidden)
}

// hidden does not use the code under test.
func hidden(r rune) bool {
	return unicode.In(r, unicode.C, unicode.Variation_Selector, unicode.Zl, unicode.Zp) ||
		strings.ContainsRune("\u115f\u1160\u3164\uffa0\u2800\u034f", r)
}

// CheckLines requires that lines hold only visible characters and no pile of combining marks. Styled text also has
// escape sequences, and BEL, which ends a link.
func CheckLines(t testing.TB, text string, styled bool) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("not UTF-8: %q", text)
	}
	marks := 0
	for i, r := range text {
		if marks++; !unicode.Is(unicode.M, r) {
			marks = 0
		}
		if hidden(r) && r != '\n' && (r != ansi.ESC && r != ansi.BEL || !styled) || marks > 2 {
			t.Errorf("U+%04X in %q", r, text[max(0, i-20):min(len(text), i+20)])
			return
		}
	}
}

// String returns what a person reads.
func (s Screen) String() string {
	var out strings.Builder
	for _, row := range s.cells {
		for _, c := range row {
			if c.width > 0 {
				out.WriteString(c.content)
			}
		}
		out.WriteByte('\n')
	}
	return out.String()
}
