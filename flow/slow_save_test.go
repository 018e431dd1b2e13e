package flow

import (
	"cmp"
	"strings"
	"testing"

	"pleo-connect/pleoclient"
)

// inEngine is a setup whose key store is in an engine.
func inEngine() Setup {
	book := English
	book.Engine = KeyEngine{Name: "Vault"}
	setup := testSetup()
	setup.Words = &book
	return setup
}

// saving returns a state that waits for its key to be saved, and what it asks for.
func saving(t *testing.T, setup Setup) (State, []Effect) {
	t.Helper()
	return Next(drive(t, setup, newFake(), Allow{}, pasted(canary)), Confirm{})
}

// slow returns a state that has waited for so long that it says so.
func slow(t *testing.T) State {
	t.Helper()
	s, effects := saving(t, inEngine())
	for range slowSave {
		if s.SlowSave() || s.Notice.Text != "" {
			t.Fatalf("says %q too early", s.Notice.Text)
		}
		if left, _ := Next(s, Back{}); left.Step != StepActivate {
			t.Fatalf("goes back to %s while a save is under way", left.Step)
		}
		tick, ok := effects[len(effects)-1].(Tick)
		if !ok {
			t.Fatalf("the seconds end: %v", effects)
		}
		s, effects = Next(s, Ticked{tick.Answer()})
	}
	if len(effects) > 0 {
		t.Fatalf("asks for %v when all is said", effects)
	}
	return s
}

// TestSlowSave: a save into an engine that takes long says why, and a person may leave it: then it is not known whether
// the key was saved.
func TestSlowSave(t *testing.T) {
	t.Parallel()
	s := slow(t)
	if want := "waiting for Vault; this can take 30 s if one of its nodes has failed"; s.Notice.Text != want {
		t.Errorf("says %q, want %q", s.Notice.Text, want)
	}
	question := s.question()
	left, effects := Next(s, Back{})
	if why := left.Explain(); left.Problem.Kind != KindEngineUncertain || why.Key != KeyInHand || len(effects) > 0 {
		t.Errorf("left: %s, key line %d, %v", left.Problem.Kind, why.Key, effects)
	}
	if line := left.Lines(StepActivate)[0]; line.Mark != MarkUnknown || line.Label != "Key may be saved in Vault" {
		t.Errorf("left: %+v", line)
	}
	if p := left.Progress(); p.Done != len(left.checkLines()) {
		t.Errorf("left: %d lines are done", p.Done)
	}
	if late, _ := Next(left, Saved{question.Answer(), Stored{Generation: 1}, Fault{}}); late.Step != StepProblem {
		t.Errorf("a late answer leads to %s", late.Step)
	}
	if again, _ := Next(left, Retry{}); again.Step != StepCheck {
		t.Errorf("the next try begins at %s, and does not read the key store", again.Step)
	}
	over, _ := Next(left, Leave{})
	if why := over.ExplainOutcome(); why.Key != KeyMaybeSaved {
		t.Errorf("at the end: key line %d", why.Key)
	}
}

// TestInterruptedSave: Ctrl+C, and a signal, leave a save into an engine as Esc does, and say the same.
func TestInterruptedSave(t *testing.T) {
	t.Parallel()
	s, _ := saving(t, inEngine())
	left, _ := Next(slow(t), Back{})
	left, _ = Next(left, Leave{})
	want := left.ExplainOutcome()
	for name, ev := range map[string]Event{"ctrl+c": Interrupt{}, "a signal": HangUp{}} {
		over, effects := Next(s, ev)
		if over.Step != StepOver || len(effects) > 0 || over.Outcome.Kind != KindInterrupted {
			t.Errorf("%s: %s, %+v, %v", name, over.Step, over.Outcome, effects)
		}
		if got := over.ExplainOutcome(); got.Summary != want.Summary || got.Key != want.Key || got.Hint != want.Hint {
			t.Errorf("%s: says %+v, want %+v", name, got, want)
		}
		if got := over.ExplainStop("terminated"); got.Summary != want.Summary || got.Key != KeyMaybeSaved {
			t.Errorf("%s: says %+v, want %+v", name, got, want)
		}
	}
	if got := s.ExplainStop("terminated"); got.Summary != want.Summary || got.Key != KeyMaybeSaved {
		t.Errorf("where no one asks: says %+v", got)
	}
	files, _ := saving(t, testSetup())
	if over, _ := Next(files, Interrupt{}); over.ExplainOutcome().Summary == want.Summary {
		t.Error("a save into files is no longer completed")
	}
}

