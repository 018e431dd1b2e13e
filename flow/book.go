package flow

import (
	"time"

	"pleo-connect/pleoclient/lazy"
)

// Book holds every sentence that a person can see, in one language. A [State] carries one, in [Setup.Words]. A second
// language is a second value of this type, in a file of its own.
//
// The rows of Problems are named after a kind, or a kind and a case of it: "store_full", "store_full/inodes".
type Book struct {
	// Program is how commands in the texts begin: the name of this program, and the flags that named the key store of
	// the run, without which the commands would mean another one.
	Program string

	// Engine keeps the keys of the run. The texts name it where it matters.
	Engine KeyEngine

	Problems *lazy.Map[Kind, Words]
	Key      *lazy.Map[KeyLine, KeyWords] // the line about the key
	Lines    *lazy.Map[string, LineWords] // live lists, by [Line.Name]

	Lead    LeadWords
	Clauses ClauseWords
	Wizard  WizardWords
	Screen  ScreenWords
	Plain   PlainWords
	Report  ReportWords
	Command CommandWords
	Use     UseWords
	Client  ClientWords
	Store   StoreWords

	Day  func(time.Time) string // a date and a time
	Date func(time.Time) string // only a date
	Form func(n int) int        // which of several [Forms] a number takes, from 0
	List func([]string) string  // facts or names as a list
}

// Words are what people read about a problem. They are lower-case, without a full stop at the end.
type Words struct {
	Headline Text // what happened
	Next     Text // one step that helps; a command is the last thing in it
	Also     Text // a second one, for some people; usually empty
}

// KeyWords are one line about the key: a sentence or two for screens, and what follows "note:".
type KeyWords struct{ Screen, Note Text }

// LeadWords say what a sentence is, on a line of its own.
type LeadWords struct {
	Error, Note, Hint, Warning Text
	Run                        Text // before a command to copy
}

// LineWords are the label of a line in a live list, while it is busy or waiting, and after it succeeded, failed, or was
// left open by an answer that does not say. An empty one is the same as Done.
type LineWords struct{ Doing, Done, Failed, Unknown Text }

// Book returns what people read.
func (s Setup) Book() *Book {
	if s.Words == nil {
		return &English
	}
	return s.Words
}
