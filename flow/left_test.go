package flow

import (
	"testing"
	"time"

	"pleo-connect/pleoclient"
)

func TestAgo(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		-time.Minute - 1:  "on 2 March 2026", // of a clock that was wrong
		-time.Minute:      "a moment ago",
		0:                 "a moment ago",
		time.Minute - 1:   "a moment ago",
		time.Minute:       "1 minute ago",
		2*time.Minute - 1: "1 minute ago",
		12 * time.Minute:  "12 minutes ago",
		time.Hour - 1:     "59 minutes ago",
		time.Hour:         "1 hour ago",
		3 * time.Hour:     "3 hours ago",
		day - 1:           "23 hours ago",
		day:               "1 day ago",
		2 * day:           "2 days ago",
		7*day - 1:         "6 days ago",
		7 * day:           "on 2 March 2026",
	} {
		if got := ago(d, testTime); got != want {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
}

// TestComebackText holds the words, and what goes before what.
func TestComebackText(t *testing.T) {
	t.Parallel()
	s := State{Setup: testSetup()}
	if text := s.ComebackText(ByEnter); text != "" {
		t.Errorf("a first start says %q", text)
	}
	standalone := s
	standalone.Integration.KeyKind = Standalone
	for step, want := range map[Step][2]string{
		StepKey: {"you were about to paste the key, 12 minutes ago: Allow goes on"},
		StepCheck: {
			"the key was being checked, 12 minutes ago: it was not saved, so paste it again; " +
				"if it is gone, press Allow again under Settings > Accounting",
			"the key was being checked, 12 minutes ago: it was not saved, so paste it again; " +
				"if it is gone, create another in Pleo",
		},
		StepConfirm: {
			"you were about to confirm the company, 12 minutes ago: the key was not saved, so paste it again; " +
				"if it is gone, press Allow again under Settings > Accounting",
			"you were about to confirm the company, 12 minutes ago: the key was not saved, so paste it again; " +
				"if it is gone, create another in Pleo",
		},
		StepReview: {}, StepActivate: {}, StepDone: {}, StepProblem: {}, StepOver: {},
	} {
		left := &Left{Step: step, Ago: 12 * time.Minute}
		if want[1] == "" {
			want[1] = want[0]
		}
		for i, s := range []State{s, standalone} {
			s.Left = left
			if got := s.ComebackText(ByEnter); got != want[i] {
				t.Errorf("%s, %s: got %q", step, s.Integration.KeyKind, got)
			}
		}
	}
	s.Left = &Left{Step: StepKey}
	s.Preflight.Unfinished = &Unfinished{Company: newFake().company, SavedAt: testTime, Ago: 12 * time.Minute}
	const stopped = "the key for “Harbour Lane Bakery ApS” was validated but not activated, 12 minutes ago: "
	for by, want := range map[Answering]string{
		ByEnter:  stopped + "Enter continues",
		ByWord:   stopped + "Continue goes on",
		ByItself: stopped + "going on with it",
	} {
		if got := s.ComebackText(by); got != want {
			t.Errorf("got %q", got)
		}
	}
}

// TestLeftOff cuts the wizard off everywhere, as it is and after a face ended it.
func TestLeftOff(t *testing.T) {
	t.Parallel()
	want := map[string]Step{
		"key": StepKey, "key, refused": StepKey, "check": StepCheck, "confirm": StepConfirm, "done": StepDone,
		"over":                                  StepDone,
		"activate, save pending":                StepConfirm, // the save may still fail
		"problem in check, offline_dns":         StepCheck,
		"doctor over a problem":                 StepCheck,
		"problem in check, rate_limited":        StepCheck,
		"problem in check, key_rejected":        StepKey, // another one has to be pasted
		"problem in check, permissions_missing": StepKey,
	}
	for name, s := range stations(t) {
		want, named := want[name]
		if !named && (s.Step == StepActivate || s.Problem.From == StepActivate) {
			want = StepActivate
		}
		if got := s.LeftOff(); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
		over, _ := Next(s, Interrupt{})
		if got := over.LeftOff(); got != want {
			t.Errorf("%s, ended: got %s, want %s", name, got, want)
		}
	}
}

// TestLeftOffWithASavedKey: the next start reads from the store what is in it. Another key is not there.
func TestLeftOffWithASavedKey(t *testing.T) {
	t.Parallel()
	unfinished := func() *fake {
		f := newFake()
		f.inspected.Unfinished = &Unfinished{Company: f.company, SavedAt: testTime}
		return f
	}
	stored := newFake()
	stored.stored = Stored{Generation: 1, Active: true, SameKey: true}
	loading, _ := Next(drive(t, testSetup(), unfinished()), Resume{})
	for name, tt := range map[string]struct {
		s    State
		want Step
	}{
		"being loaded": {loading, StepActivate},
		"cannot be checked": {drive(t, testSetup(), unfinished().failing("Introspect", pleoclient.KindDNS),
			Resume{}), StepActivate},
		"back at the key": {drive(t, testSetup(), unfinished().failing("Introspect", pleoclient.KindDNS),
			Resume{}, Back{}), StepActivate},
		"another key instead": {drive(t, testSetup(), unfinished().failing("Introspect", pleoclient.KindKeyRejected),
			Resume{}, pasted(canary2)), StepConfirm},
		"pasted again":           {drive(t, testSetup(), stored, Allow{}, pasted(canary)), StepActivate},
		"pasted again, then not": {drive(t, testSetup(), stored, Allow{}, pasted(canary), OtherKey{}), StepKey},
		"could not be saved": {drive(t, testSetup(), newFake().failing("Save", KindStoreFull), Allow{},
			pasted(canary), Confirm{}), StepConfirm},
		"could not be activated": {drive(t, testSetup(), newFake().failing("Install", pleoclient.KindDNS), Allow{},
			pasted(canary), Confirm{}), StepActivate},
	} {
		if got := tt.s.LeftOff(); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
}

// TestLeftIsShownOnce: it is not shown to somebody who went on.
func TestLeftIsShownOnce(t *testing.T) {
	t.Parallel()
	setup := testSetup()
	setup.Left = &Left{Step: StepKey}
	for name, person := range map[string][]Event{
		"allowed": {Allow{}, Back{}}, "pasted": {pasted(canary)},
		"back": {Allow{}, pasted(canary), Back{}, Back{}},
	} {
		if s := drive(t, setup, newFake(), person...); s.Step != StepReview || s.ComebackText(ByWord) != "" {
			t.Errorf("%s: %s says %q", name, s.Step, s.ComebackText(ByWord))
		}
	}
	if s := drive(t, setup, newFake(), Typed("abc")); s.ComebackText(ByWord) == "" {
		t.Error("a text that is no key silenced it")
	}
}
