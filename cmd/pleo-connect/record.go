package main

import (
	"context"
	"errors"
	"iter"

	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// recordOf enters the store and returns the connection of a company. Without an environment it is the only one there
// is.
func (a *app) recordOf(
	ctx context.Context, opened inputs, ask asker, company, env string,
) (r store.Record, places entered, err error) {
	id, err := companyID("COMPANY", company)
	if err != nil {
		return r, places, err
	}
	envs, err := environments(env)
	if err != nil {
		return r, places, err
	}
	if places, err = a.enter(ctx, opened, access{ask: ask}); err != nil {
		return r, places, err
	}
	r, err = a.find(places, id, envs)
	return r, places, err
}

// find returns the one record of a company in some environments. With KindConnectionLost, the record has only its name
// and the place where it was.
func (a *app) find(places entered, id pleoclient.CompanyID, envs []string) (store.Record, error) {
	var (
		found []store.Record
		gone  error // the failure for one that is lost
		lost  *store.LostError
	)
	for r, err := range recordsOf(places.records, id, envs) {
		switch {
		case errors.As(err, &lost):
			r, gone = store.Record{Env: lost.Env, CompanyID: lost.CompanyID, File: lost.File}, engine.StoreFailure(err)
		case err != nil: // a record that cannot be read may be the one that is meant
			return r, engine.StoreFailure(err)
		}
		found = append(found, r)
	}
	switch len(found) {
	case 0:
		return store.Record{}, a.absent(places, id)
	case 1:
		return found[0], gone
	}
	if gone != nil {
		return found[0], flow.WrongUse("this company was connected in production and in staging, and one of the two is missing",
			"say which with --env")
	}
	return found[0], flow.WrongUse("this company is connected in production and in staging", "say which with --env")
}

// companyID reads a company id from the command line. name is what the help calls it there.
func companyID(name, text string) (pleoclient.CompanyID, error) {
	id, ok := pleoclient.ParseCompanyID(text)
	if !ok {
		return "", flow.WrongUse(name+" is not a company id", "an id looks like 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5")
	}
	return id, nil
}

// everywhere are the environments of Pleo.
var everywhere = []string{flow.Production, flow.Staging}

// environments returns what --env names: one environment, or all.
func environments(env string) ([]string, error) {
	switch env {
	case "":
		return everywhere, nil
	case flow.Production, flow.Staging:
		return []string{env}, nil
	}
	return nil, flow.WrongUse("--env is neither production nor staging", "choose one of the two")
}

// recordsOf reads what a store holds of a company. One that is lost comes as an error, as one that cannot be read.
func recordsOf(st engine.Store, id pleoclient.CompanyID, envs []string) iter.Seq2[store.Record, error] {
	return func(yield func(store.Record, error) bool) {
		for _, env := range envs {
			r, err := st.Get(store.Ref{Env: env, CompanyID: string(id)})
			if (isLost(err) || !errors.Is(err, store.ErrNotFound)) && !yield(r, err) {
				return
			}
		}
	}
}

// isLost reports a record that should be there, unlike one that was never saved or was removed.
func isLost(err error) bool {
	var lost *store.LostError
	return errors.As(err, &lost)
}

// usableKey returns the key that a service should use now, and warns of what is worth knowing about it.
func (a *app) usableKey(r store.Record) (pleoclient.Key, error) {
	key, ok := r.Usable()
	if !ok {
		return key, &flow.Failure{
			Kind:    flow.KindStore,
			Summary: "the connection of company " + r.CompanyID + " was never finished: Pleo does not know of it yet",
			Hint:    "start pleo-connect to finish it; the key is saved",
		}
	}
	a.console.Warn(engine.Warnings(r)...)
	if r.Status == store.StatusPending {
		a.console.Warn(
			"a new key is saved that is not active yet: this is the one before it; start pleo-connect to finish")
	}
	return key, nil
}
