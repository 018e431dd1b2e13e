package flow

import "pleo-connect/pleoclient"

// confirm accepts the admin's confirmation of the company and starts the activation.
func (s State) confirm() (State, []Effect) {
	if s.Step != StepConfirm {
		return s, nil
	}
	s.confirmed = true
	s.Step, s.Notice, s.Activation = StepActivate, Notice{}, Activation{}
	if used := s.Check.Stored.InUse; used.Other {
		s.Retired = used.Fingerprint
	}
	if s.alreadyActive() {
		s.Notice.Text = s.alreadyText()
		return s.stage(StageVerify)
	}
	return s.stage(StageSavePending)
}

// alreadyActive reports whether this very key is stored and active on both sides, so that at most its record has to be
// corrected.
func (s State) alreadyActive() bool {
	stored, installed := s.Check.Stored, s.Check.Installation
	return stored.Active && stored.SameKey && isActive(installed)
}

// outdated reports whether Pleo allows the active key something other than its record says, or whether the integration
// differs from the one that was approved.
func (s State) outdated() bool {
	stored := s.Check.Stored
	if !stored.Active {
		return false
	}
	return s.Check.Permissions == MarkDone && !pleoclient.SameScopes(stored.InUse.Scopes, s.Check.Scopes) ||
		len(s.Book().changes(stored.Approved, s.Integration)) > 0
}

// stage moves to a stage and asks what it needs.
func (s State) stage(to Stage) (State, []Effect) {
	s, q := s.ask()
	s.Stage = to
	c := s.Check
	switch to {
	case StageSavePending, StageSaveActive:
		as := SavePending
		if to == StageSaveActive {
			as = SaveActive
		}
		return s.timed(q, s.save(q, as))
	case StageInstall, StageUpdate:
		s.posted, s.wrote, s.sent, s.open = true, true, true, Fault{}
		if c.Installation.Exists() {
			s.puts++
		}
		return s, []Effect{Install{q, s.Key, c.Installation}}
	case StageReadBack:
		return s, []Effect{FindInstallation{q, s.Key}}
	default:
		return s.timed(q, Verify{q, s.Key, c.Company.ID, c.Stored.Marked || s.outdated(), c.Scopes})
	}
}

// save returns the effect that saves the key in hand.
func (s State) save(q Question, as SaveAs) Effect {
	c := s.Check
	return Save{q, as, s.Key, c.Company, c.Scopes, c.Stored.Generation, c.Stored.InUse.Fingerprint}
}

func (s State) saved(ev Saved) (State, []Effect) {
	if s.writing {
		return s.lastSaved(ev)
	}
	if s.Step != StepActivate || s.Stage != StageSavePending && s.Stage != StageSaveActive {
		return s, nil
	}
	s = s.heard()
	if ev.Fault.Failed() {
		return s.fail(ev.Fault)
	}
	s.Check.Stored, s.inStore = ev.Stored, present
	switch {
	case s.Stage == StageSaveActive:
		return s.stage(StageVerify)
	case s.wrote: // and went back to the question about the company before the state was known
		return s.stage(StageReadBack)
	}
	return s.stage(StageInstall)
}

func (s State) installed(ev Installed) (State, []Effect) {
	if s.Step != StepActivate || s.Stage != StageInstall && s.Stage != StageUpdate {
		return s, nil
	}
	creates := !s.Check.Installation.Exists()
	switch {
	case !ev.Fault.Failed():
		s.made = true
	case creates && ev.Fault.Kind == pleoclient.KindBadRequest:
		s.refused = true // there may be one already: look before giving up
	case leavesOpen(ev.Fault.Kind):
		s.open = ev.Fault
		s.made = s.made || creates && !s.Check.unsure // if there is one now, this run made it
	default:
		return s.fail(ev.Fault)
	}
	return s.stage(StageReadBack)
}

// leavesOpen reports whether Pleo may have carried out the request in spite of a fault: it was sent, and no answer
// says. That is also true of an answer that cannot be read, or that is not Pleo's.
func leavesOpen(k Kind) bool {
	switch k {
	case pleoclient.KindTimeout, pleoclient.KindOffline, pleoclient.KindPleoTrouble, pleoclient.KindUnexpected,
		pleoclient.KindLoginPage, pleoclient.KindIntercepted:
		return true
	}
	return false // also KindCanceled: the answer is no longer awaited
}

// readBack compares what Pleo has with what was asked for. Between two creations or updates, Pleo is always asked what
// it has.
func (s State) readBack(ev InstallationFound) (State, []Effect) {
	if s.Stage != StageReadBack {
		return s, nil
	}
	switch {
	case ev.Fault.Kind == pleoclient.KindBadRequest && (s.open.Failed() || !s.posted):
		// proves nothing, as in the check
		s.wrote = false
		return s.nothingThere()
	case ev.Fault.Failed():
		return s.fail(ev.Fault)
	}
	before := s.Check.Installation
	now, ok := ev.Installations.Of(s.Check.Company.ID)
	if !ok {
		return s.fail(Fault{Kind: pleoclient.KindUnexpected, Detail: pleoclient.Safe(s.words().NotOneOfOurs.String())})
	}
	s.Check.Installation, s.wrote = now, false
	// the update did that, even if its answer was lost
	s.made = s.made || s.puts > 0 && !isActive(before) && isActive(now)
	switch {
	case !now.Exists():
		return s.nothingThere()
	case isActive(now) && s.made:
		return s.stage(StageSaveActive)
	case s.puts == 0, s.puts == 1 && s.open.Failed(): // an update may be repeated once
		return s.stage(StageUpdate)
	case s.open.Failed():
		return s.fail(s.open)
	}
	return s.fail(notActivated(now))
}

// nothingThere continues when Pleo has no installation. Only a person can have it created a second time.
func (s State) nothingThere() (State, []Effect) {
	switch {
	case s.refused:
		return s.fail(Fault{Kind: pleoclient.KindBadRequest})
	case s.open.Failed():
		return s.fail(s.open)
	case s.posted:
		return s.fail(Fault{Kind: KindNotActivated})
	}
	return s.stage(StageInstall)
}

func isActive(i pleoclient.Installation) bool { return i.Status.String() == pleoclient.StatusActivated }

func notActivated(now pleoclient.Installation) Fault {
	if now.ErrorCode.String() == pleoclient.ErrorCodeNotEntitled {
		return Fault{Kind: KindNotEntitled}
	}
	detail := now.Status
	if !now.ErrorCode.IsZero() {
		detail = pleoclient.Safe(now.Status.String() + ", " + now.ErrorCode.String())
	}
	return Fault{Kind: KindNotActivated, Detail: detail}
}

func (s State) verified(ev Verified) (State, []Effect) {
	if s.Step != StepActivate || s.Stage != StageVerify {
		return s, nil
	}
	s = s.heard()
	if ev.Fault.Failed() {
		return s.fail(ev.Fault)
	}
	s, _ = s.ask()
	s.Step, s.Outcome = StepDone, Outcome{Active: true}
	return s, nil
}

// retryActivate continues where the activation stopped. It first asks whether Pleo acted on what was sent.
func (s State) retryActivate() (State, []Effect) {
	s.Step, s.Problem, s.Notice = StepActivate, Problem{}, Notice{}
	switch s.Stage {
	case StageInstall, StageReadBack, StageUpdate:
		s.posted, s.refused, s.puts, s.open = false, false, 0, Fault{}
		return s.stage(StageReadBack)
	}
	return s.stage(s.Stage)
}
