package flow

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Capital returns a sentence of a book with a capital letter, as screens begin it. A sign, a letter of a script without
// capitals, and an address or a name to copy stay as they are.
func Capital(sentence string) string {
	first, size := utf8.DecodeRuneInString(sentence)
	word, _, _ := strings.Cut(sentence, " ")
	if !unicode.IsLower(first) || strings.ContainsAny(strings.TrimRight(word, ".,;:"), "./:@_-=") {
		return sentence
	}
	return string(unicode.ToUpper(first)) + sentence[size:]
}
