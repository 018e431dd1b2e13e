package pleoclient

import "fmt"

// MaxKeyBytes is the longest text that is looked at as a key, without the white space around it.
const MaxKeyBytes = 4096

// CleanKey turns what a person pasted or typed, or a key file held, into a Key. It returns what it removed, refuses
// what it cannot repair, and never corrects a character. The error is a [*KeyError].
//
// The result is the whole key or an error, never a part of a key or two keys: what is around a key is removed only if
// it is certainly not part of the key. What may be part of it is kept and returned as [Odd].
//
// Pleo publishes neither prefix nor length nor alphabet of its keys, so none of them is a reason to refuse. It refuses
// what Basic authentication cannot carry (RFC 7617: a colon ends the user name) and what an HTTP header should not
// contain.
//
// Source: https://developers.pleo.io/docs/current/authentication/api-base-urls
func CleanKey(text string) (Key, Cleaned, error) {
	indented := text
	text = trimSpace(text)
	if len(text) > MaxKeyBytes {
		return Key{}, Cleaned{}, &KeyError{Kind: KindKeyTooLong}
	}
	if isSettings(text) { // checked first: joined lines would send the other settings to Pleo
		return Key{}, Cleaned{}, &KeyError{Kind: KindNotAKey, Looks: LooksSettings}
	}
	text, removed := peel(indentation.FindString(indented), text)
	if refusal := refuse(text); refusal != nil {
		return Key{}, Cleaned{}, refusal
	}
	return NewKey(text), Cleaned{Characters: len(text), Removed: removed, Odd: oddIn(text)}, nil
}

// Cleaned is what [CleanKey] did on the way to the key.
type Cleaned struct {
	Characters int       // length of the key
	Removed    []Removal // what was removed, in the order of the constants; white space around a key is not listed
	Odd        Odd       // what was kept, although it may not be part of the key
}

// Removal is one thing that [CleanKey] removed, and how often.
type Removal struct {
	What  Removed
	Count int // at least 1
}

// Removed names what was removed from a pasted text.
type Removed string

// What [CleanKey] removes.
const (
	RemovedMarkers     Removed = "markers"     // ESC[200~ and ESC[201~, or what a terminal left of them
	RemovedBullet      Removed = "bullet"      // of a list, also "1." and the ">" of a quoted mail
	RemovedOption      Removed = "option"      // -u, -H, -e and their long names, as curl and docker have them
	RemovedExport      Removed = "export"      // also set NAME= and $env:NAME=
	RemovedName        Removed = "name"        // an assignment without a command, also of a systemd unit
	RemovedLabel       Removed = "label"       // such as "API key:", also the name of a member of JSON
	RemovedHeader      Removed = "header"      // the name of the HTTP header
	RemovedBearer      Removed = "bearer"      // the scheme in the header
	RemovedBasic       Removed = "basic"       // and its base64 is decoded, when it holds a key and a colon
	RemovedQuotes      Removed = "quotes"      // counted in pairs
	RemovedBrackets    Removed = "brackets"    // counted in pairs
	RemovedAsterisks   Removed = "asterisks"   // of Markdown; counted in pairs
	RemovedPunctuation Removed = "punctuation" // one of , ; . after a quote or a bracket
	RemovedColon       Removed = "colon"       // at the end, as in -u KEY:
	RemovedLines       Removed = "lines"       // each with a label, after the key, as pass shows them
	RemovedLineBreaks  Removed = "line_breaks" // inside a wrapped key
	RemovedSpaces      Removed = "spaces"      // counted in characters
	RemovedDoubled     Removed = "doubled"     // the same key twice in a row
)

// KeyError says why a text is not a key. It never holds the text; flow has the words for people.
type KeyError struct {
	Kind      Kind      // KindKeyMalformed, KindKeyShortened, KindKeyTooLong or KindNotAKey
	Position  int       // with KindKeyMalformed: the number of the character in the cleaned text, from 1
	Character Character // with KindKeyMalformed
	Looks     Looks     // with KindNotAKey
}

// Error returns one line for logs, without any of the text.
func (e *KeyError) Error() string {
	switch {
	case e.Kind == KindKeyMalformed:
		return fmt.Sprintf("%s: %s at position %d", e.Kind, e.Character, e.Position)
	case e.Looks != "":
		return fmt.Sprintf("%s: %s", e.Kind, e.Looks)
	}
	return string(e.Kind)
}
