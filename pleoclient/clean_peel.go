package pleoclient

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// peeling is a text on its way to the key. Each step that finds something to take away makes the text shorter.
type peeling struct {
	text    string
	removed map[Removed]int
	marked  bool // a paste marker was in front, so that the rest of one behind is not part of the key
}

// peel takes away what is around a key and what broke it, layer by layer, until no step finds anything. That is why
// peeling a peeled text changes nothing.
func peel(text string) (string, []Removal) {
	p := peeling{text: text, removed: map[Removed]int{}}
	for {
		before := p.text
		for _, step := range peelingSteps {
			step(&p)
			p.text = trimSpace(p.text)
		}
		if p.text == before {
			return p.text, p.removals()
		}
	}
}

var peelingSteps = []func(*peeling){
	(*peeling).markers, (*peeling).quotes, (*peeling).assignment, (*peeling).header, (*peeling).scheme,
	(*peeling).lineBreaks, (*peeling).doubling,
}

// removedOrder is the order in which removals are listed: from the outside to the inside.
var removedOrder = []Removed{
	RemovedMarkers, RemovedExport, RemovedName, RemovedHeader, RemovedBearer, RemovedBasic, RemovedQuotes,
	RemovedLineBreaks, RemovedSpaces, RemovedDoubled,
}

// removals returns what was taken away, from the outside to the inside.
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

// trimSpace drops white space at both ends, and the byte order mark that some editors put in front of a file.
func trimSpace(text string) string {
	text = strings.TrimPrefix(text, "\ufeff")
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) && r != '\u0085' })
}

// Paste markers, whole or as a terminal that swallowed the beginning leaves them. Behind the key, the shortest forms
// count only when there was one in front: a key might end so.
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

// quotes takes one pair away. Plain quotes must match, and may not come again inside: "a": "b" is not one quoted text.
// Typographic ones are never part of a key, and languages pair them in many ways.
func (p *peeling) quotes() {
	first, front := utf8.DecodeRuneInString(p.text)
	last, back := utf8.DecodeLastRuneInString(p.text)
	if len(p.text) < front+back {
		return
	}
	inner := p.text[front : len(p.text)-back]
	plain := first == last && strings.ContainsRune(plainQuotes, first) &&
		!strings.ContainsRune(strings.Trim(inner, string(first)), first)
	typographic := strings.ContainsRune(typographicQuotes, first) && strings.ContainsRune(typographicQuotes, last)
	if plain || typographic {
		p.take(RemovedQuotes, inner)
	}
}

var (
	// Groups: 1 command, 2 quote as in set "NAME=value", 3 name, 4 value.
	assignmentForm = regexp.MustCompile(
		`(?s)^((?i:export|set)[ \t]+|(?i:\$env:))?(["']?)([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*([^= \t].*)$`)
	upperName  = regexp.MustCompile(`^[A-Z0-9_]+$`)
	secretName = regexp.MustCompile(`(?i)(key|token|secret)$`)
)

// assignment takes "NAME=" away when it is certain that a key with "=" in it is not cut: a command says so, or the name
// is one that settings have, and enough is left for a key.
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
	if command != "" {
		p.take(RemovedExport, inner)
	} else {
		p.take(RemovedName, inner)
	}
	if quote != "" {
		p.take(RemovedQuotes, inner)
	}
}

func isSettingName(name string) bool {
	return upperName.MatchString(name) || secretName.MatchString(name)
}

var headerForm = regexp.MustCompile(`(?is)^authorization[ \t]*:(.+)$`)

func (p *peeling) header() {
	if m := headerForm.FindStringSubmatch(p.text); m != nil {
		p.take(RemovedHeader, m[1])
	}
}

var schemeForm = regexp.MustCompile(`(?is)^(bearer|basic)[ \t\r\n]+(.+)$`)

// scheme takes "Bearer" or "Basic" away. What follows Basic is decoded when that gives a key with its colon;
// otherwise the key itself is there, as many instructions on the web have it.
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

var lineBreakForm = regexp.MustCompile(`[ \t]*[\r\n][ \t\r\n]*`)

// lineBreaks joins a key that was wrapped, with the white space that wrapping adds around the breaks.
func (p *peeling) lineBreaks() {
	p.text = lineBreakForm.ReplaceAllStringFunc(p.text, func(gap string) string {
		spaces := strings.Count(gap, " ") + strings.Count(gap, "\t")
		p.removed[RemovedSpaces] += spaces
		p.removed[RemovedLineBreaks] += len(gap) - spaces - strings.Count(gap, "\r\n")
		return ""
	})
}

// betweenCopies is what lies between two pastes of the same key: nothing, or the markers of both.
var betweenCopies = []string{"", "\x1b[201~", "\x1b[201~\x1b[200~"}

// minDoubledCharacters keeps a key that repeats itself by chance as it is.
const minDoubledCharacters = 16

// doubling takes one of two copies of the same key, and only when they are equal to the last character.
func (p *peeling) doubling() {
	for _, between := range betweenCopies {
		half := (len(p.text) - len(between)) / 2
		if half >= minDoubledCharacters && p.text == p.text[:half]+between+p.text[:half] {
			p.take(RemovedDoubled, p.text[:half])
		}
	}
}
