package flow

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pleo-connect/pleoclient"
)

// account is what Pleo has for the company, and how it answers.
type account struct {
	status  string                      // of the installation; "": none
	answer  func(e Effect) (Kind, bool) // the fault, and whether an Install is carried out all the same
	created string                      // the status that a creation leads to
	updated func(before string) string  // the status that an update leads to

	log     []string
	touched int // creations and updates that were carried out
}

func newAccount(status string) *account {
	return &account{
		status: status, created: pleoclient.StatusActivated,
		updated: func(string) string { return pleoclient.StatusActivated },
		answer:  func(Effect) (Kind, bool) { return "", true },
	}
}

func (a *account) installations() pleoclient.Installations {
	if a.status == "" {
		return nil
	}
	return pleoclient.Installations{{
		ID: instance, Owner: pleoclient.Owner{Company: bakery}, Status: pleoclient.Safe(a.status),
	}}
}

// do answers for Pleo where the installation is concerned, and leaves the rest to f.
func (a *account) do(f *fake, e Effect) Event {
	switch e := e.(type) {
	case FindInstallation:
		kind, _ := a.answer(e)
		a.log = append(a.log, "find "+string(kind))
		if kind != "" {
			return InstallationFound{Answer: e.Answer(), Fault: Fault{Kind: kind}}
		}
		return InstallationFound{Answer: e.Answer(), Installations: a.installations()}
	case Install:
		kind, carried := a.answer(e)
		what := "create"
		if e.Known.Exists() {
			what = "update"
		}
		a.log = append(a.log, what+" "+string(kind))
		if carried {
			a.carryOut(e)
		}
		return Installed{e.Answer(), Fault{Kind: kind}}
	}
	return f.do(e)
}

func (a *account) carryOut(e Install) {
	a.touched++
	switch {
	case e.Known.Exists():
		a.status = a.updated(a.status)
	case a.status == "":
		a.status = a.created
	}
}

// settle answers all effects.
func (a *account) settle(f *fake, s State, effects []Effect) State {
	for len(effects) > 0 {
		var more []Effect
		s, more = Next(s, a.do(f, effects[0]))
		effects = append(effects[1:], more...)
	}
	return s
}

// run plays the person's events, each after all effects were answered.
func (a *account) run(person ...Event) State {
	f := newFake()
	s, effects := Begin(testSetup())
	s = a.settle(f, s, effects)
	for _, ev := range person {
		s, effects = Next(s, ev)
		s = a.settle(f, s, effects)
	}
	return s
}

var openKinds = []Kind{pleoclient.KindTimeout, pleoclient.KindOffline, pleoclient.KindPleoTrouble,
	pleoclient.KindUnexpected, pleoclient.KindLoginPage}

// TestOpenOutcome loses the answers of creations and updates, carried out or not. Pleo is asked once what it has,
// without a person, and the rest follows from that.
func TestOpenOutcome(t *testing.T) {
	t.Parallel()
	const active, other = pleoclient.StatusActivated, "AUTHORIZED"
	for _, c := range []struct {
		name    string
		before  string
		created string
		carried []bool // each write with a lost answer, and whether it was carried out; later ones are answered
		step    Step
		want    []string // what Pleo is asked after the company was confirmed; ! is the lost answer
	}{
		{"creation, carried out", "", active, []bool{true}, StepDone, []string{"create !", "find "}},
		{"creation, not carried out", "", active, []bool{false}, StepProblem, []string{"create !", "find "}},
		{"creation that leads elsewhere", "", other, []bool{true}, StepDone,
			[]string{"create !", "find ", "update ", "find "}},
		{"creation that leads elsewhere, update lost", "", other, []bool{true, true}, StepDone,
			[]string{"create !", "find ", "update !", "find "}},
		{"update of another status, carried out", other, "", []bool{true}, StepDone, []string{"update !", "find "}},
		{"update of another status, not carried out", other, "", []bool{false}, StepDone,
			[]string{"update !", "find ", "update ", "find "}},
		{"update of an active one: the state does not say", active, "", []bool{true}, StepDone,
			[]string{"update !", "find ", "update ", "find "}},
		{"update lost twice", active, "", []bool{true, false}, StepProblem,
			[]string{"update !", "find ", "update !", "find "}},
	} {
		for _, kind := range openKinds {
			t.Run(c.name+", "+string(kind), func(t *testing.T) {
				t.Parallel()
				a, lost := newAccount(c.before), c.carried
				a.created = c.created
				a.answer = func(e Effect) (Kind, bool) {
					if _, ok := e.(Install); !ok || len(lost) == 0 {
						return "", true
					}
					carried := lost[0]
					lost = lost[1:]
					return kind, carried
				}
				s := a.run(Allow{}, pasted(canary), Confirm{})
				var want []string
				for _, w := range c.want {
					want = append(want, strings.Replace(w, "!", string(kind), 1))
				}
				if diff := cmp.Diff(want, a.log[1:]); diff != "" {
					t.Error("asked of Pleo (-want +got):\n" + diff)
				}
				if s.Step != c.step || s.Step == StepProblem && s.Problem.Kind != kind {
					t.Errorf("step %s, problem %q", s.Step, s.Problem.Kind)
				}
			})
		}
	}
}

