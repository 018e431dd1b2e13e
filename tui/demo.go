package tui

import "strings"

// demoMark is in every frame of the demo, at every size.
func (l look) demoMark() string { return l.styles.demo.Render(" DEMO ") }

// demoLine offers the other side of the flow, which a customer would do in Pleo.
func (f frame) demoLine() []string {
	lines := f.wrap("press Allow in Pleo, copy the key and paste it", f.w-12, f.styles.faint)
	for i := range lines {
		if i == 0 {
			lines[i] = f.demoMark() + " " + f.styles.demoKey.Render(bindings.demo.Help().Key) + "  " + lines[i]
		} else {
			lines[i] = strings.Repeat(" ", 12) + lines[i]
		}
	}
	return lines
}
