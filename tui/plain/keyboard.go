package plain

import (
	"context"
	"io"
	"strings"
	"unicode/utf8"

	"pleo-connect/flow"
	"pleo-connect/tui/input"
)

// The control characters that the editor knows. Enter is CR; LF is what some serial lines send for it or behind it.
const (
	ctrlC     = 0x03
	ctrlD     = 0x04
	ctrlZ     = 0x1a
	ctrlH     = 0x08
	ctrlU     = 0x15
	ctrlW     = 0x17
	backspace = 0x7f
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
		k.scanner.Feed(p)
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

// decoder makes strokes of bytes.
type decoder struct {
	scanner input.Scanner
	paste   *entry // an open paste
}

// take returns the next stroke. There is none when all that is left waits for more.
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
		s.paste, d.paste = d.paste, nil
	case d.paste != nil:
		d.paste.add(text) // a key with an ESC in it is refused
	}
	return s
}

// forget ends an open paste: in one, a Ctrl+C ends everything, also when the end of the paste never comes.
func (d *decoder) forget() {
	if d.paste != nil {
		d.paste.wipe()
		d.paste = nil
	}
}
