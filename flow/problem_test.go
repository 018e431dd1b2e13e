package flow

import (
	"testing"

	"pleo-connect/pleoclient"
)

// TestMarkFailed holds which line of the list of Check a fault belongs to.
func TestMarkFailed(t *testing.T) {
	t.Parallel()
	type marks struct {
		answered                             bool
		accepted, ours, permissions, company Mark
	}
	for kind, want := range map[Kind]marks{
		pleoclient.KindKeyRejected: {answered: true, accepted: MarkFailed},
		KindNotAPIKey:              {answered: true, accepted: MarkFailed},
		KindOtherApplication:       {ours: MarkFailed},
		KindPermissionsMissing:     {permissions: MarkFailed},
		KindFewerPermissions:       {permissions: MarkFailed},
		KindOtherCompany:           {company: MarkFailed},
		KindOrganisationKey:        {company: MarkFailed},

		// Pleo answered, but not the question.
		pleoclient.KindRateLimited: {answered: true},
		pleoclient.KindForbidden:   {answered: true},
		pleoclient.KindBadRequest:  {answered: true},
		pleoclient.KindUnexpected:  {answered: true},

		pleoclient.KindDNS:         {},
		pleoclient.KindLoginPage:   {},
		pleoclient.KindPleoTrouble: {},
		KindStoreDamaged:           {},
	} {
		s := State{Step: StepCheck, Check: Check{Accepted: MarkBusy}}
		s.markFailed(kind)
		c := s.Check
		if got := (marks{c.Answered, c.Accepted, c.Ours, c.Permissions, c.CompanyMark}); got != want {
			t.Errorf("%s: %+v, want %+v", kind, got, want)
		}
	}
	for _, step := range []Step{StepReview, StepActivate} {
		s := State{Step: step}
		s.markFailed(pleoclient.KindUnexpected)
		if s.Check.Answered {
			t.Errorf("%s: the list of Check changed", step)
		}
	}
}

// TestInterruptKeepsTheProblem: who leaves a problem by Ctrl+C reads the same as who chooses quit: what to do is still
// to be done. For scripts, the run was interrupted.
func TestInterruptKeepsTheProblem(t *testing.T) {
	t.Parallel()
	broken := func() *fake { return newFake().failing("InspectStore", KindStoreFull) }
	onReview := drive(t, testSetup(), broken())
	onProblem := drive(t, testSetup(), broken(), Allow{})
	left := drive(t, testSetup(), broken(), Allow{}, Leave{}).ExplainOutcome()
	for name, s := range map[string]State{
		"Ctrl+C": drive(t, testSetup(), broken(), Allow{}, Interrupt{}),
		"Ctrl+C in doctor": drive(t, testSetup(), newFake().failing("InspectStore", KindStoreFull), Allow{}, Diagnose{},
			Interrupt{}),
		"Ctrl+C on Review": drive(t, testSetup(), broken(), Interrupt{}),
	} {
		got := s.ExplainOutcome()
		same := got.Summary == left.Summary && got.Note == left.Note && got.Hint == left.Hint
		if s.Outcome.Kind != KindInterrupted || !same {
			t.Errorf("%s: %q: %q, %q, %q", name, s.Outcome.Kind, got.Summary, got.Note, got.Hint)
		}
	}
	cancelled := drive(t, testSetup(), broken(), Leave{})
	if got := cancelled.ExplainOutcome().Hint; cancelled.Outcome.Kind != KindStoreFull || got != left.Hint {
		t.Errorf("cancel on Review: %q: %q", cancelled.Outcome.Kind, got)
	}
	if onReview.Step != StepReview || onProblem.Step != StepProblem {
		t.Errorf("at %s and %s", onReview.Step, onProblem.Step)
	}
	solved := drive(t, testSetup(), broken(), Allow{}, Retry{}, Allow{}, Interrupt{})
	if got := solved.ExplainOutcome().Hint; got != English.Problems.Get(KindInterrupted).Next.String() {
		t.Errorf("after the problem is gone, the hint is %q", got)
	}
}

// TestStopUnattended: an unattended run is told to start the same command again, which needs no terminal.
func TestStopUnattended(t *testing.T) {
	t.Parallel()
	setup, replacing := testSetup(), testSetup()
	setup.Unattended, replacing.Unattended = true, true
	replacing.Reconnect = &Reconnect{Company: newFake().company}
	for name, s := range map[string]State{
		"first": drive(t, setup, newFake(), Interrupt{}), "replacing": drive(t, replacing, newFake(), Interrupt{}),
	} {
		if got := s.ExplainStop("terminated"); got.Summary != "stopped (terminated)" || got.Hint != "run it again" ||
			got.Note == "" {
			t.Errorf("%s: %q, %q, %q", name, got.Summary, got.Note, got.Hint)
		}
	}
}
