package flow

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pleo-connect/pleoclient"
)

// unconfirmed is a world in which a run before was cut off at Confirm.
func unconfirmed() *fake {
	f := newFake()
	f.inspected.Unfinished = &Unfinished{Company: f.company, Unconfirmed: true, SavedAt: testTime}
	f.stored = Stored{Generation: 1, SameKey: true, Unconfirmed: true}
	return f
}

// TestHangUp cuts the line at every station. Confirm alone saves the key, and then the wizard is over.
func TestHangUp(t *testing.T) {
	t.Parallel()
	for name, s := range stations(t) {
		next, effects := Next(s, Stopped(errors.New("the line was cut")))
		want := ""
		if name == "confirm" || name == "confirm, unconfirmed" { // which someone else may have removed
			want = "[Save]"
		}
		var got string
		if len(effects) > 0 {
			got = fmt.Sprintf("[%s]", nameOf(effects[0]))
		}
		if got != want || len(effects) > 1 || (next.Step == StepOver) != (want == "") {
			t.Errorf("%s: effects %v, step %s", name, got, next.Step)
		}
		if want == "" {
			continue
		}
		if save := effects[0].(Save); save.As != SaveUnconfirmed || save.Generation != s.Check.Stored.Generation ||
			save.InUse != s.Check.Stored.InUse.Fingerprint || !save.Key.Equal(s.Key) || save.Company != s.Check.Company {
			t.Errorf("%s: %+v", name, save)
		}
	}
}

// TestHangUpInTheDemo leaves nothing, and does not say otherwise: the receipt of a demo says that nothing was saved.
func TestHangUpInTheDemo(t *testing.T) {
	t.Parallel()
	setup := testSetup()
	setup.Demo, setup.Simulated = true, true
	s := drive(t, setup, newFake(), Allow{}, pasted(pleoclient.SimulatedKeyPrefix+"0123456789"))
	if s.Step != StepConfirm {
		t.Fatalf("step %s, %s", s.Step, s.Refusal.Kind)
	}
	s, effects := Next(s, HangUp{})
	if s.Step != StepOver || len(effects) > 0 || s.ExplainStop("hangup").Note != "" {
		t.Errorf("step %s, effects %v, %q", s.Step, effects, s.ExplainStop("hangup").Note)
	}
}

// TestWishIsNoHangUp: Ctrl+C from outside leaves nothing behind.
func TestWishIsNoHangUp(t *testing.T) {
	t.Parallel()
	for name, s := range stations(t) {
		next, effects := Next(s, Stopped(fmt.Errorf("stopped: %w", ErrInterrupted)))
		if next.Step != StepOver || len(effects) > 0 {
			t.Errorf("%s: step %s, effects %v", name, next.Step, effects)
		}
	}
}

// TestLastSave: after the save the wizard is over, and says where the key is. No one can do anything in the meantime.
func TestLastSave(t *testing.T) {
	t.Parallel()
	const again = "pleo-connect reconnect " + string(bakery) + " --integration test-ledger --env production"
	for _, tt := range []struct {
		fault   Kind
		changed func(*Setup)
		says    string
		key     KeyLine
		hint    string
	}{
		{"", nil, "stopped (hung up)", KeySaved, "run the same command again to continue"},
		{"", reconnects, "stopped (hung up)", KeySaved, "to continue, run: " + again},
		{KindStoreFull, nil, "stopped (hung up), and the key could not be saved: the key store's disk is full", KeyLost,
			"run the same command again"},
		{KindConflict, reconnects, "stopped (hung up), and the key could not be saved: someone else changed this connection",
			KeyOldStays, "to try again, run: " + again},
		{KindStoreUncertain, nil, "stopped (hung up), and the key could not be saved: " +
			"the disk did not confirm that the key was saved", KeyMaybeSaved, "run the same command again"},
	} {
		f, setup := newFake(), testSetup()
		if tt.changed != nil {
			tt.changed(&setup)
			f.stored = inUse("export-jobs:read export-jobs:write companies:read")
			f.who.Scopes = f.who.Scopes[:2] // a named company is confirmed by itself
		}
		if tt.fault != "" {
			f.failing("Save", tt.fault)
		}
		s := drive(t, setup, f, Allow{}, pasted(canary))
		if s.Step != StepConfirm {
			t.Fatalf("%q: step %s, %s", tt.says, s.Step, s.Problem.Kind)
		}
		s, effects := Next(s, HangUp{})
		for _, ev := range []Event{Confirm{}, OtherKey{}, Back{}, pasted(canary2), Leave{}, Retry{}} {
			if again, more := Next(s, ev); again.Step != StepConfirm || len(more) > 0 || again.Round() != s.Round() {
				t.Errorf("%T counts while the key is saved", ev)
			}
		}
		s = settle(t, s, effects, f)
		why := s.ExplainStop("hangup")
		if s.Step != StepOver || s.Outcome.Active || s.Outcome.Kind != KindInterrupted ||
			why.Summary != tt.says || why.Key != tt.key || why.Hint != tt.hint {
			t.Errorf("step %s, outcome %+v: %q, %q, %q", s.Step, s.Outcome, why.Summary, why.Note, why.Hint)
		}
	}
}

