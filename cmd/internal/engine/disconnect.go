package engine

import (
	"context"
	"errors"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// PleoOutcome is what became of the installation in Pleo.
type PleoOutcome string

// The outcomes in Pleo.
const (
	PleoRemoved  PleoOutcome = "removed"
	PleoAbsent   PleoOutcome = "absent"   // nothing was installed any more
	PleoRejected PleoOutcome = "rejected" // Pleo does not accept this key, so nothing could be removed with it
	PleoKept     PleoOutcome = "kept"
	PleoOpen     PleoOutcome = "unknown" // the request may have arrived, and no answer came
)

// StoreOutcome is what became of the record.
type StoreOutcome string

// The outcomes in the store.
const (
	StoreRemoved StoreOutcome = "removed"
	StoreKept    StoreOutcome = "kept"
)

// Disconnected is how a disconnect ended.
type Disconnected struct {
	Pleo    PleoOutcome
	Store   StoreOutcome
	Failure *flow.Failure // nil: both are gone
}

// Disconnect asks Pleo first, because that needs the key. Only when Pleo has nothing left that the key could remove,
// the record goes.
func (x Engine) Disconnect(ctx context.Context, r store.Record) Disconnected {
	key, ok := r.Usable()
	if !ok {
		key = r.Key // never active, but Pleo may have installed something
	}
	existed, err := x.Client.DeleteInstallation(ctx, key)
	out := Disconnected{Pleo: pleoOutcomeOf(existed, err), Store: StoreKept}
	switch out.Pleo {
	case PleoKept, PleoOpen:
		out.Failure = x.notRemoved(ctx, key, err)
		return out
	case PleoRejected:
		out.Failure = &flow.Failure{
			Kind:    pleoclient.KindKeyRejected,
			Summary: "Pleo rejects the stored key, so it could not be told",
			Hint: "look in Pleo whether the integration is still connected (Settings > Accounting) " +
				"and whether the key is still there (Settings > API Keys)",
		}
	}
	if err := x.Store.Forget(r.Ref(), r.Generation); err != nil {
		out.Failure = stillHere(out.Pleo, err)
		return out
	}
	out.Store = StoreRemoved
	return out
}

func pleoOutcomeOf(existed bool, err error) PleoOutcome {
	switch pleoclient.KindOf(err) {
	case pleoclient.KindKeyRejected:
		return PleoRejected
	case pleoclient.KindTimeout, pleoclient.KindOffline, pleoclient.KindCanceled:
		return PleoOpen
	}
	switch {
	case err != nil:
		return PleoKept
	case existed:
		return PleoRemoved
	}
	return PleoAbsent
}

// notRemoved says why Pleo still has the installation, or may have it.
func (x Engine) notRemoved(ctx context.Context, key pleoclient.Key, err error) *flow.Failure {
	if cause := context.Cause(ctx); cause != nil {
		return &flow.Failure{
			Kind: flow.KindInterrupted, Summary: cause.Error(), Hint: "the key is kept: run it again to finish",
		}
	}
	fault := faultOf(err)
	why := flow.ExplainStored(fault, x.Client.Origin(), key)
	if fault.Kind == pleoclient.KindForbidden {
		why.Hint = "disconnect it in Pleo under Settings > Accounting, then run this again"
	}
	return why.Failure(fault.Kind)
}

// stillHere says why the record was not removed although Pleo is done.
func stillHere(pleo PleoOutcome, err error) *flow.Failure {
	done := "removed in Pleo"
	switch pleo {
	case PleoAbsent:
		done = "gone in Pleo already"
	case PleoRejected:
		done = "Pleo rejects the key"
	}
	var conflict *store.ConflictError
	if errors.As(err, &conflict) {
		return &flow.Failure{
			Kind:    flow.KindConflict,
			Summary: done + "; still here: somebody else changed this connection meanwhile, " + Changed(conflict),
			Hint:    "look at it with pleo-connect status; if it should go, run this again",
		}
	}
	why := StoreFailure(err)
	return &flow.Failure{
		Kind:    why.Kind,
		Summary: done + "; still here: " + why.Summary,
		Hint:    why.Hint + "; then run this again to finish",
	}
}
