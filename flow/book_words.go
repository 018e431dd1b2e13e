package flow

import "pleo-connect/pleoclient/lazy"

// ClauseWords are parts of sentences that several rows have in common. Each is a whole clause.
type ClauseWords struct {
	Entry       [keySources]EntryWords
	Contact     Text // whom to contact
	Integration Text // in place of a name
	Vendor      Text // in place of a name
	ThisCompany Text // where no name can be read
	Permission  Text // {name} and {scopes}

	Keeper                          Text // of the keys, unless it is an engine
	Where, WhereEngine              Text // the keys are
	Saved, SavedEngine, SavedSealed Text // how a key is saved

	SavedBriefly, SavedEngineBriefly Text // the same, without who can read it

	Signals *lazy.Map[string, Text] // what stopped a run, by the name that package syscall gives the signal
}

// EntryWords are how a key is entered. They differ by where it comes from.
type EntryWords struct {
	GetKey, GetKeyStandalone Text // where to get another key
	CopyAgain                Text // how to enter the key alone
	CopyOne                  Text // how to enter one key of several
}

// ScreenWords are what the full screen adds. Screens print a Text as it is, so it begins with a capital letter where it
// is a sentence; labels, buttons and the meanings of keys have no full stop.
type ScreenWords struct {
	Review, Key, Check, Done Text // the steps at the top
	Demo                     Text // the label of the demo, in every frame
	DemoSide                 Text // what the key of the demo does
	DemoSideStandalone       Text
	TooSmall                 Text // in place of a frame, which needs {wanted} columns and rows and has {value}

	Above                  Text // how many rows are out of sight
	Below, MorePermissions Forms
	Optional               Text // a permission that is not required

	Pleo Text // one end of a connection; the other is [Book.Keeper]

	Buttons ButtonWords
	Footer  *lazy.Map[string, Text] // what a key does, also in the help

	ShortcutsTitle Text // above what keys do
	CloseHelp      Text // which key closes the help

	PasteHow      Text // when the program cannot paste by itself
	WelcomeBack   Text // after the person came back from Pleo
	OtherKeyAgain Text // n was pressed too early
	ProblemAgain  Text
	DoneAgain     Text

	ScrollToContinue, ScrollToConfirm Text
}

// ButtonWords are what buttons say.
type ButtonWords struct {
	Cancel, Other, Continue, Allow, Yes Text
	Retry, Doctor, Again, Back, Quit    Text
}

// PlainWords are what the line face adds. A question lists the answers that are possible.
type PlainWords struct {
	Heading Text // the first line: {name} and the {environment}

	// Lines of a list, by their mark: {name} is the label.
	OK, Failed, Unknown, Caution Text

	Permission, OptionalPermission Text // {name} and its {scopes}
	Fact                           Text // {name} and {value}
	Item                           Text // the same, in a list
	Step                           Text // the {n}th of a list
	Heads                          Text // the {name} of the list that follows

	Ask        Text // for one of {list} or {value}
	AskConfirm Text
	AskKey     Text // for a {name}
	// AskKeyDemo names the answer that takes the key of the demo, {value}.
	AskKeyDemo Text
	AskLeave   Text // asked while a save takes long
	AskAgain   Text // the answer is not one of them
	AskOrHelp  Text // the same, where there is more to say
	CtrlC      Text
	Answers    *lazy.Map[string, AnswerWords]
}

// AnswerWords are what is typed as an answer, and how a question offers it if that is longer.
type AnswerWords struct{ Word, Offer Text }

// StoreWords are about the key store, except for problems.
type StoreWords struct {
	// What a person should know about the location of the key store before a key is stored there.
	ConcernFUSE, ConcernContainer, ConcernGit, ConcernSynchronised Text

	// A command that was interrupted, and how to finish it.
	UnfinishedRekey, UnfinishedRecipient Text

	// Why no one knows whether connections are missing. Each is a whole clause about {path}.
	DoubtMissing, DoubtNotWritable, DoubtUnreadable, DoubtNotOwn Text

	Recipients Forms // how many can open the key store besides its own identity
}

// UseWords are what connect and reconnect ask and print outside the wizard, and what is said about missing connections.
type UseWords struct {
	More Forms // more candidates than are listed

	Choose, ChooseNumber, ChooseAgain Text // which of several connections is meant

	AskKey          Text // a prompt
	KeyFileOpen     Text // a warning
	BuiltIn         Text // a warning
	NewKeyNotActive Text // a warning
	NoReceipt       Text // a warning

	Line, LineFailed, LineWarning Text // a line of a live list that is printed once

	Nothing                 Text // in place of a list of connections
	LossDoubt, RemovalDoubt Text
	Lost, LostStore         Forms // warnings
}

// CommandWords are what commands say apart from problems and reports.
type CommandWords struct {
	Passphrase      Text // asks for it
	WrongPassphrase Text
	Unlocking       Text // a passphrase is being tried

	RecipientAdded   Text
	RecipientRemoved Text
	OlderCopies      Text // below it

	RekeyResumed    Text
	RekeyDone       Text
	RekeyCredential Text
	RekeyBackups    Text
	RekeyExposed    Text

	DemoOpen  Text // above the address of both sides
	DemoAgain Text // in the browser, when a wizard has ended

	TheCommand   Text // in place of the name of a program
	FewVariables Text // a warning to a unit
}

