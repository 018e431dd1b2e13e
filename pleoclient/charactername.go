package pleoclient

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// characterName names the first character of text for people, without drawing it: "en dash (U+2013)".
func characterName(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && size == 1 {
		return fmt.Sprintf("a byte that is not UTF-8 (0x%02X)", text[0])
	}
	name, known := characterNames[r]
	if !known {
		name = sortOf(r)
	}
	return fmt.Sprintf("%s (U+%04X)", name, r)
}

// characterNames are the names of what really is in pasted keys, as Unicode has them, and a test compares them. All
// names (golang.org/x/text/unicode/runenames) would add 1 MB to the program, for characters nobody pastes.
var characterNames = map[rune]string{
	0x00: "NUL", 0x03: "Ctrl+C", 0x04: "Ctrl+D", 0x07: "bell", 0x08: "backspace", '\t': "tab",
	0x16: "Ctrl+V", 0x1b: "escape",
	' ': "space", ':': "colon", 0x7f: "delete",

	'\u00a0': "no-break space",
	'\u00ad': "soft hyphen",
	'\u00b4': "acute accent",
	'\u00b7': "middle dot",
	'\u2002': "en space",
	'\u2003': "em space",
	'\u2009': "thin space",
	'\u200b': "zero-width space",
	'\u200c': "zero-width non-joiner",
	'\u200d': "zero-width joiner",
	'\u200e': "left-to-right mark",
	'\u200f': "right-to-left mark",
	'\u2010': "hyphen",
	'\u2011': "non-breaking hyphen",
	'\u2012': "figure dash",
	'\u2013': "en dash",
	'\u2014': "em dash",
	'\u2018': "left single quotation mark",
	'\u2019': "right single quotation mark",
	'\u201c': "left double quotation mark",
	'\u201d': "right double quotation mark",
	'\u2028': "line separator",
	'\u2029': "paragraph separator",
	'\u202c': "pop directional formatting",
	'\u202d': "left-to-right override",
	'\u202e': "right-to-left override",
	'\u202f': "narrow no-break space",
	'\u2060': "word joiner",
	'\u2212': "minus sign",
	'\u3000': "ideographic space",
	'\ufeff': "byte order mark",
	'\ufffd': "replacement character",

	// Letters that look like a to z or A to Z.
	'а': "Cyrillic small letter a",
	'е': "Cyrillic small letter ie",
	'о': "Cyrillic small letter o",
	'р': "Cyrillic small letter er",
	'с': "Cyrillic small letter es",
	'у': "Cyrillic small letter u",
	'х': "Cyrillic small letter ha",
	'ѕ': "Cyrillic small letter dze",
	'ј': "Cyrillic small letter je",
	'А': "Cyrillic capital letter a",
	'В': "Cyrillic capital letter ve",
	'Е': "Cyrillic capital letter ie",
	'К': "Cyrillic capital letter ka",
	'М': "Cyrillic capital letter em",
	'Н': "Cyrillic capital letter en",
	'О': "Cyrillic capital letter o",
	'Р': "Cyrillic capital letter er",
	'С': "Cyrillic capital letter es",
	'Т': "Cyrillic capital letter te",
	'Х': "Cyrillic capital letter ha",
	'ο': "Greek small letter omicron",
	'ν': "Greek small letter nu",
	'Α': "Greek capital letter alpha",
	'Β': "Greek capital letter beta",
	'Ε': "Greek capital letter epsilon",
	'Ο': "Greek capital letter omicron",
	'ı': "Latin small letter dotless i",
}

// sorts are the words for the rest, tried in this order.
var sorts = []struct {
	name   string
	tables []*unicode.RangeTable
}{
	{"control character", []*unicode.RangeTable{unicode.Cc}},
	{"invisible formatting character", []*unicode.RangeTable{unicode.Cf, unicode.Variation_Selector}},
	{"private-use character", []*unicode.RangeTable{unicode.Co}},
	{"unusual space", []*unicode.RangeTable{unicode.Z}},
	{"Cyrillic letter", []*unicode.RangeTable{unicode.Cyrillic}},
	{"Greek letter", []*unicode.RangeTable{unicode.Greek}},
	{"Latin letter that is not a to z", []*unicode.RangeTable{unicode.Latin}},
	{"letter of another script", []*unicode.RangeTable{unicode.L}},
	{"combining mark", []*unicode.RangeTable{unicode.M}},
	{"digit that is not 0 to 9", []*unicode.RangeTable{unicode.N}},
	{"unusual punctuation mark", []*unicode.RangeTable{unicode.P}},
	{"symbol", []*unicode.RangeTable{unicode.S}},
}

func sortOf(r rune) string {
	if r >= '\uff01' && r <= '\uff5e' { // look like ASCII, only wider
		return "full-width character"
	}
	for _, s := range sorts {
		if unicode.In(r, s.tables...) {
			return s.name
		}
	}
	return "unassigned character"
}
