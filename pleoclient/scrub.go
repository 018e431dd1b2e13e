package pleoclient

import "strings"

// scrubber cleans text from the wire for an error and removes what would give the key away. It is the last net: a stranger
// who was sent the key may send it back. The zero scrubber only cleans.
type scrubber struct{ secrets *strings.Replacer }

// newScrubber removes the key, its Basic form, and the part of it that the Base64 of the bare key has in common.
func newScrubber(key, basic string) scrubber {
	pairs := []string{key, redacted, basic, redacted}
	if stem := basic[:len(key)/3*4]; stem != "" {
		pairs = append(pairs, stem, redacted)
	}
	return scrubber{strings.NewReplacer(pairs...)}
}

// clean replaces first and cuts afterwards, so that no half of a key is left at the end.
func (s scrubber) clean(text string) SafeText {
	if s.secrets != nil {
		text = s.secrets.Replace(text)
	}
	return Safe(text)
}
