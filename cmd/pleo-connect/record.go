package main

import (
	"context"
	"errors"

	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// recordOf enters the store and returns the one connection that is meant. If that is not clear, it calls choose. With
// KindConnectionLost, the record has only its name and the place where it was.
func (a *app) recordOf(
	ctx context.Context, opened inputs, how access, want selection, choose chooser,
) (r store.Record, places entered, err error) {
	if err := want.check(); err != nil {
		return r, places, err
	}
	if places, err = a.enter(ctx, opened, how); err != nil {
		return r, places, err
	}
	refs, err := a.matches(places, want)
	if err != nil {
		return r, places, err
	}
	ref := refs[0]
	if len(refs) > 1 {
		if ref, err = choose(ctx, places.records, refs, want); err != nil {
			return r, places, err
		}
	}
	r, err = a.read(places, ref)
	return r, places, err
}

// read returns a record by its name.
func (a *app) read(places entered, ref store.Ref) (store.Record, error) {
	r, err := places.records.Get(ref)
	var lost *store.LostError
	switch {
	case errors.As(err, &lost):
		r = store.Record{
			Env: ref.Env, Integration: store.Integration{ID: ref.Integration}, CompanyID: ref.CompanyID, File: lost.File,
		}
		return r, engine.StoreFault(err)
	case errors.Is(err, store.ErrNotFound):
		return r, a.absent(places, selection{company: ref.CompanyID, integration: ref.Integration, env: ref.Env})
	case err != nil:
		return r, engine.StoreFault(err)
	}
	return r, nil
}

// isLost reports whether err is about a record that should be there, unlike one that was never saved or was removed.
func isLost(err error) bool {
	var lost *store.LostError
	return errors.As(err, &lost)
}

// usableKey returns the key that a service should use now, and prints the warnings about it.
func (a *app) usableKey(r store.Record) (pleoclient.Key, error) {
	key, ok := r.Usable()
	if !ok {
		return key, flow.NewFault(flow.NotActivatedYet, flow.Values{
			Company: r.CompanyID, Arguments: engine.ConnectionOf(r.Ref()).Arguments(),
		})
	}
	a.console.Warn(engine.Warnings(a.book, r)...)
	if r.Status == store.StatusPending {
		a.console.Warn(a.book.Use.NewKeyNotActive.Fill(flow.Values{
			Program: a.book.Program, Arguments: engine.ConnectionOf(r.Ref()).Arguments(),
		}))
	}
	return key, nil
}
