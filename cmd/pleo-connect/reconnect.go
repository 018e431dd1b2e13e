package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

func newReconnect(a *app) *cobra.Command {
	o := newConnectOptions(a)
	cmd := &cobra.Command{
		Use:   "reconnect COMPANY",
		Short: "Give a connected company a new key",
		Long: "Replaces the key of a connected company. The old key stays in use until the new one is proven: accepted by Pleo, of " +
			"this company, and allowed at least as much. A key of another company is refused.",
		Example: "pleo-connect reconnect 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5\n\n# without a terminal\n" +
			"pleo-connect reconnect 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5 --key-file key.txt --accept-permissions --json",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.company = args[0]
			return a.finish(o.reconnect(cmd.Context()))
		},
	}
	o.sharedFlags(cmd)
	return cmd
}

// reconnect runs the wizard for the connection that is stored: its environment and its address are given.
func (o *connectOptions) reconnect(ctx context.Context) error {
	if err := o.openInputs(); err != nil {
		return err
	}
	defer o.given.close()
	places, err := o.openAs(o.given.integration.Service.User)
	if err != nil {
		return err
	}
	r, err := o.connected(places)
	if err != nil {
		return err
	}
	asked := o.apiBase
	if o.env = r.Env; asked == "" {
		o.apiBase = otherThanPleo(r)
	}
	setup, client, err := o.prepare()
	if err != nil {
		return err
	}
	if asked != "" && setup.Origin != r.Origin {
		return wrongUse("this connection belongs to "+pleoclient.Safe(r.Origin).String(), "leave out --api-base; a key for another address is another connection")
	}
	setup.Reconnect = replaces(r)
	return o.start(ctx, setup, client, places)
}

// otherThanPleo returns the address of a connection that was made with --api-base, or "".
func otherThanPleo(r store.Record) string {
	if r.Origin == apiOf(r.Env) {
		return ""
	}
	return r.Origin
}

// replaces tells which key stays in use meanwhile. Without one, this is a first connection.
func replaces(r store.Record) *flow.Reconnect {
	key, ok := r.Usable()
	if !ok {
		return nil
	}
	company := pleoclient.Company{ID: pleoclient.CompanyID(r.CompanyID), Name: pleoclient.Safe(r.CompanyName)}
	return &flow.Reconnect{Company: company, Fingerprint: key.Fingerprint()}
}

// connected returns the stored connection of the named company.
func (o *connectOptions) connected(places store.Config) (store.Record, error) {
	id, ok := pleoclient.ParseCompanyID(o.company)
	if !ok {
		return store.Record{}, wrongUse("COMPANY is not a company id", "an id looks like 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5")
	}
	st, err := store.Open(places)
	if err != nil {
		return store.Record{}, storeFailure(err)
	}
	defer func() { _ = st.Close() }()
	var found []store.Record
	for _, env := range []string{flow.Production, flow.Staging} {
		r, err := st.Get(store.Ref{Env: env, CompanyID: string(id)})
		switch {
		case err == nil && (o.env == "" || o.env == env):
			found = append(found, r)
		case err != nil && !errors.Is(err, store.ErrNotFound):
			return store.Record{}, storeFailure(err)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return store.Record{}, &failure{exitStore, "company " + string(id) + " is not connected here", "pleo-connect status lists what is; pleo-connect connects it"}
	}
	return store.Record{}, wrongUse("this company is connected in production and in staging", "say which with --env")
}
