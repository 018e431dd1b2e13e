package flow

import "strings"

// TextChanged is the headline of Changes.
const TextChanged = "changed since it was last approved"

// Changes returns in what the integration differs from the one that was approved for this company, or for the last one
// that was connected. It is empty when nothing was approved before.
func (s State) Changes() []Fact {
	if s.Preflight.Approved == nil {
		return nil
	}
	return changes(*s.Preflight.Approved, s.Integration)
}

// changes returns in what an integration differs from what it was. Its id and its environment do not count: they belong
// to the connection.
func changes(was, is Integration) []Fact {
	out := permissionChanges(was.Permissions, is.Permissions)
	for _, c := range []struct{ label, was, is string }{
		{"name was", was.Name, is.Name},
		{"vendor was", was.Vendor, is.Vendor},
		{"key was", was.KeyLabel(), is.KeyLabel()},
		{"keys were of", strings.Join(was.Applications, ", "), strings.Join(is.Applications, ", ")},
		{"went back to", was.ReturnURL, is.ReturnURL},
		{"menu was", was.ReturnHint, is.ReturnHint},
		{"help was", was.HelpURL, is.HelpURL},
		{"account was", was.Service.User, is.Service.User},
		{"command was", was.Service.Restart, is.Service.Restart},
		{"surplus was", surplusRule(was), surplusRule(is)},
	} {
		if c.was != c.is {
			out = append(out, Fact{c.label, orNone(c.was)})
		}
	}
	return out
}

func orNone(text string) string {
	if text == "" {
		return "not given"
	}
	return text
}

// surplusRule says what becomes of a key that may do more than is asked for.
func surplusRule(i Integration) string {
	if i.RefuseSurplus {
		return "refused"
	}
	return "told"
}

// permissionChanges puts first what an integration wants to do more.
func permissionChanges(was, is []Permission) []Fact {
	var more, required, optional, other []Permission
	for _, p := range is {
		before := Integration{Permissions: was}.permission(p.Scope)
		if before.Title == "" {
			more = append(more, p)
			continue
		}
		switch {
		case p.Required && !before.Required:
			required = append(required, p)
		case before.Required && !p.Required:
			optional = append(optional, p)
		}
		if before.Title != p.Title {
			other = append(other, before)
		}
	}
	var out []Fact
	for _, c := range []struct {
		label       string
		permissions []Permission
	}{
		{"new", more}, {"dropped", missing(was, Integration{Permissions: is}.Scopes())},
		{"now required", required}, {"now optional", optional},
		{"said before", other},
	} {
		if len(c.permissions) > 0 {
			out = append(out, Fact{c.label, listPermissions(c.permissions)})
		}
	}
	return out
}
