package tui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// widthOf returns how many columns a text takes. Most texts are Latin letters and our own signs, possibly coloured, and
// are counted; looking for grapheme clusters takes ten times as long, and a frame measures some hundred texts.
func widthOf(text string) int {
	n := 0
	for i := 0; i < len(text); {
		if strings.HasPrefix(text[i:], "\x1b[") {
			size := styleSize(text[i:])
			if size == 0 {
				return ansi.StringWidth(text)
			}
			i += size
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if !oneColumn(r) {
			return ansi.StringWidth(text)
		}
		n, i = n+1, i+size
	}
	return n
}

// styleSize returns how many bytes the sequence takes that sets a style at the start of text, or 0 if it is another
// one.
func styleSize(text string) int {
	end := strings.IndexFunc(text[2:], func(r rune) bool { return r != ';' && (r < '0' || r > '9') })
	if end < 0 || text[2+end] != 'm' {
		return 0
	}
	return 2 + end + 1
}

// oneColumn reports whether a character takes one column, and joins none before it.
func oneColumn(r rune) bool {
	switch {
	case r < 0x7f:
		return r >= ' '
	case r >= 0xc0 && r < 0x300, r >= 0x2500 && r < 0x25a0: // Latin letters; lines and blocks
		return true
	}
	return strings.ContainsRune(narrowSigns, r)
}
