package flow

import (
	"cmp"
	"fmt"

	"pleo-connect/pleoclient"
)

// Next is the whole machine: it returns the state after ev happens in s, and the effects to carry out. Events that have
// no meaning in s change nothing.
func Next(s State, ev Event) (State, []Effect) {
	if s.Step == StepOver || s.Stale(ev) || s.writing && !endsWriting(ev) {
		return s, nil
	}
	switch ev := ev.(type) {
	case Allow:
		return s.allow()
	case Resume:
		return s.resume()
	case EnterKey:
		return s.enterKey(ev)
	case Confirm:
		return s.confirm()
	case OtherKey:
		return s.otherKey()
	case Retry:
		return s.retry()
	case Edit:
		return s.edit()
	case Back:
		return s.back()
	case CopyLink:
		return s.copyLink()
	case OpenLink:
		return s.openLink()
	case Diagnose:
		return s.diagnose()
	case Leave:
		return s.leave()
	case Interrupt:
		return s.interrupt()
	case HangUp:
		return s.hangUp()

	case Reached:
		return s.reached(ev)
	case StoreInspected:
		return s.storeInspected(ev)
	case StoreMade:
		return s, nil
	case KeyLoaded:
		return s.keyLoaded(ev)
	case Introspected:
		return s.introspected(ev)
	case InstallationFound:
		return s.installationFound(ev)
	case CompanyRead:
		return s.companyRead(ev)
	case RecordFound:
		return s.recordFound(ev)
	case Saved:
		return s.saved(ev)
	case Restored:
		return s.restored(ev)
	case Installed:
		return s.installed(ev)
	case Verified:
		return s.verified(ev)
	case Examined:
		return s.examined(ev)
	case Ticked:
		return s.ticked()
	case Copied:
		return s.notice(s.copiedNotice(ev.Via))
	case Opened:
		return s.notice(s.openedNotice(ev.Via))
	}
	return s, nil
}

// preflight asks whether Pleo answers and whether the store will take a record, before a key is made. What an earlier
// one found in the store stays in sight until the answer. Where no one can be asked, the key exists already, and its
// check shows as soon whether Pleo answers.
func (s State) preflight() (State, []Effect) {
	s.last++
	q, p := Question{s.last}, &s.Preflight
	s.allowed = false
	p.Again = p.fault.Failed()
	p.Store, p.fault, p.seq = MarkBusy, Fault{}, s.last
	if s.Unattended {
		return s, []Effect{InspectStore{q}}
	}
	p.Pleo = MarkBusy
	return s, []Effect{Reach{q}, InspectStore{q}}
}

func (s State) reached(ev Reached) (State, []Effect) {
	s.Preflight.Pleo = markOf(ev.Fault)
	return s.preflightFault(ev.Fault)
}

func (s State) storeInspected(ev StoreInspected) (State, []Effect) {
	shown, p := s, &s.Preflight
	p.Store, p.Place, p.Protection, p.Connected, p.Warning = markOf(ev.Fault), ev.Place, ev.Protection,
		ev.Connected, ev.Warning
	p.Unfinished, p.Approved, p.Others = ev.Unfinished, ev.Approved, ev.Others
	s, effects := s.preflightFault(ev.Fault)
	if !s.allowed {
		return s, effects
	}
	s = s.stopWaiting()
	if s.found() != shown.found() { // a person reads that first
		return s, effects
	}
	return s.allow()
}

// found identifies what the check of the key store shows on Review beside its mark.
func (s State) found() string {
	return fmt.Sprint(s.Preflight.Unfinished != nil, s.Changes(), s.OtherTexts(), s.Preflight.Warning)
}

// stopWaiting ends the wait for the check of the key store.
func (s State) stopWaiting() State {
	s.allowed = false
	if s.Notice == s.awaitsStore() {
		s.Notice = Notice{}
	}
	return s
}

// awaitsStore says that Review continues when the key store was checked.
func (s State) awaitsStore() Notice {
	return Notice{Text: s.words().StoreFirst.Fill(Values{Engine: s.Book().Engine.Name})}
}

func markOf(f Fault) Mark {
	if f.Failed() {
		return MarkFailed
	}
	return MarkDone
}

