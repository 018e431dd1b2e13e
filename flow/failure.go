package flow

import "pleo-connect/pleoclient"

// ErrFault is a fault of this program that ends an interface. Its cause is not shown: the text of a panic could hold a
// secret.
var ErrFault error = Fault{Kind: KindInternal}

// Failure is why a run of a command failed: its kind, for scripts and the exit code, and the words for people, which
// are lower-case sentences without a full stop.
type Failure struct {
	Kind    Kind
	Summary string  // what happened
	Key     KeyLine // where the key is
	Note    string  // the same in words; may be empty
	Hint    string  // one step that helps; may be empty
	Also    string  // a second one; usually empty
	Detail  string  // a fact from outside, for scripts; may be empty

	Candidates []Candidate // what can be meant, when that is the problem
	More       string      // says that there are more than [MaxCandidates]; may be empty

	Missing []pleoclient.Scope // the permissions that the key lacks, when that is the problem
	Surplus []pleoclient.Scope // those that it has too many, when that is the problem
}

// MaxCandidates is how many candidates are listed for people.
const MaxCandidates = 10

// Failure returns the explanation of a problem of a kind as the failure of a run.
func (e Explanation) Failure(kind Kind) *Failure {
	return &Failure{
		Kind: kind, Summary: e.Summary, Key: e.Key, Note: e.Note, Hint: e.Hint, Also: e.Also,
		Detail: e.Detail, Missing: e.Missing, Surplus: e.Surplus,
	}
}

// Failure returns the words for a fault outside a wizard, where no key is in question.
func (b *Book) Failure(f Fault) *Failure {
	return Problem{Fault: f}.explain(State{Setup: Setup{Words: b}, noKey: true}).Failure(f.Kind)
}

// Error returns the summary.
func (f *Failure) Error() string { return f.Summary }

// Class returns what the failure is about.
func (f *Failure) Class() Class { return ClassOf(f.Kind) }

// Class is what a kind of problem is about. There is one exit code for each. The zero Class means no problem.
type Class int

// The classes.
const (
	ClassInternal    Class = iota + 1 // this program
	ClassKey                          // the key was rejected, or is not usable here
	ClassPermissions                  // permissions are missing, or the company is not entitled
	ClassNoAnswer                     // Pleo said nothing about the key: no answer, or an unusable one
	ClassStore                        // the key store
	ClassConflict                     // another company, or changed in the meantime
	ClassUsage                        // flags, files and settings that a person has to change
	ClassInterrupted                  // stopped before the end
)

// ClassOf returns the class of a kind. The empty kind is not a problem; an unknown one is a fault of this program.
func ClassOf(k Kind) Class {
	if k == "" {
		return 0
	}
	return ruleOf(k).class
}
