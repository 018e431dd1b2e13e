package flow

import (
	"slices"
	"strings"

	"pleo-connect/pleoclient"
)

// Changes returns in what the integration differs from the one that was approved for this company, or for the last one
// that was connected. It is empty when nothing was approved before.
func (s State) Changes() []string {
	if s.Preflight.Approved == nil {
		return nil
	}
	var out []string
	for _, change := range changes(*s.Preflight.Approved, s.Integration) {
		out = append(out, "changed since it was last approved: "+change)
	}
	return out
}

// changes returns in what an integration differs from what it was. Where it is run does not count: that belongs to the
// connection, as its id does.
func changes(was, is Integration) []string {
	out := permissionChanges(was.Permissions, is.Permissions)
	for _, c := range []struct{ was, is, text string }{
		{was.Name, is.Name, "the name was " + was.Name},
		{was.Vendor, is.Vendor, "the vendor was " + orNone(was.Vendor)},
		{was.KeyKind, is.KeyKind, "the kind of key was: " + was.KeyLabel()},
		{
			list(was.Applications), list(is.Applications),
			"it took keys of " + orNone(list(was.Applications)) + ", and takes those of " + orNone(list(is.Applications)),
		},
		{was.ReturnURL, is.ReturnURL, "the way back was " + was.ReturnLink()},
		{was.ReturnHint, is.ReturnHint, "the menu on the way back was " + orNone(was.ReturnHint)},
		{was.HelpURL, is.HelpURL, "the help was " + orNone(was.HelpURL)},
		{was.Service.User, is.Service.User, "the account of the service was " + orNone(was.Service.User)},
		{was.Service.Restart, is.Service.Restart, "the command to run afterwards was " + orNone(was.Service.Restart)},
	} {
		if c.was != c.is {
			out = append(out, c.text)
		}
	}
	switch {
	case is.RefuseSurplus && !was.RefuseSurplus:
		out = append(out, "it refuses a key that can do more")
	case was.RefuseSurplus && !is.RefuseSurplus:
		out = append(out, "it no longer refuses a key that can do more")
	}
	return out
}

func list(names []string) string { return strings.Join(names, ", ") }

func orNone(text string) string {
	if text == "" {
		return "not given"
	}
	return text
}

// permissionChanges puts first what an integration wants to do more.
func permissionChanges(was, is []Permission) []string {
	var more, needed, optional, retold []Permission
	for _, p := range is {
		before := Integration{Permissions: was}.permission(p.Scope)
		switch {
		case before.Title == "":
			more = append(more, p)
		case p.Required && !before.Required:
			needed = append(needed, p)
		case before.Required && !p.Required:
			optional = append(optional, p)
		}
		if before.Title != "" && before.Title != p.Title {
			retold = append(retold, before)
		}
	}
	var out []string
	for _, c := range []struct {
		text        string
		permissions []Permission
	}{
		{"it asks for more: ", more},
		{"it no longer asks for: ", lacking(was, is)},
		{"it now requires: ", needed},
		{"it no longer requires: ", optional},
		{"other words than: ", retold},
	} {
		if len(c.permissions) > 0 {
			out = append(out, c.text+listPermissions(c.permissions))
		}
	}
	return out
}

// lacking returns those of was that are not in is.
func lacking(was, is []Permission) []Permission {
	return slices.DeleteFunc(slices.Clone(was), func(p Permission) bool {
		return len(pleoclient.MissingScopes([]pleoclient.Scope{p.Scope}, Integration{Permissions: is}.Scopes())) == 0
	})
}
