package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
)

// choice is a button and what it means.
type choice struct {
	label flow.Text
	event flow.Event
}

func (c choice) text() string { return c.label.String() }

// buttons is a row of choices. The focus is kept by name, because a choice may be added while the row is shown.
type buttons struct{ focus flow.Text } // empty: the last one

func (b buttons) index(cs []choice) int {
	for i, c := range cs {
		if c.label == b.focus {
			return i
		}
	}
	return len(cs) - 1
}

func (b buttons) update(msg tea.KeyPressMsg, cs []choice) (buttons, flow.Event) {
	at := b.index(cs)
	switch {
	case key.Matches(msg, bindings.press):
		return b, cs[at].event
	case key.Matches(msg, bindings.previous):
		at = (at + len(cs) - 1) % len(cs)
	case key.Matches(msg, bindings.next):
		at = (at + 1) % len(cs)
	default:
		return b, nil
	}
	return buttons{cs[at].label}, nil
}

// view draws the choices in a row, or in several rows if they do not fit.
func (b buttons) view(f frame, cs []choice, enabled bool) []string {
	rows, gap := []string{""}, " "
	if f.roomy() {
		gap = "   "
	}
	for i, c := range cs {
		button := b.draw(f, c.text(), i == b.index(cs), enabled)
		last := &rows[len(rows)-1]
		switch {
		case *last == "":
			*last = button
		case ansi.StringWidth(*last+gap+button) > f.w:
			rows = append(rows, button)
		default:
			*last += gap + button
		}
	}
	return rows
}

// draw tells the focused button by its edges, too, so that colour is not needed.
func (b buttons) draw(f frame, label string, focused, enabled bool) string {
	left, right := f.glyphs.buttonLeft, f.glyphs.buttonRight
	if !focused {
		left, right = "[", "]"
	}
	switch {
	case !enabled: // the arrows move the focus already
		return f.styles.faint.Render(left + " " + label + " " + right)
	case !focused:
		return f.styles.plain.Render(left + " " + label + " " + right)
	}
	return f.styles.accent.Render(left) + f.styles.focus.Render(" "+label+" ") + f.styles.accent.Render(right)
}
