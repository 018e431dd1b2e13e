package paint

import (
	"bytes"
	"io"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// The modes of the full screen. Keys are disambiguated with both protocols, because terminals know one or the other, or
// neither. The shape of the cursor stays that of the person.
//
// Sources: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html,
// https://sw.kovidgoyal.net/kitty/keyboard-protocol/
const (
	begin = ansi.ResetModifyOtherKeys + ansi.SetModeAltScreenSaveCursor
	modes = ansi.SetModeBracketedPaste + ansi.SetModeFocusEvent + ansi.SetModifyOtherKeys2 + "\x1b[>1u"
	query = ansi.RequestModeSynchronizedOutput + ansi.RequestModeUnicodeCore

	// The screen is erased first: a terminal without a second one, such as GNU screen by default, has drawn the frames
	// in its only window, and what is printed next would be written over the last.
	erase = ansi.CursorHomePosition + ansi.EraseScreenBelow
	end   = ansi.ResetModifyOtherKeys + "\x1b[<1u" + ansi.ResetModeAltScreenSaveCursor +
		ansi.SetModeTextCursorEnable + ansi.ResetModeBracketedPaste + ansi.ResetModeFocusEvent
	// settle ends what a write that was cut has begun: a sequence, a string, margins, insert mode, a line that does not
	// wrap, synchronized output, a link, a style. Margins move the cursor, which may be on the screen of before.
	settle = "\x18\x1b\\" + ansi.SaveCursor + noMargins + ansi.RestoreCursor +
		ansi.ResetModeInsertReplace + ansi.SetModeAutoWrap +
		ansi.ResetModeSynchronizedOutput + "\x1b]8;;\a" + ansi.ResetStyle
	noMargins = "\x1b[r"
)

// small is how many bytes change the screen without a flicker.
const small = 64

// screen is what the terminal shows. Only the goroutine of the painter uses it.
type screen struct {
	out     io.Writer
	ask     bool
	begun   bool  // something was written
	unknown bool  // a write failed, so what is on the screen is unknown
	now     frame // is on the screen
	pointed bool  // the cursor is shown
	cells   uv.ScreenBuffer
	diff    *uv.TerminalRenderer
	changes bytes.Buffer // what diff writes
}

func newScreen(out io.Writer, opt Options) *screen {
	s := &screen{out: out, pointed: true}
	s.diff = uv.NewTerminalRenderer(&s.changes, []string{"TERM=" + opt.Getenv("TERM")})
	s.diff.SetColorProfile(opt.Profile)
	s.diff.SetTabStops(-1) // a person may have changed them
	s.diff.SetMapNewline(true)
	s.diff.SetScrollOptim(true)
	s.diff.SetFullscreen(true)
	return s
}

// show writes beside, and what makes the screen show f. It reports whether anything was to be written.
func (s *screen) show(f frame, beside string) bool {
	if f.text != "" && (f != s.now || s.unknown) {
		beside += s.change(f)
	}
	if beside == "" {
		return false
	}
	_, err := s.out.Write([]byte(beside))
	s.unknown = err != nil
	return true
}

// change returns what makes the screen show a frame.
func (s *screen) change(f frame) string {
	first := ""
	switch {
	case !s.begun:
		s.settled(settle)
		first = begin
		_, _ = s.diff.WriteString(modes)
		if s.ask {
			_, _ = s.diff.WriteString(query)
		}
	case s.unknown:
		first = settle
		s.pointed = !f.pointed // the cursor is hidden or shown again
	}
	if f.clusters != s.now.clusters {
		_, _ = s.diff.WriteString(ansi.SetModeUnicodeCore)
	}
	resized := f.width != s.now.width || f.height != s.now.height
	if !s.begun || s.unknown || resized || f.repaints != s.now.repaints {
		if s.begun && resized { // a frame for a smaller window may have come to a larger one, with its margins
			first += noMargins
		}
		s.cells = uv.NewScreenBuffer(f.width, f.height)
		s.diff.Resize(f.width, f.height)
		s.diff.Erase()
	}
	s.cells.Method = f.method()
	s.diff.SetWidthMethod(s.cells.Method)
	uv.NewStyledString(f.text).Draw(s.cells, s.cells.Bounds())
	s.diff.Render(s.cells.RenderBuffer)
	if f.pointed {
		s.diff.MoveTo(f.cursor.X, f.cursor.Y)
	}
	_ = s.diff.Flush() // a buffer takes everything
	text := s.changes.String()
	s.changes.Reset()
	s.now, s.begun = f, true
	return first + s.steady(text)
}

// steady keeps the cursor from being seen where changes are made, and lets a terminal that can show all changes at once
// do so.
func (s *screen) steady(text string) string {
	large := len(text) > small
	if s.pointed && (!s.now.pointed || large && !s.now.synchronized) {
		text = ansi.ResetModeTextCursorEnable + text
		s.pointed = false
	}
	if s.now.pointed && !s.pointed {
		text += ansi.SetModeTextCursorEnable
		s.pointed = true
	}
	if large && s.now.synchronized {
		text = ansi.SetModeSynchronizedOutput + text + ansi.ResetModeSynchronizedOutput
	}
	return text
}

// leave writes beside, and gives the screen back. If some of that may be lost, it is written again, but nothing is
// erased then: the screen may already be the one of before.
func (s *screen) leave(beside string) {
	erased, restored := "", ""
	if s.begun {
		erased, restored = erase, end
	}
	if s.now.clusters {
		restored += ansi.ResetModeUnicodeCore
	}
	text := beside + erased + restored
	if s.unknown {
		text = settle + text
	}
	if text == "" {
		return
	}
	again := settle + beside + restored
	if _, err := s.out.Write([]byte(text)); err != nil {
		_, _ = s.out.Write([]byte(again))
	}
	s.settled(again)
}

// settled tells an output that may drop what was written, also later and for the sake of what others write, how the
// terminal is settled then.
func (s *screen) settled(by string) {
	if out, ok := s.out.(interface{ Settle(text string) }); ok {
		out.Settle(by)
	}
}
