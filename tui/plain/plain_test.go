package plain

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/flow/flowtest/golden"
	"pleo-connect/pleoclient"
)

// play runs the interface with the lines as its input, and returns the transcript and the last state.
func play(t *testing.T, w *flowtest.World, lines ...string) (string, flow.State) {
	t.Helper()
	return playFrom(t, flowtest.Setup(), w, lines...)
}

func playFrom(t *testing.T, setup flow.Setup, w *flowtest.World, lines ...string) (string, flow.State) {
	t.Helper()
	var out bytes.Buffer
	s, effects := flow.Begin(setup)
	opt := Options{Terminal: Terminal{In: strings.NewReader(strings.Join(lines, "\n") + "\n"), Out: &out}}
	s, err := Run(t.Context(), w.Do, s, effects, opt)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), flowtest.Canary) {
		t.Error("the key is in the transcript")
	}
	return out.String(), s
}

func TestTranscripts(t *testing.T) {
	t.Parallel()
	rejected := map[string]flow.Fault{"introspect": {Kind: pleoclient.KindKeyRejected}}
	offline := map[string]flow.Fault{"reach": {Kind: pleoclient.KindDNS}}
	for name, c := range map[string]struct {
		world func(*flowtest.World)
		lines []string
		step  flow.Step
		out   flow.Outcome
	}{
		"happy":  {lines: []string{"maybe", "al", flowtest.Canary, "yes"}, out: flow.Outcome{Active: true}},
		"cancel": {lines: []string{"cancel"}, out: flow.Outcome{Kind: flow.KindInterrupted}},
		"back":   {lines: []string{"allow", "", "cancel"}, out: flow.Outcome{Kind: flow.KindInterrupted}},
		"no key": {lines: []string{"allow", "https://app.pleo.io/x"}, out: flow.Outcome{Kind: flow.KindInterrupted}},
		"rejected": {world: func(w *flowtest.World) { w.Faults = rejected },
			lines: []string{"allow", flowtest.Canary, "quit"}, out: flow.Outcome{Kind: pleoclient.KindKeyRejected}},
		"offline": {world: func(w *flowtest.World) { w.Faults = offline }, lines: []string{"retry", "quit"},
			out: flow.Outcome{Kind: pleoclient.KindDNS}},
		"doctor": {world: func(w *flowtest.World) {
			w.Faults = map[string]flow.Fault{
				"reach":    {Kind: pleoclient.KindTLSIssue, Detail: pleoclient.Safe("Contoso Inspection CA")},
				"exam tls": {Kind: pleoclient.KindTLSIssue, Detail: pleoclient.Safe("Contoso Inspection CA")},
			}
		}, lines: []string{"doctor", "back", "quit"}, out: flow.Outcome{Kind: pleoclient.KindTLSIssue}},
		"known": {world: flowtest.Known, lines: []string{"allow", flowtest.Canary, "yes"},
			out: flow.Outcome{Active: true}},
		"help": {lines: []string{"?", "help", "allow", "?", flowtest.Canary, "?", "yes"},
			out: flow.Outcome{Active: true}},
		"help with a rejected key": {world: func(w *flowtest.World) { w.Faults = rejected },
			lines: []string{"allow", flowtest.Canary, "?", "what", "quit"},
			out:   flow.Outcome{Kind: pleoclient.KindKeyRejected}},
		"unfinished": {world: func(w *flowtest.World) {
			w.Unfinished = &flow.Unfinished{
				Company: pleoclient.Company{ID: flowtest.CompanyID, Name: pleoclient.Safe(w.Name)},
				SavedAt: flowtest.SavedAt, Ago: 3 * time.Hour,
			}
		}, lines: []string{"continue"}, out: flow.Outcome{Active: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := flowtest.Good()
			if c.world != nil {
				c.world(w)
			}
			text, s := play(t, w, c.lines...)
			if s.Step != flow.StepOver || s.Outcome != c.out {
				t.Errorf("ends with %s %+v", s.Step, s.Outcome)
			}
			golden.Compare(t, strings.ReplaceAll(name, " ", "_")+".golden", text)
		})
	}
}

