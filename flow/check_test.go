package flow

import (
	"strings"
	"testing"

	"pleo-connect/pleoclient"
)

// TestJudgement has a row for each thing that the answers can amount to, as a change of four answers against which
// nothing speaks.
func TestJudgement(t *testing.T) {
	t.Parallel()
	type changes []func(*State)
	type judged struct {
		fault  Kind
		detail string
		passed bool
	}
	passed, awaited := judged{passed: true}, judged{}
	noCompany := func(s *State) { s.Check.Company, s.Check.named, s.Check.looked = pleoclient.Company{}, false, false }
	barred := func(s *State) {
		s.Check.barred = Fault{Kind: pleoclient.KindForbidden, Detail: pleoclient.Safe("a fact")}
	}
	unlisted := func(s *State) { s.Check.Permissions, s.Check.Scopes = MarkUnknown, nil }
	installed := func(owners ...pleoclient.CompanyID) func(s *State) {
		return func(s *State) {
			for _, owner := range owners {
				s.Check.installations = append(s.Check.installations,
					pleoclient.Installation{ID: instance, Owner: pleoclient.Owner{Company: owner}})
			}
		}
	}
	stored := func(sameKey bool) func(s *State) {
		return func(s *State) {
			s.Check.Stored = inUse("vendors:write")
			s.Check.Stored.SameKey = sameKey
		}
	}
	for name, tc := range map[string]struct {
		change changes
		want   judged
	}{
		"nothing speaks against it": {nil, passed},

		"introspection awaited": {changes{func(s *State) { s.Check.introspected = false }}, awaited},
		"introspection awaited, no company": {
			changes{func(s *State) { s.Check.introspected = false }, noCompany}, awaited},
		"installations awaited":             {changes{func(s *State) { s.Check.found = false }}, awaited},
		"installations awaited, no company": {changes{func(s *State) { s.Check.found = false }, noCompany}, awaited},
		"name awaited":                      {changes{func(s *State) { s.Check.named = false }}, awaited},
		"record awaited":                    {changes{func(s *State) { s.Check.looked = false }}, awaited},
		"record awaited, in another company": {
			changes{func(s *State) { s.Check.looked, s.expected = false, otherID }}, awaited},

		"no company": {changes{noCompany}, judged{fault: pleoclient.KindUnexpected, detail: string(English.Wizard.NoCompany)}},
		"no company, and the installations refused": {changes{noCompany, barred},
			judged{fault: pleoclient.KindForbidden, detail: "a fact"}},
		"installations refused, the company is known": {changes{barred}, passed},

		"ours is installed": {changes{installed(bakery)}, passed},
		"ours among others": {changes{installed(otherID, bakery)}, passed},
		"ours twice": {changes{installed(bakery, bakery)},
			judged{fault: pleoclient.KindUnexpected, detail: string(English.Wizard.NotOneOfOurs)}},
		"ours twice, name awaited": {changes{installed(bakery, bakery), func(s *State) { s.Check.named = false }},
			judged{fault: pleoclient.KindUnexpected, detail: string(English.Wizard.NotOneOfOurs)}},

		"the expected company": {changes{func(s *State) { s.expected = bakery }}, passed},
		"another company":      {changes{func(s *State) { s.expected = otherID }}, judged{fault: KindOtherCompany}},

		"permissions not listed": {changes{unlisted}, passed},
		"permissions not listed, unattended": {changes{unlisted, func(s *State) { s.Unattended = true }},
			judged{fault: KindPermissionsUnknown}},
		"permissions not listed, reconnect": {changes{unlisted, func(s *State) { s.Reconnect = &Reconnect{} }},
			judged{fault: KindPermissionsUnknown}},
		"permissions listed, unattended reconnect": {
			changes{func(s *State) { s.Unattended, s.Reconnect = true, &Reconnect{} }}, passed},

		"fewer permissions than the stored key":        {changes{stored(false)}, judged{fault: KindFewerPermissions}},
		"fewer permissions than before, the same key":  {changes{stored(true)}, passed},
		"permissions not listed, the stored key's are": {changes{unlisted, stored(false)}, passed},
		"fewer permissions in another company": {changes{stored(false), func(s *State) { s.expected = otherID }},
			judged{fault: KindOtherCompany}},
	} {
		s := State{Setup: testSetup(), Check: Check{
			introspected: true, found: true, named: true, looked: true,
			Permissions: MarkDone, Scopes: pleoclient.ParseScopes("export-jobs:read export-jobs:write"),
			Company: pleoclient.Company{ID: bakery},
		}}
		for _, change := range tc.change {
			change(&s)
		}
		fault, ok := s.judgement()
		if got := (judged{fault.Kind, fault.Detail.String(), ok}); got != tc.want {
			t.Errorf("%s: %+v, want %+v", name, got, tc.want)
		}
	}
}

