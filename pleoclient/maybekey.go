package pleoclient

import (
	"strings"
	"unicode"

	"pleo-connect/pleoclient/lazy"
)

var (
	keyLike  = lazy.NewRegexp(`^[A-Za-z0-9_+=~-]{20,}$`)
	keyParts = lazy.NewRegexp(`[A-Za-z0-9]{16,}`)
)

// MayBeKey reports whether a text looks random enough to be a key: people enter one where something else belongs, and
// then it must not be used. It guesses, because Pleo does not publish how its keys look: even a text that it does not
// report may be a key. Names, ids, addresses, UUIDs and what age generates are not reported.
func MayBeKey(text string) bool {
	text = trimSpace(text)
	if len(text) > MaxKeyBytes || !strings.ContainsFunc(text, unicode.IsSpace) && !keyParts.MatchString(text) {
		return false
	}
	text, _ = peel("", text)
	if !keyLike.MatchString(text) || strings.HasPrefix(strings.ToLower(text), "age") {
		return false
	}
	for _, part := range keyParts.FindAllString(text, -1) {
		if strings.ContainsAny(part, "0123456789") && strings.Trim(part, "0123456789") != "" {
			return true
		}
	}
	return false
}
