package engine

import (
	"cmp"
	"iter"
	"time"

	"pleo-connect/cmd/internal/integration"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// maxInspected bounds how many records Review reads because they are there: it starts with 10,000 as with 10. The
// others count as connected: a stale marker hides none.
const maxInspected = 10

// inspectStore proves that the store will take a record, and counts the records in it, those of a large store by their
// names. Only connections of this integration, environment and address can be resumed here.
func (x Engine) inspectStore(e flow.InspectStore) flow.Event {
	out := flow.StoreInspected{
		Answer: e.Answer(), Place: x.short(x.Store.Place()), Protection: x.Protection(),
	}
	seen, err := x.Store.Probe()
	if err != nil {
		about, _ := x.Store.Condition() // for the warning
		seen.Empty, seen.Loss = about.Empty, about.Loss
	}
	out.Warning = pleoclient.SafeUpTo(x.storeWarning(seen), copyRunes)
	if err != nil {
		out.Fault = faultOf(err)
		return out
	}
	all, rest, err := x.inspected(seen)
	if err != nil {
		out.Fault = faultOf(err)
		return out
	}
	var approvedAt time.Time
	for r, err := range all {
		if isLost(err) { // which is warned of already
			continue
		}
		if err != nil {
			b := x.Setup.Book()
			out.Warning = pleoclient.Safe(b.Report.Warning.Unreadable.Fill(flow.Values{Program: b.Program}))
			continue
		}
		if r.Env != x.Setup.Environment() {
			continue
		}
		if r.Integration.ID != x.Setup.Integration.ID {
			out.Others = append(out.Others, candidate(x.Setup.Book(), r))
			continue
		}
		wanted := x.Setup.Company == "" || string(x.Setup.Company) == r.CompanyID
		if c, ok := r.Confirmed(); ok && wanted && len(c.Integration.Permissions) > 0 && !c.ValidatedAt.Before(approvedAt) {
			approvedAt, out.Approved = c.ValidatedAt, new(integration.OfRecord(c))
		}
		switch {
		case r.Origin != x.Setup.Origin:
		case r.Status == store.StatusActive:
			out.Connected++
		case wanted:
			out.Unfinished = &flow.Unfinished{
				Company: CompanyOf(r), Unconfirmed: r.Unconfirmed,
				SavedAt: r.ValidatedAt, Ago: x.Now().Sub(r.ValidatedAt),
			}
		}
	}
	if x.Setup.Company == "" && rest.connected > 0 {
		out.Approved = nil // the newest may be in a record that was not read
	}
	out.Connected += rest.connected
	out.Others = append(out.Others, rest.others...)
	return out
}

// inspected reads the records that Review needs: all of a small store, some of a large one.
func (x Engine) inspected(seen store.Overview) (iter.Seq2[store.Record, error], unread, error) {
	if len(seen.Refs) <= maxInspected {
		all, err := x.Store.List()
		return all, unread{}, err
	}
	some, rest := x.sample(seen.Refs, seen.Pending)
	all, err := x.Store.Records(some)
	return all, rest, err
}

// unread is what is known of records by their names.
type unread struct {
	connected int
	others    []flow.Candidate // of other integrations
}

// sample returns which records of a large store have to be read: that of the company that was named, or else those that
// may be pending and a few more; and as many of other integrations as Review describes.
func (x Engine) sample(refs, pending []store.Ref) (some []store.Ref, rest unread) {
	marked := map[store.Ref]bool{}
	for _, ref := range pending {
		marked[ref] = true
	}
	few, described := 0, 0
	for _, ref := range refs {
		ours := ref.Integration == x.Setup.Integration.ID
		named := ref.CompanyID == string(x.Setup.Company)
		wanted := named || x.Setup.Company == ""
		switch {
		case ref.Env != x.Setup.Environment():
		case ours && (named || wanted && marked[ref]):
			some = append(some, ref)
		case ours && wanted && few < maxInspected:
			few++
			some = append(some, ref)
		case ours:
			rest.connected++
		case wanted && described < flow.MaxOthers:
			described++
			some = append(some, ref)
		default:
			rest.others = append(rest.others, flow.Candidate{Connection: ConnectionOf(ref)})
		}
	}
	return some, rest
}

// storeWarning returns what a person should know before a key goes into the store: first, that connections are missing.
func (x Engine) storeWarning(seen store.Overview) string {
	book := x.Setup.Book()
	if seen.Empty && seen.Loss.Doubt.Any() {
		return book.LossDoubt(DoubtText(book, seen.Loss.Doubt))
	}
	return cmp.Or(book.LossWarning(len(seen.Loss.Lost), seen.Empty), ConcernText(book, x.Store.Concern()),
		exposedText(book, seen))
}

// exposedText says that not all records are sealed as the next one will be, or "".
func exposedText(b *flow.Book, seen store.Overview) string {
	if !seen.Readable || !b.Engine.Sealed {
		return ""
	}
	return b.Report.Warning.Exposed.Fill(flow.Values{Program: b.Program})
}
