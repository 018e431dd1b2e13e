package flow

import (
	"cmp"
	"slices"

	"pleo-connect/pleoclient"
)

// The lines that have words in [Book.Lines].
const (
	lineReach       = "reach"
	lineStore       = "store"
	lineAnswers     = "answers"
	lineAccepted    = "accepted"
	lineIntegration = "integration"
	linePermissions = "permissions"
	lineMissing     = "missing"
	lineNotGranted  = "not_granted"
	lineSurplus     = "surplus"
	lineLost        = "lost"
	lineCompany     = "company"
	lineSaved       = "saved"
	lineInstalled   = "installed"
	lineRecorded    = "recorded"
	lineVerified    = "verified"
	lineReadBy      = "read_by" // in place of lineVerified, where the account is known

	lineSavedIn  = "saved_in"  // in place of lineSaved, in an engine
	lineSealedIn = "sealed_in" // the same, if it is also encrypted for an identity
	lineReadFrom = "read_from" // in place of lineVerified, in an engine
)

// Line is one line of a live list: what is checked, its mark, and a note.
type Line struct {
	Name   string // for scripts
	Label  string // for people
	Mark   Mark
	Note   string
	Remedy string // what to do about it; may be empty
	Also   string // a second remedy; usually empty
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

// NewLines returns the lines of after that have ended since before. An interface that cannot redraw prints each of them
// once.
func NewLines(before, after []Line) []Line {
	var out []Line
	for _, line := range after {
		if line.Mark != MarkWaiting && line.Mark != MarkBusy && !slices.Contains(before, line) {
			out = append(out, line)
		}
	}
	return out
}

// preflightLines returns the status marks of Review: Pleo, the key store, what is between this computer and Pleo, and
// what is already connected.
func (s State) preflightLines() []Line {
	p := s.Preflight
	lines := []Line{
		s.line(lineReach, p.Pleo, ""), s.line(lineStore, p.Store, p.Place.String()),
	}
	lines = append(lines, s.networkLines()...)
	if r := s.Reconnect; r != nil {
		v := Values{Company: s.Book().CompanyName(r.Company), Fingerprint: r.Fingerprint.String()}
		return append(lines, Line{Name: "replaces", Label: s.words().Replaces.Fill(v), Mark: MarkDone,
			Note: s.words().ReplacesNote.Fill(v)})
	}
	if p.Connected > 0 {
		lines = append(lines, Line{Name: "connected", Mark: MarkDone,
			Label: s.Book().Count(s.words().Connected, p.Connected, Values{Where: s.Book().Where()})})
	}
	return lines
}

// granted counts the permissions of the integration that the key has.
func (s State) granted() string {
	wanted := s.Integration.Permissions
	return s.words().Granted.Fill(Values{N: len(wanted) - len(missing(wanted, s.Check.Scopes)), M: len(wanted)})
}

// PreflightProblem returns the words for the problem that Review found, or the zero Explanation.
func (s State) PreflightProblem() Explanation { return s.preflightProblem().explain(s) }

// PreflightActions returns the actions on Review with the problem that it found, best first and the one that leaves last,
// or nil.
func (s State) PreflightActions() []Action {
	p := s.preflightProblem()
	if !p.Failed() {
		return nil
	}
	return slices.DeleteFunc(p.actions(), func(a Action) bool { return a == ActionBack })
}

// preflightProblem returns the problem that Review found, or one without a fault.
func (s State) preflightProblem() Problem { return Problem{Fault: s.Preflight.fault, From: StepReview} }

// line returns a line of a live list, whose label says how far it is.
func (s State) line(name string, m Mark, note string) Line {
	return Line{Name: name, Label: s.label(name, m, Values{}), Mark: m, Note: note}
}

func (s State) label(name string, m Mark, v Values) string {
	w := s.Book().Lines.Get(name)
	text := w.Done
	switch {
	case m == MarkFailed && w.Failed != "":
		text = w.Failed
	case m == MarkUnknown && w.Unknown != "":
		text = w.Unknown
	case (m == MarkWaiting || m == MarkBusy) && w.Doing != "":
		text = w.Doing
	}
	return text.Fill(v)
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
		s.line(lineAnswers, answers, ""),
		s.line(lineAccepted, after(c.Answered, c.Accepted), s.failedNote(KindNotAPIKey)),
	}
	if len(s.Integration.Applications) > 0 { // else there is nothing to compare
		note := cmp.Or(s.failedNote(KindOtherApplication), s.unknownNote(c.Ours))
		lines = append(lines, s.line(lineIntegration, c.Ours, note))
	}
	lines = append(lines, s.line(linePermissions, c.Permissions, s.permissionsNote()))
	if len(c.Missing) > 0 {
		lines = append(lines, s.line(lineMissing, MarkFailed, s.Book().permissions(c.Missing)))
	}
	if s.Problem.Kind == pleoclient.KindForbidden && c.Permissions == MarkDone && len(lacking(s)) > 0 {
		lines = append(lines, s.line(lineNotGranted, MarkWarning, s.Book().permissions(lacking(s))))
	}
	if len(c.Surplus) > 0 {
		lines = append(lines, s.line(lineSurplus, s.surplusMark(), s.Book().firstOf(c.Surplus)))
	}
	if len(c.Lost) > 0 {
		lines = append(lines, s.line(lineLost, MarkWarning, s.Book().permissions(c.Lost)))
	}
	return append(lines, s.line(lineCompany, s.companyMark(), s.companyNote()))
}

