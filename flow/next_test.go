package flow

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/pleoclient"
)

func TestHappyPath(t *testing.T) {
	t.Parallel()
	f := newFake()
	s := drive(t, testSetup(), f, Allow{}, pasted(canary))
	if s.Step != StepConfirm {
		t.Fatalf("after the paste: %s, %+v", s.Step, s.Problem)
	}
	s2, effects := Next(s, Confirm{})
	s2 = settle(t, s2, effects, f)
	if s2.Step != StepDone || !s2.Outcome.Active {
		t.Fatalf("after Confirm: %s, %+v", s2.Step, s2.Problem)
	}
	want := []string{
		"Reach", "InspectStore", "Introspect", "FindInstallation", "MakeStore", "ReadCompany",
		"FindRecord",
		"Save", "Install", "FindInstallation", "Save", "Verify",
	}
	if diff := cmp.Diff(want, f.log); diff != "" {
		t.Error("effects (-want +got):\n" + diff)
	}
	s3, _ := Next(s2, Leave{})
	if s3.Step != StepOver || !s3.Outcome.Active {
		t.Errorf("after Leave: %s %+v", s3.Step, s3.Outcome)
	}
}

// TestEmptyAccountRequests holds the number of calls to Pleo after the paste.
func TestEmptyAccountRequests(t *testing.T) {
	t.Parallel()
	f := newFake()
	drive(t, testSetup(), f, Allow{}, pasted(canary), Confirm{})
	calls := 0
	for _, name := range f.log {
		switch name {
		case "Introspect", "FindInstallation", "ReadCompany", "Install":
			calls++
		}
	}
	if calls > 5 {
		t.Errorf("%d requests after the paste, want at most 5: %v", calls, f.log)
	}
}

// TestUnattendedAsksOnlyWithTheKey: no one makes a key in the meantime, so the check is the first to ask Pleo.
func TestUnattendedAsksOnlyWithTheKey(t *testing.T) {
	t.Parallel()
	f, setup := newFake(), testSetup()
	setup.Unattended = true
	s := drive(t, setup, f, Allow{}, pasted(canary))
	if s.Step != StepConfirm || f.log[0] != "InspectStore" || slices.Contains(f.log, "Reach") {
		t.Errorf("%s after %v", s.Step, f.log)
	}
}

// run describes one run: what the world is like, what the person does, and where it ends.
type run struct {
	name   string
	setup  func(*Setup)
	fake   func(*fake)
	person []Event
	step   Step
	kind   Kind
	says   string // must be in the words about the problem, or in the list of Check
}

func (r run) test(t *testing.T) {
	t.Parallel()
	setup, f := testSetup(), newFake()
	if r.setup != nil {
		r.setup(&setup)
	}
	if r.fake != nil {
		r.fake(f)
	}
	s := drive(t, setup, f, r.person...)
	if s.Step != r.step {
		t.Fatalf("step %s, want %s (problem %+v; effects %v)", s.Step, r.step, s.Problem.Fault, f.log)
	}
	why := s.Explain()
	kind := s.Problem.Kind
	if s.Step != StepProblem {
		kind = s.Refusal.Kind
	}
	if kind != r.kind {
		t.Errorf("kind %q, want %q", kind, r.kind)
	}
	text := why.Summary + "\n" + why.Note + "\n" + why.Hint
	for _, line := range s.Lines(StepCheck) {
		text += "\n" + line.Label + " " + line.Note
	}
	if !strings.Contains(text, r.says) {
		t.Errorf("words %q do not have %q", text, r.says)
	}
}

