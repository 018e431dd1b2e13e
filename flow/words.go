package flow

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pleo-connect/pleoclient"
)

// words are the class of one kind and its sentences. Lower-case, no full stop at the end; the hint names the next
// action. Names in braces are replaced, and {(detail)} vanishes with its brackets when there is no detail.
type words struct {
	class         Class
	summary, hint string
	actions       []Action // beside Back and Leave
}

var (
	again   = []Action{ActionRetry}
	examine = []Action{ActionRetry, ActionDoctor} // not for a rate limit, which more questions make worse
	another = []Action{ActionEdit}
	either  = []Action{ActionRetry, ActionEdit}
)

const (
	hintPleo    = "{aboutkey}try again {soon}, and tell {vendor} if it stays"
	hintBetween = "{aboutkey}ask whoever runs the network what stands between this computer and Pleo, then try again"
	hintAllow   = "the key of this integration appears in Pleo under {menu} > {name}: " +
		"press Allow there and paste that key"
)

var kinds = map[Kind]words{
	pleoclient.KindKeyMalformed: {ClassKey,
		"this cannot be a key: character {position} is {character}",
		"{copyagain}", another},
	pleoclient.KindKeyShortened: {ClassKey,
		"this is the shortened display of a key, not the key itself",
		"Pleo shows the whole key once, when it is made; if it is gone, press Allow again under {menu}", another},
	pleoclient.KindKeyTooLong: {ClassKey,
		"this is too long for a key: more than 4,096 characters",
		"{copyagain}", another},
	pleoclient.KindNotAKey: {ClassKey,
		"{looks}",
		"{copyagain}", another},
	KindSimulatedKey: {ClassKey,
		"this key is a simulated one, and works only in the demo and the sandbox",
		"paste the key that Pleo shows", another},
	KindRealKeyInDemo: {ClassKey,
		"this is the demo: the key was dropped and not used",
		"if others could see it, replace it in Pleo; the demo takes only simulated keys", another},

	pleoclient.KindKeyRejected: {ClassKey,
		"Pleo rejected the key",
		"{cleaned}{rejected}{keyinhand}", []Action{ActionEdit, ActionRetry}},
	KindNotAPIKey: {ClassKey,
		"this is not an API key: Pleo calls it {detail}",
		hintAllow, another},
	KindOtherApplication: {ClassKey,
		"this key was issued for another integration: {detail}",
		hintAllow, another},
	KindOrganisationKey: {ClassKey,
		"this key is for a whole organisation, and the integration needs the key of one company",
		"in Pleo, switch to the company first, then open {menu} > {name}", another},
	KindOtherCompany: {ClassConflict,
		"this key belongs to another company than the one that was named",
		"named: {wanted}; the key: {company}; switch to the right company in Pleo and use its key", another},
	KindPermissionsMissing: {ClassPermissions,
		"the key may not do everything the integration needs",
		"missing: {missing}; {remedy}", another},
	KindFewerPermissions: {ClassPermissions,
		"this key may do less than the one that is stored, which stays in use",
		"missing: {missing}; {remedy}, or {goon}", another},
	KindSurplusPermissions: {ClassPermissions,
		"this key may do more than {name} allows",
		"not asked for: {surplus}; {exact}", another},
	KindPermissionsUnknown: {ClassPermissions,
		"Pleo does not say what this key may do",
		"{unproven}", again},
	pleoclient.KindForbidden: {ClassPermissions,
		"Pleo knows the key, but refuses the request",
		"{refused}{keyinhand}", either},
	KindNotEntitled: {ClassPermissions,
		"this company is not entitled to use {name}",
		"ask Pleo's support or {vendor} to enable it for the company; the key is saved, so the next start goes on " +
			"from here",
		again},
	KindNotActivated: {ClassNoAnswer,
		"Pleo did not activate the installation{(detail)}",
		"the key is saved: try again, or start the wizard later; tell {vendor} if it stays", again},

	pleoclient.KindDNS: {ClassNoAnswer,
		"the name {host} cannot be found",
		"{aboutkey}check the network and the name servers (DNS) of this computer, then try again", examine},
	pleoclient.KindRefused: {ClassNoAnswer,
		"{host} refused the connection",
		"{aboutkey}check that no firewall keeps this computer from {host}, then try again", examine},
	pleoclient.KindTimeout: {ClassNoAnswer,
		"{host} did not answer in time",
		"{aboutkey}a firewall may be in the way, or the network may need a proxy (HTTPS_PROXY); check both, then " +
			"try again",
		examine},
	pleoclient.KindOffline: {ClassNoAnswer,
		"there is no connection to {host}{(detail)}",
		"{aboutkey}check the network of this computer, then try again", examine},
	pleoclient.KindCanceled: {ClassNoAnswer,
		"the request was cancelled",
		"{aboutkey}try again", again},
	pleoclient.KindProxy: {ClassNoAnswer,
		"there is no way through the proxy to {host}{(detail)}",
		"{aboutkey}check the proxy setting of this computer (HTTPS_PROXY, NO_PROXY), or ask whoever runs the proxy " +
			"to let {host} through",
		examine},
	pleoclient.KindProxyLogin: {ClassNoAnswer,
		"the proxy asks for a login{(detail)}",
		"{aboutkey}ask whoever runs the proxy to let {host} through without one, or, if it takes a plain password " +
			"(Basic), start again with HTTPS_PROXY=http://user:password@host:port, which others may then read in the " +
			"environment",
		examine},
	pleoclient.KindTLS: {ClassNoAnswer,
		"there is no secure connection to {host}{(detail)}",
		hintBetween, examine},
	pleoclient.KindTLSDates: {ClassNoAnswer,
		"the certificate of {host} has expired, or the clock of this computer is ahead{(detail)}",
		"{aboutkey}compare the clock of this computer with a watch, and set it if it is ahead; else ask whoever " +
			"runs the network",
		examine},
	pleoclient.KindTLSEarly: {ClassNoAnswer,
		"the certificate of {host} is not valid yet: the clock of this computer seems to be behind{(detail)}",
		"{aboutkey}set the clock of this computer (on most servers: timedatectl set-ntp true), then try again",
		examine},
	pleoclient.KindTLSName: {ClassNoAnswer,
		"the certificate that answered is not for {host}{(detail)}",
		hintBetween, examine},
	pleoclient.KindTLSIssue: {ClassNoAnswer,
		"this computer does not trust the issuer of the certificate of {host}{(detail)}",
		"{aboutkey}company networks that inspect traffic do this; start again with --ca-file and their root " +
			"certificate",
		examine},
	pleoclient.KindLoginPage: {ClassNoAnswer,
		"a login page answered in place of Pleo{(detail)}",
		"{aboutkey}sign in to this network, or ask for {host} to be let through, then try again", examine},

	pleoclient.KindIntercepted: {ClassNoAnswer,
		"Pleo, or a proxy or firewall in between, refused the request{(detail)}",
		"{aboutkey}ask your network administrator whether something answers in place of {host}, then try again",
		examine},
	pleoclient.KindRateLimited: {ClassNoAnswer,
		"Pleo asks us to slow down{until}",
		"{aboutkey}{waiting}", again},
	pleoclient.KindPleoTrouble: {ClassNoAnswer,
		"Pleo has a problem at the moment{(detail)}",
		hintPleo, examine},
	pleoclient.KindUnexpected: {ClassNoAnswer,
		"Pleo's answer cannot be understood{(detail)}",
		hintPleo, examine},
	pleoclient.KindBadRequest: {ClassNoAnswer,
		"Pleo did not accept the request",
		hintPleo, again},
	pleoclient.KindNotFound: {ClassNoAnswer,
		"Pleo does not know what was asked for",
		hintPleo, again},

	KindStore: {ClassStore,
		"the key store does not hold what was asked for",
		"pleo-connect status lists what is connected", again},
	KindStoreMissing: {ClassStore,
		"there is no key store in {detail}",
		"to use another one, add --store DIR", again},
	KindConnectionLost: {ClassStore,
		"the connection of company {detail} is missing from the key store",
		"restore its file from a backup, or run pleo-connect to connect again", again},
	KindStoreNotWritable: {ClassStore,
		"the key store cannot be written",
		"{detail}{keyinhand}", again},
	KindStoreFull: {ClassStore,
		"the disk of the key store is full",
		"free some space, then try again{keyinhand}", again},
	KindStoreOwner: {ClassStore,
		"the key store belongs to another account",
		"{detail}{keyinhand}", again},
	KindStoreOpen: {ClassStore,
		"others could read or change the key store",
		"{detail}{keyinhand}", again},
	KindStoreLocked: {ClassStore,
		"another program is writing to the key store",
		"wait for it, then try again{keyinhand}{(detail)}", again},
	KindStoreDamaged: {ClassStore,
		"the key store is damaged",
		"{detail}", again},
	KindStoreForeign: {ClassStore,
		"this directory is not a key store of pleo-connect",
		"{detail}{keyinhand}", again},
	KindStoreSwapped: {ClassStore,
		"a file in the key store is not the one that belongs there",
		"{detail}", again},
	KindStorePlace: {ClassStore,
		"a key would not be safe in this place",
		"{detail}{keyinhand}", again},
	KindStoreNewer: {ClassStore,
		"a newer version of this program wrote the key store",
		"update this program; nothing was changed{keyinhand}", again},
	KindStoreIdentity: {ClassStore,
		"the identity that opens the key store is missing or does not fit",
		"{detail}", again},
	KindIdentityLocked: {ClassStore,
		"the identity of the key store does not allow this",
		"{detail}", again},
	KindStoreUncertain: {ClassStore,
		"it is not certain that the disk kept the key",
		"try again to save it once more{keyinhand}", again},
	KindConflict: {ClassConflict,
		"somebody else changed this connection meanwhile{(detail)}",
		"try again to look at what is stored now; nothing was overwritten{keyinhand}", again},

	KindClock: {ClassNoAnswer,
		"the clock of this computer is {detail} that of Pleo",
		"set the clock (on most servers: timedatectl set-ntp true), then try again", again},
	KindSettings: {ClassUsage,
		"the settings cannot be used: {detail}",
		"correct them and start again; nothing was sent", again},
	KindNoKey: {ClassUsage,
		"there is no key: no terminal to ask at, and no --key-file",
		"run it at a terminal (ssh -t), or give the key with --key-file FILE, or with --key-file - on standard input",
		again},
	KindNotConnected: {ClassUsage,
		"{detail} on this computer",
		"run pleo-connect status to see what is connected", again},

	KindInterrupted: {ClassInterrupted,
		"stopped before the connection was active",
		"{saved}: start again at any time", nil},
	KindInternal: {ClassInternal,
		"something went wrong in this program{(detail)}",
		"please tell the makers of pleo-connect", again},
}

