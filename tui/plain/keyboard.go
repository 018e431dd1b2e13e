package plain

import (
	"bytes"
	"context"
	"io"
	"strings"
	"unicode/utf8"

	"pleo-connect/flow"
)

// The control characters that the editor knows. Enter is CR; LF is what some serial lines send for it or behind it.
const (
	ctrlC     = 0x03
	ctrlD     = 0x04
	ctrlZ     = 0x1a
	ctrlH     = 0x08
	ctrlU     = 0x15
	ctrlW     = 0x17
	escape    = 0x1b
	backspace = 0x7f
)

// The marks of a bracketed paste.
const (
	pasteStart = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

// stroke is one thing that a person does: presses a key, or pastes.
type stroke struct {
	key   rune   // a character, or a control character
	paste *entry // what was pasted; nil: a key was pressed
}

// keyboard hands out strokes. What came with an answer and after its end waits for the next question.
type keyboard struct {
	source
	decoder
	pastes []*entry // they came behind a hidden line, from which nothing else is kept
	tail   string   // what belongs to the last answer if it comes at once: Enter after a paste, LF after CR
	failed error    // how the input ended
}

// next returns the next stroke, or how the input or ctx ended.
func (k *keyboard) next(ctx context.Context) (stroke, error) {
	for {
		if len(k.pastes) > 0 {
			s := stroke{paste: k.pastes[0]}
			k.pastes = k.pastes[1:]
			return s, nil
		}
		s, ok := k.take()
		switch {
		case ok && !k.isTail(s):
			return s, nil
		case ok:
			continue
		case k.failed != nil:
			return stroke{}, k.failed
		}
		p, err := k.read(ctx)
		if ctx.Err() != nil && len(p) == 0 {
			return stroke{}, err
		}
		k.feed(p)
		clear(p)
		k.failed = err
	}
}

func (k *keyboard) isTail(s stroke) bool {
	at := -1
	if s.paste == nil {
		at = strings.IndexRune(k.tail, s.key)
	}
	if at < 0 {
		k.tail = ""
		return false
	}
	k.tail = k.tail[at+1:]
	return true
}

// dropTyped forgets what was typed ahead, and reports whether Ctrl+C is in it. A paste stays: no question echoes it.
func (k *keyboard) dropTyped() (interrupted bool) {
	for {
		s, ok := k.take()
		if !ok {
			return interrupted
		}
		if s.paste != nil {
			k.pastes = append(k.pastes, s.paste)
			continue
		}
		k.tail = ""
		interrupted = interrupted || s.key == ctrlC
	}
}

const (
	readBytes = 4096 // at most in one read
	heldBytes = 64   // at most of a sequence between two reads
)

// source reads only while somebody asks: in between, the bytes are for whoever else reads the same input. A read that
// outlives its question serves the next one, so that there is never a second one and nothing is lost.
type source struct {
	in      io.Reader
	buf     []byte
	arrived chan arrival
	reading bool
}

type arrival struct {
	n   int
	err error
}

// read returns bytes that are good until the next call. Bytes and an error may come together.
func (s *source) read(ctx context.Context) ([]byte, error) {
	if s.buf == nil {
		s.buf, s.arrived = make([]byte, readBytes), make(chan arrival, 1)
	}
	if !s.reading {
		s.reading = true
		go s.readOnce()
	}
	select {
	case a := <-s.arrived:
		s.reading = false
		return s.buf[:a.n], a.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// readOnce reports nothing of a panic: its text could hold what was read.
func (s *source) readOnce() {
	a := arrival{err: flow.ErrFault}
	defer func() {
		_ = recover()
		s.arrived <- a
	}()
	n, err := s.in.Read(s.buf)
	a = arrival{n, err}
}

// decoder makes strokes of bytes, wherever a read cuts them. The one cut it cannot see through is directly behind the
// ESC of anything but a control sequence: it looks like the Esc key.
type decoder struct {
	buf   []byte // where rest lies
	rest  []byte // what is no stroke yet
	paste *entry // an open paste
}

// feed adds what was read. What was left behind before it is the beginning of a letter, of a sequence or
// of the end of a paste.
func (d *decoder) feed(p []byte) {
	if d.buf == nil {
		d.buf = make([]byte, heldBytes+readBytes)
	}
	n := 0
	if !d.lost(p) {
		n = copy(d.buf, d.rest)
	}
	n += copy(d.buf[n:], p)
	clear(d.buf[n:])
	d.rest = d.buf[:n]
}

// lost reports a beginning whose end is not in p: the Esc key, or an Alt+] that looks like a command to the terminal.
func (d *decoder) lost(p []byte) bool {
	esc := d.paste == nil && string(d.rest) == "\x1b" && len(p) > 0 && p[0] != '['
	return esc || isString(d.rest) || len(d.rest) > heldBytes
}

// take returns the next stroke. There is none when all that is left waits for more.
func (d *decoder) take() (stroke, bool) {
	for len(d.rest) > 0 {
		s, n := d.first(d.rest)
		if n == 0 {
			break
		}
		clear(d.rest[:n])
		d.rest = d.rest[n:]
		if s != (stroke{}) {
			return s, true
		}
	}
	return stroke{}, false
}

// first returns the stroke at the beginning of p, if there is one, and how many bytes it has. 0: the
// rest of it is to come.
func (d *decoder) first(p []byte) (stroke, int) {
	if d.paste != nil {
		return d.pasted(p)
	}
	if p[0] == escape {
		n := sequence(p)
		if string(p[:n]) == pasteStart {
			d.paste = newEntry()
		}
		return stroke{}, n
	}
	if !utf8.FullRune(p) {
		return stroke{}, 0
	}
	r, n := utf8.DecodeRune(p)
	return stroke{key: r}, n
}

// pasted takes content up to the end of the paste. A Ctrl+C ends everything, also a paste whose end never comes.
func (d *decoder) pasted(p []byte) (stroke, int) {
	switch at := bytes.IndexAny(p, "\x03\x1b"); {
	case at < 0:
		d.paste.add(p)
		return stroke{}, len(p)
	case at > 0:
		d.paste.add(p[:at])
		return stroke{}, at
	}
	switch {
	case p[0] == ctrlC:
		d.paste.wipe()
		d.paste = nil
		return stroke{key: ctrlC}, 1
	case bytes.HasPrefix(p, []byte(pasteEnd)):
		s := stroke{paste: d.paste}
		d.paste = nil
		return s, len(pasteEnd)
	case strings.HasPrefix(pasteEnd, string(p)):
		return stroke{}, 0
	}
	d.paste.add(p[:1]) // a key with an ESC in it is refused
	return stroke{}, 1
}

// sequence returns the length of the escape sequence that p begins with. 0: its end is to come. A control character
// does not belong to it, so that Enter and Ctrl+C always work.
func sequence(p []byte) int {
	switch {
	case len(p) == 1:
		return 0
	case p[1] < 0x20:
		return 1 // the Esc key
	case isString(p):
		return stringSequence(p)
	case p[1] == '[', p[1] == 'O':
		return controlSequence(p)
	case !utf8.FullRune(p[1:]):
		return 0
	}
	_, n := utf8.DecodeRune(p[1:]) // a letter with Alt
	return 1 + n
}

// isString reports the beginning of a command to the terminal, or of an answer from it, that holds a text:
// OSC, DCS and the like.
func isString(p []byte) bool {
	return len(p) > 1 && p[0] == escape && bytes.IndexByte([]byte("]PX^_"), p[1]) >= 0
}

func stringSequence(p []byte) int {
	for i := 2; i < len(p); i++ {
		switch b := p[i]; {
		case b == '\a':
			return i + 1
		case b == escape && i+1 == len(p):
			return 0
		case b == escape && p[i+1] == '\\':
			return i + 2
		case b < 0x20:
			return i
		}
	}
	return 0
}

// controlSequence measures CSI and SS3. The console of Linux has a second bracket in those of its function keys.
func controlSequence(p []byte) int {
	for i := 2; i < len(p); i++ {
		switch b := p[i]; {
		case b < 0x20 || b > 0x7e:
			return i
		case b >= 0x40 && (i > 2 || b != '['):
			return i + 1
		}
	}
	return 0
}
