package flow

import (
	"cmp"

	"pleo-connect/pleoclient"
)

// Setup is what is known before the first screen.
type Setup struct {
	Words        *Book // what people read; nil: English
	Integration  Integration
	Origin       string // the API that will get the key, "https://external.pleo.io"
	CustomOrigin bool   // Origin was named by the caller: shown on Confirm
	Network      Network
	Company      pleoclient.CompanyID // named by the caller: needs no confirmation; any other is refused
	Unproven     bool                 // Company was never confirmed, and not named in full: a person must confirm it
	Reconnect    *Reconnect           // the connection that gets a new key; Company is its company; nil: any
	Simulated    bool                 // Origin is on this computer: simulated keys are allowed
	Demo         bool                 // the demo: only simulated keys are allowed, and every frame says DEMO
	WebApp       string               // the pages of the simulated Pleo, on this computer; empty: Pleo's own
	Remote       bool                 // the person may not be at this desktop: nothing is opened or copied here
	NoClipboard  bool                 // the terminal cannot be asked to copy a link
	Tmux         bool                 // inside tmux, which may keep a copied link to itself
	Paste        PasteWay             // how the terminal pastes
	Owner        Owner                // of the key store, if the admin has not yet agreed that it gets the key
	Reader       pleoclient.SafeText  // the account of the service, which this process runs as; may be empty
	Unit         *Unit                // what the receipt says about a systemd unit; nil: nothing
	Unattended   bool                 // no one can be asked
	KeySource    KeySource            // how the key is entered
	AcceptFewer  bool                 // with Unattended: a new key may lack optional permissions of the one in use
	Spread       float64              // in [0,1), random: spreads the waits of computers that began together
}

// KeySource is where a key comes from, which decides how another one is entered.
type KeySource int

const (
	KeyInWizard KeySource = iota // pasted, or typed
	KeyInFile
	KeyOnInput  // standard input that is not a terminal
	KeyAtPrompt // asked for once, without a wizard
	keySources  // how many there are
)

// PasteWay is how a person pastes into the terminal, as far as that is known.
type PasteWay int

// The ways.
const (
	PasteUsual   PasteWay = iota // of most terminals
	PasteMac                     // of a terminal on macOS
	PasteWindows                 // of Windows Terminal
	PasteNone                    // the Linux console has none of its own
	pasteWays                    // how many there are
)

// Reconnect is a stored connection whose key is to be replaced.
type Reconnect struct {
	Company     pleoclient.Company
	Fingerprint pleoclient.SafeText // of the key that stays in use until the new one is proven
}

// Owner is an account that this process switched to because the key store belongs to it. The zero Owner means none.
type Owner struct {
	Account pleoclient.SafeText
	Store   pleoclient.SafeText // its directory
}

// OwnerText returns what Review says when the key goes to an account that was not named; otherwise it is empty.
// Allowing the permissions allows that as well.
func (s Setup) OwnerText() string {
	if s.Owner.Account.IsZero() {
		return ""
	}
	return s.Book().Wizard.Owner.Fill(Values{Path: s.Owner.Store.String(), Account: s.Owner.Account.String()})
}

// CanOpen reports whether the return link may be opened in a browser: only where the person would see it, and in the
// demo, which stays on this computer, only if it leads to the simulated Pleo.
func (s Setup) CanOpen() bool { return !s.Remote && (!s.Demo || s.WebApp != "") }

// CanCopy reports whether a link can be copied: by this computer, or by the terminal.
func (s Setup) CanCopy() bool { return !s.Remote || !s.NoClipboard }

// Environment returns the environment that records and people see.
func (s Setup) Environment() string {
	if s.Demo {
		return Demo
	}
	return s.Integration.Environment
}

// State is the whole wizard at one moment. Interfaces draw it and change nothing.
type State struct {
	Setup
	Step Step

	Preflight Preflight
	Key       pleoclient.Key     // the key in hand; zero: none yet
	Cleaned   pleoclient.Cleaned // what the cleaning found on it
	Pasted    bool               // Key was pasted, not typed
	Refusal   Problem            // why the last entry is not a key; zero: it is one
	Check     Check
	Activation
	Problem Problem
	Doctor  Doctor
	Notice  Notice
	Outcome Outcome

	expected  pleoclient.CompanyID // the key must belong to it: named by the caller, or being resumed
	resumed   pleoclient.CompanyID // the same for an unconfirmed company: a person still has to confirm it
	early     bool                 // the key in hand was entered before the permissions were allowed
	allowed   bool                 // the permissions were allowed, and Review waits for the check of the key store
	validated bool                 // the key in hand passed Check
	confirmed bool                 // the company in Check was confirmed, by a person or by name
	asked     bool                 // the key is a saved one that Pleo was asked about, outside a wizard
	noKey     bool                 // outside a wizard, and no key is in question
	writing   bool                 // Confirm waits only for the store
	endedAt   Step                 // the step before StepOver
	inStore   presence             // of the key in hand
	left      bool                 // a key that this run saved is no longer in hand
	rejected  bool                 // Pleo rejected the key in hand when it was last asked
	useless   bool                 // the key in hand cannot be used, as its last check found
	unsaved   Problem              // why the last save failed, after which no one is asked

	waited int    // seconds that an engine alone was waited for
	hidden Notice // what is said again when it answers

	waits int  // waits for rate limits since the key was entered or last accepted
	wrote bool // an installation was sent, and Pleo was not asked since then what it has
	sent  bool // an installation was sent by this run, for any key

	last uint64 // the highest question number so far
	seq  uint64 // the number that answers of the current step must repeat
}

