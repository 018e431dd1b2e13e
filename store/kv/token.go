package kv

import (
	"fmt"
	"strings"
)

// Token is what the engine knows this program by. It cannot be printed by accident: behind the pointer is a function,
// because printers that look into everything would follow a pointer to a string. The zero Token is none.
type Token struct{ text *func() string }

const maxToken = 8 << 10 // batch tokens are long; more would be no header

// newToken returns the token in a text, as people and programs save it: on one line, with white space around it. It
// reports false for a text that is no token of any engine.
func newToken(text string) (Token, bool) {
	text = strings.TrimSpace(text)
	outside := func(r rune) bool { return r <= ' ' || r > '~' }
	if text == "" || len(text) > maxToken || strings.ContainsFunc(text, outside) {
		return Token{}, false
	}
	reveal := func() string { return text }
	return Token{&reveal}, true
}

// IsZero reports whether there is no token.
func (t Token) IsZero() bool { return t.text == nil }

func (t Token) reveal() string {
	if t.text == nil {
		return ""
	}
	return (*t.text)()
}

// Format prints a placeholder, whatever the verb.
func (t Token) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[redacted]")) }

// MarshalText gives encoders a placeholder.
func (t Token) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// clean returns a text of an answer, or "" if it may repeat the token: in part, or in one of the forms without spaces
// that bytes are written in, which make long words.
func (t Token) clean(text string) string {
	const maxWord = 24
	token, lower := strings.ToLower(t.reveal()), strings.ToLower(text)
	part := min(8, len(token))
	for at := range len(token) - part + 1 {
		if strings.Contains(lower, token[at:at+part]) {
			return ""
		}
	}
	between := func(r rune) bool { return !strings.ContainsRune(letters+digits+"+/=", r) }
	for _, word := range strings.FieldsFunc(lower, between) {
		if len(word) > maxWord {
			return ""
		}
	}
	return text
}
