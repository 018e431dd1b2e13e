package flow_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/pleoclient"
)

// The roles of a text, which decide its budget and how it begins and ends.
type role struct {
	name   string
	runes  int  // without names in braces and optional parts; 0: no budget
	begins bool // in lower case, because something is printed in front of it
	open   bool // has no full stop at the end
}

var (
	headline = role{"headline", 60, true, true}
	wrongUse = role{"headline of no screen", 90, true, true} // printed behind "error: ", with a flag or a file in it
	nextStep = role{"next step", 90, true, true}
	also     = role{"second step", 0, true, true}
	clause   = role{"clause", 0, true, true}
	note     = role{"note about the key", 0, true, true}
	line     = role{"line of a list", 0, false, true}
	label    = role{"label", 14, false, true}
	button   = role{"button", 16, false, true}
	footer   = role{"footer word", 12, true, true}
	title    = role{"title", 0, false, true}
	running  = role{"text", 0, false, false}
)

// roleOf returns the role of a text by its place in the book.
func roleOf(s flowtest.Sentence) role {
	last := s.Path[len(s.Path)-1]
	inside := func(words ...string) bool {
		return slices.ContainsFunc(s.Path[1:], func(part string) bool {
			return slices.ContainsFunc(words, func(word string) bool {
				return part == word || strings.HasSuffix(part, word) && !strings.HasSuffix(part, "Key"+word)
			})
		})
	}
	switch {
	case last == "Headline" && flow.RuleOf(flow.Kind(s.Path[1])).Class == flow.ClassUsage:
		return wrongUse
	case last == "Headline":
		return headline
	case last == "Next":
		return nextStep
	case last == "Also":
		return also
	case s.Path[0] == "Key" && last == "Note":
		return note
	case s.Path[0] == "Key":
		return running
	case s.Path[0] == "Clauses":
		return clause
	case s.Path[0] == "Lines":
		return line
	case inside("Footer", "Footers"):
		return footer
	case inside("Buttons", "Button", "Actions"):
		return button
	case inside("Label"), isLabel(s):
		return label
	case inside("Title", "Titles"):
		return title
	}
	return running
}

// notLabels are the texts among labels that appear next to one, or above all of them.
var notLabels = map[string][]string{
	"Wizard.Facts": {"NameUnread", "SameActive", "InUse", "OtherHere", "SameKeyHere", "CanRead", "DeleteOld", "ShowsIt",
		"OtherWithName"},
	"Wizard.Changes": {"Heading", "Change", "SurplusNotUsed", "SurplusShown", "NotSet"},
	"Wizard.Network": {"ThroughProxy", "TrustingExtra", "TrustingInstead", "Extra", "Instead", "WithProxy", "WithExtra",
		"WithInstead"},
}

// isLabel reports a label of the facts of a wizard.
func isLabel(s flowtest.Sentence) bool {
	last := len(s.Path) - 1
	others, ok := notLabels[strings.Join(s.Path[:last], ".")]
	return ok && !slices.Contains(others, s.Path[last])
}

// spared are texts that break one rule of TestVoice, each with the reason. The rule is its name there. A text that the
// book does not have is passed over.
var spared = map[string]string{
	"Problems.forbidden/some_granted.Next: too long":           "says when to ask, and whom",
	"Problems.denied/some_granted.Next: too long":              "says when to ask, and whom",
	"Problems.key_rejected.Next: too long":                     "four causes look alike from here",
	"Problems.key_rejected/standalone.Next: too long":          "five causes look alike from here",
	"Problems.permissions_unknown/strict.Headline: too long":   "says what is unknown, and why that matters",
	"Problems.simulated_key.Headline: too long":                "says where the key would work",
	"Problems.simulated_key/file.Headline: too long":           "says where the key would work",
	"Problems.tls_dates.Headline: too long":                    "either of two causes, which differ in whom to ask",
	"Problems.tls_not_yet_valid.Headline: too long":            "the cause is more likely here than there",
	"Problems.tls_issuer.Next: too long":                       "names the flag, what it takes, and who needs it",
	"Problems.settings/recipient_secret.Next: too long":        "a secret leaked, and another is needed",
	"Problems.identity_damaged/work_factor.Headline: too long": facts,
	"Problems.identity_inside_store.Headline: too long":        facts,
	"Problems.identity_inside_store/first.Headline: too long":  facts,
	"Problems.store/random.Headline: too long":                 facts,
	"Problems.store_bad_place/network.Headline: too long":      facts,
	"Problems.store_damaged/gone.Headline: too long":           facts,
	"Problems.store_wrong_owner/switch.Headline: too long":     facts,
	"Problems.conflict/disconnect.Headline: too long":          facts,
	"Problems.identity_locked/no_terminal.Next: too long":      "one step for a person, and one for a service",
	"Problems.identity_missing/systemd.Next: too long":         "a line to copy",
	"Problems.identity_shared.Next: too long":                  "two ways, and the second needs its condition",
	"Problems.internal/kept_keyring.Headline: keyring":         "the kernel's, not where a key is saved",
	"Wizard.Label: too long":                                   "Pleo's name for the key",

	"Problems.interrupted/partly.Headline: from outside":            "how many were checked, in a text of ours",
	"Screen.Footer.demo: too long":                                  "what the key does, where no other word fits",
	"Screen.Footer.doctor: too long":                                "the same words as the button",
	"Problems.interrupted/unsaved.Headline: from outside":           "the headline of another problem, ours",
	"Problems.interrupted/unsaved/replacing.Headline: from outside": "the headline of another problem, ours",

	"Problems.unexpected_answer/unproven.Headline: prove": "what an answer does, not what is done to a key",
	"Problems.settings/exec_not_run.Next: !":              "the first line of a script",
	"Report.Disconnect.Forget: forget":                    "a word that a person types",
	"Report.Terminal.Place.Unknown: place":                "where a program was started, not where a key is saved",
	"Client.Reasons.refused: refused":                     "a connection, not a key",
	"Client.Reasons.installation: id":                     "names of fields of an answer",
	"Client.Removed.header.0: authorization":              "the name of a header",
	"Client.Removed.header.1: authorization":              "the name of a header",
}

