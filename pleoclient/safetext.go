package pleoclient

import (
	"errors"
	"strconv"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"
)

const (
	safeRunes     = 80 // a company name longer than this is cut, with an ellipsis
	safeCombining = 2  // more marks than this on one letter are dropped
	pathRunes     = 4096
)

// SafeText is text from outside that cannot play tricks on a terminal: no control characters, no bidirectional
// overrides, no zero-width characters, no piles of combining marks, at most 80 runes. Interfaces draw only this type.
//
// Letters of every script stay as they are.
type SafeText struct{ s string }

// Safe cleans s. What must not be drawn becomes U+FFFD, white space becomes one space, the ends are trimmed.
func Safe(s string) SafeText { return SafeText{cleanText(s, safeRunes)} }

// SafeUpTo is [Safe] for texts that are longer than a name, such as a path with the command that repairs it.
func SafeUpTo(s string, runes int) SafeText { return SafeText{cleanText(s, runes)} }

// SafePath is [SafeUpTo] for the name of a file. One that cannot be drawn is quoted, with "\x1b" for an escape
// character and the like, and "\x20" for a space next to another, so that a person sees what is there.
func SafePath(path string) SafeText {
	if !IsSafe(path) {
		path = strings.ReplaceAll(strconv.Quote(path), "  ", ` \x20`)
	}
	return SafeUpTo(path, pathRunes)
}

// ShellWord quotes a word for a command that a person may paste. [Safe] leaves the result as it is, even if the word
// has spaces: no two of them are adjacent. A word that cannot be drawn is written so that it names no file, because its
// cleaned form could be the name of another.
func ShellWord(word string) string {
	if !IsSafe(strings.ReplaceAll(word, " ", "")) {
		word = strconv.QuoteToASCII(word)
	}
	plain := func(r rune) bool { return r > ' ' && r < 0x7f && !strings.ContainsRune("\"'`$&|;<>()*?[]{}!#~\\", r) }
	if word != "" && strings.TrimFunc(word, plain) == "" {
		return word
	}
	word = strings.ReplaceAll(word, "'", `'\''`)
	for strings.Contains(word, "  ") {
		word = strings.ReplaceAll(word, "  ", " '' ")
	}
	return "'" + word + "'"
}

// ShellWords quotes words with [ShellWord] and joins them.
func ShellWords(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = ShellWord(word)
	}
	return strings.Join(quoted, " ")
}

// SystemReason returns the system's own words in err, without the call and the path that package os puts around them.
// If there are none, it returns those for a failed input or output.
func SystemReason(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return syscall.EIO.Error()
}

// String returns the cleaned text.
func (t SafeText) String() string { return t.s }

// IsZero reports whether nothing is left of the text.
func (t SafeText) IsZero() bool { return t.s == "" }

// MarshalText lets JSON show the cleaned text.
func (t SafeText) MarshalText() ([]byte, error) { return []byte(t.s), nil }

// IsSafe reports whether s would be drawn as it is, apart from its length. Configuration files must satisfy it.
func IsSafe(s string) bool { return cleanText(s, utf8.RuneCountInString(s)) == s }

func cleanText(s string, limit int) string {
	if len(s) <= limit && isClean(s) {
		return s
	}
	var b strings.Builder
	runes, marks, space := 0, 0, false
	for _, r := range s { // invalid UTF-8 arrives as U+FFFD already
		if unicode.IsSpace(r) && r != '\u0085' {
			space = b.Len() > 0
			continue
		}
		mark := unicode.Is(unicode.M, r) && !isHidden(r)
		if !mark {
			marks = 0
		} else if marks++; marks > safeCombining {
			continue
		}
		if isHidden(r) || mark && b.Len() == 0 { // a mark without a letter would be drawn on what precedes the text
			r = utf8.RuneError
		}
		if space {
			b.WriteByte(' ')
			runes, space = runes+1, false
		}
		if runes++; runes > limit {
			return strings.TrimRight(cutRunes(b.String(), limit-1), " ") + "…"
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isClean reports whether a text is visible ASCII with single spaces between its words, as most texts are: it is drawn
// as it is.
func isClean(s string) bool {
	before := byte(' ')
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && before == ' ' {
			return false
		}
		before = s[i]
	}
	return s == "" || before != ' '
}

func cutRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// isHidden reports whether a rune draws nothing, or makes a terminal do something.
func isHidden(r rune) bool {
	switch {
	case !unicode.IsGraphic(r):
		// control (C0, C1), format (bidi, zero width, tags, BOM), private use, surrogates, unassigned
		return true
	case unicode.Is(unicode.Variation_Selector, r):
		return true
	case r == '\u115f', r == '\u1160', r == '\u3164', r == '\uffa0': // Hangul fillers
		return true
	case r == '\u2800', r == '\u034f', r == '\u17b4', r == '\u17b5': // braille blank, grapheme joiner, Khmer fillers
		return true
	case r >= 0x1f3fb && r <= 0x1f3ff, r >= 0x1f1e6 && r <= 0x1f1ff:
		// skin tones, halves of flags: programs disagree about the width
		return true
	}
	return false
}
