package host

import (
	"testing"

	"pleo-connect/flow/flowtest"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// TestNoUnitForHostileNames: a unit file takes names as they are, so one that cannot be drawn has no lines to copy.
func TestNoUnitForHostileNames(t *testing.T) {
	t.Parallel()
	for _, h := range flowtest.Hostile {
		name := h.Text[:min(len(h.Text), 100)]
		for _, cfg := range []store.Config{
			{Dir: "/srv/" + name, Identity: "/srv/identity"},
			{Dir: "/srv/store", Identity: "/srv/" + name},
		} {
			u := Host{}.Unit(cfg, Owner{Service: "dynamics"})
			if u != nil && !pleoclient.IsSafe(u.Store+u.Identity) {
				t.Errorf("%s: %+q", h.Name, *u)
			}
		}
	}
}
