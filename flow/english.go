package flow

import (
	"maps"
	"strings"
	"time"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/lazy"
	"pleo-connect/pleoclient/textfile"
)

// English is the book in English.
var English = Book{
	Program: "pleo-connect",

	Problems: &englishProblems,
	Key:      &englishKey,
	Lines:    &englishLines,
	Lead: LeadWords{
		Error: "error: {detail}", Note: "note: {detail}", Hint: "hint: {detail}", Warning: "warning: {detail}",
		Run: "run:",
	},
	Clauses: englishClauses,
	Wizard:  englishWizard,
	Screen:  englishScreen,
	Plain:   englishPlain,
	Report:  englishReport,
	Command: englishCommand,
	Use:     englishUse,
	Client:  englishClient,
	Store:   englishStore,

	Day:  func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") },
	Date: func(t time.Time) string { return t.UTC().Format("2 January 2006") },
	Form: func(n int) int {
		if n == 1 {
			return 0
		}
		return 1
	},
	List: func(parts []string) string { return strings.Join(parts, ", ") },
}

const (
	allowInPleo  = "open " + menuAccounting + " > {name} in Pleo, press Allow"
	createInPleo = "create a key in Pleo under " + menuKeys
	copyAndRun   = "copy the key with Pleo's copy button, then run this again and paste it"
)

var englishClauses = ClauseWords{
	Entry: [keySources]EntryWords{
		KeyInWizard: {
			GetKey:           allowInPleo + ", and paste the key you get",
			GetKeyStandalone: createInPleo + " and paste it",
			CopyAgain:        "copy the key with Pleo's copy button and paste it here",
			CopyOne:          "copy one key and paste it again",
		},
		KeyInFile: {
			GetKey:           allowInPleo + ", and save the key you get in the key file",
			GetKeyStandalone: createInPleo + " and save it in the key file",
			CopyAgain:        "make sure the key file holds the key and nothing else",
			CopyOne:          "make sure the key file holds one key and nothing else",
		},
		KeyOnInput: {
			GetKey:           allowInPleo + ", and send the key you get to standard input",
			GetKeyStandalone: createInPleo + " and send it to standard input",
			CopyAgain:        "send only the key to standard input",
			CopyOne:          "send only one key to standard input",
		},
		KeyAtPrompt: {
			GetKey:           allowInPleo + ", then run this again and paste the key you get",
			GetKeyStandalone: createInPleo + ", then run this again and paste it",
			CopyAgain:        copyAndRun,
			CopyOne:          "copy one key, then run this again and paste it",
		},
	},
	Contact:     "contact {vendor} if it keeps happening",
	Integration: "the integration",
	Vendor:      "the integration's vendor",
	ThisCompany: "company {id}",
	Permission:  "{name} ({scopes})",
	Keeper:      "this computer",
	Where:       "on this computer", WhereEngine: "in {engine}",
	SavedBriefly: "saved encrypted", SavedEngineBriefly: "saved in {engine}",
	Saved: "saved encrypted on this computer", SavedEngine: "saved in {engine}, readable to everyone its policies allow",
	SavedSealed: "saved encrypted in {engine}",
	Signals:     &englishSignals,
}

var englishSignals = lazy.Map[string, Text]{Fill: func() map[string]Text {
	return map[string]Text{
		"interrupt": "interrupted", "hangup": "hung up", "terminated": "terminated", "quit": "quit",
	}
}}

var englishKey = lazy.Map[KeyLine, KeyWords]{Fill: func() map[KeyLine]KeyWords {
	return map[KeyLine]KeyWords{
		KeyUnsaid:      {},
		KeyUnused:      {"No key has been used yet.", "no key has been used yet"},
		KeyNothingHere: {"Nothing was saved.", "nothing was saved"},
		KeyCurrent:     {"The current key stays in use.", "the current key stays in use"},
		KeyNotSent:     {"Nothing was sent to Pleo.", "nothing was sent to Pleo"},
		KeyNotRejected: {"Your key was not rejected. You won't need to paste it again.", "your key was not rejected"},
		KeyInHand:      {"Your key is still here. You won't need to paste it again.", "your key is still here"},
		KeySaved:       {"Your key is saved. You won't need to paste it again.", "your key is saved"},
		KeyLost: {"Your key was not saved. You'll need it again.",
			"your key was not saved; you'll need it again"},
		KeyMaybeSaved: {"Your key may have been saved. Start again to find out.",
			"your key may have been saved; start again to find out"},
		KeyUnusable: {"This key was not saved, and nothing changed in Pleo.",
			"this key was not saved, and nothing changed in Pleo"},
		KeyNotSaved: {"This key was not saved.", "this key was not saved"},
		KeyOldStays: {"This key was not saved. The current key stays in use.",
			"this key was not saved; the current key stays in use"},
		KeyAsked:     {"The saved key was not rejected.", "the saved key was not rejected"},
		KeyDiscarded: {"Your key was not sent or saved.", "your key was not sent or saved"},
		KeyNotOverwritten: {"Nothing was overwritten. Your key is still here.",
			"nothing was overwritten"},
		KeySavedStays: {"The saved key stays until you replace it.", "the saved key stays until you replace it"},
	}
}}

const (
	nextBetween = "ask your network administrator what sits between this computer and Pleo"
	nextPleo    = "try again in a minute; {contact}"
	nextLater   = "try again after {date}; {contact}"
	askAllowed  = "ask {vendor} whether this company may use {name}"
	setClock    = "set the clock; on most Linux servers, run: timedatectl set-ntp true"
	onlyThese   = "create a new key in Pleo with only these permissions ticked: {list}"
	tickAll     = "create a new key in Pleo with these permissions ticked: {list}"
	pleoDecides = "contact {vendor}; Pleo sets which permissions this integration gets"
	startDemo   = "to start again, run: pleo-connect demo"
	orFewer     = "if fewer are enough, disconnect first"
)

var englishWizard = WizardWords{
	Title: TitleWords{
		Review:   "{name} would like permission to",
		Key:      "Get your key from Pleo",
		Check:    "Checking your key with Pleo",
		Engine:   "Waiting for {engine}",
		Confirm:  "Is this the right company?",
		Activate: "Activating the connection",
		Done:     "Connected to {company}",
		Fewer:    "Use a key with fewer permissions?",
	},
	Facts: FactWords{
		Company: "company", CompanyID: "company ID", Integration: "integration", Permissions: "permissions",
		Lost: "no longer", Warning: "warning", Fingerprint: "fingerprint",
		Name: "name", Address: "address", Saved: "saved", Replaces: "replaces", AlsoHere: "also here",
		SavedIn: "saved in", ProtectedBy: "protected by", Service: "service", OldKey: "old key", InPleo: "in Pleo",
		NextRun: "next, run",
		Vendor:  "vendor", Help: "help", SentTo: "key is sent to",

		NameUnread:    "it couldn't be read; compare the ID",
		SameActive:    "this same key, already active",
		InUse:         "{fingerprint}{{, last accepted on {date}}}{{, for {origin}}}",
		OtherHere:     "{integration}{{ ({status})}}; it is not affected",
		SameKeyHere:   "{integration}, with this same key; create a separate key for it in Pleo",
		CanRead:       "{account} can read the key",
		DeleteOld:     "{fingerprint}; delete it in Pleo if it's still listed",
		ShowsIt:       menuAccounting + " now shows it as Connected",
		OtherWithName: "{name} ({id})",
	},
	Changes: ChangeWords{
		Heading: "changed since it was last allowed",
		Change:  "changed since it was last allowed: {name} {value}",
		New:     "new", Removed: "removed", NowRequired: "now required", NowOptional: "now optional",
		Worded: "worded before",
		Name:   "name was", Vendor: "vendor was", Key: "key kind was", Applications: "Pleo name was",
		Link: "link was", Menu: "menu was", Help: "help was", Account: "account was", Command: "command was",
		Surplus: "wider key was", SurplusNotUsed: "not allowed", SurplusShown: "allowed, with a warning",
		NotSet: "not set",
	},
	Resume: ResumeWords{
		Activate: [answerings]Text{
			ByWord:   "the key for {company} was saved {ago} but not activated; press Continue to finish",
			ByEnter:  "the key for {company} was saved {ago} but not activated; press Enter to finish",
			ByItself: "the key for {company} was saved {ago} but not activated; finishing that now",
			ByTyping: "the key for {company} was saved {ago} but not activated; type continue to finish",
		},
		Confirm: [answerings]Text{
			ByWord:   "the key for {company} was saved {ago}, but the company was not confirmed; press Continue to finish",
			ByEnter:  "the key for {company} was saved {ago}, but the company was not confirmed; press Enter to finish",
			ByItself: "the key for {company} was saved {ago}, but the company was not confirmed; finishing that now",
			ByTyping: "the key for {company} was saved {ago}, but the company was not confirmed; type continue to finish",
		},
	},
	Received: ReceivedWords{
		First:       "key received",
		FirstPasted: Forms{"key received, 1 character", "key received, {n} characters"},
		Again:       "key received; it is used instead of the one you entered before",
		AgainPasted: Forms{"key received, 1 character; it is used instead of the one you entered before",
			"key received, {n} characters; it is used instead of the one you entered before"},
	},
	Link: LinkWords{
		Opening:          "opening the link on this computer…",
		Opened:           "opening your browser",
		OpenBegun:        "this computer was asked to open the link; if no page appears, copy the link instead",
		OpenFailed:       "couldn't start a browser; copy the link instead",
		NoBrowser:        "no browser can be opened from here; copy the link instead",
		CopiedHere:       "link copied to this computer's clipboard; if it doesn't paste, select it above",
		CopiedByTerminal: "link sent to your terminal's clipboard; if it doesn't paste, select it above",
		CopiedByTmux:     "link sent to tmux; if it doesn't paste, run: tmux set -g set-clipboard on",
		NoCopy:           "couldn't copy the link; select it above",
		Again:            "The link is too long for this window. It will be printed in one piece when you finish.",
		CommandAgain:     "The command is too long for this window. It will be printed in one piece when you quit.",
		Widen:            "The command is too long for this window. Make the window wider to copy it in one piece.",
	},
	Unit: UnitWords{
		Needs:      "To let a systemd service read the key, add this to its unit:",
		Reads:      "The service then reads the key with:",
		Test:       "To test it, run as root:",
		Credential: "To have systemd keep the file encrypted instead, run as root:",
		Instead:    "and replace the PLEO_CONNECT_IDENTITY line with:",
		Token:      "FILE is where an agent keeps a token for the service; it must belong to the service's account.",
	},
	Network: NetworkWords{
		ThroughProxy:    "Through proxy {proxy}",
		TrustingExtra:   "Trusting extra certificates from {detail} ({flag})",
		TrustingInstead: "Trusting certificates from {detail} ({flag})",
		Proxy:           "proxy", Trusting: "trusting",
		Extra:       "extra certificates from {detail} ({flag})",
		Instead:     "certificates from {detail} ({flag})",
		WithProxy:   "through proxy {proxy}",
		WithExtra:   "with extra certificates from {detail} ({flag})",
		WithInstead: "with certificates from {detail} ({flag})",
	},
	Guarded: ProtectionWords{
		File:       "a file in another directory",
		Systemd:    "systemd",
		Passphrase: "a file locked with a passphrase",
		Unknown:    "a file",

		Engine:       "{engine}'s policies and encryption; everyone they allow can read the key",
		EngineSealed: "{engine}'s policies, and encryption with a file outside {engine}",
	},
	Ago: AgoWords{
		Now:     "just now",
		Minutes: Forms{"1 minute ago", "{n} minutes ago"},
		Hours:   Forms{"1 hour ago", "{n} hours ago"},
		Days:    Forms{"1 day ago", "{n} days ago"},
		On:      "on {date}",
	},

	Promise:           "Pleo will create a key for these permissions. It is checked first, then {saved}.",
	PromiseStandalone: "You'll create a key with these permissions in Pleo. It is checked first, then {saved}.",
	PromiseStrict: "Pleo will create a key for these permissions. It is checked first, then {saved}. A key with more " +
		"permissions is not saved.",
	PromiseStandaloneStrict: "You'll create a key with these permissions in Pleo. It is checked first, then {saved}. " +
		"A key with more permissions is not saved.",
	ScrollToAllow: "Scroll to the end of the list to allow",
	StoreFirst:    "checking {engine} first; the wizard then continues by itself",
	FixFirst:      "No key has been used yet. Fix this before you create one: Pleo shows a key only once.",
	Owner:         "the key store in {path} belongs to the account {account}, which will own the key and can read it",
	Replaces:      "New key for {company}",
	ReplacesNote:  "{fingerprint} stays in use until the new key works",
	Connected:     Forms{"1 connection already {where}", "{n} connections already {where}"},
	Other: "{company} also has a connection to {integration} {where}{{ ({status})}}; " +
		"it is not affected",
	OtherMore: Forms{
		"1 more connection of another integration {where}; to see it, run: {program} status",
		"{n} more connections of other integrations {where}; to see them, run: {program} status",
	},
	OverviewTitle: "How this works",
	Overview: []Text{
		"You allow what the integration asks for",
		"Pleo creates a key, and you paste it here",
		"The key is checked with Pleo before anything is saved",
		"You confirm that it belongs to the right company",
		"The key is {saved}, and Pleo shows Connected",
	},
	OverviewStandalone: []Text{
		"You allow what the integration asks for",
		"You create a key in Pleo and paste it here",
		"The key is checked with Pleo before anything is saved",
		"You confirm that it belongs to the right company",
		"The key is {saved}, and Pleo shows Connected",
	},

	Steps: []Text{
		"Open " + menuAccounting,
		"Choose {name}",
		"Press Allow. Pleo may ask for your passcode",
		"Copy the key. Pleo shows it only once",
		"Come back and paste it here. There is no time limit",
	},
	StepsStandalone: []Text{
		"Open " + menuKeys,
		"Press Create API Key, then choose a name and an expiration",
		"For Access level, choose this one company, not the organisation",
		"Tick only these: {scopes}",
		"Copy the key. Pleo shows it only once",
		"Come back and paste it here. There is no time limit",
	},
	Label: "Integrated API Key", LabelStandalone: "Standalone API Key",
	Kind:           "This integration uses an Integrated API Key",
	KindStandalone: "This integration uses a Standalone API Key",
	Comparison: [][3]Text{
		{"", "Integrated", "Standalone"},
		{"starts with", "installing it in Pleo", "creating a key in Settings"},
		{"key appears", "during installation", "when you create it"},
		{"permissions", "set by Pleo", "chosen by you"},
		{"approved by", "pressing Allow", "choosing the scopes"},
		{"belongs to", "this one installation", "any compatible integration"},
		{"how many", "one per installation", "one or more per company"},
		{"meant for", "approved accounting and ERP", "your own or custom programs"},
	},
	Secret: "Secret: company-wide access within its permissions. Don't keep a copy",
	Paste: [pasteWays]Text{
		PasteUsual:   "paste with your terminal: ctrl+shift+v, or right click",
		PasteMac:     "paste with your terminal: cmd+v",
		PasteWindows: "paste with your terminal: ctrl+v, or right click",
		PasteNone:    "type the key: the Linux console has no paste of its own",
	},
	WhoMay: "Only Pleo admins and bookkeepers can do this",
	NoMenu: "No API Keys in the menu? You must be an admin or bookkeeper, and API keys must be " +
		"enabled for your company",
	OneEnvironment:   "A key works only in the environment where it was created.",
	KeyKept:          "your key is still here: press Enter to check it again, or paste another",
	Added:            "added to what you typed; press Enter to check the key",
	EnterAgain:       "press Enter again; the first one may have been part of the paste",
	Torn:             "only part of the text arrived, and it was not used; paste the key again",
	PasteWhileSaving: "your key is being saved, so this paste was ignored",
	PasteOnDone:      "you're already connected, so this paste was ignored",

	Granted:          "{n} of {m}",
	AndMore:          "{list} and {n} more",
	Unsaid:           "Pleo doesn't say",
	UnsaidAccepted:   "Pleo doesn't say; connecting accepts that",
	NoCompany:        "Pleo didn't say which company it belongs to",
	NotOneOfOurs:     "it doesn't match the key's company",
	EarlyEnter:       "Check the company, then press Enter again",
	Dropping:         "removing the saved key…",
	Dropped:          "the saved key was removed",
	DroppedInUse:     "the saved key was removed; the current key stays in use",
	SameKey:          "the same key is used {where} for {list}, which may stop working too",
	Surplus:          "this key can do more than was asked for: {list}",
	AlreadyConnected: "this key was already connected; nothing changed",
	AlreadyHealed:    "this key was already connected, and Pleo accepts it again",
	AlreadyUpdated:   "this key was already connected; what is saved about it was updated",

	SlowSave: "waiting for {engine}; this can take 30 s if one of its nodes has failed",

	Back:              "Back to Pleo: " + menuAccounting + " now shows it as Connected",
	BackVendor:        "Back to {name}{{: {detail}}}",
	BackPrinted:       "Back to Pleo, where " + menuAccounting + " now shows it as Connected:",
	BackVendorPrinted: "Back to {name}{{, {detail}}}:",
	NextPrinted:       "Next, run:",
	Webhooks:          "If you use webhooks, check that they still arrive: they may belong to the old key.",
	Close:             "You can close this window",
	Receipt:           "{name} is connected to {company}",
	Demo:              "DEMO: nothing was saved",
	DemoPages:         "DEMO: open the simulated Pleo in a browser on this computer:",
	DemoForward:       "Over SSH, first run this on your own computer, where SERVER is this one:",
	DemoForwardBy:     "ssh -L {value}:127.0.0.1:{value} SERVER",

	Quoted: "“{company}”",
}

