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
	rows := []string{""}
	for i, c := range cs {
		button := b.draw(f, c.text(), i == b.index(cs), enabled)
		last := &rows[len(rows)-1]
		switch {
		case *last == "":
			*last = button
		case ansi.StringWidth(*last+" "+button) > f.w:
			rows = append(rows, button)
		default:
			*last += " " + button
		}
	}
	return rows
}

func (b buttons) draw(f frame, label string, focused, enabled bool) string {
	switch {
	case !enabled && focused: // the arrows move the focus already
		return f.styles.faint.Render(f.glyphs.buttonLeft + " " + label + " " + f.glyphs.buttonRight)
	case !enabled:
		return f.styles.faint.Render("  " + label + "  ")
	case !focused:
		return f.styles.button.Render("  " + label + "  ")
	}
	edge, focus := f.styles.edge, f.styles.buttonFocus
	return edge.Render(f.glyphs.buttonLeft) + focus.Render(" "+label+" ") + edge.Render(f.glyphs.buttonRight)
}
