package main

import (
	"pleo-connect/flow"
	"pleo-connect/pleoclient/pleosim"
)

// simulate starts a simulated Pleo that serves an integration.
func simulate(i flow.Integration, opts pleosim.Options) (*pleosim.Server, error) {
	served := pleosim.Integration{ID: i.ID, Name: i.Name}
	if len(i.Applications) > 0 {
		served.Application = i.Applications[0]
	}
	for _, p := range i.Permissions {
		served.Scopes = append(served.Scopes, string(p.Scope))
		if !p.Required {
			served.Optional = append(served.Optional, string(p.Scope))
		}
	}
	opts.Integrations = []pleosim.Integration{served}
	return pleosim.Start(opts)
}
