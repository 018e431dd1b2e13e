package main

import (
	"context"
	"sync"

	"pleo-connect/cmd/internal/engine"
	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
	"pleo-connect/store"
	"pleo-connect/store/kv"
)

// access is how a command enters the store.
type access struct {
	as     string // the account that must be able to read the key, as a person named it; may be empty
	named  bool   // there is no one to ask about an account that is not named
	create bool   // there may be no store yet: root makes only the directories of a new one
	ask    asker  // asks a person for the passphrase of the identity; nil if there is no one to ask
}

// entered is the store of a command. Only enter makes one; the demo has a store of its own.
type entered struct {
	store.Config
	host.Owner
	named   bool                         // a person said where it is
	open    func() (*store.Store, error) // opens the store when it is first called
	records engine.Store                 // what is in it
	fresh   engine.Store                 // the same, as a service would find it now

	within func(context.Context) engine.Store // fresh, with calls that end with a context; nil: they end by themselves
}

// home returns the directory that people may read as ~. After a change of account theirs is not ours.
func (e entered) home() string {
	if e.Changed {
		return ""
	}
	return e.Home
}

// enter finds the store, becomes the account that owns it, so that root never writes where another account can swap
// files, and unlocks its identity.
//
// The inputs come first because perhaps only the account that started the program may open them. They name the service
// that must be able to read the key. With an error, enter returns what it found so far.
func (a *app) enter(ctx context.Context, opened inputs, how access) (e entered, err error) {
	if a.vault != nil {
		return a.enterVault(ctx, how)
	}
	if e.Config, err = a.host.Places(a.places.store, a.places.identity); err != nil {
		return e, err
	}
	e.named = a.host.StoreName(a.places.store) != ""
	e.AnyPlace, e.Writer = a.places.force, writer()
	e.Owner, err = host.BecomeOwner(e.Config, host.Wanted{
		Service: opened.integration.Service.User, As: how.as, Named: how.named, Create: how.create,
		Before: func() { _ = opened.roots.load() }, // an error is one of the client
	})
	if err == nil && how.ask != nil {
		e.Config, err = a.unlock(ctx, e.Config, how.ask)
	}
	if err != nil {
		return e, engine.StoreFault(err)
	}
	cfg := e.Config
	e.open = sync.OnceValues(func() (*store.Store, error) { return store.Open(cfg) })
	e.records, e.fresh = engine.OpenedFiles(cfg, e.open), engine.Files(cfg)
	return e, nil
}

// sealing returns the place of the identity with which records are sealed, and what unlocks it.
func (a *app) sealing(ctx context.Context, cfg store.Config, ask asker) (store.Config, error) {
	places, err := a.host.Places("", a.places.identity)
	if err != nil {
		return cfg, err
	}
	cfg.Identity, cfg.BySystemd = places.Identity, places.BySystemd
	if ask != nil {
		return a.unlock(ctx, cfg, ask)
	}
	return cfg, nil
}

// writer names this program in the records that it saves.
func writer() string { return "pleo-connect/" + fullVersion() }

// unitOf returns what the receipt says about a systemd unit.
func (o *connectOptions) unitOf(e entered) *flow.Unit {
	var variables []string
	if o.vault != nil {
		variables = kv.Variables(o.host.Getenv)
	}
	return o.host.Unit(e.Config, e.Owner, variables, o.unit)
}
