package flow

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/flow/flowtest/source"
	"pleo-connect/pleoclient"
)

// TestEveryCleaningHasWords reads the constants of the client: what a text looks like, and what is taken from one.
func TestEveryCleaningHasWords(t *testing.T) {
	t.Parallel()
	all := source.Constants[pleoclient.Looks](t, "Looks", "pleoclient/clean_refuse.go")
	for _, l := range all {
		if English.Problems.Get(pleoclient.KindNotAKey+"/"+Kind(l)).Headline == "" {
			t.Errorf("no words for a text that is %s", l)
		}
	}
	said := map[string]bool{}
	for _, what := range source.Constants[pleoclient.Removed](t, "Removed", "pleoclient/clean.go") {
		for _, count := range []int{1, 2} {
			removed := []pleoclient.Removal{{What: what, Count: count}}
			texts := English.removed(pleoclient.Cleaned{Removed: removed})
			if len(texts) != 1 || texts[0] == "" || strings.ContainsAny(texts[0], "{}") {
				t.Errorf("%s: %q", what, texts)
			}
			if count == 1 && said[texts[0]] {
				t.Errorf("%s has the words of another: %q", what, texts[0])
			}
			said[texts[0]] = true
		}
	}
}

// enteredTexts are a key with what is around it, and what is repeated when Pleo does not know it.
var enteredTexts = []struct{ text, key, says string }{
	{canary, canary, ""},
	{"Bearer " + canary, canary, "the text was cleaned before use (Bearer removed)"},
	{`export PLEO_API_KEY="` + canary + `"`, canary,
		"the text was cleaned before use (export NAME= removed, quotes removed)"},
	{canary + "\nlogin: admin\nurl: https://app.pleo.io", canary,
		"the text was cleaned before use (2 other lines removed)"},
	{"<" + canary + ">.", canary, "the text was cleaned before use (brackets removed, punctuation removed)"},
	{canary + canary, canary, "the text was cleaned before use (pasted twice, used once)"},
	{canary + ",", canary + ",", "make sure the key really ends in “,”"},
	{"(" + canary + "~", "(" + canary + "~",
		"make sure the key really begins with “(”; make sure the key really ends in “~”"},
	{"- pleo=" + canary + ".", canary + ".",
		"the text was cleaned before use (bullet removed, NAME= removed); " +
			"make sure the key really ends in “.”"},
}

// TestRejectedKeyRepeatsTheCleaning: when Pleo does not know a key, what was taken from the text and what is odd about
// the key is said again, wherever the reason is told.
func TestRejectedKeyRepeatsTheCleaning(t *testing.T) {
	t.Parallel()
	for _, c := range enteredTexts {
		for how, ev := range map[string]Event{"pasted": Pasted(c.text), "typed": Typed(c.text)} {
			s := drive(t, testSetup(), newFake().failing("Introspect", pleoclient.KindKeyRejected), Allow{}, ev)
			if s.Step != StepProblem || s.Key.Reveal() != c.key {
				t.Errorf("%s: %q led to %s", how, c.text, s.Step)
				continue
			}
			want := c.says
			if hint := s.Explain().Also; hint != want {
				t.Errorf("%s: %q: %s", how, c.text, hint)
			}
			s, _ = Next(s, Leave{})
			if hint := s.ExplainOutcome().Also; hint != want {
				t.Errorf("%s, at the end: %q: %s", how, c.text, hint)
			}
		}
	}
}

// TestStoredKeyWasNotCleaned: what was cleaned belongs to the key that was entered, not to one from the store.
func TestStoredKeyWasNotCleaned(t *testing.T) {
	t.Parallel()
	f := newFake().failing("Introspect", pleoclient.KindKeyRejected)
	f.inspected.Unfinished = &Unfinished{Company: f.company, SavedAt: testTime}
	s := drive(t, testSetup(), f, Pasted("Bearer "+canary+","), Resume{})
	if hint := s.Explain().Also; s.Step != StepProblem || hint != "" {
		t.Errorf("%s: %s", s.Step, hint)
	}
}

// TestTypedIsCleanedLikePasted: a text is the same key, or as little one, however it came.
func TestTypedIsCleanedLikePasted(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		canary, "Bearer " + canary, canary + "\n" + canary2, canary + " " + canary2, canary + ",", "www.example.com", "",
	} {
		typed, pasted := Typed(text).(EnterKey), Pasted(text).(EnterKey)
		pasted.Pasted = false
		if diff := cmp.Diff(typed, pasted); diff != "" {
			t.Errorf("%q (-typed +pasted):\n%s", text, diff)
		}
	}
}

// TestHowToCopyAgain: one who cannot copy is told what the file or standard input must hold.
func TestHowToCopyAgain(t *testing.T) {
	t.Parallel()
	two := canary + "\n" + canary2
	const twoLines, copyOne = "there are two keys here, on two lines", "copy one key and paste it again"
	for _, c := range []struct {
		text            string
		source          KeySource
		summary, advice string
	}{
		{two, KeyInWizard, twoLines, copyOne},
		{two, KeyInFile, twoLines, "make sure the key file holds one key and nothing else"},
		{two, KeyOnInput, twoLines, "send only one key to standard input"},
		{two, KeyAtPrompt, twoLines, "copy one key, then run this again and paste it"},
		{canary + " " + canary2, KeyInWizard, "there is more than one key here", copyOne},
		{"note\n" + canary, KeyInWizard, "this text has several lines, so it may not be a single key",
			"copy the key with Pleo's copy button and paste it here"},
		{"abc", KeyInFile, "this is too short to be a key", "make sure the key file holds the key and nothing else"},
		{"abc", KeyOnInput, "this is too short to be a key", "send only the key to standard input"},
		{"abc", KeyAtPrompt, "this is too short to be a key",
			"copy the key with Pleo's copy button, then run this again and paste it"},
	} {
		setup := testSetup()
		setup.Unattended, setup.KeySource = c.source != KeyInWizard, c.source
		why := drive(t, setup, newFake(), Allow{}, Pasted(c.text)).Explain()
		if why.Summary != c.summary || why.Hint != c.advice {
			t.Errorf("%q: %q, %q", c.text, why.Summary, why.Hint)
		}
	}
}

// TestWhereToGetAKey: no run is told of a file that it does not have, nor to paste where nothing is asked.
func TestWhereToGetAKey(t *testing.T) {
	t.Parallel()
	ends := [keySources]string{
		KeyInWizard: "paste the key you get", KeyInFile: "save the key you get in the key file",
		KeyOnInput: "send the key you get to standard input", KeyAtPrompt: "then run this again and paste the key you get",
	}
	for source, end := range ends {
		s := State{Setup: testSetup()}
		s.KeySource = KeySource(source)
		if why := (Problem{Fault: Fault{Kind: KindNotAPIKey}}).explain(s); !strings.HasSuffix(why.Hint, end) {
			t.Errorf("%d: %q", source, why.Hint)
		}
	}
}
