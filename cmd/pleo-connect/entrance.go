package main

import (
	"context"

	"pleo-connect/store"
)

// entry is how a command goes into the store.
type entry struct {
	service string // the account that must be able to read the key; empty: any
	create  bool   // there may be no store yet: root makes the directories of a new one, and nothing else
	ask     asker  // asks a person for the passphrase of the identity; nil: nobody is asked
}

// entrance is the store of a command that went in. Everything but the demo gets its store.Config here.
type entrance struct {
	store.Config
	changed bool   // this process became the owner of the store, and is no longer who started it
	reader  string // the account of the service, when that is who this process is
}

// home is the directory that people may read as ~. After a change of account theirs is not ours.
func (e entrance) home() string {
	if e.changed {
		return ""
	}
	return homeDir()
}

// enter finds the store, becomes the account that owns it, so that root never writes where another account can swap
// files, and unlocks its identity. It takes the inputs, which are opened with the rights of whoever started the
// program: the owner may not have them. The places are returned with an error, too.
//
// Two commands do not ask for a passphrase. doctor asks nothing, and a locked identity is one of the things that it
// finds. rekey has no use for one: an identity that a passphrase locks cannot be replaced, and [store.Rekey] says so.
func (a *app) enter(ctx context.Context, _ inputs, how entry) (entrance, error) {
	cfg, err := a.places()
	if err != nil {
		return entrance{Config: cfg}, err
	}
	in, err := becomeOwner(cfg, how.service, how.create)
	if err != nil || how.ask == nil {
		return in, err
	}
	in.Config, err = a.unlock(ctx, in.Config, how.ask)
	return in, err
}
