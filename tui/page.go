package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
)

// laid is a page fitted into its room.
type laid struct {
	rows       []string
	limit      int
	page       int
	endInSight bool // of what must be seen
	cursor     *tea.Position
}

// lay puts a page into f.h rows. If it does not fit, the blank rows are dropped first, then the body scrolls. If even
// that leaves too little room, the notice moves under the headline, where it stays in sight if it is new.
func (f frame) lay(p page, scroll int) laid {
	body, foot := f.headline(p), f.foot(p)
	if len(foot) > f.h-4 {
		notice := squeeze(slices.Clone(p.notice), 1)
		p.notice = nil
		if f.told != "" {
			return f.under(append(body, notice...), notice, p, scroll)
		}
		body, foot = append(body, notice...), f.foot(p)
	}
	body = append(append(body, ""), p.rows...)
	past := len(p.rows) - p.end // rows after what must be seen
	body, after := body[:len(body)-past:len(body)-past], body[len(body)-past:]
	if len(foot) > f.h-4 { // an address that fills a page: everything scrolls
		return f.scrolled(body, append(after, foot...), nil, p, scroll)
	}
	over := len(body) + len(after) + 1 + len(foot) - f.h
	after = squeeze(after, over)
	body = squeeze(body, over-past+len(after))
	foot = squeeze(foot, len(body)+len(after)+1+len(foot)-f.h)
	return f.scrolled(body, after, foot, p, scroll)
}

// under puts a page into the room under its headline and a notice, which do not scroll. If they are too long, only the
// notice stays.
func (f frame) under(top, notice []string, p page, scroll int) laid {
	if len(top) > f.h-4 {
		top = notice
	} else {
		p.mark, p.title, p.under = "", "", ""
	}
	f.told = ""
	f.h -= len(top)
	out := f.lay(p, scroll)
	out.rows = append(top, out.rows...)
	return out
}

// scrolled draws the part of a body that is in sight. What must be seen ends where after begins.
func (f frame) scrolled(body, after, foot []string, p page, scroll int) laid {
	end := len(body)
	body = append(body, after...)
	room := f.h - len(foot) - 1
	limit := max(len(body)-room, 0)
	gap := ""
	scroll = min(scroll, limit)
	if limit > 0 {
		gap = f.more(scroll, body[scroll+room:], p.item)
		body = body[scroll : scroll+room]
	}
	out := laid{
		rows: append(append(append([]string{}, body...), gap), foot...), limit: limit, page: max(room-1, 1),
		endInSight: end <= scroll+room, // or above it: a person who jumps to the end was asked to
	}
	if c := p.cursor; c != nil && len(foot) > 0 {
		out.cursor = &tea.Position{X: c.X, Y: len(body) + 1 + c.Y}
	}
	return out
}

// more says how much is out of sight: above, and below, where item begins each permission.
func (f frame) more(above int, below []string, item string) string {
	words, permissions := &f.book.Screen, 0
	for _, row := range below {
		if item != "" && strings.HasPrefix(strings.TrimLeft(row, " "), item+" ") {
			permissions++
		}
	}
	var parts []string
	if above > 0 {
		parts = append(parts, f.glyphs.up+" "+words.Above.Fill(flow.Values{N: above}))
	}
	switch {
	case permissions > 0:
		parts = append(parts, f.glyphs.down+" "+f.book.Count(words.MorePermissions, permissions, flow.Values{}))
	case len(below) > 0:
		parts = append(parts, f.glyphs.down+" "+f.book.Count(words.Below, len(below), flow.Values{}))
	}
	return f.styles.plain.Render(strings.Join(parts, "  "))
}

// headline returns the title, and the address under it.
func (f frame) headline(p page) []string {
	mark := ""
	if p.mark != "" {
		mark = p.mark + " "
	}
	wide := widthOf(mark)
	lines := f.wrap(p.title, f.w-wide, f.styles.title)
	for i := range lines {
		lines[i] = mark + lines[i]
		mark = strings.Repeat(" ", wide)
	}
	if p.under != "" {
		lines = append(lines, f.address(p.under)...)
	}
	return lines
}

func (f frame) foot(p page) []string {
	rows := slices.Clone(p.pinned)
	if p.link != "" {
		rows = append(rows, f.address(p.link)...)
	}
	notice := slices.Clone(p.notice)
	if len(rows) == 0 { // there is already a blank row above it
		notice = squeeze(notice, 1)
	}
	return append(rows, notice...)
}

// address draws an address. A long one is wrapped here and not indented, so that a terminal without links selects only
// the address.
func (f frame) address(to string) []string {
	lead := strings.Repeat(" ", f.dent())
	if f.left+widthOf(lead+to) <= f.width {
		return []string{lead + link(to, to, f.styles.plain)}
	}
	var rows []string
	for part := range strings.SplitSeq(ansi.Hardwrap(to, f.width, true), "\n") {
		rows = append(rows, atEdge+link(to, part, f.styles.plain))
	}
	return rows
}

// squeeze drops up to n blank rows, the last ones first.
func squeeze(rows []string, n int) []string {
	for i := len(rows) - 1; i >= 0 && n > 0; i-- {
		if strings.TrimSpace(rows[i]) == "" {
			rows = slices.Delete(rows, i, i+1)
			n--
		}
	}
	return rows
}
