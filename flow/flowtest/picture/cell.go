package picture

import (
	"fmt"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// paint is a colour: the name of a class if it is the terminal's own, otherwise #rrggbb.
type paint string

const (
	foreground paint = "fg"
	background paint = "bg"
)

// named are the colours that a terminal chooses, dark and light: what text is drawn in, what it is drawn on, and the 16
// with a number. These are the ones of Visual Studio Code on the surfaces of GitHub, but white is white, as in most
// terminals.
var named = []struct {
	paint
	dark, light string
}{
	{foreground, "#e6edf3", "#1f2328"},
	{background, "#0d1117", "#ffffff"},
	{"c0", "#000000", "#000000"},
	{"c1", "#cd3131", "#cd3131"},
	{"c2", "#0dbc79", "#107c10"},
	{"c3", "#e5e510", "#949800"},
	{"c4", "#2472c8", "#0451a5"},
	{"c5", "#bc3fbc", "#bc05bc"},
	{"c6", "#11a8cd", "#0598bc"},
	{"c7", "#e5e5e5", "#e5e5e5"},
	{"c8", "#666666", "#666666"},
	{"c9", "#f14c4c", "#cd3131"},
	{"c10", "#23d18b", "#14ce14"},
	{"c11", "#f5f543", "#b5ba00"},
	{"c12", "#3b8eea", "#0451a5"},
	{"c13", "#d670d6", "#bc05bc"},
	{"c14", "#29b8db", "#0598bc"},
	{"c15", "#ffffff", "#ffffff"},
}

func paintOf(c color.Color, absent paint) paint {
	number := 16
	switch c := c.(type) {
	case nil:
		return absent
	case ansi.BasicColor:
		number = int(c)
	case ansi.IndexedColor:
		number = int(c)
	}
	if number < 16 {
		return paint(fmt.Sprint("c", number))
	}
	r, g, b, _ := c.RGBA()
	return paint(fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8))
}

// look is how a glyph is drawn.
type look struct {
	color                     paint
	bold, faint, italic, line bool
	link                      bool
}

// cell is a cell of the terminal, with its colours as they are seen.
type cell struct {
	text  string
	width int // 0 for what a wide cell before covers
	look
	back paint
}

// cellOf returns a cell of an emulator. That under the cursor is reversed, like with a block cursor.
func cellOf(c *uv.Cell, cursor bool) cell {
	if c == nil {
		c = &uv.EmptyCell
	}
	is := func(attr uint8) bool { return c.Style.Attrs&attr != 0 }
	out := cell{text: c.Content, width: c.Width, back: paintOf(c.Style.Bg, background), look: look{
		color: paintOf(c.Style.Fg, foreground),
		bold:  is(uv.AttrBold), faint: is(uv.AttrFaint), italic: is(uv.AttrItalic),
		line: c.Style.Underline != uv.UnderlineNone, link: !c.Link.IsZero(),
	}}
	if out.text == "" && out.width > 0 || is(uv.AttrConceal) {
		out.text = " "
	}
	if is(uv.AttrReverse) != cursor {
		out.color, out.back = out.back, out.color
	}
	return out
}

// word reports whether every monospace font has the text, as wide as any other.
func (c cell) word() bool {
	return c.text != " " && c.width == 1 && !strings.ContainsFunc(c.text, func(r rune) bool { return r >= 0x2070 })
}
