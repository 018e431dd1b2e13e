package paint

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// method returns how the terminal measures the text of a frame: whole grapheme clusters, or one code point after the
// other. The tables for the latter take more than a millisecond and two megabytes to build, and most text is measured
// alike by both.
func (f frame) method() ansi.Method {
	if f.clusters || measuresAlike(f.text) {
		return ansi.GraphemeWidth
	}
	return ansi.WcWidth
}

// measuresAlike reports whether a text has only Latin letters and the signs that are drawn around them. In other
// scripts, a character may take a column of its own outside a cluster only.
func measuresAlike(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r >= 0x300 && (r < 0x2000 || r >= 0x2900) })
}
