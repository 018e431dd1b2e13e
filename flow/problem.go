package flow

import (
	"errors"
	"slices"
	"time"

	"pleo-connect/pleoclient"
)

// Kind is the kind of a problem: those of pleoclient, and the machine's and the store's below.
type Kind = pleoclient.Kind

// The kinds besides those of pleoclient.
const (
	KindNotAPIKey          Kind = "not_an_api_key"
	KindOtherApplication   Kind = "other_application"
	KindPermissionsMissing Kind = "permissions_missing"
	KindFewerPermissions   Kind = "fewer_permissions"   // than the stored key has
	KindPermissionsUnknown Kind = "permissions_unknown" // Pleo does not list them, and no one is there to accept that
	KindSurplusPermissions Kind = "surplus_permissions" // more than asked for, and the integration refuses them
	KindOtherCompany       Kind = "other_company"
	KindOrganisationKey    Kind = "organisation_key"
	KindNotEntitled        Kind = "not_entitled"
	KindNotActivated       Kind = "not_activated"
	KindSimulatedKey       Kind = "simulated_key"
	KindRealKeyInDemo      Kind = "real_key_in_demo"
	KindInterrupted        Kind = "interrupted"
	KindConflict           Kind = "conflict" // another run saved in the meantime
	KindInternal           Kind = "internal"
	KindClock              Kind = "clock_wrong"
	KindSettings           Kind = "settings" // flags, files or settings that cannot be used
	KindNoKey              Kind = "no_key"   // neither a terminal nor a key file
	KindNotConnected       Kind = "not_connected"

	KindStore            Kind = "store" // what has no kind of its own below
	KindStoreMissing     Kind = "store_missing"
	KindConnectionLost   Kind = "connection_lost" // it was saved, and is no longer in the store
	KindStoreNotWritable Kind = "store_not_writable"
	KindStoreReadOnly    Kind = "store_read_only"
	KindStoreFull        Kind = "store_full"
	KindStoreOwner       Kind = "store_wrong_owner"
	KindStoreOpen        Kind = "store_too_open"
	KindStoreLinked      Kind = "store_hard_link"
	KindStoreLocked      Kind = "store_locked"
	KindStoreDamaged     Kind = "store_damaged"
	KindStoreTooLarge    Kind = "store_too_large"
	KindStorePassphrase  Kind = "store_passphrase" // a record protected by a passphrase
	KindStoreForeign     Kind = "store_not_ours"
	KindStoreOther       Kind = "store_other_store"  // a file of it
	KindStoreOtherRecord Kind = "store_other_record" // under the name of our record
	KindStoreNotFile     Kind = "store_not_a_file"
	KindStorePlace       Kind = "store_bad_place"
	KindStoreNewer       Kind = "store_newer"
	KindStoreDemo        Kind = "store_demo" // a record of the demo in another store, or the reverse
	KindStoreIdentity    Kind = "identity_missing"
	KindIdentityDamaged  Kind = "identity_damaged"
	KindIdentityInside   Kind = "identity_inside_store"
	KindIdentityShared   Kind = "identity_shared"
	KindIdentityLocked   Kind = "identity_locked" // by a passphrase
	KindWrongPassphrase  Kind = "wrong_passphrase"
	KindStoreUncertain   Kind = "store_uncertain"

	// Of a key store in an engine, see [KeyEngine].
	KindEngineDown          Kind = "store_engine_down" // no answer
	KindEngineTLS           Kind = "store_engine_tls"
	KindEngineUnexpected    Kind = "store_engine_unexpected" // what answers is something else
	KindEngineSealed        Kind = "store_engine_sealed"
	KindEngineUninitialised Kind = "store_engine_uninitialised"
	KindEngineStandby       Kind = "store_engine_standby" // no node is active
	KindEngineToken         Kind = "store_engine_token"
	KindEngineDenied        Kind = "store_engine_denied" // by a policy
	KindEngineMount         Kind = "store_engine_mount"
	KindEngineNamespace     Kind = "store_engine_namespace"
	KindEngineQuota         Kind = "store_engine_quota"
	KindEngineTrouble       Kind = "store_engine_trouble"
	KindEngineUncertain     Kind = "store_engine_uncertain" // a save that was not confirmed
	KindEngineEntry         Kind = "store_engine_entry"     // what is at the path is not ours
)

// Action is what a person can do about a problem.
type Action int

// The actions.
const (
	ActionRetry  Action = iota // asks again, with the same key
	ActionEdit                 // goes to the key field
	ActionDoctor               // opens the examination
	ActionBack                 // goes one step back
	ActionLeave                // ends the wizard
)