func (s State) surplusMark() Mark {
	if s.Integration.RefuseSurplus {
		return MarkFailed
	}
	return MarkWarning
}

// companyMark keeps the last line of Check busy until the last answer is in, because the installation has no line of
// its own. Of an engine that takes long, the headline speaks.
func (s State) companyMark() Mark {
	if s.Step == StepCheck && s.Check.CompanyMark == MarkDone && !s.slowEngine() {
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

func (s State) unknownNote(m Mark) string {
	if m == MarkUnknown {
		return s.words().Unsaid.String()
	}
	return ""
}

// failedNote returns the name in Pleo of what a wrong key belongs to.
func (s State) failedNote(k Kind) string {
	if s.Problem.Kind != k {
		return ""
	}
	return s.Problem.Detail.String()
}

func (s State) permissionsNote() string {
	switch c := s.Check; {
	case c.Permissions == MarkFailed && len(lacking(s)) == 0:
		return "" // there are too many, or the service uses others, which the lines below name
	case c.Permissions == MarkDone, c.Permissions == MarkFailed:
		return s.granted()
	default:
		return s.unknownNote(c.Permissions)
	}
}

func (s State) companyNote() string {
	c := s.Check
	if c.CompanyMark == MarkWaiting || c.CompanyMark == MarkBusy || c.Company.ID == "" {
		return "" // the key of an organisation belongs to none
	}
	if c.Company.Name.IsZero() { // after a label
		return string(c.Company.ID)
	}
	return s.Book().CompanyName(c.Company)
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
	at, current := s.Stage, MarkBusy
	if s.Step == StepDone {
		at++ // beyond the last
	}
	if s.Step == StepProblem {
		current = MarkFailed
	}
	saving := current
	if s.Step == StepProblem && mayBeSaved(s.Problem.Kind) {
		saving = MarkUnknown
	}
	return []Line{
		s.savedLine(stageMark(at, StageSavePending, StageSavePending, saving)),
		s.line(lineInstalled, stageMark(at, StageInstall, StageUpdate, current), ""),
		s.line(lineRecorded, stageMark(at, StageSaveActive, StageSaveActive, saving), ""),
		s.verifyLine(stageMark(at, StageVerify, StageVerify, current)),
	}
}

// savedLine says where the key is saved.
func (s State) savedLine(m Mark) Line {
	words := lineSaved
	switch e := s.Book().Engine; {
	case m == MarkFailed && s.inStore == present: // before its company was confirmed
		words = lineRecorded
	case e.Sealed:
		words = lineSealedIn
	case e.Used():
		words = lineSavedIn
	}
	return Line{Name: lineSaved, Label: s.label(words, m, Values{Engine: s.Book().Engine.Name}), Mark: m}
}

// verifyLine promises no more than what is tested: the record is read by the account of this process.
func (s State) verifyLine(m Mark) Line {
	words := lineVerified
	switch {
	case !s.Reader.IsZero():
		words = lineReadBy
	case s.Book().Engine.Used():
		words = lineReadFrom
	}
	v := Values{Account: s.Reader.String(), Engine: s.Book().Engine.Name}
	return Line{Name: lineVerified, Label: s.label(words, m, v), Mark: m}
}

// stageMark returns the mark of a line for the stages from first to last: current if the run is, or stopped, at one.
func stageMark(at, first, last Stage, current Mark) Mark {
	switch {
	case at < first:
		return MarkWaiting
	case at > last:
		return MarkDone
	}
	return current
}
