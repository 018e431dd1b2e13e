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
