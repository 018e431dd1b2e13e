package input

import (
	"strconv"
	"unicode"

	"pleo-connect/pleoclient/lazy"
)

// The forms of a key that a terminal sends when a program has asked for them, and still sends after that program was
// killed: CSI u of the Kitty keyboard protocol, modifyOtherKeys of xterm, and the application keypad of a VT100.
//
// Source: https://sw.kovidgoyal.net/kitty/keyboard-protocol/
// Source: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
var (
	csiU            = lazy.NewRegexp(`^\x1b\[(\d+)(?::(\d*))?(?::(\d*))?(?:;(\d*)(?::(\d*))?)?(?:;(\d*))?u$`)
	modifyOtherKeys = lazy.NewRegexp(`^\x1b\[27;(\d+);(\d+)~$`)
	keypad          = lazy.NewRegexp(`^\x1bO([IMXj-y])$`)
)

// Modifiers of a key. The form of a key holds their sum plus 1. Caps lock and num lock are modifiers there.
const (
	shift = 1 << iota
	alt
	ctrl
	super
	hyper
	meta
	capsLock
)

const released = 3 // the kind of event for a release; 1 is a press, and 2 a repeat

// stroke is a key as one of the forms reports it.
type stroke struct {
	code      rune // of the key alone, in the person's layout
	shifted   rune // of the key with shift; 0: not reported
	base      rune // of the key in the US layout; 0: not reported
	modifiers int
	event     int
	text      rune // what the key types; 0: not reported
}

// plainForm returns what a terminal sends for the same key if no program has asked for more: the control character for
// Ctrl and a letter, CR for Enter. Releasing a key sends nothing. A sequence without a plain form stays as it is.
func plainForm(sequence []byte) []byte {
	s, ok := parseForm(string(sequence))
	switch {
	case !ok:
		return sequence
	case s.event == released:
		return nil
	case s.modifiers&(alt|super|hyper|meta) != 0:
		return sequence
	}
	if plain := s.plain(); plain != "" {
		return []byte(plain)
	}
	return sequence
}

func parseForm(sequence string) (s stroke, ok bool) {
	if m := csiU.FindStringSubmatch(sequence); m != nil {
		s = stroke{code: number(m[1]), shifted: number(m[2]), base: number(m[3]), text: number(m[6])}
		s.modifiers, s.event = modifiers(m[4]), int(number(m[5]))
		return s, true
	}
	if m := modifyOtherKeys.FindStringSubmatch(sequence); m != nil {
		return stroke{code: number(m[2]), modifiers: modifiers(m[1])}, true
	}
	if m := keypad.FindStringSubmatch(sequence); m != nil {
		return stroke{code: keypadCode(m[1][0])}, true
	}
	return s, false
}

// number returns a parameter, or 0 if it is missing or not a character.
func number(digits string) rune {
	n, err := strconv.Atoi(digits)
	if err != nil || n > unicode.MaxRune {
		return 0
	}
	return rune(n)
}

func modifiers(digits string) int { return max(int(number(digits))-1, 0) }

func keypadCode(final byte) rune {
	switch {
	case final == 'I':
		return tab
	case final == 'M':
		return enter
	case final == 'X':
		return '='
	}
	return rune("*+,-./0123456789"[final-'j'])
}

// Codes of keys. Those of the keypad are consecutive, and type these characters.
const (
	backspace   = 0x7f
	ctrlH       = 0x08
	tab         = '\t'
	enter       = '\r'
	keypadFirst = 57399
	keypadTypes = "0123456789./*-+\r=,"
	noCharacter = 57344 // keys from here to the end of this Unicode block type nothing
	lastOfBlock = 63743
)

func (s stroke) plain() string {
	if i := int(s.code) - keypadFirst; i >= 0 && i < len(keypadTypes) {
		s.code = rune(keypadTypes[i])
	}
	switch {
	case s.code == enter:
		return "\r"
	case s.code == backspace, s.code == ctrlH:
		return "\x7f"
	case s.code == tab && s.modifiers&(shift|ctrl) == 0:
		return "\t"
	case s.modifiers&ctrl != 0:
		return s.control()
	}
	return s.character()
}

// control returns the control character for Ctrl and a letter; in a layout without Latin letters, for the letter of the
// key in the US layout.
func (s stroke) control() string {
	c := unicode.ToLower(s.code) // caps lock
	if c > unicode.MaxASCII {
		c = s.base
	}
	switch {
	case s.modifiers&shift != 0: // usually a shortcut of the terminal
		return ""
	case c == '[':
		return escKey
	case c >= 'a' && c <= 'z':
		return string(c & 0x1f)
	}
	return ""
}

// character returns what a key types.
func (s stroke) character() string {
	c := s.code
	shifted := s.modifiers&shift != 0
	switch {
	case s.text != 0:
		c = s.text
	case shifted && s.shifted != 0:
		c = s.shifted
	case shifted != (s.modifiers&capsLock != 0):
		c = unicode.ToUpper(c)
	}
	if !unicode.IsPrint(c) || c >= noCharacter && c <= lastOfBlock {
		return ""
	}
	return string(c)
}
