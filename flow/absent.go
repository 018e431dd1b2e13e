package flow

import "pleo-connect/pleoclient"

// StoreElsewhere is another place where a key store may be.
type StoreElsewhere struct {
	Dir   string
	By    Account
	Named bool // another place was named, so the default is not looked for
}

// Account is the account that finds a store without being told where it is.
type Account int

// The accounts.
const (
	Anyone    Account = iota // it has to be named
	AsRoot                   // it is root's default, and this is not root
	WithoutIt                // it is the default of the person who used sudo
)

// The rows for what is missing.
const (
	NotConnectedFile Kind = "not_connected/file" // to the integration of a file

	storeHere      Kind = "store_missing/here"
	storeInEngine  Kind = "store_missing/in_engine"
	storeGone      Kind = "store_missing/gone"
	connectionGone Kind = "connection_lost/gone"
	notConnected   Kind = "not_connected/here"
	nothingFound   Kind = "store/nothing_found"
)

// row returns the row that says how to use the store.
func (e StoreElsewhere) row() Kind {
	row := storeHere
	switch e.By {
	case AsRoot:
		row += "/root"
	case WithoutIt:
		row += "/without_it"
	default:
		return row + "/named"
	}
	if e.Named {
		row += "/unnamed"
	}
	return row
}

// Elsewhere says how to use a store in another place.
func (b *Book) Elsewhere(e StoreElsewhere) string {
	return b.Problems.Get(e.row()).Next.Fill(Values{Dir: e.Dir})
}

// StoreMissing is the fault of a command that needs a key store and finds none. others are the likely places, best
// first.
func StoreMissing(dir string, others []StoreElsewhere) Fault {
	if len(others) == 0 {
		return NewFault(storeHere, Values{Path: dir})
	}
	return NewFault(others[0].row(), Values{Path: dir, Dir: others[0].Dir})
}

// NothingIn is the fault of a command that needs connections in an engine, where none was ever saved at an address.
func NothingIn(address string) Fault { return NewFault(storeInEngine, Values{Path: address}) }

// StoreGone is the fault of a key store that held connections and is gone. marks are the directories that record them.
func StoreGone(dir string, connections int, marks []string) Fault {
	row := storeGone
	if connections != 1 {
		row += "/several"
	}
	return NewFault(row, Values{Path: dir, N: connections, Paths: pleoclient.ShellWords(marks)})
}

// ConnectionLost is the fault of a connection that was saved and is missing. file is where a backup of it belongs; it
// is empty if the store is gone as well.
func ConnectionLost(c Connection, file string) Fault {
	row := connectionGone
	if file != "" {
		row += "/file"
	}
	return NewFault(row, Values{
		Company: string(c.Company), Integration: c.Integration, Path: file, Arguments: c.Arguments(),
	})
}

// NotConnected is the fault of a command that does not find the connection it works on. The texts are what was said
// about the connection; any may be empty. The company is repeated only when it is an ID: anything else may be a key.
func NotConnected(company, integration, env string) Fault {
	row, v := Kind(""), Values{Environment: env}
	if id, ok := pleoclient.ParseCompanyID(company); ok {
		row, v.Company = "/company", string(id)
	} else if company != "" {
		row = "/named"
	}
	if integration != "" {
		row += "/integration"
	}
	if row == "" && env != "" {
		row = "/in"
	}
	return NewFault(notConnected+row, v)
}

// NothingFound is the fault of a run that checks the connections in a key store, finds none, and cannot say whether
// some were lost. doubt is the reason.
func NothingFound(dir, doubt string) Fault {
	return NewFault(nothingFound, Values{Path: dir, Reason: doubt})
}

// LossDoubt says that connections may be missing, and why that is not certain.
func (b *Book) LossDoubt(doubt string) string { return b.Use.LossDoubt.Fill(Values{Reason: doubt}) }

// RemovalDoubt warns that a removal may not have been noted, so that the connection may be reported as missing later,
// and names the command that prevents that.
func (b *Book) RemovalDoubt(doubt string, c Connection) string {
	return b.Use.RemovalDoubt.Fill(Values{Reason: doubt, Program: b.Program, Arguments: c.Arguments()})
}

// LossWarning warns of connections that are missing from the key store, or with it, before another one is made. It is
// empty when none are.
func (b *Book) LossWarning(connections int, gone bool) string {
	switch {
	case connections == 0:
		return ""
	case gone:
		return b.Count(b.Use.LostStore, connections, Values{})
	}
	return b.Count(b.Use.Lost, connections, Values{Program: b.Program})
}
