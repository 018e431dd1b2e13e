package pleoclient

import (
	"slices"
	"strings"
	"unicode"
)

// MayBeKey reports whether a text looks random enough to be a key: people enter one where something else belongs, and
// then it must not be used. It guesses, because Pleo does not publish how its keys look: even a text that it does not
// report may be a key. Names, ids, addresses, UUIDs and what age generates are not reported.
//
// Each start asks about its flags and variables, so no expression is compiled for it.
func MayBeKey(text string) bool {
	text = trimSpace(text)
	if len(text) > MaxKeyBytes || !strings.ContainsFunc(text, unicode.IsSpace) && longParts(text) == nil {
		return false
	}
	text, _ = peel("", text)
	if len(text) < 20 || strings.ContainsFunc(text, oddInKey) || strings.HasPrefix(strings.ToLower(text), "age") {
		return false
	}
	return slices.ContainsFunc(longParts(text), func(part string) bool {
		return strings.ContainsAny(part, "0123456789") && strings.Trim(part, "0123456789") != ""
	})
}

// longParts returns the parts of at least 16 letters and digits.
func longParts(text string) (long []string) {
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return !isLetterOrDigit(r) }) {
		if len(part) >= 16 {
			long = append(long, part)
		}
	}
	return long
}

func oddInKey(r rune) bool { return !isLetterOrDigit(r) && !strings.ContainsRune("_+=~-", r) }

func isLetterOrDigit(r rune) bool {
	return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
