package flow_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/flow/flowtest/golden"
	"pleo-connect/pleoclient"
)

// TestSituations reads the words of every problem in one piece. The interfaces are held to the same words by tests of
// their own.
func TestSituations(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	seen := map[string]bool{}
	for _, at := range flowtest.Situations() {
		s := at.Problem(false)
		kind := s.Problem.Kind
		if s.Step != flow.StepProblem {
			kind = s.Refusal.Kind
		}
		if kind != at.Kind {
			t.Errorf("%s leads to %s %q", at.Name, s.Step, kind)
		}
		if seen[at.Name] {
			t.Errorf("%s is there twice", at.Name)
		}
		seen[at.Name] = true
		for _, step := range []flow.Step{flow.StepReview, flow.StepCheck, flow.StepActivate} {
			for _, line := range s.Lines(step) {
				if line.Label != strings.TrimSpace(line.Label) || line.Note != strings.TrimSpace(line.Note) {
					t.Errorf("%s: a blank at an end of %q or %q", at.Name, line.Label, line.Note)
				}
			}
		}
		why := s.Explain()
		out.WriteString(at.Name + "\n")
		for _, text := range []string{why.Summary, why.Note, why.Hint, why.Also} {
			if text != "" {
				out.WriteString("  " + text + "\n")
			}
		}
		out.WriteString("\n")
	}
	golden.Compare(t, "situations.golden", out.String())
}

// blame finds words that would say that a key is at fault.
var blame = regexp.MustCompile(`(?i)\b(wrong|bad|reject\w*|invalid|malformed|mistyped|revoked|unauthori[sz]ed|denied|` +
	`no longer works|key (has )?expired)\b`)

// TestNetworkFaultsSayNothingAboutTheKey reads all that may be said when Pleo gave no answer about a key: on the
// screen, and after the end. No one is led to throw away a good key; it is named when there is one, with the place
// where it is.
func TestNetworkFaultsSayNothingAboutTheKey(t *testing.T) {
	t.Parallel()
	for _, at := range flowtest.NetworkFaults() {
		at.Setup.Integration.KeyKind = flow.Standalone // the kind that can expire
		s := at.Problem(false)
		if slices.Contains(s.Explain().Actions, flow.ActionEdit) {
			t.Errorf("%s: another key is offered", at.Name)
		}
		over, _ := flow.Next(s, flow.Leave{})
		for moment, why := range map[string]flow.Explanation{
			"on the screen": s.Explain(), "at the end": over.ExplainOutcome(),
		} {
			ours := strings.ReplaceAll(why.Summary, s.Problem.Cause.Value.String(), "") // what others said is in brackets
			if found := blame.FindString(ours + why.Hint); found != "" {
				t.Errorf("%s, %s: says %q of a key: %s; %s", at.Name, moment, found, why.Summary, why.Hint)
			}
			if want := fate(s, moment); why.Key != want || why.Note == "" || why.About == "" {
				t.Errorf("%s, %s: says %q of the key, want line %d", at.Name, moment, why.Note, want)
			}
			if strings.Contains(why.Summary+why.Hint, "key") {
				t.Errorf("%s, %s: says more about a key: %s; %s", at.Name, moment, why.Summary, why.Hint)
			}
		}
	}
}

// TestEngineFaultsSayNothingAboutTheKey: an engine that does not take a key says nothing about it, and no one is led to
// another one.
func TestEngineFaultsSayNothingAboutTheKey(t *testing.T) {
	t.Parallel()
	for _, at := range flowtest.EngineFaults() {
		s := at.Problem(false)
		over, _ := flow.Next(s, flow.Leave{})
		ends := flow.KeyLost
		if at.Kind == flow.KindEngineUncertain {
			ends = flow.KeyMaybeSaved
		}
		for _, moment := range []struct {
			why  flow.Explanation
			want flow.KeyLine
		}{{s.Explain(), flow.KeyInHand}, {over.ExplainOutcome(), ends}} {
			why := moment.why
			said := strings.Join([]string{why.Summary, why.Hint, why.Also}, "; ")
			if found := blame.FindString(said); found != "" || strings.Contains(said, "key") {
				t.Errorf("%s: speaks of a key: %s", at.Name, said)
			}
			if why.Key != moment.want || slices.Contains(why.Actions, flow.ActionEdit) {
				t.Errorf("%s: says %q of the key, and offers %v", at.Name, why.Note, why.Actions)
			}
		}
		if flow.ClassOf(at.Kind) != flow.ClassStore {
			t.Errorf("%s has the class %d", at.Name, flow.ClassOf(at.Kind))
		}
	}
}

// fate is where the key is at a moment.
func fate(s flow.State, moment string) flow.KeyLine {
	over := moment == "at the end"
	switch {
	case s.Key.IsZero() && over:
		return flow.KeyNothingHere
	case s.Key.IsZero():
		return flow.KeyUnused
	case s.Problem.From == flow.StepActivate: // it was saved first
		return flow.KeySaved
	case over:
		return flow.KeyLost
	}
	return flow.KeyNotRejected
}

// TestNetworkFaultsWithAStoredKey reads the same outside of a wizard.
func TestNetworkFaultsWithAStoredKey(t *testing.T) {
	t.Parallel()
	for _, at := range flowtest.NetworkFaults() {
		why := flow.English.Stored(flow.Fault{Kind: at.Kind}, flow.Integration{}, "https://external.pleo.io")
		if why.Key != flow.KeyAsked || why.Note != "the saved key was not rejected" || blame.MatchString(why.Summary+why.Hint) {
			t.Errorf("%s: %s; %s", at.Kind, why.Summary, why.Hint)
		}
	}
}

// TestNetworkFaultsInAnExamination: no key is in question there, so none is spoken of.
func TestNetworkFaultsInAnExamination(t *testing.T) {
	t.Parallel()
	for _, at := range flowtest.NetworkFaults() {
		w := flowtest.Good()
		w.Faults["exam api"] = flow.Fault{Kind: at.Kind}
		s, effects := flow.BeginDoctor(at.Setup)
		for len(effects) > 0 {
			s, effects = flow.Next(s, w.Answer(effects[0]))
		}
		line := s.Lines(flow.StepDoctor)[flow.ExamAPI]
		if line.Note == "" || line.Remedy == "" || strings.Contains(line.Note+line.Remedy, "key") {
			t.Errorf("%s: %q; %q", at.Kind, line.Note, line.Remedy)
		}
	}
}

// TestRateLimitIsLeft: the countdown is shown only while someone waits. After the last wait, and after the end, nothing
// is promised.
func TestRateLimitIsLeft(t *testing.T) {
	t.Parallel()
	limit := flowtest.Situation{}
	for _, at := range flowtest.NetworkFaults() {
		if at.Name == string(pleoclient.KindRateLimited) {
			limit = at
		}
	}
	s := limit.Problem(false)
	counts := fmt.Sprintf("trying again in %d s", s.Problem.Wait)
	const ends = "wait a few minutes, then try again"
	if why := s.Explain(); !strings.HasSuffix(why.Summary, counts) {
		t.Errorf("while it counts: %q", why.Summary)
	}
	left, _ := flow.Next(s, flow.Leave{})
	if hint := left.ExplainOutcome().Hint; !strings.HasSuffix(hint, ends) {
		t.Errorf("left: %q", hint)
	}
	if hint := limit.Problem(true).Explain().Hint; !strings.HasSuffix(hint, ends) {
		t.Errorf("after the last wait: %q", hint)
	}
}
