package flow

import "time"

// Left is where an earlier run of the same connection was cut off, with nothing saved.
type Left struct {
	Step Step          // StepKey, StepCheck or StepConfirm
	Ago  time.Duration // less than LeftFor
}

// LeftFor is how long it is worth saying where somebody was.
const LeftFor = 24 * time.Hour

// LeftOff returns where a person comes back to who is cut off now: StepReview when no key was asked for yet;
// StepKey, StepCheck or StepConfirm while nothing is saved; StepActivate when the key is, so that the store
// has the rest; StepDone.
func (s State) LeftOff() Step {
	step := s.Step
	if step == StepOver {
		step = s.endedAt
	}
	another := false
	if step == StepProblem || step == StepDoctor {
		step, another = s.Problem.From, s.Problem.anotherKey()
	}
	switch {
	case step == StepReview || step == StepDone:
		return step
	case s.resumed || s.Check.Stored.SameKey && !s.Key.IsZero():
		return StepActivate
	case step == StepActivate: // the save failed, or nobody heard of it
		return StepConfirm
	case step == StepCheck && another:
		return StepKey
	}
	return step
}

// anotherKey reports a problem that the key in hand cannot solve.
func (p Problem) anotherKey() bool {
	useful := wordsOf(p.Kind).actions
	return len(useful) > 0 && useful[0] == ActionEdit
}

// Answering is how a face takes the answer to a question.
type Answering int

// The ways.
const (
	ByWord   Answering = iota // a button or a line with the word
	ByEnter                   // Enter on the button that has the focus
	ByItself                  // nobody is asked
)

// ComebackText says where an earlier run stopped and how to go on, or "" when none did. A key that is saved matters
// more than one that is not.
func (s State) ComebackText(by Answering) string {
	if u := s.Preflight.Unfinished; u != nil {
		return "the key for " + CompanyName(u.Company) + " was validated but not activated, " + ago(u.Ago, u.SavedAt) +
			": " + onward[by]
	}
	if s.Left == nil {
		return ""
	}
	when := ago(s.Left.Ago, time.Time{})
	switch s.Left.Step {
	case StepKey:
		return "you were about to paste the key, " + when + ": Allow goes on"
	case StepCheck:
		return "the key was being checked, " + when + ": it" + s.pasteAgain()
	case StepConfirm:
		return "you were about to confirm the company, " + when + ": the key" + s.pasteAgain()
	}
	return ""
}

var onward = [...]string{ByWord: "Continue goes on", ByEnter: "Enter continues", ByItself: "going on with it"}

// pasteAgain says how to get at a key that was in the memory of a program which is gone.
func (s State) pasteAgain() string {
	const text = " was not saved, so paste it again; if it is gone, "
	if s.Integration.KeyKind == Standalone {
		return text + "create another in Pleo"
	}
	return text + "press Allow again under " + s.Integration.ReturnHint
}
