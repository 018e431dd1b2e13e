package tui

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
)

// TestMain collects garbage less often: drawing hundreds of thousands of frames leaves much of it, and keeps none.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// sampledSize picks a quarter of the sizes of a scene, others in each scene, so that all are drawn. Short runs, which are
// those with the race detector, draw some twenty.
func sampledSize(scene, w, h int) bool {
	if testing.Short() {
		return (w*60+h+scene*13)%601 == 0
	}
	return (w+2*h+scene)%4 == 0
}

// TestEverySize draws the scenes at every size from one cell to 200x60. Nothing is outside the window, and from
// 40x12 on nothing is lost.
func TestEverySize(t *testing.T) {
	t.Parallel()
	for n, sc := range scenes {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			c := newSizeCheck(sc.make(t))
			above := make([]sized, 201)
			for h := 1; h <= 60; h++ {
				var before sized
				for w := 1; w <= 200; w++ {
					if sampledSize(n, w, h) {
						before = c.check(t, w, h, before, above[w])
						above[w] = before
					}
				}
			}
		})
	}
}

// TestEverySizeInASCII does the same with the other set of signs, at some sizes of each layout.
func TestEverySizeInASCII(t *testing.T) {
	t.Parallel()
	for n, sc := range scenes {
		c := newSizeCheck(sc.make(t))
		c.look.ascii, c.look.glyphs = true, asciiGlyphs
		for i, h := range []int{1, 11, 12, 16, 17, 19, 20, 25, 26, 60} {
			for j, w := range []int{1, 39, 40, 47, 59, 60, 79, 80, 84, 200} {
				if !testing.Short() || (i+j+n)%5 == 0 {
					c.check(t, w, h)
				}
			}
		}
	}
}

// sized is a scene at one size: what its screen gave to the layout, and the top of it as a frame.
type sized struct {
	page  page
	frame drawing
}

func (s sized) same(o sized) bool {
	cursor, other := s.frame.cursor, o.frame.cursor
	return s.frame.text == o.frame.text && s.page.title == o.page.title &&
		(cursor == nil) == (other == nil) && (cursor == nil || cursor.Position == other.Position) &&
		slices.Equal(s.page.rows, o.page.rows) && slices.Equal(s.page.pinned, o.page.pinned) &&
		slices.Equal(s.page.notice, o.page.notice)
}

// sizeCheck looks at one scene at many sizes. Most lines are the same at many of them, and are measured once.
type sizeCheck struct {
	*face
	lines map[string]measured
}

// measured is what a line comes to on a terminal.
type measured struct {
	width int
	text  string
	words []string
}

func newSizeCheck(f *face) sizeCheck { return sizeCheck{f, map[string]measured{}} }

func (c sizeCheck) measure(line string) measured {
	m, ok := c.lines[line]
	if !ok {
		m = measured{width: ansi.StringWidth(line), text: ansi.Strip(line)}
		m.words = strings.Fields(m.text)
		c.lines[line] = m
	}
	return m
}

// check looks at the scene at one size, at every position of its scrolling. A frame that is the same as at one of the
// sizes before, which are smaller, and has nothing out of sight, was looked at already.
func (c sizeCheck) check(t *testing.T, w, h int, before ...sized) sized {
	t.Helper()
	l := c.look
	l.width, l.height = w, h
	if l.tooSmall() {
		c.checkFrame(t, "too small", l.draw(c.state, c.screen, 0, 0), w, h)
		return sized{}
	}
	fr, top := l.frame(c.state, 0)
	keys := c.screen.keys(c.state, fr)
	now := sized{page: c.screen.view(c.state, fr)}
	now.frame = fr.compose(top, now.page, keys, 0)
	for _, smaller := range before {
		if now.frame.scrollLimit == 0 && smaller.frame.text != "" && now.same(smaller) {
			return now
		}
	}
	seen := map[string]bool{}
	words := map[string]bool{}
	var rows strings.Builder // in their order
	for scroll := range now.frame.scrollLimit + 1 {
		d := now.frame
		if scroll > 0 {
			d = fr.compose(top, now.page, keys, scroll)
		}
		lines := c.checkFrame(t, fmt.Sprintf("scrolled by %d", scroll), d, w, h)
		for _, line := range lines {
			if !seen[line.text] {
				seen[line.text] = true
				rows.WriteString(line.text)
				for _, word := range line.words {
					words[word] = true
				}
			}
		}
		if (now.page.cursor == nil) != (d.cursor == nil) {
			t.Fatalf("at %dx%d the page has the cursor %v, the frame %v:\n%s", w, h, now.page.cursor, d.cursor,
				ansi.Strip(d.text))
		}
		if footer := lines[len(lines)-1].text; !strings.HasSuffix(footer, c.hintOf(bindings().quit)) {
			t.Fatalf("at %dx%d there is no way out in the footer %q", w, h, footer)
		}
	}
	if lost := c.lost(now.page, fr, seen, words, unbroken(rows.String())); lost != nil {
		t.Fatalf("at %dx%d these are never in sight: %q\n%s", w, h, lost, ansi.Strip(now.frame.text))
	}
	return now
}

