package engine

import (
	"context"
	"errors"

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
	PleoAbsent   PleoOutcome = "absent"   // Pleo itself says that nothing was installed any more
	PleoRejected PleoOutcome = "rejected" // Pleo does not accept this key, so nothing can be removed with it
	PleoKept     PleoOutcome = "kept"
	PleoOpen     PleoOutcome = "unknown"   // Pleo did not say: no answer, none of its own, or one that proves nothing
	PleoNotAsked PleoOutcome = "not_asked" // only the record was to go
)

// StoreOutcome is what became of the record.
type StoreOutcome string

// The outcomes in the store.
const (
	StoreRemoved StoreOutcome = "removed"
	StoreKept    StoreOutcome = "kept"
	StoreAbsent  StoreOutcome = "absent" // it was lost before, and is not missed any more
)

// Disconnected is how a disconnect ended.
type Disconnected struct {
	Pleo    PleoOutcome
	Store   StoreOutcome
	Failure *flow.Failure // nil: what was to go is gone
}

// Disconnect asks Pleo first, because that needs the key. The record, which may hold the only copy of the key, goes
// only when Pleo itself says that nothing is installed any more. Pleo is not asked about a key that nobody confirmed:
// nothing was installed with it.
func (x Engine) Disconnect(ctx context.Context, r store.Record) Disconnected {
	confirmed, ok := r.Confirmed()
	if !ok {
		return x.forget(r, PleoNotAsked)
	}
	key, ok := confirmed.Usable()
	if !ok {
		key = confirmed.Key // never active, but Pleo may have installed something
	}
	pleo, err := x.removeInstallation(ctx, confirmed, key)
	if err != nil {
		return Disconnected{pleo, StoreKept, x.notRemoved(ctx, confirmed, key, pleo, err)}
	}
	return x.forget(r, pleo)
}

// Forget removes the record alone. Pleo is not asked, and keeps what it has. A record of no generation was lost: it is
// not reported as that any more.
func (x Engine) Forget(r store.Record) Disconnected { return x.forget(r, PleoNotAsked) }

func (x Engine) forget(r store.Record, pleo PleoOutcome) Disconnected {
	if err := x.Store.Forget(r.Ref(), r.Generation); err != nil {
		return Disconnected{pleo, StoreKept, stillHere(pleo, err)}
	}
	if r.Generation == 0 {
		return Disconnected{pleo, StoreAbsent, nil}
	}
	return Disconnected{pleo, StoreRemoved, nil}
}

// removeInstallation has Pleo remove the installation. Without an error, none is there any more.
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

// errNotProven is about answers that may be right, and do not add up to a proof.
var errNotProven error = &pleoclient.Error{Kind: pleoclient.KindUnexpected}

// proveAbsent returns nil when Pleo knows the key as one of the company, and says that nothing is installed there. "Not
// found" alone is no proof: a gateway that does not reach Pleo says that too, of every path.
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
	a, known := answers[fault.Kind]
	if !known || fault.Kind == pleoclient.KindPleoTrouble && !fault.Detail.IsZero() { // which Pleo may not have sent
		return PleoOpen
	}
	return a.pleo
}

// notRemoved says why Pleo still has the installation, or may have it.
func (x Engine) notRemoved(
	ctx context.Context, r store.Record, key pleoclient.Key, pleo PleoOutcome, err error,
) *flow.Failure {
	if cause := context.Cause(ctx); cause != nil {
		return &flow.Failure{
			Kind: flow.KindInterrupted, Summary: cause.Error(), Hint: "the key is kept: run it again to finish",
		}
	}
	fault := faultOf(err)
	why := flow.ExplainStored(fault, integration.OfRecord(r), x.Client.Origin(), key)
	byHand := "disconnect " + integration.OfRecord(r).Name + " in Pleo under Settings > Accounting, then run " +
		ConnectionOf(r.Ref()).ForgetCommand()
	switch {
	case errors.Is(err, errNotProven):
		why.Summary = "Pleo's answers don't prove that it was disconnected, so the key is kept"
		why.Hint = "this says nothing about the key, which is saved: run this again; if it stays, " + byHand
	case fault.Kind == pleoclient.KindKeyRejected && pleo == PleoOpen:
		why.Summary = "Pleo rejects the stored key, so nothing proves that it was disconnected; the key is kept"
		why.Hint = byHand
	case fault.Kind == pleoclient.KindKeyRejected:
		why.Summary = "Pleo rejects the stored key, so the installation was not removed; the key is kept"
		why.Hint = byHand
	case fault.Kind == pleoclient.KindForbidden:
		why.Summary, why.Hint = "Pleo refused to remove the installation; the key is kept", byHand
	case fault.Kind == pleoclient.KindIntercepted:
		why.Hint += "; if that is not possible, " + byHand
	}
	return why.Failure(fault.Kind)
}

// stillHere says why the record was not removed although nothing is left to do in Pleo.
func stillHere(pleo PleoOutcome, err error) *flow.Failure {
	done := map[PleoOutcome]string{
		PleoRemoved: "removed in Pleo; ", PleoAbsent: "gone in Pleo already; ",
	}[pleo]
	var conflict *store.ConflictError
	if errors.As(err, &conflict) {
		return &flow.Failure{
			Kind:    flow.KindConflict,
			Summary: done + "still here: somebody else changed this connection meanwhile, " + Changed(conflict),
			Hint:    "look at it with pleo-connect status; if it should go, run this again",
		}
	}
	why := StoreFailure(err)
	return &flow.Failure{
		Kind:    why.Kind,
		Summary: done + "still here: " + why.Summary,
		Hint:    why.Hint + "; then run this again to finish",
	}
}
