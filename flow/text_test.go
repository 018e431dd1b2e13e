package flow

import (
	"testing"
	"time"

	"pleo-connect/pleoclient"
)

// TestAdvice: steps on a screen are sentences, without a full stop behind what is to be copied. What a fact holds makes
// no difference.
func TestAdvice(t *testing.T) {
	t.Parallel()
	for text, want := range map[Text]Advice{
		"":                                     {},
		"try again":                            {Text: "Try again."},
		"to continue, run: {command}":          {"To continue, run:", "pleo-connect"},
		"clock; run: timedatectl set-ntp true": {"Clock; run:", "timedatectl set-ntp true"},
		"run: rm {word}":                       {"Run:", "rm '/srv/odd: name'"},
		"tick these: {list}":                   {Text: "Tick these: users:read"},
		"{copyagain}":                          {Text: "Paste it again."},
		"see {detail}":                         {Text: "See error: it."},
		"it is mistyped: see there. Check it":  {Text: "It is mistyped: see there. Check it."},
		"set HTTPS_PROXY=http://HOST:PORT":     {Text: "Set HTTPS_PROXY=http://HOST:PORT."},
	} {
		v := Values{
			Command: "pleo-connect", CopyAgain: "paste it again", Detail: "error: it", Path: "/srv/odd: name",
			List: "users:read",
		}
		if got := text.advice(v); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
	why := drive(t, testSetup(), newFake().failing("Introspect", pleoclient.KindDNS), Allow{}, pasted(canary)).Explain()
	if got := why.Advice(); len(got) != 1 || got[0].Text != "Check this computer's network and DNS settings." {
		t.Errorf("%q", got)
	}
}

func TestAgo(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		-time.Minute - 1:  "on 2 March 2026", // of a clock that was wrong
		-time.Minute:      "just now",
		0:                 "just now",
		time.Minute - 1:   "just now",
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
		if got := English.ago(d, testTime); got != want {
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
	s.Integration.KeyKind = Standalone // nothing sends its owner to Allow
	const saved = "the key for “Harbour Lane Bakery ApS” was saved 12 minutes ago"
	for by, how := range map[Answering]string{
		ByEnter: "press Enter to finish", ByWord: "press Continue to finish", ByTyping: "type continue to finish",
		ByItself: "finishing that now",
	} {
		s.Preflight.Unfinished.Unconfirmed = false
		if got, want := s.UnfinishedText(by), saved+" but not activated; "+how; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		s.Preflight.Unfinished.Unconfirmed = true
		if got, want := s.UnfinishedText(by), saved+", but the company was not confirmed; "+how; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
