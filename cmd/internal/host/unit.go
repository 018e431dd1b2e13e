package host

import (
	"os"
	"runtime"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// Unit returns what the receipt says about a systemd unit: if a service is named, systemd keeps the identity, or root
// started this program. A person who is trying it out needs none.
func (h Host) Unit(cfg store.Config, owner Owner) *flow.Unit {
	bySystemd := h.Protection(cfg) == flow.ProtectedBySystemd
	named := owner.Service != "" || owner.Changed
	if runtime.GOOS != "linux" || !named && !bySystemd && os.Geteuid() != 0 {
		return nil
	}
	u := flow.Unit{User: accountHere(), Store: cfg.Dir, Identity: cfg.Identity, Named: named}
	if bySystemd {
		u.Identity = ""
	}
	for _, word := range []string{u.User, u.Store, u.Identity} {
		if !pleoclient.IsSafe(word) {
			return nil // not a line of a unit
		}
	}
	return &u
}
