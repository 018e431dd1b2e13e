package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
	"pleo-connect/pleoclient/lazy"
)

// atEdge begins a row that is not indented: a part of a text to copy.
const atEdge = "\x00"

// indent moves a row to where the content begins.
func (f frame) indent(row string) string {
	if part, ok := strings.CutPrefix(row, atEdge); ok || row == "" {
		return part
	}
	return strings.Repeat(" ", f.left) + row
}

// dent returns how far lists are indented, if there is room.
func (f frame) dent() int {
	if f.roomy() {
		return 2
	}
	return 0
}

// uncut matches words that must not be broken at their hyphens, or they cannot be copied: flags, the name after a flag,
// scopes, and this program.
var uncut = lazy.NewRegexp(`(^|[ (])-\S+( \S+-\S+)?|[a-z]+(-[a-z]+)+:[a-z]+|pleo-connect`)

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

// path shortens a path so that it fits: by directories in its middle, then by its last part, and at last at its end. What
// is printed after the wizard has all of it.
func (f frame) path(path string, width int) string {
	if widthOf(path) <= width {
		return path
	}
	parts := strings.Split(path, "/")
	for keep := min(2, len(parts)-2); keep > 0; keep-- {
		for from := keep + 1; from < len(parts); from++ {
			short := strings.Join(slices.Concat(parts[:keep], []string{f.glyphs.ellipsis}, parts[from:]), "/")
			if widthOf(short) <= width {
				return short
			}
		}
	}
	if name := parts[len(parts)-1]; len(parts) > 1 && name != f.glyphs.ellipsis {
		return f.path(strings.TrimSuffix(path, name)+f.glyphs.ellipsis, width)
	}
	return ansi.Truncate(path, width, f.glyphs.ellipsis)
}

// prose wraps running text.
func (f frame) prose(text string, style ink) []string {
	return f.wrap(text, min(f.w, maxProse), style)
}

// command draws a text to copy like the link: alone on unindented rows, broken only where the window ends. The remark
// on one that takes several rows comes under it.
func (f frame) command(text string, tooLong flow.Text) []string {
	if text == "" {
		return nil
	}
	var out []string
	for part := range strings.SplitSeq(ansi.Hardwrap(text, f.width, true), "\n") {
		out = append(out, atEdge+f.styles.plain.Render(part))
	}
	if len(out) > 1 {
		out = append(out, f.prose(tooLong.String(), f.styles.plain)...)
	}
	return out
}

// sentence draws running text that may end in a command to copy. The rows of the text follow lead.
func (f frame) sentence(lead, text string, style ink) []string {
	text, command := f.book.CutCommand(text)
	rows := hang(lead, f.wrap(text, min(f.w, maxProse)-widthOf(lead), style))
	return append(rows, f.command(command, f.book.Wizard.Link.Widen)...)
}

// hanging wraps text so that all rows align with the text after a mark.
func (f frame) hanging(text string, style ink) []string {
	return hang("  ", f.wrap(text, min(f.w, maxProse)-2, style))
}

// hang puts lead before the first line, and aligns the others.
func hang(lead string, lines []string) []string {
	for i := range lines {
		lines[i] = lead + lines[i]
		lead = strings.Repeat(" ", widthOf(lead))
	}
	return lines
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-widthOf(s), 0))
}

// spread puts right at the right edge.
func (f frame) spread(left, right string) string {
	gap := max(f.w-widthOf(left)-widthOf(right), 1)
	return left + strings.Repeat(" ", gap) + right
}

// spaced puts a blank row before rows.
func spaced(rows []string) []string {
	if len(rows) == 0 {
		return nil
	}
	return append([]string{""}, rows...)
}

// link draws an address, or a piece of it so that the terminal takes all pieces as one link.
func link(address, piece string, style ink) string {
	var params []string
	if piece != address {
		params = []string{"id=link"}
	}
	return ansi.SetHyperlink(address, params...) + style.Render(piece) + ansi.ResetHyperlink()
}