func TestRuns(t *testing.T) {
	t.Parallel()
	use := []Event{Allow{}, pasted(canary)}
	all := []Event{Allow{}, pasted(canary), Confirm{}}
	status := func(s string) func(*fake) { return func(f *fake) { f.afterPost = s } }
	for _, r := range []run{
		{name: "paste while reading is checked on Allow", person: []Event{pasted(canary), Allow{}}, step: StepConfirm},
		{name: "typed", person: []Event{Allow{}, Typed(canary)}, step: StepConfirm},
		{name: "wrong text stays on Key", person: []Event{Allow{}, pasted("https://app.pleo.io/settings")},
			step: StepKey, kind: pleoclient.KindNotAKey, says: "web address"},
		{name: "empty", person: []Event{Allow{}, Typed("")}, step: StepKey, kind: pleoclient.KindNotAKey,
			says: "no key was entered"},
		{name: "real key in the demo", setup: func(s *Setup) { s.Demo, s.Simulated = true, true }, person: use,
			step: StepKey, kind: KindRealKeyInDemo, says: "so your key was discarded"},
		{name: "simulated key at the real Pleo",
			person: []Event{Allow{}, pasted(pleoclient.SimulatedKeyPrefix + "good-0123456789")}, step: StepKey,
			kind: KindSimulatedKey},
		{name: "back to Review", person: []Event{Allow{}, Back{}}, step: StepReview},
		{name: "no way back from Review", person: []Event{Back{}}, step: StepReview},

		{name: "rejected", fake: func(f *fake) { f.failing("Introspect", pleoclient.KindKeyRejected) }, person: use,
			step: StepProblem, kind: pleoclient.KindKeyRejected, says: "this is production"},
		{name: "rejected, other key", fake: func(f *fake) { f.failing("Introspect", pleoclient.KindKeyRejected) },
			person: append(use, pasted(canary2)), step: StepConfirm},
		{name: "rejected, edit", fake: func(f *fake) { f.failing("Introspect", pleoclient.KindKeyRejected) },
			person: append(use, Edit{}), step: StepKey},
		{name: "offline, retry", fake: func(f *fake) { f.failing("Introspect", pleoclient.KindTimeout) },
			person: append(use, Retry{}), step: StepConfirm},
		{name: "offline keeps the key", fake: func(f *fake) { f.failing("Introspect", pleoclient.KindDNS) },
			person: use, step: StepProblem, kind: pleoclient.KindDNS, says: "your key was not rejected"},
		{name: "rate limit counts down and asks again",
			fake: func(f *fake) { f.failing("Introspect", pleoclient.KindRateLimited) }, person: use,
			step: StepConfirm},
		{name: "rate limit for ever ends", fake: func(f *fake) {
			for range 4 {
				f.failing("Introspect", pleoclient.KindRateLimited)
			}
		}, person: use, step: StepProblem, kind: pleoclient.KindRateLimited,
			says: "wait a few minutes, then try again"},
		{name: "not an API key", fake: func(f *fake) { f.who.AuthMethod = pleoclient.Safe("OAUTH2") }, person: use,
			step: StepProblem, kind: KindNotAPIKey, says: "Key not accepted OAUTH2"},
		{name: "other application", fake: func(f *fake) { f.who.Application = pleoclient.Safe("Contoso Books") },
			person: use, step: StepProblem, kind: KindOtherApplication,
			says: "Key is for another integration Contoso Books"},
		{name: "application not named", fake: func(f *fake) { f.who.Application = pleoclient.SafeText{} }, person: use,
			step: StepConfirm},
		{name: "organisation", fake: func(f *fake) { f.who.Owner = pleoclient.Owner{Organisation: true} }, person: use,
			step: StepProblem, kind: KindOrganisationKey},
		{name: "organisation, named by the installation alone", fake: func(f *fake) {
			f.who.Owner = pleoclient.Owner{}
			f.installed = pleoclient.Installation{ID: instance, Owner: pleoclient.Owner{Organisation: true}}
		}, person: use, step: StepProblem, kind: KindOrganisationKey},
		{name: "permissions missing", fake: func(f *fake) { f.who.Scopes = pleoclient.ParseScopes("export-jobs:read") },
			person: use, step: StepProblem, kind: KindPermissionsMissing,
			says: "Missing: Report what was booked (export-jobs:write)"},
		{name: "optional permission missing", fake: func(f *fake) {
			f.who.Scopes = pleoclient.ParseScopes("export-jobs:read export-jobs:write")
			f.failing("ReadCompany", pleoclient.KindForbidden)
		}, person: use, step: StepConfirm},
		{name: "introspect refuses, installation names the company", fake: func(f *fake) {
			f.failing("Introspect", pleoclient.KindForbidden)
			f.installed = pleoclient.Installation{ID: instance, Owner: pleoclient.Owner{Company: bakery}}
		}, person: use, step: StepConfirm},
		{name: "permissions unknown and nobody there", setup: func(s *Setup) { s.Unattended = true },
			fake: func(f *fake) {
				f.failing("Introspect", pleoclient.KindForbidden)
				f.installed = pleoclient.Installation{ID: instance, Owner: pleoclient.Owner{Company: bakery}}
			}, person: use, step: StepProblem, kind: KindPermissionsUnknown},
		{name: "permissions unknown are never skipped over", setup: func(s *Setup) { s.Company = bakery },
			fake: func(f *fake) {
				f.failing("Introspect", pleoclient.KindNotFound)
				f.installed = pleoclient.Installation{ID: instance, Owner: pleoclient.Owner{Company: bakery}}
			}, person: use, step: StepConfirm},
		{name: "fewer permissions than the key in use", fake: func(f *fake) {
			f.stored = inUse("export-jobs:read vendors:write")
		}, person: use, step: StepProblem, kind: KindFewerPermissions, says: "Missing: vendors:write"},
		{name: "the very key in use may have lost permissions", fake: func(f *fake) {
			f.stored = inUse("vendors:write")
			f.stored.SameKey, f.stored.InUse.Other = true, false
		}, person: use, step: StepConfirm},
		{name: "more permissions than the key in use", fake: func(f *fake) {
			f.stored = inUse("export-jobs:read")
		}, person: use, step: StepConfirm},
		{name: "reconnect needs the permissions listed", setup: reconnects, fake: func(f *fake) {
			f.failing("Introspect", pleoclient.KindNotFound)
			f.installed = pleoclient.Installation{ID: instance, Owner: pleoclient.Owner{Company: bakery}}
		}, person: use, step: StepProblem, kind: KindPermissionsUnknown, says: "stays in use"},
		{name: "reconnect of another company", setup: func(s *Setup) { reconnects(s); s.Company = otherID },
			person: use, step: StepProblem, kind: KindOtherCompany},
		{name: "reconnect", setup: reconnects, person: use, step: StepDone},
		{name: "no company anywhere", fake: func(f *fake) { f.who.Owner = pleoclient.Owner{} }, person: use,
			step: StepProblem, kind: pleoclient.KindUnexpected},
		{name: "two companies", fake: func(f *fake) {
			f.installed = pleoclient.Installation{ID: instance, Owner: pleoclient.Owner{Company: otherID}}
		}, person: use, step: StepProblem, kind: pleoclient.KindUnexpected},
		{name: "a list of several: ours is taken", fake: func(f *fake) {
			f.others = pleoclient.Installations{{ID: other, Owner: pleoclient.Owner{Company: otherID}}}
			f.installed = pleoclient.Installation{
				ID: instance, Owner: pleoclient.Owner{Company: bakery}, Status: pleoclient.Safe("INACTIVE"),
			}
		}, person: all, step: StepDone},
		{name: "a list of several without ours: nothing is installed", fake: func(f *fake) {
			f.others = pleoclient.Installations{
				{ID: other, Owner: pleoclient.Owner{Company: otherID}},
				{ID: instance, Owner: pleoclient.Owner{Company: thirdID}},
			}
		}, person: all, step: StepDone},
		{name: "a list with two of ours", fake: func(f *fake) {
			f.installed = pleoclient.Installation{ID: instance, Owner: pleoclient.Owner{Company: bakery}}
			f.others = pleoclient.Installations{{ID: other, Owner: pleoclient.Owner{Company: bakery}}}
		}, person: use, step: StepProblem, kind: pleoclient.KindUnexpected, says: string(English.Wizard.NotOneOfOurs)},
		{name: "a list of several, and nobody says which is ours", fake: func(f *fake) {
			f.failing("Introspect", pleoclient.KindForbidden)
			f.installed = pleoclient.Installation{ID: instance, Owner: pleoclient.Owner{Company: bakery}}
			f.others = pleoclient.Installations{{ID: other, Owner: pleoclient.Owner{Company: otherID}}}
		}, person: use, step: StepProblem, kind: pleoclient.KindUnexpected, says: string(English.Wizard.NoCompany)},
		{name: "named company fits", setup: func(s *Setup) { s.Company = bakery }, person: use, step: StepDone},
		{name: "named company does not fit", setup: func(s *Setup) { s.Company = otherID }, person: use,
			step: StepProblem, kind: KindOtherCompany, says: string(otherID)},
		{name: "store cannot be read", fake: func(f *fake) { f.failing("FindRecord", KindStoreDamaged) }, person: use,
			step: StepProblem, kind: KindStoreDamaged},
		{name: "a rejected key is not sent again by Allow",
			fake:   func(f *fake) { f.failing("Introspect", pleoclient.KindKeyRejected) },
			person: append(use, Back{}, Back{}, Allow{}), step: StepKey},
		{name: "other key from Confirm", person: append(use, OtherKey{}), step: StepKey},
		{name: "Enter is not Confirm anywhere else", person: []Event{Confirm{}}, step: StepReview},

		{name: "pending save fails", fake: func(f *fake) { f.failing("Save", KindStoreFull) }, person: all,
			step: StepProblem, kind: KindStoreFull, says: "your key is still here"},
		{name: "pending save fails, retry", fake: func(f *fake) { f.failing("Save", KindStoreFull) },
			person: append(all, Retry{}), step: StepDone},
		{name: "conflict", fake: func(f *fake) { f.failing("Save", KindConflict) }, person: all, step: StepProblem,
			kind: KindConflict},
		{name: "conflict, retry reads again", fake: func(f *fake) { f.failing("Save", KindConflict) },
			person: append(all, Retry{}), step: StepConfirm},
		{name: "stays authorised until PUT", fake: status("AUTHORIZED"), person: all, step: StepDone},
		{name: "error after activation", fake: func(f *fake) { f.failing("Verify", KindStoreDamaged) }, person: all,
			step: StepProblem, kind: KindStoreDamaged},
		{name: "error after activation, retry reads the store again",
			fake: func(f *fake) { f.failing("Verify", KindStoreDamaged) }, person: append(all, Retry{}),
			step: StepConfirm},
		{name: "creation refused, found, updated",
			fake:   func(f *fake) { f.lost = true; f.failing("Install", pleoclient.KindBadRequest) },
			person: all, step: StepDone},
		{name: "creation refused for good", fake: func(f *fake) { f.failing("Install", pleoclient.KindBadRequest) },
			person: all, step: StepProblem, kind: pleoclient.KindBadRequest},
		{name: "creation timed out", fake: func(f *fake) { f.failing("Install", pleoclient.KindTimeout) }, person: all,
			step: StepProblem, kind: pleoclient.KindTimeout},
		{name: "creation timed out, retry", fake: func(f *fake) { f.failing("Install", pleoclient.KindTimeout) },
			person: append(all, Retry{}), step: StepDone},
		{name: "not entitled", fake: func(f *fake) { f.afterPut("INACTIVE", "NOT_ENTITLED") }, person: all,
			step: StepProblem, kind: KindNotEntitled, says: "Test Ledger"},
		{name: "stays in error", fake: func(f *fake) { f.afterPut("ERROR", "AUTH_ERROR") }, person: all,
			step: StepProblem, kind: KindNotActivated, says: "did not activate"},
		{name: "creation forbidden", fake: func(f *fake) { f.failing("Install", pleoclient.KindForbidden) },
			person: all, step: StepProblem, kind: pleoclient.KindForbidden},
		{name: "back from a failed activation asks about the company again",
			fake: func(f *fake) { f.failing("Install", pleoclient.KindPleoTrouble) }, person: append(all, Back{}),
			step: StepConfirm},

		{name: "Pleo cannot be reached: shown before a key is made",
			fake: func(f *fake) { f.failing("Reach", pleoclient.KindDNS) }, person: []Event{Allow{}}, step: StepProblem,
			kind: pleoclient.KindDNS},
		{name: "reached on retry", fake: func(f *fake) { f.failing("Reach", pleoclient.KindDNS) },
			person: []Event{Allow{}, Retry{}, Allow{}}, step: StepKey},
		{name: "store cannot be written: shown before a key is made",
			fake: func(f *fake) { f.failing("InspectStore", KindStoreNotWritable) }, person: []Event{Allow{}},
			step: StepProblem, kind: KindStoreNotWritable},
	} {
		t.Run(r.name, r.test)
	}
}

