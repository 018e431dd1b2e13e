package flow

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"pleo-connect/pleoclient"
)

// row returns the name of the words for a problem: its kind, or a case of it that depends on what is known.
func (p Problem) row(s State) Kind {
	standalone := s.Integration.KeyKind == Standalone
	byKey := func(k Kind) Kind {
		if standalone {
			return k + "/standalone"
		}
		return k
	}
	switch p.Kind {
	case pleoclient.KindKeyRejected:
		if s.CustomOrigin {
			return byKey(p.Kind + "/own_address")
		}
		return byKey(p.Kind)
	case KindSimulatedKey:
		if s.Unattended {
			return p.Kind + "/file"
		}
	case KindOrganisationKey, KindSurplusPermissions:
		return byKey(p.Kind)
	case KindPermissionsMissing:
		if len(p.Missing) > 1 {
			return byKey(p.Kind + "/several")
		}
		return byKey(p.Kind)
	case KindFewerPermissions:
		if optionalOnly(s, p.Missing) {
			return p.Kind + "/optional"
		}
		return byKey(p.Kind)
	case KindPermissionsUnknown:
		switch {
		case s.Integration.RefuseSurplus:
			return p.Kind + "/strict"
		case s.Reconnect != nil:
			return p.Kind + "/replacing"
		}
	case pleoclient.KindForbidden:
		switch {
		case s.asked || s.Check.Permissions != MarkDone:
		case len(lacking(s)) == 0:
			return p.Kind + "/all_granted"
		default:
			return p.Kind + "/some_granted"
		}
	case pleoclient.KindRateLimited:
		switch {
		case TooLong(p.RetryAfter):
			return p.Kind + "/long"
		case p.Wait > 0 && s.Step != StepOver:
			return p.Kind + "/waiting"
		}
	case pleoclient.KindPleoTrouble, pleoclient.KindUnexpected, pleoclient.KindBadRequest, pleoclient.KindNotFound:
		if TooLong(p.RetryAfter) {
			return p.Kind + "/long"
		}
	case KindInterrupted:
		return p.Kind + s.stoppedAt()
	case pleoclient.KindNotAKey:
		if p.Entry != nil && p.Entry.Looks != "" {
			return p.Kind + "/" + Kind(p.Entry.Looks)
		}
	}
	return p.Kind
}

// words returns the words for a problem. If a book lacks the row, it returns the row of the kind.
func (p Problem) words(s State) Words {
	book := s.Book()
	for _, row := range []Kind{p.Row, p.reasonRow(), p.row(s), p.Kind} {
		if w, ok := book.Problems.Find(row); ok && row != "" {
			return w
		}
	}
	return book.Problems.Get(KindInternal)
}

// explain returns the filled words for a problem, and what is said about the key.
func (p Problem) explain(s State) Explanation {
	if !p.Failed() {
		return Explanation{}
	}
	w, line := p.words(s), s.keyLine(p)
	v := p.values(s, w)
	about := s.Book().Key.Get(line)
	if line == KeyUnused && p.From == StepReview { // a key that is made now may be useless
		about.Screen = s.words().FixFirst
	}
	var advice []Advice
	for _, text := range []Text{w.Next, w.Also} {
		if step := text.advice(v); step != (Advice{}) {
			advice = append(advice, step)
		}
	}
	e := Explanation{
		Summary: w.Headline.Fill(v), Hint: w.Next.Fill(v), Also: w.Also.Fill(v),
		Key: line, Note: about.Note.Fill(v), About: about.Screen.Fill(v),
		Detail:  cmp.Or(p.Detail.String(), s.Book().Cause(p.Cause)),
		Actions: p.actions(), advice: advice,
	}
	for _, lacks := range p.Missing {
		e.Missing = append(e.Missing, lacks.Scope)
	}
	if p.Kind == KindSurplusPermissions {
		e.Surplus = s.Check.Surplus
	}
	return e
}

