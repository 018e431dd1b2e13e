package flow

import (
	"strings"
	"time"

	"pleo-connect/pleoclient"
)

// ASCII replaces the signs in our words that an ASCII terminal cannot draw. Each replacement has the same width.
// Letters of other scripts stay, because they are part of a name.
func ASCII(text string) string { return strings.Map(asciiOf, text) }

func asciiOf(r rune) rune {
	switch r {
	case '“', '”':
		return '"'
	case '‘', '’':
		return '\''
	case '·', '–', '—', '─':
		return '-'
	case '━':
		return '='
	case '…':
		return '~'
	case '•':
		return '*'
	case '←':
		return '<'
	case '→':
		return '>'
	case '↑':
		return '^'
	case '↓':
		return 'v'
	case '✓':
		return '+'
	case '✗':
		return 'x'
	}
	return r
}

// words returns the words of the wizard.
func (s State) words() *WizardWords { return &s.Book().Wizard }

// Title returns the headline of the current step.
func (s State) Title() string {
	t := &s.words().Title
	switch s.Step {
	case StepReview:
		return t.Review.Fill(Values{Name: s.Integration.Name})
	case StepKey:
		return t.Key.String()
	case StepCheck:
		if s.slowEngine() {
			return t.Engine.Fill(Values{Engine: s.Book().Engine.Name})
		}
		return t.Check.String()
	case StepConfirm:
		if len(s.Check.Lost) > 0 && s.expected != "" { // the company is known
			return t.Fewer.String()
		}
		return t.Confirm.String()
	case StepActivate:
		return t.Activate.String()
	case StepDone:
		return t.Done.Fill(Values{Company: s.Book().CompanyName(s.Check.Company)})
	case StepProblem:
		return Capital(s.Explain().Summary)
	case StepDoctor:
		return s.DoctorTitle()
	}
	return ""
}

// CompanyName returns the name in quotes, or the id when the key may not read the name.
func (b *Book) CompanyName(c pleoclient.Company) string {
	if c.Name.IsZero() {
		return b.Clauses.ThisCompany.Fill(Values{ID: string(c.ID)})
	}
	return b.quoted(c.Name)
}

// quoted returns the name of a company in quotes. An empty name has none.
func (b *Book) quoted(name pleoclient.SafeText) string {
	if name.IsZero() {
		return ""
	}
	return b.Wizard.Quoted.Fill(Values{Company: name.String()})
}

// Promise returns what the approval on Review means. It is empty if a saved key only has to be activated.
func (s State) Promise() string {
	w := s.words()
	text := w.Promise
	switch i := s.Integration; {
	case s.Preflight.Unfinished != nil:
		return ""
	case i.KeyKind == Standalone && i.RefuseSurplus:
		text = w.PromiseStandaloneStrict
	case i.KeyKind == Standalone:
		text = w.PromiseStandalone
	case i.RefuseSurplus:
		text = w.PromiseStrict
	}
	return text.Fill(Values{Saved: s.Book().saved()})
}

// ago returns how long ago something was. It returns the date if that is a week ago or more, or in the future by the
// local clock.
func (b *Book) ago(d time.Duration, at time.Time) string {
	w := &b.Wizard.Ago
	switch {
	case d < -time.Minute, d >= 7*24*time.Hour:
		return w.On.Fill(Values{Date: b.Date(at)})
	case d < time.Minute:
		return w.Now.String()
	case d < time.Hour:
		return b.Count(w.Minutes, int(d/time.Minute), Values{})
	case d < 24*time.Hour:
		return b.Count(w.Hours, int(d/time.Hour), Values{})
	}
	return b.Count(w.Days, int(d/(24*time.Hour)), Values{})
}

// Answering is how an interface takes the answer to a question.
type Answering int

// The ways.
const (
	ByWord   Answering = iota // a button with the word
	ByEnter                   // Enter on the button that has the focus
	ByItself                  // no one is asked
	ByTyping                  // a line with the word
	answerings
)

