package flow

import (
	"slices"

	"pleo-connect/pleoclient"
)

// startCheck asks Pleo about the key in hand. Both questions are independent and go out together. The store is made in
// the meantime: the permissions are allowed now.
func (s State) startCheck() (State, []Effect) {
	s, q := s.ask()
	s.Step, s.Problem, s.Refusal = StepCheck, Problem{}, Problem{}
	s.validated, s.confirmed, s.early, s.useless = false, false, false, false
	s.Activation = Activation{}
	s.Check = Check{Accepted: MarkBusy}
	return s.timed(q, Introspect{q, s.Key}, FindInstallation{q, s.Key}, MakeStore{q})
}

func (s State) introspected(ev Introspected) (State, []Effect) {
	if s.Step != StepCheck {
		return s, nil
	}
	c := &s.Check
	switch {
	case Undescribed(ev.Fault.Kind):
		c.Answered, c.introspected = true, true
		c.Ours, c.Permissions = MarkUnknown, MarkUnknown
		return s.proceed()
	case ev.Fault.Failed():
		return s.fail(ev.Fault)
	}
	c.Answered, c.introspected, c.Accepted, s.rejected = true, true, MarkDone, false
	c.Scopes, c.Application = ev.Result.Scopes, ev.Result.Application
	if kind := s.unfit(ev.Result); kind != "" {
		return s.fail(Fault{Kind: kind, Detail: unfitDetail(kind, ev.Result)})
	}
	c.Ours = MarkDone
	if c.Application.IsZero() {
		c.Ours = MarkUnknown
	}
	c.Surplus = pleoclient.MissingScopes(c.Scopes, s.Integration.Scopes())
	if c.Missing = s.missing(); len(c.Missing) > 0 {
		return s.fail(Fault{Kind: KindPermissionsMissing})
	}
	c.Permissions = MarkDone
	if s.Integration.RefuseSurplus && len(c.Surplus) > 0 {
		return s.fail(Fault{Kind: KindSurplusPermissions})
	}
	return s.owner(ev.Result.Owner)
}

// unfit returns why a known key cannot be used here, or "".
func (s State) unfit(who pleoclient.Introspection) Kind {
	switch {
	case !who.IsAPIKey():
		return KindNotAPIKey
	case who.Owner.Organisation:
		return KindOrganisationKey
	case !s.ours(who.Application):
		return KindOtherApplication
	}
	return ""
}

func unfitDetail(kind Kind, who pleoclient.Introspection) pleoclient.SafeText {
	switch kind {
	case KindNotAPIKey:
		return who.AuthMethod
	case KindOtherApplication:
		return who.Application
	}
	return pleoclient.SafeText{}
}

// ours compares application names. Only a different name is a problem, because Pleo need not return one.
func (s State) ours(application pleoclient.SafeText) bool {
	if application.IsZero() || len(s.Integration.Applications) == 0 {
		return true
	}
	for _, name := range s.Integration.Applications {
		if pleoclient.Safe(name) == application {
			return true
		}
	}
	return false
}

func (s State) installationFound(ev InstallationFound) (State, []Effect) {
	if s.Step == StepActivate {
		return s.readBack(ev)
	}
	if s.Step != StepCheck {
		return s, nil
	}
	c := &s.Check
	switch ev.Fault.Kind {
	case "":
	case pleoclient.KindBadRequest, pleoclient.KindNotFound: // proves nothing: there may be no installation
		c.unsure = true
	case pleoclient.KindForbidden:
		// the key may be good for other calls; creating the installation will show it
		c.barred, c.unsure = ev.Fault, true
	default:
		return s.fail(ev.Fault)
	}
	c.Answered, c.found = true, true
	c.installations, s.wrote = ev.Installations, false
	owner := ev.Installations.Owner()
	if owner.Organisation {
		return s.fail(Fault{Kind: KindOrganisationKey})
	}
	return s.owner(owner)
}

// owner takes the company from an answer, and asks about it once. Two answers must not name two companies.
func (s State) owner(o pleoclient.Owner) (State, []Effect) {
	c := &s.Check
	switch {
	case o.Company == "" || o.Company == c.Company.ID:
		return s.proceed()
	case c.Company.ID != "":
		return s.fail(Fault{Kind: pleoclient.KindUnexpected})
	}
	c.Company.ID, c.CompanyMark = o.Company, MarkBusy
	q := s.question()
	s, more := s.proceed()
	return s, append(more, ReadCompany{q, s.Key, o.Company}, FindRecord{q, s.Key, o.Company})
}