// ReportWords are what status, disconnect and doctor say.
type ReportWords struct {
	Label      LabelWords
	Standing   StandingWords
	Status     StatusWords
	Verdict    VerdictWords
	Warning    WarningWords
	Tally      TallyWords
	Progress   ProgressWords
	Disconnect DisconnectWords
	Doctor     DoctorWords
	Finding    FindingWords
	Terminal   TerminalWords
	Unit       TimeUnitWords
}

// LabelWords are the labels of facts.
type LabelWords struct {
	CompanyID, Integration, Fingerprint, FingerprintInUse, LastAccepted, PleoAt, Pleo, CheckedNow Text

	File, Entry          Text // of a connection
	SavedIn, ProtectedBy Text

	Company, ID, State, LastState Text // of columns; the last one if Pleo is not asked
}

// StandingWords say how far a connection has come, next to its name.
type StandingWords struct {
	Missing, Unreadable, Unconfirmed, Pending Text

	Active, Rejected, Denied                        Text // when Pleo last said so
	Fewer, OtherCompany, Changed, NotAKey, NoAnswer Text // what a check has found
}

// StatusWords are what status says of a connection.
type StatusWords struct {
	Heading Text // a connection and its standing

	Never, Unknown    Text
	LongAgo           Forms // of days
	InUsePending      Text  // a service gets the previous key
	InUseUnconfirmed  Text
	NotInUse          Text // a service gets none
	NotInUseConfirmed Text
	Exposed           Text // saved without the identity that is named
	NotChecked        Text // an unconfirmed key
	VerdictAndNext    Text
	Recipient         Text
	Unsaved           Text
	StoppedAfter      Forms
	StoppedAfterOf    Forms // of M
}

// VerdictWords are what Pleo said about a saved key.
type VerdictWords struct {
	Accepted, Rejected, Denied Text
	Fewer                      Words
	OtherCompany, NoCompany    Words
	Changed                    Words
	NotAKey                    Words
	NotChecked                 Text // because the wait would be too long
	Quiet                      Text // because Pleo did not answer an earlier request
}

// WarningWords are what a person should know about a connection before relying on it.
type WarningWords struct {
	FromPrevious, RolledBack, Rejected, Denied, FutureDate Text

	Unreadable Text // another connection, on Review
	Exposed    Text // the same, of one that is not encrypted for the identity that is named
}

// TallyWords count the verdicts of a run.
type TallyWords struct{ Accepted, Rejected, Denied, Conflict, Unreadable, Unanswered Forms }

// ProgressWords are what a long run shows at the bottom of a terminal.
type ProgressWords struct {
	Of          Text
	Reading     Text
	Waiting     Text // for a rate limit
	MomentLeft  Text
	MinutesLeft Forms
	HoursLeft   Forms
}

// DisconnectWords are what disconnect asks and says.
type DisconnectWords struct {
	Word, Forget, Prompt Text // a word has to be typed

	Question, QuestionForget, QuestionLost Text
	Happens, HappensHere, HappensForget    Text // HappensHere: nothing is connected in Pleo
	HappensLost                            Text
	Lost                                   Text // in place of a fingerprint or a path
	PleoStays, PleoHasNone                 Text // where Pleo is not contacted

	Removed, Absent, Rejected, Kept, Open, NotAsked Text // what became of the installation in Pleo
	KeyRemoved, KeyKept, KeyAbsent, KeyOpen         Text // and in the key store

	Left, LeftBoth             Text // to do in Pleo
	LeftForget, LeftForgetBoth Text
	NotRemoved, Again          Text // the record
}

// DoctorWords are what doctor says around its findings.
type DoctorWords struct {
	Running, AllWell, WithNotes, NothingFound Text
	NeedAttention                             Forms
	Exams                                     *lazy.Map[string, Text] // labels, by [Exam.String]
	Because                                   Text                    // a {detail}, and a library's {reason}
	NotExamined                               Text
}

// FindingWords are what an examination finds when nothing failed, and what helps.
type FindingWords struct {
	Settings     Text // a {list} of them, and a {note}
	IgnoredProxy Words
	Direct       Text
	LetsThrough  Text
	NoAnswer     Text // no answer to compare the clock with
	NoTime       Text
	SameTime     Text
	Ahead        Text
	Behind       Text
	Addresses    Forms
	MoreOf       Forms
	Literal      Text // a host that is an address
	Unencrypted  Text
	Encrypted    Text
	Answered     Text
	SlowDown     Words
	SlowDownTill Words

	StoreClosed  Text
	NoKeys       Text
	NoKeysHere   Text
	Accepted     Text
	AcceptedSome Text // of those that were asked about
	Key          Text // which key is meant
	KeyNamed     Text
	KeyConcern   Text
	KeyWrong     Text
	ReplaceKey   Text
	Ask          Text
	Locked       Text
	Works        Text
	Empty        Text
}

// TerminalWords are what doctor says about the terminal.
type TerminalWords struct {
	None        Text
	UnknownSize Words
	TooSmall    Text
	UTF8, ASCII Text
	LineByLine  Text
	Place       PlaceWords
}

// PlaceWords say from where the terminal is used, unless that is this computer's desktop.
type PlaceWords struct {
	SSH, Network, Tmux, Screen, Multiplexer, Account, NoWindow, NoDisplay, Unknown Text
}

// TimeUnitWords are units of time after a number.
type TimeUnitWords struct{ Second, Minute, Hour, Day Forms }
