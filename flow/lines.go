package flow

import (
	"fmt"
	"slices"

	"pleo-connect/pleoclient"
)

// Line is one line of a live list: what is looked at, its mark, and a word about it.
type Line struct {
	Name   string // for scripts
	Label  string // for people
	Mark   Mark
	Note   string
	Remedy string // what to do about it; may be empty
}

// Lines returns the live list of a step, or nil for a step without one.
func (s State) Lines(step Step) []Line {
	switch step {
	case StepReview:
		return s.preflightLines()
	case StepCheck:
		return s.checkLines()
	case StepActivate:
		return s.activateLines()
	case StepDoctor:
		return s.examLines()
	}
	return nil
}

// NewLines returns the lines of after that came to an end since before: a face that cannot redraw
// prints each of them once.
func NewLines(before, after []Line) []Line {
	var out []Line
	for _, line := range after {
		if line.Mark != MarkWaiting && line.Mark != MarkBusy && !slices.Contains(before, line) {
			out = append(out, line)
		}
	}
	return out
}

// preflightLines returns the status marks of Review: Pleo, the key store, what is between us and Pleo, and what is
// connected already.
func (s State) preflightLines() []Line {
	p := s.Preflight
	lines := []Line{
		{"reach", pick(p.Pleo, "asking whether Pleo answers", "Pleo answers", "Pleo cannot be reached"), p.Pleo,
			"", ""},
		{"store", pick(p.Store, "trying the key store", "key store ready", "the key store cannot be used"), p.Store,
			p.Place.String(), ""},
	}
	lines = append(lines, s.Network.lines()...)
	if r := s.Reconnect; r != nil {
		return append(lines, Line{"replaces", "new key for " + CompanyName(r.Company), MarkDone,
			r.Fingerprint.String() + " stays until it is proven", ""})
	}
	if p.Connected > 0 {
		lines = append(lines, Line{"connected", plural(p.Connected, "connection") + " here already", MarkDone, "", ""})
	}
	return lines
}

// granted counts the permissions of the integration that the key has.
func (s State) granted() string {
	wanted := s.Integration.Permissions
	return fmt.Sprintf("%d of %d", len(wanted)-len(missing(wanted, s.Check.Scopes)), len(wanted))
}

// PreflightProblem returns the words for what Review found, or zero words.
func (s State) PreflightProblem() Explanation {
	p := Problem{Fault: s.Preflight.fault, From: StepReview}
	return Explanation{Summary: p.summary(s), Hint: p.hint(s)}
}

func pick(m Mark, busy, done, failed string) string {
	switch m {
	case MarkDone:
		return done
	case MarkFailed:
		return failed
	}
	return busy
}

// checkLines returns the list of Check, in the order in which the answers build on each other.
func (s State) checkLines() []Line {
	c := s.Check
	answers := MarkBusy
	if s.Step < StepCheck {
		answers = MarkWaiting
	}
	if c.Answered {
		answers = MarkDone
	}
	if !c.Answered && s.Step == StepProblem && s.Problem.From == StepCheck {
		answers = MarkFailed
	}
	lines := []Line{
		{"answers", "Pleo answers", answers, "", ""},
		{"accepted", "Key accepted", after(c.Answered, c.Accepted), "", ""},
		{"integration", "Issued for this integration", c.Ours, unknownNote(c.Ours), ""},
		{"permissions", "Permissions", c.Permissions, s.permissionsNote(), ""},
	}
	if len(c.Surplus) > 0 {
		lines = append(lines, Line{"surplus", "Not asked for:", s.surplusMark(), firstOf(c.Surplus), ""})
	}
	if len(c.Lost) > 0 {
		lines = append(lines, Line{"lost", "No longer allowed:", MarkWarning, listPermissions(c.Lost), ""})
	}
	return append(lines, Line{"company", "Company", s.companyMark(), companyNote(c), ""})
}

func (s State) surplusMark() Mark {
	if s.Integration.RefuseSurplus {
		return MarkFailed
	}
	return MarkWarning
}

// companyMark keeps the last line of Check busy until the last answer is in: there is no line of its own
// for what is installed.
func (s State) companyMark() Mark {
	if s.Step == StepCheck && s.Check.CompanyMark == MarkDone {
		return MarkBusy
	}
	return s.Check.CompanyMark
}

// after keeps a line waiting until the one before it is done.
func after(ready bool, m Mark) Mark {
	if !ready && m == MarkBusy {
		return MarkWaiting
	}
	return m
}

func unknownNote(m Mark) string {
	if m == MarkUnknown {
		return "Pleo does not say"
	}
	return ""
}

func (s State) permissionsNote() string {
	c := s.Check
	if c.Permissions != MarkDone && c.Permissions != MarkFailed {
		return unknownNote(c.Permissions)
	}
	return s.granted()
}

func companyNote(c Check) string {
	if c.CompanyMark == MarkWaiting || c.CompanyMark == MarkBusy || c.Company.ID == "" {
		return "" // the key of an organisation belongs to none
	}
	return CompanyName(c.Company)
}

// PermissionMark returns the mark of a permission after Pleo listed the scopes of the key.
func (s State) PermissionMark(p Permission) Mark {
	switch {
	case s.Check.Permissions == MarkUnknown:
		return MarkUnknown
	case s.Check.Permissions == MarkWaiting:
		return MarkWaiting
	case slices.Contains(s.Check.Missing, p):
		return MarkFailed
	case len(pleoclient.MissingScopes([]pleoclient.Scope{p.Scope}, s.Check.Scopes)) == 0:
		return MarkDone
	}
	return MarkUnknown
}

// activateLines returns the list of Activate.
func (s State) activateLines() []Line {
	at, failed := s.Stage, s.Step == StepProblem
	if s.Step == StepDone {
		at++ // beyond the last
	}
	return []Line{
		{"saved", "Key saved, encrypted", stageMark(at, StageSavePending, StageSavePending, failed), "", ""},
		{"installed", "Installation active in Pleo", stageMark(at, StageInstall, StageUpdate, failed), "", ""},
		{"recorded", "Connection saved as active", stageMark(at, StageSaveActive, StageSaveActive, failed), "", ""},
		{"verified", s.verifyLabel(), stageMark(at, StageVerify, StageVerify, failed), "", ""},
	}
}

// verifyLabel promises no more than what is tried: the record is read by the account that this process is.
func (s State) verifyLabel() string {
	if !s.Reader.IsZero() {
		return s.readerText()
	}
	return "Read back the way the service will"
}

func (s State) readerText() string { return s.Reader.String() + " can read the key" }

func stageMark(at, first, last Stage, failed bool) Mark {
	switch {
	case at < first:
		return MarkWaiting
	case at > last:
		return MarkDone
	case failed:
		return MarkFailed
	}
	return MarkBusy
}