func wordsOf(k Kind) words {
	if w, ok := kinds[k]; ok {
		return w
	}
	return kinds[KindInternal]
}

func (p Problem) summary(s State) string {
	if !p.Failed() {
		return ""
	}
	return p.fill(wordsOf(p.Kind).summary, s)
}

func (p Problem) hint(s State) string {
	if !p.Failed() {
		return ""
	}
	return p.fill(wordsOf(p.Kind).hint, s)
}

// fill replaces the names in braces. One that is no placeholder is replaced by nothing, and so never seen.
func (p Problem) fill(text string, s State) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		if value := placeholders[name]; value != nil {
			out.WriteString(value(p, s))
		}
		text = after
	}
}

// placeholders are the names that summaries and hints may have in braces, each with the text that takes its place.
var placeholders = map[string]func(Problem, State) string{
	"detail":    func(p Problem, _ State) string { return p.Detail.String() },
	"(detail)":  func(p Problem, _ State) string { return inBrackets(p.Detail.String()) },
	"name":      func(_ Problem, s State) string { return integrationName(s) },
	"vendor":    func(_ Problem, s State) string { return vendor(s) },
	"menu":      func(Problem, State) string { return menuAccounting },
	"host":      func(_ Problem, s State) string { return host(s.Origin) },
	"waiting":   Problem.waiting,
	"until":     func(p Problem, _ State) string { return p.until() },
	"soon":      func(p Problem, _ State) string { return p.soon() },
	"wanted":    func(p Problem, _ State) string { return string(p.Wanted) },
	"company":   func(_ Problem, s State) string { return company(s.Check.Company) },
	"missing":   func(p Problem, _ State) string { return listPermissions(p.Missing) },
	"surplus":   func(_ Problem, s State) string { return firstOf(s.Check.Surplus) },
	"exact":     func(_ Problem, s State) string { return exact(s) },
	"goon":      func(p Problem, s State) string { return goOn(p, s) },
	"remedy":    func(_ Problem, s State) string { return remedy(s) },
	"unproven":  func(_ Problem, s State) string { return unproven(s) },
	"cleaned":   func(_ Problem, s State) string { return cleanedText(s.Cleaned) },
	"rejected":  func(_ Problem, s State) string { return rejected(s) },
	"refused":   func(_ Problem, s State) string { return refused(s) },
	"aboutkey":  func(_ Problem, s State) string { return aboutKey(s) },
	"keyinhand": func(_ Problem, s State) string { return keyInHand(s) },
	"saved":     func(_ Problem, s State) string { return savedText(s) },

	"position":  entry(func(e pleoclient.KeyError) string { return fmt.Sprint(e.Position) }),
	"character": entry(func(e pleoclient.KeyError) string { return e.Character }),
	"looks":     entry(func(e pleoclient.KeyError) string { return looksLike(e.Looks) }),
	"copyagain": copyAgain,
}