var englishLines = lazy.Map[string, LineWords]{Fill: func() map[string]LineWords {
	return map[string]LineWords{
		lineReach:    {"Contacting Pleo", "Pleo is reachable", "Can't reach Pleo", ""},
		lineStore:    {"Checking the key store", "Key store ready", "Key store can't be used", ""},
		lineAnswers:  {"Contacting Pleo", "Pleo answered", "No answer from Pleo", ""},
		lineAccepted: {"Checking the key", "Key accepted", "Key not accepted", ""},
		lineIntegration: {"Checking the integration", "Key is for this integration", "Key is for another integration",
			"Integration"},
		linePermissions: {"Checking permissions", "Permissions", "Permissions don't match", ""},
		lineMissing:     {"", "Missing:", "", ""},
		lineNotGranted:  {"", "Not granted:", "", ""},
		lineSurplus:     {"", "Not asked for:", "", ""},
		lineLost:        {"", "No longer allowed:", "", ""},
		lineCompany:     {"Looking up the company", "Company", "Not the right company", ""},
		lineSaved:       {"Saving the key", "Key saved, encrypted", "Key not saved", "Key may be saved"},
		lineInstalled:   {"Activating in Pleo", "Active in Pleo", "Not active in Pleo", ""},
		lineRecorded: {"Saving the connection", "Connection saved", "Connection not saved",
			"Connection may be saved"},
		lineSavedIn: {"Saving the key", "Key saved in {engine}, readable there", "Key not saved",
			"Key may be saved in {engine}"},
		lineSealedIn: {"Saving the key", "Key saved in {engine}, encrypted", "Key not saved",
			"Key may be saved in {engine}"},
		lineVerified: {"Reading the key back", "Key read back from disk", "Key can't be read back", ""},
		lineReadFrom: {"Reading the key back", "Key read back from {engine}", "Key can't be read back", ""},
		lineReadBy: {"Reading the key as {account}", "{account} can read the key",
			"{account} can't read the key", ""},
	}
}}

// The rows for what can go wrong with a terminal.
const (
	TerminalUnusable Kind = KindInternal + "/terminal"
	TerminalUnread   Kind = KindInternal + "/reader"
)

var englishScreen = ScreenWords{
	Review: "Review", Key: "Key", Check: "Check", Done: "Done",
	Demo:               "DEMO",
	DemoSide:           "plays your part in Pleo: Allow, copy the key, paste it here",
	DemoSideStandalone: "plays your part in Pleo: create a key, copy it, paste it here",
	TooSmall:           "Make this window at least {wanted} (it is {value}); nothing is lost",

	Above: "{n} more", Below: Forms{"{n} more line", "{n} more lines"},
	MorePermissions: Forms{"{n} more permission", "{n} more permissions"},
	Optional:        "{name} (optional)",
	Pleo:            "Pleo",

	Buttons: ButtonWords{
		Cancel: "Cancel", Other: "Use another key", Continue: "Continue", Allow: "Allow", Yes: "Yes, connect",
		Retry: "Try again", Doctor: "Find the cause", Again: "Check again", Back: "Back", Quit: "Quit",
	},
	Footer:         &englishFooter,
	ShortcutsTitle: "Shortcuts",
	CloseHelp:      "any key to go back",

	PasteHow:      "Paste with Ctrl+Shift+V, Shift+Insert, Cmd+V or a right click",
	WelcomeBack:   "Welcome back. Paste your key here",
	OtherKeyAgain: "Check the company, then press n again",
	ProblemAgain:  "Read this first, then press Enter again",
	DoneAgain:     "Press Enter again to finish",

	ScrollToContinue: "Scroll to the end of the list to continue",
	ScrollToConfirm:  "Scroll down to read the warning first",
}

var englishFooter = lazy.Map[string, Text]{Fill: func() map[string]Text {
	return map[string]Text{
		"quit": "quit", "scroll": "scroll", "choose": "choose", "confirm": "confirm", "help": "help",
		"check": "check", "clear": "clear", "back": "back", "demo": "paste demo key",
		"other_key": "other key", "new_key": "new key", "cancel": "cancel", "stop_waiting": "stop waiting",
		"retry": "try again", "doctor": "find the cause", "check_again": "check again",
		"copy_link": "copy link", "open_link": "open link", "finish": "finish",
	}
}}

var englishPlain = PlainWords{
	Heading: "{name} · {environment}",
	OK:      "ok: {name}{{, {detail}}}", Failed: "failed: {name}{{, {detail}}}", Unknown: "unknown: {name}{{, {detail}}}",
	Caution: "warning: {name}{{, {detail}}}",

	Permission: "- {name} ({scopes})", OptionalPermission: "- {name} ({scopes}, optional)",
	Fact: "{name}: {value}", Item: "- {name}: {value}", Step: "{n}. {detail}", Heads: "{name}:",

	Ask:        "Type {list} or {value}: ",
	AskConfirm: "Is this right? Type {list} or {value}: ",
	AskKey:     "{name} (hidden while you type; ? for help; Enter alone goes back): ",
	AskKeyDemo: "{name} (hidden; type {value} for a simulated key; Enter alone goes back): ",
	AskLeave:   "Type {value} to stop waiting: ",
	AskAgain:   "Please type one of these words.",
	AskOrHelp:  "Please type one of these words, or ? for help.",
	CtrlC:      "Press Ctrl+C to quit.",
	Answers:    &englishAnswers,
}

var englishAnswers = lazy.Map[string, AnswerWords]{Fill: func() map[string]AnswerWords {
	return map[string]AnswerWords{
		"allow": {"allow", ""}, "cancel": {"cancel", ""}, "continue": {"continue", ""},
		"new": {"new", "new (use another key)"}, "yes": {"yes", ""}, "other": {"other", "other (use another key)"},
		"back": {"back", ""}, "retry": {"retry", ""}, "doctor": {"doctor", ""}, "quit": {"quit", ""},
		"again": {"again", ""}, "demo": {"demo", ""}, "help": {"help", ""},
	}
}}

var englishClient = ClientWords{
	Either:    "{list} or {value}",
	Character: "{name} ({id})",
	Byte:      "invalid UTF-8 ({id})",
	Repaired:  "the text was cleaned before use ({list})",
	Front:     "make sure the key really begins with “{character}”",
	Middle:    "make sure the key really contains “{character}”",
	Back:      "make sure the key really ends in “{character}”",

	ReceivedFront:  "make sure it really begins with “{character}”",
	ReceivedMiddle: "make sure it really contains “{character}”",
	ReceivedBack:   "make sure it really ends in “{character}”",

	Reasons:    &englishReasons,
	Proxy:      &englishProxyReasons,
	Texts:      &englishTexts,
	Characters: &englishCharacters,
	Sorts:      &englishSorts,
	Removed:    &englishRemoved,
}

var englishReasons = lazy.Map[pleoclient.Reason, Text]{Fill: func() map[pleoclient.Reason]Text {
	return map[pleoclient.Reason]Text{
		pleoclient.ReasonNoSuchName:     "the name doesn't exist",
		pleoclient.ReasonResolverSilent: "the DNS server{{ {value}}} did not answer",
		pleoclient.ReasonResolverFailed: "the DNS server{{ {value}}} could not answer",
		pleoclient.ReasonRefused:        "connection refused",
		pleoclient.ReasonSilent:         "it did not answer in time",
		pleoclient.ReasonCut:            "the connection was interrupted",
		pleoclient.ReasonNotLoopback:    "the demo and the sandbox contact this computer only",
		pleoclient.ReasonSystem:         "{value}",
		pleoclient.ReasonNet:            "{value}",

		pleoclient.ReasonIssuer:       "{value}",
		pleoclient.ReasonNoIssuer:     "an unnamed issuer",
		pleoclient.ReasonDates:        "valid from {from} to {to}; this computer's clock says {clock}",
		pleoclient.ReasonNames:        "its certificate is for {value}",
		pleoclient.ReasonNoNames:      "its certificate names no host",
		pleoclient.ReasonOldSignature: "the certificate uses an outdated signature",
		pleoclient.ReasonPlainHTTP:    "that port uses plain HTTP",
		pleoclient.ReasonNotTLS:       "that port doesn't use TLS",
		pleoclient.ReasonOldTLS:       "it uses an outdated version of TLS",
		pleoclient.ReasonTLS:          "TLS: {value}",

		pleoclient.ReasonProxySetting:  "{value} is not a valid proxy address",
		pleoclient.ReasonProxyStatus:   "it answered {value}",
		pleoclient.ReasonPage:          "it answered with a page instead of a connection",
		pleoclient.ReasonNotAProxy:     "it doesn't behave like a proxy",
		pleoclient.ReasonLogin:         "it requires a sign-in{{ with {names}}}",
		pleoclient.ReasonLoginBasic:    "it requires a sign-in with {names}",
		pleoclient.ReasonLoginRejected: "it did not accept the username or password",

		pleoclient.ReasonSignIn:         "it asks for a {value} sign-in{{, status {status}}}",
		pleoclient.ReasonWebPage:        "a web page{{, status {status}}}",
		pleoclient.ReasonCompressed:     "it is compressed{{, status {status}}}",
		pleoclient.ReasonOtherType:      "neither JSON nor text{{, status {status}}}",
		pleoclient.ReasonGateway:        "a gateway had no answer in time, status {status}",
		pleoclient.ReasonRedirect:       "it redirects to {value}",
		pleoclient.ReasonRedirectNoHost: "it redirects without a host",
		pleoclient.ReasonStatus:         "status {status}",
		pleoclient.ReasonHeadersSize:    "its headers are larger than 64 KiB",
		pleoclient.ReasonNotHTTP:        "it is not valid HTTP",
		pleoclient.ReasonSize:           "it is larger than 1 MiB",
		pleoclient.ReasonNotJSON:        "it is not JSON",
		pleoclient.ReasonDepth:          "it is nested too deeply",
		pleoclient.ReasonOtherJSON:      "it is not the expected JSON",
		pleoclient.ReasonRepeatsKey:     "it repeats the key",

		pleoclient.ReasonClient:        "authMethod, clientId or scope is missing",
		pleoclient.ReasonSubject:       "subjectURN is neither a company nor an organisation",
		pleoclient.ReasonManyScopes:    "it lists more than 1,000 permissions, or more than 64 KiB of them",
		pleoclient.ReasonCompany:       "the company is missing",
		pleoclient.ReasonAddress:       "the company has no address",
		pleoclient.ReasonOtherCompany:  "it is about another company",
		pleoclient.ReasonSeveral:       "it lists several installations",
		pleoclient.ReasonNull:          "an installation is null",
		pleoclient.ReasonInstallation:  "the installation's id or applicationId is missing or invalid",
		pleoclient.ReasonResource:      "the installation's resource is not a company",
		pleoclient.ReasonNoStatus:      "the installation's status is missing",
		pleoclient.ReasonMetadata:      "the installation's metadata is not an object",
		pleoclient.ReasonTimes:         "the installation's createdAt or updatedAt is missing",
		pleoclient.ReasonRequest:       "the request could not be built",
		pleoclient.ReasonCompanyID:     "the company ID is not a UUID",
		pleoclient.ReasonInvalidStatus: "the status is not valid text",
	}
}}

