package host

import (
	"os"
	"runtime"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// Unit returns what the receipt says about a systemd unit: if that is asked for, or root started this program on Linux.
// Others cannot change a unit. The variables are those with which an engine is reached.
func (h Host) Unit(cfg store.Config, owner Owner, variables []string, asked bool) *flow.Unit {
	root := owner.Changed || os.Geteuid() == 0
	if !asked && (runtime.GOOS != "linux" || !root) {
		return nil
	}
	named := owner.Service != "" || owner.Changed
	u := flow.Unit{User: accountHere(), Store: cfg.Dir, Identity: cfg.Identity, Variables: variables, Named: named}
	if h.isCredential(cfg.Identity) {
		u.Identity = ""
	}
	for _, word := range append([]string{u.User, u.Store, u.Identity}, u.Variables...) {
		if !pleoclient.IsSafe(word) {
			return nil // not a line of a unit
		}
	}
	return &u
}
