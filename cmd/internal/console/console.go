// Package console prints for people and for programs, and knows what the terminal supports. Start with [New], which
// returns the one Console that a command prints through.
//
// A Console gets its streams and the environment as values, and changes nothing in the process. The caller supplies the
// words.
package console

import (
	"errors"
	"io"

	"pleo-connect/flow"
)

// Console is where a run prints, and what it knows about the terminal.
type Console struct {
	In         io.Reader
	Out, Err   io.Writer // what they are; everything is written through [Console.Stream]
	ForcePlain bool      // --plain
	NoColor    bool      // --no-color
	Book       *flow.Book

	getenv         func(string) string
	end            *ending
	stdout, stderr stream // they write to Out and Err
	printed        output // standard output, as the printers use it
	printedJSON    bool
}

// New returns the console of a run. The flags are set later.
func New(in io.Reader, out, err io.Writer, getenv func(string) string) *Console {
	end := &ending{told: make(chan struct{})}
	stdout, stderr := streams(out, err, end)
	return &Console{
		In: in, Out: out, Err: err, Book: &flow.English,
		getenv: getenv, end: end, stdout: stdout, stderr: stderr, printed: output{w: stdout},
	}
}

// Stdout returns standard output as the printers use it, for bytes that are not for people.
func (c *Console) Stdout() io.Writer { return &c.printed }

// Failed returns why standard output could not be written, or nil. Nothing is written there after the first error. That
// a run which was told to end has no reader is not a failure: it ends for another reason.
func (c *Console) Failed() error {
	if c.printed.err == nil || errors.Is(c.printed.err, ErrUnread) {
		return nil
	}
	return &OutputError{c.printed.err}
}

// OutputError is why standard output could not be written.
type OutputError struct{ Err error }

// Error returns what happened, for logs.
func (e *OutputError) Error() string { return "can't write to standard output: " + e.Err.Error() }

func (e *OutputError) Unwrap() error { return e.Err }
