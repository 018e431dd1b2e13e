package plain

import (
	"context"
	"io"
	"strings"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
)

// TestSlowSave: a save that takes long can be left, and the next question does not wait for it.
func TestSlowSave(t *testing.T) {
	t.Parallel()
	w, saving := flowtest.Good(), make(chan struct{})
	do := func(ctx context.Context, e flow.Effect) flow.Event {
		if _, ok := e.(flow.Save); ok {
			<-saving
		}
		return w.Do(ctx, e)
	}
	setup := flowtest.Setup()
	setup.Words = flowtest.InEngine()
	s, effects := flow.Begin(setup)
	in, typing := io.Pipe()
	var out syncBuffer
	opt := Options{Terminal: Terminal{In: in, Out: &out, Raw: func() (func(), error) { return func() {}, nil }}}
	ended := make(chan flow.State, 1)
	go func() {
		s, _ := Run(t.Context(), do, s, effects, opt)
		ended <- s
	}()
	for _, turn := range [][2]string{
		{"Type allow or cancel: ", "allow\r"}, {"goes back): ", "\x1b[200~" + flowtest.Canary + "\x1b[201~\r"},
		{"or back: ", "yes\r"}, {"Type cancel to stop waiting: ", "cancel\r"}, {"Type retry, back or quit: ", "quit\r"},
	} {
		if err := out.wait(t.Context(), turn[0], 1); err != nil {
			t.Fatalf("%q is not shown: %v\n%s", turn[0], err, out.String())
		}
		_, _ = io.WriteString(typing, turn[1])
	}
	close(saving)
	if s := <-ended; s.Outcome.Kind != flow.KindEngineUncertain {
		t.Errorf("ends with %+v", s.Outcome)
	}
	const why = "waiting for OpenBao; this can take 30 s if one of its nodes has failed\n"
	if text := out.String(); strings.Count(text, why) != 1 {
		t.Errorf("doesn't say once why it takes long:\n%s", text)
	}
}
