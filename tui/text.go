package tui

import (
	"regexp"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

func indent(row string) string { return strings.Repeat(" ", margin) + row }

func indented(rows []string) []string {
	var out []string
	for _, row := range rows {
		out = append(out, indent(row))
	}
	return out
}

// dent is how far lists are indented, where there is room.
func (f frame) dent() int {
	if f.roomy() {
		return 2
	}
	return 0
}

// uncut are words that must not be broken at their hyphens, or they cannot be copied: flags, the name behind a flag,
// and scopes.
var uncut = regexp.MustCompile(`(^|[ (])-\S+( \S+-\S+)?|[a-z]+(-[a-z]+)+:[a-z]+`)

const unbrokenHyphen = "\u2011"

// wrap breaks text into lines of at most width columns. Paths may break at a slash.
func (f frame) wrap(text string, width int, style ink) []string {
	if text == "" {
		return nil
	}
	if len(text) <= width { // no letter is wider than its bytes
		return []string{style.Render(text)}
	}
	if strings.Contains(text, "-") {
		text = uncut.ReplaceAllStringFunc(text,
			func(word string) string { return strings.ReplaceAll(word, "-", unbrokenHyphen) })
	}
	text = strings.ReplaceAll(ansi.Wrap(text, max(width, 1), "/"), unbrokenHyphen, "-")
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		out = append(out, style.Render(strings.TrimRight(line, " ")))
	}
	return out
}

// prose wraps running text.
func (f frame) prose(text string, style ink) []string {
	return f.wrap(text, min(f.w, maxProse), style)
}

// hanging wraps text so that all rows begin under what follows a mark.
func (f frame) hanging(text string, style ink) []string {
	return hang("  ", f.wrap(text, min(f.w, maxProse)-2, style))
}

// hang puts lead before the first line, and the others under it.
func hang(lead string, lines []string) []string {
	for i := range lines {
		lines[i] = lead + lines[i]
		lead = strings.Repeat(" ", ansi.StringWidth(lead))
	}
	return lines
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-ansi.StringWidth(s), 0))
}

// spread puts right at the right edge.
func (f frame) spread(left, right string) string {
	gap := max(f.w-ansi.StringWidth(left)-ansi.StringWidth(right), 1)
	return left + strings.Repeat(" ", gap) + right
}

// spaced puts a blank row in front of rows.
func spaced(rows []string) []string {
	if len(rows) == 0 {
		return nil
	}
	return append([]string{""}, rows...)
}

// link draws a piece of an address so that the terminal takes all pieces of it as one link.
func link(address, piece string, style ink) string {
	return ansi.SetHyperlink(address, "id=return") + style.Render(piece) + ansi.ResetHyperlink()
}
