package pleoclient

import "strings"

// scrubber cleans text from the wire for an error and removes what would give a secret away. It is the last net: a
// stranger who was sent the key may send it back. It holds pairs of a secret and its replacement; the zero
// scrubber only cleans.
type scrubber []string

// newScrubber removes the secrets, the first of two that begin alike first. Those under 4 bytes stay: they would tear
// words apart, and so show where they were.
func newScrubber(secrets ...string) scrubber {
	var s scrubber
	for _, secret := range secrets {
		if len(secret) >= 4 {
			s = append(s, secret, redacted)
		}
	}
	return s
}

// keyScrubber removes the key, its Basic form, and the part of it that the Base64 of the bare key has in common.
func keyScrubber(key, basic string) scrubber {
	return newScrubber(key, basic, basic[:len(key)/3*4])
}

// hide replaces the secrets. It comes before everything that shortens or splits a text, so that no
// half of a key is left.
func (s scrubber) hide(text string) string { return strings.NewReplacer(s...).Replace(text) }

// clean is for a text of the length of a name.
func (s scrubber) clean(text string) SafeText { return Safe(s.hide(text)) }
