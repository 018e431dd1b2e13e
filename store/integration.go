package store

import "strings"

// The length of an integration's id.
const (
	minIntegrationID = 3
	maxIntegrationID = 40
)

// IsIntegrationID reports whether text can be the id of an integration: 3 to 40 lower-case letters, digits and hyphens,
// with a letter or digit at both ends. It becomes part of file names.
func IsIntegrationID(text string) bool {
	plain := func(r rune) bool { return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' }
	return len(text) >= minIntegrationID && len(text) <= maxIntegrationID &&
		strings.TrimFunc(text, plain) == "" && strings.Trim(text, "-") == text
}
