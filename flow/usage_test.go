package flow

import (
	"strings"
	"testing"
)

// TestWrongUse reads what is said about arguments that cannot be used: a headline, and one step.
func TestWrongUse(t *testing.T) {
	t.Parallel()
	const (
		status, help = "pleo-connect status", "run: pleo-connect status --help"
		paste        = "run the same command without it, and paste the key when it asks"
		terminal     = "run it in a terminal (over SSH, with ssh -t), or use --key-file FILE"
		file         = "save the key in a file and name it with --key-file FILE"
	)
	for _, tt := range []struct {
		got           Fault
		summary, hint string
	}{
		{KeyAsArgument(2, false), "argument 2 looks like a key; don't pass keys as arguments", paste},
		{KeyAsArgument(2, true), "argument 2 looks like a key; don't pass keys as arguments", file},
		{KeyAsArgument(0, false), "this looks like a key; don't pass keys as arguments", paste},
		{KeyAsArgument(0, true), "this looks like a key; don't pass keys as arguments", file},
		{KeyInFlag("--store", false), "the value of --store looks like a key; don't pass keys as arguments", paste},
		{KeyInFlag("--store", true), "the value of --store looks like a key; don't pass keys as arguments", file},
		{KeyInVariable("PLEO_CONNECT_STORE"), "PLEO_CONNECT_STORE looks like a key, not a path; it was not used",
			"set PLEO_CONNECT_STORE to a full path, or unset it"},
		{UnknownCommand(status, nil, false), "unknown command", help},
		{UnknownCommand(status, []string{"status", "store"}, false), `unknown command; did you mean "status"?`, help},
		{UnknownCommand(status, []string{"add", "remove"}, true), "unknown command; it must be one of: add, remove",
			help},
		{UnknownFlag(status, 0, ""), "unknown flag", help},
		{UnknownFlag(status, 3, ""), "pleo-connect status has no such flag (argument 3)", help},
		{UnknownFlag(status, 3, "--yes"), "pleo-connect status has no flag --yes", help},
		{FlagWithoutValue(status, "--store"), "--store needs a value", help},
		{FlagValue(status, "--warn-days", "int"), "--warn-days must be a whole number", "for example: --warn-days 7"},
		{FlagValue(status, "--json", "bool"), "--json must be true or false",
			"use --json without a value, or leave it out"},
		{FlagValue(status, "--other", "ip"), "--other can't have this value", help},
		{EmptyFlag("--env"), "--env is empty", "leave it out, or give it a value"},
		{NoSuchPath("--store"), "the path given to --store does not exist",
			"check the path; for a new one, write it in full or start it with ./"},
		{ArgumentCount(status), "pleo-connect status takes no arguments, only flags", help},
		{CompanyCount(status, 2, true), "name only one company", "if its name has spaces, put it in quotes"},
		{CompanyCount(status, 2, false), "name only one company", "run: pleo-connect status COMPANY"},
		{CompanyCount(status, 0, false), "name a company", "run: pleo-connect status COMPANY"},
		{RecipientCount("pleo-connect recipient add"), "name one recipient",
			"run: pleo-connect recipient add RECIPIENT"},
		{NotUnderstood(status), "these arguments can't be used with pleo-connect status", help},
		{WithoutStore("pleo-connect demo", "--store"), "pleo-connect demo doesn't use your key store",
			"leave out --store"},
		{NoTerminal(false, false), "there is no terminal",
			terminal},
		{NoTerminal(true, false), "standard output is not a terminal", terminal},
		{NoTerminal(false, true), "standard input is not a terminal", terminal},
		{Unapproved(Integration{}, "/srv/my app/integration.toml", Fault{}), "the permissions need approval",
			"read them in /srv/my app/integration.toml, then add --accept-permissions"},
		{Unapproved(Integration{Permissions: []Permission{{Scope: "a:read"}, {Scope: "b:read"}}}, "", Fault{}),
			"these permissions need approval: a:read, b:read", "to allow them, add --accept-permissions"},
		{Unapproved(Integration{}, "/srv/a.toml", Unconfirmed("")),
			"the permissions need approval, and the company needs confirmation",
			"read them in /srv/a.toml, then add --accept-permissions and --company ID (or --yes for any)"},
		{Unapproved(Integration{Permissions: []Permission{{Scope: "a:read"}}}, "", Unconfirmed("4b0c")),
			"these permissions need approval: a:read; the company was never confirmed",
			"to allow them, add --accept-permissions; if it's the right company, use its full ID: 4b0c"},
	} {
		got := English.Failure(tt.got)
		if got.Summary != tt.summary || got.Hint != tt.hint || got.Class() != ClassUsage || got.Note != "" {
			t.Errorf("class %d, %q, %q, %q\nwant %q, %q", got.Class(), got.Summary, got.Note, got.Hint,
				tt.summary, tt.hint)
		}
	}
}

// TestKeyFileFaults: what is not a key was not sent, and no one with a key file is told to paste.
func TestKeyFileFaults(t *testing.T) {
	t.Parallel()
	for _, row := range []Kind{
		KeyFileTooLarge, KeyFileEmpty, KeyFileNoText, KeyInputTooLarge, KeyInputEmpty, KeyInputNoText,
	} {
		got := English.Failure(NewFault(row, Values{}))
		if got.Key != KeyNotSent || got.Note == "" || strings.Contains(got.Hint, "paste") ||
			got.Class() != ClassKey {
			t.Errorf("%s: class %d, %+v", row, got.Class(), got)
		}
	}
	for _, kind := range []string{Integrated, Standalone, Integrated + " on input", Standalone + " on input"} {
		s := State{Setup: Setup{Unattended: true, KeySource: KeyInFile}}
		kind, onInput := strings.CutSuffix(kind, " on input")
		if onInput {
			s.KeySource = KeyOnInput
		}
		s.Integration = Integration{Name: "Test Ledger", KeyKind: kind}
		for row := range English.Problems.All() {
			if row == KeyTerminalTooLong { // which is asked for
				continue
			}
			fault := NewFault(row, Values{})
			if row == fault.Kind { // the state says which case of it this is
				fault.Row = ""
			}
			e := Problem{Fault: fault}.explain(s)
			if strings.Contains(e.Hint+e.Also, "paste") && !strings.HasPrefix(string(row), "settings/") {
				t.Errorf("%s, %s: %s", kind, row, e.Hint)
			}
			if onInput && strings.Contains(e.Hint+e.Also, "key file ") && !strings.HasPrefix(string(row), "settings/") {
				t.Errorf("%s, %s: %s", kind, row, e.Hint)
			}
			if kind == Standalone && strings.Contains(e.Hint, "Allow") {
				t.Errorf("%s: %s", row, e.Hint)
			}
		}
	}
}

// TestCandidates: a failure carries all, and says how many are not listed.
func TestCandidates(t *testing.T) {
	t.Parallel()
	for n, more := range map[int]string{
		2: "", MaxCandidates: "", MaxCandidates + 1: "and 1 more; pleo-connect status lists them all",
		MaxCandidates + 2: "and 2 more; pleo-connect status lists them all",
	} {
		got := English.Ambiguous(Ambiguous("", make([]Candidate, n)))
		if len(got.Candidates) != n || got.More != more {
			t.Errorf("%d: %d candidates, %q", n, len(got.Candidates), got.More)
		}
	}
}