func reconnects(s *Setup) {
	s.Company = bakery
	s.Reconnect = &Reconnect{Company: pleoclient.Company{ID: bakery, Name: pleoclient.Safe("Harbour Lane Bakery ApS")},
		Fingerprint: pleoclient.Safe("SHA256:00000000")}
}

func TestBackTakesTheConfirmationBack(t *testing.T) {
	t.Parallel()
	f := newFake().failing("Install", pleoclient.KindPleoTrouble)
	if s := drive(t, testSetup(), f, Allow{}, pasted(canary), Confirm{}, Back{}); s.Step != StepConfirm || s.confirmed {
		t.Errorf("step %s, confirmed %t", s.Step, s.confirmed)
	}
}

// TestOurEntryIsUpdated: of a list, the installation of the key's company is updated and read back,
// whichever answer comes first.
func TestOurEntryIsUpdated(t *testing.T) {
	t.Parallel()
	for _, first := range []int{0, 1} {
		f := newFake()
		f.others = pleoclient.Installations{{
			ID: other, Owner: pleoclient.Owner{Company: otherID},
			Status: pleoclient.Safe(pleoclient.StatusActivated),
		}}
		f.installed = pleoclient.Installation{ID: instance, Owner: pleoclient.Owner{Company: bakery},
			Status: pleoclient.Safe("INACTIVE")}
		s, asked := Next(drive(t, testSetup(), f, Allow{}), pasted(canary))
		s, more := Next(s, f.do(asked[first]))
		s = settle(t, s, append(more, asked[1-first]), f)
		if s.Check.Installation.ID != instance || s.Check.Company.ID != bakery {
			t.Fatalf("answer %d first: %+v", first, s.Check)
		}
		s, effects := Next(s, Confirm{})
		for len(effects) > 0 && s.Step == StepActivate {
			if install, ok := effects[0].(Install); ok && install.Known.ID != instance {
				t.Errorf("answer %d first: %q is updated", first, install.Known.ID)
			}
			s, effects = Next(s, f.do(effects[0]))
		}
		if s.Step != StepDone || s.Check.Installation.ID != instance {
			t.Errorf("answer %d first: step %s, %+v", first, s.Step, s.Check.Installation)
		}
	}
}

