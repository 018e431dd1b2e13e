// Package picture draws what a terminal shows, so that people can look at the program without running it. Start with
// [SVG], which draws the cells of an emulator, or [Printed], which draws a printed text. [Save] keeps a picture when a
// test runs with -pictures=DIR, as make pictures does, and [Index] writes the page that shows them all.
package picture

import (
	"flag"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
)

// Colourless ends the name of a picture without colours.
const Colourless = "_colourless"

var dir = flag.String("pictures", "", "write pictures into this directory")

// Wanted reports whether Save keeps anything.
func Wanted() bool { return *dir != "" }

// Save keeps a picture in the directory of -pictures.
func Save(t *testing.T, name, svg string) {
	t.Helper()
	if Wanted() {
		write(t, name+".svg", svg)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(*dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Printed returns a picture of a text, with its escape sequences, as a terminal of this width shows it.
func Printed(title, text string, width int) string {
	const tallest = 500
	terminal := vt.NewEmulator(width, tallest)
	_, _ = terminal.WriteString(strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\r\n"))
	terminal.Resize(width, 1+strings.Count(strings.TrimRight(terminal.String(), " \n"), "\n"))
	return SVG(title, terminal, nil)
}

// SVG returns a picture of what a terminal shows, for dark and for light surroundings. The cursor is nil when it is
// hidden. The description is the text.
func SVG(title string, terminal *vt.Emulator, cursor *uv.Position) string {
	d := drawing{used: map[paint]bool{}}
	var text strings.Builder
	for y := range terminal.Height() {
		row := make([]cell, terminal.Width())
		for x := range row {
			row[x] = cellOf(terminal.CellAt(x, y), cursor != nil && *cursor == uv.Pos(x, y))
			text.WriteString(row[x].text)
		}
		text.WriteByte('\n')
		d.row(y, row)
	}
	width, height := terminal.Width()*cellWidth+2*margin, terminal.Height()*cellHeight+2*margin
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" role="img"
width="%d" height="%d" viewBox="0 0 %[1]d %[2]d">
<title>%s</title>
<desc>
%s</desc>
<style>
%s</style>
<rect class="window" x=".5" y=".5" width="%d" height="%d" rx="8"/>
%s</svg>
`, width, height, html.EscapeString(title), html.EscapeString(trimmed(text.String())), d.style(), width-1, height-1,
		d.String())
}

// trimmed returns lines without blanks at their ends, and without empty lines around them.
func trimmed(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return strings.Trim(b.String(), "\n") + "\n"
}

// Index writes the page that shows all pictures: dark, light and without colours.
func Index(t *testing.T) {
	t.Helper()
	if !Wanted() {
		return
	}
	paths, err := filepath.Glob(filepath.Join(*dir, "*.svg"))
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	page.WriteString(`<!DOCTYPE html>
<meta charset="utf-8">
<title>pleo-connect</title>
<style>
body { background: #888; font-family: sans-serif }
div { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px; align-items: start }
img { max-width: 100% }
.dark { color-scheme: dark }
.light { color-scheme: light }
</style>
`)
	show := func(name, scheme string) {
		fmt.Fprintf(&page, "<a href=\"%s.svg\"><img src=\"%[1]s.svg\" class=\"%s\" alt=\"\"></a>\n", name, scheme)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".svg")
		if strings.HasSuffix(name, Colourless) {
			continue
		}
		fmt.Fprintf(&page, "<h2>%s</h2>\n<div>\n", html.EscapeString(name))
		show(name, "dark")
		show(name, "light")
		if slices.Contains(paths, strings.TrimSuffix(path, ".svg")+Colourless+".svg") {
			show(name+Colourless, "dark")
		}
		page.WriteString("</div>\n")
	}
	write(t, "index.html", page.String())
}
