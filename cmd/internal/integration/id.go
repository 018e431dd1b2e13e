package integration

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"pleo-connect/store"
)

const (
	maxNamed   = 31 // the letters of a name in an id that a hash follows
	hashLength = 8
)

// idFrom makes the id of an integration from its name: the ASCII letters and digits in lower case, with hyphens between
// the words. A name with other letters or signs, or one that is too short or too long, gets a short hash at the end, so
// that two such names do not share an id.
func idFrom(name string) string {
	var id strings.Builder
	lost := false
	for _, r := range strings.ToLower(name) {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			id.WriteRune(r)
			continue
		case !strings.ContainsRune(" -_.,:;/()'", r):
			lost = true
		}
		if text := id.String(); text != "" && !strings.HasSuffix(text, "-") {
			id.WriteByte('-')
		}
	}
	text := strings.TrimRight(id.String(), "-")
	if !lost && store.IsIntegrationID(text) {
		return text
	}
	sum := sha256.Sum256([]byte(name))
	text = strings.TrimRight(text[:min(len(text), maxNamed)], "-")
	return strings.TrimPrefix(text+"-"+hex.EncodeToString(sum[:])[:hashLength], "-")
}
