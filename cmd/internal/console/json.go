package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"pleo-connect/pleoclient"
)

// JSON writes an object to standard output, in one line, and returns what [Console.Failed] does. Characters that a
// terminal must not get are escaped, so that a path is complete for a program and harmless on a screen; package
// encoding/json leaves C1, bidirectional overrides and the like as they are.
func (c *Console) JSON(object any) error {
	c.printedJSON = true
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	if err := e.Encode(object); err != nil && c.printed.err == nil {
		c.printed.flush()
		c.printed.err = err
	}
	_, _ = c.printed.Write(escapeHidden(line.Bytes())) // Failed returns the error
	return c.Failed()
}

// PrintedJSON reports whether an object was written, or the attempt failed.
func (c *Console) PrintedJSON() bool { return c.printedJSON }

// escapeHidden writes the characters that [pleoclient.Safe] would not keep as \u and hexadecimal digits. JSON has such
// characters only inside strings.
func escapeHidden(line []byte) []byte {
	if !slices.ContainsFunc(line, func(b byte) bool { return b >= 0x7f }) {
		return line // as most lines are
	}
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
