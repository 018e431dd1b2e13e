package flow

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pleo-connect/flow/flowtest/golden"
	"pleo-connect/flow/flowtest/source"
	"pleo-connect/pleoclient"
)

// TestWording reads all rows: lower-case unless a name begins them, no full stop, every name in braces filled.
func TestWording(t *testing.T) {
	t.Parallel()
	s := drive(t, testSetup(), newFake(), Allow{}, pasted(canary))
	for row, w := range English.Problems.All() {
		p := Problem{Fault: NewFault(row, sample()), From: StepCheck}
		v := p.values(s, w)
		for _, text := range []Text{w.Headline, w.Next} {
			line := policy(v.Name, v.Capability) // has braces of its own
			wording(t, string(row), strings.ReplaceAll(text.Fill(v), line, "a line"))
		}
		if w.Headline == w.Next {
			t.Errorf("%s: the next step repeats the headline", row)
		}
	}
}

func wording(t *testing.T, kind, text string) {
	t.Helper()
	first, _ := utf8.DecodeRuneInString(text)
	switch {
	case strings.TrimSpace(text) == "":
		t.Errorf("%s: no words", kind)
	case unicode.IsUpper(first) && !strings.HasPrefix(text, "Pleo") && !strings.HasPrefix(text, "HOME "):
		t.Errorf("%s: %q does not begin in lower case", kind, text)
	case strings.HasSuffix(text, "."):
		t.Errorf("%s: %q ends with a full stop", kind, text)
	case strings.ContainsAny(text, "{}"):
		t.Errorf("%s: %q has an unfilled name", kind, text)
	case !pleoclient.IsSafe(text):
		t.Errorf("%s: %q would not be drawn as it is", kind, text)
	}
}

// braces are the names in braces in a text.
var braces = regexp.MustCompile(`\{([^{}]*)\}`)

// sample has a value for every name.
func sample() Values {
	v := Values{}
	for _, field := range reflect.VisibleFields(reflect.TypeOf(v)) {
		switch f := reflect.ValueOf(&v).Elem().FieldByName(field.Name); f.Kind() {
		case reflect.Int:
			f.SetInt(3)
		case reflect.Struct: // a time
		default:
			f.SetString("<" + strings.ToLower(field.Name) + ">")
		}
	}
	return v
}

// TestPlaceholders reads the rows as they are written: every name in braces is one of [Values].
func TestPlaceholders(t *testing.T) {
	t.Parallel()
	for row, w := range English.Problems.All() {
		for _, text := range []Text{w.Headline, w.Next, w.Also} {
			for _, found := range braces.FindAllStringSubmatch(string(text), -1) {
				if name := found[1]; fields.Get(name) == nil {
					t.Errorf("%s: %q has the unknown name %q", row, text, name)
				}
			}
		}
	}
}

// textsOf returns every Text in v by its place.
func textsOf(place string, v reflect.Value) map[string]Text {
	out := map[string]Text{}
	add := func(place string, v reflect.Value) { maps.Copy(out, textsOf(place, v)) }
	switch {
	case v.Type() == reflect.TypeFor[Text]():
		out[place] = Text(v.String())
	case v.Kind() == reflect.Struct:
		for _, field := range reflect.VisibleFields(v.Type()) {
			add(place+"."+field.Name, v.FieldByIndex(field.Index))
		}
	case v.Kind() == reflect.Slice, v.Kind() == reflect.Array:
		for i := range v.Len() {
			add(fmt.Sprintf("%s[%d]", place, i), v.Index(i))
		}
	case v.Kind() == reflect.Map:
		for _, key := range v.MapKeys() {
			add(fmt.Sprintf("%s[%v]", place, key), v.MapIndex(key))
		}
	}
	return out
}