// lost returns the lines and the words of a page that are in none of the lines seen, which are rows in their order.
func (c sizeCheck) lost(p page, f frame, seen, words map[string]bool, rows string) []string {
	var out []string
	need := func(line string, among map[string]bool) {
		if f.ascii {
			line = flow.ASCII(line)
		}
		if line = c.measure(line).text; !among[line] && strings.TrimSpace(line) != "" {
			out = append(out, line)
		}
	}
	for _, row := range slices.Concat(p.rows, p.pinned, p.notice) {
		need(f.indent(row), seen)
	}
	if p.link != "" {
		for part := range strings.SplitSeq(ansi.Hardwrap(p.link, f.width, true), "\n") {
			need(part, words)
		}
	}
	for _, word := range strings.Fields(p.title + " " + p.under) {
		if !strings.Contains(rows, unbroken(c.measure(word).text)) { // it may be broken, as at a hyphen
			need(word, words)
		}
	}
	return out
}

// checkFrame fails when a frame is larger than the window, or its cursor outside of it. It returns the lines.
func (c sizeCheck) checkFrame(t *testing.T, what string, d drawing, w, h int) []measured {
	t.Helper()
	var lines []measured
	for line := range strings.SplitSeq(d.text, "\n") {
		lines = append(lines, c.measure(line))
	}
	if len(lines) > h {
		t.Fatalf("%s at %dx%d: %d lines:\n%s", what, w, h, len(lines), ansi.Strip(d.text))
	}
	for i, line := range lines {
		if line.width > w {
			t.Fatalf("%s at %dx%d: line %d is %d wide: %q", what, w, h, i+1, line.width, line.text)
		}
	}
	if c := d.cursor; c != nil && (c.X < 0 || c.X >= w || c.Y < 0 || c.Y >= len(lines)) {
		t.Fatalf("%s at %dx%d: the cursor is outside, at %d,%d", what, w, h, c.X, c.Y)
	}
	return lines
}

// TestEveryKeyIsNamed looks for each key that a scene takes, in the footer or in the help that the footer names.
func TestEveryKeyIsNamed(t *testing.T) {
	t.Parallel()
	for n, sc := range scenes {
		for w := MinWidth; w <= 100; w++ {
			if testing.Short() && (w+n)%10 != 0 {
				continue
			}
			f := sc.make(t).size(w, MinHeight).fresh()
			keys := slices.DeleteFunc(f.keys(), func(b key.Binding) bool { return !b.Enabled() })
			if f.drawing().scrollLimit > 0 {
				keys = append(keys, bindings().scroll)
			}
			if len(f.notIn(f.text(), keys)) == 0 {
				continue
			}
			if at := slices.IndexFunc(keys, isHelp); at >= 0 {
				if f.notIn(f.text(), keys[at:at+1]) != nil {
					t.Fatalf("%s at %d columns: keys are left out, and no help is named:\n%s", sc.name, w, f.text())
				}
				f.press(keys[at].Keys()[0])
			}
			if missing := f.notIn(f.everything(), slices.DeleteFunc(keys, isHelp)); len(missing) > 0 {
				t.Fatalf("%s at %d columns: %q are in no help:\n%s", sc.name, w, missing, f.everything())
			}
		}
	}
}

func (f *face) hintOf(b key.Binding) string {
	return strings.TrimSpace(b.Help().Key + " " + meaning(&f.state.Book().Screen, b))
}

// notIn returns the keys whose name and meaning are not beside each other in text.
func (f *face) notIn(text string, keys []key.Binding) []string {
	text = strings.Join(strings.Fields(text), " ")
	var out []string
	for _, b := range keys {
		if hint := f.hintOf(b); !strings.Contains(text, hint) {
			out = append(out, hint)
		}
	}
	return out
}

// everything returns the frames of all positions of the scrolling.
func (f *face) everything() string {
	var out strings.Builder
	for f.scroll = 0; f.scroll <= f.drawing().scrollLimit; f.scroll++ {
		out.WriteString(f.text())
	}
	f.scroll = 0
	return out.String()
}

// TestSizeKeepsThePlace changes the size of the window under a scrolled page: the next key scrolls
// from what is in sight.
func TestSizeKeepsThePlace(t *testing.T) {
	t.Parallel()
	f := at(t, thirty(), goodWorld()).size(40, 12)
	for range 200 {
		f.Update(tea.KeyPressMsg{Code: tea.KeyDown})
	}
	limit := f.drawing().scrollLimit
	if f.scroll != limit {
		t.Fatalf("scrolled to %d of %d", f.scroll, limit)
	}
	f.size(60, 16)
	less := f.drawing().scrollLimit
	if less == 0 || less >= limit {
		t.Fatalf("the larger window has the limit %d, the smaller %d", less, limit)
	}
	if f.press("up"); f.scroll != less-1 {
		t.Errorf("one up from the end of the larger window leads to %d, want %d", f.scroll, less-1)
	}
}