// TestReadBackIsHeldToTheCompany: an answer that cannot be right is not a success, although the creation was one.
func TestReadBackIsHeldToTheCompany(t *testing.T) {
	t.Parallel()
	for name, company := range map[string]pleoclient.CompanyID{"twice": bakery, "elsewhere": otherID} {
		f := newFake()
		s, effects := Next(drive(t, testSetup(), f, Allow{}, pasted(canary)), Confirm{})
		for s.Step == StepActivate && s.Stage != StageReadBack {
			s, effects = Next(s, f.do(effects[0]))
		}
		wrong := pleoclient.Installations{{
			ID: other, Owner: pleoclient.Owner{Company: company},
			Status: pleoclient.Safe(pleoclient.StatusActivated),
		}}
		if name == "twice" {
			wrong = append(wrong, f.installed)
		}
		s, _ = Next(s, InstallationFound{Answer: effects[0].(FindInstallation).Answer(), Installations: wrong})
		if s.Step != StepProblem || s.Problem.Kind != pleoclient.KindUnexpected ||
			s.Problem.Detail.String() != string(English.Wizard.NotOneOfOurs) {
			t.Errorf("%s: step %s, %+v", name, s.Step, s.Problem.Fault)
		}
	}
}

func TestExistingInstallationIsUpdated(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.installed = pleoclient.Installation{ID: instance, Owner: pleoclient.Owner{Company: bakery},
		Status: pleoclient.Safe(pleoclient.StatusActivated)}
	f.stored = inUse("")
	f.stored.Generation = 7
	s := drive(t, testSetup(), f, Allow{}, pasted(canary), Confirm{})
	if s.Step != StepDone || count(f.log, "Install") != 1 || s.Check.Stored.Generation != 9 {
		t.Errorf("step %s, effects %v, generation %d", s.Step, f.log, s.Check.Stored.Generation)
	}
	if receipt := s.Receipt().String(); !strings.Contains(receipt, "SHA256:00000000; delete it") {
		t.Errorf("the receipt does not name the old key: %s", receipt)
	}
}

