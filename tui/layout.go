package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
)

// MinWidth and MinHeight are the size of the smallest window that can be drawn in, in columns and rows.
const MinWidth, MinHeight = 40, 12

// Sizes in columns and rows.
const (
	roomyWidth, roomyHeight = 60, 20 // from this size on there is a rail and white space
	spaciousHeight          = 24
	wideWidth, wideHeight   = 100, 30 // from this size on the content is in the middle
	margin                  = 2       // on both sides; in a narrow window only on the left
	maxWidth                = 80      // of the content: a wider window is not filled
	maxProse                = 72      // of running text
	tall                    = 26      // rows of the frame, if the window has more and the page does not need them
)

// look is what a frame depends on, besides the state and the screen.
type look struct {
	width, height int
	styles        styles
	glyphs        glyphs
	ascii         bool
	hint          string    // the scenario of the demo
	ready         bool      // an answer counts on a screen that appeared by itself
	told          flow.Text // why the last answer did not count; empty: it did
	endSeen       bool      // the end of what must be seen was in sight
}

func newLook(opt Options) look {
	l := look{
		width: 80, height: 24, styles: newStyles(opt.Colors), glyphs: unicodeGlyphs,
		ascii: opt.ASCII, hint: opt.DemoHint,
	}
	if opt.ASCII {
		l.glyphs = asciiGlyphs
	}
	return l
}

func (l look) tooSmall() bool { return l.width < MinWidth || l.height < MinHeight }

// frame is what a screen draws with: the inner width, and room for the body of a page.
type frame struct {
	look
	book *flow.Book
	w, h int
	left int // columns to the left of the content
	tick int // of the spinner
}

// drawing is a whole frame.
type drawing struct {
	text        string
	cursor      *tea.Cursor
	scrollLimit int  // how far the body can be scrolled; 0: it fits
	page        int  // how far a page is: one row of it stays in sight
	mustSee     bool // something must be seen before an answer counts
	endInSight  bool // of that
}

// draw is the only way from a state to a frame. It changes nothing.
func (l look) draw(s flow.State, sc screen, scroll, tick int) drawing {
	if l.tooSmall() {
		return drawing{text: l.finish(l.tooSmallRows(s))}
	}
	f, top := l.frame(s, tick)
	return f.compose(top, sc.view(s, f), sc.keys(s, f), scroll)
}

// frame makes room for a page under the header and the rail.
func (l look) frame(s flow.State, tick int) (frame, []string) {
	f := frame{look: l, book: s.Book(), w: min(l.width-2*margin, maxWidth), left: margin, tick: tick}
	switch {
	case l.wide():
		f.left = (l.width - f.w) / 2
	case l.width < roomyWidth:
		f.w = l.width - margin
	}
	top := f.top(s)
	f.h = l.height - len(top) - f.footerRows()
	return f, top
}

// compose puts a page between the top and the footer. In a wide window a third of the free rows is above.
func (f frame) compose(top []string, p page, keys []key.Binding, scroll int) drawing {
	b := f.lay(p, scroll)
	rows := slices.Concat(top, b.rows)
	n := max(len(rows)+f.footerRows(), min(f.height, tall))
	for len(rows) < n-1 {
		rows = append(rows, "")
	}
	switch {
	case b.limit == 0:
	case p.end > 0 && !b.endInSight && !f.endSeen: // before the permissions are allowed
		keys = append([]key.Binding{bindings().scroll}, keys...)
	default:
		keys = append(keys, bindings().scroll)
	}
	rows = append(rows, f.footer(keys))
	for i, row := range rows {
		rows[i] = f.indent(row)
	}
	above := 0
	if f.wide() {
		above = (f.height - n) / 3
		rows = append(make([]string, above), rows...)
	}
	d := drawing{text: f.finish(rows), scrollLimit: b.limit, page: b.page, mustSee: p.end > 0}
	d.endInSight = d.mustSee && b.endInSight
	if b.cursor != nil {
		d.cursor = tea.NewCursor(b.cursor.X+f.left, b.cursor.Y+len(top)+above)
	}
	return d
}