func (s State) companyRead(ev CompanyRead) (State, []Effect) {
	if s.Step != StepCheck {
		return s, nil
	}
	c := &s.Check
	switch ev.Fault.Kind {
	case "":
		c.Company.Name = ev.Company.Name
	case pleoclient.KindForbidden, pleoclient.KindNotFound, pleoclient.KindKeyRejected, pleoclient.KindIntercepted:
		c.NameForbidden = true // the id is enough; a refusal of one call says nothing about the key
	default:
		return s.fail(ev.Fault)
	}
	c.named, c.CompanyMark = true, MarkDone
	return s.proceed()
}

func (s State) recordFound(ev RecordFound) (State, []Effect) {
	if s.Step != StepCheck {
		return s, nil
	}
	s = s.heard()
	if ev.Fault.Failed() {
		return s.fail(ev.Fault)
	}
	s.Check.looked, s.Check.Stored, s.Check.Others = true, ev.Stored, ev.Others
	if s.inStore = absent; ev.Stored.SameKey {
		s.inStore = present
	}
	return s.proceed()
}

// reliedOn returns what the key in hand must be able to do, whether it was asked for or not: a service relies on what
// the key in use can do. There is nothing to compare if that is the same key, if it was compared before it was
// confirmed, or if Pleo does not describe it. Where surplus permissions are refused, no service may need them.
func (s State) reliedOn() []pleoclient.Scope {
	stored := s.Check.Stored
	if stored.SameKey && !stored.Unconfirmed || s.Check.Permissions == MarkUnknown {
		return nil
	}
	if s.Integration.RefuseSurplus {
		return held(s.Integration.Scopes(), stored.InUse.Scopes)
	}
	return stored.InUse.Scopes
}

// held returns those of wanted that granted holds.
func held(wanted, granted []pleoclient.Scope) []pleoclient.Scope {
	return slices.DeleteFunc(slices.Clone(wanted), func(scope pleoclient.Scope) bool {
		return len(pleoclient.MissingScopes([]pleoclient.Scope{scope}, granted)) > 0
	})
}

// compare is Compare for the key in hand. If only optional permissions are lost, a person may accept that, or has
// accepted it.
func (s State) compare() (kind Kind, lost []Permission) {
	kind, scopes := Compare(s.wanted(), s.Check.Company.ID, s.reliedOn(), s.Check.Scopes)
	required := false
	for _, scope := range scopes {
		lost = append(lost, s.Integration.permission(scope))
		required = required || !s.Integration.optional(scope)
	}
	if kind == KindFewerPermissions && !required && (!s.Unattended || s.AcceptFewer) {
		kind = ""
	}
	return kind, lost
}

// judgement returns what the answers received so far say about the key: a fault; or that it passed, when all four are
// in and none speaks against it; or neither, while one that matters is outstanding. A refusal to read the name counts
// only if introspect accepted the key, which is why all are awaited.
func (s State) judgement() (fault Fault, passed bool) {
	c := s.Check
	_, plausible := c.installations.Of(c.Company.ID)
	differs, _ := s.compare()
	switch {
	case !c.introspected || !c.found: // only both together say whose key it is
		return Fault{}, false
	case c.Company.ID == "" && c.barred.Failed():
		return c.barred, false
	case c.Company.ID == "":
		return Fault{Kind: pleoclient.KindUnexpected, Detail: pleoclient.Safe(s.words().NoCompany.String())}, false
	case !plausible:
		return Fault{Kind: pleoclient.KindUnexpected, Detail: pleoclient.Safe(s.words().NotOneOfOurs.String())}, false
	case !c.named || !c.looked:
		return Fault{}, false
	case differs != "":
		return Fault{Kind: differs}, false
	case (s.Unattended || s.Reconnect != nil || s.Integration.RefuseSurplus) && c.Permissions == MarkUnknown:
		return Fault{Kind: KindPermissionsUnknown}, false
	}
	return Fault{}, true
}

// proceed applies the judgement.
func (s State) proceed() (State, []Effect) {
	c := &s.Check
	if c.introspected && c.found && !c.barred.Failed() {
		c.Accepted = MarkDone // also when only the second question was answered in full
	}
	fault, passed := s.judgement()
	switch {
	case fault.Failed():
		if fault.Kind == KindFewerPermissions {
			_, c.Missing = s.compare()
		}
		return s.fail(fault)
	case !passed:
		return s, nil
	}
	c.Installation, _ = c.installations.Of(c.Company.ID)
	if c.Company.Name.IsZero() { // a name that was read before is better than none
		c.Company.Name = c.Stored.Name
	}
	_, c.Lost = s.compare()
	s.validated, s.waits = true, 0
	s, _ = s.ask()
	s.Step = StepConfirm
	if !s.Notice.Bad { // what was received was told on Check
		s.Notice = Notice{}
	}
	asks := c.Permissions != MarkDone || len(c.Lost) > 0 && !s.Unattended
	if s.expected != "" && !asks { // the caller named it, and nothing else needs a person
		return s.confirm()
	}
	return s, nil
}
