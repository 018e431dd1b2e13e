package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/flow/flowtest/source"
	"pleo-connect/pleoclient"
)

// TestWords ends a run without a terminal in every kind of problem: the words are those of the screen, and kind and
// exit code go with them. Only where the key is has changed by then, because the run is over.
func TestWords(t *testing.T) {
	t.Parallel()
	met := map[flow.Kind]bool{ // no problem screen says these
		flow.KindInterrupted: true, flow.KindClock: true, flow.KindSettings: true,
		flow.KindNoKey: true, flow.KindStore: true,
		flow.KindStoreMissing: true, flow.KindConnectionLost: true, flow.KindNotConnected: true,
	}
	for _, problem := range flowtest.Situations() {
		met[problem.Kind] = true
		var out bytes.Buffer
		h := &headless{
			app: &app{book: &flow.English, console: consoleOf(&out, io.Discard)}, key: flow.Pasted(problem.Entry), json: true,
		}
		_, err := h.drive(t.Context(), problem.World().Do, problem.Setup)
		var f *flow.Failure
		if !errors.As(err, &f) || f.Kind != problem.Kind || h.console.Failed() != nil {
			t.Errorf("%s: %#v, %v", problem.Name, err, h.console.Failed())
			continue
		}
		why := problem.Problem(true).Explain()
		want := map[string]string{
			"event": "result", "status": "failed", "kind": string(problem.Kind), "summary": why.Summary,
			"hint": why.Hint,
		}
		var got map[string]any // the last line
		for line := range strings.Lines(out.String()) {
			clear(got)
			if err := json.Unmarshal([]byte(line), &got); err != nil {
				t.Fatalf("%s: %v in %q", problem.Name, err, line)
			}
		}
		for name, value := range want {
			if got[name] != value {
				t.Errorf("%s: %s is %q, want %q", problem.Name, name, got[name], value)
			}
		}
		if strings.Contains(out.String(), problem.Entry) {
			t.Errorf("%s: what was pasted is in the output", problem.Name)
		}
	}
	for _, kind := range source.Problems[flow.Kind](t) {
		if !met[kind] {
			t.Errorf("nothing leads to %s", kind)
		}
	}
}

// TestNetworkFaultsHaveOneCode: one number tells scripts that nothing was said about the key.
func TestNetworkFaultsHaveOneCode(t *testing.T) {
	t.Parallel()
	for _, problem := range flowtest.NetworkFaults() {
		if code := exitCode(t.Context(), &flow.Failure{Kind: problem.Kind}); code != exitNoAnswer {
			t.Errorf("%s has the exit code %d", problem.Kind, code)
		}
	}
}

// TestWaitIsShown: a run that waits for a rate limit says so, once for each wait.
func TestWaitIsShown(t *testing.T) {
	t.Parallel()
	w := flowtest.Good()
	w.Faults["introspect"] = flow.Fault{Kind: pleoclient.KindRateLimited}
	var out bytes.Buffer
	h := &headless{
		app: &app{book: &flow.English, console: consoleOf(io.Discard, &out)}, key: flow.Pasted(flowtest.Canary),
	}
	_, _ = h.drive(t.Context(), w.Do, flowtest.Setup()) // it ends with the problem
	if n := strings.Count(out.String(), "Pleo is limiting requests; trying"); n != 3 ||
		strings.Count(out.String(), "trying again in ") != 3 {
		t.Errorf("told %d times:\n%s", n, out.String())
	}
}