// preflightFault keeps the first fault. On Key it is shown at once: the admin may be about to make a key in vain.
func (s State) preflightFault(f Fault) (State, []Effect) {
	if !f.Failed() {
		return s, nil
	}
	if !s.Preflight.fault.Failed() {
		s.Preflight.fault = f
	}
	s = s.stopWaiting() // nothing can be allowed now
	if s.Step == StepKey && s.Key.IsZero() {
		s.Notice, s.Refusal = Notice{}, Problem{} // what was typed has nothing to do with it
		return s.fail(f)
	}
	return s, nil
}

func (s State) allow() (State, []Effect) {
	switch {
	case s.Step != StepReview:
		return s, nil
	case s.Preflight.fault.Failed():
		return s.fail(s.Preflight.fault)
	case s.Book().Engine.Used() && s.Preflight.Store == MarkBusy: // it may not take a key
		s.allowed, s.Notice = true, s.awaitsStore()
		return s, nil
	case s.early: // pasted while reading
		return s.startCheck()
	}
	s.Step, s.Notice = StepKey, Notice{}
	s, _ = s.ask()
	return s, nil
}

// resume continues with the stored key, which must belong to the same company. The company was confirmed before the key
// was saved, or only a person can confirm it now.
func (s State) resume() (State, []Effect) {
	u := s.Preflight.Unfinished
	if s.Step != StepReview || u == nil {
		return s, nil
	}
	if s.Preflight.fault.Failed() {
		return s.fail(s.Preflight.fault)
	}
	s.expected, s.resumed, s.early = u.Company.ID, "", false
	if u.Unconfirmed {
		s.expected, s.resumed = "", u.Company.ID
	}
	s, q := s.ask()
	s.Step, s.Notice, s.Check, s.Key = StepCheck, Notice{}, Check{}, pleoclient.Key{}
	return s.timed(q, LoadKey{q, u.Company.ID})
}

func (s State) keyLoaded(ev KeyLoaded) (State, []Effect) {
	if s.Step != StepCheck || !s.Key.IsZero() {
		return s, nil
	}
	s = s.heard()
	if ev.Fault.Failed() {
		return s.fail(ev.Fault)
	}
	s.Key, s.Cleaned, s.Pasted = ev.Key, pleoclient.Cleaned{}, false
	s.inStore, s.rejected = present, false
	return s.startCheck()
}

// enterKey takes a key in any step in which it can still be used. If the admin has approved the permissions, the check
// starts at once.
func (s State) enterKey(ev EnterKey) (State, []Effect) {
	switch s.Step {
	case StepActivate:
		s.Notice = Notice{s.words().PasteWhileSaving.String(), true}
		return s, nil
	case StepDone:
		s.Notice = Notice{s.words().PasteOnDone.String(), true}
		return s, nil
	}
	if problem := s.refuse(ev); problem.Failed() {
		s.Refusal, s.Notice = problem, Notice{problem.explain(s).Summary, true}
		return s, nil
	}
	replaced := !s.Key.IsZero() && !s.Key.Equal(ev.Key)
	if !s.Key.Equal(ev.Key) {
		s = s.putAside()
	}
	s.Key, s.Cleaned, s.Pasted, s.Refusal = ev.Key, ev.Cleaned, ev.Pasted, Problem{}
	s = s.expect()
	s.validated, s.confirmed = false, false
	s.Notice, s.waits = s.receivedNotice(ev, replaced), 0
	if s.early = !s.approved(); s.early {
		return s, nil
	}
	return s.startCheck()
}

// approved reports whether the permissions were allowed, so that a key may be sent.
func (s State) approved() bool {
	if s.Step == StepProblem || s.Step == StepDoctor {
		return s.Problem.From != StepReview
	}
	return s.Step != StepReview
}

func (s State) refuse(ev EnterKey) Problem {
	switch {
	case ev.Refused != nil:
		return Problem{Fault: Fault{Kind: ev.Refused.Kind}, From: StepKey, Entry: ev.Refused}
	case s.Demo && !ev.Key.Simulated():
		return Problem{Fault: Fault{Kind: KindRealKeyInDemo}, From: StepKey}
	case !s.Simulated && ev.Key.Simulated():
		return Problem{Fault: Fault{Kind: KindSimulatedKey}, From: StepKey}
	}
	return Problem{}
}

func (s State) edit() (State, []Effect) {
	if s.Step != StepProblem || !s.Problem.allows(ActionEdit) {
		return s, nil
	}
	return s.toKey()
}

func (s State) otherKey() (State, []Effect) {
	if s.Step != StepConfirm {
		return s, nil
	}
	if stored := s.Check.Stored; stored.SameKey && stored.Unconfirmed {
		return s.restore()
	}
	s = s.putAside()
	return s.toKey()
}

