package flow

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pleo-connect/flow/flowtest/golden"
	"pleo-connect/flow/flowtest/source"
	"pleo-connect/pleoclient"
)

// TestWording reads all sentences: lower-case unless a name begins them, no full stop, every name in braces filled.
func TestWording(t *testing.T) {
	t.Parallel()
	s := drive(t, testSetup(), newFake(), Allow{}, pasted(canary))
	for kind, w := range kinds {
		p := Problem{Fault: Fault{Kind: kind, Detail: pleoclient.Safe("a fact")}, From: StepCheck, Wanted: otherID,
			Wait: 7, Missing: s.Integration.Permissions,
			Entry: &pleoclient.KeyError{Position: 3, Character: "space", Looks: pleoclient.LooksURL}}
		for _, text := range []string{p.summary(s), p.hint(s)} {
			wording(t, string(kind), text)
		}
		if w.summary == w.hint {
			t.Errorf("%s: the hint repeats the summary", kind)
		}
	}
}

func wording(t *testing.T, kind, text string) {
	t.Helper()
	first, _ := utf8.DecodeRuneInString(text)
	switch {
	case strings.TrimSpace(text) == "":
		t.Errorf("%s: no words", kind)
	case unicode.IsUpper(first) && !strings.HasPrefix(text, "Pleo"):
		t.Errorf("%s: %q does not begin in lower case", kind, text)
	case strings.HasSuffix(text, "."):
		t.Errorf("%s: %q ends with a full stop", kind, text)
	case strings.ContainsAny(text, "{}"):
		t.Errorf("%s: %q has an unfilled name", kind, text)
	case !pleoclient.IsSafe(text):
		t.Errorf("%s: %q would not be drawn as it is", kind, text)
	}
}

// braces are the names in braces in a text, or anything else that has one.
var braces = regexp.MustCompile(`\{([^{}]*)\}|[{}]`)

// TestPlaceholders reads the sentences as they are written: every name in braces is a placeholder, and every
// placeholder is used.
func TestPlaceholders(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for kind, w := range kinds {
		for _, text := range []string{w.summary, w.hint} {
			for _, found := range braces.FindAllStringSubmatch(text, -1) {
				switch name := found[1]; {
				case len(found[0]) == 1:
					t.Errorf("%s: %q has a brace alone", kind, text)
				case placeholders[name] == nil:
					t.Errorf("%s: %q has the unknown name %q", kind, text, name)
				default:
					used[name] = true
				}
			}
		}
	}
	for name := range placeholders {
		if !used[name] {
			t.Errorf("no sentence has {%s}", name)
		}
	}
}

// TestNoNameIsPrinted: what cannot be filled leaves nothing behind, and what is filled in is not read for names.
func TestNoNameIsPrinted(t *testing.T) {
	t.Parallel()
	detail := Fault{Detail: pleoclient.Safe("{name}")}
	for _, tc := range []struct {
		p          Problem
		text, want string
	}{
		{Problem{}, "before {nobody} after", "before  after"},
		{Problem{}, "before {} after", "before  after"},
		{Problem{}, "before {unbalanced", "before "},
		{Problem{}, "at {position}, {character}, {looks}", "at , , "},
		{Problem{Entry: &pleoclient.KeyError{Position: 3, Character: "space", Looks: pleoclient.LooksShort}},
			"at {position}, {character}, {looks}{nobody}", "at 3, space, this is too short to be a key"},
		{Problem{Fault: detail}, "{detail}{(detail)}", "{name} ({name})"},
		{Problem{}, "{detail}{(detail)}", ""},
	} {
		if got := tc.p.fill(tc.text, State{}); got != tc.want {
			t.Errorf("%q becomes %q, want %q", tc.text, got, tc.want)
		}
	}
	for kind := range kinds { // without anything to fill the names with
		why := ExplainFault(Fault{Kind: kind})
		if strings.ContainsAny(why.Summary+why.Hint, "{}") {
			t.Errorf("%s: %q; %q", kind, why.Summary, why.Hint)
		}
	}
}

// TestEveryKindHasWords reads the constants of both packages.
func TestEveryKindHasWords(t *testing.T) {
	t.Parallel()
	found := source.Problems[Kind](t)
	for _, kind := range found {
		if _, ok := kinds[kind]; !ok {
			t.Errorf("%s has no words", kind)
		}
	}
	if len(found) < len(kinds) {
		t.Errorf("found %d constants for %d kinds", len(found), len(kinds))
	}
}

func TestInstructionsFollowTheKindOfKey(t *testing.T) {
	t.Parallel()
	setup := testSetup()
	s := State{Setup: setup}
	if text := strings.Join(s.Instructions(), "\n"); !strings.Contains(text, "Settings > Accounting") ||
		!strings.Contains(text, "Choose Test Ledger") {
		t.Errorf("integrated: %s", text)
	}
	s.Integration.KeyKind = Standalone
	if text := strings.Join(s.Instructions(), "\n"); !strings.Contains(text, "Settings > API Keys") ||
		!strings.Contains(text, "export-jobs:read, export-jobs:write") {
		t.Errorf("standalone: %s", text)
	}
}

func TestReceivedNotice(t *testing.T) {
	t.Parallel()
	removed := []pleoclient.Removal{{What: pleoclient.RemovedLineBreaks, Count: 1},
		{What: pleoclient.RemovedBearer, Count: 1}}
	ev := EnterKey{Cleaned: pleoclient.Cleaned{Characters: 72, Removed: removed}, Pasted: true}
	want := "key received, 72 characters · 1 line break removed · “Bearer” removed"
	if got := receivedNotice(ev, false).Text; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	ev = EnterKey{Cleaned: pleoclient.Cleaned{Characters: 72}}
	if got := receivedNotice(ev, true).Text; got != "this key replaces the one before" {
		t.Errorf("a typed key: %q", got)
	}
}

// TestReceipt holds what stays on the normal screen.
func TestReceipt(t *testing.T) {
	t.Parallel()
	s := drive(t, testSetup(), newFake(), Allow{}, pasted(canary), Confirm{}, Leave{})
	golden.Compare(t, "receipt.golden", strings.Join(s.Receipt(), "\n")+"\n")
	s.Demo = true
	if lines := s.Receipt(); lines[len(lines)-1] != textDemo {
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
	const copied = "link copied to the clipboard of this computer; if paste shows nothing, select it here"
	const sent = "link sent to your terminal; if paste shows nothing, select it here"
	for _, tc := range []struct {
		via  CopyWay
		tmux bool
		want string
		bad  bool
	}{
		{CopiedLocally, false, copied, false},
		{CopiedLocally, true, copied, false},
		{CopyByTerminal, false, sent, false},
		{CopyByTerminal, true, sent + "; tmux passes it on only with: set -g set-clipboard on", false},
		{CopyFailed, true, "the link could not be copied: select it here", true},
	} {
		if got := copiedNotice(tc.via, tc.tmux); got != (Notice{tc.want, tc.bad}) {
			t.Errorf("way %d, tmux %v: %+v", tc.via, tc.tmux, got)
		}
	}
}

// TestOpeningIsHonest: a program that was started is not yet a page.
func TestOpeningIsHonest(t *testing.T) {
	t.Parallel()
	for via, want := range map[OpenWay]Notice{
		OpenDone:   {Text: "opening in your browser"},
		OpenBegun:  {Text: "this computer was asked to open the link; if no page appears, copy the link instead"},
		OpenFailed: {"no browser could be started: copy the link instead", true},
	} {
		if got := openedNotice(via); got != want {
			t.Errorf("way %d: %+v", via, got)
		}
	}
}
