package pleoclient

import (
	"slices"
	"strings"
	"unicode/utf8"

	"pleo-connect/pleoclient/lazy"
)

// minWholeKey is the length from which a part of a text counts as a key of its own. Real keys are longer; a shorter
// part is a word, or the rest of a wrapped key.
const minWholeKey = 16

// behindKey is what can follow the last character of a key on its line.
const behindKey = plainQuotes + typographicQuotes + ">)]}*:;,."

var (
	lineBreakForm = lazy.NewRegexp(`[ \t]*[\r\n][ \t\r\n]*`)

	// A line break is inside a key only after a character that does not end a key, a name or a list item, and not after
	// a word that a key follows.
	brokenForm  = lazy.NewRegexp(`[^\s:=,;|\\"'` + "`" + `>)\]}]$`)
	wordInFront = lazy.NewRegexp(
		`(?i)(^|[\s:="'` + "`" + `])([-*+•–>]|[0-9]{1,2}[.)]|bearer|basic|--?[a-z]+|export|set|env|declare)$`)

	// A line that continues a key has no name, quote or bracket of its own, except those that end the whole text.
	middleForm = lazy.NewRegexp(`^[^\s:=,;|\\"'` + "`" + `<>()\[\]{}]+$`)
	restForm   = lazy.NewRegexp(`^([^\s:=,;|\\"'` + "`" + `<>()\[\]{}]+={0,2})?["'` + "`" + `>)\]}*:;,.]*$`)
	// Below a key there may be the button of a page, or what a shell prints after a text without a line break.
	otherForm = lazy.NewRegexp(`(?i)^([$#%]|(copy|copied|show|hide|done|close|ok)[.!]?)$`)

	beforeKey  = lazy.NewRegexp(`^(.*[\s=:<>(\[{*` + plainQuotes + typographicQuotes + `]|-u)?`)
	prefixForm = lazy.NewRegexp(`^[a-z]{2,}[_-]`)
)

// lineBreaks joins a key that was wrapped, with the white space that wrapping adds around the breaks.
func (p *peeling) lineBreaks() {
	if !isWrapped(p.indent + p.text) {
		return
	}
	p.text = lineBreakForm.ReplaceAllStringFunc(p.text, func(gap string) string {
		spaces := strings.Count(gap, " ") + strings.Count(gap, "\t")
		p.removed[RemovedSpaces] += spaces
		p.removed[RemovedLineBreaks] += len(gap) - spaces - strings.Count(gap, "\r\n")
		return ""
	})
}

// isWrapped reports whether the lines of the text are one key that was broken to fit a width, as terminals, mail and
// editors do: all lines but the last are of one width, and the last is not wider. The text may begin with what precedes
// a key.
//
// Two keys can have that form as well. Keys of one service begin alike or have the same length. So lines that begin
// alike are separate keys, and lines of different lengths that do not begin alike are one key. Lines of the same length
// that begin differently are one key if only the first has a prefix such as "pls_"; otherwise that is uncertain, and
// they are not joined.
func isWrapped(text string) bool {
	lines := linesOf(text)
	if len(lines) < 2 {
		return false
	}
	first, middle, last := lines[0], lines[1:len(lines)-1], strings.TrimSpace(lines[len(lines)-1])
	if !brokenForm.MatchString(first) || wordInFront.MatchString(first) ||
		!restForm.MatchString(last) || otherForm.MatchString(last) {
		return false
	}
	for _, line := range lines {
		if looks := looksOf(strings.TrimSpace(line)); slices.Contains(looksBeside, looks) {
			return false
		}
	}
	for _, line := range middle {
		if !middleForm.MatchString(strings.TrimSpace(line)) {
			return false
		}
	}
	return (fillWidth(lines) || fillWidth(trimmed(lines))) && !mayBeKeys(lines)
}

// looksBeside are what is found above or below a key, on a line of its own.
var looksBeside = []Looks{LooksUUID, LooksEmail, LooksURL}

