package main

import (
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"pleo-connect/pleoclient"
)

// jsonPrinter writes one JSON object per line. What a terminal must not get is escaped, so that a path is whole for a
// program and harmless on a screen; package encoding/json leaves C1, bidirectional overrides and the like as they are.
type jsonPrinter struct {
	encoder *json.Encoder
	printed bool  // a line was written, or tried
	err     error // of the first line that could not be written; none is tried after it
}

func newJSONPrinter(w io.Writer) *jsonPrinter {
	e := json.NewEncoder(escaping{w})
	e.SetEscapeHTML(false)
	return &jsonPrinter{encoder: e}
}

// print writes one line, unless one before it could not be written, and returns err.
func (p *jsonPrinter) print(object any) error {
	if p.err == nil {
		p.printed, p.err = true, p.encoder.Encode(object)
	}
	return p.err
}

// escaping takes whole lines of JSON.
type escaping struct{ w io.Writer }

func (e escaping) Write(line []byte) (int, error) {
	if _, err := e.w.Write(escapeHidden(line)); err != nil {
		return 0, err
	}
	return len(line), nil
}

// escapeHidden writes what [pleoclient.Safe] would not leave as \u and hexadecimal digits. JSON has such characters
// only inside texts.
func escapeHidden(line []byte) []byte {
	out := make([]byte, 0, len(line))
	marks := 0
	for _, r := range string(line) {
		if marks++; !unicode.Is(unicode.M, r) {
			marks = 0
		}
		switch {
		case r < 0x7f, marks < 3 && pleoclient.IsSafe("x"+string(r)):
			out = utf8.AppendRune(out, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}
