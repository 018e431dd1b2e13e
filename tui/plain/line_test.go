package plain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"pgregory.net/rapid"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
)

// TestScreenShowsTheLine edits a line in any way and looks at the screen after each key.
func TestScreenShowsTheLine(t *testing.T) {
	t.Parallel()
	keys := rapid.SampledFrom([]rune("abé漢한 \x7f\x08\x15\x17\u200b\x01"))
	rapid.Check(t, func(r *rapid.T) {
		screen := vt.NewEmulator(80, 2)
		l, model := line{entry: newEntry()}, []rune{}
		_, _ = io.WriteString(screen, "allow? ")
		for _, key := range rapid.SliceOfN(keys, 1, 30).Draw(r, "keys") {
			_, _ = io.WriteString(screen, l.press(key))
			model = edited(model, key)
			if string(l.text) != string(model) {
				r.Fatalf("after %q the line is %q, want %q", key, l.text, string(model))
			}
			shown, _, _ := strings.Cut(ansi.Strip(screen.Render()), "\n")
			if want := strings.TrimRight("allow? "+string(model), " "); strings.TrimRight(shown, " ") != want {
				r.Fatalf("after %q the screen shows %q, want %q", key, shown, want)
			}
			if x := screen.CursorPosition().X; x != ansi.StringWidthWc("allow? "+string(model)) {
				r.Fatalf("after %q the cursor is in column %d", key, x)
			}
		}
	})
}

// edited is the editor in slow motion.
func edited(line []rune, key rune) []rune {
	end := len(line)
	switch key {
	case backspace, ctrlH:
		end = max(end-1, 0)
	case ctrlU:
		end = 0
	case ctrlW:
		for end > 0 && line[end-1] == ' ' {
			end--
		}
		for end > 0 && line[end-1] != ' ' {
			end--
		}
	default:
		if unicode.IsPrint(key) {
			return append(line, key)
		}
	}
	return line[:end]
}

// TestASCIIEcho shows no letter that the terminal cannot draw.
func TestASCIIEcho(t *testing.T) {
	t.Parallel()
	term, out := raw(strings.NewReader("a漢\x7fé\r"))
	term.ascii = true
	if a, err := term.ask(t.Context(), open); err != nil || a.text != "aé" || out.String() != "? a?\b \b?\r\n" {
		t.Errorf("got %q, %v, shows %q", a.text, err, out)
	}
}

// TestTooLongIsNeverCut types and pastes more than the editor keeps.
func TestTooLongIsNeverCut(t *testing.T) {
	t.Parallel()
	const more = 100
	long := strings.Repeat("k", maxEntry+more)
	for name, stream := range map[string]string{
		"typed": long + "\r", "pasted": paste(long),
		"wide": strings.Repeat("k", maxEntry-1) + "漢" + strings.Repeat("k", more) + "\r",
	} {
		for _, q := range []question{secret, open} {
			term, out := raw(strings.NewReader(stream))
			a, err := term.ask(t.Context(), q)
			if n := len([]rune(a.text)); err != nil || !a.long || n != maxEntry+more {
				t.Errorf("%s, hidden %v: %d characters, long %v, %v", name, q.hidden, n, a.long, err)
			}
			if n := strings.Count(out.String(), "k"); q.hidden && n > 2 || n > maxEntry+2 {
				t.Errorf("%s, hidden %v: %d characters are shown", name, q.hidden, n)
			}
		}
	}
	for name, c := range map[string]struct{ keys, want string }{
		"short again": {strings.Repeat("\x7f", maxEntry+more-3), "kkk"},
		"all":         {"\x15abc", "abc"},
		"a word":      {"\x17abc", "abc"},
	} {
		for _, q := range []question{secret, open} {
			term, _ := raw(strings.NewReader(long + c.keys + "\r"))
			if a, err := term.ask(t.Context(), q); err != nil || a.long || a.text != c.want {
				t.Errorf("%s: %d characters, %v", name, len(a.text), err)
			}
		}
	}
	term, _ := raw(strings.NewReader(long + "\r"))
	if text, err := term.Secret(t.Context(), "passphrase: "); text != "" || !errors.Is(err, ErrTooLong) {
		t.Errorf("a passphrase of %d characters, %v", len(text), err)
	}
}

