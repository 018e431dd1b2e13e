package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// choice is a button and what it means.
type choice struct {
	label flow.Text
	event flow.Event
	best  bool // has the focus at first; none: the last one
	off   bool // cannot be chosen now
}

func (c choice) text() string { return c.label.String() }

// buttons is a row of choices. The focus is kept by name, because a choice may be added while the row is shown.
type buttons struct{ focus flow.Text } // empty: the best one

func (b buttons) index(cs []choice) int {
	best := len(cs) - 1
	for i, c := range cs {
		switch {
		case c.label == b.focus && !c.off:
			return i
		case c.best:
			best = i
		}
	}
	return best
}

func (b buttons) update(msg tea.KeyPressMsg, cs []choice) (buttons, flow.Event) {
	switch {
	case key.Matches(msg, bindings().press):
		return b, cs[b.index(cs)].event
	case key.Matches(msg, bindings().previous):
		return b.moved(cs, len(cs)-1), nil
	case key.Matches(msg, bindings().next):
		return b.moved(cs, 1), nil
	}
	return b, nil
}

// moved moves the focus by so many choices, and on to one that is not off.
func (b buttons) moved(cs []choice, by int) buttons {
	at := (b.index(cs) + by) % len(cs)
	for cs[at].off {
		at = (at + by) % len(cs)
	}
	return buttons{cs[at].label}
}

// view draws the choices in a row, or in several rows if they do not fit.
func (b buttons) view(f frame, cs []choice, enabled bool) []string {
	rows, gap := []string{""}, " "
	if f.roomy() {
		gap = "   "
	}
	for i, c := range cs {
		button := b.draw(f, c, i == b.index(cs), enabled)
		last := &rows[len(rows)-1]
		switch {
		case *last == "":
			*last = button
		case widthOf(*last+gap+button) > f.w:
			rows = append(rows, button)
		default:
			*last += gap + button
		}
	}
	return rows
}

// draw tells the focused button by its edges, too, and one that is off has none, so that colour is not needed.
func (b buttons) draw(f frame, c choice, focused, enabled bool) string {
	left, right, label := f.glyphs.buttonLeft, f.glyphs.buttonRight, c.text()
	switch {
	case c.off:
		left, right = " ", " "
	case !focused:
		left, right = "[", "]"
	}
	switch {
	case c.off, focused && !enabled: // the arrows move the focus already
		return f.styles.faint.Render(left + " " + label + " " + right)
	case !focused:
		return f.styles.plain.Render(left + " " + label + " " + right)
	}
	return f.styles.accent.Render(left) + f.styles.focus.Render(" "+label+" ") + f.styles.accent.Render(right)
}
