package engine

import (
	"strings"
	"time"

	"pleo-connect/cmd/internal/integration"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// Verdict is the result of asking Pleo about a stored key. Without a fault, Pleo accepts the key as it is stored.
type Verdict struct {
	flow.Fault
	Origin     string             // the address that was asked
	unanswered bool               // no answer came, or only a rate limit
	quiet      bool               // nothing was asked: too many requests before it were unanswered
	lost       []pleoclient.Scope // with KindFewerPermissions: what the key could do when it was stored
	scopes     []pleoclient.Scope // what it may do now; nil if Pleo did not say
	other      pleoclient.CompanyID
	At         time.Time // when Pleo was asked; zero if it was not
}

// judge compares Pleo's answer about an accepted key with what is stored. Pleo need not name a company.
func judge(r store.Record, owner pleoclient.Owner, scopes []pleoclient.Scope) Verdict {
	want := CompanyOf(r).ID
	if owner == (pleoclient.Owner{}) {
		owner.Company = want
	}
	kind, lost := flow.Compare(want, owner.Company, parseScopes(r.Scopes), scopes)
	return Verdict{Fault: flow.Fault{Kind: kind}, lost: lost, scopes: scopes, other: owner.Company}
}

// Canceled reports whether the caller left before there was an answer.
func (v Verdict) Canceled() bool { return v.Kind == pleoclient.KindCanceled }

// Accepted reports whether Pleo was asked, and knows the key as one of this company.
func (v *Verdict) Accepted() bool { return v != nil && v.accepted() }

func (v Verdict) accepted() bool { return v.Kind == "" || v.Kind == flow.KindFewerPermissions }

// rejection returns how a record is marked, or "".
func (v Verdict) rejection() string { return answers.Get(v.Kind).mark }

// Class returns the class of the fault, or 0 if there is none.
func (v Verdict) Class() flow.Class { return flow.ClassOf(v.Kind) }

// Surplus returns what the key of a record may do that was not asked for, according to Pleo now, or as it was when the
// key was connected.
func Surplus(r store.Record, v *Verdict) []pleoclient.Scope {
	requested := integration.OfRecord(r).Scopes()
	if len(requested) == 0 { // what was requested is not recorded
		return nil
	}
	scopes := parseScopes(r.Scopes)
	if v.Accepted() && v.scopes != nil {
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

// Words returns the verdict for people: what Pleo said, the line about the key if there was no answer, and what to do.
// The consequences of a rejection are in a warning of the record.
func (v Verdict) Words(b *flow.Book, r store.Record) flow.Explanation {
	said := &b.Report.Verdict
	about := aboutRecord(b, r)
	about.Company, about.Scopes = string(v.other), strings.Join(scopeNames(v.lost), ", ")
	explain := func(w flow.Words) flow.Explanation {
		return flow.Explanation{Summary: w.Headline.Fill(about), Hint: w.Next.Fill(about)}
	}
	switch v.Kind {
	case "":
		return flow.Explanation{Summary: said.Accepted.Fill(about)}
	case flow.KindFewerPermissions:
		return explain(said.Fewer)
	case flow.KindOtherCompany:
		if v.other == "" {
			return explain(said.NoCompany)
		}
		return explain(said.OtherCompany)
	case flow.KindConflict:
		return explain(said.Changed)
	case pleoclient.KindKeyRejected:
		return flow.Explanation{Summary: said.Rejected.Fill(about)}
	case pleoclient.KindForbidden:
		return flow.Explanation{Summary: said.Denied.Fill(about)}
	case pleoclient.KindKeyMalformed, pleoclient.KindNotAKey:
		return explain(said.NotAKey)
	}
	why := unlessMarked(r, b.Stored(v.Fault, integration.OfRecord(r), v.Origin))
	about.Detail = why.Summary
	switch {
	case v.quiet && v.RetryAfter > 0:
		why.Summary = said.NotChecked.Fill(about)
	case v.quiet:
		why.Summary = said.Quiet.Fill(about)
	}
	return why
}

// unlessMarked removes the line about the key of a record that Pleo turned down before: its warning says more.
func unlessMarked(r store.Record, why flow.Explanation) flow.Explanation {
	if !r.RejectedAt.IsZero() {
		why.Key, why.Note, why.About = flow.KeyUnsaid, "", ""
	}
	return why
}

// quietHour is how old a date must be before the same verdict replaces it: a check every few minutes need not write
// every time.
const quietHour = time.Hour

// marked returns the record as the verdict leaves it, and whether that is worth a save. An older copy that was put back
// is saved again regardless of its date: Pleo has decided about it, and the warning ends.
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

// since reports whether last is too long ago, or in the future because a clock was wrong.
func (v Verdict) since(last time.Time) bool {
	age := v.At.Sub(last)
	return age >= quietHour || age < -clockSlack
}
