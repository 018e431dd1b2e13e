// Package console prints for people and for programs, and knows what the terminal of a run can do. [New] is where to
// start: it makes the one Console that all of a command prints through.
//
// Only what concerns standard streams as things to read from and print to lives here. A Console is given its streams
// and the environment as values, and changes nothing of the process. What is said is the caller's.
package console

import (
	"fmt"
	"io"
)

// Console is where a run prints, and what it knows of the terminal.
type Console struct {
	In         io.Reader
	Out, Err   io.Writer
	ForcePlain bool // --plain
	NoColor    bool // --no-color

	getenv      func(string) string
	printed     output // standard output, as the printers use it
	printedJSON bool
}

// New returns the console of a run. The flags are set later.
func New(in io.Reader, out, err io.Writer, getenv func(string) string) *Console {
	return &Console{In: in, Out: out, Err: err, getenv: getenv, printed: output{w: out}}
}

// Stdout returns standard output as the printers use it, for bytes that are not for people.
func (c *Console) Stdout() io.Writer { return &c.printed }

// Failed returns why standard output could not be written, or nil. Nothing is printed there after the first error.
func (c *Console) Failed() error {
	if c.printed.err == nil {
		return nil
	}
	return fmt.Errorf("standard output cannot be written: %w", c.printed.err)
}

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
