package main

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"pleo-connect/cmd/internal/engine"
	"pleo-connect/cmd/internal/host"
	"pleo-connect/cmd/internal/integration"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

type reconnectOptions struct {
	*connectOptions
	want selection
}

func newReconnect(a *app) *cobra.Command {
	o := &reconnectOptions{connectOptions: &connectOptions{app: a}, want: selection{names: true}}
	cmd := &cobra.Command{
		Use:   "reconnect [COMPANY]",
		Short: "Replace the key of a connected company",
		Long: "Replaces the key of a connected company. The current key stays in use until Pleo has accepted the new " +
			"one, for the same company and with at least the same permissions, and the connection is active with it. " +
			"In a script, --accept-fewer allows a key that lacks optional permissions.\n\n" +
			helpForPeople + "\n\n" +
			"The permissions are those that were allowed for this connection. With --integration FILE, they are " +
			"compared with those in a newer integration file.\n\n" +
			helpForOwner + " Name the account with --as, or in a newer integration file under [service], or " +
			"allow it in the terminal.",
		Example: "pleo-connect reconnect 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5\n\n# in a script\n" +
			"pleo-connect reconnect " + exampleConnection + " \\\n" +
			"  --key-file key.txt --accept-permissions --json",
		Args: a.takesCompany(false, true),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.want.named(args); err != nil {
				return a.finish(err)
			}
			return a.finish(o.run(cmd.Context()))
		},
	}
	o.sharedFlags(cmd)
	f := cmd.Flags()
	integration := f.Lookup("integration")
	integration.Value = textValue{&o.integration, "ID|FILE"}
	integration.Usage = "integration ID, or a newer integration file (with a dot or slash in its name)"
	f.Lookup("env").Usage = helpForEnv
	return cmd
}

// run runs the wizard for a stored connection: its integration, its environment and its address are known.
func (o *reconnectOptions) run(ctx context.Context) error {
	o.want.env = o.env
	if err := o.missesTerminal(); err != nil {
		return err
	}
	if o.ofRecord = o.integration == "" || store.IsIntegrationID(o.integration); o.ofRecord {
		o.want.integration = o.integration
	}
	s, err := o.begin(ctx)
	if err != nil {
		return err
	}
	defer s.end()
	if !o.ofRecord {
		o.want.integration = s.inputs.integration.ID
	}
	how := o.access(s)
	r, places, err := o.recordOf(ctx, s.inputs, how, o.want, o.chooseAsking(how.ask))
	if kindOf(err) == flow.KindNotConnected && !o.ofRecord {
		err = flow.NewFault(flow.NotConnectedFile, flow.Values{ID: o.want.integration})
	}
	if err != nil {
		return err
	}
	if o.ofRecord {
		s.inputs.integration = integration.OfRecord(r)
		places.Service = cmp.Or(places.Service, host.ServiceHere(s.inputs.integration.Service.User)) // --as comes first
	}
	if len(s.inputs.integration.Permissions) == 0 {
		return flow.NewFault(flow.NoPermissions, flow.Values{})
	}
	_, inFull := pleoclient.ParseCompanyID(o.want.company)
	_, confirmed := r.Confirmed()
	o.company, o.unproven = r.CompanyID, !confirmed && !inFull
	asked := o.apiBase
	if o.env = r.Env; asked == "" {
		o.apiBase = otherThanPleo(r)
	}
	setup, client, err := o.prepare(s.inputs)
	if err != nil {
		return err
	}
	if asked != "" && setup.Origin != r.Origin {
		return flow.NewFault(flow.OtherAddress, flow.Values{Origin: r.Origin})
	}
	setup.Reconnect = replaces(r)
	return o.start(ctx, s, setup, client, places)
}

// otherThanPleo returns the address of a connection that was made with --api-base, or "".
func otherThanPleo(r store.Record) string {
	if r.Origin == apiOf(r.Env) {
		return ""
	}
	return r.Origin
}

// replaces returns which key stays in use in the meantime. Without one, this is a first connection.
func replaces(r store.Record) *flow.Reconnect {
	key, ok := r.Usable()
	if !ok {
		return nil
	}
	return &flow.Reconnect{Company: engine.CompanyOf(r), Fingerprint: pleoclient.Safe(key.Fingerprint())}
}
