package flow

import (
	"testing"

	"pleo-connect/pleoclient"
)

// TestAllowAwaitsEngine: no key is asked for, and none is sent, before the engine is known to take one.
func TestAllowAwaitsEngine(t *testing.T) {
	t.Parallel()
	const waits = "checking Vault first; the wizard then continues by itself"
	others := []Candidate{{Connection: Connection{Production, "contoso-ledger", bakery}}}
	for _, c := range []struct {
		name   string
		events []Event
		found  StoreInspected
		step   Step // in the end
	}{
		{"ready", []Event{Allow{}}, StoreInspected{}, StepKey},
		{"allowed twice", []Event{Allow{}, Allow{}}, StoreInspected{}, StepKey},
		{"a key pasted before", []Event{pasted(canary), Allow{}}, StoreInspected{}, StepCheck},
		{"a key pasted after", []Event{Allow{}, pasted(canary)}, StoreInspected{}, StepCheck},
		{"not allowed", nil, StoreInspected{}, StepReview},
		{"sealed", []Event{Allow{}}, StoreInspected{Fault: Fault{Kind: KindEngineSealed}}, StepReview},
		{"an unfinished one", []Event{Allow{}}, StoreInspected{Unfinished: &Unfinished{}}, StepReview},
		{"others", []Event{Allow{}}, StoreInspected{Others: others}, StepReview},
		{"a warning", []Event{Allow{}}, StoreInspected{Warning: pleoclient.Safe("careful")}, StepReview},
	} {
		s, effects := Begin(inEngine())
		question := effects[1].(InspectStore)
		s, _ = Next(s, Reached{Answer: effects[0].(Reach).Answer()})
		for _, ev := range c.events {
			if s, effects = Next(s, ev); s.Step != StepReview || len(effects) > 0 {
				t.Fatalf("%s: %s asks for %v while the engine is checked", c.name, s.Step, effects)
			}
			if _, allows := ev.(Allow); allows && s.Notice.Text != waits {
				t.Errorf("%s: says %q", c.name, s.Notice.Text)
			}
		}
		c.found.Answer = question.Answer()
		s, _ = Next(s, c.found)
		if s.Step != c.step || s.Notice.Text == waits {
			t.Errorf("%s: ends at %s, and says %q", c.name, s.Step, s.Notice.Text)
		}
		if s.Step == StepReview && len(c.events) > 0 && !s.Preflight.fault.Failed() {
			if s, _ = Next(s, Allow{}); s.Step != StepKey {
				t.Errorf("%s: then Allow leads to %s", c.name, s.Step)
			}
		}
	}
}

// TestAllowAfterFault: what is wrong with Pleo or the engine ends the wait, and the next check begins a new one.
func TestAllowAfterFault(t *testing.T) {
	t.Parallel()
	s, effects := Begin(inEngine())
	s, _ = Next(s, Allow{})
	s, _ = Next(s, Reached{effects[0].(Reach).Answer(), Fault{Kind: pleoclient.KindDNS}})
	if s.Notice.Text != "" || s.PreflightProblem().Summary == "" {
		t.Errorf("says %q", s.Notice.Text)
	}
	if s, _ = Next(s, StoreInspected{Answer: effects[1].(InspectStore).Answer()}); s.Step != StepReview {
		t.Errorf("continues at %s in spite of the fault", s.Step)
	}
	s, effects = Next(s, Retry{})
	for _, e := range effects {
		s, _ = Next(s, newFake().do(e))
	}
	if s.Step != StepReview {
		t.Errorf("continues at %s without being allowed again", s.Step)
	}
}

// TestAllowFiles: files are checked while the key is asked for.
func TestAllowFiles(t *testing.T) {
	t.Parallel()
	s, _ := Begin(testSetup())
	if s, _ = Next(s, Allow{}); s.Step != StepKey || s.Notice.Text != "" {
		t.Errorf("%s says %q", s.Step, s.Notice.Text)
	}
}