var englishProxyReasons = lazy.Map[pleoclient.Reason, Text]{Fill: func() map[pleoclient.Reason]Text {
	return map[pleoclient.Reason]Text{
		pleoclient.ReasonNoSuchName:     "its name doesn't exist",
		pleoclient.ReasonResolverSilent: "its name could not be found: the DNS server{{ {value}}} did not answer",
		pleoclient.ReasonResolverFailed: "its name could not be found: the DNS server{{ {value}}} could not answer",
		pleoclient.ReasonIssuer:         "its certificate is not trusted; it was issued by {value}",
		pleoclient.ReasonNoIssuer:       "its certificate is not trusted; it was issued by an unnamed issuer",
		pleoclient.ReasonDates: "its certificate is valid from {from} to {to}; " +
			"this computer's clock says {clock}",
		pleoclient.ReasonOldSignature: "its certificate uses an outdated signature",
		pleoclient.ReasonPlainHTTP:    "its port uses plain HTTP",
		pleoclient.ReasonNotTLS:       "its port doesn't use TLS",
	}
}}

var englishTexts = lazy.Map[textfile.What, Text]{Fill: func() map[textfile.What]Text {
	return map[textfile.What]Text{
		textfile.Empty:    "it is empty",
		textfile.NUL:      "it has a NUL byte on line {n}",
		textfile.NotUTF8:  "line {n} is not UTF-8",
		textfile.Damaged:  "its {value} text is damaged on line {n}",
		textfile.Unmarked: "it is {value} without a byte order mark",
	}
}}

// englishCharacters are the Unicode names of characters that really occur in pasted keys; a test compares them with
// Unicode. All names (golang.org/x/text/unicode/runenames) would add 1 MB to the program, for characters that no one
// pastes.
var englishCharacters = lazy.Map[rune, Text]{Fill: func() map[rune]Text {
	return map[rune]Text{
		0x00: "NUL", 0x03: "Ctrl+C", 0x04: "Ctrl+D", 0x07: "bell", 0x08: "backspace", '\t': "tab",
		0x16: "Ctrl+V", 0x1b: "escape",
		' ': "space", ':': "colon", 0x7f: "delete",

		'\u00a0': "no-break space",
		'\u00ad': "soft hyphen",
		'\u00b4': "acute accent",
		'\u00b7': "middle dot",
		'\u2002': "en space",
		'\u2003': "em space",
		'\u2009': "thin space",
		'\u200b': "zero-width space",
		'\u200c': "zero-width non-joiner",
		'\u200d': "zero-width joiner",
		'\u200e': "left-to-right mark",
		'\u200f': "right-to-left mark",
		'\u2010': "hyphen",
		'\u2011': "non-breaking hyphen",
		'\u2012': "figure dash",
		'\u2013': "en dash",
		'\u2014': "em dash",
		'\u2018': "left single quotation mark",
		'\u2019': "right single quotation mark",
		'\u201c': "left double quotation mark",
		'\u201d': "right double quotation mark",
		'\u2028': "line separator",
		'\u2029': "paragraph separator",
		'\u202c': "pop directional formatting",
		'\u202d': "left-to-right override",
		'\u202e': "right-to-left override",
		'\u202f': "narrow no-break space",
		'\u2060': "word joiner",
		'\u2212': "minus sign",
		'\u3000': "ideographic space",
		'\ufeff': "byte order mark",
		'\ufffd': "replacement character",

		// Letters that look like a to z or A to Z.
		'а': "Cyrillic small letter a",
		'е': "Cyrillic small letter ie",
		'о': "Cyrillic small letter o",
		'р': "Cyrillic small letter er",
		'с': "Cyrillic small letter es",
		'у': "Cyrillic small letter u",
		'х': "Cyrillic small letter ha",
		'ѕ': "Cyrillic small letter dze",
		'ј': "Cyrillic small letter je",
		'А': "Cyrillic capital letter a",
		'В': "Cyrillic capital letter ve",
		'Е': "Cyrillic capital letter ie",
		'К': "Cyrillic capital letter ka",
		'М': "Cyrillic capital letter em",
		'Н': "Cyrillic capital letter en",
		'О': "Cyrillic capital letter o",
		'Р': "Cyrillic capital letter er",
		'С': "Cyrillic capital letter es",
		'Т': "Cyrillic capital letter te",
		'Х': "Cyrillic capital letter ha",
		'ο': "Greek small letter omicron",
		'ν': "Greek small letter nu",
		'Α': "Greek capital letter alpha",
		'Β': "Greek capital letter beta",
		'Ε': "Greek capital letter epsilon",
		'Ο': "Greek capital letter omicron",
		'ı': "Latin small letter dotless i",
	}
}}

var englishSorts = lazy.Map[pleoclient.Sort, Text]{Fill: func() map[pleoclient.Sort]Text {
	return map[pleoclient.Sort]Text{
		pleoclient.SortControl:     "control character",
		pleoclient.SortInvisible:   "invisible formatting character",
		pleoclient.SortPrivate:     "private-use character",
		pleoclient.SortSpace:       "unusual space",
		pleoclient.SortFullWidth:   "full-width character",
		pleoclient.SortCyrillic:    "Cyrillic letter",
		pleoclient.SortGreek:       "Greek letter",
		pleoclient.SortLatin:       "accented or unusual letter",
		pleoclient.SortLetter:      "letter of another script",
		pleoclient.SortMark:        "combining mark",
		pleoclient.SortDigit:       "non-ASCII digit",
		pleoclient.SortPunctuation: "unusual punctuation",
		pleoclient.SortSymbol:      "symbol",
		pleoclient.SortUnassigned:  "unassigned character",
	}
}}

var englishRemoved = lazy.Map[pleoclient.Removed, Forms]{Fill: func() map[pleoclient.Removed]Forms {
	return map[pleoclient.Removed]Forms{
		pleoclient.RemovedMarkers:     both("paste markers removed"),
		pleoclient.RemovedBullet:      both("bullet removed"),
		pleoclient.RemovedOption:      both("option removed"),
		pleoclient.RemovedExport:      both("export NAME= removed"),
		pleoclient.RemovedName:        both("NAME= removed"),
		pleoclient.RemovedLabel:       both("label removed"),
		pleoclient.RemovedHeader:      both("Authorization header removed"),
		pleoclient.RemovedBearer:      both("Bearer removed"),
		pleoclient.RemovedBasic:       both("Basic removed"),
		pleoclient.RemovedQuotes:      both("quotes removed"),
		pleoclient.RemovedBrackets:    both("brackets removed"),
		pleoclient.RemovedAsterisks:   both("asterisks removed"),
		pleoclient.RemovedPunctuation: both("punctuation removed"),
		pleoclient.RemovedColon:       both("colon removed"),
		pleoclient.RemovedLines:       {"1 other line removed", "{n} other lines removed"},
		pleoclient.RemovedLineBreaks:  {"1 line break removed", "{n} line breaks removed"},
		pleoclient.RemovedSpaces:      {"1 space removed at a line break", "{n} spaces removed at line breaks"},
		pleoclient.RemovedDoubled:     both("pasted twice, used once"),
	}
}}

const (
	proxyUntrusted = "can't reach {host} through the proxy{{ {proxy}}}{{ ({detail})}}"
	proxyRoot      = "if it is your company's proxy, start again with --ca-file and its root certificate"
)

// likeThis is the address of Pleo's API.
const likeThis = "for example: --api-base https://external.pleo.io"

// caForm is what a file of certificates must hold.
const caForm = "use a PEM file with BEGIN CERTIFICATE lines"

var englishStore = StoreWords{
	ConcernFUSE:         "the key store is on a FUSE file system, which may not keep what it saves",
	ConcernContainer:    "the key store is inside a container; without a volume, it will be lost with the container",
	ConcernGit:          "the key store is inside a git repository; don't commit it",
	ConcernSynchronised: "the key store is in a synchronised folder, which may overwrite a saved key",

	UnfinishedRekey: "replacing the identity was interrupted; run {program} rekey to finish",
	UnfinishedRecipient: "changing the recipients was interrupted; run the same {program} recipient command again " +
		"to finish",

	DoubtMissing:     "{path} is missing",
	DoubtNotWritable: "{path} can't be written to",
	DoubtUnreadable:  "{path} can't be read",
	DoubtNotOwn:      "{path} is not the key store's own identity",

	Recipients: Forms{"{n} more recipient can open it", "{n} more recipients can open it"},
}

const (
	otherStore  = "choose another directory with --store"
	localDisk   = "choose a directory on a local disk with --store"
	useAnyway   = "to use it anyway, add --force-store"
	restoreFile = "restore it from a backup; to connect again instead, first run: rm {paths}"
	rightFile   = "put the right file back; if you have none, run: rm {word}"
	rightID     = "add --identity FILE with the right one, or restore it from a backup"
	closeAll    = "run: chmod -R go-rwx {paths}{{ && chmod go-w {above}}}"
	closeAbove  = "chmod go-w {above}{{ && chmod -R go-rwx {paths}}}"
	openAgain   = "run: chmod -R u+rwX {paths}"
	openOne     = "run: chmod u+rwX {word}"
	withCompany = " and --company ID (or --yes for any)"
	withWholeID = "; if it's the right company, use its full ID: {company}"
	rootsPlace  = "if the key store is root's, run this with sudo"
	openWay     = "if {account} should use it, run: sudo chmod go+x {word}"
	nameCompany = "add --company ID, or --yes to accept any company"
	allowListed = "to allow them, add --accept-permissions"
	fixAccount  = "create the account, or correct user under [service] in the integration file"
	otherUser   = "if {account} is the wrong account, correct user under [service] in the integration file"
	passPublic  = "pass the public key that age-keygen prints (age1 and 58 more characters)"
)

const (
	readApproved = "read them in {file}, then add --accept-permissions"
	reportIt     = "please report it to the makers of pleo-connect"
	settingsBack = "restore it from a backup; README.txt explains how to read the keys without it"
	otherFile    = "add --identity FILE with a file in another directory"
	unlockFirst  = "if it's this one, run: (umask 077 && age -d -o {word}.unlocked {word}) && " +
		"mv {word}.unlocked {word} && {program} rekey"
	replaceAfter = "if others can sign in to this computer, replace the key afterwards"
	tryOnceMore  = "try again to save it once more; if it happens again, check the disk"
)

var englishUse = UseWords{
	More: Forms{"and 1 more; {program} status lists them all", "and {n} more; {program} status lists them all"},

	Choose:       "Which connection?",
	ChooseNumber: "Its number, or Enter to cancel: ",
	ChooseAgain:  "Enter a number from 1 to {n}",

	AskKey: "{name} (nothing is shown; press Enter at the end): ",
	KeyFileOpen: "other accounts can read the key file; delete it afterwards" +
		"{{, or run: chmod 600 {word}}}",
	BuiltIn:         "can't check for {path}, so the built-in integration is used",
	NoReceipt:       "the connection is active, but that can't be written to standard output{{: {reason}}}",
	NewKeyNotActive: "a new key is saved but not activated, so this is the previous one; to finish, run: " + reconnect,

	Line:        "{name}{{: {detail}}}",
	LineFailed:  "failed: {name}{{: {detail}}}",
	LineWarning: "warning: {name}{{: {detail}}}",

	Nothing: "nothing is connected in {detail}; run {program} to connect",

	LossDoubt: "can't tell whether connections are missing{{: {reason}}}",
	RemovalDoubt: "the removal may not have been saved{{ ({reason})}}; if {program} status says that this " +
		"connection is missing, run: " + forgetIt,
	Lost: Forms{
		"1 connection is missing from the key store; for details, run {program} status",
		"{n} connections are missing from the key store; for details, run {program} status"},
	LostStore: Forms{
		"the key store that was here is gone, and 1 connection with it; restore it from a backup, or connect again",
		"the key store that was here is gone, and {n} connections with it; restore it from a backup, or connect again"},
}

const (
	looksLikeID  = "a company ID looks like 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"
	runHelp      = "run: {command} --help"
	seeStatus    = "run {program} status to see what is connected"
	inTerminal   = "run it in a terminal (over SSH, with ssh -t), or use --key-file FILE"
	onlyKeyFile  = "use a file that contains only the key, or - for standard input"
	onlyKeyInput = "send only the key to standard input, as UTF-8 text"
	pasteKey     = "run the same command without it, and paste the key when it asks"
	keyInFile    = "save the key in a file and name it with --key-file FILE"
	replaceKey   = "if others can see your shell history or processes, replace the key in Pleo"
	noStoreIn    = "there is no key store in {path}"
	onPurpose    = "if it was removed on purpose, run: "
)