// UnfinishedText says that an earlier run saved a key and did not activate it, and how to continue. It is empty if none
// did.
func (s State) UnfinishedText(by Answering) string {
	u := s.Preflight.Unfinished
	if u == nil {
		return ""
	}
	texts := s.words().Resume.Activate
	if u.Unconfirmed {
		texts = s.words().Resume.Confirm
	}
	return texts[by].Fill(Values{Company: s.Book().CompanyName(u.Company), Ago: s.Book().ago(u.Ago, u.SavedAt)})
}

// fillAll fills several texts with the same values.
func fillAll(texts []Text, v Values) []string {
	var out []string
	for _, text := range texts {
		out = append(out, text.Fill(v))
	}
	return out
}

// Instructions returns the numbered lines of the Key step.
func (s State) Instructions() []string {
	i, steps := s.Integration, s.words().Steps
	if i.KeyKind == Standalone {
		steps = s.words().StepsStandalone
	}
	return fillAll(steps, Values{Name: i.Name, Scopes: scopeList(i.Scopes())})
}

// OverviewTitle is the headline of Overview.
func (s State) OverviewTitle() string { return s.words().OverviewTitle.String() }

// Overview returns what the wizard does in five lines, for the help on Review.
func (s State) Overview() []string {
	lines := s.words().Overview
	if s.Integration.KeyKind == Standalone {
		lines = s.words().OverviewStandalone
	}
	return fillAll(lines, Values{Saved: s.Book().savedBriefly()})
}

// About returns who made the integration, and where the key goes.
func (s State) About() []Fact {
	i, w := s.Integration, &s.words().Facts
	out := []Fact{{w.Integration.String(), i.Name}}
	if i.Vendor != "" {
		out = append(out, Fact{w.Vendor.String(), i.Vendor})
	}
	if i.HelpURL != "" {
		out = append(out, Fact{w.Help.String(), i.HelpURL})
	}
	return append(out, Fact{w.SentTo.String(), s.Origin})
}

// KindText says which of the two kinds of key this integration uses. It is shown above Comparison.
func (s State) KindText() string {
	if s.Integration.KeyKind == Standalone {
		return s.words().KindStandalone.String()
	}
	return s.words().Kind.String()
}

// Comparison compares the two kinds of key: a heading and rows of aspect, integrated, standalone.
func (s State) Comparison() [][3]string {
	var out [][3]string
	for _, row := range s.words().Comparison {
		out = append(out, [3]string{row[0].String(), row[1].String(), row[2].String()})
	}
	return out
}

// Help returns what else the help says, on Key and about a rejected key. It may be empty.
func (s State) Help() []string {
	w := s.words()
	switch {
	case s.Step == StepKey && s.Integration.KeyKind == Standalone:
		return []string{w.NoMenu.String()}
	case s.Step == StepKey:
		return []string{w.WhoMay.String()}
	case s.Step == StepProblem && s.Problem.Kind == pleoclient.KindKeyRejected:
		return []string{w.OneEnvironment.String()}
	}
	return nil
}

// SecretText is shown under the key field.
func (s State) SecretText() string { return s.words().Secret.String() }

// PasteText is shown in the key field while it is empty.
func (s State) PasteText() string { return s.words().Paste[s.Paste].String() }

// CloseText is shown on Done, except in a demo, whose window may be that of both sides.
func (s State) CloseText() string {
	if s.Demo {
		return ""
	}
	return s.words().Close.String()
}

// WebhooksText is shown on Done after a key was replaced, and empty otherwise.
func (s State) WebhooksText() string {
	if s.Retired.IsZero() {
		return ""
	}
	return s.words().Webhooks.String()
}

// ReturnText is shown above the return link on Done.
func (s State) ReturnText() string {
	return s.wayBack(s.words().Back, s.words().BackVendor)
}

// wayBack fills one of two texts about the return link: for Pleo, or for the vendor's page.
func (s State) wayBack(pleo, vendor Text) string {
	if s.returnsToPleo() {
		return pleo.String()
	}
	return vendor.Fill(Values{Name: s.Integration.Name, Detail: s.Integration.ReturnHint})
}