// values returns the values of the names in w: those that came with the fault, and those that the state knows.
func (p Problem) values(s State, w Words) Values {
	b := s.Book()
	v := b.ofClient(p.Fault)
	v.Program = b.Program
	v.Engine, v.Keeper, v.Where = cmp.Or(v.Engine, b.Engine.Name), b.Keeper(), b.Where()
	v.Signal = b.Clauses.Signals.Get(v.Signal).String()
	v.Name = cmp.Or(v.Name, integrationName(s))
	v.Vendor = cmp.Or(v.Vendor, s.vendor())
	v.Host = cmp.Or(v.Host, host(s.Origin))
	v.Company = cmp.Or(v.Company, string(s.Check.Company.ID))
	if s.Reconnect != nil {
		c := Connection{s.Environment(), s.Integration.ID, s.Reconnect.Company.ID}
		v.Company, v.Arguments = cmp.Or(v.Company, string(c.Company)), cmp.Or(v.Arguments, c.Arguments())
	}
	v.Wanted = cmp.Or(v.Wanted, string(p.Wanted))
	v.Here, v.Elsewhere = Production, Staging
	if s.Integration.Environment == Staging {
		v.Here, v.Elsewhere = v.Elsewhere, v.Here
	}
	v.Environment = cmp.Or(v.Environment, s.Integration.Environment)
	v.WebApp = host(s.KeyPage())
	if lacks := len(p.Missing); lacks > 0 {
		v.N = lacks
	}
	if p.Wait > 0 {
		v.N = p.Wait
	}
	if TooLong(p.RetryAfter) {
		v.Date = b.Until(p.RetryAt)
	}
	if v.Date == "" && !v.At.IsZero() {
		v.Date = b.Day(v.At)
	}
	if p.Entry != nil {
		v.N, v.Character = p.Entry.Position, b.CharacterName(p.Entry.Character)
	}
	if w.name("{permissions}") {
		v.Permissions = cmp.Or(v.Permissions, b.permissions(p.Missing))
	}
	if w.name("{cleaned}") {
		v.Cleaned = cmp.Or(v.Cleaned, b.cleaned(s.Cleaned))
	}
	if w.name("{list}") {
		v.List = cmp.Or(v.List, scopeList(p.toTick(s)))
	}
	entry := &b.Clauses.Entry[s.KeySource]
	v.CopyAgain, v.CopyOne = entry.CopyAgain.String(), entry.CopyOne.String()
	if w.name("{getkey}") {
		v.GetKey = entry.getKey(s.Integration).Fill(v)
	}
	if w.name("{contact}") {
		v.Contact = b.Clauses.Contact.Fill(v)
	}
	return v
}

// name reports whether one of the texts has a name, so that values that few rows need are not computed for the others.
func (w Words) name(braced string) bool {
	return strings.Contains(string(w.Headline), braced) || strings.Contains(string(w.Next), braced) ||
		strings.Contains(string(w.Also), braced)
}

// stoppedAt returns the case of a run that was stopped, or nothing.
func (s State) stoppedAt() Kind {
	switch {
	case s.Demo:
		return "/demo"
	case s.Stage == StageVerify && s.Check.Stored.Active:
		return "/unread"
	case s.Reconnect != nil:
		return "/replacing"
	case s.Check.Stored.InUse.Other:
		return "/new_key"
	}
	return ""
}

// getKey returns where to get another key.
func (w *EntryWords) getKey(i Integration) Text {
	if i.KeyKind == Standalone {
		return w.GetKeyStandalone
	}
	return w.GetKey
}

// toTick returns the scopes that a new key needs: what the integration asks for, and what this key lacks.
func (p Problem) toTick(s State) []pleoclient.Scope {
	out := s.Integration.Scopes()
	for _, lacks := range p.Missing {
		if !slices.Contains(out, lacks.Scope) {
			out = append(out, lacks.Scope)
		}
	}
	return out
}

// lacking returns the permissions that the integration asks for and the key in hand lacks.
func lacking(s State) []Permission { return missing(s.Integration.Permissions, s.Check.Scopes) }

// optionalOnly reports whether an unattended run may continue without what is missing.
func optionalOnly(s State, missing []Permission) bool {
	required := func(p Permission) bool { return !s.Integration.optional(p.Scope) }
	return s.Unattended && len(missing) > 0 && !slices.ContainsFunc(missing, required)
}

// Until returns the next whole minute after a time, because a time that is rounded down would be too early.
func (b *Book) Until(t time.Time) string { return b.Day(t.Add(time.Minute - 1).Truncate(time.Minute)) }

func integrationName(s State) string {
	return cmp.Or(s.Integration.Name, s.Book().Clauses.Integration.String())
}

// vendor returns whom to ask for help.
func (s State) vendor() string { return s.Book().VendorOf(s.Integration) }

// VendorOf returns whom to ask for help with an integration.
func (b *Book) VendorOf(i Integration) string {
	return cmp.Or(i.Vendor, b.Clauses.Vendor.String())
}

// host returns the host of an address, with its port.
func host(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}

func (b *Book) permissions(ps []Permission) string {
	var out []string
	for _, p := range ps {
		if p.Title == "" {
			out = append(out, string(p.Scope))
			continue
		}
		out = append(out, b.Clauses.Permission.Fill(Values{Name: p.Title, Scopes: string(p.Scope)}))
	}
	return b.List(out)
}
