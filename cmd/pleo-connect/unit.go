package main

import (
	"os"
	"runtime"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

// unit returns what the receipt says about a systemd unit: when a service is named, systemd keeps the identity, or root
// started this program. A person who tries it out needs none.
func (a *app) unit(places entered) *flow.Unit {
	bySystemd := a.protection(places.Config) == flow.ProtectedBySystemd
	if runtime.GOOS != "linux" || places.reader == "" && !bySystemd && !places.changed && os.Geteuid() != 0 {
		return nil
	}
	u := flow.Unit{User: accountHere(), Store: places.Dir, Identity: places.Identity}
	if bySystemd {
		u.Identity = ""
	}
	for _, word := range []string{u.User, u.Store, u.Identity} {
		if !pleoclient.IsSafe(word) {
			return nil // no line of a unit
		}
	}
	return &u
}
