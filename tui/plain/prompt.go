package plain

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"pleo-connect/flow"
	"pleo-connect/tui/input"
)

// Terminal is where the person is.
type Terminal struct {
	// In delivers UTF-8. At a terminal, an escape sequence is never cut, and a paste comes between its marks, with
	// control pictures for its control characters.
	In  io.Reader
	Out io.Writer
	// Raw switches the terminal to raw mode and returns a function that switches it back; nil: In is not a terminal.
	// Raw mode is set before each question, because otherwise the terminal echoes, and cuts a line at 4,095 bytes.
	Raw func() (restore func(), err error)
	// Brackets asks the terminal to mark pastes, from the first question until the interface is left. A terminal that
	// does not know escape sequences must not be asked.
	Brackets bool
	// Mark is called when what was typed until now no longer counts. It reports whether In delivers [input.Mark] after
	// all of that; otherwise In has dropped it. nil: In is not a terminal.
	Mark func() (comes bool)
	// HoldEnter is called with each question: whether an Enter may be a line break in the middle of an answer, as in a
	// key. nil: it does nothing.
	HoldEnter func(on bool)
	// Words are what is said in the middle of an answer; nil: English.
	Words *flow.Book
	// Suspend stops this program as Ctrl+Z does, with the terminal restored, and returns when it continues; nil: Ctrl+Z
	// does nothing.
	Suspend func() error
	// Retaken delivers a value when the program continues that something else has stopped; nil: that never happens.
	Retaken <-chan struct{}

	ascii     bool // draws only ASCII
	bracketed bool
	keys      keyboard
	typed     *entry // empty between two questions
	piped     []byte // lines of a pipe that wait for their questions
}

const (
	bracketsOn  = "\x1b[?2004h"
	bracketsOff = "\x1b[?2004l"
)

// Errors of a question.
var (
	errEnded       = errors.New("input ended before the connection was active") // or Ctrl+D on an empty line
	errInterrupted = errors.New("Ctrl+C was pressed before the connection was active")
	errRetaken     = errors.New("the terminal was that of another program in the meantime") // not an end

	// ErrTooLong is the error of [Terminal.Secret] and [Terminal.Line] for a text longer than any answer. Nothing is
	// cut.
	ErrTooLong = errors.New("that answer is too long")
)

// question is what is asked for.
type question struct {
	prompt string
	fresh  bool // what was typed before it is not an answer, and a paste from before is not one of the words
	hidden bool // nothing of the answer is echoed
	paste  pasteRule
}

// pasteRule says what a paste means. A paste is never echoed.
type pasteRule int

const (
	pasteAnswers pasteRule = iota // it is the answer: it ends the line, and replaces what was typed before it
	pasteTypes                    // it is typed text, and a line break at its end is Enter; for hidden lines
)

// answer is what was entered.
type answer struct {
	text   string
	pasted bool // it is one paste, with all its line breaks
	ahead  bool // it was pasted before the question was asked
	long   bool // it is longer than any answer; the text only says by how much
}

// ask prints the prompt and takes one answer, until ctx ends.
func (t *Terminal) ask(ctx context.Context, q question) (answer, error) {
	if t.Raw == nil {
		text, err := t.askPipe(ctx, q.prompt)
		return answer{text: text}, ended(err)
	}
	restore, err := t.Raw()
	if err != nil {
		return answer{}, err
	}
	defer restore()
	if t.HoldEnter != nil {
		t.HoldEnter(q.hidden)
	}
	if q.fresh {
		if err := t.dropAhead(ctx); err != nil {
			return answer{}, ended(err)
		}
	}
	select {
	case <-t.Retaken: // the question is still to be written
		t.bracketed = false
	default:
	}
	if err := t.bracket(); err != nil {
		return answer{}, err
	}
	if _, err := io.WriteString(t.Out, q.prompt); err != nil {
		return answer{}, err
	}
	a, err := t.edit(ctx, q)
	return a, ended(err)
}

// dropAhead drops what was typed until now. It is called directly before the question is written, not after it, so that
// nothing is lost that a person types after reading it.
func (t *Terminal) dropAhead(ctx context.Context) error {
	if t.Mark == nil {
		return nil
	}
	t.open()
	if t.Mark() {
		t.keys.marks++
		err := t.keys.dropToMark(ctx)
		for errors.Is(err, errRetaken) {
			t.bracketed = false
			err = t.keys.dropToMark(ctx)
		}
		return err
	}
	if t.keys.dropTyped() {
		return errInterrupted
	}
	return nil
}

// open is called before the first stroke is read.
func (t *Terminal) open() {
	if t.typed == nil {
		t.typed, t.keys.in, t.keys.retaken = newEntry(), t.In, t.Retaken
	}
}

