package picture

import "fmt"

// area is a part of a cell, from 0 to 1 in both directions.
type area struct{ left, top, right, bottom float64 }

// blocks are drawn as areas, because those of fonts leave gaps.
var blocks = map[string]area{
	"█": {0, 0, 1, 1}, "▌": {0, 0, .5, 1}, "▐": {.5, 0, 1, 1}, "▀": {0, 0, 1, .5}, "▄": {0, .5, 1, 1},
}

// arms are the strokes from the middle of a cell to its edges: 1 is light, 2 is heavy.
type arms struct{ left, right, up, down int }

// boxes are drawn as strokes, for the same reason.
var boxes = map[string]arms{
	"─": {left: 1, right: 1}, "━": {left: 2, right: 2}, "│": {up: 1, down: 1}, "┃": {up: 2, down: 2},
	"┌": {right: 1, down: 1}, "┐": {left: 1, down: 1}, "└": {right: 1, up: 1}, "┘": {left: 1, up: 1},
	"╴": {left: 1}, "╶": {right: 1}, "╸": {left: 2}, "╺": {right: 2},
	"╼": {left: 1, right: 2}, "╾": {left: 2, right: 1},
}

func isShape(c cell) bool {
	_, block := blocks[c.text]
	_, box := boxes[c.text]
	return block || box
}

// shape draws n cells with the same block or box. What reaches from edge to edge is one element.
func (d *drawing) shape(p point, c cell, n int) {
	a, block := blocks[c.text]
	b := boxes[c.text]
	if block && a.left == 0 && a.right == 1 {
		a.right, n = float64(n), 1
	}
	length := 1
	if !block && b.left == b.right && b.up == b.down && b.left > 0 {
		length, n = n, 1
	}
	for range n {
		if block {
			d.block(p, c.look, a)
		} else {
			d.strokes(p, c.look, b, length*cellWidth)
		}
		p.x += cellWidth
	}
}

// block draws an area.
func (d *drawing) block(p point, l look, a area) {
	fmt.Fprintf(d, "<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\"%s/>\n",
		float64(p.x)+a.left*cellWidth, float64(p.y)+a.top*cellHeight,
		(a.right-a.left)*cellWidth, (a.bottom-a.top)*cellHeight, d.attributes(l, false))
}

// strokes draws arms. Those to the left and right are in a space of this width.
func (d *drawing) strokes(p point, l look, a arms, width int) {
	const middleX, middleY = cellWidth / 2, cellHeight / 2
	path := ""
	stroke := func(x, y, w, h int) {
		if w > 0 && h > 0 {
			path += fmt.Sprintf("M%d %dh%dv%dh-%dz", p.x+x, p.y+y, w, h, w)
		}
	}
	if a.left == a.right {
		stroke(0, middleY, width, a.left)
	} else {
		stroke(0, middleY, middleX+1, a.left)
		stroke(middleX, middleY, width-middleX, a.right)
	}
	if a.up == a.down {
		stroke(middleX, 0, a.up, cellHeight)
	} else {
		stroke(middleX, 0, a.up, middleY+1)
		stroke(middleX, middleY, a.down, cellHeight-middleY)
	}
	fmt.Fprintf(d, "<path d=%q%s/>\n", path, d.attributes(l, false))
}