// TestNetworkBeforeAKey: what else is trusted is said before the permissions are allowed.
func TestNetworkBeforeAKey(t *testing.T) {
	t.Parallel()
	setup := flowtest.Setup()
	setup.Network = flowtest.OfficeNetwork()
	text, _ := playFrom(t, setup, flowtest.Good(), "cancel")
	said, _, asked := strings.Cut(text, "Type allow or cancel:")
	for _, want := range []string{
		"\nwarning: Through proxy proxy.contoso.example:3128\n",
		"\nwarning: Trusting certificates from /opt/contoso/ca-bundle.pem (SSL_CERT_FILE)\n",
	} {
		if !asked || !strings.Contains(said, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
}

// TestOwnerBeforeAKey: which account gets the key is said before the permissions are allowed.
func TestOwnerBeforeAKey(t *testing.T) {
	t.Parallel()
	setup := flowtest.Setup()
	setup.Owner = flowtest.OtherOwner
	text, _ := playFrom(t, setup, flowtest.Good(), "cancel")
	said, _, asked := strings.Cut(text, "Type allow or cancel:")
	if !asked || !strings.Contains(said, "\nthe key store in /home/games/pleo/store belongs to the account games, "+
		"which will own the key and can read it\n") {
		t.Errorf("the account is missing:\n%s", text)
	}
}

// TestEndOfInput ends the wizard at every question.
func TestEndOfInput(t *testing.T) {
	t.Parallel()
	for _, lines := range [][]string{{}, {"allow"}, {"allow", flowtest.Canary}} {
		if _, s := play(t, flowtest.Good(), lines...); s.Outcome.Kind != flow.KindInterrupted {
			t.Errorf("after %d lines: %+v", len(lines), s.Outcome)
		}
	}
}

// TestContext ends a run that awaits an answer, and says why.
func TestContext(t *testing.T) {
	t.Parallel()
	why := errors.New("stopped by the test")
	ctx, cancel := context.WithCancelCause(t.Context())
	s, effects := flow.Begin(flowtest.Setup())
	do := func(ctx context.Context, e flow.Effect) flow.Event {
		cancel(why)
		<-ctx.Done()
		return flowtest.Good().Answer(e)
	}
	opt := Options{Terminal: Terminal{In: strings.NewReader(""), Out: &bytes.Buffer{}}}
	if _, err := Run(ctx, do, s, effects, opt); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
}

// TestContextAtAPrompt ends a run that awaits the person.
func TestContextAtAPrompt(t *testing.T) {
	t.Parallel()
	why := errors.New("stopped by the test")
	ctx, cancel := context.WithCancelCause(t.Context())
	in, typing := io.Pipe()
	defer func() { _ = typing.Close() }()
	s, effects := flow.Begin(flowtest.Setup())
	raw := 0
	opt := Options{Terminal: Terminal{In: in, Out: io.Discard, Raw: func() (func(), error) {
		raw++
		cancel(why)
		return func() { raw-- }, nil
	}}}
	if _, err := Run(ctx, flowtest.Good().Do, s, effects, opt); !errors.Is(err, why) || raw != 0 {
		t.Errorf("got %v, raw mode %d", err, raw)
	}
}

// limited is a run at a terminal whose first check meets a rate limit. Each second passes when the test says so.
type limited struct {
	t      *testing.T
	typing *io.PipeWriter
	out    syncBuffer
	second chan struct{}
	ended  chan error
	last   flow.State
}

func startLimited(t *testing.T, wait time.Duration) *limited {
	t.Helper()
	in, typing := io.Pipe()
	l := &limited{t: t, typing: typing, second: make(chan struct{}), ended: make(chan error, 1)}
	w := flowtest.Good()
	limit := make(chan flow.Fault, 1) // for the first question
	limit <- flow.Fault{Kind: pleoclient.KindRateLimited, RetryAfter: wait}
	do := func(ctx context.Context, e flow.Effect) flow.Event {
		switch e := e.(type) {
		case flow.Tick:
			<-l.second
		case flow.Introspect:
			select {
			case fault := <-limit:
				return flow.Introspected{Answer: e.Answer(), Fault: fault}
			default:
			}
		}
		return w.Answer(e)
	}
	s, effects := flow.Begin(flowtest.Setup())
	opt := Options{Terminal: Terminal{In: in, Out: &l.out, Raw: func() (func(), error) { return func() {}, nil }}}
	go func() {
		var err error
		l.last, err = Run(t.Context(), do, s, effects, opt)
		l.ended <- err
	}()
	l.see("Type allow or cancel: ")
	l.send("allow\r")
	l.see("Enter alone goes back): ")
	l.send(flowtest.Canary + "\r")
	l.see("back or quit: ")
	return l
}

func (l *limited) send(text string) { _, _ = io.WriteString(l.typing, text) }

func (l *limited) see(text string) {
	l.t.Helper()
	if err := l.out.wait(l.t.Context(), text, 1); err != nil {
		l.t.Fatalf("%q is not shown: %v", text, err)
	}
}

// TestCountdownCanBeLeft: the person is asked while it runs.
func TestCountdownCanBeLeft(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		answer, shown string // before the countdown continues: it would be over in a moment
		want          flow.Kind
	}{
		{"quit\r", "quit: quit\r\n", pleoclient.KindRateLimited}, {"\x03", "quit: \n", flow.KindInterrupted},
	} {
		l := startLimited(t, time.Minute)
		l.second <- struct{}{}
		l.send(tt.answer)
		l.see(tt.shown)
		close(l.second)
		if err := <-l.ended; err != nil || l.last.Outcome.Kind != tt.want {
			t.Errorf("%q ends with %v, %+v", tt.answer, err, l.last.Outcome)
		}
	}
}

// TestCountdownEnds: the question is taken back, half an answer with it, and the check continues.
func TestCountdownEnds(t *testing.T) {
	t.Parallel()
	l := startLimited(t, 2*time.Second)
	l.send("qui")
	l.see(": qui")
	close(l.second)
	l.see("other (use another key) or back: ")
	l.send("yes\r")
	if err := <-l.ended; err != nil || !l.last.Outcome.Active {
		t.Errorf("ends with %v, %+v", err, l.last.Outcome)
	}
	if text := l.out.String(); strings.Count(text, "back or quit: ") != 1 {
		t.Errorf("the question was asked again each second:\n%s", text)
	}
}

func TestPanic(t *testing.T) {
	t.Parallel()
	s, effects := flow.Begin(flowtest.Setup())
	do := func(context.Context, flow.Effect) flow.Event { panic(flowtest.Canary) }
	_, err := Run(t.Context(), do, s, effects, Options{Terminal: Terminal{In: strings.NewReader(""), Out: io.Discard}})
	if !errors.Is(err, flow.ErrFault) || strings.Contains(err.Error(), flowtest.Canary) {
		t.Errorf("got %v", err)
	}
}

type brokenWriter struct{}

var errBroken = errors.New("broken pipe")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteError(t *testing.T) {
	t.Parallel()
	s, effects := flow.Begin(flowtest.Setup())
	opt := Options{Terminal: Terminal{In: strings.NewReader("allow\n"), Out: brokenWriter{}}}
	if _, err := Run(t.Context(), flowtest.Good().Do, s, effects, opt); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}

// TestWaitsForSaves: an effect under way is awaited before Drive returns.
func TestWaitsForSaves(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	finished := make(chan struct{})
	d := Driver{
		Do: func(ctx context.Context, e flow.Effect) flow.Event {
			if _, ok := e.(flow.InspectStore); ok {
				cancel()
				<-ctx.Done()
				close(finished)
			}
			return flowtest.Good().Answer(e)
		},
		Changed: func(flow.State, flow.State) error { return nil },
		Ask:     func(context.Context, flow.State) (flow.Event, error) { return flow.Leave{}, nil },
	}
	s, effects := flow.Begin(flowtest.Setup())
	_, _ = d.Drive(ctx, s, effects)
	select {
	case <-finished:
	default:
		t.Error("Drive returned while an effect was under way")
	}
}

// TestPasteOverTheDoctor: a key that is pasted there is received, and what was found is not printed again.
func TestPasteOverTheDoctor(t *testing.T) {
	t.Parallel()
	w := flowtest.Good()
	w.Faults = map[string]flow.Fault{"reach": {Kind: pleoclient.KindDNS}, "exam dns": {Kind: pleoclient.KindDNS}}
	s, effects := flow.Begin(flowtest.Setup())
	in, typing := io.Pipe()
	var out syncBuffer
	opt := Options{Terminal: Terminal{In: in, Out: &out, Raw: func() (func(), error) { return func() {}, nil }}}
	ended := make(chan error, 1)
	go func() {
		_, err := Run(t.Context(), w.Do, s, effects, opt)
		ended <- err
	}()
	for _, turn := range [][2]string{
		{"Type retry, doctor or quit: ", "doctor\r"},
		{"Type again or back: ", "\x1b[200~" + flowtest.Canary + "\x1b[201~"}, {"key received, ", "\x03"},
	} {
		if err := out.wait(t.Context(), turn[0], 1); err != nil {
			t.Fatalf("%q is not shown: %v", turn[0], err)
		}
		_, _ = io.WriteString(typing, turn[1])
	}
	if err := <-ended; err != nil || strings.Count(out.String(), "One thing needs attention") != 1 {
		t.Errorf("ends with %v:\n%s", err, out.String())
	}
}

// TestAnswerAtTheEndOfACountdown: a key that is pasted at the moment when the machine continues is not lost.
func TestAnswerAtTheEndOfACountdown(t *testing.T) {
	t.Parallel()
	const second = "canary-second-5b1e08c2-plain"
	w := flowtest.Good()
	limit := make(chan flow.Fault, 1)
	limit <- flow.Fault{Kind: pleoclient.KindRateLimited, RetryAfter: time.Second}
	do := func(_ context.Context, e flow.Effect) flow.Event {
		if e, ok := e.(flow.Introspect); ok && len(limit) > 0 {
			return flow.Introspected{Answer: e.Answer(), Fault: <-limit}
		}
		return w.Answer(e)
	}
	ask := func(ctx context.Context, s flow.State) (flow.Event, error) {
		switch s.Step {
		case flow.StepReview:
			return flow.Allow{}, nil
		case flow.StepKey:
			return flow.Pasted(flowtest.Canary), nil
		case flow.StepProblem:
			<-ctx.Done()
			return flow.Pasted(second), nil
		}
		return flow.Interrupt{}, nil
	}
	s, effects := flow.Begin(flowtest.Setup())
	d := Driver{Do: do, Ask: ask, Changed: func(_, _ flow.State) error { return nil }, AskWaiting: true}
	s, err := d.Drive(t.Context(), s, effects)
	if err != nil || !s.Key.Equal(pleoclient.NewKey(second)) {
		t.Errorf("ends with %v, and another key", err)
	}
}