var actionEvents = [...]Event{
	ActionRetry: Retry{}, ActionEdit: Edit{}, ActionDoctor: Diagnose{}, ActionBack: Back{}, ActionLeave: Leave{},
}

// Event returns what happens when a person chooses the action.
func (a Action) Event() Event { return actionEvents[a] }

// Explanation is a problem in words, for people: what happened, where the key is, what to do next.
type Explanation struct {
	Summary string   // one sentence
	Key     KeyLine  // where the key is
	Note    string   // the same, as a line after "note:"; may be empty
	About   string   // the same, as a line of a screen; may be empty
	Hint    string   // one step that helps
	Also    string   // a second one; usually empty
	advice  []Advice // Hint and Also, for a screen
	Actions []Action // the ones that help, best first

	Detail  string             // a fact from outside, for scripts; may be empty
	Missing []pleoclient.Scope // the permissions that the key lacks, when that is the problem
	Surplus []pleoclient.Scope // those that it has too many, when that is the problem
}

// Explain returns the words for the current problem, or for why the last entry is not a key.
func (s State) Explain() Explanation {
	p := s.Problem
	if s.Step != StepProblem {
		p = s.Refusal
	}
	return p.explain(s)
}

// ExplainOutcome returns the words for an end without an active connection.
func (s State) ExplainOutcome() Explanation {
	p := s.Problem
	if p.Kind != s.Outcome.Kind && (s.Outcome.Kind != KindInterrupted || !p.Failed()) {
		p = Problem{Fault: Fault{Kind: s.Outcome.Kind}}
	}
	return p.explain(s)
}

// ExplainStop returns the words for a run that was stopped from outside by signal. If that left a save into an engine,
// they are those of a person who left it.
func (s State) ExplainStop(signal string) Explanation {
	if s.savesInEngine() {
		s, _ = s.interrupt()
	}
	for _, p := range []Problem{s.unsaved, s.Problem} {
		if p.Kind == KindEngineUncertain {
			return p.explain(s)
		}
	}
	at, v := s.stoppedAt(), Values{Signal: signal}
	row := KindInterrupted + "/signal" + at
	switch {
	case s.unsaved.Failed():
		row, v.Detail = KindInterrupted+"/unsaved", s.unsaved.explain(s).Summary
		if s.Reconnect != nil {
			row += "/replacing"
		}
	case s.Unattended && at != "/unread": // the same command takes the key from the same file
		row = StoppedOnce
	}
	return Problem{Fault: NewFault(row, v)}.explain(s)
}

// Stored returns the words for a fault of a question about a saved key, outside a wizard. The origin is the address
// that was asked.
func (b *Book) Stored(f Fault, i Integration, origin string) Explanation {
	s := State{Setup: Setup{Words: b, Integration: i, Origin: origin, CustomOrigin: true}, asked: true}
	return Problem{Fault: f}.explain(s)
}

// fail shows a fault. The outstanding answers of the step become stale.
func (s State) fail(f Fault) (State, []Effect) {
	s.Problem = Problem{Fault: f, From: s.Step, Wanted: s.wanted()}
	if f.Kind == KindPermissionsMissing || f.Kind == KindFewerPermissions {
		s.Problem.Missing = s.Check.Missing
	}
	s.inStore = s.inStore.after(f.Kind)
	s.rejected = s.rejected || f.Kind == pleoclient.KindKeyRejected
	s.useless = s.useless || ruleOf(f.Kind).key == keyJudged
	if f.Kind == KindConflict { // what was read before is no longer there
		s.Check.Stored = Stored{}
		if s.Step == StepConfirm {
			s.Preflight.Unfinished = nil
		}
	}
	s, q := s.ask()
	s.markFailed(f.Kind)
	s.Step = StepProblem
	if f.Kind != pleoclient.KindRateLimited { // a 503 may also name a time, but there a person decides
		return s, nil
	}
	wait, again := RateLimitWait(f.RetryAfter, s.waits, s.Spread)
	if !again {
		return s, nil
	}
	s.waits++
	s.Problem.Wait = seconds(wait)
	return s, []Effect{Tick{q}}
}

// rateLimitWaits are for answers that do not say how long to wait.
var rateLimitWaits = [...]time.Duration{5 * time.Second, 15 * time.Second, 45 * time.Second}

// longestWait is the longest wait for a rate limit without asking a person.
const longestWait = 120 * time.Second

// TooLong reports whether a wait is left to a person.
func TooLong(asked time.Duration) bool { return asked > longestWait }

