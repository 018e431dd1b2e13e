package pleoclient

import (
	"encoding/base64"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"pleo-connect/pleoclient/lazy"
)

// peeling is a text from which a key is extracted. Each step that finds something to remove makes the text shorter.
type peeling struct {
	text    string
	indent  string // preceded the text on its first line
	removed map[Removed]int
	marked  bool // a paste marker came first, so the rest of one at the end is not part of the key
}

// peel removes what is around a key and what broke it, layer by layer, until no step finds anything. So peeling a
// peeled text changes nothing.
func peel(indent, text string) (string, []Removal) {
	p := peeling{text: text, indent: indent, removed: map[Removed]int{}}
	for p.step() {
	}
	return p.text, p.removals()
}

// step takes the first step that finds something.
func (p *peeling) step() bool {
	for _, step := range peelingSteps {
		before := p.text
		step(p)
		if p.text = trimSpace(p.text); p.text != before {
			return true
		}
	}
	return false
}

// peelingSteps are tried in this order. Line breaks come before what precedes a key, because that fills the first line
// as well. A colon comes last, because it proves that the text is the value of -u.
var peelingSteps = []func(*peeling){
	(*peeling).markers, (*peeling).passwordEntry,
	(*peeling).doubling, (*peeling).lineBreaks,
	(*peeling).bullet, (*peeling).option, (*peeling).enclosure, (*peeling).assignment, (*peeling).label,
	(*peeling).header, (*peeling).scheme, (*peeling).colon,
}

// removedOrder is the order in which removals are listed: from the outside to the inside.
var removedOrder = []Removed{
	RemovedMarkers, RemovedBullet, RemovedOption, RemovedExport, RemovedName, RemovedLabel, RemovedHeader, RemovedBearer,
	RemovedBasic, RemovedQuotes, RemovedBrackets, RemovedAsterisks, RemovedPunctuation, RemovedColon, RemovedLines,
	RemovedLineBreaks, RemovedSpaces, RemovedDoubled,
}

// removals returns what was removed, from the outside to the inside.
func (p *peeling) removals() []Removal {
	var out []Removal
	for _, what := range removedOrder {
		if n := p.removed[what]; n > 0 {
			out = append(out, Removal{what, n})
		}
	}
	return out
}

func (p *peeling) take(what Removed, rest string) {
	p.text = rest
	p.removed[what]++
}

var indentation = lazy.NewRegexp(`^[ \t]+`)

// trimSpace drops white space at both ends, and the byte order mark that some editors put at the beginning of a file.
func trimSpace(text string) string {
	text = strings.TrimPrefix(text, "\ufeff")
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) && r != '\u0085' })
}

// Paste markers, whole or without the beginning, which some terminals drop. After the key, the shortest forms count
// only if there was a marker before it, because a key might end like that.
var (
	markersInFront     = []string{"\x1b[200~", "[200~", "200~", "0~"}
	markersBehind      = []string{"\x1b[201~", "[201~"}
	shortMarkersBehind = []string{"201~", "1~"}
)

func (p *peeling) markers() {
	for _, marker := range markersInFront {
		if rest, found := strings.CutPrefix(p.text, marker); found {
			p.take(RemovedMarkers, rest)
			p.marked = true
		}
	}
	p.markersBehind(markersBehind)
	if p.marked {
		p.markersBehind(shortMarkersBehind)
	}
}

func (p *peeling) markersBehind(markers []string) {
	for _, marker := range markers {
		if rest, found := strings.CutSuffix(p.text, marker); found {
			p.take(RemovedMarkers, rest)
		}
	}
}

const (
	plainQuotes       = "'\"`"
	typographicQuotes = "“”„«»‘’‚"
)

// enclosure removes one pair around the key, with a comma, semicolon or full stop after it. After a key without a pair,
// these may be part of the key.
func (p *peeling) enclosure() {
	if inner, what := enclosed(p.text); what != "" {
		p.take(what, inner)
		return
	}
	if text := strings.TrimRight(p.text, ",;."); len(text) == len(p.text)-1 {
		if _, what := enclosed(text); what != "" {
			p.take(RemovedPunctuation, text)
		}
	}
}