// TestResumeUnconfirmed: nothing confirms by itself what no one confirmed, regardless of what was named.
func TestResumeUnconfirmed(t *testing.T) {
	t.Parallel()
	named := func(s *Setup) { s.Company = bakery }
	for about, change := range map[string]func(*Setup){
		"the wizard": func(*Setup) {}, "with a company": named, "a reconnect": reconnects,
		"nobody is asked": func(s *Setup) { s.Unattended = true; s.Company = bakery },
	} {
		setup, f := testSetup(), unconfirmed()
		change(&setup)
		s := drive(t, setup, f)
		if text := s.UnfinishedText(ByEnter); !strings.Contains(text, "not confirmed") {
			t.Errorf("%s: %q", about, text)
		}
		s, effects := Next(s, Resume{})
		s = settle(t, s, effects, f)
		if s.Step != StepConfirm || s.expected != "" || count(f.log, "Introspect") != 1 || count(f.log, "Save") != 0 {
			t.Fatalf("%s: step %s, %v", about, s.Step, f.log)
		}
		s, effects = Next(s, Confirm{})
		if s = settle(t, s, effects, f); s.Step != StepDone || count(f.log, "Save") != 2 {
			t.Errorf("%s, confirmed: step %s, %v", about, s.Step, f.log)
		}

		f = unconfirmed()
		f.who.Owner.Company, f.company.ID = otherID, otherID
		if s = drive(t, setup, f, Resume{}); s.Problem.Kind != KindOtherCompany || s.Problem.Wanted != bakery {
			t.Errorf("%s, with the key of another company: step %s, %+v", about, s.Step, s.Problem)
		}
		if s, _ = Next(s, pasted(canary2)); s.resumed != "" || s.expected != setup.Company {
			t.Errorf("%s: a new key has to belong to %q and %q", about, s.resumed, s.expected)
		}
	}
}

// TestConfirmedResumes: an unfinished connection that was confirmed is not asked about again.
func TestConfirmedResumes(t *testing.T) {
	t.Parallel()
	f := unconfirmed()
	f.inspected.Unfinished.Unconfirmed, f.stored.Unconfirmed = false, false
	if s := drive(t, testSetup(), f, Resume{}); s.Step != StepDone {
		t.Errorf("step %s", s.Step)
	}
}