// RateLimitWait returns how long to wait for a rate limit without asking a person. It returns false after three waits
// in a row, and when Pleo asks for more than two minutes. asked is what Pleo asks for, or 0 when it does not say: then
// the waits grow. spread, in [0,1), lengthens a wait by up to a quarter.
func RateLimitWait(asked time.Duration, waited int, spread float64) (wait time.Duration, again bool) {
	if waited >= len(rateLimitWaits) || TooLong(asked) {
		return 0, false
	}
	wait = asked
	if wait <= 0 {
		wait = rateLimitWaits[waited]
	}
	return wait + time.Duration(spread*float64(wait)/4), true
}

// seconds returns d in seconds, rounded up.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// markFailed puts the mark on the line of the list that the fault belongs to.
func (s *State) markFailed(k Kind) {
	if s.Step != StepCheck {
		return
	}
	c := &s.Check
	switch ruleOf(k).line {
	case lineAccepted:
		c.Answered, c.Accepted = true, MarkFailed
	case lineIntegration:
		c.Ours = MarkFailed
	case linePermissions:
		c.Permissions = MarkFailed
	case lineCompany:
		c.CompanyMark = MarkFailed
	}
	switch k {
	case pleoclient.KindRateLimited, pleoclient.KindForbidden, pleoclient.KindBadRequest, pleoclient.KindUnexpected:
		c.Answered = true // but not to the question
	}
	for _, mark := range []*Mark{&c.Accepted, &c.CompanyMark} { // it is no longer awaited
		if *mark == MarkBusy {
			*mark = MarkWaiting
		}
	}
}

// ticked counts a rate limit down, and asks again when it is over. In other steps it counts how long an engine takes.
func (s State) ticked() (State, []Effect) {
	if s.Book().Engine.Used() && (s.Step == StepCheck || s.waitsForEngine()) {
		return s.countWait()
	}
	if s.Step != StepProblem || s.Problem.Wait == 0 {
		return s, nil
	}
	if s.Problem.Wait--; s.Problem.Wait > 0 {
		return s, []Effect{Tick{s.question()}}
	}
	return s.retry()
}

func (s State) retry() (State, []Effect) {
	switch {
	case s.Step == StepDoctor:
		return s.examine()
	case s.Step == StepReview && s.Preflight.fault.Failed():
		return s.preflight()
	}
	if s.Step != StepProblem || !s.Problem.allows(ActionRetry) {
		return s, nil
	}
	from := s.Problem.From
	s.Notice = Notice{}
	switch from {
	case StepConfirm: // the save of the key was not undone
		if !readsAgain(s.Problem.Kind) {
			s.Step, s.Problem = StepConfirm, Problem{}
			return s.restore()
		}
		return s.startCheck()
	case StepCheck:
		if s.Key.IsZero() { // the stored key could not be loaded
			s.Step, s.Problem = StepReview, Problem{}
			return s.resume()
		}
		return s.startCheck()
	case StepActivate:
		if readsAgain(s.Problem.Kind) {
			return s.startCheck()
		}
		return s.retryActivate()
	}
	s.Step, s.Problem = from, Problem{}
	s, _ = s.ask()
	return s.preflight()
}

// readsAgain reports whether, after a kind, the next try reads the store, because what was read before has changed or
// is lost.
func readsAgain(k Kind) bool {
	switch k {
	case KindConflict, KindStoreDamaged, KindStoreTooLarge, KindStorePassphrase, KindEngineUncertain:
		return true
	}
	return false
}

func (p Problem) allows(a Action) bool {
	return slices.Contains(p.actions(), a)
}

// actions returns the actions for the kind and for where it happened: before a key is asked for, there is none to edit.
func (p Problem) actions() []Action {
	useful := slices.Clone(ruleOf(p.Kind).actions)
	if p.From == StepReview || p.From == StepKey {
		edits := func(a Action) bool { return a == ActionEdit || a == ActionRetry }
		useful = append([]Action{ActionRetry}, slices.DeleteFunc(useful, edits)...)
	}
	if p.From == StepReview && !slices.Contains(useful, ActionDoctor) { // it looks at Pleo and at the key store
		useful = append(useful, ActionDoctor)
	}
	return append(useful, ActionBack, ActionLeave)
}

func asKeyError(err error) *pleoclient.KeyError {
	var e *pleoclient.KeyError
	if errors.As(err, &e) {
		return e
	}
	return &pleoclient.KeyError{Kind: pleoclient.KindNotAKey}
}