const (
	withSudo     = "run this with sudo and without naming a key store"
	noSudo       = "run this without sudo and without naming a key store"
	restoreStore = "mount its disk, restore it from a backup, or add --store DIR if it was moved"
)

var englishCommand = CommandWords{
	Passphrase:      "Passphrase for {path}: ",
	WrongPassphrase: "Wrong passphrase, try again.",
	Unlocking:       "Unlocking…",

	RecipientAdded:   "{recipient} can now open the key store and read every key in it",
	RecipientRemoved: "{recipient} can no longer open the key store",
	OlderCopies:      "it can still read older copies; if that matters, replace the keys in Pleo",

	RekeyResumed:    "the interrupted change is now complete",
	RekeyDone:       "the key store has a new identity: {path}",
	RekeyCredential: "if a service uses a systemd credential, run as root, then restart it: {command}",
	RekeyBackups:    "older backups can't be opened with it; make new backups of the key store and the identity file",
	RekeyExposed:    "if someone may have read the old identity, replace each key: {program} reconnect COMPANY",

	DemoOpen:  "DEMO: open both sides in a browser on this computer. Ctrl+C here ends it:",
	DemoAgain: "Press Enter to start again.",

	TheCommand: "the command",
	FewVariables: "{owner} gets only a few of the unit's environment variables; write User={owner} in the unit, or " +
		"name the variables with --preserve-env",
}

// The rows for exec.
const (
	ExecUsage     = KindSettings + "/exec_usage"
	ExecVariables = KindSettings + "/exec_variables"
	ExecOnlyHere  = KindSettings + "/exec_only_here"
	ExecNotInPath = KindSettings + "/exec_not_in_path"
	ExecNotFound  = KindSettings + "/exec_not_found"
	ExecNoMode    = KindSettings + "/exec_no_mode" // no one may run the file
	ExecForbidden = KindSettings + "/exec_forbidden"
	ExecNotRun    = KindSettings + "/exec_not_run"
)

// The rows for key.
const (
	KeyToTerminal = KindSettings + "/key_to_terminal"
	KeyToFile     = KindSettings + "/key_to_file"
	KeyToSocket   = KindSettings + "/key_to_socket"
	KeyToNoPipe   = KindSettings + "/key_to_no_pipe"
)

// The rows for the demo and the sandbox.
const (
	DemoTerminal   = KindSettings + "/demo_terminal"
	DemoScenario   = KindSettings + "/demo_scenario"
	DemoPace       = KindSettings + "/demo_pace"
	DemoNoDir      = KindInternal + "/demo_no_dir"
	DemoLeft       = KindInternal + "/demo_left"
	DemoWebPlain   = KindSettings + "/demo_web_plain"
	ListenForm     = KindSettings + "/listen_form"
	ListenLoopback = KindSettings + "/listen_loopback"
	ListenTaken    = KindSettings + "/listen_taken"
)

// The rows for recipients, who can open the key store.
const (
	RekeyOfCredential  = KindIdentityLocked + "/credential"
	RekeyLost          = KindConnectionLost + "/rekey"
	ReencryptStopped   = KindInterrupted + "/encrypting"
	ReencryptUnread    = KindStoreDamaged + "/encrypting"
	PassphraseNone     = KindInterrupted + "/passphrase"
	PassphraseTooLong  = KindIdentityLocked + "/too_long"
	PassphraseNotAsked = KindIdentityLocked + "/not_asked"
)

// Commands that mean one connection.
const (
	reconnect = "{program} reconnect {arguments}"
	forgetIt  = "{program} disconnect {arguments} --forget"
)

// pipeToProgram is the only way to pass on a key that leaves no copy behind.
const pipeToProgram = "pipe it to your program: {program} key COMPANY | PROGRAM"

const (
	byHand  = "disconnect {name} in Pleo under " + menuAccounting + ", then run: " + forgetIt
	runOnce = "run this again to finish"
)

var englishReport = ReportWords{
	Label: LabelWords{
		CompanyID:        "company ID",
		Integration:      "integration",
		Fingerprint:      "fingerprint",
		FingerprintInUse: "in use",
		LastAccepted:     "last accepted",
		File:             "file",
		Entry:            "entry",
		PleoAt:           "Pleo at",
		Pleo:             "Pleo",
		CheckedNow:       "checked now",
		SavedIn:          "saved in",
		ProtectedBy:      "protected by",
		Company:          "company",
		ID:               "ID",
		State:            "state",
		LastState:        "last state",
	},
	Standing: StandingWords{
		Missing:     "missing",
		Unreadable:  "can't be read",
		Unconfirmed: "not confirmed yet",
		Pending:     "not activated yet",

		Active:       "active{{ on {date}}}",
		Rejected:     "rejected{{ on {date}}}",
		Denied:       "denied{{ on {date}}}",
		Fewer:        "fewer permissions",
		OtherCompany: "another company",
		Changed:      "changed",
		NotAKey:      "not a valid key",
		NoAnswer:     "no answer",
	},
	Status: StatusWords{
		Heading: "{company}: {status}, {environment}",

		Never:   "never",
		Unknown: "unknown{{ ({reason})}}",
		LongAgo: Forms{"{date} ({n} day ago)", "{date} ({n} days ago)"},
		InUsePending: "this key is not activated yet, so services still use the previous one, {fingerprint}; " +
			"to finish, run: " + reconnect,
		InUseUnconfirmed: "this key's company is not confirmed yet, so services still use the previous one, {fingerprint}; " +
			"to finish, run: " + reconnect,
		NotInUse: "this connection is not activated yet, so services can't use it; to finish, run: " + reconnect,
		NotInUseConfirmed: "this key's company is not confirmed yet, so services can't use it; " +
			"to finish, run: " + reconnect,
		Exposed: "this key was saved without an identity, so everyone {engine}'s policies allow can read it; " +
			"to replace it, run: " + reconnect,
		NotChecked:     "no, its company is not confirmed yet",
		VerdictAndNext: "{detail}{{; {note}}}; {next}",
		Recipient:      "other recipient: {recipient}",
		Unsaved:        "couldn't save the result for company {company} with {integration}: {detail}",
		StoppedAfter:   Forms{"stopped after {n} connection", "stopped after {n} connections"},
		StoppedAfterOf: Forms{"stopped after {n} of {m} connections", "stopped after {n} of {m} connections"},
	},
	Verdict: VerdictWords{
		Accepted: "accepted",
		Rejected: "rejected",
		Denied:   "denied",
		Fewer: Words{"accepted, but no longer allowed: {scopes}",
			"contact {vendor}, or to replace the key, run: " + reconnect, ""},
		OtherCompany: Words{"this key belongs to another company ({company})", "to replace it, run: " + reconnect, ""},
		NoCompany:    Words{"this key doesn't belong to a company", "to replace it, run: " + reconnect, ""},
		Changed:      Words{"this connection changed during the check", "run it again", ""},
		NotAKey:      Words{"what is saved is not a valid key", "to replace it, run: " + reconnect, ""},
		NotChecked:   "not checked: {detail}",
		Quiet:        "not checked, because Pleo stopped answering: {detail}",
	},
	Warning: WarningWords{
		FromPrevious: "the latest version of this connection is missing or damaged, so its key may be out of date; " +
			"restore {path} from a backup, or run: " + reconnect,
		RolledBack: "this is an older copy (a newer one was saved on {date}); if Pleo rejects the key, run: " + reconnect,
		Rejected:   "Pleo rejected this key on {date}; to replace it, run: " + reconnect,
		Denied:     "Pleo denied this key access on {date}; " + askAllowed,
		FutureDate: "the saved date is in the future; check this computer's clock",
		Unreadable: "a connection can't be read; run {program} status",
		Exposed:    "a connection was saved without an identity; run {program} status",
	},
	Tally: TallyWords{
		Accepted:   Forms{"{n} accepted", "{n} accepted"},
		Rejected:   Forms{"{n} rejected", "{n} rejected"},
		Denied:     Forms{"{n} denied or with fewer permissions", "{n} denied or with fewer permissions"},
		Conflict:   Forms{"{n} changed or for another company", "{n} changed or for another company"},
		Unreadable: Forms{"{n} unreadable", "{n} unreadable"},
		Unanswered: Forms{"{n} unanswered", "{n} unanswered"},
	},
	Progress: ProgressWords{
		Of:          "{n} of {m}",
		Reading:     "reading the key store",
		Waiting:     "Pleo is limiting requests; waiting {n} s",
		MomentLeft:  "less than a minute left",
		MinutesLeft: Forms{"about a minute left", "about {n} minutes left"},
		HoursLeft:   Forms{"about an hour left", "about {n} hours left"},
	},
	Disconnect: DisconnectWords{
		Word:   "disconnect",
		Forget: "forget",
		Prompt: "Type {value} to continue, or press Enter to cancel:",

		Question:       "Disconnect {name} from {company} ({environment})?",
		QuestionForget: "Remove the key of {name} for {company} ({environment}) from {keeper}?",
		QuestionLost:   "Stop reporting the connection of {name} to {company} ({environment}) as missing?",
		Happens: "This removes the installation in Pleo, then the key from {keeper}. Services that use the key " +
			"will stop working. Pleo can't show the key again.",
		HappensHere: "This removes the key from {keeper}. Pleo can't show the key again.",
		HappensForget: "This removes the key from {keeper} and leaves Pleo as it is. Services that use the key " +
			"will stop working. Pleo can't show the key again.",
		HappensLost: "The key is already missing. It will no longer be reported.",
		Lost:        "missing",
		PleoStays:   "not contacted; the installation there stays",
		PleoHasNone: "not contacted; this key was never used there",

		Removed:    "Pleo: disconnected",
		Absent:     "Pleo: was already disconnected",
		Rejected:   "Pleo: not disconnected, because Pleo rejected the key",
		Kept:       "Pleo: not disconnected",
		Open:       "Pleo: no clear answer, so it may or may not be disconnected",
		NotAsked:   "Pleo: not contacted",
		KeyRemoved: "{keeper}: the key was removed (backups may still contain it)",
		KeyKept:    "{keeper}: the key is still saved",
		KeyAbsent:  "{keeper}: the key was already missing, and is no longer reported",
		KeyOpen:    "{keeper}: no clear answer, so the key may or may not be saved",

		Left:     "One thing left: delete the key in Pleo, under " + menuKeys + " (the one for {name})",
		LeftBoth: "One thing left: delete both keys in Pleo, under " + menuKeys + " (those for {name}: {list})",
		LeftForget: "Two things left in Pleo: disconnect {name} under " + menuAccounting +
			", and delete its key under " + menuKeys,
		LeftForgetBoth: "Two things left in Pleo: disconnect {name} under " + menuAccounting +
			", and delete both its keys under " + menuKeys + " ({list})",
		NotRemoved: "the key was not removed from {keeper}: {detail}",
		Again:      runOnce,
	},
	Doctor: DoctorWords{
		Running:       "Looking for the cause",
		AllWell:       "Everything looks good",
		WithNotes:     "Nothing failed, but see the notes above",
		NothingFound:  "No problem found. Go back and try again",
		NeedAttention: Forms{"One thing needs attention", "{n} things need attention"},
		Exams:         &englishExams,
		Because:       "{detail} ({reason})",
		NotExamined:   "not checked",
	},
	Finding: FindingWords{
		Settings:     "{list}{{; {note}}}",
		IgnoredProxy: Words{"{variable} is not used", "to reach Pleo through that proxy, set HTTPS_PROXY as well", ""},
		Direct:       "none; connecting directly",
		LetsThrough:  "{proxy} lets {host} through",
		NoAnswer:     "no answer from Pleo to compare with",
		NoTime:       "Pleo's answer has no time to compare with",
		SameTime:     "same time as Pleo",
		Ahead:        "{n} {unit} ahead of Pleo",
		Behind:       "{n} {unit} behind Pleo",
		Addresses:    Forms{"{host} has the address {list}", "{host} has the addresses {list}"},
		MoreOf:       both("{host} has the addresses {list} and {n} more"),
		Literal:      "{host} is an address; nothing to look up",
		Unencrypted:  "not encrypted (stays on this computer)",
		Encrypted:    "{value}, issued by {issuer}, valid until {date}",
		Answered:     "answered in {n} ms",
		SlowDown: Words{"answered, but is limiting requests",
			"wait two minutes before you try again", ""},
		SlowDownTill: Words{"answered, but is limiting requests until {date}", "try again after that", ""},

		StoreClosed: "can't open the key store (see below)",
		NoKeys:      "no keys saved yet",
		NoKeysHere:  "no keys saved for this address yet",
		Accepted:    "{n} of {m} accepted{{; {value} not checked}}",
		AcceptedSome: "{n} of {m} accepted; {value} not checked. To check all, run: " +
			"{program} status --check",
		Key:        "company {company} with {integration}",
		KeyNamed:   "{name}, company {company} with {integration}",
		KeyConcern: "{name}: {detail}",
		KeyWrong:   "{list}; {name}: {detail}",
		ReplaceKey: "to replace the key, run: " + reconnect,
		Ask:        askAllowed,
		Locked:     "its identity has a passphrase, which doctor doesn't ask for",
		Works:      "works, protected by {detail}",
		Empty:      "empty",
	},
	Terminal: TerminalWords{
		None:        "none; use --key-file FILE",
		UnknownSize: Words{"its size is unknown", "use --plain", ""},
		TooSmall:    "make the window at least {value}, or use --plain",
		UTF8:        "UTF-8",
		ASCII:       "ASCII only",
		LineByLine:  "line by line",
		Place: PlaceWords{
			SSH:         "over SSH",
			Network:     "over a network",
			Tmux:        "in tmux",
			Screen:      "in screen",
			Multiplexer: "in a terminal multiplexer",
			Account:     "as another account",
			NoWindow:    "not in a desktop window",
			NoDisplay:   "without a display",
			Unknown:     "started from an unknown place",
		},
	},
	Unit: TimeUnitWords{
		Second: Forms{"second", "seconds"},
		Minute: Forms{"minute", "minutes"},
		Hour:   Forms{"hour", "hours"},
		Day:    Forms{"day", "days"},
	},
}