// Preflight is what runs unseen while the admin reads Review.
type Preflight struct {
	Pleo, Store Mark
	Place       pleoclient.SafeText // the store's directory
	Protection  Protection
	Connected   int          // active installations in the store
	Unfinished  *Unfinished  // an earlier run that got as far as a validated key
	Approved    *Integration // the integration as it was last approved; nil: never, or not known
	Others      []Candidate  // connections of other integrations
	Warning     pleoclient.SafeText

	Again bool // it runs or ran again after a fault

	fault Fault // the first that occurred
	seq   uint64
}

// Check is what Pleo and the store said about the key in hand.
type Check struct {
	Answered      bool         // Pleo answered at all
	Accepted      Mark         // the key
	Ours          Mark         // the key is for this integration; MarkUnknown: Pleo named no application
	Permissions   Mark         // MarkUnknown: Pleo did not list them
	Missing       []Permission // required, or lost against the stored key
	Lost          []Permission // optional ones that the key in use has and this one lacks
	Scopes        []pleoclient.Scope
	Surplus       []pleoclient.Scope // those of Scopes that were not asked for
	Application   pleoclient.SafeText
	CompanyMark   Mark
	Company       pleoclient.Company
	Installation  pleoclient.Installation // of Company; zero: none is known
	Stored        Stored
	Others        []Candidate // what other integrations have with Company
	NameForbidden bool        // the company's name was refused, by Pleo or on the way

	introspected, found, named, looked bool  // which of the four answers are in
	barred                             Fault // Pleo refused to say what is installed
	unsure                             bool  // Pleo did not say whether something is installed
	installations                      pleoclient.Installations
}

// Activation is how far the activation has come.
type Activation struct {
	Stage   Stage
	Retired pleoclient.SafeText // fingerprint of the active key that this run replaced; empty: none
	posted  bool                // a creation or update was sent since a person asked
	refused bool                // Pleo refused the creation: perhaps there is one already
	made    bool                // this run created or updated what Pleo has now; an older one is updated
	puts    int                 // updates sent since a person asked
	open    Fault               // why it is open whether the last creation or update was carried out; zero: it is known
}

// Problem is a failure with what a person needs to know about it; Explain returns the words. The zero Problem means
// none.
type Problem struct {
	Fault
	From    Step
	Entry   *pleoclient.KeyError // with the kinds of CleanKey
	Missing []Permission         // with KindPermissionsMissing and KindFewerPermissions
	Wanted  pleoclient.CompanyID // with KindOtherCompany
	Wait    int                  // seconds until the next try; counts down
}

// Notice is one line about the last action.
type Notice struct {
	Text string
	Bad  bool
}

// Outcome says how the wizard ended, or how it would end now.
type Outcome struct {
	Active bool // the installation is active, and the record was read back
	Kind   Kind // why not
}

// Begin starts a wizard: the first state and the preflight.
func Begin(setup Setup) (State, []Effect) {
	return State{Setup: setup}.expect().preflight()
}

// expect resets the expected company to the one that the caller named.
func (s State) expect() State {
	if s.expected, s.resumed = s.Company, ""; s.Unproven {
		s.expected, s.resumed = "", s.Company
	}
	return s
}

// ask takes the next question number and makes it the current one of the step.
func (s State) ask() (State, Question) {
	s.last++
	s.seq = s.last
	return s, Question{s.seq}
}

// question returns the current number for another question of the same round.
func (s State) question() Question { return Question{s.seq} }

// Waiting reports whether the machine continues by itself, when a countdown or a slow save ends, unless the person acts
// first.
func (s State) Waiting() bool { return s.Step == StepProblem && s.Problem.Wait > 0 || s.SlowSave() }

// Round identifies the current questions of the step. When it changes, work for older rounds may be stopped.
func (s State) Round() uint64 { return s.seq }

// Stale reports whether ev answers a question that is no longer current.
func (s State) Stale(ev Event) bool {
	a, ok := ev.(interface{ number() uint64 })
	if !ok {
		return false
	}
	switch ev.(type) {
	case Reached, StoreInspected:
		return a.number() != s.Preflight.seq
	}
	return a.number() != s.seq
}

// wanted returns the company that the key must belong to, or "".
func (s State) wanted() pleoclient.CompanyID { return cmp.Or(s.expected, s.resumed) }

// missing returns the required permissions that the key in hand does not have.
func (s State) missing() []Permission { return missing(s.Integration.required(), s.Check.Scopes) }
