package main

import (
	"context"

	"pleo-connect/store"
)

// access is how a command enters the store.
type access struct {
	create bool  // there may be no store yet: root makes the directories of a new one for the service, and nothing else
	ask    asker // where a person is asked for the passphrase of the identity; nil: nobody is asked
}

// entered is the store of a command. Only enter makes one; the demo has a store of its own.
type entered struct {
	store.Config
	changed bool   // this process became the owner of the store, and is no longer who started it
	reader  string // the account of the service, when that is who this process is
}

// home returns the directory that people may read as ~. After a change of account theirs is not ours.
func (e entered) home() string {
	if e.changed {
		return ""
	}
	return homeDir()
}

// enter finds the store, becomes the account that owns it, so that root never writes where another account can swap
// files, and unlocks its identity.
//
// The inputs come first because only the account that started the program may be allowed to open them. They name the
// service that must be able to read the key. With an error, enter returns what it found so far.
func (a *app) enter(ctx context.Context, opened inputs, how access) (entered, error) {
	cfg, err := a.places()
	if err != nil {
		return entered{Config: cfg}, err
	}
	changed, reader, err := becomeOwner(cfg, opened.integration.Service.User, how.create)
	if err == nil && how.ask != nil {
		cfg, err = a.unlock(ctx, cfg, how.ask)
	}
	return entered{cfg, changed, reader}, err
}