// edit is the line editor.
func (t *Terminal) edit(ctx context.Context, q question) (answer, error) {
	t.open()
	l := line{t.typed, q.hidden, t.ascii}
	defer l.wipe()
	for {
		s, err := t.keys.next(ctx)
		switch {
		case errors.Is(err, errRetaken):
			t.bracketed = false
			if err := t.repeat(q, l); err != nil {
				return answer{}, err
			}
		case err != nil:
			return answer{}, err
		case s.paste != nil && q.paste == pasteAnswers && (s.kind == input.Marked || s.kind == input.Whole && l.empty()):
			defer s.paste.wipe()
			a, err := t.enter(q, s.paste, "\r\n", true)
			a.ahead = s.ahead
			return a, err
		case s.paste != nil:
			if t.join(l, s, q) {
				return t.enter(q, l.entry, "\r\n", false)
			}
		case s.soon:
			if !l.empty() {
				t.tell(q, t.book().EnterAgain)
			}
		case s.key == '\r', s.key == '\n':
			return t.enter(q, l.entry, "\n", false)
		case s.key == ctrlC:
			return answer{}, errInterrupted
		case s.key == ctrlD && l.empty():
			return answer{}, errEnded
		case s.key == ctrlZ && t.Suspend != nil:
			if err := t.suspend(q, l); err != nil {
				return answer{}, err
			}
		default:
			if _, err := io.WriteString(t.Out, l.press(s.key)); err != nil {
				return answer{}, err
			}
		}
	}
}

// join adds a paste to the line, and reports whether a line break at its end is Enter. If the answer is a paste or a
// whole line, the rest of a text whose beginning went elsewhere is not used, because half a key is not a key. Nor is a
// paste after the beginning of a word, which would be shown with the line.
func (t *Terminal) join(l line, s stroke, q question) (enter bool) {
	defer s.paste.wipe()
	if q.paste == pasteAnswers && (!q.hidden || s.kind == input.Rest && l.empty()) {
		l.wipe()
		t.tell(q, t.book().Torn)
		return false
	}
	text := input.FromPictures(s.paste.String())
	line := strings.TrimRight(text, "\r\n")
	l.add([]byte(line))
	l.unseen = true
	if line == text && q.paste == pasteAnswers && q.hidden {
		t.tell(q, t.book().Added)
	}
	return line != text
}

// tell says something in the middle of a line, and asks again.
func (t *Terminal) tell(q question, text flow.Text) {
	_, _ = io.WriteString(t.Out, "\r\n"+text.String()+"\r\n"+q.prompt) // a failure here is met again by the next write
}

func (t *Terminal) book() *flow.WizardWords { return &flow.Setup{Words: t.Words}.Book().Wizard }

// suspend stops this program at a question, and asks it again when the program continues: what was typed is still
// there.
func (t *Terminal) suspend(q question, l line) error {
	t.leave()
	if err := t.Suspend(); err != nil {
		return err
	}
	return t.repeat(q, l)
}

// repeat asks a question again, after a shell has had the terminal.
func (t *Terminal) repeat(q question, l line) error {
	if err := t.bracket(); err != nil {
		return err
	}
	_, err := io.WriteString(t.Out, "\r\n"+q.prompt+l.drawn())
	return err
}

// enter ends the line. What was typed ahead after a hidden line must not become visible in the next. The keys of tail
// still belong to this answer if they come at once: many people press Enter after a paste.
func (t *Terminal) enter(q question, e *entry, tail string, pasted bool) (answer, error) {
	t.keys.tail = tail
	if q.hidden && t.keys.dropTyped() {
		return answer{}, errInterrupted
	}
	a := answer{text: e.String(), pasted: pasted, long: e.over > 0}
	if pasted {
		a.text = input.FromPictures(a.text)
	}
	_, err := io.WriteString(t.Out, "\r\n")
	return a, err
}

// Secret asks one question and returns the line that is typed, which is not echoed. A paste is part of the line, and a
// line break at its end is Enter. The error is io.EOF when the input ends or Ctrl+C is pressed, and the cause of ctx
// when ctx ends first. The terminal is restored in any case.
func (t *Terminal) Secret(ctx context.Context, prompt string) (string, error) {
	return t.once(ctx, question{prompt: prompt, hidden: true, paste: pasteTypes})
}

// Line is Secret for an answer that is echoed. What was typed before the question is not part of it.
func (t *Terminal) Line(ctx context.Context, prompt string) (string, error) {
	return t.once(ctx, question{prompt: prompt, fresh: true, paste: pasteTypes})
}

func (t *Terminal) once(ctx context.Context, q question) (string, error) {
	defer t.leave()
	a, err := t.ask(ctx, q)
	switch {
	case errors.Is(err, errEnded), errors.Is(err, errInterrupted):
		err = io.EOF
	case err == nil && a.long:
		return "", ErrTooLong
	}
	return a.text, err
}

func (t *Terminal) bracket() error {
	if !t.Brackets || t.bracketed {
		return nil
	}
	t.bracketed = true
	_, err := io.WriteString(t.Out, bracketsOn)
	return err
}

// leave undoes what was asked of the terminal.
func (t *Terminal) leave() {
	if t.bracketed {
		t.bracketed = false
		_, _ = io.WriteString(t.Out, bracketsOff)
	}
}

// maxPiped is more than all answers together.
const maxPiped = 64 << 10

func (t *Terminal) askPipe(ctx context.Context, prompt string) (string, error) {
	if _, err := io.WriteString(t.Out, prompt+"\n"); err != nil {
		return "", err
	}
	if t.keys.in == nil {
		t.keys.in = io.LimitReader(t.In, maxPiped)
	}
	for {
		if text, rest, whole := bytes.Cut(t.piped, []byte("\n")); whole {
			t.piped = rest
			return strings.TrimRight(string(text), "\r"), nil
		}
		p, err := t.keys.read(ctx)
		t.piped = append(t.piped, p...)
		if errors.Is(err, io.EOF) && len(t.piped) > 0 {
			t.piped, err = append(t.piped, '\n'), nil // the last line
		}
		if err != nil {
			return "", err
		}
	}
}

func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return errEnded
	}
	return err
}
