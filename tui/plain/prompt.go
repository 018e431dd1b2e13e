package plain

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"golang.org/x/term"
)

// Terminal is where the person is.
type Terminal struct {
	In  io.Reader
	Out io.Writer
	// Raw switches the terminal to raw mode and returns what switches it back; nil when In is no terminal. Raw mode comes
	// before each question, because the terminal itself echoes, and cuts a line at 4,095 bytes.
	Raw func() (restore func(), err error)

	lines *bufio.Reader
}

// errEnded means that the input ended, or Ctrl+C was pressed.
var errEnded = errors.New("the input ended before the connection was active")

// ask prints the prompt and reads one line, until ctx ends. Secret lines are not echoed.
func (t *Terminal) ask(ctx context.Context, prompt string, secret bool) (string, error) {
	if t.Raw != nil {
		restore, err := t.Raw()
		if err != nil {
			return "", err
		}
		defer restore() // also when the read below never returns
	}
	type line struct {
		text string
		err  error
	}
	lines := make(chan line, 1)
	go func() {
		text, err := t.read(prompt, secret)
		lines <- line{text, err}
	}()
	select {
	case l := <-lines:
		return l.text, l.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// Secret asks one question and returns the line that is typed, which is not echoed. The error is io.EOF when the input ends or
// Ctrl+C is pressed, and the cause of ctx when that ends first; the terminal is as before in any case.
func (t *Terminal) Secret(ctx context.Context, prompt string) (string, error) {
	text, err := t.ask(ctx, prompt, true)
	if errors.Is(err, errEnded) {
		err = io.EOF
	}
	return text, err
}

func (t *Terminal) read(prompt string, secret bool) (text string, err error) {
	if t.Raw == nil {
		return t.askPipe(prompt)
	}
	line := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{t.In, t.Out}, prompt)
	line.History = noHistory{}
	if secret {
		text, err = line.ReadPassword(prompt)
	} else {
		text, err = line.ReadLine()
	}
	if errors.Is(err, term.ErrPasteIndicator) {
		err = nil
	}
	return text, ended(err)
}

func (t *Terminal) askPipe(prompt string) (string, error) {
	if _, err := io.WriteString(t.Out, prompt+"\n"); err != nil {
		return "", err
	}
	if t.lines == nil {
		t.lines = bufio.NewReader(io.LimitReader(t.In, 64<<10))
	}
	text, err := t.lines.ReadString('\n')
	if errors.Is(err, io.EOF) && text != "" {
		err = nil
	}
	return strings.TrimRight(text, "\r\n"), ended(err)
}

func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return errEnded
	}
	return err
}

// noHistory keeps no line: one of them may be a key.
type noHistory struct{}

func (noHistory) Add(string)    {}
func (noHistory) Len() int      { return 0 }
func (noHistory) At(int) string { return "" }