var asterisksForm = lazy.NewRegexp(`^(?:\*([^*\s].*[^*\s])\*|\*\*([^*\s].*[^*\s])\*\*)$`)

// enclosed returns what is between a pair of quotes, brackets or asterisks, and which it is. Plain quotes must match,
// and must not occur inside: "a": "b" is not one quoted text. Typographic ones are never part of a key, and languages
// pair them in many ways. Brackets around more than a key may be JSON.
func enclosed(text string) (inner string, what Removed) {
	if m := asterisksForm.FindStringSubmatch(text); m != nil {
		return m[1] + m[2], RemovedAsterisks
	}
	first, front := utf8.DecodeRuneInString(text)
	last, back := utf8.DecodeLastRuneInString(text)
	if len(text) < front+back {
		return "", ""
	}
	inner = text[front : len(text)-back]
	plain := first == last && strings.ContainsRune(plainQuotes, first) &&
		!strings.ContainsRune(strings.Trim(inner, string(first)), first)
	if plain || strings.ContainsRune(typographicQuotes, first) && strings.ContainsRune(typographicQuotes, last) {
		return inner, RemovedQuotes
	}
	pair := string(first) + string(last)
	if slices.Contains(brackets, pair) && !strings.ContainsAny(inner, pair+plainQuotes+": \t\r\n") {
		return inner, RemovedBrackets
	}
	return "", ""
}

var brackets = []string{"<>", "()", "[]", "{}"}

var bulletForm = lazy.NewRegexp(`^(?:[-*+•–>]|[0-9]{1,2}[.)])[ \t]+(\S+)$`)

func (p *peeling) bullet() {
	if m := bulletForm.FindStringSubmatch(p.text); m != nil {
		p.take(RemovedBullet, m[1])
	}
}

// Groups: the value of an option, or what follows -u without a space, up to the colon that proves it.
var optionForm = lazy.NewRegexp(`(?s)^(?:(?:-u|--user|-H|--header|-e|--env)(?:[ \t]+|=)(.+)|-u(\S+:))$`)

// option removes the name of an option whose whole value is the key.
func (p *peeling) option() {
	m := optionForm.FindStringSubmatch(p.text)
	if m == nil {
		return
	}
	value := m[1] + m[2]
	if _, what := enclosed(value); what == RemovedQuotes || !strings.ContainsAny(value, " \t\r\n") {
		p.take(RemovedOption, value)
	}
}

var (
	// Groups: 1 command or setting of a unit, 2 quote as in set "NAME=value", 3 name, 4 value.
	assignmentForm = lazy.NewRegexp(
		`(?s)^((?i:export|set|env|declare[ \t]+-x)[ \t]+|(?i:\$env:)|Environment[ \t]*=[ \t]*)?` +
			`(["']?)([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*([^= \t].*)$`)
	upperName  = lazy.NewRegexp(`^[A-Z0-9_]+$`)
	secretName = lazy.NewRegexp(`(?i)(key|token|secret|password|pleo)$`)
)

// assignment removes "NAME=" if that certainly does not cut a key with "=" in it: a command precedes it, or the name is
// usual for settings, and enough is left for a key.
func (p *peeling) assignment() {
	m := assignmentForm.FindStringSubmatch(p.text)
	if m == nil {
		return
	}
	command, quote, name, value := m[1], m[2], m[3], m[4]
	inner, closed := strings.CutSuffix(value, quote)
	ambiguous := command == "" && !isSettingName(name)
	if ambiguous || !closed || len(inner) < minKeyCharacters {
		return
	}
	if command == "" || strings.HasPrefix(command, "Environment") {
		p.take(RemovedName, inner)
	} else {
		p.take(RemovedExport, inner)
	}
	if quote != "" {
		p.take(RemovedQuotes, inner)
	}
}

func isSettingName(name string) bool {
	return upperName.MatchString(name) || secretName.MatchString(name)
}

// Groups: 1 and 3 quotes, 2 label, 4 value.
var labelForm = lazy.NewRegexp(`(?s)^(["']?)(\pL[\pL\d _./()-]{0,40}?)(["']?)[ \t]*:(.+)$`)

