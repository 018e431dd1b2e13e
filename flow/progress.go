package flow

// Progress is how far a run has come, or had come when it ended.
type Progress struct {
	Step     Step // StepReview, StepKey, StepCheck, which stands for all from there to Done, or StepDone
	Done, Of int  // in StepCheck: lines of Check and Activate that are done, and all of them
	Broken   bool // something is wrong there
}

// Progress returns how far the run has come.
func (s State) Progress() Progress {
	if s.Step == StepOver {
		s.Step = s.endedAt
	}
	at, broken := s.Step, s.Step == StepReview && s.Preflight.fault.Failed()
	if s.Step == StepProblem || s.Step == StepDoctor {
		at, broken = s.Problem.From, true
	}
	p := Progress{Step: at, Broken: broken}
	switch at {
	case StepCheck, StepConfirm, StepActivate:
		p.Step = StepCheck
		checks, saves := s.checkLines(), s.activateLines()
		p.Done, p.Of = ended(checks), len(checks)+len(saves)
		if at == StepActivate {
			p.Done += ended(saves)
		}
	}
	return p
}

// ended counts the lines that are done, also those whose answer is only to be known.
func ended(lines []Line) int {
	n := 0
	for _, line := range lines {
		switch line.Mark {
		case MarkDone, MarkUnknown, MarkWarning:
			n++
		}
	}
	return n
}