// Advice returns the next steps as sentences of a screen.
func (e Explanation) Advice() []Advice { return e.advice }

// KeyLabel names the key field.
func (s State) KeyLabel() string { return s.Book().KeyLabel(s.Integration) }

// KeyLabel names the kind of key that an integration uses.
func (b *Book) KeyLabel(i Integration) string {
	if i.KeyKind == Standalone {
		return b.Wizard.LabelStandalone.String()
	}
	return b.Wizard.Label.String()
}

// receivedNotice says what was received, and what the cleaning removed. It gives the length only after a paste.
func (s State) receivedNotice(ev EnterKey, replaced bool) Notice {
	w := &s.words().Received
	text, pasted := w.First, w.FirstPasted
	if replaced {
		text, pasted = w.Again, w.AgainPasted
	}
	first := text.String()
	if ev.Pasted {
		first = s.Book().Count(pasted, ev.Cleaned.Characters, Values{})
	}
	parts := append([]string{first}, s.Book().received(ev.Cleaned)...)
	return Notice{Text: strings.Join(parts, " · ")}
}

// copiedNotice says how the link was copied. Neither a clipboard program nor a terminal reports whether it arrived.
func (s State) copiedNotice(via CopyWay) Notice {
	w := &s.words().Link
	switch {
	case via == CopiedLocally:
		return Notice{Text: w.CopiedHere.String()}
	case via == CopyByTerminal && s.Tmux:
		return Notice{Text: w.CopiedByTmux.String()}
	case via == CopyByTerminal:
		return Notice{Text: w.CopiedByTerminal.String()}
	}
	return Notice{w.NoCopy.String(), true}
}

// openedNotice says what the program that opens links reported. That does not prove that a page opened.
func (s State) openedNotice(via OpenWay) Notice {
	w := &s.words().Link
	switch via {
	case OpenDone:
		return Notice{Text: w.Opened.String()}
	case OpenBegun:
		return Notice{Text: w.OpenBegun.String()}
	}
	return Notice{w.OpenFailed.String(), true}
}

// Surplus says that a key may do more than was asked for.
func (b *Book) Surplus(surplus []pleoclient.Scope) string {
	return b.Wizard.Surplus.Fill(Values{List: b.firstOf(surplus)})
}

// namedScopes is how many scopes a text names: as many as Pleo has. An answer that lists more is unusual, and must not
// fill the screen.
const namedScopes = 20

func (b *Book) firstOf(scopes []pleoclient.Scope) string {
	if more := len(scopes) - namedScopes; more > 0 {
		return b.Wizard.AndMore.Fill(Values{List: scopeList(scopes[:namedScopes]), N: more})
	}
	return scopeList(scopes)
}

func scopeList(scopes []pleoclient.Scope) string {
	var out []string
	for _, scope := range scopes {
		out = append(out, string(scope))
	}
	return strings.Join(out, ", ")
}

// alreadyText says that a key was already stored and active, and what was corrected nevertheless.
func (s State) alreadyText() string {
	switch w := s.words(); {
	case s.Check.Stored.Marked:
		return w.AlreadyHealed.String()
	case s.outdated():
		return w.AlreadyUpdated.String()
	default:
		return w.AlreadyConnected.String()
	}
}

// Protection names what guards the key, in words.
func (b *Book) Protection(p Protection) string {
	w := &b.Wizard.Guarded
	switch p {
	case ProtectedBySystemd:
		return w.Systemd.String()
	case ProtectedByPassphrase:
		return w.Passphrase.String()
	case ProtectedByFile:
		return w.File.String()
	case ProtectedByEngine:
		return w.Engine.Fill(Values{Engine: b.Engine.Name})
	case ProtectedByEngineAndIdentity:
		return w.EngineSealed.Fill(Values{Engine: b.Engine.Name})
	}
	return w.Unknown.String()
}