// linesOf returns the lines that are not blank, with their indentation.
func linesOf(text string) []string {
	var out []string
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
		if line = strings.TrimRight(line, " \t"); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func trimmed(lines []string) []string {
	lines = slices.Clone(lines)
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return lines
}

// fillWidth reports whether every line is as wide as the first, and the last is not wider.
func fillWidth(lines []string) bool {
	width := utf8.RuneCountInString(lines[0])
	for i, line := range lines {
		n := utf8.RuneCountInString(line)
		if n > width || n < width && i < len(lines)-1 {
			return false
		}
	}
	return true
}

// mayBeKeys reports whether each of the lines that fill a width is, or may be, a key.
func mayBeKeys(lines []string) bool {
	first := lines[0][len(beforeKey.FindString(lines[0])):]
	same := len(first) >= minWholeKey
	for _, line := range trimmed(lines)[1:] {
		if len(line) >= minKeyCharacters && beginAlike(first, line) {
			return true
		}
		bare := strings.TrimRight(line, behindKey)
		same = same && len(bare) <= len(first) && len(first) <= len(line) &&
			(!prefixForm.MatchString(first) || prefixForm.MatchString(line))
	}
	return same
}

// beginAlike compares two characters: the keys of Pleo that are known begin with "pls_" and "plp_".
func beginAlike(a, b string) bool { return len(a) > 1 && len(b) > 1 && a[:2] == b[:2] }

func havePrefixes(a, b string) bool { return prefixForm.MatchString(a) && prefixForm.MatchString(b) }

// partsOf splits a text at what separates keys in lists and tables.
func partsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n,;|", r) })
}

// looksSeveral returns what a text with several parts seems to be, or "".
func looksSeveral(text string) Looks {
	parts, lines := partsOf(text), len(linesOf(text))
	if len(parts) < 2 && lines < 2 {
		return ""
	}
	alike, keys, first := false, 0, ""
	for _, part := range parts {
		if len(part) < minWholeKey || refuse(part) != nil {
			continue
		}
		if keys++; keys == 1 {
			first = part
		}
		alike = alike || keys > 1 && (beginAlike(first, part) || havePrefixes(first, part))
	}
	switch {
	case lines == 2 && keys == 2 && alike:
		return LooksTwoLines
	case keys > 1 && (alike || lines == 1):
		return LooksKeys
	case lines > 1:
		return LooksLines
	}
	return ""
}

var (
	sectionLine = lazy.NewRegexp(`^[ \t]*\[[A-Za-z][A-Za-z0-9 ._-]*\]$`)
	settingLine = lazy.NewRegexp(`^[ \t]*(?:(?i:export|set)[ \t]+|(?i:\$env:))?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=`)
	labelLine   = lazy.NewRegexp(`^[ \t]*["']?(\pL[\pL\d _./()-]{0,40}?)["']?[ \t]*:[ \t]+\S`)
	secretLine  = lazy.NewRegexp(`^[^-\s:*<(\[{` + plainQuotes + typographicQuotes + `]` +
		`[^\s:*<(\[{` + plainQuotes + typographicQuotes + `]*$`)
	besideLine = lazy.NewRegexp(`^[ \t]*(\pL[\pL\d _./()-]{0,14}):([ \t]+\S.*|\S*//.*)$`)
)

// isSettings recognises a file with several lines of NAME=value or label: value, which may hold more secrets than the
// key. The header of a section identifies one as well, as in a systemd unit.
func isSettings(text string) bool {
	settings, labels := 0, 0
	lines := linesOf(text)
	section := len(lines) > 1 && sectionLine.MatchString(lines[0])
	for _, line := range lines {
		if m := settingLine.FindStringSubmatch(line); m != nil && (section || isSettingName(m[1])) {
			settings++
		}
		if labelLine.MatchString(line) {
			labels++
		}
	}
	return settings > 1 || settings > 0 && section || labels > 1 && !isPasswordEntry(lines)
}

// isPasswordEntry recognises what pass and gopass show: the secret on the first line, followed by lines with a label,
// none of which is about a secret or may be a key. A first line that opens a quote or a bracket, or that may be an
// option, is part of something else.
//
// Source: https://www.passwordstore.org
func isPasswordEntry(lines []string) bool {
	if len(lines) < 2 || !secretLine.MatchString(lines[0]) {
		return false
	}
	for _, line := range lines[1:] {
		m := besideLine.FindStringSubmatch(line)
		if m == nil || secretName.MatchString(m[1]) {
			return false
		}
		if value := strings.TrimSpace(m[2]); len(value) >= minWholeKey && refuse(value) == nil {
			return false
		}
	}
	return true
}

// passwordEntry keeps the first line of what pass shows. No other line is part of a key, because a key has no colon.
func (p *peeling) passwordEntry() {
	if lines := linesOf(p.text); isPasswordEntry(lines) {
		p.text = lines[0]
		p.removed[RemovedLines] += len(lines) - 1
	}
}