// finish cuts what is too wide, and replaces signs that the terminal cannot draw.
func (l look) finish(rows []string) string {
	for i, row := range rows {
		if len(row) > l.width && widthOf(row) > l.width {
			rows[i] = ansi.Truncate(row, l.width, l.glyphs.ellipsis)
		}
	}
	text := strings.Join(rows, "\n")
	if l.ascii {
		text = flow.ASCII(text)
	}
	return text
}

// tooSmallRows says how large the window should be, in as many rows as it has.
func (l look) tooSmallRows(s flow.State) []string {
	words := &s.Book().Screen
	text := words.TooSmall.Fill(flow.Values{
		Wanted: fmt.Sprintf("%dx%d", MinWidth, MinHeight), Value: fmt.Sprintf("%dx%d", l.width, l.height),
	})
	if s.Demo {
		text = l.demoMark(words) + " " + text
	}
	rows := strings.Split(ansi.Wordwrap(text, l.width, ""), "\n")
	return rows[:min(len(rows), max(l.height, 1))]
}

// spacious reports whether there is room for helpful texts besides the necessary ones.
func (l look) spacious() bool { return l.roomy() && l.height >= spaciousHeight }

func (l look) wide() bool { return l.width >= wideWidth && l.height >= wideHeight }

func (l look) roomy() bool { return l.width >= roomyWidth && l.height >= roomyHeight }

func (f frame) footerRows() int {
	if f.roomy() {
		return 2
	}
	return 1
}

// top returns the header and the progress rail, which share a row in a small window.
func (f frame) top(s flow.State) []string {
	rows := []string{f.header(s)}
	if !f.roomy() {
		if f.height > MinHeight+4 {
			rows = append(rows, "")
		}
		return rows
	}
	if f.height >= tall {
		rows = append([]string{""}, rows...)
	}
	return append(rows, "", f.rail(s), "")
}

func (f frame) header(s flow.State) string {
	right := f.styles.faint.Render(s.Environment())
	if s.Demo {
		right = f.demoMark(&f.book.Screen)
	}
	left := ""
	if !f.roomy() {
		left = f.shortRail(s, f.w-widthOf(right)-2) + "  "
	}
	if hint := f.hint; hint != "" && widthOf(left+s.Integration.Name+hint+right) < f.w {
		right = f.styles.faint.Render(hint) + "  " + right
	}
	name := ansi.Truncate(s.Integration.Name, max(f.w-widthOf(left+right)-2, 0), f.glyphs.ellipsis)
	return f.spread(left+f.styles.title.Render(name), right)
}

// footer puts the keys into one line. What does not fit is left out from the right; the help, which names it,
// and the way out stay.
func (f frame) footer(keys []key.Binding) string {
	separator := f.styles.plain.Render(" " + f.glyphs.dot + " ")
	out, tail := "", f.keyHint(bindings().quit)
	for _, b := range keys {
		if isHelp(b) {
			tail = f.keyHint(b) + separator + tail
		}
	}
	room := f.w - widthOf(tail)
	for _, b := range keys {
		if text := f.keyHint(b) + separator; b.Enabled() && !isHelp(b) && widthOf(out+text) <= room {
			out += text
		}
	}
	return out + tail
}

// fits reports whether the footer has room for a key and the way out.
func (f frame) fits(b key.Binding) bool {
	return widthOf(f.footer([]key.Binding{b})) > widthOf(f.footer(nil))
}

func (f frame) keyHint(b key.Binding) string {
	return f.styles.plain.Render(strings.TrimSpace(b.Help().Key + " " + f.meaning(b)))
}

// meaning returns what a key does, in words.
func (f frame) meaning(b key.Binding) string { return meaning(&f.book.Screen, b) }

func meaning(words *flow.ScreenWords, b key.Binding) string {
	if b.Help() == bindings().closeHelp.Help() {
		return words.CloseHelp.String()
	}
	return words.Footer.Get(b.Help().Desc).String()
}
