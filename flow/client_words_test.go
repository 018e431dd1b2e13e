package flow

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/runenames"

	"pleo-connect/flow/flowtest/source"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/textfile"
)

// TestEveryReasonHasWords reads the constants of the client: each reason has a text that names only what is there.
func TestEveryReasonHasWords(t *testing.T) {
	t.Parallel()
	all := source.Constants[pleoclient.Reason](t, "Reason", "pleoclient/reason.go")
	for _, r := range all {
		clientText(t, string(r), English.Client.Reasons.Get(r))
	}
	if len(all) != len(English.Client.Reasons.All()) {
		t.Errorf("%d reasons, %d texts", len(all), len(English.Client.Reasons.All()))
	}
	for r, text := range English.Client.Proxy.All() {
		clientText(t, string(r), text)
		if English.Client.Reasons.Get(r) == text {
			t.Errorf("%s: a proxy needs no text of its own", r)
		}
	}
}

// clientText checks a text that appears in brackets.
func clientText(t *testing.T, name string, text Text) {
	t.Helper()
	full := text.Fill(sample())
	for _, found := range braces.FindAllStringSubmatch(string(text), -1) {
		if fields.Get(found[1]) == nil {
			t.Errorf("%s: %q has the unknown name %q", name, text, found[1])
		}
	}
	if full == "" || strings.HasSuffix(full, ".") || strings.ContainsAny(full, "{}()\n") {
		t.Errorf("%s: %q", name, full)
	}
}

// TestCauses fills the texts with facts of every sort.
func TestCauses(t *testing.T) {
	t.Parallel()
	proxy := pleoclient.Safe("proxy.example:3128")
	day := func(year int) time.Time { return time.Date(year, time.January, 2, 3, 4, 0, 0, time.UTC) }
	for want, c := range map[string]pleoclient.Cause{
		"":                       {},
		"the name doesn't exist": {Reason: pleoclient.ReasonNoSuchName},
		"its name doesn't exist": {Reason: pleoclient.ReasonNoSuchName, Proxy: proxy},
		"the DNS server 192.0.2.53:53 did not answer": {
			Reason: pleoclient.ReasonResolverSilent, Value: pleoclient.Safe("192.0.2.53:53")},
		"the DNS server could not answer": {Reason: pleoclient.ReasonResolverFailed},
		"a web page, status 403":          {Reason: pleoclient.ReasonWebPage, Status: 403},
		"a web page":                      {Reason: pleoclient.ReasonWebPage},
		"status 0":                        {Reason: pleoclient.ReasonStatus},
		"it requires a sign-in":           {Reason: pleoclient.ReasonLogin},
		"it requires a sign-in with NTLM": {Reason: pleoclient.ReasonLogin, Value: pleoclient.Safe("NTLM")},
		"it requires a sign-in with Digest, NTLM or Negotiate": {
			Reason: pleoclient.ReasonLogin, Value: pleoclient.Safe("Digest, NTLM, Negotiate")},
		"valid from 2 January 2020 to 2 January 2021; this computer's clock says 2 January 2031, 03:04 UTC": {
			Reason: pleoclient.ReasonDates, From: day(2020), To: day(2021), Clock: day(2031)},
		"{host} �[2J": {Reason: pleoclient.ReasonIssuer, Value: pleoclient.Safe("{host} \x1b[2J")},
	} {
		if got := English.Cause(c); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

// TestReasonRows: some reasons have a row of their own, with another step.
func TestReasonRows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind          Kind
		reason        pleoclient.Reason
		value         string
		summary, hint string
		also          bool
	}{
		{pleoclient.KindProxy, pleoclient.ReasonProxySetting, "https_proxy",
			"https_proxy is not a valid proxy address",
			"write it like http://proxy.example:3128, or unset https_proxy", false},
		{pleoclient.KindProxy, pleoclient.ReasonPage, "", "the proxy p:1 answered with a page", "sign in", false},
		{pleoclient.KindProxy, pleoclient.ReasonIssuer, "Office", "can't reach external.pleo.io through the proxy " +
			"p:1 (its certificate is not trusted; it was issued by Office)", "if it is your company's proxy", false},
		{pleoclient.KindProxy, pleoclient.ReasonCut, "", "can't reach external.pleo.io through the proxy " +
			"p:1 (the connection was interrupted)", "check HTTPS_PROXY", false},
		{pleoclient.KindProxyLogin, pleoclient.ReasonLoginBasic, "NTLM, Basic",
			"the proxy p:1 requires a sign-in with NTLM or Basic", "ask your network administrator", true},
		{pleoclient.KindProxyLogin, pleoclient.ReasonLogin, "NTLM",
			"the proxy p:1 requires a sign-in with NTLM", "ask your network administrator", false},
		{pleoclient.KindProxyLogin, pleoclient.ReasonLoginRejected, "Basic",
			"the proxy p:1 did not accept the username or password", "correct the username", false},
		{pleoclient.KindPleoTrouble, pleoclient.ReasonWebPage, "", "Pleo is having problems", "try again", false},
	} {
		cause := pleoclient.Cause{Reason: c.reason, Value: pleoclient.Safe(c.value), Proxy: pleoclient.Safe("p:1")}
		fault := ClientFault(&pleoclient.Error{Kind: c.kind, Cause: cause})
		s := State{Setup: Setup{Origin: "https://external.pleo.io"}, Problem: Problem{Fault: fault}, Step: StepProblem}
		got := s.Explain()
		if !strings.HasPrefix(got.Summary, c.summary) || !strings.HasPrefix(got.Hint, c.hint) ||
			(got.Also != "") != c.also {
			t.Errorf("%s, %s: %+v", c.kind, c.reason, got)
		}
	}
}

