package pleoclient

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Character is a character that is not allowed where it is. A person can look it up, and no one has to draw it.
type Character struct {
	Rune rune // [utf8.RuneError] for a byte that is not UTF-8
	Byte byte // that byte; 0: it is a character
	Sort Sort // says something about a character whose name is not known
}

// characterIn returns the first character of text.
func characterIn(text string) Character {
	r, size := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && size == 1 {
		return Character{Rune: r, Byte: text[0]}
	}
	return Character{Rune: r, Sort: sortOf(r)}
}

// String returns the number of the character, such as "U+2013", or the byte that is not UTF-8, such as "0x80".
func (c Character) String() string {
	if c.Byte != 0 {
		return fmt.Sprintf("0x%02X", c.Byte)
	}
	return fmt.Sprintf("U+%04X", c.Rune)
}

// Sort is the sort of a character.
type Sort string

// The sorts.
const (
	SortControl     Sort = "control"
	SortInvisible   Sort = "invisible" // formatting
	SortPrivate     Sort = "private"
	SortSpace       Sort = "space"
	SortFullWidth   Sort = "full_width" // of an ASCII character
	SortCyrillic    Sort = "cyrillic"
	SortGreek       Sort = "greek"
	SortLatin       Sort = "latin"
	SortLetter      Sort = "letter" // of another script
	SortMark        Sort = "mark"   // combines with the character before it
	SortDigit       Sort = "digit"
	SortPunctuation Sort = "punctuation"
	SortSymbol      Sort = "symbol"
	SortUnassigned  Sort = "unassigned"
)

// sorts are tried in this order.
var sorts = []struct {
	sort   Sort
	tables []*unicode.RangeTable
}{
	{SortControl, []*unicode.RangeTable{unicode.Cc}},
	{SortInvisible, []*unicode.RangeTable{unicode.Cf, unicode.Variation_Selector}},
	{SortPrivate, []*unicode.RangeTable{unicode.Co}},
	{SortSpace, []*unicode.RangeTable{unicode.Z}},
	{SortCyrillic, []*unicode.RangeTable{unicode.Cyrillic}},
	{SortGreek, []*unicode.RangeTable{unicode.Greek}},
	{SortLatin, []*unicode.RangeTable{unicode.Latin}},
	{SortLetter, []*unicode.RangeTable{unicode.L}},
	{SortMark, []*unicode.RangeTable{unicode.M}},
	{SortDigit, []*unicode.RangeTable{unicode.N}},
	{SortPunctuation, []*unicode.RangeTable{unicode.P}},
	{SortSymbol, []*unicode.RangeTable{unicode.S}},
}

func sortOf(r rune) Sort {
	if r >= '\uff01' && r <= '\uff5e' { // looks like ASCII, only wider
		return SortFullWidth
	}
	for _, s := range sorts {
		if unicode.In(r, s.tables...) {
			return s.sort
		}
	}
	return SortUnassigned
}
