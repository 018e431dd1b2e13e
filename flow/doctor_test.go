package flow

import (
	"strings"
	"testing"

	"pleo-connect/pleoclient"
)

// examined returns the names of the exams that were done and of those that failed, after a whole examination.
func examined(s State) (done, failed, left []string) {
	for _, line := range s.examLines() {
		switch line.Mark {
		case MarkDone, MarkUnknown:
			done = append(done, line.Name)
		case MarkFailed:
			failed = append(failed, line.Name)
		default:
			left = append(left, line.Name)
		}
	}
	return done, failed, left
}

// examineAll plays a whole examination in which exams fail.
func examineAll(t *testing.T, s State, effects []Effect, failing map[Exam]Kind) (State, []string) {
	t.Helper()
	var order []string
	for len(effects) > 0 {
		e, ok := effects[0].(Examine)
		if !ok || len(effects) != 1 {
			t.Fatalf("more than one thing at a time: %v", effects)
		}
		order = append(order, e.Exam.String())
		finding := Finding{Mark: MarkDone, Note: pleoclient.Safe("a fact")}
		if kind := failing[e.Exam]; kind != "" {
			finding = Finding{Mark: MarkFailed, Fault: Fault{
				Kind: kind, Detail: pleoclient.Safe("a fact"), Values: &Values{N: 3, Unit: "minutes"},
			}}
		}
		s, effects = Next(s, Examined{e.Answer(), e.Exam, finding})
	}
	return s, order
}

func TestExaminationGoesInOrder(t *testing.T) {
	t.Parallel()
	const all, local = "settings dns tcp proxy tls clock api key store terminal", "store terminal"
	tests := map[string]struct {
		failing map[Exam]Kind
		order   string
		title   string
		left    string
	}{
		"all is well": {nil, all, "Everything looks good", ""},
		"settings": {map[Exam]Kind{ExamSettings: KindSettings}, "settings " + local, "One thing needs attention",
			"dns tcp proxy tls clock api key"},
		"no such name": {map[Exam]Kind{ExamDNS: pleoclient.KindDNS}, "settings dns " + local,
			"One thing needs attention", "tcp proxy tls clock api key"},
		"issuer": {map[Exam]Kind{ExamTLS: pleoclient.KindTLSIssue}, "settings dns tcp proxy tls " + local,
			"One thing needs attention", "clock api key"},
		"clock": {map[Exam]Kind{ExamClock: KindClock}, all, "One thing needs attention", ""},
		"no answer": {map[Exam]Kind{ExamAPI: pleoclient.KindPleoTrouble},
			"settings dns tcp proxy tls clock api " + local, "One thing needs attention", "key"},
		"key and store": {map[Exam]Kind{ExamKey: pleoclient.KindKeyRejected, ExamStore: KindStoreFull}, all,
			"2 things need attention", ""},
		"store, no name": {map[Exam]Kind{ExamDNS: pleoclient.KindDNS, ExamStore: KindStoreFull},
			"settings dns " + local, "2 things need attention", "tcp proxy tls clock api key"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, effects := BeginDoctor(testSetup())
			s, order := examineAll(t, s, effects, test.failing)
			if got := strings.Join(order, " "); got != test.order {
				t.Errorf("looked at %s, want %s", got, test.order)
			}
			_, failed, left := examined(s)
			if !s.Doctor.Over() || s.Title() != test.title || len(failed) != len(test.failing) ||
				strings.Join(left, " ") != test.left {
				t.Errorf("%q; failed %v, left out %v", s.Title(), failed, left)
			}
			for _, line := range s.examLines() {
				if (line.Mark == MarkFailed) != (line.Remedy != "") {
					t.Errorf("%s is %s, and its remedy is %q", line.Name, line.Mark, line.Remedy)
				}
				wording(t, line.Name, "x "+line.Note+line.Remedy)
			}
			s, _ = Next(s, Leave{})
			if want := s.Doctor.Failed().Kind; s.Step != StepOver || s.Outcome.Kind != want {
				t.Errorf("ends at %s with %q, want %q", s.Step, s.Outcome.Kind, want)
			}
		})
	}
}

// TestExaminationWithANote fails nothing, and does not say that all is in order.
func TestExaminationWithANote(t *testing.T) {
	t.Parallel()
	s, effects := BeginDoctor(testSetup())
	for len(effects) > 0 {
		e := effects[0].(Examine)
		finding := Finding{Mark: MarkDone}
		if e.Exam == ExamKey {
			finding = Finding{Mark: MarkUnknown, Note: pleoclient.Safe("cannot be looked at")}
		}
		s, effects = Next(s, Examined{e.Answer(), e.Exam, finding})
	}
	if got := s.Title(); got != "Nothing failed, but see the notes above" {
		t.Error(got)
	}
}