// TestEverySettingHasWords reads the constants of the client.
func TestEverySettingHasWords(t *testing.T) {
	t.Parallel()
	for _, s := range source.Constants[pleoclient.Setting](t, "Setting", "pleoclient/setting.go") {
		fault := SettingFault(&pleoclient.SettingError{Setting: s})
		if _, ok := English.Problems.Find(fault.Row); !ok || fault.Kind != KindSettings {
			t.Errorf("no words for %s", s)
		}
	}
	for want, e := range map[string]*pleoclient.SettingError{
		"the API address contains an unexpected character: en dash (U+2013)": {
			Setting:   pleoclient.SettingCharacter,
			Character: pleoclient.Character{Rune: '–', Sort: pleoclient.SortPunctuation}},
		"can't read the CA file: permission denied": {
			Setting: pleoclient.SettingCAUnreadable, System: pleoclient.Safe("permission denied")},
		"the CA file is not plain text (it has a NUL byte on line 7)": {
			Setting: pleoclient.SettingCAText, Text: &textfile.Fault{What: textfile.NUL, Line: 7}},
	} {
		if got := English.Failure(SettingFault(e)).Summary; got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

// TestNotText has words for everything that a file can be instead of a text.
func TestNotText(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]*textfile.Fault{
		"":                                       nil,
		"it is empty":                            {What: textfile.Empty},
		"it has a NUL byte on line 7":            {What: textfile.NUL, Line: 7},
		"line 7 is not UTF-8":                    {What: textfile.NotUTF8, Line: 7},
		"its UTF-16 text is damaged on line 7":   {What: textfile.Damaged, Encoding: "UTF-16", Line: 7},
		"it is UTF-32 without a byte order mark": {What: textfile.Unmarked, Encoding: "UTF-32"},
	} {
		if got := English.NotText(f); got != want {
			t.Errorf("%+v: %q", f, got)
		}
	}
}

// TestCharacterNames compares the short names with Unicode's own.
func TestCharacterNames(t *testing.T) {
	t.Parallel()
	plain := strings.NewReplacer("-", " ")
	for r, name := range English.Client.Characters.All() {
		want := strings.ToLower(runenames.Name(r))
		switch {
		case want == "<control>": // Unicode has no names for these
			continue
		case r == '\ufeff': // better known by its use
			want = "byte order mark"
		}
		if plain.Replace(strings.ToLower(string(name))) != plain.Replace(want) {
			t.Errorf("U+%04X: %q, Unicode says %q", r, name, want)
		}
		if r > 0x20 && r < 0x7f && r != ':' {
			t.Errorf("U+%04X can be part of a key", r)
		}
	}
	for _, sort := range source.Constants[pleoclient.Sort](t, "Sort", "pleoclient/character.go") {
		if English.Client.Sorts.Get(sort) == "" {
			t.Errorf("no words for %s", sort)
		}
	}
}

// TestUnexpectedCharacter: a person can look the character up, whether it has a name here or not.
func TestUnexpectedCharacter(t *testing.T) {
	t.Parallel()
	inside := func(s string) string { return canary[:6] + s + canary[6:] }
	for text, want := range map[string]string{
		inside("\u200b"): "zero-width space (U+200B)",
		inside("–"):      "en dash (U+2013)",
		inside("е"):      "Cyrillic small letter ie (U+0435)",
		inside("\x00"):   "NUL (U+0000)",
		inside("ж"):      "Cyrillic letter (U+0436)",
		inside("é"):      "accented or unusual letter (U+00E9)",
		inside("٣"):      "non-ASCII digit (U+0663)",
		inside("‹"):      "unusual punctuation (U+2039)",
		inside("🔑"):      "symbol (U+1F511)",
		inside("\ufffd"): "replacement character (U+FFFD)",
		inside("\xe9"):   "invalid UTF-8 (0xE9)",
	} {
		why := drive(t, testSetup(), newFake(), Allow{}, Pasted(text)).Explain()
		if why.Summary != "unexpected character at position 7: "+want || !utf8.ValidString(why.Summary) {
			t.Errorf("got %q, want %q", why.Summary, want)
		}
	}
}

// TestForeignWordsAreNoHeadline: what a library says, or Pleo about an installation, is for scripts and for doctor.
func TestForeignWordsAreNoHeadline(t *testing.T) {
	t.Parallel()
	const said = "certificate required"
	because := func(reason pleoclient.Reason) Fault {
		return Fault{Kind: pleoclient.KindOffline, Cause: pleoclient.Cause{Reason: reason, Value: pleoclient.Safe(said)}}
	}
	for name, f := range map[string]Fault{
		"TLS": because(pleoclient.ReasonTLS), "package net": because(pleoclient.ReasonNet),
		"an installation": {Kind: KindNotActivated, Detail: pleoclient.Safe(said)},
	} {
		why := English.Failure(f)
		if strings.Contains(why.Summary+why.Hint+why.Also, said) || !strings.Contains(why.Detail, said) {
			t.Errorf("%s: headline %q, detail %q", name, why.Summary, why.Detail)
		}
	}
	if why := English.Failure(because(pleoclient.ReasonSystem)); !strings.Contains(why.Summary, said) {
		t.Errorf("the system: headline %q", why.Summary)
	}
	s, _ := BeginDoctor(Setup{})
	s.Doctor.Findings[ExamSettings], s.Doctor.at = Finding{Mark: MarkFailed, Fault: because(pleoclient.ReasonNet)}, ExamStore
	if note := s.Lines(StepDoctor)[ExamSettings].Note; !strings.HasSuffix(note, " ("+said+")") {
		t.Errorf("doctor: %q", note)
	}
}

// TestSignals: the names that package syscall has for the signals that stop a run are not for people.
func TestSignals(t *testing.T) {
	t.Parallel()
	for signal, want := range map[os.Signal]string{
		syscall.SIGINT: "interrupted", syscall.SIGHUP: "hung up", syscall.SIGTERM: "terminated", syscall.SIGQUIT: "quit",
	} {
		why := English.Failure(NewFault(StoppedOnce, Values{Signal: signal.String()}))
		if why.Summary != "stopped ("+want+")" {
			t.Errorf("%s: %q", signal, why.Summary)
		}
	}
	if why := English.Failure(NewFault(StoppedOnce, Values{Signal: "trap"})); why.Summary != "stopped" {
		t.Errorf("another signal: %q", why.Summary)
	}
}

// TestListsAreOfTheBook: another language may write what is in a row in another way.
func TestListsAreOfTheBook(t *testing.T) {
	t.Parallel()
	book := English
	book.List = func(parts []string) string { return strings.Join(parts, " + ") }
	book.Clauses.Permission = "{scopes} = {name}"
	setup := testSetup()
	setup.Words = &book
	f := newFake()
	f.who.Scopes = f.who.Scopes[:1]
	s := drive(t, setup, f, Allow{}, pasted(canary))
	const want = "export-jobs:write = Report what was booked"
	for _, line := range s.Lines(StepCheck) {
		if line.Name == lineMissing && line.Note != want {
			t.Errorf("%q, want %q", line.Note, want)
		}
	}
	if got := book.Candidate(Candidate{Name: pleoclient.Safe("One"), Note: pleoclient.Safe("two")}); got != "One + two" {
		t.Errorf("%q", got)
	}
}
