package input

import (
	"bytes"
	"regexp"
	"time"
	"unicode/utf8"
)

// stepKeys takes one thing outside a paste: an escape sequence, a character, a control byte.
func (r *Repair) stepKeys(data []byte) int {
	token, n := Scan(data, false)
	switch {
	case n == 0, token == Broken:
	case token == PasteStart:
		r.passTyped()
		r.open(nil, true)
	case token == PasteEnd:
		r.orphanEnd()
	case token == Character && isText(data[0]):
		r.takeText(data[:n])
	default:
		r.passTyped()
		r.endStreak()
		r.press(token, data[:n])
	}
	return n
}

// isText reports what a pasted text is made of: everything but the control characters that are keys.
func isText(c byte) bool { return c >= 0x20 && c != 0x7f || c == '\r' || c == '\n' || c == '\t' }

// press hands a key on that is no text, and an answer of the terminal.
func (r *Repair) press(token Token, data []byte) {
	switch {
	case token == EscKey:
		r.pressEsc()
	case token != Character, data[0] == interrupt, !r.deaf():
		r.out = append(r.out, data...)
	}
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

// PastedEnter stands for an Enter that came so soon after a paste that it may be part of the paste: F35 of the Kitty
// keyboard protocol, which no keyboard has. A face may say that it did not count.
const PastedEnter = "\x1b[57398u"

func (r *Repair) takeText(data []byte) {
	if r.deaf() {
		if data[0] == '\r' {
			r.out = append(r.out, PastedEnter...)
		}
		return
	}
	if !utf8.Valid(data) {
		data = []byte(replacement)
	}
	r.streak = append(r.streak, data...)
	switch {
	case lateStart.Match(r.streak[r.passed:]):
		r.open(nil, true)
	case printable(r.streak) >= minBurst, r.carried() && printable(r.streak[r.passed:]) >= minCarry:
		r.open(r.rejoin(), false)
	}
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

// interruptForm is Ctrl+C as terminals write it that report each key: CSI u of the Kitty keyboard protocol, and
// modifyOtherKeys of xterm. The modifiers are 1 for none, 4 more for Ctrl, 64 and 128 more for caps lock and num lock.
//
// Source: https://sw.kovidgoyal.net/kitty/keyboard-protocol/
var interruptForm = regexp.MustCompile(`^\x1b\[(99(:\d*)*;(5|69|133|197)(:1)?u|27;(5|69|133|197);99~)$`)

func isInterrupt(b []byte) bool {
	return len(b) == 1 && b[0] == interrupt || interruptForm.Match(b)
}