// TestNoRestores: "No" to an unconfirmed key that is saved takes the save back before anything else. "No" to another
// key leaves what is saved alone.
func TestNoRestores(t *testing.T) {
	t.Parallel()
	f := unconfirmed()
	s := drive(t, testSetup(), f, Resume{})
	s, effects := Next(s, OtherKey{})
	if restore, ok := effects[0].(Restore); !ok || restore.Company != bakery || restore.Generation != 1 ||
		s.Step != StepConfirm {
		t.Fatalf("step %s, %+v", s.Step, effects)
	}
	for _, ev := range []Event{Confirm{}, OtherKey{}, Back{}, pasted(canary2)} {
		if again, more := Next(s, ev); again.Step != StepConfirm || len(more) > 0 || !again.Key.Equal(s.Key) {
			t.Errorf("%T counts meanwhile", ev)
		}
	}
	for _, ev := range []Event{HangUp{}, Interrupt{}} {
		over, more := Next(s, ev)
		if over.Step != StepOver || len(more) > 0 || over.ExplainStop("hangup").Key != KeyMaybeSaved ||
			over.ExplainOutcome().Key != KeyMaybeSaved {
			t.Errorf("%T meanwhile: step %s, %+v, %+v", ev, over.Step, over.ExplainStop("hangup"), over.ExplainOutcome())
		}
	}
	s = settle(t, s, effects, f)
	if s.Step != StepKey || !s.Key.IsZero() || s.Preflight.Unfinished != nil ||
		s.Notice.Text != string(English.Wizard.Dropped) ||
		s.Check.Stored.SameKey {
		t.Errorf("step %s, unfinished %v, notice %q", s.Step, s.Preflight.Unfinished, s.Notice.Text)
	}

	f = unconfirmed()
	f.stored.InUse = inUse("").InUse
	if s = drive(t, testSetup(), f, Resume{}, OtherKey{}); s.Notice.Text != string(English.Wizard.DroppedInUse) {
		t.Errorf("with a key in use: %q", s.Notice.Text)
	}

	f = unconfirmed()
	f.stored.SameKey = false
	if drive(t, testSetup(), f, Allow{}, pasted(canary2), OtherKey{}); count(f.log, "Restore") != 0 {
		t.Errorf("another key is no reason: %v", f.log)
	}

	f = unconfirmed().failing("Restore", KindStoreLocked)
	s = drive(t, testSetup(), f, Resume{}, OtherKey{})
	if s.Step != StepProblem || s.Problem.Kind != KindStoreLocked || s.Writing() {
		t.Errorf("locked: step %s, %+v", s.Step, s.Problem)
	}
	if over, _ := Next(s, HangUp{}); over.ExplainStop("hangup").Key != KeySaved {
		t.Errorf("locked, hung up: %q", over.ExplainStop("hangup").Note)
	}
	if again, effects := Next(s, Retry{}); again.Step != StepConfirm || !again.Writing() || len(effects) != 1 ||
		nameOf(effects[0]) != "Restore" {
		t.Errorf("retry: step %s", again.Step)
	}
	f = unconfirmed().failing("Restore", KindStoreUncertain)
	s = drive(t, testSetup(), f, Resume{}, OtherKey{})
	if over, _ := Next(s, Leave{}); over.ExplainOutcome().Key != KeyMaybeSaved {
		t.Errorf("perhaps removed, left: %q", over.ExplainOutcome().Note)
	}
	f = unconfirmed().failing("Restore", KindConflict)
	s = drive(t, testSetup(), f, Resume{}, OtherKey{})
	if s.Step != StepProblem || s.Problem.Kind != KindConflict || s.Key.IsZero() {
		t.Errorf("conflict: step %s, %+v", s.Step, s.Problem)
	}
	if again, effects := Next(s, Retry{}); again.Step != StepCheck || len(effects) != 3 {
		t.Errorf("retry: step %s", again.Step)
	}
	if over, _ := Next(s, HangUp{}); over.ExplainStop("hangup").Key != KeyMaybeSaved {
		t.Errorf("hung up: %q", over.ExplainStop("hangup").Note)
	}
	if back, _ := Next(s, Back{}); back.Step != StepKey || back.Key.IsZero() {
		t.Errorf("back: step %s", back.Step)
	}
}

// TestFewerOptional: a key that lacks only what the integration works without is asked about, also where the company is
// named. No one is asked unattended.
func TestFewerOptional(t *testing.T) {
	t.Parallel()
	const all = "export-jobs:read export-jobs:write companies:read"
	for _, tt := range []struct {
		about  string
		setup  func(*Setup)
		stored string
		step   Step
		kind   Kind
	}{
		{"a person is asked", nil, all, StepConfirm, ""},
		{"a person is asked about a reconnect", reconnects, all, StepConfirm, ""},
		{"what nobody asked for", reconnects, all + " users:read", StepProblem, KindFewerPermissions},
		{"what nobody asked for, and may not have", func(s *Setup) { s.Integration.RefuseSurplus = true }, "users:read",
			StepConfirm, ""},
		{"an optional one, and more is refused", func(s *Setup) { reconnects(s); s.Integration.RefuseSurplus = true },
			all + " users:read", StepConfirm, ""},
		{"unattended", func(s *Setup) { reconnects(s); s.Unattended = true }, all, StepProblem, KindFewerPermissions},
		{"unattended and accepted", func(s *Setup) { reconnects(s); s.Unattended, s.AcceptFewer = true, true }, all,
			StepDone, ""},
		{"unattended, accepted, what nobody asked for",
			func(s *Setup) { reconnects(s); s.Unattended, s.AcceptFewer = true, true }, all + " users:read", StepProblem,
			KindFewerPermissions},
		{"a person's word is needed", func(s *Setup) { reconnects(s); s.AcceptFewer = true }, all, StepConfirm, ""},
	} {
		setup, f := testSetup(), newFake()
		if tt.setup != nil {
			tt.setup(&setup)
		}
		f.stored = inUse(tt.stored)
		f.who.Scopes = f.who.Scopes[:2]
		s := drive(t, setup, f, Allow{}, pasted(canary))
		if s.Step != tt.step || s.Problem.Kind != tt.kind {
			t.Errorf("%s: step %s, %s", tt.about, s.Step, s.Problem.Kind)
		}
		names := fmt.Sprint(s.Facts())
		if lost := len(s.Check.Lost) > 0; tt.step == StepConfirm && lost != strings.Contains(names, "no longer") {
			t.Errorf("%s: lost %v, facts %s", tt.about, s.Check.Lost, names)
		}
	}
}

