package main

import (
	"context"
	"errors"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// pleoOutcome is what became of the installation in Pleo.
type pleoOutcome string

// The outcomes in Pleo.
const (
	pleoRemoved  pleoOutcome = "removed"
	pleoAbsent   pleoOutcome = "absent"   // nothing was installed any more
	pleoRejected pleoOutcome = "rejected" // Pleo does not accept this key, so nothing could be removed with it
	pleoKept     pleoOutcome = "kept"
	pleoOpen     pleoOutcome = "unknown" // the request may have arrived, and no answer came
)

// storeOutcome is what became of the record.
type storeOutcome string

// The outcomes in the store.
const (
	storeRemoved storeOutcome = "removed"
	storeKept    storeOutcome = "kept"
)

// removal is the end of a disconnect.
type removal struct {
	pleo    pleoOutcome
	store   storeOutcome
	failure *flow.Failure // nil: both are gone
}

// disconnect asks Pleo first, because that needs the key. Only when Pleo has nothing left that the key could remove,
// the record goes.
func disconnect(ctx context.Context, client *pleoclient.Client, places store.Config, r store.Record) removal {
	key, ok := r.Usable()
	if !ok {
		key = r.Key // never active, but Pleo may have installed something
	}
	existed, err := client.DeleteInstallation(ctx, key)
	out := removal{pleo: pleoOutcomeOf(existed, err), store: storeKept}
	switch out.pleo {
	case pleoKept, pleoOpen:
		out.failure = notRemoved(ctx, client, key, err)
		return out
	case pleoRejected:
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
	out.store = storeRemoved
	return out
}

func pleoOutcomeOf(existed bool, err error) pleoOutcome {
	switch pleoclient.KindOf(err) {
	case pleoclient.KindKeyRejected:
		return pleoRejected
	case pleoclient.KindTimeout, pleoclient.KindOffline, pleoclient.KindCanceled:
		return pleoOpen
	}
	switch {
	case err != nil:
		return pleoKept
	case existed:
		return pleoRemoved
	}
	return pleoAbsent
}

// notRemoved says why Pleo still has the installation, or may have it.
func notRemoved(ctx context.Context, client *pleoclient.Client, key pleoclient.Key, err error) *flow.Failure {
	var stopped signalled
	if errors.As(context.Cause(ctx), &stopped) {
		return interrupted(stopped.Error(), "the key is kept: run it again to finish")
	}
	fault := faultOf(err)
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
func stillHere(pleo pleoOutcome, err error) *flow.Failure {
	done := "removed in Pleo"
	switch pleo {
	case pleoAbsent:
		done = "gone in Pleo already"
	case pleoRejected:
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
	why := storeFailure(err)
	return &flow.Failure{
		Kind:    why.Kind,
		Summary: done + "; still here: " + why.Summary,
		Hint:    why.Hint + "; then run this again to finish",
	}
}

// text returns both outcomes for people, one line each, and what is left to do.
func (r removal) text() string {
	text := r.pleo.text()
	if r.store == storeKept {
		return text + "here: the key is still saved\n"
	}
	text += "here: the key is removed (disks and backups may keep traces of its file)\n"
	if r.pleo == pleoRejected {
		return text // where to look is the hint of the failure
	}
	return text + "\nOne thing is left: delete the key itself in Pleo, under Settings > API Keys\n"
}

func (o pleoOutcome) text() string {
	switch o {
	case pleoRemoved:
		return "Pleo: the installation is removed\n"
	case pleoAbsent:
		return "Pleo: nothing was installed any more\n"
	case pleoRejected:
		return "Pleo: not told, because it rejects the stored key\n"
	case pleoKept:
		return "Pleo: the installation is not removed\n"
	}
	return "Pleo: no answer, so the installation may be removed or not\n"
}