const facts = "what it is and what follows from it, in as few words as that takes"

// badWord is a word that the voice guide forbids.
type badWord struct {
	pattern *regexp.Regexp
	instead string
	where   func(place string) bool // nil: everywhere
}

func word(pattern, instead string) badWord {
	return badWord{pattern: regexp.MustCompile(`(?i)\b(` + pattern + `)\b`), instead: instead}
}

func (b badWord) in(begins ...string) badWord {
	b.where = func(place string) bool {
		return slices.ContainsFunc(begins, func(begin string) bool { return strings.HasPrefix(place, begin) })
	}
	return b
}

func (b badWord) notIn(begins ...string) badWord {
	inside := b.in(begins...).where
	b.where = func(place string) bool { return !inside(place) }
	return b
}

// badWords are those of the voice guide in .github/CONTRIBUTING.md.
var badWords = []badWord{
	word(`somebody|anybody|everybody`, "someone, anyone, or a passive"),
	word(`nobody|whoever|whatever`, "you, no one, or a passive"),
	word(`meanwhile`, "in the meantime"),
	word(`anew`, "again"),
	word(`stands|lies`, "is, appears, is saved"),
	word(`goes on|go on|going on|went on|carry on|carries on`, "continue"),
	word(`(?:this|that|it|which|input|output|file|text|key|one|and) (?:is|was) no`, "is not a"),
	word(`cannot`, "can't"),
	word(`refus\w+`, "denied (403), or what happened").notIn("Problems.offline_refused", "Problems.store_engine_down"),
	word(`forbidden|forbids`, "denied"),
	word(`generations?|effects?|verdicts?|exams?|examinations?|examine\w*`, "what a person calls it"),
	word(`places?|faces?|receipts?`, "directory, screen, or nothing"),
	word(`log-?in|log in|logged in|logs in`, "sign in, sign-in").notIn("Problems.store_engine_token"), // a command
	word(`e-mails?`, "email"),
	word(`validat\w+|prove[sdn]?|proven`, "checked, accepted"),
	word(`turn(?:s|ed)? away|turned down`, "rejected, denied"),
	word(`stored?|stores|storing`, "saved (verb), key store (noun)").notIn("Problems"), // "key store" is taken out first
	word(`forgets?|forgot|forgotten`, "removed"),
	word(`tokens?|api tokens?|vaults?|databases?|keyrings?`, "key, key store").
		notIn("Problems.store_engine", "Problems.settings/engine", "Wizard.Unit.Token"), // an engine's own, with which a program signs in
	word(`private keys?|public keys?`, "identity, recipient").in("Wizard", "Screen", "Plain", "Lines", "Key.", "Clauses"),
	word(`identity|identities|recipients?|credentials?`, "nothing: they stay out of the wizard").
		in("Wizard", "Screen", "Plain", "Lines", "Key.", "Clauses"),
	word(`records?`, "connection").in("Wizard", "Screen", "Plain", "Lines", "Key.", "Clauses"),
	word(`this (?:server|machine|host)`, "this computer"),
	word(`of this computer`, "this computer's"),
	word(`this program`, "pleo-connect"),
	word(`maker|developer|partner`, "vendor"),
	word(`programmes?|daemons?`, "service"),
	word(`tenants?|entit(?:y|ies)`, "company"),
	word(`entitle\w*`, "is enabled"),
	word(`approv\w+`, "allow").notIn("Wizard.Comparison", "Problems.settings/needs_approval"), // the comparison is Pleo's
	word(`renew\w*|rotat\w+|refresh\w*`, "replace the key").notIn("Problems.settings/engine_rekey"),
	word(`uninstall\w*`, "disconnect"),
	word(`abort\w*|cancell?ation`, "cancel"),
	word(`resum\w+`, "continue"),
	word(`issued for|issues a key`, "belongs to, creates a key"),
	word(`fakes?|mock\w*`, "simulated"),
	word(`organiz\w+|licens(?:es|ed)|colors?|canceled|canceling|behavior|authoriz\w+|recogniz\w+`, "British spelling"),
	word(`filesystems?`, "file system"),
	word(`user name`, "username"),
	word(`e\.g\.|i\.e\.|etc\.`, "words"),
	word(`of ours|of yours|of theirs`, "our, your, their"),
	word(`comes? out|comes? forth`, "is printed"),
	word(`if it stays`, "if it keeps happening"),
	word(`in place of`, "instead of"),
	word(`what (?:stands|lies) between`, "what sits between"),
	{regexp.MustCompile(`\b(?:ids?|Id|Ids|uuids?)\b`), "ID, UUID",
		func(place string) bool { // where it is the name of a line in a file
			return !strings.HasPrefix(place, "Problems.settings/integration/") &&
				!strings.HasPrefix(place, "Problems.not_connected/file.")
		}},
	{regexp.MustCompile(`!`), "a full stop, or nothing", nil},
	{regexp.MustCompile(`  |\t`), "one space", nil},
	{regexp.MustCompile(`API key\b`), "API Key", func(place string) bool { // Pleo's capitals, where the kind matters
		return !strings.HasPrefix(place, "Problems.not_an_api_key")
	}},
}

