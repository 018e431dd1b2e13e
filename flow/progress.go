package flow

import "slices"

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
		p.Done, p.Of = withMark(checks, MarkDone, MarkUnknown, MarkWarning), len(checks)+len(saves)
		if at == StepActivate {
			p.Done += withMark(saves, MarkDone)
		}
	}
	return p
}

// withMark returns how many lines have one of the marks. On Check, an answer that is only to be known is done as well.
func withMark(lines []Line, marks ...Mark) int {
	n := 0
	for _, line := range lines {
		if slices.Contains(marks, line.Mark) {
			n++
		}
	}
	return n
}
