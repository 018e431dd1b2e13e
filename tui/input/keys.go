package input

import (
	"bytes"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// stepKeys takes one thing outside a paste: an escape sequence, a character, a control byte.
func (r *Repair) stepKeys(data []byte) int {
	switch c := data[0]; {
	case c == escape:
		return r.stepEscape(data)
	case isText(c):
		return r.stepText(data)
	default:
		r.passTyped()
		r.endStreak()
		if c == interrupt || !r.deaf() {
			r.out = append(r.out, c)
		}
		return 1
	}
}

// isText reports what a pasted text is made of: everything but the control characters that are keys.
func isText(c byte) bool { return c >= 0x20 && c != 0x7f || c == '\r' || c == '\n' || c == '\t' }

func (r *Repair) stepEscape(data []byte) int {
	n, whole := sequence(data)
	switch {
	case n == 0:
		return 0
	case bytes.HasPrefix(data, []byte(pasteStart)):
		r.passTyped()
		r.open(nil, true)
	case bytes.HasPrefix(data, []byte(pasteEnd)):
		r.orphanEnd()
	case n == 1:
		r.passTyped()
		r.endStreak()
		r.pressEsc()
	case whole:
		r.passTyped()
		r.endStreak()
		r.out = append(r.out, data[:n]...)
	}
	return n
}

// escKey is the Esc key in a form that no other byte can become part of: behind a lone ESC, Bubble Tea
// waits 50 ms for more.
//
// Source: https://sw.kovidgoyal.net/kitty/keyboard-protocol/
const escKey = "\x1b[27u"

func (r *Repair) pressEsc() {
	if !r.deaf() {
		r.out = append(r.out, escKey...)
	}
}

// orphanEnd takes an end marker that no paste awaits. Text right before it is the rest of a paste.
func (r *Repair) orphanEnd() {
	if len(r.streak) > r.passed {
		r.open(r.rejoin(), true)
		r.close()
	}
}

func (r *Repair) stepText(data []byte) int {
	if !utf8.FullRune(data) {
		return 0
	}
	c, n := utf8.DecodeRune(data)
	if r.deaf() {
		return n
	}
	if c == utf8.RuneError && n == 1 {
		r.streak = append(r.streak, replacement...)
	} else {
		r.streak = append(r.streak, data[:n]...)
	}
	switch {
	case lateStart.Match(r.streak[r.passed:]):
		r.open(nil, true)
	case printable(r.streak) >= minBurst, r.carried() && printable(r.streak[r.passed:]) >= minCarry:
		r.open(r.rejoin(), false)
	}
	return n
}

// lateStart is a start marker whose ESC was let go already, or was lost on the way. Nobody types it in one go.
var lateStart = regexp.MustCompile(`^\[?200~$`)

func printable(text []byte) int {
	return utf8.RuneCount(text) - bytes.Count(text, []byte("\r")) - bytes.Count(text, []byte("\n"))
}

func (r *Repair) carried() bool { return len(r.carry) > 0 && r.last.Before(r.carryUntil) }

// rejoin returns the streak, behind the paste that it goes on with.
func (r *Repair) rejoin() []byte {
	if r.carried() {
		return append(bytes.Clone(r.carry), r.streak...)
	}
	return r.streak
}

// passTyped hands the text that was held back on as typed.
func (r *Repair) passTyped() {
	if len(r.streak) == r.passed {
		return
	}
	r.out = append(r.out, r.streak[r.passed:]...)
	r.passed = len(r.streak)
	r.forgetCarry()
}

func (r *Repair) endStreak() {
	if r.passed == len(r.streak) {
		clear(r.streak)
		r.streak, r.passed = r.streak[:0], 0
	}
}

func (r *Repair) forgetCarry() {
	clear(r.carry)
	r.carry = nil
}

// releaseHeld gives up waiting for the rest of a sequence or a letter. What begins no key is dropped: it is a piece of
// an answer or of a marker.
func (r *Repair) releaseHeld() {
	held := r.held
	r.held = nil
	switch {
	case held[0] != escape:
		r.out = append(r.out, replacement...)
	case len(held) == 1:
		r.pressEsc()
	}
}

// holdFor is how long the beginning of something waits for the rest.
func holdFor(held []byte) time.Duration {
	switch {
	case held[0] != escape:
		return letterHold
	case len(held) <= 2:
		return escHold
	}
	return pieceHold
}

// sequence measures the escape sequence in front of data: 0 when its end has not come yet. One that is not whole is
// broken off there. An ESC before a control character is the Esc key: Ctrl+C right behind it is Ctrl+C.
//
// Source: ECMA-48, section 5.4 and 5.6
func sequence(data []byte) (n int, whole bool) {
	if len(data) < 2 {
		return 0, false
	}
	switch c := data[1]; {
	case c < 0x20:
		return 1, true
	case c == '[':
		return controlSequence(data)
	case c == 'O': // a function key
		if len(data) < 3 {
			return 0, false
		}
		return 3, true
	case strings.ContainsRune("]PX^_", rune(c)):
		return controlString(data)
	}
	if !utf8.FullRune(data[1:]) {
		return 0, false
	}
	_, n = utf8.DecodeRune(data[1:]) // alt and a character
	return 1 + n, true
}

// controlSequence is ESC [ parameters final. The Linux console writes F1 to F5 as ESC [ [ letter.
func controlSequence(data []byte) (n int, whole bool) {
	for i := 2; i < len(data); i++ {
		switch c := data[i]; {
		case c == '[' && i == 2:
		case c >= 0x40 && c <= 0x7e:
			return i + 1, true
		case c < 0x20 || c > 0x7e:
			return i, false
		}
	}
	return 0, false
}

// controlString is an answer of a terminal, which ends with BEL or ESC \.
func controlString(data []byte) (n int, whole bool) {
	if i := bytes.IndexByte(data, 0x07); i >= 0 {
		return i + 1, true
	}
	if i := bytes.Index(data[2:], []byte("\x1b\\")); i >= 0 {
		return 2 + i + 2, true
	}
	if len(data) > maxPaste {
		return len(data), false
	}
	return 0, false
}

// interruptForm is Ctrl+C as terminals write it that report each key: CSI u of the Kitty keyboard protocol, and
// modifyOtherKeys of xterm. The modifiers are 1 for none, 4 more for Ctrl, 64 and 128 more for caps lock and num lock.
//
// Source: https://sw.kovidgoyal.net/kitty/keyboard-protocol/
var interruptForm = regexp.MustCompile(`^\x1b\[(99(:\d*)*;(5|69|133|197)(:1)?u|27;(5|69|133|197);99~)$`)

func isInterrupt(b []byte) bool {
	return len(b) == 1 && b[0] == interrupt || interruptForm.Match(b)
}
