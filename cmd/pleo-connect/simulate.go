package main

import (
	"pleo-connect/flow"
	"pleo-connect/pleoclient/pleosim"
)

// simulate starts a simulated Pleo that serves an integration, and two invented ones, as a company usually has a choice.
func simulate(i flow.Integration, opts pleosim.Options) (*pleosim.Server, error) {
	taken := append([]string{i.ID, i.Name}, i.Applications...)
	opts.Integrations = append([]pleosim.Integration{offered(i)}, pleosim.Others(taken...)...)
	return pleosim.Start(opts)
}

// offered returns an integration as the simulated Pleo needs it.
func offered(i flow.Integration) pleosim.Integration {
	out := pleosim.Integration{
		ID: i.ID, Name: i.Name, Standalone: i.KeyKind == flow.Standalone, Titles: map[string]string{},
	}
	if len(i.Applications) > 0 {
		out.Application = i.Applications[0]
	}
	for _, p := range i.Permissions {
		scope := string(p.Scope)
		out.Scopes, out.Titles[scope] = append(out.Scopes, scope), p.Title
		if !p.Required {
			out.Optional = append(out.Optional, scope)
		}
	}
	return out
}
