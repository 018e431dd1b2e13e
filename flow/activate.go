package flow

import "pleo-connect/pleoclient"

// confirm takes the admin's word that the company is right, and begins to activate.
func (s State) confirm() (State, []Effect) {
	if s.Step != StepConfirm {
		return s, nil
	}
	s.confirmed = true
	s.Step, s.Notice, s.Activation = StepActivate, Notice{}, Activation{}
	if stored := s.Check.Stored; stored.Active && !stored.SameKey {
		s.Retired = stored.Fingerprint
	}
	if s.alreadyActive() {
		s.Notice.Text = textAlready
		return s.stage(StageVerify)
	}
	return s.stage(StageSavePending)
}

// alreadyActive reports that this very key is stored and active on both sides: nothing is to be written.
func (s State) alreadyActive() bool {
	stored, installed := s.Check.Stored, s.Check.Installation
	return stored.Active && stored.SameKey && installed.Status.String() == pleoclient.StatusActivated
}

// stage goes to a stage and asks what it needs.
func (s State) stage(to Stage) (State, []Effect) {
	s, q := s.ask()
	s.Stage = to
	c := s.Check
	switch to {
	case StageSavePending, StageSaveActive:
		return s, []Effect{Save{q, to == StageSaveActive, s.Key, c.Company, c.Scopes, c.Stored.Generation}}
	case StageInstall, StageUpdate:
		s.posted = true
		s.updated = s.updated || c.Installation.Exists()
		return s, []Effect{Install{q, s.Key, c.Installation}}
	case StageReadBack:
		return s, []Effect{FindInstallation{q, s.Key}}
	default:
		return s, []Effect{Verify{q, s.Key, c.Company.ID}}
	}
}

func (s State) saved(ev Saved) (State, []Effect) {
	if s.Step != StepActivate || s.Stage != StageSavePending && s.Stage != StageSaveActive {
		return s, nil
	}
	if ev.Fault.Failed() {
		return s.fail(ev.Fault)
	}
	s.Check.Stored = ev.Stored
	if s.Stage == StageSavePending {
		return s.stage(StageInstall)
	}
	return s.stage(StageVerify)
}

func (s State) installed(ev Installed) (State, []Effect) {
	if s.Step != StepActivate || s.Stage != StageInstall && s.Stage != StageUpdate {
		return s, nil
	}
	switch ev.Fault.Kind {
	case "":
		return s.stage(StageReadBack)
	case pleoclient.KindBadRequest:
		if !s.updated && !s.refused { // perhaps there is one already: look before giving up
			s.refused = true
			return s.stage(StageReadBack)
		}
	}
	return s.fail(ev.Fault)
}

// readBack compares what Pleo has with what was asked for.
func (s State) readBack(ev InstallationFound) (State, []Effect) {
	if s.Stage != StageReadBack {
		return s, nil
	}
	if ev.Fault.Failed() {
		return s.fail(ev.Fault)
	}
	now := ev.Installation
	if o := now.Owner.Company; o != "" && o != s.Check.Company.ID {
		return s.fail(Fault{Kind: pleoclient.KindUnexpected})
	}
	s.Check.Installation = now
	active := now.Status.String() == pleoclient.StatusActivated
	switch {
	case !now.Exists() && s.refused:
		return s.fail(Fault{Kind: pleoclient.KindBadRequest})
	case !now.Exists() && !s.posted:
		return s.stage(StageInstall)
	case !now.Exists():
		return s.fail(Fault{Kind: KindNotActivated})
	case !s.updated && (s.refused || !active): // an installation that was there before is always updated
		return s.stage(StageUpdate)
	case active:
		return s.stage(StageSaveActive)
	}
	return s.fail(notActivated(now))
}

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
	if ev.Fault.Failed() {
		return s.fail(ev.Fault)
	}
	s, _ = s.ask()
	s.Step, s.Outcome = StepDone, Outcome{Active: true}
	return s, nil
}

// retryActivate goes on where the activation stopped. An update may be repeated; whether Pleo acted on a lost creation is
// asked first.
func (s State) retryActivate() (State, []Effect) {
	s.Step, s.Problem, s.Notice = StepActivate, Problem{}, Notice{}
	switch s.Stage {
	case StageInstall, StageReadBack, StageUpdate:
		s.posted, s.refused, s.updated = false, false, false
		if s.Check.Installation.Exists() {
			return s.stage(StageInstall)
		}
		return s.stage(StageReadBack)
	}
	return s.stage(s.Stage)
}