var englishExams = lazy.Map[string, Text]{Fill: func() map[string]Text {
	return map[string]Text{
		"settings": "Settings",
		"dns":      "DNS",
		"tcp":      "TCP connection",
		"proxy":    "Proxy",
		"tls":      "TLS certificate",
		"clock":    "Clock",
		"api":      "Pleo",
		"key":      "Saved keys",
		"store":    "Key store",
		"terminal": "Terminal",
	}
}}

// The rows for failures of status, disconnect and doctor.
const (
	DisconnectUnasked          = KindSettings + "/disconnect"      // no one can be asked before a disconnect
	DisconnectUnaskedJSON      = KindSettings + "/disconnect/json" // and the result is for a script
	StoppedPartly              = KindInterrupted + "/partly"
	StoppedBeforePleo          = KindInterrupted + "/before_pleo"
	DisconnectStopped          = KindInterrupted + "/disconnect"
	DisconnectRejected         = pleoclient.KindKeyRejected + "/disconnect"
	DisconnectRejectedUnproven = pleoclient.KindKeyRejected + "/unproven"
	DisconnectDenied           = pleoclient.KindForbidden + "/disconnect"
	DisconnectUnproven         = pleoclient.KindUnexpected + "/unproven"
	DisconnectBlocked          = pleoclient.KindIntercepted + "/disconnect"
	DisconnectChanged          = KindConflict + "/disconnect"
	ClockBehind                = KindClock + "/behind"
	SavedAddress               = KindStoreDamaged + "/address"
)

const (
	at            = "{path}:{place}: "
	correctFile   = "correct the file, then try again"
	correctOne    = "check that it's the right one"
	asPleoSpells  = `spell it as Pleo does, for example scope = "export-jobs:read"`
	anotherFolder = "move the file to another directory"
)

