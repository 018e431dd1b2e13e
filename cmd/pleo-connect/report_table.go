package main

import (
	"cmp"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// The columns of the table of status. Their widths are fixed, because each row is printed before the next is read.
const (
	companyColumns     = 24
	integrationColumns = 20
	stateColumns       = 31 // a state with the longest date
	fingerprintColumns = 15 // only in wide windows

	columnGap  = "  "
	tableWidth = companyColumns + integrationColumns + stateColumns + 2*len(columnGap)
	wideTable  = tableWidth + fingerprintColumns + len(columnGap)
)

// fitsTable reports whether connections are printed as a table. One connection alone is printed in full, and so are
// all in a window that is too narrow.
func (p *report) fitsTable(connections int) bool {
	return connections > 1 && p.console.Columns() >= tableWidth
}

// row returns a record as a row of the table, with what is remarkable below it.
func (p *report) row(r store.Record, v *engine.Verdict) []string {
	var out []string
	if p.shown == 0 {
		label := &p.book.Report.Label
		out = append(out, p.cells(
			label.Company.String(), label.Integration.String(), "  "+label.State.String(), label.Fingerprint.String()))
	}
	mark, state := p.standing(r, v)
	name := cmp.Or(engine.CompanyOf(r).Name.String(), r.CompanyID)
	out = append(out, p.cells(name, p.integrationCell(r), p.console.Mark(mark)+" "+state, r.Fingerprint))
	const dent = "    "
	if p.old(r) || engine.FromFuture(r, time.Now()) {
		lead := dent + p.book.Report.Label.LastAccepted.String() + columnGap
		out = append(out, console.Hang(p.book, p.console.Width(), lead, p.lastAccepted(r))...)
	}
	remarks := p.remarks(r, v)
	switch {
	case v == nil, v.Kind == "", v.Kind == pleoclient.KindKeyRejected, v.Kind == pleoclient.KindForbidden:
		// all is said
	default:
		remarks = append([]string{p.checked(r, *v)}, remarks...)
	}
	for _, text := range remarks {
		out = append(out, console.Hang(p.book, p.console.Width(), dent, text)...)
	}
	return out
}

// integrationCell returns the id of an integration. Only a connection that is not in production says where it is.
func (p *report) integrationCell(r store.Record) string {
	if r.Env == flow.Production {
		return r.Integration.ID
	}
	id := ansi.Truncate(r.Integration.ID, integrationColumns-len(r.Env)-len(" ()"), "…")
	return p.book.Integration(id, r.Env)
}

// cells returns the cells of a row, each cut or padded to the width of its column.
func (p *report) cells(company, integration, state, fingerprint string) string {
	out := fit(company, companyColumns) + columnGap + fit(integration, integrationColumns) + columnGap
	if p.console.Columns() < wideTable {
		return strings.TrimRight(out+state, " ")
	}
	return out + fit(state, stateColumns) + columnGap + fingerprint
}

// fit cuts or pads a text to a width in columns.
func fit(text string, width int) string {
	text = ansi.Truncate(text, width, "…")
	return text + strings.Repeat(" ", width-ansi.StringWidth(text))
}

// standing returns how far a connection has come: as the record says, or as Pleo has just said. Without an answer of
// Pleo, all that is known is when there was one.
func (p *report) standing(r store.Record, v *engine.Verdict) (flow.Mark, string) {
	say, at, mark := &p.book.Report.Standing, flow.Values{}, flow.MarkDone
	future := engine.FromFuture(r, time.Now())
	if future || p.old(r) || len(p.remarks(r, v)) > 0 {
		mark = flow.MarkWarning
	}
	switch {
	case r.Unconfirmed:
		return flow.MarkWarning, say.Unconfirmed.String()
	case v != nil && v.Kind != "":
		return p.judged(v)
	case r.Status == store.StatusPending:
		return flow.MarkWarning, say.Pending.String()
	case v != nil:
		return mark, p.book.Report.Verdict.Accepted.String()
	case !r.RejectedAt.IsZero():
		at.Date = p.book.Date(r.RejectedAt)
		text := say.Rejected
		if r.Rejection == store.RejectedDenied {
			text = say.Denied
		}
		return flow.MarkFailed, text.Fill(at)
	case !future && !r.ValidatedAt.IsZero():
		at.Date = p.book.Date(r.ValidatedAt)
	}
	return mark, say.Active.Fill(at)
}

// judged returns the standing that Pleo has just told, unless it accepts the key as it is saved.
func (p *report) judged(v *engine.Verdict) (flow.Mark, string) {
	said, say := &p.book.Report.Verdict, &p.book.Report.Standing
	switch v.Kind {
	case pleoclient.KindKeyRejected:
		return flow.MarkFailed, said.Rejected.String()
	case pleoclient.KindForbidden:
		return flow.MarkFailed, said.Denied.String()
	case flow.KindFewerPermissions:
		return flow.MarkFailed, say.Fewer.String()
	case flow.KindOtherCompany:
		return flow.MarkFailed, say.OtherCompany.String()
	case flow.KindConflict:
		return flow.MarkUnknown, say.Changed.String()
	case pleoclient.KindKeyMalformed, pleoclient.KindNotAKey:
		return flow.MarkFailed, say.NotAKey.String()
	}
	return flow.MarkUnknown, say.NoAnswer.String()
}
