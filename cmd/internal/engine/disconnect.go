package engine

import (
	"context"
	"errors"
	"fmt"

	"pleo-connect/cmd/internal/integration"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// PleoOutcome is what became of the installation in Pleo.
type PleoOutcome string

// The outcomes in Pleo.
const (
	PleoRemoved  PleoOutcome = "removed"
	PleoAbsent   PleoOutcome = "absent"   // Pleo itself reports that nothing is installed any more
	PleoRejected PleoOutcome = "rejected" // Pleo does not accept this key, so nothing can be removed with it
	PleoKept     PleoOutcome = "kept"
	PleoOpen     PleoOutcome = "unknown"   // Pleo did not say: no answer, not its own, or one that proves nothing
	PleoNotAsked PleoOutcome = "not_asked" // only the record was to be removed
)

// StoreOutcome is what became of the record.
type StoreOutcome string

// The outcomes in the store.
const (
	StoreRemoved StoreOutcome = "removed"
	StoreKept    StoreOutcome = "kept"
	StoreAbsent  StoreOutcome = "absent"  // it was lost before, and is no longer missed
	StoreUnknown StoreOutcome = "unknown" // an engine did not confirm the removal
)

// Disconnected is how a disconnect ended.
type Disconnected struct {
	Pleo    PleoOutcome
	Store   StoreOutcome
	Failure *flow.Failure // nil if everything that was to be removed is gone
}

// Disconnect asks Pleo first, because that needs the key. The record, which may hold the only copy of the key, is
// removed only if Pleo itself reports that nothing is installed any more. Pleo is not asked about a key that is not
// confirmed: nothing was installed with it.
func (x Engine) Disconnect(ctx context.Context, r store.Record) Disconnected {
	confirmed, ok := r.Confirmed()
	if !ok {
		return x.forget(ctx, r, PleoNotAsked)
	}
	key, ok := confirmed.Usable()
	if !ok {
		key = confirmed.Key // never active, but Pleo may have installed something
	}
	pleo, err := x.removeInstallation(ctx, confirmed, key)
	if err != nil {
		return Disconnected{pleo, StoreKept, x.notRemoved(ctx, confirmed, pleo, err)}
	}
	return x.forget(ctx, r, pleo)
}

// Forget removes only the record. Pleo is not asked, and keeps what it has. A record without a generation was lost, and
// is no longer reported as lost.
func (x Engine) Forget(ctx context.Context, r store.Record) Disconnected {
	return x.forget(ctx, r, PleoNotAsked)
}

// forget removes the record. A wait for an engine ends with ctx: then the run was interrupted, whatever it waited for.
func (x Engine) forget(ctx context.Context, r store.Record, pleo PleoOutcome) Disconnected {
	if err := x.Store.Forget(r.Ref(), r.Generation); err != nil {
		fault, cause := faultOf(err), context.Cause(ctx)
		switch {
		case fault.Kind == flow.KindEngineUncertain:
			why := x.mayBeHere(fault)
			if cause != nil {
				why.Kind = flow.KindInterrupted
			}
			return Disconnected{pleo, StoreUnknown, why}
		case cause != nil:
			return Disconnected{pleo, StoreKept, x.stopped(cause)}
		}
		return Disconnected{pleo, StoreKept, x.stillHere(r, err)}
	}
	if r.Generation == 0 {
		return Disconnected{pleo, StoreAbsent, nil}
	}
	return Disconnected{pleo, StoreRemoved, nil}
}

// removeInstallation has Pleo remove the installation. If the error is nil, none is left.
func (x Engine) removeInstallation(
	ctx context.Context, r store.Record, key pleoclient.Key,
) (PleoOutcome, error) {
	existed, err := x.Client.DeleteInstallation(ctx, key)
	switch {
	case err != nil:
		return outcomeOf(err), err
	case existed:
		return PleoRemoved, nil
	}
	if err := x.proveAbsent(ctx, CompanyOf(r).ID, key); err != nil {
		return PleoOpen, err
	}
	return PleoAbsent, nil
}

// errNotProven is the error of answers that may be right, and together do not prove anything.
var errNotProven error = &pleoclient.Error{Kind: pleoclient.KindUnexpected}

// proveAbsent returns nil if Pleo knows the key as one of the company, and reports that nothing is installed there.
// "Not found" alone is not a proof: a gateway that does not reach Pleo answers that too, for every path.
func (x Engine) proveAbsent(ctx context.Context, company pleoclient.CompanyID, key pleoclient.Key) error {
	who, err := x.Client.Introspect(ctx, key)
	var installed pleoclient.Installations
	if err == nil {
		installed, err = x.Client.Installations(ctx, key)
	}
	ours, plausible := installed.Of(company)
	switch {
	case flow.Undescribed(pleoclient.KindOf(err)):
		return errNotProven
	case err != nil:
		return err
	case !who.IsAPIKey(), who.Owner.Company != company, ours.Exists(), !plausible:
		return errNotProven
	}
	return nil
}

func outcomeOf(err error) PleoOutcome {
	fault := faultOf(err)
	a, known := answers.Find(fault.Kind)
	if !known || fault.Kind == pleoclient.KindPleoTrouble && fault.Cause.Reason != "" { // which Pleo may not have sent
		return PleoOpen
	}
	return a.pleo
}

// disconnectRows are the rows for kinds about which a disconnect says more than that something failed.
func disconnectRows() map[flow.Kind]flow.Kind {
	return map[flow.Kind]flow.Kind{
		pleoclient.KindKeyRejected: flow.DisconnectRejected,
		pleoclient.KindForbidden:   flow.DisconnectDenied,
		pleoclient.KindIntercepted: flow.DisconnectBlocked,
	}
}

// notRemoved returns why Pleo still has the installation, or may have it.
func (x Engine) notRemoved(
	ctx context.Context, r store.Record, pleo PleoOutcome, err error,
) *flow.Failure {
	book := x.Setup.Book()
	if cause := context.Cause(ctx); cause != nil {
		return x.stopped(cause)
	}
	fault := faultOf(err)
	if row, ok := disconnectRows()[fault.Kind]; ok {
		fault.Row = row
	}
	switch {
	case errors.Is(err, errNotProven):
		fault.Row = flow.DisconnectUnproven
	case fault.Kind == pleoclient.KindKeyRejected && pleo == PleoOpen:
		fault.Row = flow.DisconnectRejectedUnproven
	}
	fault = fault.With(func(v *flow.Values) { v.Arguments = ConnectionOf(r.Ref()).Arguments() })
	why := book.Stored(fault, integration.OfRecord(r), x.Client.Origin())
	return unlessMarked(r, why).Failure(fault.Kind)
}

// stopped returns the failure of a run that was told to end before the record was removed.
func (x Engine) stopped(cause error) *flow.Failure {
	return x.Setup.Book().Failure(flow.NewFault(flow.DisconnectStopped, flow.Values{Signal: signalOf(cause)}))
}

// signalOf returns the name of the signal that ended a context, or "".
func signalOf(cause error) string {
	var signal fmt.Stringer
	if errors.As(cause, &signal) {
		return signal.String()
	}
	return ""
}

// stillHere returns why the record was not removed although nothing remains to be done in Pleo.
func (x Engine) stillHere(r store.Record, err error) *flow.Failure {
	book := x.Setup.Book()
	var conflict *store.ConflictError
	if errors.As(err, &conflict) {
		about := flow.Values{Arguments: ConnectionOf(r.Ref()).Arguments()}
		if !conflict.ChangedAt.IsZero() {
			about.Date = book.Day(conflict.ChangedAt)
		}
		return book.Failure(flow.NewFault(flow.DisconnectChanged, about))
	}
	why := book.Failure(StoreFault(err))
	return &flow.Failure{
		Kind:    why.Kind,
		Summary: book.Report.Disconnect.NotRemoved.Fill(flow.Values{Detail: why.Summary, Keeper: book.Keeper()}),
		Hint:    why.Hint,
		Also:    book.Report.Disconnect.Again.String(),
	}
}

// mayBeHere returns what is said about a removal that an engine did not confirm.
func (x Engine) mayBeHere(fault flow.Fault) *flow.Failure {
	book := x.Setup.Book()
	fault.Row = flow.EngineRemovalUncertain
	why := book.Failure(fault)
	why.Also = book.Report.Disconnect.Again.String()
	return why
}

// inWords returns an error as the failure of a run, in words.
func inWords(b *flow.Book, err error) *flow.Failure {
	var (
		failure *flow.Failure
		fault   flow.Fault
	)
	switch {
	case errors.As(err, &failure):
		return failure
	case errors.As(err, &fault):
		return b.Failure(fault)
	}
	return b.Failure(faultOf(err))
}
