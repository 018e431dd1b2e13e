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

// NoTerminal returns the failure of a run that has no terminal at one of its ends, and was not told to do without.
func NoTerminal(input, output bool) *Failure {
	const otherwise = "; to run it without a person, give the key with --key-file FILE (see pleo-connect connect --help)"
	switch {
	case input:
		return WrongUse("the wizard needs a terminal, and standard output is not one",
			"over SSH, use ssh -t; do not send the output through a pipe or into a file"+otherwise)
	case output:
		return WrongUse("the wizard needs a terminal, and standard input is not one",
			"over SSH, use ssh -t; do not send anything into it through a pipe or from a file"+otherwise)
	}
	return WrongUse("the wizard needs a terminal, and neither standard input nor standard output is one",
		"over SSH, use ssh -t"+otherwise)
}

// WrongUse returns the failure for flags, files and settings that the person must change.
func WrongUse(summary, hint string) *Failure {
	return &Failure{Kind: KindSettings, Summary: summary, Hint: hint}
}