// TestEveryText reads all texts of the book: each has words, its names in braces are those of [Values], it can be
// drawn, and it says nothing that the guide to the voice rules out.
func TestEveryText(t *testing.T) {
	t.Parallel()
	all := textsOf("English", reflect.ValueOf(English))
	if len(all) < 300 {
		t.Errorf("found %d texts", len(all))
	}
	for place, text := range all {
		for _, found := range braces.FindAllStringSubmatch(string(text), -1) {
			if name := strings.TrimSuffix(found[1], "}"); fields.Get(name) == nil {
				t.Errorf("%s: %q has the unknown name %q", place, text, name)
			}
		}
		filled := text.Fill(sample())
		if text == "" && !mayBeEmpty.MatchString(place) {
			t.Errorf("%s: no words", place)
		}
		drawn := strings.TrimSuffix(filled, ": ") // the end of a prompt
		if strings.TrimSpace(drawn) != drawn || !pleoclient.IsSafe(drawn) || strings.ContainsAny(drawn, "{}") {
			t.Errorf("%s: %q cannot be drawn as it is", place, filled)
		}
		signsIn := place == "English.Wizard.Unit.Token" // of an engine
		if found := unwanted.FindString(filled); found != "" && !signsIn {
			t.Errorf("%s: %q says %q", place, text, found)
		}
		inWizard := strings.HasPrefix(place, "English.Wizard.")
		if found := ofTheStore.FindString(filled); inWizard && found != "" {
			t.Errorf("%s: %q says %q, which only the key store needs", place, text, found)
		}
	}
}

var (
	// what is not said of every problem, or of every state
	mayBeEmpty = regexp.MustCompile(
		`\.(Also|Doing|Failed|Unknown|Offer)$|^English\.Key\[0\]|Clauses\.Cleaned|^English\.Wizard\.Comparison\[0\]\[0\]`)

	unwanted = regexp.MustCompile(
		`(?i)\b(whoever|whatever|somebody|nobody|anew|meanwhile|validated|token|e-mail|is no [a-z]+ key)\b`)

	ofTheStore = regexp.MustCompile(`(?i)\b(identity|recipient|credential)`) // apart from names of variables
)

// TestNoNameIsPrinted: what cannot be filled leaves nothing behind, and what is filled in is not read for names.
func TestNoNameIsPrinted(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text Text
		v    Values
		want string
	}{
		{"before {nobody} after", Values{}, "before  after"},
		{"before {} after", Values{}, "before  after"},
		{"before {unbalanced", Values{}, "before "},
		{"{detail}{{ ({detail})}}", Values{Detail: "{name}"}, "{name} ({name})"},
		{"{detail}{{ ({detail})}}", Values{}, ""},
		{"changed{{ on {date}}}", Values{Date: "2 March"}, "changed on 2 March"},
		{"changed{{ on {date}}}, so", Values{}, "changed, so"},
		{"{{{n} of {m}}}", Values{N: 1, M: 2}, "1 of 2"},
		{"rm {word}", Values{Path: "/a b"}, "rm '/a b'"},
	} {
		if got := tc.text.Fill(tc.v); got != tc.want {
			t.Errorf("%q becomes %q, want %q", tc.text, got, tc.want)
		}
	}
}

// TestEveryKindHasWords reads the constants of both packages.
func TestEveryKindHasWords(t *testing.T) {
	t.Parallel()
	found := source.Problems[Kind](t)
	for _, kind := range found {
		if _, ok := kinds.Find(kind); !ok {
			t.Errorf("%s has no words", kind)
		}
	}
	if len(found) < len(kinds.All()) {
		t.Errorf("found %d constants for %d kinds", len(found), len(kinds.All()))
	}
}

func TestInstructionsFollowTheKindOfKey(t *testing.T) {
	t.Parallel()
	s := State{Setup: testSetup(), Step: StepKey}
	if got, want := strings.Join(s.Instructions(), "\n"), strings.Join([]string{
		"Open Settings > Accounting", "Choose Test Ledger", "Press Allow. Pleo may ask for your passcode",
		"Copy the key. Pleo shows it only once", "Come back and paste it here. There is no time limit",
	}, "\n"); got != want {
		t.Errorf("integrated: %s", got)
	}
	if got := s.Help(); len(got) != 1 || got[0] != "Only Pleo admins and bookkeepers can do this" {
		t.Errorf("integrated: %q", got)
	}
	s.Integration.KeyKind = Standalone
	if got, want := strings.Join(s.Instructions(), "\n"), strings.Join([]string{
		"Open Settings > API Keys", "Press Create API Key, then choose a name and an expiration",
		"For Access level, choose this one company, not the organisation",
		"Tick only these: export-jobs:read, export-jobs:write, companies:read",
		"Copy the key. Pleo shows it only once", "Come back and paste it here. There is no time limit",
	}, "\n"); got != want {
		t.Errorf("standalone: %s", got)
	}
	if got := s.Help(); len(got) != 1 || !strings.HasPrefix(got[0], "No API Keys in the menu?") {
		t.Errorf("standalone: %q", got)
	}
}