// TestFlood keeps memory flat, also when Enter never comes.
func TestFlood(t *testing.T) {
	t.Parallel()
	for _, start := range []string{"", pasteStart, "\x1b[", "\x1b]"} {
		term, _ := raw(io.MultiReader(strings.NewReader(start), io.LimitReader(endless('1'), 2*maxOver),
			strings.NewReader("\x15\r"+pasteEnd)))
		a, err := term.ask(t.Context(), secret)
		if err != nil || len(a.text) > maxEntry+maxOver {
			t.Errorf("%q: %d characters, %v", start, len(a.text), err)
		}
	}
}

type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

// TestBytesAreOverwritten looks into the memory of the editor when a question is answered, and when
// it ended without one.
func TestBytesAreOverwritten(t *testing.T) {
	t.Parallel()
	const canary = flowtest.Canary
	for name, stream := range map[string]string{
		"typed": canary + "\r", "pasted": paste(canary), "replaced": canary + paste(canary),
		"left": canary + "\r" + canary, "erased": canary + "\x17\x15\r", "ended": canary,
		"interrupted": canary + "\x03", "swallowed": "\x1b]" + canary,
		"half a paste": canary + "\r" + pasteStart + canary,
	} {
		for _, q := range []question{secret, passphrase} {
			everyCut(t, stream, func(t rapid.TB, in io.Reader) {
				term, _ := raw(in)
				_, _ = term.ask(context.Background(), q)
				for where, b := range map[string][]byte{
					"line": term.typed.text[:cap(term.typed.text)],
					"read": term.keys.source.buf,
				} {
					if bytes.Contains(b, []byte(canary[:3])) {
						t.Errorf("%s: a piece of the key is left in the %s", name, where)
					}
				}
				piece := strings.Trim(fmt.Sprint([]byte(canary[:3])), "[]")
				if strings.Contains(fmt.Sprint(term.keys.scanner), piece) {
					t.Errorf("%s: a piece of the key is left in the scanner", name)
				}
			})
		}
	}
}

// TestPasteIsOverwritten looks at the paste itself, and at what is erased while the line is open.
func TestPasteIsOverwritten(t *testing.T) {
	t.Parallel()
	for _, q := range []question{secret, passphrase} {
		term, _ := raw(strings.NewReader(pasteEnd + "\r"))
		term.keys.scanner.Feed([]byte(pasteStart + flowtest.Canary))
		term.keys.take()
		e := term.keys.paste
		if a, err := term.ask(t.Context(), q); err != nil || a.text != flowtest.Canary {
			t.Fatalf("another text, %v", err)
		}
		if bytes.Contains(e.text[:cap(e.text)], []byte(flowtest.Canary[:3])) {
			t.Error("a piece of the paste is left")
		}
	}
	l := line{entry: newEntry(), hidden: true}
	for _, key := range "ab\x7f" {
		l.press(key)
	}
	if l.text[:2][1] != 0 {
		t.Error("what was erased is left")
	}
}

// TestPastedIsNeverShown: a text that was pasted into a line that is seen may be a key. It is not shown when the line
// is drawn again or edited, and what is typed after it was erased is.
func TestPastedIsNeverShown(t *testing.T) {
	t.Parallel()
	const (
		drawnAgain = "\r\nword? "
		canary     = "canary-0123456789abcdef"
	)
	dropped := "\r\n" + string(flow.English.Wizard.Torn) + drawnAgain
	for stream, wants := range map[string][2]string{
		"a" + whole(canary) + "\x1a\x7f\x7fb\x1a\r": {"word? a" + dropped + drawnAgain + "b" + drawnAgain + "b",
			"word? a" + drawnAgain + drawnAgain},
		"a" + rest(canary) + "\x1a\x15yes\x1a\r": {"word? a" + dropped + drawnAgain + "yes" + drawnAgain + "yes",
			"word? a" + drawnAgain + "yes" + drawnAgain + "yes"},
		"ab\x1a\x7fc\r": {"word? ab" + drawnAgain + "ab\b \bc", "word? ab" + drawnAgain + "ab\b \bc"},
	} {
		for rule, want := range map[pasteRule]string{pasteAnswers: wants[0], pasteTypes: wants[1]} {
			term, out := raw(strings.NewReader(stream))
			term.Suspend = func() error { return nil }
			if _, err := term.ask(t.Context(), question{prompt: "word? ", paste: rule}); err != nil {
				t.Errorf("%q: %v", stream, err)
			}
			if got := strings.TrimSuffix(out.String(), "\r\n"); got != want {
				t.Errorf("%q: shows %q, want %q", stream, got, want)
			}
		}
	}
}
