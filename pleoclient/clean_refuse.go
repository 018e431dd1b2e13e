package pleoclient

import (
	"strings"
	"unicode/utf8"

	"pleo-connect/pleoclient/lazy"
)

// minKeyCharacters is far below the length of any real key. A shorter text is a slip of the mouse.
const minKeyCharacters = 8

// refuse returns why the text is not a key, or nil.
func refuse(text string) *KeyError {
	if looks := looksOf(text); looks != "" {
		return &KeyError{Kind: KindNotAKey, Looks: looks}
	}
	if isShortened(text) {
		return &KeyError{Kind: KindKeyShortened}
	}
	if utf8.RuneCountInString(text) < minKeyCharacters {
		return &KeyError{Kind: KindNotAKey, Looks: LooksShort}
	}
	refusal := malformed(text)
	if refusal == nil || strings.ContainsRune(" \t\r\n", []rune(text)[refusal.Position-1]) {
		if looks := looksSeveral(text); looks != "" {
			return &KeyError{Kind: KindNotAKey, Looks: looks}
		}
	}
	return refusal
}

// malformed finds the first character that cannot be part of a key.
func malformed(text string) *KeyError {
	position := 0
	for i, r := range text {
		position++
		if !isKeyCharacter(r) {
			return &KeyError{Kind: KindKeyMalformed, Position: position, Character: characterIn(text[i:])}
		}
	}
	return nil
}

// isKeyCharacter reports whether a character can be sent: visible ASCII without the colon.
func isKeyCharacter(r rune) bool { return r >= 0x21 && r <= 0x7e && r != ':' }

// Looks is what a text that is not a key seems to be.
type Looks string

// What people paste instead of a key.
const (
	LooksEmpty    Looks = "empty"
	LooksShort    Looks = "short" // fewer than 8 characters
	LooksURL      Looks = "url"
	LooksUUID     Looks = "uuid" // the id of a company or an installation
	LooksEmail    Looks = "email"
	LooksJSON     Looks = "json"
	LooksCommand  Looks = "command"
	LooksSettings Looks = "settings" // several lines with NAME=value or label: value
	LooksTwoLines Looks = "two_lines"
	LooksKeys     Looks = "several"
	LooksLines    Looks = "lines" // it is uncertain whether they are one wrapped key
)

// looksForms are tried in this order. Each is a form that people paste; no known key matches one.
var looksForms = []struct {
	looks Looks
	form  *lazy.Regexp
}{
	{LooksEmpty, lazy.NewRegexp(`^$`)},
	{LooksJSON, lazy.NewRegexp(`(?s)^(\{|\[\s*[{"']).*["']`)},
	{LooksJSON, lazy.NewRegexp(`^"[^"]*"[ \t]*:`)},
	{LooksCommand, lazy.NewRegexp(
		`(?i)^([$#>%] )?(sudo )?(curl|wget|https?|xh|irm|iwr|invoke-\w+|pleo-connect)(\.exe)?[ \t]`)},
	{LooksCommand, lazy.NewRegexp(`[ \t]--?[A-Za-z]`)},
	{LooksCommand, lazy.NewRegexp(`^--?[A-Za-z][A-Za-z-]*[ \t]`)},
	{LooksURL, lazy.NewRegexp(`(?i)^([a-z][a-z0-9+.-]*://|www\.)`)},
	{LooksURL, lazy.NewRegexp(`(?i)^([a-z0-9-]+\.)*pleo\.io(:[0-9]+)?(/|$)`)},
	{LooksEmail, lazy.NewRegexp(`(?i)^(mailto:)?[^\s@:]+@[^\s@:]+\.[a-z]{2,}$`)},
	{LooksUUID, lazy.NewRegexp(`(?i)^(urn:\S*:)?\{?` + uuidPattern + `\}?$`)},
}

func looksOf(text string) Looks {
	for _, l := range looksForms {
		if l.form.MatchString(text) {
			return l.looks
		}
	}
	return ""
}

// isShortened recognises how lists and password fields show a key: pls_ab…9f, ••••, ****.
func isShortened(text string) bool {
	return strings.ContainsAny(text, "…⋯•●∙") || strings.Contains(text, "...") || strings.Contains(text, "***")
}