// entry makes a placeholder of a text about an entry that is no key. Without such an entry it is empty.
func entry(text func(pleoclient.KeyError) string) func(Problem, State) string {
	return func(p Problem, _ State) string {
		if p.Entry == nil {
			return ""
		}
		return text(*p.Entry)
	}
}

func inBrackets(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// keyInHand ends a hint with where a validated key is.
func keyInHand(s State) string {
	if !s.validated {
		return ""
	}
	return "; the key " + keyFate(s)
}

func aboutKey(s State) string {
	switch {
	case s.Step == StepDoctor: // it is not about a key
		return ""
	case s.Key.IsZero():
		return "no key was used yet: "
	}
	return "this says nothing about the key, which " + keyFate(s) + ": "
}

// keyFate returns where the key is. Pleo shows it only once, so after the end nothing is promised that is not on the
// disk.
func keyFate(s State) string {
	switch {
	case s.Check.Stored.SameKey:
		return "is saved"
	case s.Step == StepOver:
		return "was not saved"
	}
	return "is still in hand"
}

func savedText(s State) string {
	switch stored := s.Check.Stored; {
	case s.writing && stored.SameKey: // the answer to Restore was not awaited
		return "the saved key may have been removed"
	case stored.SameKey && stored.Unconfirmed:
		return "the key is saved, but not confirmed"
	case stored.SameKey:
		return "the key is saved"
	}
	if s.confirmed { // a save that had begun ends whole, but its answer was not awaited
		return "the key may have been saved"
	}
	return "nothing was saved"
}

// waiting counts a rate limit down. After the last wait, and after the end, nobody tries again by itself.
func (p Problem) waiting(s State) string {
	switch {
	case TooLong(p.RetryAfter):
		return "try again after that"
	case p.Wait == 0 || s.Step == StepOver:
		return "wait a few minutes, then try again"
	}
	return fmt.Sprintf("the next try is in %d s, unless you leave before", p.Wait)
}

// until says how long Pleo wants to be left alone, if that is longer than anybody watches a countdown.
func (p Problem) until() string {
	if !TooLong(p.RetryAfter) {
		return ""
	}
	return " until " + wholeMinute(p.RetryAt)
}

// soon says when the next try makes sense.
func (p Problem) soon() string {
	if !TooLong(p.RetryAfter) {
		return "in a minute"
	}
	return "after " + wholeMinute(p.RetryAt)
}

// wholeMinute is the next one: at a time that is rounded down it would still be too early.
func wholeMinute(t time.Time) string { return Day(t.Add(time.Minute - 1).Truncate(time.Minute)) }

// rejected returns what a 401 may come from, and how to find out. An address that the caller named belongs to no
// environment we know.
func rejected(s State) string {
	reasons := "it is mistyped, revoked"
	if s.Integration.KeyKind == Standalone {
		reasons += ", expired"
	}
	const only = ": a key works only in the environment that made it, and this is "
	if s.CustomOrigin {
		return reasons + ", or from elsewhere" + only + host(s.Origin) + "; check that it was made there, then paste " +
			"it again or a new one"
	}
	here, other := Production, Staging
	if s.Integration.Environment == Staging {
		here, other = other, here
	}
	return reasons + ", or from " + other + only + here + "; check that " + host(WebApp(here)) +
		" lists it under " + menuKeys + ", then paste it again or a new one"
}

// refused returns what a 403 may come from: what the integration asks for is compared with what the key may do, as far
// as Pleo said.
func refused(s State) string {
	ask := ": ask " + vendor(s) + " whether this company may use " + integrationName(s)
	if s.Check.Permissions != MarkDone {
		return "a permission, the company or the entitlement is missing, and Pleo does not tell which" + ask
	}
	lacks := missing(s.Integration.Permissions, s.Check.Scopes)
	if len(lacks) == 0 {
		return "the key has every permission this integration asks for, so the company or the entitlement is missing" +
			ask
	}
	return "not granted: " + listPermissions(lacks) +
		"; if it is none of these, the company or the entitlement is missing" + ask
}

func integrationName(s State) string {
	if s.Integration.Name == "" {
		return "the integration"
	}
	return s.Integration.Name
}

func vendor(s State) string { return s.Integration.VendorName() }

// VendorName returns whom to ask for help.
func (i Integration) VendorName() string {
	if i.Vendor == "" {
		return "the vendor of the integration"
	}
	return i.Vendor
}

// host returns an origin without its scheme: the host, and the port where that is not the usual one.
func host(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	return host
}

func company(c pleoclient.Company) string {
	if c.Name.IsZero() {
		return string(c.ID)
	}
	return fmt.Sprintf("“%s” (%s)", c.Name, c.ID)
}

func listPermissions(ps []Permission) string {
	var out []string
	for _, p := range ps {
		if p.Title == "" {
			out = append(out, string(p.Scope))
			continue
		}
		out = append(out, fmt.Sprintf("%s (%s)", p.Title, p.Scope))
	}
	return strings.Join(out, ", ")
}

func remedy(s State) string {
	if s.Integration.KeyKind == Standalone {
		return "create a key in Pleo with these permissions ticked, too"
	}
	return "Pleo sets the permissions of an integration: ask " + vendor(s)
}

// goOn says how to go on with fewer permissions than the key in use has.
func goOn(p Problem, s State) string {
	lacks := func(p Permission) bool { return !s.Integration.optional(p.Scope) }
	if s.Unattended && len(p.Missing) > 0 && !slices.ContainsFunc(p.Missing, lacks) {
		return "go on without them with --accept-fewer"
	}
	return "disconnect first to go on with less"
}

// exact says how to get a key that may do what is asked for and nothing else.
func exact(s State) string {
	if s.Integration.KeyKind == Standalone {
		return "create a key in Pleo with only these permissions ticked: " + scopeList(s.Integration.Scopes())
	}
	return "Pleo sets the permissions of an integration: ask " + vendor(s)
}

// unproven says why a key of which Pleo does not list the permissions is not taken.
func unproven(s State) string {
	switch {
	case s.Integration.RefuseSurplus:
		return "so nothing proves that it can do no more than " + integrationName(s) + " allows: try again later, or ask " +
			vendor(s)
	case s.Reconnect != nil:
		return "so nothing proves that it can do what the stored one does, which stays in use: try again later, or ask " +
			vendor(s)
	}
	return "run the wizard at a terminal, where a person can accept that"
}

// looksLike returns a whole sentence that says what a text is instead of a key.
func looksLike(l pleoclient.Looks) string {
	if text := looks[l]; text != "" {
		return text
	}
	return "this is not a key"
}

var looks = map[pleoclient.Looks]string{
	pleoclient.LooksEmpty:    "no key was entered",
	pleoclient.LooksShort:    "this is too short to be a key",
	pleoclient.LooksURL:      "this is a web address, not a key",
	pleoclient.LooksUUID:     "this is an ID (UUID), not a key",
	pleoclient.LooksEmail:    "this is an email address, not a key",
	pleoclient.LooksJSON:     "this is JSON, not a key",
	pleoclient.LooksCommand:  "this is a command, not a key",
	pleoclient.LooksSettings: "this is a settings file, not just a key",
	pleoclient.LooksTwoLines: "there are two keys here, on two lines",
	pleoclient.LooksKeys:     "there is more than one key here",
	pleoclient.LooksLines:    "there are several lines here, and they may not be one key",
}

// copyAgain says how to enter the key alone.
func copyAgain(p Problem, s State) string {
	switch {
	case s.Unattended:
		return "make sure the key file holds the key and nothing else"
	case p.Entry != nil && (p.Entry.Looks == pleoclient.LooksTwoLines || p.Entry.Looks == pleoclient.LooksKeys):
		return "copy one key and paste it again"
	}
	return "copy the key with Pleo's copy button and paste it again"
}

// cleanedText repeats what the cleaning did to a key that Pleo does not know: that may be why. It ends for the text
// that follows.
func cleanedText(c pleoclient.Cleaned) string {
	var out string
	if removed := removedTexts(c); len(removed) > 0 {
		out = "the text was cleaned before use (" + strings.Join(removed, ", ") + "); "
	}
	for _, text := range oddTexts(c) {
		out += "the key " + text + "; "
	}
	return out
}

// removedTexts says what the cleaning took away.
func removedTexts(c pleoclient.Cleaned) []string {
	var out []string
	for _, r := range c.Removed {
		out = append(out, removedText(r))
	}
	return out
}

func removedText(r pleoclient.Removal) string {
	switch r.What {
	case pleoclient.RemovedLineBreaks:
		return plural(r.Count, "line break") + " removed"
	case pleoclient.RemovedSpaces:
		if r.Count == 1 {
			return "1 space removed at a line break"
		}
		return plural(r.Count, "space") + " removed at line breaks"
	case pleoclient.RemovedLines:
		return plural(r.Count, "other line") + " removed"
	case pleoclient.RemovedDoubled:
		return "pasted twice, used once"
	case pleoclient.RemovedExport, pleoclient.RemovedName, pleoclient.RemovedHeader, pleoclient.RemovedBearer,
		pleoclient.RemovedBasic:
		return "“" + string(r.What) + "” removed"
	}
	return string(r.What) + " removed"
}

// oddTexts says what of a key may not be part of it, and where.
func oddTexts(c pleoclient.Cleaned) []string {
	var out []string
	for _, odd := range []struct {
		verb      string
		character rune
	}{{"begins with", c.Odd.Front}, {"contains", c.Odd.Middle}, {"ends in", c.Odd.Back}} {
		if odd.character != 0 {
			out = append(out, fmt.Sprintf("%s “%c”: make sure that is part of it", odd.verb, odd.character))
		}
	}
	return out
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
