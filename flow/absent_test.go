package flow

import "testing"

// TestAbsent reads what is said about what is not there: where it was looked for, what was lost, and what to do.
func TestAbsent(t *testing.T) {
	t.Parallel()
	const (
		dir     = "/srv/pleo"
		none    = "there is no key store in /srv/pleo"
		gone    = "mount its disk, restore it from a backup, or add --store DIR if it was moved"
		purpose = "if it was removed on purpose, run: "
		lost    = "the connection of company " + string(otherID) + " to contoso-ledger is missing from the key store"
		restore = "restore /srv/x.age from a backup, or run pleo-connect to connect again"
		forget  = purpose + "pleo-connect disconnect " + string(otherID) + " --integration contoso-ledger --env "
		see     = "run pleo-connect status to see what is connected"
	)
	for about, tt := range map[string]struct {
		got                 Fault
		class               Class
		summary, hint, also string
	}{
		"no store": {StoreMissing(dir, nil), ClassStore, none, "to use another one, add --store DIR", ""},
		"an odd name": {StoreMissing("/srv/a\nb\x1b[31m", nil), ClassStore,
			`there is no key store in "/srv/a\nb\x1b[31m"`, "to use another one, add --store DIR", ""},
		"one elsewhere": {StoreMissing(dir, []StoreElsewhere{{Dir: "/srv/my store"}, {Dir: "/x"}}), ClassStore, none,
			"to use the key store in /srv/my store, add --store '/srv/my store'", ""},
		"root's": {StoreMissing(dir, []StoreElsewhere{{Dir: "/var/lib/pleo-connect", By: AsRoot}}), ClassStore, none,
			"to use the key store in /var/lib/pleo-connect, run this with sudo", ""},
		"root's, another named": {
			StoreMissing(dir, []StoreElsewhere{{Dir: "/srv/x", By: AsRoot, Named: true}}), ClassStore, none,
			"to use the key store in /srv/x, run this with sudo and without naming a key store", ""},
		"a person's": {StoreMissing(dir, []StoreElsewhere{{Dir: "/home/ada/store", By: WithoutIt}}), ClassStore,
			none, "to use the key store in /home/ada/store, run this without sudo", ""},
		"a person's, another named": {
			StoreMissing(dir, []StoreElsewhere{{Dir: "/home/ada/store", By: WithoutIt, Named: true}}), ClassStore,
			none, "to use the key store in /home/ada/store, run this without sudo and without naming a key store", ""},
		"a lost store": {StoreGone(dir, 1, []string{"/etc/pleo connect/seen/x"}), ClassStore,
			"the key store in /srv/pleo is gone; 1 connection was saved in it", gone,
			purpose + "rm -r '/etc/pleo connect/seen/x'"},
		"several": {StoreGone(dir, 2, []string{"/a", "/b"}), ClassStore,
			"the key store in /srv/pleo is gone; 2 connections were saved in it", gone, purpose + "rm -r /a /b"},
		"a lost connection": {ConnectionLost(Connection{Production, "contoso-ledger", otherID}, "/srv/x.age"), ClassStore,
			lost, restore, forget + "production --forget"},
		"of a store before": {ConnectionLost(Connection{Production, "contoso-ledger", otherID}, ""), ClassStore,
			lost, "run pleo-connect to connect again", forget + "production --forget"},
		"in staging": {ConnectionLost(Connection{Staging, "contoso-ledger", otherID}, "/srv/x.age"), ClassStore,
			lost, restore, forget + "staging --forget"},
		"nothing": {NotConnected("", "", ""), ClassUsage, "nothing is connected on this computer",
			"run pleo-connect to connect", ""},
		"nothing in staging": {NotConnected("", "", Staging), ClassUsage,
			"nothing is connected in staging on this computer", see, ""},
		"not connected": {NotConnected(string(otherID), "", ""), ClassUsage,
			"company " + string(otherID) + " is not connected on this computer", see, ""},
		"not to that one": {NotConnected(string(otherID), "canary-integration", Staging), ClassUsage,
			"company " + string(otherID) + " has no connection to that integration in staging", see, ""},
		"named": {NotConnected("canary-company", "", Staging), ClassUsage,
			"no company with that ID or name is connected in staging on this computer", see, ""},
		"named otherwise": {NotConnected("canary-company", "canary-integration", Staging), ClassUsage,
			"no company with that ID or name has a connection to that integration in staging", see, ""},
		"an integration": {NotConnected("", "canary-integration", ""), ClassUsage,
			"that integration is not connected on this computer", see, ""},
		"nobody can tell": {NothingFound(dir, "/etc/seen can't be read"), ClassStore,
			"nothing is connected in /srv/pleo, but connections may be missing (/etc/seen can't be read)",
			"let this account read and write the identity file's directory", ""},
	} {
		f := English.Failure(tt.got)
		if f.Class() != tt.class || f.Summary != tt.summary || f.Hint != tt.hint || f.Also != tt.also || f.Note != "" {
			t.Errorf("%s: class %d\n%s\n%s\n%s\nwant\n%s\n%s\n%s", about, f.Class(),
				f.Summary, f.Hint, f.Also, tt.summary, tt.hint, tt.also)
		}
		wording(t, about, f.Summary)
		wording(t, about, f.Hint)
	}
}

// TestLossWarning: nothing is lost, one, several, or the whole store.
func TestLossWarning(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{
		0: "",
		1: "1 connection is missing from the key store; for details, run pleo-connect status",
		2: "2 connections are missing from the key store; for details, run pleo-connect status",
	} {
		if got := English.LossWarning(n, false); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	const gone = "the key store that was here is gone, and 2 connections with it; " +
		"restore it from a backup, or connect again"
	if got := English.LossWarning(2, true); got != gone {
		t.Errorf("a lost store: %q", got)
	}
	const removal = "the removal may not have been saved (x); if pleo-connect status says that this connection is " +
		"missing, run: pleo-connect disconnect y --integration x --env production --forget"
	for want, got := range map[string]string{
		"can't tell whether connections are missing: x": English.LossDoubt("x"),
		"to use the key store in /x, add --store /x":    English.Elsewhere(StoreElsewhere{Dir: "/x"}),
		removal: English.RemovalDoubt("x", Connection{Production, "x", "y"}),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
