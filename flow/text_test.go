package flow

import (
	"testing"
	"time"
)

// TestSentence: a headline may begin with a detail, which is in any script.
func TestSentence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "pleo rejected it": "Pleo rejected it", "Pleo": "Pleo", "ørsted/store": "ørsted/store",
		"株式": "株式", "~/x": "~/x",
	} {
		if got := sentence(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestAgo(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		-time.Minute - 1:  "on 2 March 2026", // of a clock that was wrong
		-time.Minute:      "a moment ago",
		0:                 "a moment ago",
		time.Minute - 1:   "a moment ago",
		time.Minute:       "1 minute ago",
		2*time.Minute - 1: "1 minute ago",
		12 * time.Minute:  "12 minutes ago",
		time.Hour - 1:     "59 minutes ago",
		time.Hour:         "1 hour ago",
		3 * time.Hour:     "3 hours ago",
		day - 1:           "23 hours ago",
		day:               "1 day ago",
		2 * day:           "2 days ago",
		7*day - 1:         "6 days ago",
		7 * day:           "on 2 March 2026",
	} {
		if got := ago(d, testTime); got != want {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
}

func TestUnfinishedText(t *testing.T) {
	t.Parallel()
	s := State{Setup: testSetup()}
	if text := s.UnfinishedText(ByEnter); text != "" {
		t.Errorf("a first start says %q", text)
	}
	s.Preflight.Unfinished = &Unfinished{Company: newFake().company, SavedAt: testTime, Ago: 12 * time.Minute}
	const stopped = "the key for “Harbour Lane Bakery ApS” was validated but not activated, 12 minutes ago: "
	for by, want := range map[Answering]string{
		ByEnter:  stopped + "Enter continues",
		ByWord:   stopped + "Continue goes on",
		ByItself: stopped + "going on with it",
	} {
		if got := s.UnfinishedText(by); got != want {
			t.Errorf("got %q", got)
		}
	}
}
