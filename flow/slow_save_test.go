package flow

import "testing"

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
