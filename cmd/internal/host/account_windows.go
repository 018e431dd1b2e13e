package host

import (
	"io/fs"

	"pleo-connect/flow"
	"pleo-connect/store"
)

// BecomeOwner changes nothing: the store is as private as the directory it is in.
func BecomeOwner(_ store.Config, want Wanted) (Owner, error) {
	if want.As != "" {
		return Owner{}, flow.NewFault(flow.KindSettings+"/as_windows", flow.Values{})
	}
	return Owner{}, nil
}

// integrationFile is empty: no directory is known that only an administrator can write to.
const integrationFile = ""

// ServiceHere returns "": services have no accounts here.
func ServiceHere(string) string { return "" }

// ours returns true: the directory of temporary files is that of this account, and the mode of a file says nothing
// about it.
func ours(fs.FileInfo) bool { return true }

// MayChmod returns true: access lists decide, and they are not read yet.
func MayChmod(fs.FileInfo) bool { return true }

func accountHere() string { return "" }
