// Package console prints for people and for programs, and knows what the terminal of a run can do. [New] is where to
// start: it makes the one Console that all of a command prints through.
//
// Only what concerns standard streams as things to read from and print to lives here. A Console is given its streams and
// the environment as values, and changes nothing of the process. What is said is the caller's.
package console

import (
	"fmt"
	"io"
)

// Console is where a run prints, and what it knows of the terminal.
type Console struct {
	In         io.Reader
	Out, Err   io.Writer
	Getenv     func(string) string
	ForcePlain bool // --plain
	NoColor    bool // --no-color

	printed output // standard output, as the printers use it
	json    *JSON
}

// New returns the console of a run. The flags are set later.
func New(in io.Reader, out, err io.Writer, getenv func(string) string) *Console {
	c := &Console{In: in, Out: out, Err: err, Getenv: getenv, printed: output{w: out}}
	c.json = &JSON{out: &c.printed}
	return c
}

// JSON returns the printer of JSON lines on standard output.
func (c *Console) JSON() *JSON { return c.json }

// Stdout returns standard output as the printers use it, for bytes that nobody reads.
func (c *Console) Stdout() io.Writer { return &c.printed }

// Failed returns why standard output could not be written, or nil. Nothing is printed there after the first error.
func (c *Console) Failed() error { return c.printed.failed() }

// output keeps the first error of a stream, and writes nothing after it.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(text []byte) (int, error) {
	if o.err == nil {
		_, o.err = o.w.Write(text)
	}
	return len(text), o.err
}

func (o *output) failed() error {
	if o.err == nil {
		return nil
	}
	return fmt.Errorf("standard output cannot be written: %w", o.err)
}
