package integration

import (
	"cmp"
	"unicode/utf8"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// ForRecord returns an integration as a record keeps it.
func ForRecord(i flow.Integration) store.Integration {
	out := store.Integration{
		ID: i.ID, Name: i.Name, Vendor: i.Vendor, KeyKind: i.KeyKind, Applications: i.Applications,
		ReturnURL: i.ReturnURL, ReturnHint: i.ReturnHint, HelpURL: i.HelpURL, Surplus: tell,
		Service: store.Service{User: i.Service.User, Restart: i.Service.Restart},
	}
	if i.RefuseSurplus {
		out.Surplus = refuse
	}
	for _, p := range i.Permissions {
		out.Permissions = append(out.Permissions,
			store.Permission{Scope: string(p.Scope), Title: p.Title, Required: p.Required})
	}
	return out
}

// NameOf returns the name of the integration of a record, or its ID if there is none that can be drawn.
func NameOf(r store.Record) string {
	return cmp.Or(drawable(r.Integration.Name), r.Integration.ID)
}

// OfRecord returns the integration of a record as it was approved. Others may have written the record: what cannot be
// drawn, opened or asked for is cleaned or left out, where a file with it would be refused.
func OfRecord(r store.Record) flow.Integration {
	kept := r.Integration
	i := flow.Integration{
		ID: kept.ID, Name: NameOf(r), Vendor: drawable(kept.Vendor),
		Environment: flow.Production, KeyKind: flow.Integrated,
		ReturnURL: linkOrNone(kept.ReturnURL), ReturnHint: drawable(kept.ReturnHint), HelpURL: linkOrNone(kept.HelpURL),
		RefuseSurplus: kept.Surplus == refuse,
		Service:       flow.Service{User: drawable(kept.Service.User), Restart: drawable(kept.Service.Restart)},
	}
	if r.Env == flow.Staging {
		i.Environment = flow.Staging
	}
	if kept.KeyKind == flow.Standalone {
		i.KeyKind = flow.Standalone
	}
	for _, name := range kept.Applications {
		if name = drawable(name); name != "" {
			i.Applications = append(i.Applications, name)
		}
	}
	for _, p := range kept.Permissions {
		if s, ok := pleoclient.ParseScope(p.Scope); ok {
			i.Permissions = append(i.Permissions,
				flow.Permission{Scope: s, Title: cmp.Or(drawable(p.Title), string(s)), Required: p.Required})
		}
	}
	return i
}

func drawable(text string) string {
	return pleoclient.SafeUpTo(text, utf8.RuneCountInString(text)).String()
}

func linkOrNone(address string) string {
	if !isLink(address) {
		return ""
	}
	return address
}
