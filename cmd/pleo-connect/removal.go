package main

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

// Removal is the end of a disconnect.
type Removal struct {
	pleo    PleoOutcome
	store   StoreOutcome
	failure *flow.Failure // nil: both are gone
}

// disconnect asks Pleo first, because that needs the key. Only when Pleo has nothing left that the key could remove,
// the record goes.
func disconnect(ctx context.Context, client *pleoclient.Client, places store.Config, r store.Record) Removal {
	key, ok := r.Usable()
	if !ok {
		key = r.Key // never active, but Pleo may have installed something
	}
	existed, err := client.DeleteInstallation(ctx, key)
	out := Removal{pleo: pleoOutcomeOf(existed, err), store: StoreKept}
	switch out.pleo {
	case PleoKept, PleoOpen:
		out.failure = notRemoved(ctx, client, key, err)
		return out
	case PleoRejected:
		out.failure = &flow.Failure{
			Kind:    pleoclient.KindKeyRejected,
			Summary: "Pleo rejects the stored key, so it could not be told",
			Hint: "look in Pleo whether the integration is still connected (Settings > Accounting) " +
				"and whether the key is still there (Settings > API Keys)",
		}
	}
	if err := forget(places, r); err != nil {
		out.failure = stillHere(out.pleo, err)
		return out
	}
	out.store = StoreRemoved
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
func notRemoved(ctx context.Context, client *pleoclient.Client, key pleoclient.Key, err error) *flow.Failure {
	var stopped signalled
	if errors.As(context.Cause(ctx), &stopped) {
		return interrupted(stopped.Error(), "the key is kept: run it again to finish")
	}
	fault := FaultOf(err)
	why := flow.ExplainStored(fault, client.Origin(), key)
	if fault.Kind == pleoclient.KindForbidden {
		why.Hint = "disconnect it in Pleo under Settings > Accounting, then run this again"
	}
	return why.Failure(fault.Kind)
}

func forget(places store.Config, r store.Record) error {
	st, err := store.Open(places)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	return st.Forget(r.Ref(), r.Generation)
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
			Summary: done + "; still here: somebody else changed this connection meanwhile, " + changed(conflict),
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
