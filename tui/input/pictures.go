package input

import (
	"strings"
	"unicode/utf8"
)

// drawable writes control characters as their pictures, and each byte that is not UTF-8 as U+2426. Bubble Tea drops
// U+FFFD.
func drawable(content []byte) string {
	var out strings.Builder
	for len(content) > 0 {
		c, n := utf8.DecodeRune(content)
		switch {
		case c == '\r', c == '\n', c == '\t':
			out.WriteRune(c)
		case c < 0x20:
			out.WriteRune(0x2400 + c)
		case c == 0x7f:
			out.WriteRune(0x2421)
		case c == utf8.RuneError:
			out.WriteRune(0x2426)
		default:
			out.WriteRune(c)
		}
		content = content[n:]
	}
	return out.String()
}

// FromPictures puts the control characters back into a pasted text; what was not UTF-8 becomes U+FFFD. A key with such
// a character can then be refused with the name of the character.
func FromPictures(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '\u2400' && r < '\u2420':
			return r - '\u2400'
		case r == '\u2421':
			return 0x7f
		case r == '\u2426':
			return '\ufffd'
		}
		return r
	}, text)
}