func TestSameKeyWritesNothing(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.installed = pleoclient.Installation{ID: instance, Owner: pleoclient.Owner{Company: bakery},
		Status: pleoclient.Safe(pleoclient.StatusActivated)}
	const all = "companies:read export-jobs:read export-jobs:write"
	asked, w := testSetup().Integration, English.Wizard
	renamed, fewer := asked, asked
	renamed.Vendor, fewer.Permissions = "Fabrikam", asked.Permissions[:1]
	for about, tt := range map[string]struct {
		scopes   string
		approved Integration
		marked   bool
		notice   string
	}{
		"all is as it was":        {all, asked, false, string(w.AlreadyConnected)},
		"Pleo turned it away":     {all, asked, true, string(w.AlreadyHealed)},
		"it may do more now":      {"export-jobs:read export-jobs:write", asked, false, string(w.AlreadyUpdated)},
		"it may do less now":      {all + " users:read", asked, false, string(w.AlreadyUpdated)},
		"other scopes were asked": {all, fewer, false, string(w.AlreadyUpdated)},
		"the vendor is another":   {all, renamed, false, string(w.AlreadyUpdated)},
	} {
		f.log, f.stored = nil, inUse(tt.scopes)
		f.stored.SameKey, f.stored.InUse.Other, f.stored.Approved, f.stored.Marked = true, false, tt.approved, tt.marked
		s := drive(t, testSetup(), f, Allow{}, pasted(canary), Confirm{})
		if s.Step != StepDone || count(f.log, "Save") != 0 || count(f.log, "Install") != 0 ||
			count(f.log, "Verify") != 1 || s.Notice.Text != tt.notice || !s.Retired.IsZero() {
			t.Errorf("%s: step %s, effects %v, notice %q", about, s.Step, f.log, s.Notice.Text)
		}
	}
}