// putAside drops the key in hand for another one.
func (s State) putAside() State {
	s.left = s.left || s.inStore == present && !s.Check.Stored.Active
	s.Key, s.inStore, s.rejected, s.useless = pleoclient.Key{}, absent, false, false
	return s
}

// toKey goes to the key field. The key in hand stays, so that Enter checks it again.
func (s State) toKey() (State, []Effect) {
	s, _ = s.ask() // the questions about the old key are stale now
	s.Step, s.Problem, s.Notice = StepKey, Problem{}, Notice{}
	if !s.Key.IsZero() {
		s.Notice.Text = s.words().KeyKept.String()
	}
	s.validated, s.confirmed = false, false
	return s, nil
}

// back goes exactly one step back, or stops waiting for a slow save.
func (s State) back() (State, []Effect) {
	switch s.Step {
	case StepKey:
		s.Step, s.Notice, s.Refusal = StepReview, Notice{}, Problem{}
		s, _ = s.ask()
		return s, nil
	case StepCheck, StepConfirm:
		return s.toKey()
	case StepActivate:
		if s.SlowSave() {
			return s.leaveSave()
		}
	case StepProblem:
		return s.backFromProblem()
	case StepDoctor:
		return s.backFromDoctor()
	}
	return s, nil
}

func (s State) backFromProblem() (State, []Effect) {
	from := s.Problem.From
	s, _ = s.ask()
	s.Problem, s.Notice = Problem{}, Notice{}
	switch from {
	case StepActivate:
		s.Step, s.confirmed = StepConfirm, false
	case StepCheck, StepConfirm:
		return s.toKey()
	default:
		s.Step = StepReview
	}
	return s, nil
}

// copyLink asks to copy the link of the step. On Key, what happened to it replaces what was said about the last entry.
func (s State) copyLink() (State, []Effect) {
	link := s.Link()
	if link == "" {
		return s, nil
	}
	if s.Step == StepKey {
		s.Notice, s.Refusal = Notice{}, Problem{}
	}
	return s, []Effect{Copy{s.question(), link}}
}

func (s State) openLink() (State, []Effect) {
	if s.Step != StepDone {
		return s, nil
	}
	if !s.CanOpen() {
		return s.notice(Notice{s.words().Link.NoBrowser.String(), true})
	}
	s, _ = s.notice(Notice{Text: s.words().Link.Opening.String()})
	return s, []Effect{Open{s.question(), s.Link()}}
}

// notice says what happened to the link of the step.
func (s State) notice(n Notice) (State, []Effect) {
	if s.Link() != "" {
		s.Notice = n
	}
	return s, nil
}

// leave ends the wizard. From a problem, also from one that Review found, it is the outcome; from Done, there is none.
func (s State) leave() (State, []Effect) {
	switch s.Step {
	case StepReview:
		s, _ = s.stopped()
		s.Outcome.Kind = cmp.Or(s.Problem.Kind, s.Outcome.Kind)
		return s, nil
	case StepKey:
		return s.stopped()
	case StepProblem:
		s.Outcome.Kind = s.Problem.Kind
	case StepDoctor:
		s.Outcome.Kind = s.Problem.Kind
		if s.Doctor.Alone {
			s.Outcome.Kind = s.Doctor.Failed().Kind
		}
	case StepDone:
	default:
		return s, nil // a check, a question and a save end by Back or Interrupt
	}
	return s.over()
}

func (s State) interrupt() (State, []Effect) {
	switch {
	case s.writing: // its answer is not awaited
		s.inStore = uncertain
	case s.savesInEngine():
		s, _ = s.leaveSave()
	case s.Step == StepActivate && s.Stage == StageSavePending: // a save that has begun is completed
		s.inStore = max(s.inStore, uncertain)
	}
	if s.Step == StepDone {
		return s.over()
	}
	return s.stopped()
}

// stopped ends the wizard early. A problem that is shown is kept, because its advice still applies.
func (s State) stopped() (State, []Effect) {
	s.Outcome.Kind = KindInterrupted
	switch s.Step {
	case StepProblem, StepDoctor:
	case StepReview:
		s.Problem = s.preflightProblem()
	default:
		s.Problem = Problem{}
	}
	return s.over()
}

func (s State) over() (State, []Effect) {
	s, _ = s.ask()
	s.Step, s.endedAt = StepOver, s.Step
	return s, nil
}
