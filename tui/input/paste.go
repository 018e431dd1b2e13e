package input

import (
	"bytes"
	"strings"
	"time"
)

// open begins a paste with the part of its text that has already come.
func (r *Repair) open(text []byte) {
	r.mode, r.torn = pasting, false
	r.add(text)
	r.dropText()
	r.forgetCarry()
}

// stepPaste takes some text of a paste, or a marker.
func (r *Repair) stepPaste(data []byte) int {
	token, n := Scan(data, true)
	switch {
	case n == 0:
	case token == PasteStart: // the marker came twice, or the previous paste has no end
		r.close()
		r.open(nil)
	case token == PasteEnd:
		r.endMarker(data[n:])
	case token == Character && r.torn: // a Ctrl+C after the end marker
		r.stopping = bytes.Clone(data[:n])
		r.stopPaste()
	default:
		r.add(data[:n])
	}
	return n
}

// endMarker ends the paste, unless text comes right after the marker: then the marker was part of the copied text. With
// the marker in it, the text is not a key, which is better than taking half of it for one.
func (r *Repair) endMarker(rest []byte) {
	rest = bytes.TrimLeft(rest, "\r\n")
	if r.mode == pasting && len(r.content) > 0 && len(rest) > 0 && isText(rest[0]) {
		r.torn = true
		r.add([]byte(pasteEnd))
		return
	}
	r.close()
}

// add takes text of the paste. A text that is too long is refused at once, because its end may be far away.
func (r *Repair) add(text []byte) {
	switch {
	case r.mode == spilling:
	case len(r.content)+len(text) <= maxPaste:
		if r.content == nil {
			r.content = make([]byte, 0, maxPaste) // never grows, so that no copy is left behind
		}
		r.content = append(r.content, text...)
	default:
		r.wipe()
		r.mode = spilling
		r.emit(strings.Repeat("*", maxPaste+1))
	}
}

// close ends the paste and passes it on.
func (r *Repair) close() {
	if len(r.content) > 0 {
		r.emit(drawable(r.content))
	}
	if len(r.content) > 0 || r.mode == spilling {
		r.deafUntil = r.last.Add(deafAfter)
	}
	r.wipe()
	r.mode = ground
}

// endQuiet ends a paste whose end marker never came. It may still continue.
func (r *Repair) endQuiet(now time.Time) {
	r.held = nil // a piece of the marker
	carry := bytes.Clone(r.content)
	torn := r.torn
	r.close()
	if !torn {
		r.carry, r.carryUntil, r.deafUntil = carry, now.Add(carryFor), time.Time{}
	}
}

// stopPaste passes on a Ctrl+C in a paste, and drops the paste: the person wants to leave.
func (r *Repair) stopPaste() {
	r.interrupt()
	r.held, r.stopping = nil, nil
	r.wipe()
	r.mode = ground
}

func (r *Repair) wipe() {
	clear(r.content[:cap(r.content)])
	r.content = nil
}

func (r *Repair) quietLimit() time.Duration {
	if r.torn {
		return tornQuiet
	}
	return pasteQuiet
}

func (r *Repair) emit(text string) {
	r.out = append(append(append(r.out, pasteStart...), text...), pasteEnd...)
}