// credentialForm is a setting of a systemd unit, ID:VALUE.
var credentialForm = lazy.NewRegexp(`(?s)^SetCredential[ \t]*=[ \t]*[^\s:]+:([^\s:].+)$`)

// besideName matches labels of what is kept next to a key.
var besideName = lazy.NewRegexp(`(?i)(login|user|name|mail|url|address|site|id|number|date|note|comment)s?$`)

// label removes the name of the key in a list, a header, YAML or a member of JSON; no other label may follow. People
// choose their own labels: before a space and one whole text that may be a key, any label counts that does not name
// something else. No key is cut, because none has a colon. Without the space, the label has to be the name of a secret.
func (p *peeling) label() {
	if m := credentialForm.FindStringSubmatch(p.text); m != nil {
		p.take(RemovedName, m[1])
		return
	}
	m := labelForm.FindStringSubmatch(p.text)
	if m == nil || m[1] != m[3] || !secretName.MatchString(m[2]) && !isLabel(m[2], m[4]) {
		return
	}
	if value := strings.TrimRight(m[4], `"':,;.`); len(value) >= minKeyCharacters && !strings.Contains(value, ":") {
		p.take(RemovedLabel, m[4])
	}
}

func isLabel(name, rest string) bool {
	value := strings.Trim(rest, " \t\"'`,;.")
	return (rest[0] == ' ' || rest[0] == '\t') && !besideName.MatchString(name) && len(value) >= minWholeKey &&
		refuse(value) == nil
}

// colon removes the colon that ends the user name in -u KEY:. No key has one. A text that begins with a hyphen is an
// option that was not recognised.
func (p *peeling) colon() {
	key, found := strings.CutSuffix(p.text, ":")
	if found && refuse(key) == nil && key[0] != '-' && !isSettingName(key) {
		p.take(RemovedColon, key)
	}
}

var headerForm = lazy.NewRegexp(`(?is)^authorization[ \t]*:(.+)$`)

func (p *peeling) header() {
	if m := headerForm.FindStringSubmatch(p.text); m != nil {
		p.take(RemovedHeader, m[1])
	}
}

var schemeForm = lazy.NewRegexp(`(?is)^(bearer|basic)[ \t\r\n]+(.+)$`)

// scheme removes "Bearer" or "Basic". What follows Basic is decoded if that gives a key with its colon; otherwise it is
// the key itself, as in many instructions on the web.
func (p *peeling) scheme() {
	m := schemeForm.FindStringSubmatch(p.text)
	if m == nil {
		return
	}
	inner := m[2]
	if strings.EqualFold(m[1], "bearer") {
		p.take(RemovedBearer, inner)
		return
	}
	if key, ok := fromBasic(inner); ok {
		inner = key
	}
	p.take(RemovedBasic, inner)
}

func fromBasic(text string) (string, bool) {
	decoded, err := base64.StdEncoding.DecodeString(strings.TrimRight(text, " \t\r\n"))
	if err != nil {
		return "", false
	}
	key, ok := strings.CutSuffix(string(decoded), ":")
	return key, ok && len(key) >= minKeyCharacters && malformed(key) == nil
}

// betweenCopies matches what is between two copies of a key: white space, the comma of a list, and the markers of two
// pastes.
var betweenCopies = lazy.NewRegexp(`^[ \t\r\n,;]*(\x1b\[201~)?[ \t\r\n]*(\x1b\[200~)?[ \t\r\n]*$`)

// longestGap is the length of the longest text between two copies that is looked at, in bytes.
const longestGap = 24

// doubling keeps one of two or more copies of the same key, only if they are equal to the last character.
func (p *peeling) doubling() {
	if parts := partsOf(p.text); len(parts) > 1 && len(parts[0]) >= minWholeKey && len(slices.Compact(parts)) == 1 {
		p.take(RemovedDoubled, parts[0])
		return
	}
	for gap := range longestGap {
		half := (len(p.text) - gap) / 2
		if half < minWholeKey {
			return
		}
		if p.text[:half] == p.text[len(p.text)-half:] && betweenCopies.MatchString(p.text[half:len(p.text)-half]) {
			p.take(RemovedDoubled, p.text[:half])
			return
		}
	}
}