func TestResume(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.inspected.Unfinished = &Unfinished{Company: f.company, SavedAt: testTime}
	f.stored = Stored{Generation: 1, SameKey: true}
	s := drive(t, testSetup(), f)
	s, effects := Next(s, Resume{})
	s = settle(t, s, effects, f)
	if s.Step != StepDone {
		t.Errorf("step %s %+v", s.Step, s.Problem)
	}

	f = newFake().failing("LoadKey", KindStoreDamaged)
	f.inspected.Unfinished = &Unfinished{Company: f.company, SavedAt: testTime}
	s = drive(t, testSetup(), f, Resume{}, Retry{})
	if s.Step != StepDone || count(f.log, "LoadKey") != 2 {
		t.Errorf("after a failed load: step %s %+v", s.Step, s.Problem)
	}
}

// TestResumeThenOtherKey: a resumed company binds only the stored key.
func TestResumeThenOtherKey(t *testing.T) {
	t.Parallel()
	f := newFake().failing("Introspect", pleoclient.KindKeyRejected)
	f.inspected.Unfinished = &Unfinished{Company: pleoclient.Company{ID: otherID}, SavedAt: testTime}
	s := drive(t, testSetup(), f, Resume{}, pasted(canary2))
	if s.Step != StepConfirm {
		t.Errorf("step %s %+v", s.Step, s.Problem)
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	f := newFake()
	s := drive(t, testSetup(), f, Allow{})
	s, effects := Next(s, pasted(canary))
	in := f.do(effects[0]).(Introspected)
	in.Fault = Fault{Kind: pleoclient.KindRateLimited, RetryAfter: 2500e6}
	s, effects = Next(s, in)
	if s.Problem.Wait != 3 || !strings.Contains(s.Explain().Summary, "3 s") {
		t.Fatalf("waits %d s: %q", s.Problem.Wait, s.Explain().Summary)
	}
	s, effects = Next(s, Ticked{effects[0].(Tick).Answer()})
	if s.Problem.Wait != 2 || len(effects) != 1 {
		t.Fatalf("after a tick: %d s", s.Problem.Wait)
	}
	for _, c := range []struct {
		leave Event
		to    Step
	}{{Back{}, StepKey}, {Retry{}, StepCheck}, {pasted(canary2), StepCheck}, {Leave{}, StepOver},
		{Interrupt{}, StepOver}} {
		left, _ := Next(s, c.leave)
		if left.Step != c.to {
			t.Errorf("%s left to %s", eventName(c.leave), left.Step)
		}
		if late, more := Next(left, Ticked{effects[0].(Tick).Answer()}); late.Step != c.to || more != nil {
			t.Errorf("%s: a late tick moved to %s", eventName(c.leave), late.Step)
		}
	}
}

// TestRateLimitWaits holds the seconds of each wait, three times in a row, and that then a person is asked.
func TestRateLimitWaits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		asked  time.Duration
		spread float64
		want   []int
	}{
		"Pleo does not say":         {0, 0, []int{5, 15, 45}},
		"Pleo does not say, spread": {0, 0.999, []int{7, 19, 57}},
		"as long as Pleo wants":     {7 * time.Second, 0, []int{7, 7, 7}},
		"spread":                    {8 * time.Second, 0.5, []int{9, 9, 9}},
		"the longest":               {2 * time.Minute, 0.999, []int{150, 150, 150}},
		"longer than that":          {2*time.Minute + 1, 0, nil},
		"a day":                     {24 * time.Hour, 0, nil},
	} {
		setup := testSetup()
		setup.Spread = c.spread
		s, _ := Next(drive(t, setup, newFake(), Allow{}), pasted(canary))
		var got []int
		for range 10 {
			var effects []Effect
			s, effects = Next(s, Introspected{
				Answer: s.question().Answer(), Fault: Fault{Kind: pleoclient.KindRateLimited, RetryAfter: c.asked},
			})
			if len(effects) == 0 {
				break
			}
			got = append(got, s.Problem.Wait)
			for s.Step == StepProblem {
				s, _ = Next(s, Ticked{s.question().Answer()})
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" || s.Step != StepProblem || !s.Problem.allows(ActionRetry) {
			t.Errorf("%s: at %s (-want +got):\n%s", name, s.Step, diff)
		}
	}
}