// TestSurplus: what a key may do beyond what was asked for is named wherever the key is shown, or refused.
func TestSurplus(t *testing.T) {
	t.Parallel()
	more := newFake()
	more.who.Scopes = append(more.who.Scopes, "users:read", "tag-group:write")
	s := drive(t, testSetup(), more, Allow{}, pasted(canary))
	const names = "users:read, tag-group:write"
	for _, text := range []string{fmt.Sprint(s.Lines(StepCheck)), fmt.Sprint(s.Facts())} {
		if !strings.Contains(text, names) {
			t.Errorf("not named: %s", text)
		}
	}
	s, effects := Next(s, Confirm{})
	s = settle(t, s, effects, more)
	for _, text := range []string{fmt.Sprint(s.Facts()), fmt.Sprint(s.Receipt())} {
		if s.Step != StepDone || !strings.Contains(text, names) {
			t.Errorf("not named on %s: %s", s.Step, text)
		}
	}

	var many []pleoclient.Scope
	for i := range 22 {
		many = append(many, pleoclient.Scope(fmt.Sprintf("x%d:read", i)))
	}
	if text := English.Surplus(many); !strings.HasSuffix(text, "x18:read, x19:read and 2 more") {
		t.Errorf("many: %s", text)
	}

	strict := testSetup()
	strict.Integration.RefuseSurplus = true
	if s = drive(t, strict, more, Allow{}, pasted(canary)); s.Problem.Kind != KindSurplusPermissions ||
		!strings.Contains(fmt.Sprint(s.Lines(StepCheck)), names) {
		t.Errorf("refused: step %s, %v", s.Step, s.Lines(StepCheck))
	}
	if s = drive(t, strict, newFake(), Allow{}, pasted(canary)); s.Step != StepConfirm {
		t.Errorf("exactly what was asked for: step %s, %s", s.Step, s.Problem.Kind)
	}
	silent := newFake().failing("Introspect", pleoclient.KindForbidden)
	silent.installed = pleoclient.Installation{ID: instance, Owner: pleoclient.Owner{Company: bakery}}
	if s = drive(t, strict, silent, Allow{}, pasted(canary)); s.Problem.Kind != KindPermissionsUnknown {
		t.Errorf("not listed: step %s, %s", s.Step, s.Problem.Kind)
	}
	strict.Integration.Permissions[2].Scope = "tag-groups:read"
	alias := newFake()
	alias.who.Scopes = pleoclient.ParseScopes("export-jobs:read export-jobs:write tag-group:read")
	if s = drive(t, strict, alias, Allow{}, pasted(canary)); s.Step != StepConfirm {
		t.Errorf("another spelling is not more: step %s, %s", s.Step, s.Problem.Kind)
	}
}

// TestResumedLacks: what an unconfirmed key lacks beside the one in use is asked about again.
func TestResumedLacks(t *testing.T) {
	t.Parallel()
	f := unconfirmed()
	f.stored.InUse = inUse("export-jobs:read export-jobs:write companies:read").InUse
	f.who.Scopes = f.who.Scopes[:2]
	s := drive(t, testSetup(), f, Resume{})
	if s.Step != StepConfirm || len(s.Check.Lost) != 1 {
		t.Errorf("step %s, lost %v", s.Step, s.Check.Lost)
	}
}

// TestUnconfirmedNotSavedAgain: the key of a run before is saved, so what fails is to save that its company is the one.
func TestUnconfirmedNotSavedAgain(t *testing.T) {
	t.Parallel()
	s := drive(t, testSetup(), unconfirmed().failing("Save", KindStoreFull), Resume{}, Confirm{})
	if line := s.Lines(StepActivate)[0]; line.Mark != MarkFailed || line.Label != "Connection not saved" ||
		s.Explain().Key != KeySaved {
		t.Errorf("%+v, key line %d", line, s.Explain().Key)
	}
}
