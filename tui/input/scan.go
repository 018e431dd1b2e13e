package input

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

const (
	escape     = 0x1b
	interrupt  = 0x03
	pasteStart = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

// Mark is what [Terminal.Mark] has delivered: a control sequence for private use, which is neither a key nor an answer
// of a terminal.
const Mark = "\x1b[?112;108;101;111~"

// Token is what the bytes of a terminal begin with.
type Token int

// The tokens.
const (
	Character  Token = iota // one character, or one control character
	EscKey                  // an ESC that begins nothing
	Sequence                // an escape sequence: another key, or an answer of the terminal
	Command                 // the same with text in it: OSC, DCS and the like
	Broken                  // the beginning of one that something else interrupted
	PasteStart              // the mark before a paste
	PasteText               // some of the text of a paste
	PasteEnd                // the mark after a paste
)

// Scan returns the token at the beginning of data, which is not empty, and its length. If its end has not come yet, the
// length is 0, and the token is what it seems to be. A control character belongs to no escape sequence, so that Enter
// and Ctrl+C always work. In a paste, everything is text except the marks and Ctrl+C, which is a character.
//
// Source: ECMA-48, section 5.4 and 5.6
func Scan(data []byte, pasting bool) (Token, int) {
	switch {
	case pasting:
		return scanPaste(data)
	case data[0] == escape:
		return scanEscape(data)
	case !utf8.FullRune(data):
		return Character, 0
	}
	_, n := utf8.DecodeRune(data)
	return Character, n
}

const (
	// MaxRead is how many bytes a [Scanner] takes at once.
	MaxRead   = 4096
	heldBytes = 64 // at most of a sequence between two reads
)

// Scanner returns the tokens of what is read, wherever a read cuts them. The only cut that it cannot detect is directly
// after the ESC of anything but a control sequence: it looks like the Esc key. The next call wipes the last token. The
// zero Scanner is ready.
type Scanner struct {
	buf   [heldBytes + MaxRead]byte // holds token and rest
	token []byte                    // the last one
	rest  []byte                    // what is not a token yet
	waits Token                     // what rest seems to begin
}

// Feed adds what was read. What is left from before is the beginning of a character, of a sequence or of the end of a
// paste.
func (s *Scanner) Feed(p []byte) {
	n := 0
	if !s.lost(p) {
		n = copy(s.buf[:], s.rest)
	}
	n += copy(s.buf[n:], p)
	clear(s.buf[n:])
	s.token, s.rest = nil, s.buf[:n]
}

// lost reports whether rest is a beginning whose end is not in p: the Esc key, or an Alt+] that looks like a command to
// the terminal.
func (s *Scanner) lost(p []byte) bool {
	esc := s.waits == EscKey && len(p) > 0 && p[0] != '['
	return esc || s.waits == Command || len(s.rest) > heldBytes
}

// Next returns the next token with its text, as [Scan] does. There is none if all that is left waits for more.
func (s *Scanner) Next(pasting bool) (token Token, text []byte, ok bool) {
	clear(s.token)
	if s.token = nil; len(s.rest) == 0 {
		return 0, nil, false
	}
	token, n := Scan(s.rest, pasting)
	if s.waits = token; n == 0 {
		return 0, nil, false
	}
	s.token, s.rest = s.rest[:n], s.rest[n:]
	return token, s.token, true
}

func scanPaste(data []byte) (Token, int) {
	switch i := bytes.IndexAny(data, "\x03\x1b"); {
	case i < 0:
		return PasteText, len(data)
	case i > 0:
		return PasteText, i
	case data[0] == interrupt:
		return Character, 1
	case bytes.HasPrefix(data, []byte(pasteStart)):
		return PasteStart, len(pasteStart)
	case bytes.HasPrefix(data, []byte(pasteEnd)):
		return PasteEnd, len(pasteEnd)
	case strings.HasPrefix(pasteStart, string(data)), strings.HasPrefix(pasteEnd, string(data)):
		return PasteEnd, 0
	}
	return PasteText, 1
}

func scanEscape(data []byte) (Token, int) {
	if len(data) == 1 {
		return EscKey, 0
	}
	switch c := data[1]; {
	case c < 0x20:
		return EscKey, 1
	case c == '[', c == 'O':
		return scanControl(data)
	case strings.IndexByte("]PX^_", c) >= 0:
		return scanCommand(data)
	case !utf8.FullRune(data[1:]):
		return Sequence, 0
	}
	_, n := utf8.DecodeRune(data[1:]) // alt and a character
	return Sequence, 1 + n
}

// scanControl measures ESC [ parameters final, and ESC O final. The Linux console writes F1 to F5 as ESC [ [ letter.
func scanControl(data []byte) (Token, int) {
	for i := 2; i < len(data); i++ {
		switch c := data[i]; {
		case c == '[' && i == 2:
		case c < 0x20 || c > 0x7e:
			return Broken, i
		case c >= 0x40:
			return marks(data[:i+1]), i + 1
		}
	}
	return Sequence, 0
}

// marks returns the token of a whole control sequence.
func marks(sequence []byte) Token {
	switch string(sequence) {
	case pasteStart:
		return PasteStart
	case pasteEnd:
		return PasteEnd
	}
	return Sequence
}

// scanCommand measures a command to the terminal, or an answer from it, which ends with BEL or ESC \.
func scanCommand(data []byte) (Token, int) {
	for i := 2; i < len(data); i++ {
		switch c := data[i]; {
		case c == '\a':
			return Command, i + 1
		case c == escape && i+1 == len(data):
			return Command, 0
		case c == escape && data[i+1] == '\\':
			return Command, i + 2
		case c < 0x20:
			return Broken, i
		}
	}
	if len(data) > maxPaste {
		return Broken, len(data)
	}
	return Command, 0
}
