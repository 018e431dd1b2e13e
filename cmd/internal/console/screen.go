package console

import (
	"io"

	"pleo-connect/pleoclient/lazy"
)

// Screen returns standard output for the full screen, without the sequences that this terminal would draw as text.
func (c *Console) Screen() io.Writer {
	out := c.Stream(c.Out)
	f, ok := out.(streamedFile)
	if !ok {
		return out
	}
	return &screen{f, c.knows(), f.stream.reader}
}

// device is what makes a writer a terminal for what draws, and asks it for the size.
type device interface {
	io.ReadWriteCloser
	Fd() uintptr
}

// screen is the terminal that the full screen is drawn on. Each sequence arrives whole in one Write.
type screen struct {
	device
	knows sequences
	*reader
}

// Settle says what is written if output is dropped, in place of all that was written before this call. Any part of that
// may have reached the terminal.
func (s *screen) Settle(text string) { s.settleWith(s.known([]byte(text))) }

func (s *screen) Write(p []byte) (int, error) {
	if _, err := s.device.Write(s.known(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// sequence matches an escape sequence of more than two bytes.
//
// Source: ECMA-48, section 5.4 and 5.6
var sequence = lazy.NewRegexp(`\x1b(\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\a\x1b]*(\a|\x1b\\)?)`)

// control matches one that every terminal with control sequences knows, or reads to its end: without a private
// parameter, or a mode of DEC that is set or reset.
//
// Source: https://vt100.net/docs/vt100-ug/chapter3.html
var control = lazy.NewRegexp(`^\x1b\[([\d;]*[@-~]|\?[\d;]*[hl])$`)

// known leaves out the sequences that the terminal does not know: queries, links, the clipboard, reports of keys.
func (s *screen) known(p []byte) []byte {
	if s.knows == everything {
		return p
	}
	return sequence.ReplaceAllFunc(p, func(one []byte) []byte {
		if control.Match(one) {
			return one
		}
		return nil
	})
}
