package input

import (
	"bytes"
	"time"
	"unicode/utf8"

	"pleo-connect/pleoclient/lazy"
)

// stepKeys takes one item outside a paste: an escape sequence, a character, a control byte.
func (r *Repair) stepKeys(data []byte) int {
	if r.burst { // there may be much of it
		if n := plainRun(data); n > 0 {
			r.hold(data[:n])
			return n
		}
	}
	token, n := Scan(data, false)
	thing := data[:n]
	plain := thing
	if token == Sequence {
		plain = plainForm(thing)
	}
	switch {
	case n == 0, token == Broken, len(plain) == 0:
	case len(plain) == 1 && plain[0] == interrupt: // a person who wants to leave does not want what is held back
		r.dropText()
		r.interrupt()
	case !bytes.Equal(plain, thing):
		r.stepKeys(plain)
	case token == PasteStart:
		r.handOn()
		r.open(nil)
	case token == PasteEnd:
		r.orphanEnd()
	case isReport(token, thing):
		r.out = append(r.out, thing...)
	case r.burst && r.erase(thing):
	case token == Character && isText(data[0]), r.burst:
		r.takeText(thing)
	default:
		r.beforeKey()
		r.press(token, thing)
	}
	return n
}

// plainRun returns how many bytes at the beginning of data are text and no part of a longer character.
func plainRun(data []byte) int {
	n := bytes.IndexFunc(data, func(c rune) bool { return c >= utf8.RuneSelf || !isText(byte(c)) })
	if n < 0 {
		return len(data)
	}
	return n
}

// isText reports whether a byte can be part of a pasted text: all can but the control characters that are keys.
func isText(c byte) bool { return c >= 0x20 && c != 0x7f || c == '\r' || c == '\n' || c == '\t' }

// reportForm is a control sequence that no key sends: an answer of the terminal, or that the window got or lost the
// focus.
//
// Source: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
var reportForm = lazy.NewRegexp(`^\x1b\[([IO]|[?>=].*|[0-9;]*[Rtn]|[0-9;]*\$y)$`)

// isReport reports whether a sequence comes from the terminal and not from a person. It may come in the middle of a
// text.
func isReport(token Token, thing []byte) bool {
	return token == Command || token == Sequence && reportForm.Match(thing)
}

// press passes on a key that is not text.
func (r *Repair) press(token Token, data []byte) {
	switch {
	case token == EscKey:
		r.pressEsc()
	case token != Character, !r.deaf():
		r.out = append(r.out, data...)
	}
}

// escKey is the Esc key in a form that no following byte can become part of: after a lone ESC, Bubble Tea waits 50 ms
// for more.
//
// Source: https://sw.kovidgoyal.net/kitty/keyboard-protocol/
const escKey = "\x1b[27u"

func (r *Repair) pressEsc() {
	if !r.deaf() {
		r.out = append(r.out, escKey...)
	}
}

// PastedEnter stands for an Enter that came so soon after a paste that it may be part of the paste: F35 of the Kitty
// keyboard protocol, which no keyboard has. An interface may say that it did not count.
const PastedEnter = "\x1b[57398u"

// releaseHeld stops waiting for the rest of a sequence or a character. What does not begin a key is dropped: it is a
// piece of an answer or of a marker.
func (r *Repair) releaseHeld() {
	held := r.held
	r.held = nil
	switch {
	case held[0] != escape:
		r.out = append(r.out, replacement...)
	case len(held) == 1:
		r.beforeKey()
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

func isInterrupt(b []byte) bool { return string(plainForm(b)) == "\x03" }