// TestRetryOfOpenOutcome: what a person tries again begins with the question what Pleo has, wherever it
// stopped and however often.
func TestRetryOfOpenOutcome(t *testing.T) {
	t.Parallel()
	const active, lost, down = pleoclient.StatusActivated, pleoclient.KindTimeout, pleoclient.KindDNS
	all := []Event{Allow{}, pasted(canary), Confirm{}}
	for _, c := range []struct {
		name    string
		before  string
		answers []Kind // in turn, after the company was confirmed; then all is well
		carried bool   // the first write was carried out
		person  []Event
		want    []string
	}{
		{"nothing there", "", []Kind{lost}, false, []Event{Retry{}},
			[]string{"create offline_timeout", "find ", "find ", "create ", "find "}},
		{"the state cannot be asked", "", []Kind{lost, down}, true, []Event{Retry{}},
			[]string{"create offline_timeout", "find offline_dns", "find "}},
		{"the state cannot be asked twice", "", []Kind{lost, down, down}, false, []Event{Retry{}, Retry{}},
			[]string{"create offline_timeout", "find offline_dns", "find offline_dns", "find ", "create ", "find "}},
		{"the state cannot be asked, back and confirmed again", "", []Kind{lost, down}, false,
			[]Event{Back{}, Confirm{}},
			[]string{"create offline_timeout", "find offline_dns", "find ", "create ", "find "}},
		{"rate limit", "", []Kind{pleoclient.KindRateLimited}, false, nil,
			[]string{"create rate_limited", "find ", "create ", "find "}},
		{"update that never left", active, []Kind{down}, false, []Event{Retry{}},
			[]string{"update offline_dns", "find ", "update ", "find "}},
		{"update, then the state cannot be asked", active, []Kind{"", down}, true, []Event{Retry{}},
			[]string{"update ", "find offline_dns", "find "}},
		{"Pleo never says that there is none", "", []Kind{lost, pleoclient.KindBadRequest, pleoclient.KindBadRequest},
			false, []Event{Retry{}},
			[]string{"create offline_timeout", "find bad_request", "find bad_request", "create ", "find "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, first := newAccount(c.before), true
			asked := 0
			a.answer = func(e Effect) (Kind, bool) {
				if asked++; asked == 1 || len(c.answers) == 0 { // the first is the question of the check
					return "", true
				}
				kind := c.answers[0]
				c.answers = c.answers[1:]
				carried := kind == "" || first && c.carried
				first = false
				return kind, carried
			}
			s := a.run(append(all, c.person...)...)
			if diff := cmp.Diff(c.want, a.log[1:]); diff != "" || s.Step != StepDone {
				t.Errorf("step %s %+v, asked of Pleo (-want +got):\n%s", s.Step, s.Problem.Fault, diff)
			}
		})
	}
}

// TestLostCreationThenRefusedActivation: once Pleo has said what became of a lost creation, only
// what came later counts.
func TestLostCreationThenRefusedActivation(t *testing.T) {
	t.Parallel()
	a := newAccount("")
	a.created, a.updated = "AUTHORIZED", func(before string) string { return before }
	a.answer = func(Effect) (Kind, bool) {
		if len(a.log) == 1 {
			return pleoclient.KindTimeout, true
		}
		return "", true
	}
	s := a.run(Allow{}, pasted(canary), Confirm{})
	want := []string{"find ", "create offline_timeout", "find ", "update ", "find "}
	if diff := cmp.Diff(want, a.log); diff != "" || s.Problem.Kind != KindNotActivated {
		t.Errorf("problem %q, asked of Pleo (-want +got):\n%s", s.Problem.Kind, diff)
	}
}

