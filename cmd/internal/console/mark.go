package console

import (
	"image/color"
	"io"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
	"pleo-connect/tui/colors"
)

// signs are those of the full screen. Print spells them in ASCII.
var signs = [...]string{
	flow.MarkDone: "✓", flow.MarkFailed: "✗", flow.MarkWarning: "!", flow.MarkUnknown: "?", flow.MarkWaiting: "·",
}

// Mark returns the sign of a mark for standard output. Each has its own sign, so that colour is never needed.
func (c *Console) Mark(m flow.Mark) string {
	switch m {
	case flow.MarkDone:
		return c.painted(c.Out, look{color: colors.Good}, signs[m])
	case flow.MarkFailed:
		return c.painted(c.Out, look{color: colors.Bad}, signs[m])
	}
	return signs[m]
}

// look is how a text looks on a terminal.
type look struct {
	bold  bool
	color func(colorprofile.Profile) color.Color // nil: that of other text
}

// painted gives a text a look if out is a terminal that knows looks.
func (c *Console) painted(out io.Writer, l look, text string) string {
	if !IsTerminal(out) || c.Plain() {
		return text
	}
	style := ansi.NewStyle()
	if l.bold {
		style = style.Bold()
	}
	if l.color != nil {
		if to := l.color(c.Colors()); to != nil {
			style = style.ForegroundColor(to)
		}
	}
	return style.Styled(text)
}