// ours are words that contain a forbidden one and are right: names of the terms table, of commands, flags and settings.
var ours = regexp.MustCompile(`(?i)key stores?(?:'s)?|--[a-z-]+|pleo-connect(?: [a-z]+)?|[a-z]+_[a-z_]+|https?://\S+|` +
	`systemd credentials?|(?:age1|AGE1)\S*|makers of pleo-connect|\[service\] user|file system|age public key|no longer`)

// TestVoice reads every text of the book as it is written.
func TestVoice(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, s := range flowtest.Sentences(&flow.English) {
		complain := func(rule, why string) {
			place := s.Place() + ": " + rule
			if spared[place] == "" {
				t.Errorf("%s: %q: %s", place, s.Text, why)
			}
			used[place] = true
		}
		voice(s, complain)
	}
	for _, s := range flowtest.Sentences(&flow.English) {
		for place := range spared {
			if strings.HasPrefix(place, s.Place()+": ") && !used[place] {
				t.Errorf("%s does not break the rule any more: take it out of spared", place)
			}
		}
	}
}

// voice complains about a text.
func voice(s flowtest.Sentence, complain func(rule, why string)) {
	text, r := string(s.Text), roleOf(s)
	first, _ := utf8.DecodeRuneInString(text)
	if n := utf8.RuneCountInString(s.Bare()); r.runes > 0 && n > r.runes {
		complain("too long", r.name+" of more than its budget")
	}
	if r.begins && unicode.IsUpper(first) && !strings.HasPrefix(text, "Pleo") && !capital.MatchString(text) {
		complain("capital", r.name+" begins in lower case")
	}
	if r.open && strings.HasSuffix(text, ".") {
		complain("full stop", r.name+" has no full stop at its end")
	}
	if !pleoclient.IsSafe(strings.TrimSpace(strings.ReplaceAll(text, "\n", " "))) {
		complain("unsafe", "would not be drawn as it is")
	}
	for _, name := range s.AllNames() {
		if !slices.Contains(flow.FieldNames(), name) {
			complain("unknown name", "{"+name+"} is not a field of Values")
		}
	}
	if unbalanced(text) {
		complain("braces", "has a brace without its other half")
	}
	plain := ours.ReplaceAllString(anyName.ReplaceAllString(toType.ReplaceAllString(text, "·"), "·"), "·")
	for _, bad := range badWords {
		if found := bad.pattern.FindString(plain); found != "" && (bad.where == nil || bad.where(s.Place())) {
			complain(strings.ToLower(found), "say "+bad.instead)
		}
	}
	if last := s.Path[len(s.Path)-1]; last == "Headline" && outside(text) {
		complain("from outside", "a headline has what came from outside in brackets only")
	}
	if why := behindCommand(text); why != "" {
		complain("text behind a command", why)
	}
}

