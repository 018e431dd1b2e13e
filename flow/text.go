package flow

import (
	"fmt"
	"strings"
	"time"

	"pleo-connect/pleoclient"
)

// The wording of everything that is not a problem. Both faces and the headless run say the same.
const (
	textPasteIgnored = "the key is being saved: what you pasted was not used"
	textOpening      = "asking this computer to open the link…"
	textNoBrowser    = "no browser is opened from here: copy the link instead"
	textAlready      = "this key was stored and active already: nothing was written"
	textHealed       = "this key was stored and active already, and Pleo accepts it again"
	textUpdated      = "this key was stored and active already; what is saved about it was updated"
	textDropping     = "the saved key is being removed"
	textDropped      = "the saved key was removed"
	textDroppedInUse = "the saved key was removed; the one in use stays"
	textNoCompany    = "no company in it"
	textNotExamined  = "not looked at"
	textNotOneOfOurs = "two installations of one company, or that of another"

	// textPromise says on Review what a key will be.
	textPromise = "Pleo will create a key for these permissions. " + textPromiseChecked
	// textPromiseStandalone is textPromise where the customer ticks the permissions.
	textPromiseStandalone = "You'll create a key with these permissions in Pleo. " + textPromiseChecked
	textPromiseChecked    = "It is checked first, then saved encrypted on this computer."
	textPromiseStrict     = " A key that can do more is refused."
	textKeyKept           = "the key is still here: enter checks it again, a paste replaces it"

	// TextAdded is shown when a text has come in pieces, and nobody knows whether it is all there.
	TextAdded = "added to what you typed: press Enter to check the key"
	// TextEnterAgain is shown when Enter came with a pasted text, so that it may be part of what was copied.
	TextEnterAgain = "press Enter again: the first may be part of what was pasted"
	// TextTorn is shown when only the end of a text has come where a key is taken.
	TextTorn = "only part of a text arrived, and it was not used: paste the key again"

	// TextLinkAgain is shown above a return link that takes more than one row.
	TextLinkAgain = "Too long for one row here: when you finish, the link is printed once more, in one piece"

	// textNoTimeout follows the instructions on Key.
	textNoTimeout = "Come back and paste it here. Nothing times out"
	// textDemo is the last line of the demo.
	textDemo = "DEMO: nothing was saved"
)

// ASCII replaces the signs in our words that an ASCII terminal cannot draw. Each keeps its width. Letters of other
// scripts stay: they are somebody's name.
func ASCII(text string) string { return typography.Replace(text) }

var typography = strings.NewReplacer(
	"“", `"`, "”", `"`, "‘", "'", "’", "'", "·", "-", "…", "~", "–", "-", "—", "-", "•", "*",
	"←", "<", "→", ">", "↑", "^", "↓", "v",
)

// Title returns the headline of the current step.
func (s State) Title() string {
	switch s.Step {
	case StepReview:
		return s.Integration.Name + " would like to"
	case StepKey:
		return "Get the key in Pleo"
	case StepCheck:
		return "Checking the key with Pleo"
	case StepConfirm:
		if len(s.Check.Lost) > 0 && s.expected != "" { // which company is known
			return "Use a key with fewer permissions?"
		}
		return "Is this the right company?"
	case StepActivate:
		return "Activating the connection"
	case StepDone:
		return "Connected to " + CompanyName(s.Check.Company)
	case StepProblem:
		return sentence(s.Explain().Summary)
	case StepDoctor:
		return s.DoctorTitle()
	}
	return ""
}

