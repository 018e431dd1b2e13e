package flow

// WizardWords are what the wizard says in all its interfaces, except for problems. Each Text is a whole sentence, label
// or value, unless its comment says otherwise.
type WizardWords struct {
	Title    TitleWords
	Facts    FactWords
	Changes  ChangeWords
	Resume   ResumeWords
	Received ReceivedWords
	Link     LinkWords
	Unit     UnitWords
	Network  NetworkWords
	Guarded  ProtectionWords
	Ago      AgoWords

	// Review
	Promise, PromiseStandalone             Text // what the key will allow
	PromiseStrict, PromiseStandaloneStrict Text // the same, where a key with more permissions is not used
	ScrollToAllow                          Text // shown while permissions are out of sight
	FixFirst                               Text // about the key, if there is a problem before it exists
	StoreFirst                             Text // the permissions were allowed before an engine was checked
	Owner                                  Text // the account that gets the key, if none was named
	Replaces, ReplacesNote                 Text
	Connected                              Forms
	Other                                  Text // a connection of another integration
	OtherMore                              Forms
	OverviewTitle                          Text
	Overview, OverviewStandalone           []Text

	// Key
	Steps, StepsStandalone        []Text
	Label, LabelStandalone        Text // of the key field
	Kind, KindStandalone          Text // above Comparison
	Comparison                    [][3]Text
	Secret                        Text            // under the field
	Paste                         [pasteWays]Text // in the field while it is empty
	WhoMay                        Text
	NoMenu                        Text // for owners of standalone keys
	OneEnvironment                Text // help with a rejected key
	KeyKept                       Text
	Added                         Text // a text came in pieces, and may be incomplete
	EnterAgain                    Text // Enter came with a pasted text, and may be part of it
	Torn                          Text // only the end of a text arrived where a key is expected
	PasteWhileSaving, PasteOnDone Text

	// Check and Confirm
	Granted          Text // how many of the permissions
	AndMore          Text // {list} is cut
	Unsaid           Text // where Pleo does not say
	UnsaidAccepted   Text // the same, before the question
	NoCompany        Text // in brackets, about an answer of Pleo
	NotOneOfOurs     Text // the same
	EarlyEnter       Text // Enter was pressed before Confirm was in sight
	Dropping         Text
	Dropped          Text
	DroppedInUse     Text
	SameKey          Text // a warning about several connections
	Surplus          Text
	AlreadyConnected Text
	AlreadyHealed    Text // and Pleo accepts the key again
	AlreadyUpdated   Text // and the record of the key was corrected

	// Activate
	SlowSave Text // why a save into an engine takes long

	// Done
	Back, BackVendor               Text // above the link
	BackPrinted, BackVendorPrinted Text // the same in what is printed at the end
	NextPrinted                    Text // above the command of the service
	Webhooks                       Text
	Close                          Text
	Receipt                        Text
	Demo                           Text
	DemoPages                      Text // above the address of its pages, before the wizard begins
	DemoForward, DemoForwardBy     Text // below it, over SSH: how, and the command that forwards the port {value}

	Quoted Text // a company's name
}

// TitleWords are the headlines of the steps.
type TitleWords struct {
	Review, Key, Check, Confirm, Activate, Done Text

	Fewer  Text // on Confirm, where the company is known and only permissions are asked about
	Engine Text // on Check, where Pleo has answered
}

// FactWords are the labels of facts, and their values that are words.
type FactWords struct {
	Company, CompanyID, Integration, Permissions, Lost, Warning, Fingerprint Text
	Name, Address, Saved, Replaces, AlsoHere                                 Text
	SavedIn, ProtectedBy, Service, OldKey, InPleo, NextRun                   Text
	Vendor, Help, SentTo                                                     Text

	NameUnread    Text
	SameActive    Text
	InUse         Text
	OtherHere     Text
	SameKeyHere   Text
	CanRead       Text
	DeleteOld     Text
	ShowsIt       Text
	OtherWithName Text // an integration by name and ID
}

// ChangeWords say how an integration differs from what was allowed before. Those of the second block are labels for
// what it was.
type ChangeWords struct {
	Heading, Change                                         Text
	New, Removed, NowRequired, NowOptional, Worded          Text
	Name, Vendor, Key, Applications, Link, Menu, Help       Text
	Account, Command, Surplus, SurplusNotUsed, SurplusShown Text
	NotSet                                                  Text
}

// ResumeWords say that an earlier run stopped, and how to continue, by the way in which the answer is taken.
type ResumeWords struct{ Activate, Confirm [answerings]Text }

// ReceivedWords say that a key was received. Those with a number are for a paste.
type ReceivedWords struct {
	First, Again             Text
	FirstPasted, AgainPasted Forms
}

// LinkWords say what happened to a link.
type LinkWords struct {
	Opening, Opened, OpenBegun, OpenFailed, NoBrowser  Text
	CopiedHere, CopiedByTerminal, CopiedByTmux, NoCopy Text

	Again               Text // above a link that takes more than one row
	CommandAgain, Widen Text // below such a command: it is printed at the end, or only here
}

// UnitWords introduce the lines of a systemd unit and the commands that go with it.
type UnitWords struct {
	Needs, Reads, Test, Credential, Instead Text

	Token Text // what FILE is, for an engine
}

// NetworkWords say what a connection to Pleo depends on.
type NetworkWords struct {
	ThroughProxy, TrustingExtra, TrustingInstead Text // lines of Review

	Proxy, Trusting Text // labels
	Extra, Instead  Text // values

	WithProxy, WithExtra, WithInstead Text // remarks after an address
}

// ProtectionWords name what guards the key store.
type ProtectionWords struct{ File, Systemd, Passphrase, Unknown, Engine, EngineSealed Text }

// AgoWords say when something was, as part of a sentence.
type AgoWords struct {
	Now                  Text
	Minutes, Hours, Days Forms
	On                   Text
}
