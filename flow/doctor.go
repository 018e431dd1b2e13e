package flow

import (
	"cmp"
	"slices"

	"pleo-connect/pleoclient"
)

// Finding is what an exam found. The zero Finding means that the exam has not run.
type Finding struct {
	Mark   Mark                // MarkDone, MarkFailed with a Fault, or MarkUnknown, where Remedy may say more
	Fault  Fault               // with MarkFailed
	Note   pleoclient.SafeText // a fact: an address, a version, a count; with MarkFailed it replaces Fault.Detail
	Remedy pleoclient.SafeText // what to do, when the fault does not say it
	Also   pleoclient.SafeText // a second remedy; usually empty
}

// Doctor is the examination of everything that a connection needs. The zero Doctor has not begun.
type Doctor struct {
	Findings [exams]Finding
	Alone    bool // the examination runs without a wizard
	from     Step // where it was opened
	at       Exam // under way; exams: over
	begun    bool
}

// BeginDoctor starts an examination without a wizard.
func BeginDoctor(setup Setup) (State, []Effect) {
	return State{Setup: setup, Doctor: Doctor{Alone: true}}.examine()
}

// Over reports whether every exam is done.
func (d Doctor) Over() bool { return d.begun && d.at == exams }

// Failed returns the first fault that was found, or the zero Fault.
func (d Doctor) Failed() Fault {
	for _, f := range d.Findings {
		if f.Mark == MarkFailed {
			return f.Fault
		}
	}
	return Fault{}
}

// unsure reports whether a finding is neither a fault nor in order.
func (d Doctor) unsure() bool {
	return slices.ContainsFunc(d.Findings[:], func(f Finding) bool { return f.Mark == MarkUnknown })
}

// diagnose opens the examination over a problem, which stays as it is, or over one that Review found.
func (s State) diagnose() (State, []Effect) {
	p := s.Problem
	if s.Step == StepReview {
		p = s.preflightProblem()
	} else if s.Step != StepProblem {
		return s, nil
	}
	if !p.allows(ActionDoctor) {
		return s, nil
	}
	s.Problem, s.Doctor.from = p, s.Step
	return s.examine()
}

// examine begins with the first exam.
func (s State) examine() (State, []Effect) {
	s, q := s.ask()
	s.Step, s.Notice = StepDoctor, Notice{}
	s.Doctor = Doctor{Alone: s.Doctor.Alone, from: s.Doctor.from, begun: true}
	return s, []Effect{Examine{q, s.Doctor.at}}
}

// examined notes a finding and continues with the next exam.
func (s State) examined(ev Examined) (State, []Effect) {
	d := &s.Doctor
	if s.Step != StepDoctor || d.Over() || ev.Exam != d.at {
		return s, nil
	}
	d.Findings[d.at] = ev.Finding
	d.at = d.at.after(ev.Finding.Mark == MarkFailed)
	if d.Over() {
		return s, nil
	}
	return s, []Effect{Examine{s.question(), d.at}}
}

// backFromDoctor returns from the examination to where it was opened.
func (s State) backFromDoctor() (State, []Effect) {
	if s.Doctor.Alone {
		return s, nil
	}
	s, _ = s.ask() // a running exam is not waited for
	s.Step, s.Notice, s.Doctor = s.Doctor.from, Notice{}, Doctor{}
	if s.Step == StepReview {
		s.Problem = Problem{}
	}
	return s, nil
}

// examLines returns the list of the examination.
func (s State) examLines() []Line {
	var out []Line
	for e, f := range s.Doctor.Findings {
		out = append(out, s.examLine(Exam(e), f))
	}
	return out
}

func (s State) examLine(e Exam, f Finding) Line {
	say := &s.Book().Report.Doctor
	line := Line{
		Name: e.String(), Label: say.Exams.Get(e.String()).String(), Mark: f.Mark,
		Note: f.Note.String(), Remedy: f.Remedy.String(), Also: f.Also.String(),
	}
	d := s.Doctor
	switch {
	case d.begun && e == d.at:
		line.Mark = MarkBusy
	case f.Mark == MarkWaiting && e < d.at:
		line.Note = say.NotExamined.String()
	case f.Mark == MarkFailed:
		p := Problem{Fault: f.Fault, From: StepReview}
		keyless := State{Setup: s.Setup, Step: StepDoctor} // no key is in question here
		why := p.explain(keyless)
		if foreign(f.Fault.Cause) {
			why.Summary = say.Because.Fill(Values{Detail: why.Summary, Reason: why.Detail})
		}
		line.Note = cmp.Or(line.Note, why.Summary)
		if line.Remedy == "" {
			line.Remedy, line.Also = why.Hint, why.Also
		}
	}
	return line
}

// FailedExams counts the lines that need something done.
func (s State) FailedExams() int {
	n := 0
	for _, f := range s.Doctor.Findings {
		if f.Mark == MarkFailed {
			n++
		}
	}
	return n
}

// DoctorTitle is the headline of the examination, also when a run has ended with it.
func (s State) DoctorTitle() string {
	say := &s.Book().Report.Doctor
	switch n := s.FailedExams(); {
	case !s.Doctor.Over():
		return say.Running.String()
	case n == 0 && s.Doctor.Alone && s.Doctor.unsure():
		return say.WithNotes.String()
	case n == 0 && s.Doctor.Alone:
		return say.AllWell.String()
	case n == 0: // over a problem
		return say.NothingFound.String()
	default:
		return s.Book().Count(say.NeedAttention, n, Values{})
	}
}
