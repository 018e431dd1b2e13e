package flow

import (
	"errors"
	"time"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/textfile"
)

// Event is something that happened: a person chose, or an [Effect] was answered. The set is closed.
type Event interface{ event() }

// What a person does.
type (
	// Allow approves the permissions on Review.
	Allow struct{}
	// Resume continues an unfinished connection from an earlier run, with the key that is stored.
	Resume struct{}
	// EnterKey hands over a key, or the reason why the text is not one. Make one with [Pasted] or [Typed].
	EnterKey struct {
		Key     pleoclient.Key
		Cleaned pleoclient.Cleaned
		Refused *pleoclient.KeyError // nil: Key is good to send
		Pasted  bool
	}
	// Confirm says that the company on screen is the right one.
	Confirm struct{}
	// OtherKey leaves Confirm because company or permissions are wrong.
	OtherKey struct{}
	// Retry asks again, with the same key.
	Retry struct{}
	// Edit goes back to the key field.
	Edit struct{}
	// Back goes one step back.
	Back struct{}
	// CopyLink puts the link of the step on the clipboard, see [State.Link].
	CopyLink struct{}
	// OpenLink opens the return link in a browser.
	OpenLink struct{}
	// Leave ends the wizard in good order.
	Leave struct{}
	// Diagnose opens the examination of the way to Pleo, of the store and of the terminal.
	Diagnose struct{}
	// Interrupt ends the wizard from anywhere, as Ctrl+C does.
	Interrupt struct{}
	// HangUp ends the wizard because no one can answer any more: the line dropped, the input ended, or the program is
	// stopped from outside. On Confirm, the key is saved first. Make one with [Stopped], or an Interrupt.
	HangUp struct{}
)

// Answer is the part that all answers share: the number of the question.
type Answer struct{ seq uint64 }

func (Answer) event() {}

func (a Answer) number() uint64 { return a.seq }

// Answers. A zero Fault means success.
type (
	// Reached answers Reach.
	Reached struct {
		Answer
		Fault Fault
	}
	// StoreInspected answers InspectStore.
	StoreInspected struct {
		Answer
		Place      pleoclient.SafeText // the store's directory, shortened for people
		Protection Protection          // what guards the key there
		Connected  int                 // installations of this integration that are active
		Unfinished *Unfinished
		Approved   *Integration        // as last approved, for the company if one was named; nil: never, or not known
		Others     []Candidate         // connections of other integrations
		Warning    pleoclient.SafeText // something to know that does not stop the run; may be empty
		Fault      Fault
	}
	// StoreMade answers MakeStore. It has no fault: the save tries again, and keeps the key when it says what is wrong.
	StoreMade struct{ Answer }
	// KeyLoaded answers LoadKey.
	KeyLoaded struct {
		Answer
		Key   pleoclient.Key
		Fault Fault
	}
	// Introspected answers Introspect.
	Introspected struct {
		Answer
		Result pleoclient.Introspection
		Fault  Fault
	}
	// InstallationFound answers FindInstallation. Which company it must belong to is known only with the other answers.
	InstallationFound struct {
		Answer
		Installations pleoclient.Installations // empty: nothing is installed
		Fault         Fault
	}
	// CompanyRead answers ReadCompany.
	CompanyRead struct {
		Answer
		Company pleoclient.Company
		Fault   Fault
	}
	// RecordFound answers FindRecord. A zero Stored means that there is no record.
	RecordFound struct {
		Answer
		Stored Stored
		Others []Candidate // what other integrations have with the company
		Fault  Fault
	}
	// Saved answers Save.
	Saved struct {
		Answer
		Stored Stored
		Fault  Fault
	}
	// Restored answers Restore.
	Restored struct {
		Answer
		Fault Fault
	}
	// Installed answers Install. What Pleo has afterwards is asked separately.
	Installed struct {
		Answer
		Fault Fault
	}
	// Verified answers Verify.
	Verified struct {
		Answer
		Fault Fault
	}
	// Ticked answers Tick: one second has passed.
	Ticked struct{ Answer }
	// Examined answers Examine.
	Examined struct {
		Answer
		Exam    Exam
		Finding Finding
	}
	// Copied answers Copy.
	Copied struct {
		Answer
		Via CopyWay
	}
	// Opened answers Open.
	Opened struct {
		Answer
		Via OpenWay
	}
)

