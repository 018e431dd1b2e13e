package plain

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/flow/flowtest/golden"
	"pleo-connect/pleoclient"
	"pleo-connect/tui/input"
)

const otherCanary = "pleo-simulated-key-second-canary-9876543210zyxwvutsrqponmlkjihgfedcba-12"

// wizardAt runs the wizard at a terminal, and returns what is shown and the last state.
func wizardAt(t rapid.TB, w *flowtest.World, in io.Reader, opt Options) (string, flow.State) {
	terminal, out := raw(in)
	terminal.Mark = opt.Terminal.Mark
	opt.Terminal = *terminal
	s, effects := flow.Begin(flowtest.Setup())
	s, err := Run(context.Background(), w.Do, s, effects, opt)
	if err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Contains(text, flowtest.Canary) || strings.Contains(text, otherCanary) {
		t.Error("the key is on the terminal")
	}
	return strings.ReplaceAll(out.String(), "\r\n", "\n"), s
}

// TestAtATerminal compares what is shown for what is typed and pasted, in every cut.
func TestAtATerminal(t *testing.T) {
	t.Parallel()
	rejected := func(w *flowtest.World) { w.Faults["introspect"] = flow.Fault{Kind: pleoclient.KindKeyRejected} }
	demo := Options{DemoKey: func() string { return flowtest.Canary }}
	kept := flow.Outcome{Kind: flow.KindInterrupted}
	for name, c := range map[string]struct {
		world  func(*flowtest.World)
		stream string
		opt    Options
		out    flow.Outcome
	}{
		"paste": {stream: "allow\r" + paste(flowtest.Canary), out: kept},
		"paste of lines": {stream: "allow\r" + paste(flowtest.Canary[:40]+"\r\n  "+flowtest.Canary[40:]+"\n"),
			out: kept},
		"paste of a control": {stream: "allow\r" + paste(flowtest.Canary[:30]+"␛"+flowtest.Canary[30:]), out: kept},
		"typed":              {stream: "allow\r" + flowtest.Canary + "\r", out: kept},
		"typed over":         {stream: "allow\rabc" + paste(flowtest.Canary), out: kept},
		"back":               {stream: "allow\r\x1b[Dabc\x15\r", out: kept},
		"empty paste":        {stream: "allow\r" + paste(""), out: kept},
		"typed too long":     {stream: "allow\r" + strings.Repeat("k", 5121) + "\r", out: kept},
		"pasted too long":    {stream: "allow\r" + paste(strings.Repeat("k", 5121)), out: kept},
		"pasted words":       {stream: paste("allow\n") + paste(flowtest.Canary), out: kept},
		"paste on review":    {stream: "all" + paste(flowtest.Canary) + "\rallow\r", out: kept},
		"no key on review": {stream: paste("https://app.pleo.io/x") + paste("https://app.pleo.io/x") +
			"cancel\r", out: kept},
		"paste on confirm":  {stream: "allow\r" + paste(flowtest.Canary) + paste(otherCanary), out: kept},
		"no key on confirm": {stream: "allow\r" + paste(flowtest.Canary) + paste("someone@example.com"), out: kept},
		"paste on problem": {world: rejected,
			stream: "allow\r" + paste(otherCanary) + paste(flowtest.Canary), out: kept},
		"no key on problem":   {world: rejected, stream: "allow\r" + paste(otherCanary) + paste("maybe"), out: kept},
		"demo typed":          {opt: demo, stream: "allow\rdemo\r", out: kept},
		"demo pasted":         {opt: demo, stream: "allow\r" + paste("demo\n"), out: kept},
		"ctrl-c":              {stream: "all\x03", out: kept},
		"ctrl-c at the key":   {stream: "allow\rabc\x03", out: kept},
		"ctrl-c behind a key": {stream: "allow\r" + pasteStart + flowtest.Canary + "\x03", out: kept},
		"ascii":               {opt: Options{ASCII: true}, stream: "é\x7fallow\r" + paste(flowtest.Canary), out: kept},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := ""
			check := func(t rapid.TB, in io.Reader) {
				w := flowtest.Good()
				if c.world != nil {
					c.world(w)
				}
				shown, s := wizardAt(t, w, in, c.opt)
				if s.Step != flow.StepOver || s.Outcome != c.out {
					t.Errorf("ends with %s %+v", s.Step, s.Outcome)
				}
				if text == "" {
					text = shown
				}
				if shown != text {
					t.Errorf("another cut shows\n%s\nbut the first\n%s", shown, text)
				}
			}
			if len(c.stream) < 1000 {
				everyCut(t, c.stream, check)
			} else {
				check(t, strings.NewReader(c.stream))
			}
			golden.Compare(t, "terminal_"+strings.ReplaceAll(name, " ", "_")+".golden", text)
		})
	}
}

