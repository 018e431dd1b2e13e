package flow

import (
	"testing"

	"pleo-connect/pleoclient"
)

// TestAbsent reads what is said about what is not there: where it was looked for, what was lost, and what to do.
func TestAbsent(t *testing.T) {
	t.Parallel()
	const (
		dir  = "/srv/pleo"
		none = "there is no key store in /srv/pleo"
		gone = "mount its disk or restore it from a backup, or connect again; if it was moved, add " +
			"--store DIR; if it was removed on purpose, run: rm -r "
	)
	for about, tt := range map[string]struct {
		got           *Failure
		class         Class
		summary, hint string
	}{
		"no store": {StoreMissing(dir, nil), ClassStore, none, "to use another one, add --store DIR"},
		"an odd name": {StoreMissing("/srv/a\nb\x1b[31m", nil), ClassStore,
			`there is no key store in "/srv/a\nb\x1b[31m"`, "to use another one, add --store DIR"},
		"one elsewhere": {StoreMissing(dir, []StoreElsewhere{{Dir: "/srv/my store"}, {Dir: "/x"}}), ClassStore, none,
			"there is one in /srv/my store: to use it, add --store '/srv/my store'"},
		"root's": {StoreMissing(dir, []StoreElsewhere{{Dir: "/var/lib/pleo-connect", By: AsRoot}}), ClassStore, none,
			"there is one in /var/lib/pleo-connect: to use it, run this with sudo"},
		"a person's": {StoreMissing(dir, []StoreElsewhere{{Dir: "/home/ada/store", By: WithoutIt, Named: true}}), ClassStore,
			none, "there is one in /home/ada/store: to use it, run this without sudo and without naming a store"},
		"a lost store": {StoreGone(dir, 1, []string{"/etc/pleo connect/seen/x"}), ClassStore,
			"the key store in /srv/pleo is gone; 1 connection was saved in it",
			gone + "'/etc/pleo connect/seen/x'"},
		"several": {StoreGone(dir, 2, []string{"/a", "/b"}), ClassStore,
			"the key store in /srv/pleo is gone; 2 connections were saved in it",
			gone + "/a /b"},
		"a lost connection": {ConnectionLost(Connection{Production, "contoso-ledger", otherID}, "/srv/x.age"), ClassStore,
			"the connection of company " + string(otherID) + " to contoso-ledger is missing from the key store",
			"restore /srv/x.age from a backup, or connect again; if it was removed on purpose, run " +
				"pleo-connect disconnect " + string(otherID) + " --integration contoso-ledger --env production --forget"},
		"of a store before": {ConnectionLost(Connection{Production, "contoso-ledger", otherID}, ""), ClassStore,
			"the connection of company " + string(otherID) + " to contoso-ledger is missing from the key store",
			"connect again; if it was removed on purpose, run " +
				"pleo-connect disconnect " + string(otherID) + " --integration contoso-ledger --env production --forget"},
		"in staging": {ConnectionLost(Connection{Staging, "contoso-ledger", otherID}, "/srv/x.age"), ClassStore,
			"the connection of company " + string(otherID) + " to contoso-ledger is missing from the key store",
			"restore /srv/x.age from a backup, or connect again; if it was removed on purpose, run " +
				"pleo-connect disconnect " + string(otherID) + " --integration contoso-ledger --env staging --forget"},
		"not connected": {NotConnected(string(otherID), "", ""), ClassUsage,
			"company " + string(otherID) + " is not connected on this computer",
			"run pleo-connect status to see what is connected"},
		"named otherwise": {NotConnected("canary-company", "canary-integration", Staging), ClassUsage,
			"the company that was named is not connected to the integration that was named in staging on this computer",
			"run pleo-connect status to see what is connected"},
		"nobody can tell": {NothingFound(dir, "/etc/seen can't be read"), ClassStore,
			"nothing is connected in /srv/pleo, and it can't be told whether connections are missing: " +
				"/etc/seen can't be read",
			"let this account read and write what is beside the identity, or name the identity with --identity"},
	} {
		f := tt.got
		if f.Class() != tt.class || f.Summary != tt.summary || f.Hint != tt.hint {
			t.Errorf("%s: class %d\n%s\n%s\nwant\n%s\n%s", about, f.Class(), f.Summary, f.Hint, tt.summary, tt.hint)
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
		if got := LossWarning(n, false); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	const gone = "the key store that was here is gone; 2 connections were saved in it. " +
		"Restore it from a backup, or connect again"
	if got := LossWarning(2, true); got != gone {
		t.Errorf("a lost store: %q", got)
	}
	for _, text := range []string{LossWarning(2, true), LossDoubt("x"), (StoreElsewhere{Dir: "/x"}).Text()} {
		if !pleoclient.IsSafe(text) {
			t.Errorf("%q", text)
		}
	}
}
