package engine

import (
	"fmt"
	"time"

	"pleo-connect/cmd/internal/integration"
	"pleo-connect/flow"
	"pleo-connect/store"
)

// refusedText says what a 403 comes from, and what to do.
func refusedText(r store.Record) string {
	return "a permission, the company or the entitlement is missing, and Pleo does not tell which; ask " +
		integration.OfRecord(r).VendorName()
}

// FutureText says why a date of acceptance that is yet to come counts as unknown.
const FutureText = "the saved date is in the future; check this computer's clock"

// clockSlack is how far a saved date may be ahead: clocks are put right all the time.
const clockSlack = time.Minute

// FromFuture reports that nobody can tell when Pleo last accepted a key: the clock of this computer was ahead when that
// was written, or is behind now.
func FromFuture(r store.Record, now time.Time) bool { return r.ValidatedAt.Sub(now) > clockSlack }

// Warnings returns what a person should know about a record before relying on it, one sentence each.
func Warnings(r store.Record) []string {
	var out []string
	again := ReconnectCommand(r)
	if r.FromPrevious {
		out = append(out, "the live file is missing or damaged: this is the version before it, and its key may be an "+
			"old one; restore the file from a backup, or run "+again)
	}
	if r.RolledBack {
		out = append(out, fmt.Sprintf("an older copy was put back: generation %d is here, %d was saved on %s; "+
			"if Pleo rejects the key, run %s", r.Generation, r.NewerSeen, flow.Day(r.NewerSeenAt), again))
	}
	switch {
	case r.RejectedAt.IsZero():
	case r.Rejection == store.RejectedRefused:
		out = append(out, "Pleo refused this key on "+flow.Day(r.RejectedAt)+": "+refusedText(r))
	default:
		out = append(out, "Pleo rejected this key on "+flow.Day(r.RejectedAt)+"; for a new one run "+again)
	}
	return out
}
