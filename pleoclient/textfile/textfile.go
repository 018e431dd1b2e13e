// Package textfile reads the small text files that people write, save and copy on any system: a key, an identity,
// certificates, the description of an integration. Start with [ReadAll], which reads a file to its end or not at all;
// [Decode] returns the text, and [CheckUTF8] checks it.
//
// The package has only what all such files have in common. Which file may be read, and what it must contain, is decided
// by the package that reads it.
package textfile

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// Fault says why a file is not a text. It holds nothing of the file.
type Fault struct {
	What     What
	Encoding string // UTF-16 or UTF-32, with Damaged and Unmarked
	Line     int    // from 1; 0: it is about the whole file
}

// What is what is wrong with a file, as a stable name that is never shown to people.
type What string

// What can be wrong.
const (
	Empty    What = "empty"    // nothing, or nothing but white space
	NUL      What = "nul"      // a NUL byte
	NotUTF8  What = "not_utf8" // a byte that is not UTF-8
	Damaged  What = "damaged"  // the encoding that is stated
	Unmarked What = "unmarked" // an encoding that no byte order mark states
)

// Error returns what is wrong for logs: the end of a sentence that begins with the name of the file, for example "has a
// NUL byte in line 7".
func (f *Fault) Error() string {
	switch line := " in line " + strconv.Itoa(f.Line); f.What {
	case NUL:
		return "has a NUL byte" + line
	case NotUTF8:
		return "has a byte that is not UTF-8" + line
	case Damaged:
		return "is damaged " + f.Encoding + line
	case Unmarked:
		return "is in " + f.Encoding + " without a byte order mark"
	}
	return "is empty"
}

// LineOf returns the line that an error is about, in digits, or "" when it is about the whole file.
func LineOf(err error) string {
	var fault *Fault
	if !errors.As(err, &fault) || fault.Line == 0 {
		return ""
	}
	return strconv.Itoa(fault.Line)
}

// ErrEmpty is returned for a file that holds nothing, or nothing but white space.
var ErrEmpty error = &Fault{What: Empty}

// ErrTooLarge is returned for a file that is larger than its reader allows.
var ErrTooLarge = errors.New("is too large")

// ReadAll reads r to its end. If there are more than limit bytes, it returns [ErrTooLarge]: nothing is ever cut. On an
// error it keeps nothing of what it read. A caller that reads a secret clears the result.
func ReadAll(r io.Reader, limit int) ([]byte, error) {
	data := make([]byte, min(limit+1, 4<<10)) // most files are small, and limit may be 1 MiB
	for n := 0; ; {
		more, err := io.ReadFull(r, data[n:])
		n += more
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return data[:n], nil
		case err == nil && n > limit:
			err = ErrTooLarge
		}
		if err != nil {
			clear(data)
			return nil, err
		}
		larger := make([]byte, min(limit+1, 4*n))
		copy(larger, data)
		clear(data)
		data = larger
	}
}

// Decode returns a file as text: in UTF-8, with line feeds where carriage returns alone end the lines, and without byte
// order marks at the beginning of the file or of a line, where joined files have them. Bytes that are not UTF-8 stay.
//
// It modifies data, and clears what it does not return of it. The error is a [*Fault]: [ErrEmpty], an encoding that
// nothing in the file states, a damaged one, or a NUL, which no text has.
func Decode(data []byte) ([]byte, error) {
	text, err := toUTF8(data)
	if err != nil {
		return nil, err
	}
	endLines(text)
	text = dropMarks(text)
	if err := faultOf(text); err != nil {
		clear(text)
		return nil, err
	}
	return text, nil
}

func faultOf(text []byte) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return ErrEmpty
	}
	at := bytes.IndexByte(text, 0)
	if at < 0 {
		return nil
	}
	if name := unstated(text); name != "" {
		return &Fault{What: Unmarked, Encoding: name}
	}
	return &Fault{What: NUL, Line: lineAt(text, at)}
}

// CheckUTF8 returns a [*Fault] with the line of the first byte in a decoded text that is not UTF-8, or nil.
func CheckUTF8(text []byte) error {
	for at := 0; at < len(text); {
		r, n := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && n == 1 {
			return &Fault{What: NotUTF8, Line: lineAt(text, at)}
		}
		at += n
	}
	return nil
}

// lineAt returns the line of a byte, from 1.
func lineAt(text []byte, at int) int { return bytes.Count(text[:at], []byte("\n")) + 1 }

// endLines turns carriage returns into line feeds if the text has no line feed.
func endLines(text []byte) {
	if bytes.IndexByte(text, '\n') >= 0 {
		return
	}
	for i, c := range text {
		if c == '\r' {
			text[i] = '\n'
		}
	}
}