func TestSecondKeyReplacesTheFirst(t *testing.T) {
	t.Parallel()
	f := newFake()
	s := drive(t, testSetup(), f, Allow{})
	s, first := Next(s, pasted(canary))
	s, second := Next(s, pasted(canary2))
	if !strings.Contains(s.Notice.Text, "instead of the one you entered before") {
		t.Errorf("says %q", s.Notice.Text)
	}
	for _, e := range first {
		if late, more := Next(s, f.do(e)); late.Check.Answered || more != nil {
			t.Error("an answer for the first key was used")
		}
	}
	s = settle(t, s, second, f)
	if s.Step != StepConfirm || !s.Key.Equal(pleoclient.NewKey(canary2)) {
		t.Errorf("step %s", s.Step)
	}
}

func TestPasteDuringActivationIsNotUsed(t *testing.T) {
	t.Parallel()
	s := drive(t, testSetup(), newFake(), Allow{}, pasted(canary))
	s, _ = Next(s, Confirm{})
	s, effects := Next(s, pasted(canary2))
	if s.Step != StepActivate || effects != nil || !s.Key.Equal(pleoclient.NewKey(canary)) || !s.Notice.Bad {
		t.Errorf("step %s, notice %+v", s.Step, s.Notice)
	}
}

// TestNoBrowser: a browser is opened only for a person who sits here, and the demo opens only its own pages.
func TestNoBrowser(t *testing.T) {
	t.Parallel()
	demo := func(s *Setup) { s.Demo, s.Simulated = true, true }
	for name, tt := range map[string]struct {
		change func(*Setup)
		opens  int
	}{
		"at home":                        {func(*Setup) {}, 1},
		"over SSH":                       {func(s *Setup) { s.Remote = true }, 0},
		"in the demo":                    {func(s *Setup) { demo(s); s.WebApp = simulatedPages }, 1},
		"in the demo, over SSH":          {func(s *Setup) { demo(s); s.WebApp, s.Remote = simulatedPages, true }, 0},
		"in the demo, without its pages": {demo, 0},
	} {
		setup, f := testSetup(), newFake()
		tt.change(&setup)
		key := pasted(pleoclient.SimulatedKeyPrefix + "of-this-test")
		if !setup.Demo {
			key = pasted(canary)
		}
		s := drive(t, setup, f, Allow{}, key, Confirm{}, OpenLink{})
		if s.Step != StepDone || count(f.log, "Open") != tt.opens || s.Notice.Bad != (tt.opens == 0) {
			t.Errorf("%s: step %s, effects %v, notice %+v", name, s.Step, f.log, s.Notice)
		}
	}
}

// TestCopyLink copies the address that the step shows. On Key, it takes the place of what was said about an entry.
func TestCopyLink(t *testing.T) {
	t.Parallel()
	setup := testSetup()
	setup.Integration.Environment, setup.Integration.ReturnURL = Staging, "https://erp.example.com/pleo"
	for _, tc := range []struct {
		events []Event
		want   string
	}{
		{nil, ""},
		{[]Event{Allow{}}, "https://app.staging.pleo.io"},
		{[]Event{Allow{}, pasted("https://app.pleo.io")}, "https://app.staging.pleo.io"},
		{[]Event{Allow{}, pasted(canary)}, ""},
		{[]Event{Allow{}, pasted(canary), Confirm{}}, "https://erp.example.com/pleo"},
	} {
		s := drive(t, setup, newFake(), tc.events...)
		s, effects := Next(s, CopyLink{})
		var got string
		if len(effects) == 1 {
			got = effects[0].(Copy).Text
			s, _ = Next(s, Copied{effects[0].(Copy).Answer(), CopyFailed})
		}
		if said := s.Notice == s.copiedNotice(CopyFailed); got != tc.want || said != (got != "") {
			t.Errorf("%s: copied %q, and said %+v", s.Step, got, s.Notice)
		}
		if s.Step == StepKey && s.Explain().Summary != "" {
			t.Error("the refusal of an entry hides what happened to the link")
		}
	}
}

func TestLateStoreFaultShowsOnKey(t *testing.T) {
	t.Parallel()
	s, effects := Begin(testSetup())
	s, _ = Next(s, Allow{})
	if s.Step != StepKey {
		t.Fatal(s.Step)
	}
	s, _ = Next(s, StoreInspected{Answer: effects[1].(InspectStore).Answer(), Fault: Fault{Kind: KindStoreFull}})
	if s.Step != StepProblem || s.Problem.Kind != KindStoreFull {
		t.Errorf("step %s, problem %+v", s.Step, s.Problem)
	}
}

