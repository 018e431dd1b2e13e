package main

import (
	"cmp"
	"context"
	"errors"

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
		Short: "Give a connected company a new key",
		Long: "Replaces the key of a connected company. The old key stays in use until the new one is proven: " +
			"accepted by Pleo, of this company, and allowed at least as much. A key of another company is refused.\n\n" +
			helpForPeople + "\n\n" +
			"The integration is the one that was approved for this connection. A newer file of it, named with " +
			"--integration FILE, is compared with that.\n\n" + helpForOwner + " --as names it, or the newer file does, " +
			"under [service]; if not, a person allows it at the terminal.",
		Example: "pleo-connect reconnect 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5\n\n# without a terminal\n" +
			"pleo-connect reconnect " + exampleConnection + " \\\n" +
			"  --key-file key.txt --accept-permissions --json",
		Args: a.takesOne("COMPANY", false),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.want.named(args); err != nil {
				return a.finish(err)
			}
			return a.finish(o.run(cmd.Context()))
		},
	}
	o.sharedFlags(cmd)
	f := cmd.Flags()
	f.Lookup("integration").Usage = "id of the integration, or a newer file that describes it (a name with a dot or slash)"
	f.Lookup("env").Usage = "production or staging, for a company that is connected in both"
	return cmd
}

// run runs the wizard for a connection that is stored: its integration, its environment and its address are known.
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
	var failure *flow.Failure
	if errors.As(err, &failure) && failure.Kind == flow.KindNotConnected && !o.ofRecord {
		failure.Hint = "the id in this file is " + o.want.integration + ", and a connection stays with the id that it was " +
			"made with; pleo-connect status shows what is connected"
	}
	if err != nil {
		return err
	}
	if o.ofRecord {
		s.inputs.integration = integration.OfRecord(r)
		places.Service = cmp.Or(places.Service, host.ServiceHere(s.inputs.integration.Service.User)) // first who --as names
	}
	if len(s.inputs.integration.Permissions) == 0 {
		return flow.WrongUse("nothing is saved about what this integration asks for",
			"name the file that describes it with --integration FILE")
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
		return flow.WrongUse("this connection belongs to "+pleoclient.Safe(r.Origin).String(),
			"leave out --api-base; a key for another address is another connection")
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

// replaces returns which key stays in use meanwhile. Without one, this is a first connection.
func replaces(r store.Record) *flow.Reconnect {
	key, ok := r.Usable()
	if !ok {
		return nil
	}
	return &flow.Reconnect{Company: engine.CompanyOf(r), Fingerprint: pleoclient.Safe(key.Fingerprint())}
}
