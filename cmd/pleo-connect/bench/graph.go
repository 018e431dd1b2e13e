package main

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// The places of the graph, in pixels of a README's width.
const (
	graphWidth = 830
	barsAt     = 190
	perGoal    = 110 // a bar as long as the goal
	longest    = 2.5 // goals: a longer bar is cut
	floorAt    = 660
	firstRow   = 84
	rowHeight  = 33
)

// The graph has a ground of its own, so that it can be read wherever it is shown.
const graphStyle = `
text{font:12px system-ui,sans-serif}
.ground{fill:#fff;stroke:#d0d7de}.text{fill:#1f2328;paint-order:stroke;stroke:#fff;stroke-width:3px}
.small{fill:#59636e;font-size:11px}
.title{font-size:15px;font-weight:600}.ours{fill:#0969da}.missed{fill:#bc4c00}.peer{fill:#8c959f}
.goal{stroke:#1a7f37;stroke-dasharray:4 3}.floor{stroke:#1f2328;stroke-width:2}
@media (prefers-color-scheme:dark){
.ground{fill:#0d1117;stroke:#3d444d}.text{fill:#f0f6fc;stroke:#0d1117}.small{fill:#9198a1}
.ours{fill:#1f6feb}.missed{fill:#c2590c}.peer{fill:#6e7681}.goal{stroke:#3fb950}.floor{stroke:#f0f6fc}}
`

// canvas collects the elements of an SVG.
type canvas struct{ strings.Builder }

func (c *canvas) text(class string, x, y float64, text string) {
	_, _ = fmt.Fprintf(c, `<text class="%s" x="%g" y="%g">`, class, x, y)
	_ = xml.EscapeText(c, []byte(text)) // a builder takes everything
	c.WriteString("</text>\n")
}

// bar draws a bar that is so many goals long, and what is said behind it.
func (c *canvas) bar(class string, y, height, goals float64, text string) {
	if goals > longest {
		goals, text = longest, "» "+text
	}
	end := barsAt + goals*perGoal
	c.box(class, barsAt, y, goals*perGoal, height)
	c.text("text", end+6, y+height/2+4, text)
}

func (c *canvas) box(class string, x, y, width, height float64) {
	_, _ = fmt.Fprintf(c, `<rect class="%s" x="%g" y="%g" width="%.1f" height="%g"/>`+"\n", class, x, y, width, height)
}

func (c *canvas) upright(class string, x, from, to float64) {
	_, _ = fmt.Fprintf(c, `<path class="%s" d="M%.1f %gV%g"/>`+"\n", class, x, from, to)
}

// graph returns a picture of the goals: how long ours takes, and the best peer, in shares of what is allowed.
func (r report) graph() string {
	var rows []compared
	for _, c := range r.compare() {
		if c.Label != "" {
			rows = append(rows, c)
		}
	}
	height := float64(firstRow + len(rows)*rowHeight + 30)
	var c canvas
	_, _ = fmt.Fprintf(&c, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%g" viewBox="0 0 %[1]d %[2]g" `+
		`role="img" aria-label="Bars of ours beside the floor, the best peer and the goal">`+"\n<style>%s</style>\n",
		graphWidth, height, graphStyle)
	_, _ = fmt.Fprintf(&c, `<rect class="ground" x=".5" y=".5" width="%d" height="%g" rx="6"/>`+"\n",
		graphWidth-1, height-1)
	c.text("text title", 16, 28, "pleo-connect beside its goals: shorter is better")
	c.legend(54)
	c.upright("goal", barsAt+perGoal, firstRow-12, height-30)
	for i, row := range rows {
		c.row(float64(firstRow+i*rowHeight), row)
	}
	c.text("small", 16, height-12, r.About.String())
	c.WriteString("</svg>\n")
	return c.String()
}

func (c *canvas) legend(y float64) {
	c.box("ours", 16, y-9, 10, 10)
	c.text("text", 31, y, "pleo-connect")
	c.box("missed", 116, y-9, 10, 10)
	c.text("text", 131, y, "pleo-connect, goal missed")
	c.box("peer", 296, y-9, 10, 10)
	c.text("text", 311, y, "best peer")
	c.upright("goal", 386, y-11, y+3)
	c.text("text", 393, y, "goal")
	c.upright("floor", floorAt, y-11, y+3)
	c.text("text", floorAt+7, y, "floor")
}

func (c *canvas) row(y float64, row compared) {
	c.text("text", 16, y+13, row.Label)
	class, said := "ours", written(row.ours, row.unit)
	if row.Status == "missed" {
		class, said = "missed", said+", missed"
	}
	c.bar(class, y, 12, row.Value/row.AtMost, said) // as it was judged
	if row.peer.of != "" {
		c.bar("peer", y+16, 7, row.peer.value/row.limit, row.named(row.peer))
	}
	if row.floor.of != "" {
		c.upright("floor", barsAt+min(row.floor.value/row.limit, longest)*perGoal, y-2, y+14)
		c.text("small", floorAt, y+13, row.named(row.floor))
	}
}