// TestAcceptedByTheSecondQuestion: a key that may not ask about itself is accepted when Pleo
// answers the other question.
func TestAcceptedByTheSecondQuestion(t *testing.T) {
	t.Parallel()
	f := newFake().failing("Introspect", pleoclient.KindForbidden)
	f.installed = pleoclient.Installation{ID: instance, Owner: pleoclient.Owner{Company: bakery}}
	if s := drive(t, testSetup(), f, Allow{}, pasted(canary)); s.Step != StepConfirm || s.Check.Accepted != MarkDone {
		t.Errorf("answered: step %s, mark %d", s.Step, s.Check.Accepted)
	}
	f = newFake().failing("Introspect", pleoclient.KindForbidden).failing("FindInstallation", pleoclient.KindForbidden)
	s := drive(t, testSetup(), f, Allow{}, pasted(canary))
	if s.Step != StepProblem || s.Check.Accepted != MarkWaiting {
		t.Errorf("refused: step %s, mark %d", s.Step, s.Check.Accepted)
	}
}

// TestLinesSayWhatIsKnown: a list does not say of a key what was not compared.
func TestLinesSayWhatIsKnown(t *testing.T) {
	t.Parallel()
	silent := func(f *fake) { f.who.Application = pleoclient.SafeText{} }
	undescribed := func(f *fake) {
		f.failing("Introspect", pleoclient.KindForbidden)
		f.installed = pleoclient.Installation{ID: instance, Owner: pleoclient.Owner{Company: bakery}}
	}
	more := func(f *fake) { f.who.Scopes = append(f.who.Scopes, "users:read") }
	strict := func(s *Setup) { s.Integration.RefuseSurplus = true }
	alone := func(s *Setup) { s.Integration.Applications = nil }
	const ours, unsaid = "done: Key is for this integration", "unknown: Integration Pleo doesn't say"
	for name, tt := range map[string]struct {
		setup                    func(*Setup)
		pleo                     func(*fake)
		integration, permissions string
	}{
		"all is known":          {nil, nil, ours, "done: Permissions 3 of 3"},
		"nothing to compare":    {alone, nil, "", "done: Permissions 3 of 3"},
		"no name":               {nil, silent, unsaid, "done: Permissions 3 of 3"},
		"nothing is described":  {nil, undescribed, unsaid, "unknown: Permissions Pleo doesn't say"},
		"and that is a problem": {strict, undescribed, unsaid, "unknown: Permissions Pleo doesn't say"},
		"too many":              {strict, more, ours, "failed: Permissions don't match"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			setup, f := testSetup(), newFake()
			if tt.setup != nil {
				tt.setup(&setup)
			}
			if tt.pleo != nil {
				tt.pleo(f)
			}
			said := map[string]string{}
			for _, line := range drive(t, setup, f, Allow{}, pasted(canary)).Lines(StepCheck) {
				said[line.Name] = strings.TrimSpace(line.Mark.String() + ": " + line.Label + " " + line.Note)
			}
			if said[lineIntegration] != tt.integration || said[linePermissions] != tt.permissions {
				t.Errorf("%q and %q, want %q and %q", said[lineIntegration], said[linePermissions], tt.integration,
					tt.permissions)
			}
		})
	}
}
