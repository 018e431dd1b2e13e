package tui

import (
	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
)

// demoMark is in every frame of the demo, at every size.
func (l look) demoMark(words *flow.ScreenWords) string {
	return l.styles.demo.Render(" " + words.Demo.String() + " ")
}

// demoLine offers the other side of the flow, which a customer would do in Pleo.
func (f frame) demoLine(keyKind string) []string {
	lead := f.demoMark(&f.book.Screen) + " " + f.styles.demoKey.Render(bindings.demo.Help().Key) + "  "
	side := f.book.Screen.DemoSide
	if keyKind == flow.Standalone {
		side = f.book.Screen.DemoSideStandalone
	}
	return hang(lead, f.wrap(side.String(), f.w-ansi.StringWidth(lead), f.styles.faint))
}
