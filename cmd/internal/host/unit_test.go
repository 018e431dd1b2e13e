package host

import (
	"os"
	"runtime"
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
			u := Host{}.Unit(cfg, Owner{Service: "dynamics"}, []string{"BAO_ADDR=https://vault.contoso.example:8200"}, true)
			if u != nil && !pleoclient.IsSafe(u.Store+u.Identity) {
				t.Errorf("%s: %+q", h.Name, u.Store+u.Identity)
			}
		}
	}
}

// TestUnitOfAService: how to keep the identity in a credential is said to those who have a service.
func TestUnitOfAService(t *testing.T) {
	t.Parallel()
	cfg := store.Config{Dir: "/srv/store", Identity: "/srv/identity"}
	for _, c := range []struct {
		owner Owner
		named bool
	}{{Owner{}, false}, {Owner{Service: "dynamics"}, true}, {Owner{Changed: true}, true}} {
		if u := (Host{}).Unit(cfg, c.owner, nil, true); u == nil || u.Named != c.named {
			t.Errorf("%+v: %+v", c.owner, u)
		}
	}
}

// TestUnitUnasked: only root, who can change a unit, gets its lines without asking.
func TestUnitUnasked(t *testing.T) {
	t.Parallel()
	cfg, linux := store.Config{Dir: "/srv/store", Identity: "/srv/identity"}, runtime.GOOS == "linux"
	for _, c := range []struct {
		owner Owner
		want  bool
	}{{Owner{Service: "dynamics"}, linux && os.Geteuid() == 0}, {Owner{Changed: true}, linux}} {
		if got := (Host{}).Unit(cfg, c.owner, nil, false) != nil; got != c.want {
			t.Errorf("%+v: %t", c.owner, got)
		}
	}
}
