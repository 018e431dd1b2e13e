package flow

import "cmp"

// Changes returns how the integration differs from the one that was approved for this company, or for the last one that
// was connected. It is empty when nothing was approved before.
func (s State) Changes() []Fact {
	if s.Preflight.Approved == nil {
		return nil
	}
	return s.Book().changes(*s.Preflight.Approved, s.Integration)
}

// changes returns how an integration differs from what it was. Its id and environment do not count: they belong to the
// connection.
func (b *Book) changes(was, is Integration) []Fact {
	w := &b.Wizard.Changes
	out := b.permissionChanges(was.Permissions, is.Permissions)
	for _, c := range []struct {
		label   Text
		was, is string
	}{
		{w.Name, was.Name, is.Name},
		{w.Vendor, was.Vendor, is.Vendor},
		{w.Key, b.KeyLabel(was), b.KeyLabel(is)},
		{w.Applications, b.List(was.Applications), b.List(is.Applications)},
		{w.Link, was.ReturnURL, is.ReturnURL},
		{w.Menu, was.ReturnHint, is.ReturnHint},
		{w.Help, was.HelpURL, is.HelpURL},
		{w.Account, was.Service.User, is.Service.User},
		{w.Command, was.Service.Restart, is.Service.Restart},
		{w.Surplus, w.surplus(was), w.surplus(is)},
	} {
		if c.was != c.is {
			out = append(out, Fact{c.label.String(), cmp.Or(c.was, w.NotSet.String())})
		}
	}
	return out
}

// surplus says what happens to a key with more permissions than are asked for.
func (w *ChangeWords) surplus(i Integration) string {
	if i.RefuseSurplus {
		return w.SurplusNotUsed.String()
	}
	return w.SurplusShown.String()
}

// permissionChanges lists new permissions first.
func (b *Book) permissionChanges(was, is []Permission) []Fact {
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
	w := &b.Wizard.Changes
	for _, c := range []struct {
		label       Text
		permissions []Permission
	}{
		{w.New, more}, {w.Removed, missing(was, Integration{Permissions: is}.Scopes())},
		{w.NowRequired, required}, {w.NowOptional, optional},
		{w.Worded, other},
	} {
		if len(c.permissions) > 0 {
			out = append(out, Fact{c.label.String(), b.permissions(c.permissions)})
		}
	}
	return out
}
