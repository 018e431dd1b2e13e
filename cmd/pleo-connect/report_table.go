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
	companyColumns      = 24
	idColumns           = 8 // the beginning of a company ID, which commands take for all of it
	integrationColumns  = 20
	stateColumns        = 21
	lastAcceptedColumns = 17 // the longest date; only in wide windows

	columnGap  = "  "
	tableWidth = companyColumns + idColumns + integrationColumns + stateColumns + 3*len(columnGap)
	wideTable  = tableWidth + lastAcceptedColumns + len(columnGap)
)

// arrange chooses how connections are printed. One connection alone is printed in full, and so are those of a company
// that was named, and all in a window that is too narrow for a table.
func (p *report) arrange(connections int) {
	columns := p.console.Columns()
	p.table = connections > 1 && columns >= tableWidth
	p.wide = p.table && columns >= wideTable
}

// row returns a record as a row of the table, with what is remarkable below it.
func (p *report) row(r store.Record, v *engine.Verdict) []string {
	var out []string
	if p.shown == 0 {
		label := &p.book.Report.Label
		state := label.LastState
		if p.checking {
			state = label.State
		}
		out = append(out, p.cells(label.Company.String(), label.ID.String(), label.Integration.String(),
			"  "+state.String(), label.LastAccepted.String()))
	}
	mark, state := p.standing(r, v)
	name := cmp.Or(engine.CompanyOf(r).Name.String(), r.CompanyID)
	id := ansi.Truncate(r.CompanyID, idColumns, "")
	standing := p.console.Mark(mark) + " " + state.String()
	out = append(out, p.cells(name, id, p.integrationCell(r), standing, p.dateCell(r)))
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

// dateCell returns the day on which Pleo last accepted a key, as far as it is known.
func (p *report) dateCell(r store.Record) string {
	say := &p.book.Report.Status
	switch {
	case r.ValidatedAt.IsZero():
		return say.Never.String()
	case engine.FromFuture(r, time.Now()):
		return say.Unknown.String()
	}
	return p.book.Date(r.ValidatedAt)
}

// cells returns the cells of a row, each cut or padded to the width of its column.
func (p *report) cells(company, id, integration, state, lastAccepted string) string {
	out := []string{
		fit(company, companyColumns), fit(id, idColumns), fit(integration, integrationColumns), fit(state, stateColumns),
	}
	if p.wide {
		out = append(out, lastAccepted)
	}
	return strings.TrimRight(strings.Join(out, columnGap), " ")
}

// fit cuts or pads a text to a width in columns.
func fit(text string, width int) string {
	text = ansi.Truncate(text, width, "…")
	return text + strings.Repeat(" ", width-ansi.StringWidth(text))
}

// standing returns how far a connection has come: as the record says, or as Pleo has just said. Without an answer of
// Pleo, all that is known is what it was when there was one; the text takes its date.
func (p *report) standing(r store.Record, v *engine.Verdict) (flow.Mark, flow.Text) {
	say, mark := &p.book.Report.Standing, flow.MarkDone
	if engine.FromFuture(r, time.Now()) || p.old(r) || len(p.remarks(r, v)) > 0 {
		mark = flow.MarkWarning
	}
	switch {
	case r.Unconfirmed:
		return flow.MarkWarning, say.Unconfirmed
	case v != nil && v.Kind != "":
		return p.judged(v)
	case r.Status == store.StatusPending:
		return flow.MarkWarning, say.Pending
	case v != nil:
		return mark, p.book.Report.Verdict.Accepted
	case r.RejectedAt.IsZero():
		return mark, say.Active
	case r.Rejection == store.RejectedDenied:
		return flow.MarkFailed, say.Denied
	}
	return flow.MarkFailed, say.Rejected
}

// judged returns the standing that Pleo has just told, unless it accepts the key as it is saved.
func (p *report) judged(v *engine.Verdict) (flow.Mark, flow.Text) {
	said, say := &p.book.Report.Verdict, &p.book.Report.Standing
	switch v.Kind {
	case pleoclient.KindKeyRejected:
		return flow.MarkFailed, said.Rejected
	case pleoclient.KindForbidden:
		return flow.MarkFailed, said.Denied
	case flow.KindFewerPermissions:
		return flow.MarkFailed, say.Fewer
	case flow.KindOtherCompany:
		return flow.MarkFailed, say.OtherCompany
	case flow.KindConflict:
		return flow.MarkUnknown, say.Changed
	case pleoclient.KindKeyMalformed, pleoclient.KindNotAKey:
		return flow.MarkFailed, say.NotAKey
	}
	return flow.MarkUnknown, say.NoAnswer
}
