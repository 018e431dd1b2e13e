package input

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"
)

// What kind of paste a burst is, before its markers: F34 and F33 of the Kitty keyboard protocol, which no keyboard has.
//
// Source: https://sw.kovidgoyal.net/kitty/keyboard-protocol/
const (
	// WholeBurst says that nothing of the text came before this paste, and nothing for a while after it.
	WholeBurst = "\x1b[57397u"
	// RestOfText says that this paste does not hold all of the text: it began earlier, and that part was passed on as
	// typed.
	RestOfText = "\x1b[57396u"
)

// TextQuiet is the longest pause between two characters of one text as the reader passes it on: it may hold the next
// ones back until they are nearly a burst.
const TextQuiet = burstQuiet + minBurst*burstGap

// Kind is the kind of a paste.
type Kind int

// The kinds.
const (
	Marked Kind = iota // it came between markers
	Whole              // after WholeBurst
	Rest               // after RestOfText
)

// KindAfter returns what a sequence says about the paste after it.
func KindAfter(sequence string) Kind {
	switch sequence {
	case WholeBurst:
		return Whole
	case RestOfText:
		return Rest
	}
	return Marked
}

// typing is what is known about a text outside pastes: characters that come without a pause of burstQuiet. It seems to
// be typed until so much comes so fast that it is a burst.
type typing struct {
	text      []byte    // is held back
	shown     bool      // text is or begins with a letter that was passed on
	burst     bool      // until nothing comes for burstQuiet
	over      bool      // text is too long, and was dropped
	count     int       // characters of the whole text
	begun     bool      // some of it was passed on
	restUntil time.Time // until then, text continues the last burst
}

// takeText takes a character. In a burst it also takes a key press: an API key with one in it is refused.
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
	printing := data[0] != '\r' && data[0] != '\n'
	wrapped := printing && r.mayGoOn() // a line break and not an Enter: more follows
	r.hold(data)
	if printing {
		r.count++
	}
	switch {
	case r.burst:
	case !r.begun && isLateStart(r.text):
		r.open(nil)
	case r.carried() && printable(r.text) >= minCarry:
		r.takeBack()
		rest := bytes.Clone(r.text)
		r.forgetText()
		r.hold(r.carry)
		r.hold(rest)
		r.forgetCarry()
		clear(rest)
		r.burst, r.begun = true, false
	case r.last.Before(r.restUntil) && printable(r.text) >= minCarry:
		r.burst, r.begun = true, true
	case wrapped, printable(r.text) >= minBurst:
		r.burst = true
	}
}

// erase removes the last character of a burst if the key is one that erases. What was passed on is for the interface to
// erase.
func (r *Repair) erase(key []byte) bool {
	if len(key) != 1 || key[0] != backspace && key[0] != ctrlH {
		return false
	}
	if _, n := utf8.DecodeLastRune(r.text); n < len(r.text) && !r.over {
		clear(r.text[len(r.text)-n:])
		r.text = r.text[:len(r.text)-n]
	}
	return true
}

// isLateStart reports whether text is a start marker whose ESC was already passed on, or was lost on the way. No one
// types it without a pause.
func isLateStart(text []byte) bool { return string(text) == "[200~" || string(text) == "200~" }

func printable(text []byte) int {
	return utf8.RuneCount(text) - bytes.Count(text, []byte("\r")) - bytes.Count(text, []byte("\n"))
}

// mayGoOn reports whether an Enter may be a line break in the middle of a key.
func (r *Repair) mayGoOn() bool {
	return r.count > 0 && r.holdEnter.Load() && endsLine(r.text)
}

func endsLine(text []byte) bool {
	return len(text) > 0 && (text[len(text)-1] == '\r' || text[len(text)-1] == '\n')
}

// hold holds text back. A text that is too long for a paste is refused, but only when its end has come.
func (r *Repair) hold(data []byte) {
	if r.text == nil {
		r.text = make([]byte, 0, maxPaste+1) // never grows, so that no copy is left behind
	}
	if !r.over && len(r.text)+len(data) <= maxPaste {
		r.text = append(r.text, data...)
		return
	}
	clear(r.text)
	r.text = append(r.text[:0], strings.Repeat("*", maxPaste+1)...)
	r.burst, r.over = true, true
	if endsLine(data) { // may be Enter
		r.text = append(r.text, data...)
	}
}

// textHold is how long text is held back.
func (r *Repair) textHold() time.Duration {
	switch {
	case r.burst, r.mayGoOn():
		return burstQuiet
	case len(r.text) > 1:
		return burstGap
	case r.showable():
		return showAfter
	}
	return aloneAfter
}

// showable reports whether what is held back is a letter that can be passed on before it is certain that it is not the
// beginning of a burst: in the hidden field that a key is asked for in, a Backspace undoes it. Elsewhere it may be an
// answer.
func (r *Repair) showable() bool {
	return !r.shown && len(r.text) == 1 && r.text[0] > ' ' && r.holdEnter.Load()
}

// show passes on a letter. It remains part of the text that is held back.
func (r *Repair) show() {
	r.out = append(r.out, r.text...)
	r.shown = true
}

// takeBack erases the letter that was shown, because what it begins is passed on as a paste, or dropped. The interface
// is then where it would be if the letter had been held back.
func (r *Repair) takeBack() {
	if r.shown {
		r.out = append(r.out, backspace)
		r.shown = false
	}
}

// handOn passes on what is held back: a burst as a paste of its kind, and other text as typed.
func (r *Repair) handOn() {
	switch {
	case len(r.text) == 0:
		return
	case r.burst && r.begun:
		r.takeBack()
		r.out = append(r.out, RestOfText...)
		r.emit(drawable(r.text))
	case r.burst:
		r.takeBack()
		r.out = append(r.out, WholeBurst...)
		r.emit(drawable(r.text))
	case r.shown:
		r.out = append(r.out, r.text[1:]...)
	default:
		r.out = append(r.out, r.text...)
	}
	r.begun, r.restUntil = true, time.Time{}
	if r.burst {
		r.restUntil = r.last.Add(burstQuiet + carryFor)
	}
	if endsLine(r.text) { // with Enter
		r.endText()
	}
	r.forgetCarry()
	r.forgetText()
}

// forgetText overwrites what was held back.
func (r *Repair) forgetText() {
	clear(r.text[:cap(r.text)])
	r.text, r.shown, r.burst, r.over = r.text[:0], false, false, false
}

// endText is called when nothing has come for a while: what comes next is another text.
func (r *Repair) endText() { r.count, r.begun = 0, false }

// dropText drops the text.
func (r *Repair) dropText() {
	r.takeBack()
	r.forgetText()
	r.endText()
	r.restUntil = time.Time{}
}

// beforeKey ends the text, because a person presses another key. That drops a burst.
func (r *Repair) beforeKey() {
	if !r.burst {
		r.handOn()
	}
	r.dropText()
}

// orphanEnd takes an end marker outside a paste. Text right before it is the rest of a paste.
func (r *Repair) orphanEnd() {
	switch {
	case len(r.text) == 0:
	case r.begun:
		r.burst = true
		r.handOn()
	default:
		text := r.text
		if r.carried() {
			text = append(bytes.Clone(r.carry), text...)
		}
		r.open(text)
		r.close()
	}
}

func (r *Repair) carried() bool { return len(r.carry) > 0 && r.last.Before(r.carryUntil) }

func (r *Repair) forgetCarry() {
	clear(r.carry)
	r.carry = nil
}
