package flow

import (
	"strings"

	"pleo-connect/pleoclient"
)

// StoreElsewhere is another place where a key store may be.
type StoreElsewhere struct {
	Dir   string
	By    Account
	Named bool // another place was named, in which the default is not looked for
}

// Account is who gets at a store without saying where it is.
type Account int

// The accounts.
const (
	Anyone    Account = iota // it has to be named
	AsRoot                   // it is root's default, and this is not root
	WithoutIt                // it is the default of the person who used sudo
)

// Text says what is there, and how to use it.
func (e StoreElsewhere) Text() string { return "there is a key store in " + e.rest() }

func (e StoreElsewhere) rest() string {
	return pleoclient.SafePath(e.Dir).String() + ": to use it, " + e.advice()
}

func (e StoreElsewhere) advice() string {
	unnamed := ""
	if e.Named {
		unnamed = " and without naming a store"
	}
	switch e.By {
	case AsRoot:
		return "run this with sudo" + unnamed
	case WithoutIt:
		return "run this without sudo" + unnamed
	}
	return "add --store " + pleoclient.ShellWord(e.Dir)
}

// StoreMissing is the failure of a command that needs a key store, where there is none. others are the likely places,
// the best first.
func StoreMissing(dir string, others []StoreElsewhere) *Failure {
	why := explainAbsent(KindStoreMissing, pleoclient.SafePath(dir))
	if len(others) > 0 {
		why.Hint = "there is one in " + others[0].rest()
	}
	return why.Failure(KindStoreMissing)
}

// StoreGone is the failure for a key store that is not there, and held connections. marks are the directories that know
// of them.
func StoreGone(dir string, connections int, marks []string) *Failure {
	return &Failure{
		Kind:    KindStoreMissing,
		Summary: "the key store in " + pleoclient.SafePath(dir).String() + " is gone; " + savedInIt(connections),
		Hint: "mount its disk or restore it from a backup, or connect again; if it was moved, add --store DIR; if it " +
			"was removed on purpose, run: rm -r " + shellWords(marks),
	}
}

func savedInIt(connections int) string {
	if connections == 1 {
		return "1 connection was saved in it"
	}
	return plural(connections, "connection") + " were saved in it"
}

func shellWords(words []string) string {
	var out []string
	for _, w := range words {
		out = append(out, pleoclient.ShellWord(w))
	}
	return strings.Join(out, " ")
}

// ConnectionLost is the failure for a connection that was saved and is not there. file is where a backup of it belongs;
// empty: it was in a store that is gone.
func ConnectionLost(c Connection, file string) *Failure {
	why := explainAbsent(KindConnectionLost, pleoclient.Safe(string(c.Company)+" to "+c.Integration))
	why.Hint = "connect again; if it was removed on purpose, run " + c.ForgetCommand()
	if file != "" {
		why.Hint = "restore " + pleoclient.SafePath(file).String() + " from a backup, or " + why.Hint
	}
	return why.Failure(KindConnectionLost)
}

// NotConnected is the failure of a command that was to do something with a connection, and does not find it. The texts
// are what was said about the connection; any may be empty. The company is repeated only when it is an id: anything
// else may be a key.
func NotConnected(company, integration, env string) *Failure {
	what := "nothing is connected"
	if id, ok := pleoclient.ParseCompanyID(company); ok {
		what = "company " + string(id) + " is not connected"
	} else if company != "" {
		what = "the company that was named is not connected"
	}
	if integration != "" {
		what += " to the integration that was named"
	}
	if env != "" {
		what += " in " + env
	}
	why := explainAbsent(KindNotConnected, pleoclient.SafeUpTo(what, 200))
	if company == "" && integration == "" && env == "" {
		why.Hint = "run pleo-connect to connect"
	}
	return why.Failure(KindNotConnected)
}

func explainAbsent(kind Kind, what pleoclient.SafeText) Explanation {
	return ExplainFault(Fault{Kind: kind, Detail: what})
}

// NothingFound is the failure of a run that was to vouch for the connections in a key store, found none, and cannot
// tell whether some were lost. doubt is the reason.
func NothingFound(dir, doubt string) *Failure {
	return &Failure{
		Kind:    KindStore,
		Summary: "nothing is connected in " + pleoclient.SafePath(dir).String() + ", and " + LossDoubt(doubt),
		Hint:    "let this account read and write what is beside the identity, or name the identity with --identity",
	}
}

// LossDoubt says that connections may be missing, and why nobody can tell.
func LossDoubt(doubt string) string {
	return "it can't be told whether connections are missing: " + doubt
}

// RemovalDoubt warns that a removal may not have been noted, so that the connection may be reported as missing later,
// and names the command that ends that.
func RemovalDoubt(doubt, command string) string {
	return "the removal may not be noted (" + doubt + "): if pleo-connect status says that this connection is missing, " +
		"run " + command
}

// LossWarning warns whoever is about to connect that connections are missing from the key store, or with it.
func LossWarning(connections int, gone bool) string {
	switch {
	case connections == 0:
		return ""
	case gone:
		return "the key store that was here is gone; " + savedInIt(connections) +
			". Restore it from a backup, or connect again"
	case connections == 1:
		return "1 connection is missing from the key store; for details, run pleo-connect status"
	}
	return plural(connections, "connection") + " are missing from the key store; for details, run pleo-connect status"
}
