package main

import (
	"context"
	"errors"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// pleoHalf is what became of the installation in Pleo.
type pleoHalf string

// The ends of the first half.
const (
	pleoRemoved  pleoHalf = "removed"
	pleoAbsent   pleoHalf = "absent"   // nothing was installed any more
	pleoRejected pleoHalf = "rejected" // Pleo does not take this key, so it could not be told
	pleoKept     pleoHalf = "kept"
	pleoOpen     pleoHalf = "unknown" // the question may have arrived, and no answer came
)

// storeHalf is what became of the record.
type storeHalf string

// The ends of the second half.
const (
	storeRemoved storeHalf = "removed"
	storeKept    storeHalf = "kept"
)

// halves is the end of a disconnect.
type halves struct {
	pleo    pleoHalf
	store   storeHalf
	failure *failure // nil: both are gone
}

// disconnect tells Pleo first, because that needs the key. Only when Pleo has nothing left that the key could remove, the record goes.
func disconnect(ctx context.Context, client *pleoclient.Client, places store.Config, r store.Record) halves {
	key, ok := r.Usable()
	if !ok {
		key = r.Key // never active, but Pleo may have installed something
	}
	existed, err := client.DeleteInstallation(ctx, key)
	h := halves{pleo: pleoHalfOf(existed, err), store: storeKept}
	switch h.pleo {
	case pleoKept, pleoOpen:
		h.failure = notTold(ctx, client, key, err)
		return h
	case pleoRejected:
		h.failure = &failure{exitKey, "Pleo rejects the stored key, so it could not be told",
			"look in Pleo whether the integration is still connected (Settings > Accounting) and whether the key is still there (Settings > API Keys)"}
	}
	if err := forget(places, r); err != nil {
		h.failure = stillHere(h.pleo, err)
		return h
	}
	h.store = storeRemoved
	return h
}

func pleoHalfOf(existed bool, err error) pleoHalf {
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

// notTold says why Pleo still has the installation, or may have it.
func notTold(ctx context.Context, client *pleoclient.Client, key pleoclient.Key, err error) *failure {
	var stopped signalled
	if errors.As(context.Cause(ctx), &stopped) {
		return &failure{stopped.code(), stopped.Error(), "the key is kept: run it again to finish"}
	}
	fault := faultOf(err)
	why := flow.ExplainStored(fault, client.Origin(), key)
	if fault.Kind == pleoclient.KindForbidden {
		why.Hint = "disconnect it in Pleo under Settings > Accounting, then run this again"
	}
	return &failure{exitCodes[fault.Kind], why.Summary, why.Hint}
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
func stillHere(pleo pleoHalf, err error) *failure {
	done := map[pleoHalf]string{
		pleoRemoved: "removed in Pleo", pleoAbsent: "gone in Pleo already", pleoRejected: "Pleo rejects the key",
	}[pleo]
	var conflict *store.ConflictError
	if errors.As(err, &conflict) {
		return &failure{exitConflict, done + "; still here: somebody else changed this connection meanwhile, " + changed(conflict),
			"look at it with pleo-connect status; if it should go, run this again"}
	}
	why := storeFailure(err)
	return &failure{exitStore, done + "; still here: " + why.summary, why.hint + "; then run this again to finish"}
}

// text is both halves for people, one line each, and what is left to do.
func (h halves) text() string {
	text := map[pleoHalf]string{
		pleoRemoved:  "Pleo: the installation is removed\n",
		pleoAbsent:   "Pleo: nothing was installed any more\n",
		pleoRejected: "Pleo: not told, because it rejects the stored key\n",
		pleoKept:     "Pleo: the installation is not removed\n",
		pleoOpen:     "Pleo: no answer, so the installation may be removed or not\n",
	}[h.pleo]
	if h.store == storeKept {
		return text + "here: the key is still saved\n"
	}
	text += "here: the key is removed (disks and backups may keep traces of its file)\n"
	if h.pleo == pleoRejected {
		return text // where to look is the hint of the failure
	}
	return text + "\nOne thing is left: delete the key itself in Pleo, under Settings > API Keys\n"
}
