package picture

import (
	"fmt"
	"html"
	"strings"
)

// Sizes are in pixels. They are whole, so that lines are sharp and neighbours meet. In most monospace fonts of 15
// pixels, which style asks for, a letter is 9 pixels wide.
const (
	cellWidth, cellHeight = 9, 19
	baseline              = 14
	margin                = 16
)

// drawing collects the elements of a picture, and which of the terminal's own colours they use.
type drawing struct {
	strings.Builder
	used map[paint]bool
}

// row draws a row of cells: backgrounds, what is in front of them, and lines below.
func (d *drawing) row(y int, row []cell) {
	each(row, func(rest []cell) int {
		return count(rest, func(c cell) bool { return c.back == rest[0].back })
	}, func(x, n int) {
		if back := row[x].back; back != background {
			d.block(at(x, y), look{color: back}, area{0, 0, float64(n), 1})
		}
	})
	each(row, extent, func(x, n int) { d.glyphs(at(x, y), row[x:x+n]) })
	each(row, func(rest []cell) int {
		return count(rest, func(c cell) bool { return c.look == rest[0].look })
	}, func(x, n int) {
		if l := row[x].look; l.link || l.line {
			d.under(at(x, y), l, n)
		}
	})
}

// each calls draw with the beginning and the length of each group of cells. next returns how many of the cells that are
// left are the next group.
func each(row []cell, next func(rest []cell) int, draw func(x, n int)) {
	for x := 0; x < len(row); {
		n := next(row[x:])
		draw(x, n)
		x += n
	}
}

// count returns how many cells at the beginning are accepted.
func count(row []cell, accept func(cell) bool) int {
	for n, c := range row {
		if !accept(c) {
			return n
		}
	}
	return len(row)
}

// extent returns how many cells at the beginning are drawn as one element: words with single blanks between them, the
// same shape again and again, or a single sign. Signs are alone because they may come from a font of another width.
func extent(row []cell) int {
	first := row[0]
	if isShape(first) {
		return count(row, func(c cell) bool { return c.text == first.text && c.look == first.look })
	}
	if !first.word() {
		return max(1, first.width)
	}
	belongs := func(i int) bool { return i < len(row) && row[i].word() && row[i].look == first.look }
	n := 1
	for belongs(n) || n < len(row) && row[n].text == " " && belongs(n+1) {
		n++
	}
	return n
}

// point is the upper left corner of a cell.
type point struct{ x, y int }

func at(x, y int) point { return point{margin + x*cellWidth, margin + y*cellHeight} }

// glyphs draws cells that are one element.
func (d *drawing) glyphs(p point, cells []cell) {
	first, n := cells[0], len(cells)
	switch {
	case strings.TrimSpace(first.text) == "":
	case isShape(first):
		d.shape(p, first, n)
	case first.word():
		var text strings.Builder
		for _, c := range cells {
			text.WriteString(c.text)
		}
		d.text(first.look, text.String(), fmt.Sprintf(`x="%d" y="%d" textLength="%d"`, p.x, p.y+baseline, n*cellWidth))
	default:
		middle := float64(p.x) + float64(n*cellWidth)/2
		d.text(first.look, first.text, fmt.Sprintf(`x="%g" y="%d" text-anchor="middle"`, middle, p.y+baseline))
	}
}

func (d *drawing) text(l look, text, place string) {
	fmt.Fprintf(d, "<text %s%s>%s</text>\n", place, d.attributes(l, true), html.EscapeString(text))
}

// under draws the line below n cells, which is dotted for a link.
func (d *drawing) under(p point, l look, n int) {
	dots := ""
	if l.link {
		dots = ` stroke-dasharray="2 2"`
	}
	fmt.Fprintf(d, "<path d=\"M%d %gh%d\" stroke=\"currentColor\"%s%s/>\n",
		p.x, float64(p.y+baseline)+2.5, n*cellWidth, dots, d.attributes(l, false))
}

// attributes returns what makes an element look so.
func (d *drawing) attributes(l look, isText bool) string {
	var classes []string
	fixed := ""
	switch {
	case strings.HasPrefix(string(l.color), "#"):
		fixed = fmt.Sprintf(" color=%q", l.color)
	case l.color != foreground: // which is what elements have without a class
		classes = append(classes, string(l.color))
		d.used[l.color] = true
	}
	for _, c := range []struct {
		on   bool
		name string
	}{{l.bold && isText, "bold"}, {l.italic && isText, "italic"}, {l.faint, "faint"}} {
		if c.on {
			classes = append(classes, c.name)
		}
	}
	if len(classes) == 0 {
		return fixed
	}
	return fmt.Sprintf("%s class=%q", fixed, strings.Join(classes, " "))
}

// style returns the rules for the classes of the picture. A viewer's own monospace font is used.
func (d *drawing) style() string {
	rules := func(of func(dark, light string) string) (all string) {
		for _, n := range named {
			switch {
			case n.paint == foreground:
				all += fmt.Sprintf("svg { color: %s }\n", of(n.dark, n.light))
			case n.paint == background:
				all += fmt.Sprintf(".window { fill: %s }\n", of(n.dark, n.light))
			}
			if d.used[n.paint] {
				all += fmt.Sprintf(".%s { color: %s }\n", n.paint, of(n.dark, n.light))
			}
		}
		return all
	}
	return `text { font: 15px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace }
text, rect, path { fill: currentColor }
rect { shape-rendering: crispEdges }
.window { stroke: #7d8590; shape-rendering: auto }
.bold { font-weight: bold }
.italic { font-style: italic }
.faint { opacity: .6 }
` + rules(func(dark, _ string) string { return dark }) + "@media (prefers-color-scheme: light) {\n" +
		rules(func(_, light string) string { return light }) + "}\n"
}