// TestStandaloneIsNotSentToAllow: owners of standalone keys have no button of that name in Pleo. The comparison of the
// two kinds names it, for the other one.
func TestStandaloneIsNotSentToAllow(t *testing.T) {
	t.Parallel()
	setup := testSetup()
	setup.Integration.KeyKind = Standalone
	s := drive(t, setup, newFake(), Allow{}, pasted(canary))
	var texts []string
	for step := StepReview; step <= StepOver; step++ {
		s.Step = step
		texts = append(append(append(texts, s.Title(), s.Promise()), s.Help()...), s.Instructions()...)
	}
	for row := range English.Problems.All() {
		why := Problem{Fault: Fault{Kind: baseOf(row), Row: row}, From: StepCheck}.explain(s)
		if baseOf(row) == row { // the case that this state has
			why = Problem{Fault: Fault{Kind: row}, From: StepCheck}.explain(s)
			texts = append(texts, why.Summary, why.Hint, why.Also)
		}
	}
	for _, text := range texts {
		if strings.Contains(text, "Allow") {
			t.Errorf("%q", text)
		}
	}
}

func TestReceivedNotice(t *testing.T) {
	t.Parallel()
	removed := []pleoclient.Removal{{What: pleoclient.RemovedLineBreaks, Count: 1},
		{What: pleoclient.RemovedBearer, Count: 1}}
	ev := EnterKey{Cleaned: pleoclient.Cleaned{Characters: 72, Removed: removed}, Pasted: true}
	want := "key received, 72 characters · 1 line break removed · Bearer removed"
	if got := (State{}).receivedNotice(ev, false).Text; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	ev.Cleaned.Removed = nil
	want = "key received, 72 characters; it is used instead of the one you entered before"
	if got := (State{}).receivedNotice(ev, true).Text; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	ev = EnterKey{Cleaned: pleoclient.Cleaned{Characters: 72}}
	const typed = "key received; it is used instead of the one you entered before"
	if got := (State{}).receivedNotice(ev, true).Text; got != typed {
		t.Errorf("a typed key: %q", got)
	}
}

// TestReceipt holds what stays on the normal screen.
func TestReceipt(t *testing.T) {
	t.Parallel()
	s := drive(t, testSetup(), newFake(), Allow{}, pasted(canary), Confirm{}, Leave{})
	golden.Compare(t, "receipt.golden", s.Receipt().String())
	s.Demo = true
	if lines := s.Receipt(); lines[len(lines)-1].Text != string(English.Wizard.Demo) {
		t.Errorf("the demo ends with %q", lines[len(lines)-1])
	}
	if lines := drive(t, testSetup(), newFake(), Leave{}).Receipt(); len(lines) != 0 {
		t.Errorf("a cancelled run leaves %q", lines)
	}
}

// TestCopyingIsHonest reads what is said about each way: where the link went, what to do if it did not arrive, and
// tmux only inside tmux.
func TestCopyingIsHonest(t *testing.T) {
	t.Parallel()
	const copied = "link copied to this computer's clipboard; if it doesn't paste, select it above"
	const sent = "link sent to your terminal's clipboard; if it doesn't paste, select it above"
	for _, tc := range []struct {
		via  CopyWay
		tmux bool
		want string
		bad  bool
	}{
		{CopiedLocally, false, copied, false},
		{CopiedLocally, true, copied, false},
		{CopyByTerminal, false, sent, false},
		{CopyByTerminal, true, "link sent to tmux; if it doesn't paste, run: tmux set -g set-clipboard on", false},
		{CopyFailed, true, "couldn't copy the link; select it above", true},
	} {
		if got := (State{Setup: Setup{Tmux: tc.tmux}}).copiedNotice(tc.via); got != (Notice{tc.want, tc.bad}) {
			t.Errorf("way %d, tmux %v: %+v", tc.via, tc.tmux, got)
		}
	}
}

// TestOpeningIsHonest: a program that was started is not yet a page.
func TestOpeningIsHonest(t *testing.T) {
	t.Parallel()
	for via, want := range map[OpenWay]Notice{
		OpenDone:   {Text: "opening your browser"},
		OpenBegun:  {Text: "this computer was asked to open the link; if no page appears, copy the link instead"},
		OpenFailed: {"couldn't start a browser; copy the link instead", true},
	} {
		if got := (State{}).openedNotice(via); got != want {
			t.Errorf("way %d: %+v", via, got)
		}
	}
}
