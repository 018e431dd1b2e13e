package tui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
)

// longWords is an integration whose every text is long, wide and hard to wrap.
func longWords() (flow.Setup, *world) {
	setup := finance()
	i := &setup.Integration
	i.Name = strings.Repeat("帳簿", 30)
	i.Vendor = strings.Repeat("V", 120)
	i.ReturnURL = "https://app.pleo.io/" + strings.Repeat("deep/", 60)
	i.ReturnHint = strings.Repeat("Settings > ", 20)
	for n := range 12 {
		title := fmt.Sprintf("Read number %d %s", n, strings.Repeat("and more ", 20))
		i.Permissions = append(i.Permissions, flow.Permission{Scope: "a-very-long-scope-name:read", Title: title})
	}
	return setup, with(func(w *world) { w.Name = strings.Repeat("ß", 80) })
}

func TestBoundsLongWords(t *testing.T) {
	t.Parallel()
	for n := range len(done) + 1 {
		setup, w := longWords()
		f := at(t, setup, w, done[:n]...).fresh()
		for _, size := range [][2]int{{40, 12}, {41, 13}, {59, 19}, {60, 20}, {80, 24}, {80, 25}, {100, 30}, {160, 50}} {
			checkFrame(t, f.state.Step.String(), f.size(size[0], size[1]).drawing(), size[0], size[1])
		}
	}
}

func TestTooSmall(t *testing.T) {
	t.Parallel()
	f := at(t, finance(), goodWorld(), toKey...).typeText("ab")
	f.size(39, 12)
	if got, want := f.text(), "this needs 40x12, the window is 39x12;…\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	f.typeText("xyz").press("enter", "esc")
	f.size(120, 11)
	if got, want := f.text(), "this needs 40x12, the window is 120x11; nothing is lost\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	f.size(80, 24)
	if got := string(f.typed.typed); got != "ab" || f.state.Step != flow.StepKey {
		t.Errorf("typed %q at %s; what was typed unseen must not count, and what was there must stay", got, f.state.Step)
	}
}

func TestTooSmallTakesPasteAndQuit(t *testing.T) {
	t.Parallel()
	f := at(t, finance(), goodWorld()).size(20, 5)
	f.Update(pasteOf(canary))
	if f.state.Key.IsZero() {
		t.Error("a paste into a small window was lost")
	}
	if f.press("ctrl+c"); f.state.Step != flow.StepOver {
		t.Error("ctrl+c does not work in a small window")
	}
}

// TestDemoMark looks for the mark in every frame of the demo.
func TestDemoMark(t *testing.T) {
	t.Parallel()
	f := demoFace(t)
	for _, ev := range []flow.Event{nil, flow.Allow{}, pasted, flow.Confirm{}} {
		if ev != nil {
			f.tell(ev)
		}
		for _, size := range [][2]int{{20, 5}, {40, 12}, {41, 40}, {80, 24}, {160, 50}} {
			if !strings.Contains(f.size(size[0], size[1]).text(), " DEMO ") && !strings.Contains(f.text(), " DEMO\n") {
				t.Errorf("%s at %v has no DEMO mark:\n%s", f.state.Step, size, f.text())
			}
		}
	}
}

func TestASCII(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		for _, size := range sizes {
			f := sc.make(t).size(size[0], size[1])
			f.look.ascii, f.look.glyphs = true, asciiGlyphs
			for _, r := range f.text() {
				if r > 126 {
					t.Errorf("%s at %v draws %q", sc.name, size, r)
				}
			}
		}
	}
	w := with(func(w *world) { w.Name = "Bäckerei 帳簿" })
	f := at(t, finance(), w, checked...)
	f.look.ascii, f.look.glyphs = true, asciiGlyphs
	if !strings.Contains(f.text(), `"Bäckerei 帳簿"`) {
		t.Errorf("a name in another script must stay:\n%s", f.text())
	}
}

// TestGlyphsAreNarrow holds both sets to one column.
func TestGlyphsAreNarrow(t *testing.T) {
	t.Parallel()
	for _, g := range []glyphs{unicodeGlyphs, asciiGlyphs} {
		all := append([]string{
			g.done, g.failed, g.unknown, g.waiting, g.bullet, g.dot, g.bar, g.line, g.underline, g.up, g.down, g.prompt,
			g.mask, g.ellipsis, g.buttonLeft, g.buttonRight,
		}, g.spinner...)
		for _, glyph := range all {
			if ansi.StringWidth(glyph) != 1 {
				t.Errorf("%q is not one column wide", glyph)
			}
		}
		marks := map[string]bool{g.done: true, g.failed: true, g.unknown: true, g.waiting: true}
		if len(marks) != 4 {
			t.Errorf("marks must differ without colour: %v", marks)
		}
	}
}

// TestScroll reaches every line of a long body, and no further.
func TestScroll(t *testing.T) {
	t.Parallel()
	setup, w := longWords()
	f := at(t, setup, w).size(80, 24)
	if !strings.Contains(f.text(), "below") || strings.Contains(f.text(), "above") {
		t.Fatalf("a long list must say that there is more:\n%s", f.text())
	}
	if f.press("down", "down"); !strings.Contains(f.text(), "2 above") {
		t.Errorf("two down must hide two lines:\n%s", f.text())
	}
	f.scroll = f.drawing().scrollLimit
	f.press("down")
	if text := f.text(); strings.Contains(text, "below") || !strings.Contains(text, "kept encrypted on this computer") || !strings.Contains(text, "Allow") {
		t.Errorf("the end is not in sight:\n%s", text)
	}
	f.press("up")
	if !strings.Contains(f.text(), "1 below") {
		t.Errorf("one up from the end must hide one line:\n%s", f.text())
	}
	f.tell(flow.Allow{})
	if f.scroll != 0 {
		t.Error("a new step must begin at its top")
	}
}

// TestLinks holds the return link to column 0, alone on its line, as a link with an id whose text is the address.
func TestLinks(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		f := at(t, finance(), goodWorld(), done...).size(size[0], size[1])
		want := "\x1b]8;id=return;https://app.pleo.io\x1b\\https://app.pleo.io\x1b]8;;\x1b\\"
		if content := strings.ReplaceAll(f.View().Content, "\x07", "\x1b\\"); !strings.Contains(content, "\n"+want+"\n") {
			t.Errorf("at %v the link is not alone on an unindented line:\n%q", size, content)
		}
	}
	setup, w := longWords()
	f := at(t, setup, w, done...).size(80, 40)
	joined := strings.ReplaceAll(f.text(), "\n", "")
	if !strings.Contains(joined, setup.Integration.ReturnURL) || strings.Count(f.View().Content, ";id=return;") != 4 {
		t.Errorf("a long link must be whole, each row with the same id:\n%q", f.View().Content)
	}
}