// sentence makes a headline of an error text.
func sentence(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' { // it may begin with a detail, in any script
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// CompanyName returns the name in quotes, or the id when the key may not read the name.
func CompanyName(c pleoclient.Company) string {
	if c.Name.IsZero() {
		return "company " + string(c.ID)
	}
	return quoted(c.Name)
}

// quoted puts the name of a company into quotes. There are none around no name.
func quoted(name pleoclient.SafeText) string {
	if name.IsZero() {
		return ""
	}
	return "“" + name.String() + "”"
}

// Promise returns what the approval on Review means.
func (s State) Promise() string {
	promise := textPromise
	if s.Integration.KeyKind == Standalone {
		promise = textPromiseStandalone
	}
	if s.Integration.RefuseSurplus {
		promise += textPromiseStrict
	}
	return promise
}

// Day formats a time for people, in UTC.
func Day(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

// ago returns how long ago something was, or the day after a week, and when the clock says that it is yet to come.
func ago(d time.Duration, at time.Time) string {
	switch {
	case d < -time.Minute, d >= 7*24*time.Hour:
		return "on " + at.UTC().Format("2 January 2006")
	case d < time.Minute:
		return "a moment ago"
	case d < time.Hour:
		return plural(int(d/time.Minute), "minute") + " ago"
	case d < 24*time.Hour:
		return plural(int(d/time.Hour), "hour") + " ago"
	}
	return plural(int(d/(24*time.Hour)), "day") + " ago"
}

// Answering is how a face takes the answer to a question.
type Answering int

// The ways.
const (
	ByWord   Answering = iota // a button or a line with the word
	ByEnter                   // Enter on the button that has the focus
	ByItself                  // nobody is asked
)

var onward = [...]string{ByWord: "Continue goes on", ByEnter: "Enter continues", ByItself: "going on with it"}

// UnfinishedText says that an earlier run saved a key and did not activate it, and how to go on, or "" when none did.
func (s State) UnfinishedText(by Answering) string {
	u := s.Preflight.Unfinished
	if u == nil {
		return ""
	}
	what := " was validated but not activated, "
	if u.Unconfirmed {
		what = " was validated but not confirmed, "
	}
	return "the key for " + CompanyName(u.Company) + what + ago(u.Ago, u.SavedAt) + ": " + onward[by]
}

// KeyPage returns the address of Pleo's pages, where the key is made.
func (s State) KeyPage() string { return WebApp(s.Integration.Environment) }

// Instructions returns the numbered lines of the Key step.
func (s State) Instructions() []string {
	i := s.Integration
	if i.KeyKind == Standalone {
		return []string{
			"Open " + menuKeys,
			"Press Create API key, name it and choose how long it lasts",
			"Tick exactly: " + scopeList(i.Scopes()),
			"Copy the key. Pleo shows it only once",
			textNoTimeout,
		}
	}
	return []string{
		"Open " + menuAccounting,
		"Choose " + i.Name,
		"Press Allow, and enter your passcode if Pleo asks for it",
		"Copy the key. Pleo shows it only once",
		textNoTimeout,
	}
}

// OverviewTitle is the headline of Overview.
func (s State) OverviewTitle() string { return "What happens here" }

// Overview says in five lines what the wizard does, for the help on Review.
func (s State) Overview() []string {
	return []string{
		"You allow what the integration asks for",
		"Pleo makes a key, and you paste it here",
		"The key is checked with Pleo before anything is saved",
		"You say whether the company is the right one",
		"The key is kept encrypted here, and Pleo shows the integration as Connected",
	}
}

// About says who made the integration.
func (s State) About() []Fact {
	i := s.Integration
	out := []Fact{{"integration", i.Name}}
	if i.Vendor != "" {
		out = append(out, Fact{"made by", i.Vendor})
	}
	if i.HelpURL != "" {
		out = append(out, Fact{"help", i.HelpURL})
	}
	return append(out, Fact{"key goes to", s.Origin})
}

// KindText says which of the two kinds of key this integration uses. It is shown above Comparison.
func (s State) KindText() string {
	if s.Integration.KeyKind == Standalone {
		return "This integration uses a Standalone API key"
	}
	return "This integration uses an Integrated API key"
}

// ReturnText is shown above the return link on Done.
func (s State) ReturnText() string {
	place, what := s.Integration.returnTo()
	if what == "" {
		return "Back to " + place
	}
	return "Back to " + place + ": " + what
}

// Advice returns the hint as a line of its own.
func (e Explanation) Advice() string { return sentence(e.Hint) }

// KeyLabel names the key field.
func (s State) KeyLabel() string { return s.Integration.KeyLabel() }

// KeyLabel names the kind of key that an integration uses.
func (i Integration) KeyLabel() string {
	if i.KeyKind == Standalone {
		return "Standalone API key"
	}
	return "Integrated API key"
}

// Comparison compares the two kinds of key: a heading and rows of aspect, integrated, standalone.
func Comparison() [][3]string {
	return [][3]string{
		{"", "Integrated", "Standalone"},
		{"begins with", "installing the integration", "making a key in Settings"},
		{"key appears", "by itself, on Allow", "when you create it"},
		{"permissions", "fixed by Pleo", "ticked by you"},
		{"bound to", "this one installation", "nothing: any program"},
		{"how many", "one an installation", "one or more a company"},
		{"meant for", "approved accounting and ERP", "your own programs"},
	}
}

// receivedNotice says what was received, and what the cleaning took away. It has the length only after a paste.
func receivedNotice(ev EnterKey, replaced bool) Notice {
	parts := []string{"key received"}
	if replaced {
		parts[0] = "this key replaces the one before"
	}
	if ev.Pasted {
		parts[0] += fmt.Sprintf(", %d characters", ev.Cleaned.Characters)
	}
	parts = append(parts, removedTexts(ev.Cleaned)...)
	for _, text := range oddTexts(ev.Cleaned) {
		parts = append(parts, "it "+text)
	}
	return Notice{Text: strings.Join(parts, " · ")}
}

// copiedNotice says which way the link went. Neither a clipboard program nor a terminal reports whether it arrived.
func copiedNotice(via CopyWay, tmux bool) Notice {
	const otherwise = "; if paste shows nothing, select it here"
	switch {
	case via == CopiedLocally:
		return Notice{Text: "link copied to the clipboard of this computer" + otherwise}
	case via == CopyByTerminal && tmux:
		return Notice{Text: "link sent to your terminal" + otherwise +
			"; tmux passes it on only with: set -g set-clipboard on"}
	case via == CopyByTerminal:
		return Notice{Text: "link sent to your terminal" + otherwise}
	}
	return Notice{"the link could not be copied: select it here", true}
}

// openedNotice says what the program that opens links reported. That is not yet a page.
func openedNotice(via OpenWay) Notice {
	switch via {
	case OpenDone:
		return Notice{Text: "opening in your browser"}
	case OpenBegun:
		return Notice{Text: "this computer was asked to open the link; if no page appears, copy the link instead"}
	}
	return Notice{"no browser could be started: copy the link instead", true}
}

// Fact is a labelled line of Confirm, Done and the receipt.
type Fact struct{ Label, Value string }

// Lead returns the label with the space behind it that lets the values of printed facts line up.
func (f Fact) Lead() string { return fmt.Sprintf("%-13s ", f.Label) }

// Facts returns what Confirm and Done show about the connection.
func (s State) Facts() []Fact {
	c := s.Check
	out := []Fact{
		{"company", CompanyName(c.Company)},
		{"company id", string(c.Company.ID)},
		{"integration", s.Integration.ID},
		{"permissions", s.permissionsText()},
	}
	out = append(append(out, s.Concerns()...), Fact{"key", s.Key.Fingerprint()})
	if s.Step == StepConfirm {
		return append(out, s.confirmFacts()...)
	}
	if c.Company.Name.IsZero() {
		out = out[1:]
	}
	if !c.Stored.File.IsZero() {
		out = append(out, Fact{"saved in", c.Stored.File.String()})
	}
	out = append(out, Fact{"protected by", ProtectionText(s.Preflight.Protection)})
	if !s.Reader.IsZero() {
		out = append(out, Fact{"service", s.readerText()})
	}
	if !s.Retired.IsZero() {
		out = append(out, Fact{"old key", s.Retired.String() + ": delete it in Pleo if it is still listed there"})
	}
	if !s.Integration.returnsToPleo() { // else it stands above the return link
		out = append(out, Fact{"in Pleo", menuAccounting + " shows it as Connected"})
	}
	if s.Integration.Service.Restart != "" {
		out = append(out, Fact{"now run", s.Integration.Service.Restart})
	}
	return out
}

func (s State) confirmFacts() []Fact {
	var out []Fact
	c := s.Check
	if c.Company.Name.IsZero() {
		out = append(out, Fact{"name", "it could not be read: compare the id"})
	}
	if s.CustomOrigin {
		out = append(out, Fact{"address", s.Origin})
	}
	out = append(out, s.Network.facts()...)
	if c.Stored.SameKey && c.Stored.Active {
		out = append(out, Fact{"stored", "this very key, already"})
	}
	if used := c.Stored.InUse; used.Other {
		out = append(out, Fact{"replaces", used.text()})
	}
	for _, o := range c.Others {
		out = append(out, Fact{"also here", o.alsoHere()})
	}
	return out
}

// Concerns returns those of Facts that speak against the key: who confirms it has to have seen them.
func (s State) Concerns() []Fact {
	var out []Fact
	if lost := s.Check.Lost; len(lost) > 0 {
		out = append(out, Fact{"no longer", listPermissions(lost)})
	}
	if surplus := s.Check.Surplus; len(surplus) > 0 {
		out = append(out, Fact{"warning", SurplusText(surplus)})
	}
	return out
}

func (u InUse) text() string {
	text := u.Fingerprint.String()
	if !u.ValidatedAt.IsZero() {
		text += " of " + Day(u.ValidatedAt)
	}
	if !u.At.IsZero() {
		text += ", for " + u.At.String()
	}
	return text
}

// SurplusText says that a key may do more than was asked for.
func SurplusText(surplus []pleoclient.Scope) string {
	return "this key can do more than was asked for: " + firstOf(surplus)
}

// namedScopes is how many scopes a text names: as many as Pleo has. What lists more is not Pleo's usual answer, and
// must not fill the screen.
const namedScopes = 20

func firstOf(scopes []pleoclient.Scope) string {
	if more := len(scopes) - namedScopes; more > 0 {
		return scopeList(scopes[:namedScopes]) + fmt.Sprintf(" and %d more", more)
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

// alreadyText says that a key was stored and active before, and what was corrected all the same.
func (s State) alreadyText() string {
	switch {
	case s.Check.Stored.Marked:
		return textHealed
	case s.outdated():
		return textUpdated
	}
	return textAlready
}

func (s State) permissionsText() string {
	if s.Check.Permissions == MarkUnknown {
		return "Pleo does not say; going on accepts that"
	}
	return s.granted()
}

// ProtectionText names what guards the key, in words.
func ProtectionText(p Protection) string {
	switch p {
	case ProtectedBySystemd:
		return "a systemd credential"
	case ProtectedByPassphrase:
		return "an identity file locked with a passphrase"
	case ProtectedByFile:
		return "an identity file in another directory"
	}
	return "an identity"
}

// StoppedHint says what to do after the program was stopped from outside, and where the key is.
func (s State) StoppedHint() string {
	const again = "start again to go on"
	stays := ""
	if s.Reconnect != nil {
		stays = "the stored key stays in use; "
	}
	switch {
	case s.Outcome.Active:
		return ""
	case s.Check.Stored.SameKey:
		return savedText(s) + "; " + stays + again
	case s.unsaved.Failed():
		return "the key could not be saved: " + s.unsaved.summary(s) + "; " + stays + again
	case s.Preflight.Unfinished != nil:
		return "the key of an earlier run is saved; " + stays + again
	case stays != "":
		return stays + again
	}
	return savedText(s) + "; " + again
}

// Receipt returns what is printed after the wizard ended: the facts that Done showed, or how to go on.
func (s State) Receipt() []string {
	var out []string
	if s.Outcome.Active {
		out = append(out, s.Integration.Name+" is connected to "+CompanyName(s.Check.Company))
		done := s
		done.Step = StepDone
		for _, f := range done.Facts() {
			out = append(out, "  "+f.Lead()+f.Value)
		}
		if s.Unit != nil {
			out = append(out, s.Unit.lines(s.Connection())...)
		}
		back, what := s.Integration.returnTo()
		if what != "" {
			back += ", " + what
		}
		out = append(out, "back to "+back+":", s.Integration.ReturnLink())
	}
	if s.Demo {
		out = append(out, textDemo)
	}
	return out
}
