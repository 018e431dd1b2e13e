package flow

import "errors"

// ErrFault is a fault of this program that ends a face. Its cause is not shown: the text of a panic could hold
// a secret.
var ErrFault = errors.New("something went wrong in this program; please tell the makers of pleo-connect")

// Failure is why a run of a command failed: its kind, for scripts and for the exit code, and the words for people.
type Failure struct {
	Kind    Kind
	Summary string // what happened: one sentence, lower-case, without a full stop
	Hint    string // what to do next; may be empty

	Candidates []Candidate // what can be meant, when that is the problem
}

// Failure returns the explanation of a problem of a kind as the failure of a run.
func (e Explanation) Failure(kind Kind) *Failure {
	return &Failure{Kind: kind, Summary: e.Summary, Hint: e.Hint}
}

// Error returns the summary.
func (f *Failure) Error() string { return f.Summary }

// Class returns what the failure is about.
func (f *Failure) Class() Class { return ClassOf(f.Kind) }

// Class is what a kind of problem is about. There is one exit code for each. The zero Class is no problem.
type Class int

// The classes.
const (
	ClassInternal    Class = iota + 1 // this program
	ClassKey                          // the key was rejected, or is not usable here
	ClassPermissions                  // permissions are missing, or the company is not entitled
	ClassNoAnswer                     // Pleo did not say anything about the key: no answer, or one that is no use
	ClassStore                        // the key store
	ClassConflict                     // another company, or changed meanwhile
	ClassUsage                        // flags, files and settings that a person has to change
	ClassInterrupted                  // stopped before the end
)

// ClassOf returns the class of a kind. The empty kind is no problem; one that is unknown is a fault of this program.
func ClassOf(k Kind) Class {
	if k == "" {
		return 0
	}
	return wordsOf(k).class
}

// WrongUse returns the failure for flags, files and settings that the person must change.
func WrongUse(summary, hint string) *Failure {
	return &Failure{Kind: KindSettings, Summary: summary, Hint: hint}
}