var (
	anyName = regexp.MustCompile(`\{[a-z]*\}`)
	toType  = regexp.MustCompile(`"[^"{}]*"`)                    // a value in a file
	capital = regexp.MustCompile(`^(?:[A-Z]{2,}|[A-Z][a-z]+\+)`) // JSON, HTTPS_PROXY, Ctrl+C
)

// unbalanced reports whether braces do not pair up.
func unbalanced(text string) bool {
	depth := 0
	for _, r := range text {
		switch r {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth < 0 {
			return true
		}
	}
	return depth != 0
}

var optionalPart = regexp.MustCompile(`\{\{.*?\}\}+`)

var inBrackets = regexp.MustCompile(`\([^()]*\)`)

// outside reports whether a headline shows text from outside in the middle. The system's own words for a failure,
// {reason}, end some.
func outside(text string) bool {
	bare := inBrackets.ReplaceAllString(optionalPart.ReplaceAllString(text, ""), "")
	return strings.Contains(bare, "{detail}")
}

var (
	colon  = regexp.MustCompile(`\brun(?: as root)?: (.*)$`)
	inline = regexp.MustCompile(`\brun ((?:sudo (?:-\S+ )*)?pleo-connect\b.*|\{command\}.*)$`)
	argued = regexp.MustCompile(`^\S+.*(?:\{|--)`) // has something to copy
	prose  = regexp.MustCompile(`[;,.] \S|\.$|\s(?:to|and|then|again|or|if|so|it|the|which|because)(?:\s|$)`)
)

// behindCommand returns what is wrong with a command that does not end its line.
func behindCommand(text string) string {
	if found := colon.FindStringSubmatch(text); found != nil {
		if prose.MatchString(found[1]) {
			return "nothing follows the command behind “run: ”"
		}
		return ""
	}
	if found := inline.FindStringSubmatch(text); found != nil && argued.MatchString(found[1]) &&
		prose.MatchString(found[1]) {
		return "a command to copy is the last thing: put the reason in front of it"
	}
	return ""
}

// TestVoiceHears holds TestVoice to sentences that were in the program once.
func TestVoiceHears(t *testing.T) {
	t.Parallel()
	at := func(place string) []string { return strings.Split(place, ".") }
	for _, tt := range []struct {
		place string
		text  flow.Text
		rules string
	}{
		{"Problems.not_a_key.Headline", "this is no key: {detail}", "this is no, from outside"},
		{"Problems.store.Headline", "There is no space left.", "capital, full stop"},
		{"Problems.store.Headline", "there is no space left for {path}{{ ({reason})}}", ""},
		{"Problems.store.Headline", "the directory of the key store is not one that this program would ever make",
			"too long, this program"},
		{"Problems.forbidden.Headline", "Pleo knows the key, but refuses the request", "refuses"},
		{"Problems.offline_refused.Headline", "{host} refused the connection", ""},
		{"Problems.conflict.Headline", "somebody else changed this meanwhile", "somebody, meanwhile"},
		{"Problems.store.Next", "run: chown root {path}; or correct user", "text behind a command"},
		{"Problems.store.Next", "to replace it, run: pleo-connect reconnect {company}", ""},
		{"Problems.store.Next", "run pleo-connect reconnect {company} to go on", "go on, text behind a command"},
		{"Problems.store.Next", "run pleo-connect to connect", ""},
		{"Problems.store.Next", "tell {nobdy}", "unknown name"},
		{"Screen.Footer.Other", "use some other key", "too long"},
		{"Screen.Buttons.Other", "Use another key", ""},
		{"Wizard.Facts.CompanyID", "company id", "id"},
		{"Wizard.Facts.CompanyID", "ID of the company", "too long"},
		{"Wizard.Facts.ShowsIt", "the company's own page shows it", ""},
		{"Wizard.Guarded.File", "an identity file in another directory", "identity"},
		{"Wizard.Unit.Credential", "To keep it in a credential, run as root:", "credential"},
		{"Wizard.Title.Key", "an identity file", "identity"},
		{"Report.Half", "kept in the key store", ""},
		{"Report.Half", "{{ ({detail}", "braces"},
	} {
		var got []string
		voice(flowtest.Sentence{Path: at(tt.place), Text: tt.text}, func(rule, _ string) { got = append(got, rule) })
		if strings.Join(got, ", ") != tt.rules {
			t.Errorf("%q breaks %q, want %q", tt.text, got, tt.rules)
		}
	}
}
