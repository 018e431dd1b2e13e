package flow

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Capital returns a sentence of a book as a screen begins it. What begins it may also be a sign, a letter of a script
// without capitals, or an address or a name to copy, which stays as it is.
func Capital(sentence string) string {
	first, size := utf8.DecodeRuneInString(sentence)
	word, _, _ := strings.Cut(sentence, " ")
	if !unicode.IsLower(first) || strings.ContainsAny(strings.TrimRight(word, ".,;:"), "./:@_-=") {
		return sentence
	}
	return string(unicode.ToUpper(first)) + sentence[size:]
}
