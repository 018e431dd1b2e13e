package flow

import (
	"context"

	"pleo-connect/pleoclient"
)

// Do carries out one effect and returns its one answer. It is called from several goroutines at once.
type Do func(ctx context.Context, e Effect) Event

// Effect is something to carry out: exactly one Event answers it. The set is closed.
type Effect interface {
	effect()
	// Background reports whether the effect belongs to the preflight and not to the step: leaving the step does not end
	// it.
	Background() bool
}

// Question is the part that all effects share: the number that the answer repeats.
type Question struct{ seq uint64 }

// Answer returns what the answer to this question embeds.
func (q Question) Answer() Answer { return Answer(q) }

// Background is false for all effects but those of the preflight.
func (Question) Background() bool { return false }

func (Question) effect() {}

// What can be asked for.
type (
	// Reach asks whether Pleo answers at all. It carries no key, and leaves two open connections for the check.
	Reach struct{ Question }
	// InspectStore proves that the store will take a record, and looks for connections.
	InspectStore struct{ Question }
	// MakeStore makes the store unless there is one, while the key is being checked, so that the save does not have to.
	MakeStore struct{ Question }
	// LoadKey reads the key of an unfinished connection.
	LoadKey struct {
		Question
		Company pleoclient.CompanyID
	}
	// Introspect asks who the key is and what it may do.
	Introspect struct {
		Question
		Key pleoclient.Key
	}
	// FindInstallation asks what is installed with this key.
	FindInstallation struct {
		Question
		Key pleoclient.Key
	}
	// ReadCompany asks for the company's name.
	ReadCompany struct {
		Question
		Key     pleoclient.Key
		Company pleoclient.CompanyID
	}
	// FindRecord looks up what the store holds for the company, and whether it is this key.
	FindRecord struct {
		Question
		Key     pleoclient.Key
		Company pleoclient.CompanyID
	}
	// Save writes the record. Generation is the one that was read, and InUse is the fingerprint of the key that was in
	// use then.
	Save struct {
		Question
		As         SaveAs
		Key        pleoclient.Key
		Company    pleoclient.Company
		Scopes     []pleoclient.Scope
		Generation uint64
		InUse      pleoclient.SafeText
	}
	// Restore undoes an unconfirmed save and puts back what was there before it. Generation is the one that was read.
	Restore struct {
		Question
		Company    pleoclient.CompanyID
		Generation uint64
	}
	// Install sets the installation to ACTIVATED: created when Known does not exist, else updated.
	Install struct {
		Question
		Key   pleoclient.Key
		Known pleoclient.Installation
	}
	// Verify reads the active record the way the service will, and compares the key. An outdated record is corrected
	// first.
	Verify struct {
		Question
		Key      pleoclient.Key
		Company  pleoclient.CompanyID
		Outdated bool
		Scopes   []pleoclient.Scope // empty: Pleo does not say
	}
	// Examine checks one thing that a connection needs.
	Examine struct {
		Question
		Exam Exam
	}
	// Tick asks for Ticked in one second.
	Tick struct{ Question }
	// Copy puts Text on the clipboard.
	Copy struct {
		Question
		Text string
	}
	// Open opens URL in a browser.
	Open struct {
		Question
		URL string
	}
)

// SaveAs is how a key is saved.
type SaveAs int

// The ways.
const (
	SaveUnconfirmed SaveAs = iota // pending, and the company is not confirmed yet
	SavePending
	SaveActive
)

// Background returns true: the admin may leave Review before Pleo answers.
func (Reach) Background() bool { return true }

// Background returns true: the admin may leave Review before the store answers.
func (InspectStore) Background() bool { return true }
