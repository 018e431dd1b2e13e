package engine

import (
	"strings"
	"time"

	"pleo-connect/cmd/internal/integration"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// Verdict is what came of asking Pleo about a stored key. Without a fault, Pleo accepts the key as it is stored.
type Verdict struct {
	flow.Fault
	Origin     string             // the address that was asked
	unanswered bool               // nobody answered, or only with a rate limit
	quiet      bool               // nothing was asked: too many questions before were unanswered
	lost       []pleoclient.Scope // with KindFewerPermissions: what the key could do when it was stored
	scopes     []pleoclient.Scope // what it may do now; nil: Pleo did not say
	other      pleoclient.CompanyID
	At         time.Time // when Pleo was asked; zero: it was not
}

// judge compares what Pleo says about an accepted key with what is stored. Pleo need not name a company.
func judge(r store.Record, owner pleoclient.Owner, scopes []pleoclient.Scope) Verdict {
	want := CompanyOf(r).ID
	if owner == (pleoclient.Owner{}) {
		owner.Company = want
	}
	kind, lost := flow.Compare(want, owner.Company, parseScopes(r.Scopes), scopes)
	return Verdict{Fault: flow.Fault{Kind: kind}, lost: lost, scopes: scopes, other: owner.Company}
}

// Canceled reports that the caller left before there was an answer.
func (v Verdict) Canceled() bool { return v.Kind == pleoclient.KindCanceled }

// accepted reports that Pleo knows the key as one of this company.
func (v Verdict) accepted() bool { return v.Kind == "" || v.Kind == flow.KindFewerPermissions }

// rejection returns how a record is marked, or "".
func (v Verdict) rejection() string { return answers[v.Kind].mark }

// Class returns what the fault is about; without one, 0.
func (v Verdict) Class() flow.Class { return flow.ClassOf(v.Kind) }

// Surplus returns what the key of a record may do that nobody asked for: as Pleo says now, or as it was when the key
// was connected.
func Surplus(r store.Record, v *Verdict) []pleoclient.Scope {
	requested := integration.OfRecord(r).Scopes()
	if len(requested) == 0 { // nobody wrote down what was
		return nil
	}
	scopes := parseScopes(r.Scopes)
	if v != nil && v.accepted() && v.scopes != nil {
		scopes = v.scopes
	}
	return pleoclient.MissingScopes(scopes, requested)
}

// Name is the verdict for scripts: "accepted", or the kind of the problem.
func (v Verdict) Name() string {
	if v.Kind == "" {
		return "accepted"
	}
	return string(v.Kind)
}

// Words is the verdict for people, and what to do about it. What follows from a rejection is a warning of the record.
func (v Verdict) Words(r store.Record) (summary, hint string) {
	switch v.Kind {
	case "":
		return "Pleo accepts the key", ""
	case flow.KindFewerPermissions:
		return "Pleo accepts the key, but took permissions away: " + strings.Join(scopeNames(v.lost), ", "),
			"ask " + integration.OfRecord(r).VendorName() + ", or run " + ReconnectCommand(r)
	case flow.KindOtherCompany:
		summary = "this key belongs to another " + otherOwner(v.other)
		return summary, "to store the right one, run " + ReconnectCommand(r)
	case flow.KindConflict:
		summary = "this connection was changed while Pleo was asked (" + v.Detail.String() + ")"
		return summary + ", so the answer is dropped", "run it again"
	case pleoclient.KindKeyRejected:
		return "Pleo rejects the key", ""
	case pleoclient.KindKeyMalformed, pleoclient.KindNotAKey:
		return "what is stored cannot be a key", "for a new one, run " + ReconnectCommand(r)
	}
	why := flow.ExplainStored(v.Fault, integration.OfRecord(r), v.Origin, r.Key)
	switch {
	case v.rejection() != "":
		why.Hint = ""
	case v.quiet && v.RetryAfter > 0:
		why.Summary = "not asked: " + why.Summary
	case v.quiet:
		why.Summary = "not asked, after too many questions without an answer: " + why.Summary
	}
	return why.Summary, why.Hint
}

func otherOwner(id pleoclient.CompanyID) string {
	if id == "" {
		return "kind of owner than a company"
	}
	return "company, " + string(id)
}

// ReconnectCommand returns the command that gives a connection a new key.
func ReconnectCommand(r store.Record) string { return ConnectionOf(r.Ref()).Command("reconnect") }

// quietHour is how old a date may be before the same verdict replaces it: a check every few minutes need not write
// every time.
const quietHour = time.Hour

// marked returns the record as the verdict leaves it, and whether that is worth a save. An older copy that was put back
// is saved again, whatever its date: Pleo has decided about it, and the warning ends.
func (v Verdict) marked(r store.Record) (next store.Record, save bool) {
	next = r
	switch {
	case v.accepted():
		next.ValidatedAt, next.RejectedAt, next.Rejection = v.At, time.Time{}, ""
		return next, !r.RejectedAt.IsZero() || r.RolledBack || v.since(r.ValidatedAt)
	case v.rejection() != "":
		next.RejectedAt, next.Rejection = v.At, v.rejection()
		return next, r.Rejection != next.Rejection || r.RolledBack || v.since(r.RejectedAt)
	}
	return r, false
}

// since reports that last is too long ago, or in the future of a clock that was wrong.
func (v Verdict) since(last time.Time) bool {
	age := v.At.Sub(last)
	return age >= quietHour || age < -clockSlack
}
