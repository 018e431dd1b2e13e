package kv

import (
	"context"
	"errors"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"pleo-connect/store"
)

const (
	probe = "preflight" // the entry that Prove writes: no record has this name
	never = 1 << 20     // versions later, which no other computer has written meanwhile
)

// Prove writes, compares, reads, lists and destroys an entry below the prefix, so that a policy that is too narrow, and
// an engine that compares nothing, are found before there is a key to lose.
//
// Of the entry, its name and the numbers of its versions remain: a policy that allowed deleting those would also allow
// deleting a record without comparing. Several computers may be at it at once.
func (c *Client) Prove(ctx context.Context) (err error) {
	for range maxReads {
		switch err = c.prove(ctx); {
		case errors.Is(err, store.ErrChanged):
			err = c.fail(store.KindEngineTrouble, "")
		case errors.Is(err, store.ErrUnsure) && kindOf(err) == store.KindEngineStandby: // the next look will tell
			c.config.Pause(ctx, interval)
		default:
			return sure(err)
		}
	}
	return sure(err)
}

// sure returns why a write was unsure, and not that it was: whether this entry was written makes no difference.
func sure(err error) error {
	var why *store.Error
	switch {
	case !errors.Is(err, store.ErrUnsure) || !errors.As(err, &why):
		return err
	case errors.Is(err, context.Canceled):
		return errors.Join(context.Canceled, why)
	}
	return why
}

func (c *Client) prove(ctx context.Context) error {
	m, err := c.Mount(ctx)
	if err != nil {
		return err
	}
	before, err := c.Read(ctx, probe)
	if err != nil {
		return err
	}
	if err := c.SetMaxVersions(ctx, probe, 1); err != nil {
		return err
	}
	object := jsontext.Value(`{"format":1,"preflight":true}`)
	written, err := c.write(ctx, probe, object, before.Number)
	switch {
	case err != nil:
		return err
	case written.Deletion != "": // the mount deletes every version after a time: a key would vanish
		e := c.fail(store.KindEngineMount, "expires")
		e.Name = m.Path
		return e
	}
	switch _, err := c.Write(ctx, probe, object, written.Version+never); {
	case err == nil: // it compares nothing
		return c.fail(store.KindEngineUnexpected, "")
	case !errors.Is(err, store.ErrChanged):
		return err
	}
	after, err := c.Read(ctx, probe)
	switch {
	case err != nil:
		return err
	case after.Number != written.Version:
		return store.ErrChanged
	case after.Data == nil:
		return c.fail(store.KindEngineUnexpected, "")
	}
	if err := c.Destroy(ctx, probe, written.Version); err != nil {
		return err
	}
	names, err := c.list(ctx, m)
	if err == nil && !slices.Contains(names, probe) {
		return c.fail(store.KindEngineUnexpected, "")
	}
	return err
}