// TestBrackets: a terminal that is asked to mark pastes is asked once, before the first question, and asked to stop on
// every way out. One that is not asked gets no escape sequence.
func TestBrackets(t *testing.T) {
	t.Parallel()
	why := errors.New("stopped by the test")
	for name, c := range map[string]struct {
		stream string
		do     func(context.CancelCauseFunc) flow.Event // on Introspect
		err    error
	}{
		"over":        {stream: "allow\r" + paste(flowtest.Canary) + "yes\r"},
		"cancel":      {stream: "cancel\r"},
		"end":         {stream: "allow\r"},
		"interrupted": {stream: "\x03"},
		"fault": {stream: "allow\r" + paste(flowtest.Canary),
			do: func(context.CancelCauseFunc) flow.Event { panic(flowtest.Canary) }, err: flow.ErrFault},
		"stopped": {stream: "allow\r" + paste(flowtest.Canary), err: why,
			do: func(cancel context.CancelCauseFunc) flow.Event {
				cancel(why)
				return nil
			}},
	} {
		for _, brackets := range []bool{true, false} {
			ctx, cancel := context.WithCancelCause(t.Context())
			terminal, out := raw(strings.NewReader(c.stream))
			terminal.Brackets = brackets
			s, effects := flow.Begin(flowtest.Setup())
			do := func(_ context.Context, e flow.Effect) flow.Event {
				if _, ok := e.(flow.Introspect); ok && c.do != nil {
					return c.do(cancel)
				}
				return flowtest.Good().Answer(e)
			}
			if _, err := Run(ctx, do, s, effects, Options{Terminal: *terminal}); !errors.Is(err, c.err) {
				t.Errorf("%s: %v", name, err)
			}
			text := out.String()
			on, off, asked := strings.Index(text, bracketsOn), strings.LastIndex(text, bracketsOff),
				strings.Index(text, "Type allow or cancel:")
			switch {
			case !brackets && strings.Contains(text, "\x1b"):
				t.Errorf("%s: a dumb terminal gets an escape sequence", name)
			case brackets && (on < 0 || on > asked || off < on || strings.Count(text, bracketsOn) != 1):
				t.Errorf("%s: on at %d, first question at %d, off at %d: %q", name, on, asked, off, text)
			}
		}
	}
}

// TestBracketsWhenTheProgramFails turns them off also when the driver itself panics.
func TestBracketsWhenTheProgramFails(t *testing.T) {
	t.Parallel()
	terminal, out := raw(strings.NewReader("allow\rdemo\r"))
	terminal.Brackets = true
	s, effects := flow.Begin(flowtest.Setup())
	func() {
		defer func() { _ = recover() }()
		_, _ = Run(t.Context(), flowtest.Good().Do, s, effects,
			Options{Terminal: *terminal, DemoKey: func() string { panic("no key") }})
		t.Error("nothing panicked")
	}()
	if !strings.HasSuffix(out.String(), bracketsOff) {
		t.Errorf("ends with %q", out)
	}
}

// TestSecret asks for a passphrase.
func TestSecret(t *testing.T) {
	t.Parallel()
	for stream, want := range map[string]string{
		"a heron\r": "a heron", paste("a heron\n") + "\r": "a heron", "a" + paste(" heron") + "\r\n": "a heron",
		paste("one\ntwo\n\n") + "\r": "one\ntwo", "": "", "abc": "", paste("a heron\n"): "a heron",
		paste("a heron"): "", "abc\x03\r": "",
	} {
		terminal, out := raw(strings.NewReader(stream))
		terminal.Brackets = true
		text, err := terminal.Secret(t.Context(), "passphrase: ")
		if text != want || (want == "") != errors.Is(err, io.EOF) || want != "" && err != nil {
			t.Errorf("%q: %q, %v", stream, text, err)
		}
		shown := strings.TrimSuffix(strings.TrimPrefix(out.String(), bracketsOn), bracketsOff)
		if strings.TrimSuffix(shown, "\r\n") != "passphrase: " {
			t.Errorf("%q: shows %q", stream, shown)
		}
	}
	why := errors.New("stopped by the test")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	terminal := &Terminal{In: neverRead{}, Out: &bytes.Buffer{}}
	if _, err := terminal.Secret(ctx, "passphrase: "); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
}

// TestEnterTooSoon: an Enter that may belong to a paste ends no line, and that is told.
func TestEnterTooSoon(t *testing.T) {
	t.Parallel()
	const stream = "\x1b[200~yes\x1b[201~" + input.PastedEnter
	ask := func(t *testing.T, ask func(*Terminal) (string, error)) string {
		t.Helper()
		terminal, out := raw(strings.NewReader(input.PastedEnter + stream + "\r"))
		if text, err := ask(terminal); text != "yes" || err != nil {
			t.Errorf("got %q, %v", text, err)
		}
		return out.String()
	}
	again := "\r\n" + string(flow.English.Wizard.EnterAgain) + "\r\n"
	for got, want := range map[string]string{
		ask(t, func(x *Terminal) (string, error) { return x.Secret(t.Context(), "key: ") }): "key: " + again + "key: \r\n",
		ask(t, func(x *Terminal) (string, error) { return x.Line(t.Context(), "sure? ") }): "sure? " + again +
			"sure? \r\n",
		ask(t, func(x *Terminal) (string, error) { // the paste is the answer
			a, err := x.ask(t.Context(), question{prompt: "key: ", hidden: true})
			return a.text, err
		}): "key: \r\n",
	} {
		if got != want {
			t.Errorf("shows %q, want %q", got, want)
		}
	}
}

// neverRead is an input at which no one types.
type neverRead struct{}

func (neverRead) Read([]byte) (int, error) { select {} }