// TestSlowEngine: what waits for an engine says so after a while, and takes it back when the engine has answered.
func TestSlowEngine(t *testing.T) {
	t.Parallel()
	const want = "waiting for Vault; this can take 30 s if one of its nodes has failed"
	unconfirmed, unfinished := newFake(), newFake()
	unconfirmed.stored = Stored{Generation: 1, Unconfirmed: true, SameKey: true}
	unfinished.inspected.Unfinished = &Unfinished{Company: pleoclient.Company{ID: bakery}}
	key := []Event{Allow{}, pasted(canary)}
	for _, c := range []struct {
		waits, title string
		fake         *fake
		events       []Event
	}{
		{"LoadKey", "Waiting for Vault", unfinished, []Event{Resume{}}},
		{"FindRecord", "Waiting for Vault", newFake(), key},
		{"Save", "", newFake(), append(key, Confirm{})},
		{"Verify", "", newFake(), append(key, Confirm{})},
		{"Restore", "", unconfirmed, append(key, OtherKey{})},
	} {
		s, held := holding(t, c.fake, c.waits, c.events)
		before, title := s.Notice, s.Title()
		for range slowSave {
			if s.Notice != before || s.Title() != title {
				t.Errorf("%s: says it too early", c.waits)
			}
			s, _ = Next(s, Ticked{s.question().Answer()})
		}
		if got := s.Title(); s.Notice.Text != want || got != cmp.Or(c.title, title) {
			t.Errorf("%s: %q: says %q", c.waits, got, s.Notice.Text)
		}
		after, _ := Next(s, c.fake.do(held))
		if after.Notice.Text == want || strings.HasPrefix(after.Title(), "Waiting") {
			t.Errorf("%s: then %s says %q", c.waits, after.Step, after.Notice.Text)
		}
	}
}

// holding plays events until an effect is the only one without an answer, and returns that effect.
func holding(t *testing.T, f *fake, waits string, events []Event) (s State, held Effect) {
	t.Helper()
	s, effects := Begin(inEngine())
	for len(effects) > 0 || len(events) > 0 {
		if len(effects) == 0 {
			s, effects = Next(s, events[0])
			events = events[1:]
			continue
		}
		e := effects[0]
		effects = effects[1:]
		var more []Effect
		switch name := nameOf(e); name {
		case waits:
			held = e
		case "Tick":
		default:
			s, more = Next(s, f.do(e))
		}
		effects = append(effects, more...)
		if held != nil && len(effects) == 0 {
			return s, held
		}
	}
	t.Fatalf("no %s is asked for", waits)
	return s, nil
}

// TestSlowSaveEnds: what was said about a save is taken back when it ends.
func TestSlowSaveEnds(t *testing.T) {
	t.Parallel()
	s := slow(t)
	for name, fault := range map[string]Fault{"saved": {}, "not saved": {Kind: KindEngineSealed}} {
		next, _ := Next(s, Saved{s.question().Answer(), Stored{Generation: 1, SameKey: true}, fault})
		if next.Notice.Text != "" || next.SlowSave() {
			t.Errorf("%s: %s says %q", name, next.Step, next.Notice.Text)
		}
	}
}

// TestFilesAreNotTimed: a save into files ends by itself.
func TestFilesAreNotTimed(t *testing.T) {
	t.Parallel()
	if _, effects := saving(t, testSetup()); len(effects) != 1 {
		t.Errorf("asks for %v", effects)
	}
}
