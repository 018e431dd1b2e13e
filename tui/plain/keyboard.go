package plain

import (
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"pleo-connect/flow"
	"pleo-connect/tui/input"
)

// The control characters that the editor knows. Enter is CR; LF is what some serial lines send in place of it or after
// it.
const (
	ctrlC     = 0x03
	ctrlD     = 0x04
	ctrlZ     = 0x1a
	ctrlH     = 0x08
	ctrlU     = 0x15
	ctrlW     = 0x17
	backspace = 0x7f
)

// stroke is one action of a person: a key press or a paste.
type stroke struct {
	key   rune   // a character, or a control character
	paste *entry // what was pasted; nil: a key was pressed
	kind  input.Kind
	ahead bool // it was pasted before the question was asked
	soon  bool // it is [input.PastedEnter]
	mark  bool // not an action: it is [input.Mark]
}

// keyboard returns strokes. Input that came with an answer but after its end waits for the next question.
type keyboard struct {
	source
	decoder
	pastes []stroke // they came before the question; nothing else is kept from that time
	tail   string   // keys that belong to the last answer if they come at once: Enter after a paste, LF after CR
	marks  int      // how many are on their way
	failed error    // how the input ended
}

// next returns the next stroke, or how the input or ctx ended.
func (k *keyboard) next(ctx context.Context) (stroke, error) {
	for {
		if len(k.pastes) > 0 {
			s := k.pastes[0]
			k.pastes = k.pastes[1:]
			s.ahead = true
			return s, nil
		}
		s, ok := k.take()
		switch {
		case ok && s.mark:
			k.marks = max(k.marks-1, 0) // a terminal may send one by itself
		case ok && !k.isTail(s):
			return s, nil
		case ok:
		default:
			if err := k.feed(ctx); err != nil {
				return stroke{}, err
			}
		}
	}
}

// feed reads once, or returns how the input or ctx ended.
func (k *keyboard) feed(ctx context.Context) error {
	if k.failed != nil {
		return k.failed
	}
	p, err := k.read(ctx)
	if len(p) == 0 && (ctx.Err() != nil || errors.Is(err, errRetaken)) {
		return err
	}
	k.scanner.Feed(p)
	clear(p)
	k.failed = err
	return nil
}

func (k *keyboard) isTail(s stroke) bool {
	if s.soon {
		return k.tail != ""
	}
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

// dropTyped drops what was typed ahead, and reports whether Ctrl+C is in it. A paste is kept: no question echoes it.
func (k *keyboard) dropTyped() (interrupted bool) {
	for {
		s, ok := k.take()
		if !ok {
			return interrupted
		}
		interrupted = k.drop(s) || interrupted
	}
}

// dropToMark drops in the same way what comes before the last mark that was asked for.
func (k *keyboard) dropToMark(ctx context.Context) error {
	for k.marks > 0 {
		s, ok := k.take()
		switch {
		case ok && k.drop(s):
			return errInterrupted
		case ok:
			continue
		}
		if err := k.feed(ctx); err != nil {
			return err
		}
	}
	return nil
}

// drop drops one stroke that was typed ahead, and reports whether it is Ctrl+C.
func (k *keyboard) drop(s stroke) (interrupted bool) {
	switch {
	case s.mark:
		k.marks--
	case s.kind == input.Rest: // its beginning was dropped
		s.paste.wipe()
	case s.paste != nil:
		k.pastes = append(k.pastes, s)
	default:
		k.tail = ""
	}
	return s.key == ctrlC
}

// source reads only while a question is asked: in between, the bytes are for other readers of the same input. A read
// that outlives its question serves the next one, so that there is never a second read and nothing is lost.
type source struct {
	in      io.Reader
	buf     []byte
	arrived chan arrival
	reading bool
	retaken <-chan struct{} // interrupts a read, with errRetaken
}

type arrival struct {
	n   int
	err error
}

// read returns bytes that are valid until the next call. Bytes and an error may come together.
func (s *source) read(ctx context.Context) ([]byte, error) {
	if s.buf == nil {
		s.buf, s.arrived = make([]byte, input.MaxRead), make(chan arrival, 1)
	}
	if !s.reading {
		s.reading = true
		go s.readOnce()
	}
	select {
	case a := <-s.arrived:
		s.reading = false
		return s.buf[:a.n], a.err
	case <-s.retaken:
		return nil, errRetaken
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

// decoder turns bytes into strokes.
type decoder struct {
	scanner input.Scanner
	paste   *entry     // an open paste
	kind    input.Kind // of it, or of the next one
}

// take returns the next stroke. There is none if all that is left waits for more.
func (d *decoder) take() (stroke, bool) {
	for {
		token, text, ok := d.scanner.Next(d.paste != nil)
		if !ok {
			return stroke{}, false
		}
		if s := d.stroke(token, text); s != (stroke{}) {
			return s, true
		}
	}
}

// stroke returns the stroke that ends with a token, or the zero stroke.
func (d *decoder) stroke(token input.Token, text []byte) (s stroke) {
	switch {
	case token == input.Character:
		s.key, _ = utf8.DecodeRune(text)
		d.forget()
	case token == input.PasteStart && d.paste == nil:
		d.paste = newEntry()
	case token == input.PasteEnd:
		s.paste, s.kind = d.paste, d.kind
		d.paste, d.kind = nil, input.Marked
	case d.paste != nil:
		d.paste.add(text) // a key with an ESC in it is refused
	case token == input.Sequence:
		s.mark, s.soon = string(text) == input.Mark, string(text) == input.PastedEnter
		d.kind = input.KindAfter(string(text))
	}
	return s
}

// forget ends an open paste: a Ctrl+C in one ends everything, even if the end of the paste never comes.
func (d *decoder) forget() {
	d.kind = input.Marked
	if d.paste != nil {
		d.paste.wipe()
		d.paste = nil
	}
}
