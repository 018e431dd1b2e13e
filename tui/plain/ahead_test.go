package plain

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pleo-connect/flow/flowtest"
	"pleo-connect/tui/input"
)

var fresh = question{prompt: "? ", fresh: true}

// marked is a terminal whose stream has the marks that will be asked for.
func marked(in io.Reader) *Terminal {
	t, _ := raw(in)
	t.Mark = func() bool { return true }
	return t
}

// TestTypedAhead: nothing that was typed before the mark is an answer, in every cut. A paste stays, and is not a word.
func TestTypedAhead(t *testing.T) {
	t.Parallel()
	const canary = flowtest.Canary
	early := answer{text: canary, pasted: true, ahead: true}
	for name, c := range map[string]struct {
		stream string
		want   answer
		err    error
	}{
		"nothing":             {input.Mark + "yes\r", typed("yes"), nil},
		"a word":              {"yes\r" + input.Mark + "other\r", typed("other"), nil},
		"half a word":         {"ye" + input.Mark + "s\r", typed("s"), nil},
		"many":                {"yes\ryes\r\r\ryes" + input.Mark + "other\r", typed("other"), nil},
		"half a sequence":     {"yes\r\x1b[1" + input.Mark + "other\r", typed("other"), nil},
		"a paste":             {"yes\r" + paste(canary) + "yes\r" + input.Mark + "other\r", early, nil},
		"a paste and Enter":   {paste(canary) + "\r" + input.Mark + "other\r", early, nil},
		"a burst":             {"yes\r" + whole(canary) + input.Mark + "other\r", early, nil},
		"rest of a text":      {"ye" + rest("s\r") + input.Mark + "other\r", typed("other"), nil},
		"a paste, then":       {input.Mark + paste(canary), pasted(canary), nil},
		"Ctrl+C":              {"ye\x03s\r" + input.Mark + "other\r", answer{}, errInterrupted},
		"the end":             {"yes\r", answer{}, errEnded},
		"the end at the mark": {"yes\r" + input.Mark, answer{}, errEnded},
		"a mark unasked for":  {input.Mark + "o" + input.Mark + "ther\r", typed("other"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			everyCut(t, c.stream, func(t rapid.TB, in io.Reader) {
				a, err := marked(in).ask(context.Background(), fresh)
				if a != c.want || !errors.Is(err, c.err) {
					t.Errorf("another answer of %d characters, %v", len(a.text), err)
				}
			})
		})
	}
}

// TestMarkOfATakenBackQuestion comes when the next question awaits its own.
func TestMarkOfATakenBackQuestion(t *testing.T) {
	t.Parallel()
	in, typing := io.Pipe()
	defer func() { _ = typing.Close() }()
	term := marked(in)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := term.ask(ctx, fresh); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	go func() {
		_, _ = io.WriteString(typing, input.Mark+"yes\r"+input.Mark+"other\r")
		_ = typing.Close()
	}()
	if a, err := term.ask(t.Context(), fresh); err != nil || a.text != "other" {
		t.Errorf("got %q, %v", a.text, err)
	}
	term = marked(strings.NewReader(input.Mark + "allow\ryes\r" + input.Mark + "other\r"))
	term.keys.marks = 1 // of one more such question
	if a, err := term.ask(t.Context(), open); err != nil || a.text != "allow" {
		t.Errorf("got %q, %v", a.text, err)
	}
	if a, err := term.ask(t.Context(), fresh); err != nil || a.text != "other" {
		t.Errorf("got %q, %v", a.text, err)
	}
}

// TestTypedAheadWithoutMarks: the input itself has forgotten what was typed, and so has the keyboard.
func TestTypedAheadWithoutMarks(t *testing.T) {
	t.Parallel()
	term, _ := raw(&parts{[][]byte{[]byte("allow\ryes\r"), []byte("other\r")}})
	term.Mark = func() bool { return false }
	if a, err := term.ask(t.Context(), open); err != nil || a.text != "allow" {
		t.Fatalf("got %q, %v", a.text, err)
	}
	if a, err := term.ask(t.Context(), fresh); err != nil || a.text != "other" {
		t.Errorf("got %q, %v", a.text, err)
	}
}

// TestPastedAhead is a word that was pasted before the company was in sight.
func TestPastedAhead(t *testing.T) {
	t.Parallel()
	in := &parts{[][]byte{[]byte("allow\r" + paste(flowtest.Canary)), []byte(paste("yes\n") + input.Mark),
		[]byte(input.Mark + "\x03")}}
	term := marked(in)
	shown, s := wizardAt(t, flowtest.Good(), in, Options{Terminal: *term})
	if s.Outcome.Active || !strings.Contains(shown, "this is too short to be a key") {
		t.Errorf("a word that was pasted ahead is an answer:\n%s", shown)
	}
}