func TestOutcomeOfLeaving(t *testing.T) {
	t.Parallel()
	f := newFake().failing("Introspect", pleoclient.KindKeyRejected)
	s := drive(t, testSetup(), f, Allow{}, pasted(canary), Leave{})
	if s.Step != StepOver || s.Outcome.Kind != pleoclient.KindKeyRejected || s.ExplainOutcome().Summary == "" {
		t.Errorf("%s %+v", s.Step, s.Outcome)
	}
	s = drive(t, testSetup(), newFake(), Leave{})
	if s.Step != StepOver || s.Outcome.Kind != KindInterrupted {
		t.Errorf("%s %+v", s.Step, s.Outcome)
	}
}

func count(list []string, what string) int {
	n := 0
	for _, s := range list {
		if s == what {
			n++
		}
	}
	return n
}

// TestTheCheckShowsThatItWaits holds back each answer until all the others are in.
func TestTheCheckShowsThatItWaits(t *testing.T) {
	t.Parallel()
	for _, last := range []string{"Introspect", "FindInstallation", "ReadCompany", "FindRecord"} {
		f := newFake()
		s, open := Next(drive(t, testSetup(), f, Allow{}), pasted(canary))
		var held Effect
		for len(open) > 0 {
			e := open[0]
			var more []Effect
			if nameOf(e) == last {
				held = e
			} else {
				s, more = Next(s, f.do(e))
			}
			open = append(open[1:], more...)
		}
		if s.Step != StepCheck || !slices.ContainsFunc(s.checkLines(),
			func(l Line) bool { return l.Mark == MarkBusy }) {
			t.Errorf("without %s: step %s, lines %+v", last, s.Step, s.checkLines())
		}
		s, open = Next(s, f.do(held))
		if s = settle(t, s, open, f); s.Step != StepConfirm {
			t.Errorf("after %s: step %s", last, s.Step)
		}
	}
}

// TestResumeInPlaceOfAnEarlyKey: the stored key takes its place, so that no empty one is sent when the
// store has none to give.
func TestResumeInPlaceOfAnEarlyKey(t *testing.T) {
	t.Parallel()
	f := newFake().failing("LoadKey", KindStoreDamaged)
	f.inspected.Unfinished = &Unfinished{Company: f.company, SavedAt: testTime}
	s := drive(t, testSetup(), f, pasted(canary), Resume{}, Back{}, Back{}, Allow{})
	if s.Step != StepKey || !s.Key.IsZero() || count(f.log, "Introspect") != 0 {
		t.Errorf("at %s after %v", s.Step, f.log)
	}
}

// TestWaitsCountAnew: a key that was accepted has its own three waits for a rate limit.
func TestWaitsCountAnew(t *testing.T) {
	t.Parallel()
	f := newFake().failing("Install", pleoclient.KindRateLimited)
	for range 3 {
		f.failing("Introspect", pleoclient.KindRateLimited)
	}
	if s := drive(t, testSetup(), f, Allow{}, pasted(canary), Confirm{}); s.Step != StepDone {
		t.Errorf("at %s %q after %v", s.Step, s.Problem.Kind, f.log)
	}
}

// TestLatePreflightFault: it interrupts who is about to make a key, and not who has one.
func TestLatePreflightFault(t *testing.T) {
	t.Parallel()
	s, _ := Begin(testSetup())
	s, _ = Next(s, Allow{})
	late := Reached{Question{s.Preflight.seq}.Answer(), Fault{Kind: pleoclient.KindDNS}}
	if next, _ := Next(s, late); next.Step != StepProblem {
		t.Errorf("without a key: %s", next.Step)
	}
	empty, _ := Next(s, Typed(""))
	failed, _ := Next(empty, late)
	if failed.Step != StepProblem || !empty.Notice.Bad || failed.Notice != (Notice{}) {
		t.Errorf("after an empty field: %s, which still says %q", failed.Step, failed.Notice.Text)
	}
	if back, _ := Next(failed, Back{}); back.Step == StepKey && back.Explain().Summary != "" {
		t.Errorf("the field still says %q", back.Explain().Summary)
	}
	s, _ = Next(s, pasted(canary))
	s, _ = Next(s, Back{})
	if next, _ := Next(s, late); next.Step != StepKey || !next.Key.Equal(pleoclient.NewKey(canary)) {
		t.Errorf("with a key: %s", next.Step)
	}
}
