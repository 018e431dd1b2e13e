package engine

import (
	"time"

	"pleo-connect/cmd/internal/integration"
	"pleo-connect/flow"
	"pleo-connect/store"
)

// clockSlack is how far ahead a saved date may be: clocks are corrected all the time.
const clockSlack = time.Minute

// FromFuture reports whether the time when Pleo last accepted a key is unknown: the clock of this computer was ahead
// when it was recorded, or is behind now.
func FromFuture(r store.Record, now time.Time) bool { return r.ValidatedAt.Sub(now) > clockSlack }

// Exposed reports whether a record was saved without the identity that is named now, so that it is not sealed as others
// are.
func Exposed(b *flow.Book, r store.Record) bool { return r.Readable && b.Engine.Sealed }

// Warnings returns what a person should know about a record before relying on it, one sentence each.
func Warnings(b *flow.Book, r store.Record) []string {
	if !r.FromPrevious && !r.RolledBack && r.RejectedAt.IsZero() {
		return nil
	}
	said, v := &b.Report.Warning, aboutRecord(b, r)
	var out []string
	if r.FromPrevious {
		out = append(out, said.FromPrevious.Fill(v))
	}
	if r.RolledBack {
		v.Date = b.Day(r.NewerSeenAt)
		out = append(out, said.RolledBack.Fill(v))
	}
	v.Date = b.Day(r.RejectedAt)
	switch {
	case r.RejectedAt.IsZero():
	case r.Rejection == store.RejectedDenied:
		out = append(out, said.Denied.Fill(v))
	default:
		out = append(out, said.Rejected.Fill(v))
	}
	return out
}

// aboutRecord returns the values for sentences about a record.
func aboutRecord(b *flow.Book, r store.Record) flow.Values {
	i := integration.OfRecord(r)
	return flow.Values{
		Company: r.CompanyID, Integration: r.Integration.ID, Environment: r.Env, Path: r.File,
		Name: i.Name, Vendor: b.VendorOf(i), Program: b.Program, Arguments: ConnectionOf(r.Ref()).Arguments(),
	}
}