// englishProblems are the rows of Problems: kinds, and cases of kinds after a slash.
var englishProblems = lazy.Map[Kind, Words]{Fill: func() map[Kind]Words {
	rows := map[Kind]Words{
		// What can go wrong in a wizard, apart from the key store.

		pleoclient.KindKeyMalformed: {"unexpected character at position {n}: {character}", "{copyagain}", ""},
		pleoclient.KindKeyShortened: {"this is a shortened key, not the whole key",
			"copy the whole key; if Pleo no longer shows it, {getkey}", ""},
		pleoclient.KindKeyTooLong: {"this is too long to be a key (more than 4,096 characters)", "{copyagain}", ""},

		pleoclient.KindNotAKey:                {"this is not a key", "{copyagain}", ""},
		pleoclient.KindNotAKey + "/empty":     {"no key was entered", "{copyagain}", ""},
		pleoclient.KindNotAKey + "/short":     {"this is too short to be a key", "{copyagain}", ""},
		pleoclient.KindNotAKey + "/url":       {"this is a web address, not a key", "{copyagain}", ""},
		pleoclient.KindNotAKey + "/uuid":      {"this is an ID (UUID), not a key", "{copyagain}", ""},
		pleoclient.KindNotAKey + "/email":     {"this is an email address, not a key", "{copyagain}", ""},
		pleoclient.KindNotAKey + "/json":      {"this is JSON, not a key", "{copyagain}", ""},
		pleoclient.KindNotAKey + "/command":   {"this is a command, not a key", "{copyagain}", ""},
		pleoclient.KindNotAKey + "/settings":  {"this is a settings file, not just a key", "{copyagain}", ""},
		pleoclient.KindNotAKey + "/two_lines": {"there are two keys here, on two lines", "{copyone}", ""},
		pleoclient.KindNotAKey + "/several":   {"there is more than one key here", "{copyone}", ""},
		pleoclient.KindNotAKey + "/lines": {"this text has several lines, so it may not be a single key",
			"{copyagain}", ""},

		KindSimulatedKey: {"this is a simulated key; it works only in the demo and the sandbox",
			"paste the key that Pleo shows you", ""},
		KindSimulatedKey + "/file": {"this is a simulated key; it works only in the demo and the sandbox",
			"use the key that Pleo shows you", ""},
		KindRealKeyInDemo: {"this is the demo, so your key was discarded",
			"use a simulated key here; if anyone could see yours, replace it in Pleo", ""},

		pleoclient.KindKeyRejected: {"Pleo rejected the key",
			"it may be mistyped, revoked or from {elsewhere}; this is {here}. Check that {webapp} lists it under " +
				menuKeys,
			"{cleaned}"},
		pleoclient.KindKeyRejected + "/standalone": {"Pleo rejected the key",
			"it may be mistyped, revoked, expired or from {elsewhere}; this is {here}. Check that {webapp} lists " +
				"it under " + menuKeys, "{cleaned}"},
		pleoclient.KindKeyRejected + "/own_address": {"Pleo rejected the key",
			"it may be mistyped, revoked or made elsewhere. Check that it was created for {host}", "{cleaned}"},
		pleoclient.KindKeyRejected + "/own_address/standalone": {"Pleo rejected the key",
			"it may be mistyped, revoked, expired or made elsewhere. Check that it was created for {host}",
			"{cleaned}"},
		KindNotAPIKey:        {"this is not an API key", "{getkey}", ""},
		KindOtherApplication: {"this key belongs to another integration", "{getkey}", ""},
		KindOrganisationKey: {"this key is for an organisation; {name} needs one company's key",
			"in Pleo, switch to the company first, then open " + menuAccounting + " > {name} and press Allow", ""},
		KindOrganisationKey + "/standalone": {"this key is for an organisation; {name} needs one company's key",
			"create a new key in Pleo, with one company as its access level", ""},
		KindOtherCompany: {"you asked for {wanted}, but this key belongs to {company}",
			"in Pleo, switch to the right company and use a key from there", ""},

		KindPermissionsMissing:                 {"this key lacks a permission that {name} needs", pleoDecides, ""},
		KindPermissionsMissing + "/standalone": {"this key lacks a permission that {name} needs", tickAll, ""},
		KindPermissionsMissing + "/several":    {"this key lacks {n} permissions that {name} needs", pleoDecides, ""},
		KindPermissionsMissing + "/several/standalone": {"this key lacks {n} permissions that {name} needs",
			tickAll, ""},
		KindFewerPermissions: {"this key has fewer permissions than the one in use",
			pleoDecides, orFewer},
		KindFewerPermissions + "/standalone": {"this key has fewer permissions than the one in use",
			tickAll, orFewer},
		KindFewerPermissions + "/optional": {"this key has fewer permissions than the one in use",
			"to continue without them, add --accept-fewer", ""},
		KindSurplusPermissions:                 {"this key has more permissions than {name} allows", pleoDecides, ""},
		KindSurplusPermissions + "/standalone": {"this key has more permissions than {name} allows", onlyThese, ""},
		KindPermissionsUnknown: {"Pleo doesn't say which permissions this key has",
			"run {program} in a terminal, where you can accept that", ""},
		KindPermissionsUnknown + "/replacing": {"Pleo doesn't say which permissions this key has",
			"try again later, or contact {vendor}", ""},
		KindPermissionsUnknown + "/strict": {
			"Pleo doesn't say which permissions this key has, and {name} doesn't accept extra ones",
			"try again later, or contact {vendor}", ""},

		pleoclient.KindForbidden: {"Pleo knows the key but denied the request", askAllowed, ""},
		pleoclient.KindForbidden + "/all_granted": {"Pleo knows the key but denied the request",
			askAllowed + "; the permissions are all there", ""},
		pleoclient.KindForbidden + "/some_granted": {"Pleo knows the key but denied the request",
			"if the permissions that are missing don't matter to you, " + askAllowed, ""},
		KindNotEntitled: {"Pleo has not enabled {name} for this company",
			"ask Pleo support or {vendor} to enable it, then start again", ""},
		KindNotActivated: {"Pleo did not activate the connection", "try again; {contact}", ""},

		pleoclient.KindDNS:     {"{host} could not be found", "check this computer's network and DNS settings", ""},
		pleoclient.KindRefused: {"{host} refused the connection", "check that no firewall blocks {host}", ""},
		pleoclient.KindTimeout: {"{host} did not answer in time",
			"check whether a firewall blocks {host} or this network needs a proxy (HTTPS_PROXY)", ""},
		pleoclient.KindOffline: {"can't connect to {host}{{ ({detail})}}",
			"check this computer's network connection", ""},
		pleoclient.KindCanceled: {"the request was cancelled", "try again", ""},
		pleoclient.KindProxy: {"can't reach {host} through the proxy{{ {proxy}}}{{ ({detail})}}",
			"check HTTPS_PROXY and NO_PROXY, or ask your network administrator to allow {host}", ""},
		pleoclient.KindProxyLogin: {"the proxy{{ {proxy}}} requires a sign-in{{ with {names}}}",
			"ask your network administrator to let {host} through without one", ""},
		pleoclient.KindProxyLogin + "/basic": {"the proxy{{ {proxy}}} requires a sign-in{{ with {names}}}",
			"ask your network administrator to let {host} through without one",
			"if you have to sign in, start again with HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT (other programs may " +
				"be able to read the password)"},
		pleoclient.KindTLS: {"can't make a secure connection to {host}{{ ({detail})}}", nextBetween, ""},
		pleoclient.KindTLSDates: {"{host}'s certificate has expired, or this computer's clock is ahead{{ ({detail})}}",
			"check this computer's clock; if it's right, contact your network administrator", ""},
		pleoclient.KindTLSEarly: {
			"{host}'s certificate is not valid yet; this computer's clock seems to be behind{{ ({detail})}}",
			setClock, ""},
		pleoclient.KindTLSName: {"the server that answered is not {host}{{; {detail}}}", nextBetween, ""},
		pleoclient.KindTLSIssue: {"this computer doesn't trust {host}'s certificate{{ (issued by {detail})}}",
			"if your company inspects network traffic, start again with --ca-file and its root certificate", ""},
		pleoclient.KindLoginPage: {"a sign-in page answered instead of Pleo{{ ({detail})}}",
			"sign in to this network, or ask your network administrator to let {host} through", ""},
		pleoclient.KindIntercepted: {"Pleo, or a proxy or firewall in between, blocked the request{{ ({detail})}}",
			"ask your network administrator whether something blocks requests to {host}", ""},

		pleoclient.KindRateLimited: {"Pleo is limiting requests", "wait a few minutes, then try again", ""},
		pleoclient.KindRateLimited + "/waiting": {"Pleo is limiting requests; trying again in {n} s",
			"no need to do anything", ""},
		pleoclient.KindRateLimited + "/long": {"Pleo is limiting requests", "try again after {date}", ""},
		pleoclient.KindPleoTrouble: {"Pleo is having problems",
			"try again in a minute; status.pleo.io shows known problems", ""},
		pleoclient.KindPleoTrouble + "/long": {"Pleo is having problems",
			"try again after {date}; status.pleo.io shows known problems", ""},
		pleoclient.KindUnexpected:           {"Pleo sent an unexpected answer{{ ({detail})}}", nextPleo, ""},
		pleoclient.KindUnexpected + "/long": {"Pleo sent an unexpected answer{{ ({detail})}}", nextLater, ""},
		pleoclient.KindBadRequest:           {"Pleo did not accept the request", nextPleo, ""},
		pleoclient.KindBadRequest + "/long": {"Pleo did not accept the request", nextLater, ""},
		pleoclient.KindNotFound:             {"Pleo could not find what was requested", nextPleo, ""},
		pleoclient.KindNotFound + "/long":   {"Pleo could not find what was requested", nextLater, ""},

		KindConflict: {"someone else changed this connection{{ on {date}}}", "try again to see what is saved now", ""},
		KindConflict + "/gone": {"someone else removed this connection",
			"try again to see what is saved now", ""},
		KindClock:   {"this computer's clock is {n} {unit} ahead of Pleo's", setClock, ""},
		ClockBehind: {"this computer's clock is {n} {unit} behind Pleo's", setClock, ""},
		KindInterrupted: {"stopped before the connection was active",
			"run the same command again to continue", ""},
		KindInterrupted + "/replacing": {"stopped before the new key was in use", "to continue, run: " + reconnect, ""},
		KindInterrupted + "/new_key": {"stopped before the new key was in use",
			"run the same command again to continue", ""},
		KindInterrupted + "/unread": {"stopped before the saved key was read back",
			"to check the connection, run: {program} status", ""},
		KindInterrupted + "/demo":             {"stopped before the connection was active", startDemo, ""},
		KindInterrupted + "/signal":           {"stopped{{ ({signal})}}", "run the same command again to continue", ""},
		KindInterrupted + "/signal/replacing": {"stopped{{ ({signal})}}", "to continue, run: " + reconnect, ""},
		KindInterrupted + "/signal/new_key":   {"stopped{{ ({signal})}}", "run the same command again to continue", ""},
		KindInterrupted + "/signal/unread": {"stopped{{ ({signal})}}",
			"to check the connection, run: {program} status", ""},
		KindInterrupted + "/signal/demo": {"stopped{{ ({signal})}}", startDemo, ""},
		KindInterrupted + "/unsaved": {"stopped{{ ({signal})}}, and the key could not be saved: {detail}",
			"run the same command again", ""},
		KindInterrupted + "/unsaved/replacing": {"stopped{{ ({signal})}}, and the key could not be saved: {detail}",
			"to try again, run: " + reconnect, ""},
		KindInternal: {"something went wrong in pleo-connect{{ ({detail})}}",
			"please report it to the makers of pleo-connect", ""},

		// Problems with the terminal.

		TerminalUnusable: {"can't use this terminal{{ ({reason})}}", "start again with --plain", ""},
		TerminalUnread: {"something went wrong while reading the terminal",
			"please report it to the makers of pleo-connect", ""},

		// Settings that the client cannot use.

		pleoclient.KindProxy + "/setting": {"{variable} is not a valid proxy address",
			"write it like http://proxy.example:3128, or unset {variable}", ""},
		pleoclient.KindProxy + "/page": {"the proxy{{ {proxy}}} answered with a page instead of a connection",
			"sign in to this network, or ask your network administrator to allow {host}", ""},
		pleoclient.KindProxy + "/issuer":    {proxyUntrusted, proxyRoot, ""},
		pleoclient.KindProxy + "/no_issuer": {proxyUntrusted, proxyRoot, ""},
		pleoclient.KindProxy + "/dates": {proxyUntrusted,
			"check this computer's clock; if it's right, contact your network administrator", ""},
		pleoclient.KindProxyLogin + "/login_rejected": {"the proxy{{ {proxy}}} did not accept the username or password",
			"correct the username and password in HTTPS_PROXY", ""},

		"settings/api_address": {"the API address is not valid", likeThis, ""},
		"settings/api_scheme":  {"the API address must start with https://", likeThis, ""},
		"settings/api_user": {"the API address must not contain a username or a key",
			"remove everything between https:// and the host name", ""},
		"settings/api_query": {"the API address must not contain ? or #", "remove everything after the host name", ""},
		"settings/api_path":  {"the API address must not contain a path", "remove everything after the host name", ""},
		"settings/api_plain": {"http:// would send the key unencrypted, so it works on this computer only",
			"use https://", ""},
		"settings/api_colon": {"the API address ends with a colon but no port", "remove the colon", ""},
		"settings/api_port":  {"the API address has an invalid port", "use a port from 1 to 65535", ""},
		"settings/api_host":  {"the API address has an invalid host name", "use letters, digits, hyphens and dots", ""},
		"settings/api_character": {"the API address contains an unexpected character: {character}",
			"type the address again", ""},
		"settings/api_script": {
			"the API address uses letters of another script (xn--), which could imitate another name",
			"use plain letters", ""},
		"settings/api_lookalike": {"the API address looks like pleo.io, but it's a different host",
			"check the spelling, or leave out --api-base", ""},

		"settings/ca_name":        {"--ca-file needs a file name", "add the path of the file: --ca-file FILE", ""},
		"settings/ca_missing":     {"the CA file does not exist", "check the path given to --ca-file", ""},
		"settings/ca_unreadable":  {"can't read the CA file{{: {reason}}}", "check the path and its permissions", ""},
		"settings/ca_directory":   {"the CA file is a directory", "name a file in it", ""},
		"settings/ca_not_regular": {"the CA file is not a regular file", caForm, ""},
		"settings/ca_size": {"the CA file is larger than 1 MiB",
			"keep only the certificates this network needs", ""},
		"settings/ca_text":  {"the CA file is not plain text{{ ({detail})}}", caForm, ""},
		"settings/ca_empty": {"the CA file is empty", caForm, ""},
		"settings/ca_der": {"the CA file contains a DER certificate, not a PEM certificate",
			"convert it to PEM (BEGIN CERTIFICATE)", ""},
		"settings/ca_private_key": {"the CA file contains a private key, not a PEM certificate", caForm, ""},
		"settings/ca_damaged": {"the CA file contains a damaged certificate",
			"copy the certificate again, with its BEGIN and END lines", ""},
		"settings/ca_block": {"the CA file contains another kind of PEM block, not a certificate", caForm, ""},
		"settings/ca_other": {"the CA file doesn't contain a PEM certificate", caForm, ""},

		RootsUnreadable: {"can't read {path} ({flag}){{: {reason}}}", "correct or unset {flag}", ""},
		RootsDirectory:  {"{path} ({flag}) is a directory", "name a file in it, or unset {flag}", ""},
		RootsIrregular:  {"{path} ({flag}) is not a regular file", "correct or unset {flag}", ""},
		RootsForeign: {
			"{path} ({flag}): the file belongs to another account, which could read your key on its way to Pleo",
			"use a file owned by root or by you", ""},
		RootsOpen: {"{path} ({flag}): other accounts can change the file and read your key on its way to Pleo",
			"run: chmod go-w {fileword}", ""},
		RootsOpen + OfRoot: {"{path} ({flag}): other accounts can change the file and read your key on its way to Pleo",
			"run: sudo chmod go-w {fileword}", ""},
		RootsWayForeign: {
			"{path} ({flag}): {file} belongs to another account, which could read your key on its way to Pleo",
			"keep the certificates in another directory", ""},
		RootsReplaceable: {
			"{path} ({flag}): other accounts can replace files in {file} and read your key on its way to Pleo",
			"run: chmod go-w {fileword}", ""},
		RootsReplaceable + OfRoot: {
			"{path} ({flag}): other accounts can replace files in {file} and read your key on its way to Pleo",
			"run: sudo chmod go-w {fileword}", ""},

		"settings/user_agent": {"the user agent must be plain printable text",
			"please report it to the makers of pleo-connect", ""},

		// Problems with the key store. The row of a kind without a slash is for cases that have no row.

		KindStore: {"what was requested is not in the key store",
			"run {program} status to see what is connected", ""},
		KindStoreMissing:   {"there is no key store here", "to use another one, add --store DIR", ""},
		KindConnectionLost: {"a connection is missing from the key store", "for details, run: {program} status", ""},

		KindStoreNotWritable: {"can't write to the key store", otherStore, ""},
		KindStoreNotWritable + "/permission": {"the account {account} can't write to {path}",
			"allow it to write there, or " + otherStore, ""},
		KindStoreNotWritable + "/other": {"can't write to {path}{{ ({reason})}}",
			"check the disk, or " + otherStore, ""},
		KindStoreNotWritable + "/no_locks": {"the file system of {path} doesn't support locks", localDisk, ""},
		KindStoreNotWritable + "/identity_permission": {"the account {account} can't write to {path}",
			"allow it to write there, or " + otherFile, ""},
		KindStoreNotWritable + "/identity_other": {"can't write to {path}{{ ({reason})}}",
			"check the disk, or " + otherFile, ""},
		KindStoreNotWritable + "/identity_no_locks": {"the file system of {path} doesn't support locks",
			"add --identity FILE with a file on a local disk", ""},
		KindStoreNotWritable + "/no_home": {"the home directory {path} does not exist",
			"add --store DIR and --identity FILE", ""},
		KindStoreNotWritable + "/closed": {"the account {account} can't open the directory {path}",
			rootsPlace, openWay},
		KindStoreNotWritable + "/own": {"the account {account} can't write to {path} (mode {mode})",
			openAgain, ""},
		KindStoreNotWritable + "/own_above": {"the account {account} can't write to {path} (mode {mode})", openOne, ""},
		KindStoreReadOnly: {"{path} is on a read-only file system",
			"make it writable, or " + otherStore, ""},
		KindStoreReadOnly + "/identity": {"{path} is on a read-only file system",
			"make it writable, or " + otherFile, ""},

		KindStoreFull: {"the key store's disk is full", "free some space, then try again", ""},
		KindStoreFull + "/write": {"there is no space left for {path}{{ ({reason})}}",
			"free some space, then try again", ""},
		KindStoreFull + "/nearly": {"less than 1 MiB is free in {path}", "free some space, then try again", ""},
		KindStoreFull + "/inodes": {"there are no free inodes in {path}", "delete some files, then try again", ""},

		KindStoreOwner: {"the key store belongs to another account",
			"run this as the account that owns the key store", ""},
		KindStoreOwner + "/file": {"{path} belongs to {owner}, not {account}",
			"run: sudo chown -R {accountword} {paths}", ""},
		KindStoreOwner + "/root": {"the key store belongs to {owner}",
			"run: sudo -u {ownersudo} pleo-connect --store {word} --identity {dirword}", ""},
		KindStoreOwner + "/above": {"{path} belongs to {owner}, who could replace the files in it",
			otherStore + "; if {path} should be root's, run: sudo chown root {word}", ""},
		KindStoreOwner + "/above_key": {"{path} belongs to {owner}, who could replace the files in it",
			"choose another file with --identity; if {path} should be root's, run: sudo chown root {word}", ""},
		KindStoreOwner + "/unreadable": {"the account {account} can't read {path}",
			"run this as the account that owns the key store", ""},
		KindStoreOwner + "/own": {"the account {account} can't read {path} (mode {mode})", openAgain, ""},
		KindStoreOwner + "/own_above": {"the account {account} can't open the directory {path} (mode {mode})",
			openOne, ""},
		KindStoreOwner + "/closed": {"the account {account} can't open the directory {path}",
			rootsPlace, openWay},
		KindStoreOwner + "/service": {"the service runs as {account}, but you are {name}",
			"start again with sudo, so that {account} can read the key", otherUser},
		KindStoreOwner + "/as": {"--as names {account}, but you are {name}",
			"start again with sudo, so that {account} can read the key", ""},
		KindStoreOwner + "/service_root": {"the key store belongs to {owner}, but the service runs as {account}",
			"run: sudo chown -R {accountword} {paths}", otherUser},
		KindStoreOwner + "/as_root": {"the key store belongs to {owner}, but --as names {account}",
			"run: sudo chown -R {accountword} {paths}", ""},
		KindStoreOwner + "/service_other": {"the key store belongs to {owner}, but the service runs as {account}",
			"to use another key store for {account}, add --store DIR and --identity FILE", otherUser},
		KindStoreOwner + "/as_other": {"the key store belongs to {owner}, but --as names {account}",
			"to use another key store for {account}, add --store DIR and --identity FILE", ""},
		KindStoreOwner + "/switch": {
			"the key store belongs to {owner}, and switching to that account failed{{ ({reason})}}",
			"run: sudo -u {ownersudo} pleo-connect --store {word} --identity {dirword}", ""},

		KindStoreOwner + "/stays_root": {"the key store belongs to {owner}, and pleo-connect would stay root",
			"run: sudo -u {ownersudo} pleo-connect --store {word} --identity {dirword}", ""},

		KindStoreOpen: {"other accounts can read or change the key store",
			"run {program} doctor for details", ""},
		KindStoreOpen + "/file":       {"other accounts can read {path} (mode {mode})", closeAll, ""},
		KindStoreOpen + "/file_saved": {"other accounts can read {path} (mode {mode})", closeAll, replaceAfter},
		KindStoreOpen + "/above": {"other accounts can change {path} (mode {mode})",
			"run: " + closeAbove, ""},
		KindStoreOpen + "/above_root": {"other accounts can change {path} (mode {mode})",
			"run: sudo " + closeAbove, ""},
		KindStoreOpen + "/sticky": {"other accounts can create files in {path}",
			"choose a file in another directory with --identity", ""},
		KindStoreLinked: {"{path} also exists under another name (a hard link)",
			"to find it, run: find {dirword} -xdev -samefile {word}", "if it isn't a backup, delete the other name"},
		KindStoreLocked: {"the key store is in use{{ (process {process}, since {date})}}",
			"wait for it to finish, then try again", ""},

		KindStoreDamaged: {"the key store is damaged{{ ({detail})}}",
			"run {program} status for details", ""},
		KindStoreDamaged + "/file": {"{path} is damaged", restoreFile, ""},
		KindStoreDamaged + "/read_error": {"can't read {path}{{ ({reason})}}",
			"check the disk, then restore the file from a backup", ""},
		KindStoreDamaged + "/other_identity": {"{path} is damaged or belongs to another identity",
			restoreFile, ""},
		KindStoreDamaged + "/settings":      {"{path} is damaged", settingsBack, ""},
		KindStoreDamaged + "/settings_gone": {"{path} is missing", settingsBack, ""},
		KindStoreDamaged + "/records_gone":  {"{path} is missing", "mount it, or restore it from a backup", ""},
		KindStoreDamaged + "/vanished":      {"{path} disappeared in the meantime", "try again", ""},
		KindStoreDamaged + "/read_back": {"the disk returned different data than was written to {path}",
			"check the disk, or " + otherStore, ""},
		KindStoreDamaged + "/identity_read_back": {"the disk returned different data than was written to {path}",
			"check the disk, or " + otherFile, ""},
		KindStoreDamaged + "/gone": {"the connection disappeared from the key store in the meantime",
			"try again", ""},
		KindStoreDamaged + "/not_saved": {"what was read back is not what was saved",
			"check the disk, then try again", ""},
		KindStoreTooLarge:               {"{path} is too large{{ (more than {value})}}", restoreFile, ""},
		KindStoreTooLarge + "/settings": {"{path} is too large{{ (more than {value})}}", settingsBack, ""},
		KindStorePassphrase: {"{path} is locked with a passphrase; pleo-connect didn't write it",
			restoreFile, ""},
		KindStorePassphrase + "/settings": {"{path} is locked with a passphrase; pleo-connect didn't write it",
			settingsBack, ""},

		KindStoreForeign: {"this directory is not a key store", otherStore, ""},
		KindStoreForeign + "/holds": {"{path} is not a key store, and it isn't empty{{ (it contains {name})}}",
			otherStore, ""},
		KindStoreForeign + "/whole": {"{path} can't be used as a key store",
			"choose a directory inside it with --store", ""},
		KindStoreForeign + "/not_directory": {"{path} is not a directory", otherStore, ""},
		KindStoreForeign + "/inside": {"{path} is not a directory",
			"move it somewhere else, then restore the directory from a backup", ""},
		KindStoreForeign + "/identity_not_directory": {"{path} is not a directory", otherFile, ""},
		KindStoreForeign + "/stray": {"{path} doesn't belong in the key store",
			"move it somewhere else", ""},

		KindStoreOther:       {"{path} belongs to another key store", rightFile, ""},
		KindStoreOtherRecord: {"{path} contains another connection", rightFile, ""},
		KindStoreNotFile: {"a file in the key store is not a regular file",
			"run {program} doctor for details", ""},
		KindStoreNotFile + "/file":     {"{path} is not a regular file", "move it to another directory", ""},
		KindStoreNotFile + "/identity": {"{path} is not a regular file", otherFile, ""},
		KindStoreNotFile + "/link": {"{path} is a symbolic link",
			"to replace it with the file it points to, run: mv {fileword} {word}", ""},
		KindStoreNotFile + "/no_target": {"{path} is a symbolic link that points to no file",
			"mount the disk that it points to", "if the file is gone for good, run: rm {word}"},
		KindStoreDemo:                {"the demo and other key stores can't be mixed", otherStore, ""},
		KindStoreDemo + "/real":      {"this is the demo's key store", otherStore, ""},
		KindStoreDemo + "/left_over": {"{path} is left over from the demo", "run: rm {word}", ""},

		KindStorePlace: {"a key could be lost in this directory", localDisk, useAnyway},
		KindStorePlace + "/network": {"{path} is on a network file system, where a saved key could be lost",
			localDisk, useAnyway},
		KindStorePlace + "/memory": {"{path} is in memory and will be empty after a restart", localDisk, useAnyway},
		KindStorePlace + "/temporary": {"{path} is in a temporary directory, which is emptied automatically",
			localDisk, useAnyway},
		KindStorePlace + "/too_long": {"the path is too long: {path}",
			"choose a shorter one with --store", ""},
		KindStorePlace + "/loop": {"the symbolic links in {path} form a loop", otherStore, ""},
		KindStorePlace + "/identity_too_long": {"the path is too long: {path}",
			"add --identity FILE with a shorter one", ""},
		KindStorePlace + "/identity_loop": {"the symbolic links in {path} form a loop", otherFile, ""},

		KindStoreNewer: {"{path} was written by a newer version of pleo-connect", "update pleo-connect", ""},

		KindStoreIdentity: {"the identity file is missing: {path}",
			"restore it from a backup; if it's somewhere else, add --identity FILE", ""},
		KindStoreIdentity + "/systemd": {"the identity file is missing: {path}",
			"add this line to the unit's [Service] section: " + CredentialLine, ""},
		KindIdentityDamaged:           {"the key store's identity is damaged or doesn't fit", rightID, ""},
		KindIdentityDamaged + "/file": {"{path} is not an age identity file", rightID, ""},
		KindIdentityDamaged + "/text": {"{path} is not a text file that can be read{{ ({detail})}}",
			"restore it from a backup, or save it as UTF-8 text", ""},
		KindIdentityDamaged + "/empty":       {"{path} is empty", rightID, ""},
		KindIdentityDamaged + "/other_store": {"{path} doesn't open the key store in {dir}", rightID, ""},
		KindIdentityDamaged + "/work_factor": {
			"{path} would need too much memory to unlock (scrypt work factor {n}, limit 18)",
			"if you created it, lock it again with age -p; otherwise don't use it", ""},
		KindIdentityDamaged + "/recipient": {"{path} is a recipient's identity, not the key store's own",
			"add --identity FILE with the one the service uses", ""},
		KindIdentityLocked: {"the key store's identity doesn't allow this", rightID, ""},
		KindIdentityLocked + "/no_terminal": {"{path} has a passphrase, and there is no terminal to ask for it",
			"run this in a terminal without --key-file; for a service, use an identity without a passphrase", ""},
		KindIdentityLocked + "/changed": {"{path} changed in the meantime", "start again", ""},
		KindIdentityLocked + "/first": {"{path} has a passphrase, so a service could not open the key store",
			"start without --identity; afterwards, add it as a recipient (pleo-connect recipient add)", ""},
		KindIdentityLocked + "/rekey": {"{path} has a passphrase, so rekey can't replace it",
			"add --identity FILE with the one the service uses", unlockFirst},
		KindWrongPassphrase: {"wrong passphrase for {path}", "try again", ""},
		KindIdentityShared: {"another key store uses this identity (see {dir})",
			"copy the identity file to a directory of its own and add --identity FILE; if the other key store no " +
				"longer exists, run: rm -r {dirword}", ""},
		KindIdentityInside: {"the identity file is inside the key store, so anyone with a copy could read the keys",
			"move it to another directory and add --identity FILE", ""},
		KindIdentityInside + "/first": {
			"the identity file would be inside the key store, so anyone with a copy could read the keys",
			"choose another file with --identity", ""},

		KindStoreUncertain: {"the disk did not confirm that the key was saved", tryOnceMore, ""},
		KindStoreUncertain + "/save": {"the disk did not confirm that the key was saved",
			tryOnceMore, ""},
		KindStoreUncertain + "/readable": {"the disk did not confirm that the key was saved", tryOnceMore,
			"your key can be read now, but a power cut could bring back the old one"},
		KindStoreUncertain + "/read_back": {"what was read back from {path} is not what was saved",
			"check the disk, then try again", ""},
		KindStoreUncertain + "/removal": {"the disk did not confirm that the key was removed",
			"run this again; if it happens again, check the disk", ""},

		KindStore + "/no_store": {"there is no key store{{ in {dir}}} yet",
			"run {program} to connect the first company", ""},
		KindStore + "/not_found": {"this company is not connected {where}",
			"run {program} status to see what is connected", ""},
		KindStore + "/seal": {"encrypting the key failed", "check the identity file, then try again", ""},
		KindStore + "/large": {"the connection is too large to save{{ (more than {value})}}",
			"shorten the texts in the integration file", ""},
		KindStore + "/random": {"can't create an identity: this computer's random number source doesn't work",
			"restart this computer, then try again", ""},
		KindStore + "/recipient_known": {"this recipient can already open the key store",
			"run {program} status to see all recipients", ""},
		KindStore + "/recipient_unknown": {"this recipient can't open the key store anyway",
			"run {program} status to see all recipients", ""},
		KindStore + "/recipient_own": {"this is the key store's own recipient, which services need",
			"to replace it, run: {program} rekey", ""},
		KindStore + "/recipient_in_use": {"you can't remove the identity you are using",
			"add --identity FILE with the key store's own identity", ""},
		KindStore + "/recipient_many": {"the key store already has 16 other recipients",
			"remove one first: {program} recipient remove RECIPIENT", ""},
		KindStore + "/rekey_unfinished": {"replacing the identity was interrupted",
			"to finish it first, run: {program} rekey", ""},

		KindSettings + "/relative_variable": {"{variable} must be an absolute path", "correct it, or unset it", ""},
		KindSettings + "/no_home": {"HOME is not set",
			"set HOME, or add --store DIR and --identity FILE", ""},
		KindSettings + "/relative_home": {"HOME must be an absolute path",
			"correct it, or add --store DIR and --identity FILE", ""},
		KindSettings + "/no_directory": {"the current directory can't be used{{ ({reason})}}",
			"change to another directory, or use absolute paths", ""},
		KindSettings + "/relative_paths": {"--store and --identity must be absolute paths",
			"write both paths in full", ""},
		KindSettings + "/recipient_secret": {"this is a secret identity, not a recipient",
			"this secret may now be in your shell history; create a new identity and pass its public key (age1…)", ""},
		KindSettings + "/recipient_ssh":          {"this is an SSH key, not an age recipient", passPublic, ""},
		KindSettings + "/recipient_post_quantum": {"post-quantum recipients are not supported", passPublic, ""},
		KindSettings + "/recipient_plugin": {"this recipient is mistyped, or needs an age plugin",
			passPublic, ""},
		KindSettings + "/recipient_incomplete": {"this recipient is mistyped or incomplete", passPublic, ""},
		KindSettings + "/recipient_other":      {"this is not an age recipient", passPublic, ""},

		KindInternal + "/kept_terminal": {"can't give up root's terminal{{ ({reason})}}", reportIt, ""},
		KindInternal + "/kept_files":    {"can't close root's open files{{ ({reason})}}", reportIt, ""},
		KindInternal + "/kept_keyring":  {"can't give up root's keyring{{ ({reason})}}", reportIt, ""},

		KindSettings + "/no_account": {"there is no account {account} on this computer", fixAccount, ""},
		KindSettings + "/account_lookup": {"can't look up the account {accountword}{{: {reason}}}",
			fixAccount, ""},
		KindSettings + "/account_groups": {"can't look up the groups of {account}{{: {reason}}}",
			fixAccount, ""},
		KindSettings + "/account_number": {"the account {account} has no numeric ID", fixAccount, ""},
		KindSettings + "/as_unknown": {"--as names no account on this computer",
			"pass the name of an account, or its number", ""},
		KindSettings + "/as_not_service": {"the service runs as {owner}, but --as names {account}",
			"leave out --as",
			"if {owner} is the wrong account, correct user under [service] in the integration file"},
		KindSettings + "/as_windows": {"--as can't be used on Windows", "leave it out", ""},
		KindSettings + "/owner_not_named": {"the key store belongs to {owner}, who could read the key",
			"if that is intended, add --as {ownerword}; if not, " + otherStore, ""},

		// Flags, files and settings that a person has to change.

		KindSettings: {"a setting can't be used", "run: pleo-connect --help", ""},
		KindNoKey: {"there is no terminal to ask for the key",
			inTerminal, ""},
		KindNotConnected: {"there is no such connection {where}", seeStatus, ""},

		keyArgument: {"this looks like a key; don't pass keys as arguments", pasteKey, replaceKey},
		keyArgument + "/position": {"argument {n} looks like a key; don't pass keys as arguments",
			pasteKey, replaceKey},
		keyInFlag: {"the value of {flag} looks like a key; don't pass keys as arguments",
			pasteKey, replaceKey},
		keyArgument + "/file": {"this looks like a key; don't pass keys as arguments", keyInFile, replaceKey},
		keyArgument + "/position/file": {"argument {n} looks like a key; don't pass keys as arguments",
			keyInFile, replaceKey},
		keyInFlag + "/file": {"the value of {flag} looks like a key; don't pass keys as arguments",
			keyInFile, replaceKey},
		keyInVariable: {"{variable} looks like a key, not a path; it was not used",
			"set {variable} to a full path, or unset it", ""},

		unknownCommand:              {"unknown command", runHelp, ""},
		unknownCommand + "/of":      {"unknown command; it must be one of: {list}", runHelp, ""},
		unknownCommand + "/similar": {`unknown command; did you mean "{name}"?`, runHelp, ""},
		unknownFlag:                 {"unknown flag", runHelp, ""},
		unknownFlag + "/known":      {"{command} has no flag {flag}", runHelp, ""},
		unknownFlag + "/position":   {"{command} has no such flag (argument {n})", runHelp, ""},
		noFlagValue:                 {"{flag} needs a value", runHelp, ""},
		wrongFlagValue:              {"{flag} can't have this value", runHelp, ""},
		wrongFlagValue + "/bool": {"{flag} must be true or false",
			"use {flag} without a value, or leave it out", ""},
		wrongFlagValue + "/number": {"{flag} must be a whole number", "for example: {flag} 7", ""},
		emptyFlag:                  {"{flag} is empty", "leave it out, or give it a value", ""},
		noSuchPath: {"the path given to {flag} does not exist",
			"check the path; for a new one, write it in full or start it with ./", ""},
		noStoreHere:            {"{command} doesn't use your key store", "leave out {flag}", ""},
		noArguments:            {"{command} takes no arguments, only flags", runHelp, ""},
		oneCompany:             {"name only one company", "if its name has spaces, put it in quotes", ""},
		oneCompany + "/id":     {"name only one company", "run: {command} COMPANY", ""},
		oneCompany + "/none":   {"name a company", "run: {command} COMPANY", ""},
		oneRecipient:           {"name one recipient", "run: {command} RECIPIENT", ""},
		notUnderstood:          {"these arguments can't be used with {command}", runHelp, ""},
		ambiguous:              {"there are {n} connections {where}", "add one of these to the command", ""},
		ambiguous + "/company": {"{n} connections match that company", "name one of these instead", ""},

		noTerminal:             {"there is no terminal", inTerminal, ""},
		noTerminal + "/input":  {"standard input is not a terminal", inTerminal, ""},
		noTerminal + "/output": {"standard output is not a terminal", inTerminal, ""},

		NeedsApproval: {"the permissions need approval", readApproved, ""},
		NeedsApproval + "/company": {"the permissions need approval, and the company needs confirmation",
			readApproved + withCompany, ""},
		NeedsApproval + "/never_confirmed": {"the permissions need approval, and the company was never confirmed",
			readApproved + withWholeID, ""},
		NeedsApproval + "/listed": {"these permissions need approval: {list}", allowListed, ""},
		NeedsApproval + "/listed/company": {"these permissions need approval: {list}; the company needs confirmation",
			allowListed + withCompany, ""},
		NeedsApproval + "/listed/never_confirmed": {
			"these permissions need approval: {list}; the company was never confirmed",
			allowListed + withWholeID, ""},
		NeedsCompany:      {"the company needs confirmation", nameCompany, ""},
		NeedsConfirmation: {"the company was never confirmed", "if it's the right one, use its full ID: {company}", ""},
		JSONAtTerminal: {"--json works only without a terminal",
			"add --key-file FILE, or --key-file - to read standard input", ""},
		NoPermissions: {"the permissions of this connection are not saved",
			"add --integration FILE with its integration file", ""},
		OtherAddress: {"this company is connected to {origin}", "leave out --api-base", ""},
		EmptyCompany: {"the name of the company is empty", seeStatus, ""},
		NoCompanyID: {"that is not a company ID, or the beginning of one; names don't work here",
			"run {program} status to see the connected companies", ""},
		NoCompanyFlag:   {"that is not a company ID (--company)", looksLikeID, ""},
		NoIntegrationID: {"that is not an integration ID (--integration)", seeStatus, ""},
		NoEnvironment:   {"--env must be production or staging", "for example: --env production", ""},
		NoDays:          {"--warn-days must be at least 1", "for example: --warn-days 7", ""},
		NotActivatedYet: {"the connection of company {company} is not activated yet",
			"the key is saved; to finish, run: " + reconnect, ""},

		KeyFileMissing: {"the key file does not exist", "check the path given to --key-file", ""},
		KeyFileDescriptor: {"the file descriptor given to --key-file is not open",
			"send the key to standard input and use --key-file -; sudo closes other open files", ""},
		KeyFileUnreadable: {"can't read the key file{{ ({reason})}}", "check the path and its permissions", ""},
		KeyFileIrregular:  {"the key file is not a regular file", onlyKeyFile, ""},
		KeyFileTooLarge:   {"the key file is too large (more than 16 KiB)", onlyKeyFile, ""},
		KeyFileEmpty:      {"the key file is empty", onlyKeyFile, ""},
		KeyFileNoText:     {"the key file is not UTF-8 text{{ (line {place})}}", "save the key as UTF-8 text", ""},

		KeyInputUnreadable: {"can't read standard input{{ ({reason})}}", "use --key-file FILE", ""},
		KeyInputIrregular:  {"standard input is not a file, a pipe or a terminal", "use --key-file FILE", ""},
		KeyInputTooLarge:   {"standard input is too long for a key (more than 16 KiB)", onlyKeyInput, ""},
		KeyInputEmpty:      {"standard input is empty", onlyKeyInput, ""},
		KeyInputNoText:     {"standard input is not UTF-8 text{{ (line {place})}}", onlyKeyInput, ""},

		KeyTerminalNone: {"can't ask for the key: standard error is not a terminal",
			"don't redirect it, or use --key-file FILE", ""},
		KeyTerminalFailed:  {"can't ask for the key{{: {reason}}}", "use --key-file FILE", ""},
		KeyTerminalTooLong: {"this is too long to be a key (more than 4,096 characters)", copyAndRun, ""},

		StoppedBefore: {"stopped{{ ({signal})}}", "nothing was changed", ""},
		StoppedOnce:   {"stopped{{ ({signal})}}", "run it again", ""},
		Cancelled:     {"cancelled", "nothing was changed", ""},
		NoKeyEntered:  {"no key was entered", "nothing was changed", ""},
		OutputFailed: {"can't write to standard output{{: {reason}}}",
			"check where standard output goes, then run it again", ""},
		OutputOfDone: {"the key was removed; can't write to standard output{{: {reason}}}",
			"check where standard output goes; to see what is connected, run: {program} status", ""},

		storeHere:                         {noStoreIn, "to use another one, add --store DIR", ""},
		storeHere + "/named":              {noStoreIn, "to use the key store in {dir}, add --store {dirword}", ""},
		storeHere + "/root":               {noStoreIn, "to use the key store in {dir}, run this with sudo", ""},
		storeHere + "/root/unnamed":       {noStoreIn, "to use the key store in {dir}, " + withSudo, ""},
		storeHere + "/without_it":         {noStoreIn, "to use the key store in {dir}, run this without sudo", ""},
		storeHere + "/without_it/unnamed": {noStoreIn, "to use the key store in {dir}, " + noSudo, ""},
		storeInEngine: {"nothing has ever been saved in {path}",
			"check the address in --store; to connect, run {program}", ""},
		storeGone: {"the key store in {path} is gone; 1 connection was saved in it", restoreStore,
			onPurpose + "rm -r {paths}"},
		storeGone + "/several": {"the key store in {path} is gone; {n} connections were saved in it", restoreStore,
			onPurpose + "rm -r {paths}"},

		connectionGone: {"the connection of company {company} to {integration} is missing from the key store",
			"run {program} to connect again", onPurpose + forgetIt},
		connectionGone + "/file": {"the connection of company {company} to {integration} is missing from the key store",
			"restore {path} from a backup, or run {program} to connect again", onPurpose + forgetIt},

		notConnected: {"nothing is connected {where}", "run {program} to connect", ""},
		notConnected + "/in": {"nothing is connected in {environment} {where}",
			seeStatus, ""},
		notConnected + "/company": {"company {company} is not connected{{ in {environment}}} {where}",
			seeStatus, ""},
		notConnected + "/company/integration": {
			"company {company} has no connection to that integration{{ in {environment}}}", seeStatus, ""},
		notConnected + "/named": {"no company with that ID or name is connected{{ in {environment}}} {where}",
			seeStatus, ""},
		notConnected + "/named/integration": {
			"no company with that ID or name has a connection to that integration{{ in {environment}}}", seeStatus, ""},
		notConnected + "/integration": {"that integration is not connected{{ in {environment}}} {where}",
			seeStatus, ""},
		NotConnectedFile: {"no connection to {id} was found {where}",
			"in the file, set id to that of the connection, which {program} status shows", ""},

		nothingFound: {"nothing is connected in {path}, but connections may be missing{{ ({reason})}}",
			"let this account read and write the identity file's directory", ""},

		// Failures of exec, key, recipient, rekey, demo and sandbox.

		ExecUsage: {"name a company and a command", "pleo-connect exec COMPANY -- COMMAND [ARGUMENTS]", ""},
		ExecVariables: {"--preserve-env takes names of variables, separated by commas",
			"for example: --preserve-env=HTTPS_PROXY,NO_PROXY", ""},
		ExecOnlyHere:  {"{name} is not in PATH, only in the current directory", "use its path: {word}", ""},
		ExecNotInPath: {"{name} was not found in PATH", "install it, or use its full path", ""},
		ExecNotFound: {"can't find {name}, or the interpreter in its first line",
			"check the path and the script's first line", ""},
		ExecNoMode:    {"this account may not run {name}", "run: chmod +x {word}", ""},
		ExecForbidden: {"this account may not run {name}", "check the permissions of the file and its directories", ""},
		ExecNotRun: {"can't run {name}: {reason}",
			"it must be a program, or a script that starts with #!", ""},

		KeyToTerminal: {"the key would be shown on the screen", pipeToProgram, ""},
		KeyToFile:     {"the key would be saved in a file, unencrypted", pipeToProgram, ""},
		KeyToSocket: {"standard output is a socket, so the key may end up in a log",
			"run: {program} key COMPANY | cat", ""},
		KeyToNoPipe: {"standard output is not a pipe", pipeToProgram, ""},

		DemoTerminal: {"the demo needs a terminal",
			"run it in a terminal (over SSH, with ssh -t); scripts can use pleo-connect sandbox", ""},
		DemoScenario: {"unknown scenario", "choose one of: {list}", ""},
		DemoPace:     {"--pace takes a time from 0 to 5 s", "for example: --pace 600ms", ""},
		DemoNoDir: {"can't create a temporary directory for the demo: {reason}",
			"set TMPDIR to a directory that you can write to", ""},
		DemoLeft:       {"couldn't delete the demo's files", "run: rm -r {word}", ""},
		DemoWebPlain:   {"a browser shows the full screen only", "leave out --web or --plain", ""},
		ListenForm:     {"that is not an address and port", "for example: --listen 127.0.0.1:8080", ""},
		ListenLoopback: {"the sandbox listens on this computer only", "use 127.0.0.1 or [::1]", ""},
		ListenTaken:    {"can't listen on {value}: {reason}", "choose another port, or 0 for any free one", ""},

		RekeyOfCredential: {"a systemd credential can't be replaced here",
			"add --identity FILE with the file it was made from (or decrypt it with systemd-creds)", ""},
		RekeyLost: {"nothing was changed: the connection of company {company} is missing",
			"restore {path} from a backup", "if it was removed on purpose, run: " + forgetIt},
		ReencryptStopped: {"stopped before all records were encrypted again",
			"everything is still readable; to finish, run: {command}", ""},
		ReencryptUnread: {"nothing was changed: some records can't be read",
			"repair or remove the files named above, then run: {command}", ""},

		PassphraseNone:     {"no passphrase was entered", "nothing was changed", ""},
		PassphraseTooLong:  {"the passphrase is too long", "try again with the right one", ""},
		PassphraseNotAsked: {"can't ask for the passphrase: {reason}", "run it in a terminal", ""},

		// Problems with the file that describes an integration: what is wrong, and what is right there.

		IntegrationNotThere: {"the file given to --integration does not exist", "check the path", ""},

		FileMissing: {"{path}: there is no such file", "check the path", ""},
		FileForbidden: {"{path}: this account can't read the file",
			"let this account read the file and its directory", ""},
		FileUnreadable: {"{path}: can't read the file{{: {reason}}}", correctOne, ""},
		FileIrregular:  {"{path}: this is not a regular file", "name the integration file itself", ""},
		FileTooLarge:   {"{path}: the file is larger than 64 KiB", correctOne, ""},
		FileEmpty:      {"{path}: the file is empty", correctOne, ""},
		FileNoText:     {"{path}: the file is not UTF-8 text{{ (line {place})}}", "save it as UTF-8 text", ""},
		FileNoTOML:     {at + "the file is not valid TOML", "correct this line, then try again", ""},

		FileForeign: {"{path}: another account owns it and could redirect your key",
			"use a file owned by root or by you", ""},
		FileOpen: {"{path}: other accounts can change the file and redirect your key", "run: chmod go-w {word}", ""},
		FileOpen + OfRoot: {"{path}: other accounts can change the file and redirect your key",
			"run: sudo chmod go-w {word}", ""},
		FileWayForeign: {"{path}: {dir} belongs to another account, which could redirect your key", anotherFolder, ""},
		FileReplaceable: {"{path}: other accounts can replace files in {dir} and redirect your key",
			anotherFolder, "if only you need to write there, run: chmod go-w {dirword}"},
		FileReplaceable + OfRoot: {"{path}: other accounts can replace files in {dir} and redirect your key",
			anotherFolder, "if only root needs to write there, run: sudo chmod go-w {dirword}"},

		FileName: {at + "name is missing",
			`add the integration's name as Pleo shows it, for example name = "Example ERP"`, ""},
		FileID: {at + "id must have 3 to 40 characters: a-z, 0-9, and - in between",
			`choose one that never changes, for example id = "{id}"`, ""},
		FileEnvironment: {at + `environment must be "production" or "staging"`, correctFile, ""},
		FileKeyKind:     {at + `key_kind must be "integrated" or "standalone"`, correctFile, ""},
		FileSurplus: {at + `surplus must be "tell" or "refuse"`,
			"choose what to do with a key that has more permissions", ""},
		FileLink:        {at + "{value} must be a complete address that starts with https://", correctFile, ""},
		FileApplication: {at + "applications contains an empty name", "remove it", ""},
		FilePermissions: {at + "permissions are missing", "add at least one [[permissions]] with scope and title", ""},
		FileScope:       {at + "scope is missing", asPleoSpells, ""},
		FileScopeSpaces: {at + "scope must not contain spaces", "add one [[permissions]] per scope", ""},
		FileScopeLong:   {at + "scope is too long", asPleoSpells, ""},
		FileScopeTwice:  {at + "scope {scopes} is already used on line {n}", "remove one of them", ""},
		FileTitle:       {at + "title is missing", "say in plain words what the integration does with {scopes}", ""},
		FileTwice:       {at + "{value} is already set on line {n}", "remove one of them", ""},
		FileUndrawable: {at + "{value} contains characters that can't be shown",
			"remove control characters, invisible characters and double spaces", ""},
		FileUnknownKey:    {at + `unknown key "{value}"`, "use one of: {list}", ""},
		FileUnknownSubkey: {at + `unknown key "{value}" in {name}`, correctFile, ""},

		FileText:   {at + "{value} must be text in quotes", correctFile, ""},
		FileFlag:   {at + "{value} must be true or false, without quotes", correctFile, ""},
		FileList:   {at + `{value} must be a list of texts, for example ["One", "Two"]`, correctFile, ""},
		FileTable:  {at + "{value} must be a table that starts with [service]", correctFile, ""},
		FileEntry:  {at + "{value} must be a table that starts with [[permissions]]", correctFile, ""},
		FileTables: {at + "{value} must be a list of tables, each starting with [[permissions]]", correctFile, ""},

		// Failures of status, disconnect and doctor.

		DisconnectUnasked: {"disconnecting needs confirmation", "add --yes to skip the question",
			"to be asked, run it in a terminal (over SSH, with ssh -t)"},
		DisconnectUnaskedJSON: {"disconnecting needs confirmation", "add --yes to skip the question", ""},
		StoppedPartly:         {"{detail}", "run it again to continue", ""},
		StoppedBeforePleo:     {"stopped before contacting Pleo", "run it again", ""},

		DisconnectStopped:          {"stopped{{ ({signal})}}", "the key is still saved; " + runOnce, ""},
		DisconnectRejected:         {"Pleo rejected the key, so nothing was removed in Pleo", byHand, ""},
		DisconnectRejectedUnproven: {"Pleo rejected the key, so {name} may still be connected", byHand, ""},
		DisconnectDenied:           {"Pleo denied the request to disconnect", byHand, ""},
		DisconnectUnproven: {"Pleo's answer doesn't prove that it was disconnected", "run this again",
			"if it keeps happening, " + byHand},
		DisconnectBlocked: {"Pleo, or a proxy or firewall in between, blocked the request{{ ({detail})}}",
			"ask your network administrator whether something blocks requests to {host}",
			"if that is not possible, " + byHand},
		DisconnectChanged: {"someone else changed this connection{{ on {date}}}, so the key was not removed",
			"to see what is saved now, run: {program} status {arguments}",
			"if it should still be disconnected, run this again"},
		SavedAddress: {"the saved address can't be used{{ ({origin})}}",
			"restore this connection's file from a backup", ""},
	}
	maps.Copy(rows, englishEngine())
	return rows
}}

// both uses one text for the singular and the plural.
func both(text Text) Forms { return Forms{text, text} }
