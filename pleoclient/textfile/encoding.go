package textfile

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// byteOrderMark is U+FEFF in UTF-8.
const byteOrderMark = "\ufeff"

// wide is an encoding whose units have more than one byte. A byte order mark identifies it.
type wide struct {
	name  string
	mark  string
	unit  int // bytes
	order binary.ByteOrder
}

// wideEncodings are tried in this order, because the mark of one begins like that of another.
//
// Source: https://www.unicode.org/faq/utf_bom.html
var wideEncodings = []wide{
	{"UTF-32", "\xff\xfe\x00\x00", 4, binary.LittleEndian},
	{"UTF-32", "\x00\x00\xfe\xff", 4, binary.BigEndian},
	{"UTF-16", "\xff\xfe", 2, binary.LittleEndian},
	{"UTF-16", "\xfe\xff", 2, binary.BigEndian},
}

// toUTF8 returns data in UTF-8 if its first bytes state another encoding, and then clears data.
func toUTF8(data []byte) ([]byte, error) {
	for _, w := range wideEncodings {
		if bytes.HasPrefix(data, []byte(w.mark)) {
			defer clear(data)
			return w.decode(data[len(w.mark):])
		}
	}
	return data, nil
}

func (w wide) decode(data []byte) ([]byte, error) {
	text := make([]byte, 0, len(data)/w.unit*utf8.UTFMax) // never grows, so that no copy is left behind
	for len(data) > 0 {
		r, n := w.next(data)
		if n == 0 {
			endLines(text)
			line := lineAt(text, len(text))
			clear(text)
			return nil, &Fault{What: Damaged, Encoding: w.name, Line: line}
		}
		text = utf8.AppendRune(text, r)
		data = data[n:]
	}
	return text, nil
}

// next returns the first character of data and its bytes, or no bytes when there is none.
func (w wide) next(data []byte) (r rune, n int) {
	switch {
	case len(data) < w.unit:
		return 0, 0
	case w.unit == 4:
		r, n = rune(w.order.Uint32(data)), 4
	default:
		r, n = rune(w.order.Uint16(data)), 2
		if utf16.IsSurrogate(r) && len(data) >= 4 {
			r, n = utf16.DecodeRune(r, rune(w.order.Uint16(data[2:]))), 4
			if r == utf8.RuneError {
				return 0, 0
			}
		}
	}
	if !utf8.ValidRune(r) {
		return 0, 0
	}
	return r, n
}

// dropMarks removes byte order marks from the beginning of the text and of its lines.
func dropMarks(text []byte) []byte {
	kept := text[:0]
	for line := range bytes.Lines(text) {
		kept = append(kept, bytes.TrimLeft(line, byteOrderMark)...)
	}
	clear(text[len(kept):])
	return kept
}

// unstated returns the encoding of bytes whose NUL bytes are placed like those of Latin letters in UTF-16 or UTF-32,
// from the first letter on. Otherwise it returns "".
func unstated(data []byte) string {
	var nul [4]int // by their place in a unit of four
	for i, c := range data {
		if c == 0 {
			nul[i%4]++
		}
	}
	even, odd, pairs := nul[0]+nul[2], nul[1]+nul[3], len(data)/2
	switch {
	case bytes.IndexByte(data, 0) > 3:
	case (nul[0] == 0 || nul[3] == 0) && even+odd > pairs+pairs/4:
		return "UTF-32"
	case even == 0 && odd > pairs/2, odd == 0 && even > pairs/2:
		return "UTF-16"
	}
	return ""
}