// TestUnsureOutcome: when Pleo did not say what was there before, one that is found after a lost creation is
// updated as if it had been.
func TestUnsureOutcome(t *testing.T) {
	t.Parallel()
	a := newAccount(pleoclient.StatusActivated)
	a.answer = func(e Effect) (Kind, bool) {
		switch {
		case len(a.log) == 0:
			return pleoclient.KindBadRequest, false
		case len(a.log) == 1:
			return pleoclient.KindTimeout, false
		}
		return "", true
	}
	s := a.run(Allow{}, pasted(canary), Confirm{})
	want := []string{"find bad_request", "create offline_timeout", "find ", "update ", "find "}
	if diff := cmp.Diff(want, a.log); diff != "" || s.Step != StepDone {
		t.Errorf("step %s, asked of Pleo (-want +got):\n%s", s.Step, diff)
	}
}

// TestWritesIntoPleo plays random answers, and a person who tries again, goes back and confirms. Between two writes
// Pleo always says what it has; without a person there are at most three; and at the end the installation is active and
// was written by this run.
func TestWritesIntoPleo(t *testing.T) {
	t.Parallel()
	done := 0
	rapid.Check(t, func(t *rapid.T) {
		before := []string{"", "", pleoclient.StatusActivated, "AUTHORIZED", "INACTIVE"}
		a := newAccount(rapid.SampledFrom(before).Draw(t, "before"))
		faults := append(slices.Clone(openKinds), pleoclient.KindBadRequest, pleoclient.KindKeyRejected,
			pleoclient.KindForbidden, pleoclient.KindNotFound, pleoclient.KindRateLimited, pleoclient.KindDNS)
		faults = append(faults, make([]Kind, 3*len(faults))...) // most goes well, so that many runs come to their end
		known, writes := true, 0
		a.created = rapid.SampledFrom([]string{pleoclient.StatusActivated, "AUTHORIZED"}).Draw(t, "created")
		a.updated = func(before string) string {
			after := []string{pleoclient.StatusActivated, pleoclient.StatusActivated, before}
			return rapid.SampledFrom(after).Draw(t, "updated")
		}
		step := StepReview
		a.answer = func(e Effect) (Kind, bool) {
			kind := rapid.SampledFrom(faults).Draw(t, "answer to "+nameOf(e))
			switch e.(type) {
			case FindInstallation:
				if kind == "" || kind == pleoclient.KindBadRequest ||
					step == StepCheck && (kind == pleoclient.KindForbidden || kind == pleoclient.KindNotFound) {
					known = true
				}
			case Install:
				if !known {
					t.Fatalf("a write before Pleo said what the last one led to: %v", a.log)
				}
				known = false
				if writes++; writes > 3 {
					t.Fatalf("%d writes without a person: %v", writes, a.log)
				}
			}
			return kind, kind == "" || slices.Contains(openKinds, kind) && rapid.Bool().Draw(t, "carried out")
		}
		f := newFake()
		s, effects := Begin(testSetup())
		play := func() {
			for len(effects) > 0 {
				if _, ok := effects[0].(Tick); ok {
					writes = 0 // a waiting person counts as one
				}
				step = s.Step
				var more []Effect
				s, more = Next(s, a.do(f, effects[0]))
				effects = append(effects[1:], more...)
			}
		}
		play()
		choices := []Event{Confirm{}, Confirm{}, Retry{}, Retry{}, Retry{}, Back{}, pasted(canary)}
		person := rapid.SliceOfN(rapid.SampledFrom(choices), 0, 20).Draw(t, "person")
		for _, ev := range append([]Event{Allow{}, pasted(canary)}, person...) {
			writes = 0
			s, effects = Next(s, ev)
			play()
		}
		if s.Step != StepDone {
			return
		}
		done++
		if a.status != pleoclient.StatusActivated || a.touched == 0 {
			t.Fatalf("done with %q after %d writes: %v", a.status, a.touched, a.log)
		}
	})
	if done == 0 && !testing.Short() { // short runs are too few to be sure
		t.Error("no run came to its end")
	}
}