// Fault is a failure as data: what went wrong, and the facts that its words need. The zero Fault is success.
//
// It is an error, so that packages without a book can return it. [Book.Failure] returns the words to show.
type Fault struct {
	Kind       Kind
	Row        Kind                 // the row of the book, if the kind has several: "store_full/inodes"; may be empty
	Detail     pleoclient.SafeText  // a fact to show in brackets, such as what the system said
	Cause      pleoclient.Cause     // why the client failed
	Character  pleoclient.Character // one that is not allowed where it is
	Text       *textfile.Fault      // why a file is not a text
	Values     *Values              // what else the words name; nil: nothing. May be shared, see With
	RetryAfter time.Duration        // with KindRateLimited and KindPleoTrouble; 0: Pleo does not say
	RetryAt    time.Time            // when RetryAfter is over; zero with it
}

// NewFault returns the fault of a row of the book. Its kind is the part before the slash.
func NewFault(row Kind, v Values) Fault { return Fault{Kind: baseOf(row), Row: row, Values: &v} }

// With returns the fault with the values that change sets.
func (f Fault) With(change func(v *Values)) Fault {
	v := f.given()
	change(&v)
	f.Values = &v
	return f
}

// given returns a copy of the values that came with the fault.
func (f Fault) given() Values {
	if f.Values == nil {
		return Values{}
	}
	return *f.Values
}

// Error returns what happened, in English, for logs. People see the words of a [Book].
func (f Fault) Error() string { return English.Failure(f).Summary }

// Failed reports whether there is a fault.
func (f Fault) Failed() bool { return f.Kind != "" }

// Unfinished is a connection whose key was validated and saved, but not activated.
type Unfinished struct {
	Company     pleoclient.Company
	Unconfirmed bool // the company is not confirmed yet
	SavedAt     time.Time
	Ago         time.Duration // since SavedAt
}

// Stored is what the store holds for a company.
type Stored struct {
	Generation  uint64 // 0: no record
	Active      bool
	SameKey     bool                // the stored key is the one in hand
	Unconfirmed bool                // the company is not confirmed yet
	Marked      bool                // Pleo rejected the stored key when it was last asked
	Name        pleoclient.SafeText // of the company, when it was last read; may be empty
	Approved    Integration         // as it was when the stored key's permissions were allowed
	InUse       InUse
	File        pleoclient.SafeText // the record's location, shortened for people
}

// InUse is the key of a connection that a service uses now. The zero InUse means none.
type InUse struct {
	Other       bool // it differs from the key in hand
	Fingerprint pleoclient.SafeText
	Scopes      []pleoclient.Scope  // what it may do; empty: Pleo never said
	ValidatedAt time.Time           // zero: not known
	At          pleoclient.SafeText // the address it belongs to, if that is another one
}

// Protection names what guards the keys of a store: in files, how its identity is kept.
type Protection string

// The protections, as scripts see them.
const (
	ProtectedByFile       Protection = "file"
	ProtectedBySystemd    Protection = "systemd"
	ProtectedByPassphrase Protection = "passphrase"

	// In an engine there is no identity, unless what is saved there is sealed with one.
	ProtectedByEngine            Protection = "engine"
	ProtectedByEngineAndIdentity Protection = "engine_and_identity"
)

// CopyWay is how a text was put on the clipboard.
type CopyWay int

// The ways.
const (
	CopyFailed     CopyWay = iota
	CopiedLocally          // by a program on this computer
	CopyByTerminal         // the interface must ask the terminal, which may ignore it
)

// OpenWay is how far opening a link in a browser got.
type OpenWay int

// The ways.
const (
	OpenFailed OpenWay = iota // nothing was started, or it failed
	OpenDone                  // the program that opens links reported success
	OpenBegun                 // it is still running, and reported nothing
)

// Pasted returns the event for pasted text. The text itself is not passed on.
func Pasted(text string) Event { return enterKey(text, true) }

// Typed returns the event for text that was typed or read from a key file.
func Typed(text string) Event { return enterKey(text, false) }

// ErrInterrupted is the cause, by [errors.Is], of an end that a person asked for, as with Ctrl+C.
var ErrInterrupted = errors.New("interrupted")

// Stopped returns the event for a run that is stopped from outside.
func Stopped(cause error) Event {
	if errors.Is(cause, ErrInterrupted) {
		return Interrupt{}
	}
	return HangUp{}
}

func enterKey(text string, pasted bool) Event {
	key, cleaned, err := pleoclient.CleanKey(text)
	ev := EnterKey{Key: key, Cleaned: cleaned, Pasted: pasted}
	if err != nil {
		ev.Refused = asKeyError(err)
	}
	return ev
}

func (Allow) event()     {}
func (Resume) event()    {}
func (EnterKey) event()  {}
func (Confirm) event()   {}
func (OtherKey) event()  {}
func (Retry) event()     {}
func (Edit) event()      {}
func (Back) event()      {}
func (CopyLink) event()  {}
func (OpenLink) event()  {}
func (Leave) event()     {}
func (Diagnose) event()  {}
func (Interrupt) event() {}
func (HangUp) event()    {}
