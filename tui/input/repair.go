package input

import (
	"bytes"
	"io"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// The times that distinguish people from programs. All are counted from the last byte that came.
const (
	showAfter     = 2 * time.Millisecond   // a letter for a hidden field is passed on, and can still be taken back
	aloneAfter    = 10 * time.Millisecond  // a character that nothing follows was typed
	burstGap      = 25 * time.Millisecond  // faster ones were not typed: a held key repeats every 33 ms
	interruptHold = 20 * time.Millisecond  // a Ctrl+C in a paste that nothing follows is not part of it
	tornQuiet     = 50 * time.Millisecond  // ends a paste that continued after its end marker
	escHold       = 150 * time.Millisecond // a lone ESC is the Esc key
	deafAfter     = 150 * time.Millisecond // what comes so soon after a paste belongs to it
	burstQuiet    = 450 * time.Millisecond // ends a burst, and a text: pauses of programs that type are shorter
	letterHold    = time.Second            // for the rest of a character of several bytes
	pieceHold     = 2 * time.Second        // for the rest of an escape sequence that no key begins
	pasteQuiet    = 2 * time.Second        // ends a paste that has no end marker
	carryFor      = 2 * time.Second        // a paste that ended without a marker, and a burst, may still continue
)

const (
	maxPaste = 4096 // bytes of a paste; no key comes near it
	minBurst = 16   // characters that make a burst: more than any answer of one word, fewer than any key
	minCarry = 4    // the same, if a burst or a paste without a marker has just ended
)

const replacement = string(utf8.RuneError)

type mode int

const (
	ground   mode = iota
	pasting       // in a paste
	spilling      // in a paste that was refused for its length
)

// Repair turns the bytes of a terminal into clean ones. It reads no clock: the caller passes the time, which must not
// go back, and calls Expire when Deadline has passed and nothing has come. The zero Repair is ready.
type Repair struct {
	out  []byte
	mode mode
	last time.Time // when the last bytes came

	held []byte // of something whose rest has not come yet
	typing
	holdEnter atomic.Bool

	content  []byte // pasting: the text so far
	torn     bool   // pasting: it continued after its end marker
	stopping []byte // pasting: a Ctrl+C that came alone; something may still follow

	carry      []byte    // what was in the last paste, when it ended without a marker
	carryUntil time.Time // carry counts until then
	deafUntil  time.Time // key presses are dropped until then

	interrupted bool // a Ctrl+C was passed on, until who uses this has noticed
}

// HoldEnter sets whether a key is asked for, in a field that shows nothing of it. An Enter after a text is then held
// back until it is certain that no more of the text follows: it may be a line break in a key. And a letter is passed on
// at once, because a Backspace undoes it. It may be called at any time.
func (r *Repair) HoldEnter(on bool) { r.holdEnter.Store(on) }

// Take moves what is ready into p and returns how many bytes that are.
func (r *Repair) Take(p []byte) int {
	n := copy(p, r.out)
	clear(r.out[:n])
	if r.out = r.out[n:]; len(r.out) == 0 {
		r.out = nil
	}
	return n
}

// writeTo writes what is ready, through buf, which it wipes.
func (r *Repair) writeTo(out io.Writer, buf []byte) error {
	defer clear(buf)
	for r.Ready() {
		if _, err := out.Write(buf[:r.Take(buf)]); err != nil {
			return err
		}
	}
	return nil
}

// Ready reports whether there is something to take.
func (r *Repair) Ready() bool { return len(r.out) > 0 }

// interrupt passes on a Ctrl+C.
func (r *Repair) interrupt() {
	r.out = append(r.out, interrupt)
	r.interrupted = true
}

// Discard throws away what is ready.
func (r *Repair) Discard() {
	clear(r.out)
	r.out = nil
}

// Pasting reports whether a paste or a burst has begun and has not ended.
func (r *Repair) Pasting() bool { return r.mode != ground || r.burst }

// Typing reports whether text is held back that may have been typed or may begin a burst.
func (r *Repair) Typing() bool { return r.mode == ground && len(r.text) > 0 }

// Feed takes the bytes of one read. On a busy machine they may have come long before now, so they end no wait: only
// Expire does, which is called when there is nothing to read.
func (r *Repair) Feed(b []byte, now time.Time) {
	if r.Deadline().IsZero() {
		r.Expire(now)
	}
	quiet := now.Sub(r.last)
	r.last = now
	if r.mode != ground && r.stopping == nil && quiet >= aloneAfter && isInterrupt(b) {
		r.stopping = bytes.Clone(b)
		return
	}
	data := b
	if len(r.held)+len(r.stopping) > 0 {
		data = append(append(r.held, r.stopping...), b...)
		r.held, r.stopping = nil, nil
	}
	for len(data) > 0 {
		n := r.step(data)
		if n == 0 {
			r.held = bytes.Clone(data)
			break
		}
		data = data[n:]
	}
	clear(b)
}

// step takes the first item of data and returns its length, or 0 if its rest has not come yet.
func (r *Repair) step(data []byte) int {
	if r.mode == ground {
		return r.stepKeys(data)
	}
	return r.stepPaste(data)
}

// Deadline returns when Expire must be called, or the zero time when nothing waits.
func (r *Repair) Deadline() time.Time {
	wait := time.Duration(0)
	sooner := func(d time.Duration) {
		if wait == 0 || d < wait {
			wait = d
		}
	}
	switch {
	case r.stopping != nil:
		sooner(interruptHold)
	case r.mode != ground:
		sooner(r.quietLimit())
	default:
		if len(r.held) > 0 {
			sooner(holdFor(r.held))
		}
		if len(r.text) > 0 {
			sooner(r.textHold())
		}
	}
	if wait == 0 {
		return time.Time{}
	}
	return r.last.Add(wait)
}

// Expire ends what has waited long enough.
func (r *Repair) Expire(now time.Time) {
	waited := now.Sub(r.last)
	switch {
	case r.stopping != nil:
		if waited >= interruptHold {
			r.stopPaste()
		}
	case r.mode != ground:
		if waited >= r.quietLimit() {
			r.endQuiet(now)
		}
	default:
		if r.showable() && waited >= showAfter {
			r.show()
		}
		if len(r.text) > 0 && waited >= r.textHold() {
			if r.burst && len(r.held) > 0 && r.held[0] == escape { // a piece of the marker
				r.held = nil
			}
			r.handOn()
		}
		if waited >= burstQuiet {
			r.endText()
		}
		if len(r.held) > 0 && waited >= holdFor(r.held) {
			r.releaseHeld()
		}
	}
}

func (r *Repair) deaf() bool { return r.last.Before(r.deafUntil) }