// TestDoctorOverAProblem: the wizard waits under the examination, with the key in hand, and continues from where it
// was.
func TestDoctorOverAProblem(t *testing.T) {
	t.Parallel()
	offline := newFake().failing("Introspect", pleoclient.KindTimeout)
	problem := drive(t, testSetup(), offline, Allow{}, pasted(canary))
	s, effects := Next(problem, Diagnose{})
	if s.Step != StepDoctor || len(effects) != 1 {
		t.Fatalf("%s, %v", s.Step, effects)
	}
	stale := Examined{effects[0].(Examine).Answer(), ExamSettings, Finding{Mark: MarkDone}}
	later, more := Next(s, stale)
	if again, none := Next(later, stale); len(more) != 1 || len(none) != 0 || again.Doctor != later.Doctor {
		t.Error("an answer was taken twice")
	}
	back, _ := Next(s, Back{})
	if back.Round() == s.Round() {
		t.Error("what is under way goes on after the examination was left")
	}
	if back.Step != StepProblem || back.Explain().Summary != problem.Explain().Summary || !back.Key.Equal(problem.Key) {
		t.Errorf("back at %s: %q", back.Step, back.Explain().Summary)
	}
	if after, more := Next(back, stale); len(more) != 0 || after.Doctor.Findings != back.Doctor.Findings {
		t.Error("an answer to an examination that was left was taken")
	}
	over, _ := examineAll(t, s, effects, map[Exam]Kind{ExamTCP: pleoclient.KindTimeout})
	again, effects := Next(over, Retry{})
	if again.Doctor.Over() || len(effects) != 1 {
		t.Error("it cannot be done again")
	}
	over, _ = Next(over, Back{})
	if s = play(t, over, Retry{}, newFake()); s.Step != StepConfirm {
		t.Errorf("after a new try: %s", s.Step)
	}
	if s, _ = Next(again, pasted(canary2)); s.Step != StepCheck {
		t.Errorf("a key that is pasted leads to %s", s.Step)
	}
}

// play plays one event and answers what it asks for.
func play(t *testing.T, s State, ev Event, f *fake) State {
	t.Helper()
	s, effects := Next(s, ev)
	return settle(t, s, effects, f)
}

// doctorHelps reports the kinds whose cause an examination may find: no answer came that Pleo wrote, and the reason is
// not in what was asked.
func doctorHelps(k Kind) bool {
	switch k {
	case pleoclient.KindRateLimited, pleoclient.KindBadRequest, pleoclient.KindNotFound, pleoclient.KindCanceled,
		KindNotActivated, KindClock:
		return false
	}
	return ClassOf(k) == ClassNoAnswer
}

// TestWhereTheDoctorHelps: problems on the way to Pleo lead to it, others do not, but on Review all do.
func TestWhereTheDoctorHelps(t *testing.T) {
	t.Parallel()
	for kind := range kinds.All() {
		for _, from := range []Step{StepReview, StepCheck, StepActivate} {
			s := State{Setup: testSetup(), Step: StepProblem, Problem: Problem{Fault: Fault{Kind: kind}, From: from}}
			next, _ := Next(s, Diagnose{})
			if got := next.Step == StepDoctor; got != (from == StepReview || doctorHelps(kind)) {
				t.Errorf("%s from %s: opens %t", kind, from, got)
			}
		}
	}
}

// TestDoctorSaysNothingAboutAKey: what is wrong on the way has nothing to do with the key in hand.
func TestDoctorSaysNothingAboutAKey(t *testing.T) {
	t.Parallel()
	for kind := range kinds.All() {
		if !doctorHelps(kind) {
			continue
		}
		s := drive(t, testSetup(), newFake().failing("Introspect", kind), Allow{}, pasted(canary))
		s, effects := Next(s, Diagnose{})
		s, _ = examineAll(t, s, effects, map[Exam]Kind{ExamTCP: kind})
		for _, line := range s.examLines() {
			if strings.Contains(line.Note+line.Remedy, "key") && line.Name == "tcp" {
				t.Errorf("%s: %s; %s", kind, line.Note, line.Remedy)
			}
		}
	}
}

// TestDoctorOfTheStoreSaysNothingAboutAKey: also after one was validated, and saved.
func TestDoctorOfTheStoreSaysNothingAboutAKey(t *testing.T) {
	t.Parallel()
	s := drive(t, testSetup(), newFake().failing("Install", pleoclient.KindTimeout), Allow{}, pasted(canary), Confirm{})
	s, effects := Next(s, Diagnose{})
	s, _ = examineAll(t, s, effects, map[Exam]Kind{ExamStore: KindStoreFull})
	for _, line := range s.examLines() {
		if line.Mark == MarkFailed && line.Remedy != "free some space, then try again" {
			t.Errorf("%s: %q", line.Name, line.Remedy)
		}
	}
}

// TestDoctorBeforeTheApproval: a key that was pasted on Review, or over the examination, is kept and
// waits for the approval.
func TestDoctorBeforeTheApproval(t *testing.T) {
	t.Parallel()
	for name, person := range map[string][]Event{
		"pasted on Review":     {pasted(canary), Allow{}, Diagnose{}},
		"pasted on the doctor": {Allow{}, Diagnose{}, pasted(canary)},
	} {
		f := newFake().failing("Reach", pleoclient.KindDNS)
		s := drive(t, testSetup(), f, person...)
		if s.Step != StepDoctor || !s.Doctor.Over() || count(f.log, "Introspect") != 0 {
			t.Fatalf("%s: at %s after %v", name, s.Step, f.log)
		}
		for _, ev := range []Event{Back{}, Retry{}} {
			s = play(t, s, ev, f)
		}
		if s.Step != StepReview || !s.Key.Equal(pleoclient.NewKey(canary)) || count(f.log, "Introspect") != 0 {
			t.Fatalf("%s: back at %s after %v", name, s.Step, f.log)
		}
		if s = play(t, s, Allow{}, f); s.Step != StepConfirm {
			t.Errorf("%s: after the approval at %s", name, s.Step)
		}
	}
}

// TestDoctorSaysBothRemedies: the second step of a problem is also one of doctor's.
func TestDoctorSaysBothRemedies(t *testing.T) {
	t.Parallel()
	s, effects := BeginDoctor(testSetup())
	s, _ = examineAll(t, s, effects, map[Exam]Kind{ExamStore: KindStorePlace})
	row := English.Problems.Get(KindStorePlace)
	if line := s.examLines()[ExamStore]; line.Remedy != row.Next.String() || line.Also != row.Also.String() ||
		line.Also == "" {
		t.Errorf("%q, %q", line.Remedy, line.Also)
	}
}
