package flow

import "testing"

// TestWrongUse reads what is said about arguments that cannot be used.
func TestWrongUse(t *testing.T) {
	t.Parallel()
	const status = "pleo-connect status"
	for want, got := range map[string]*Failure{
		"argument 2 looks like a key, and a key is never an argument; it was not used": KeyAsArgument("argument 2"),
		"pleo-connect has no such command":                                             UnknownCommand("pleo-connect", nil),
		"pleo-connect status has no such flag":                                         UnknownFlag(status, 0, ""),
		"argument 3 is not a flag of pleo-connect status":                              UnknownFlag(status, 3, ""),
		"pleo-connect status has no flag --yes":                                        UnknownFlag(status, 3, "--yes"),
		"--store needs a value":                                                        FlagWithoutValue(status, "--store"),
		"--warn-days takes a whole number": FlagValue(status,
			"--warn-days", "a whole number"),
		"--env is empty":                                      EmptyFlag("--env"),
		"--store names nothing that is here":                  NoSuchPlace("--store"),
		"pleo-connect status takes no arguments, only flags":  ArgumentCount(status, "", false),
		"pleo-connect status takes at most one argument: X":   ArgumentCount(status, "X", false),
		"pleo-connect status takes exactly one argument: X":   ArgumentCount(status, "X", true),
		"the arguments of pleo-connect status cannot be used": NotUnderstood(status),
		"--store means nothing to pleo-connect demo, which uses no key store of yours": WithoutStore("pleo-connect demo",
			"--store"),
	} {
		if got.Summary != want || got.Hint == "" || got.Class() != ClassUsage {
			t.Errorf("class %d, %q, %q", got.Class(), got.Summary, got.Hint)
		}
		wording(t, want, got.Summary)
		wording(t, want, got.Hint)
	}
	if got := UnknownCommand("pleo-connect", []string{"status", "store"}).Hint; got !=
		"did you mean status or store? pleo-connect --help shows the commands" {
		t.Errorf("%q", got)
	}
}
