package tui

import (
	"pleo-connect/flow"
)

// demoMark returns the label that every frame of the demo has, at every size.
func (l look) demoMark(words *flow.ScreenWords) string {
	return l.styles.demo.Render(" " + words.Demo.String() + " ")
}

// demoLine offers the step that a customer would take in Pleo.
func (f frame) demoLine(keyKind string) []string {
	lead := f.demoMark(&f.book.Screen) + " " + f.styles.plain.Render(bindings().demo.Help().Key) + "  "
	side := f.book.Screen.DemoSide
	if keyKind == flow.Standalone {
		side = f.book.Screen.DemoSideStandalone
	}
	return hang(lead, f.wrap(side.String(), f.w-widthOf(lead), f.styles.plain))
}
