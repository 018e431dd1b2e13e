package main

import (
	"context"

	"github.com/spf13/cobra"

	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

func newReconnect(a *app) *cobra.Command {
	o := &connectOptions{app: a}
	cmd := &cobra.Command{
		Use:   "reconnect COMPANY",
		Short: "Give a connected company a new key",
		Long: "Replaces the key of a connected company. The old key stays in use until the new one is proven: " +
			"accepted by Pleo, of this company, and allowed at least as much. A key of another company is refused.",
		Example: "pleo-connect reconnect 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5\n\n# without a terminal\n" +
			"pleo-connect reconnect 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5 " +
			"--key-file key.txt --accept-permissions --json",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.company = args[0]
			return a.finish(o.reconnect(cmd.Context()))
		},
	}
	o.sharedFlags(cmd)
	return cmd
}

// reconnect runs the wizard for the connection that is stored: its environment and its address are known.
func (o *connectOptions) reconnect(ctx context.Context) error {
	s, err := o.begin()
	if err != nil {
		return err
	}
	defer s.end()
	r, places, err := o.recordOf(ctx, s.inputs, o.askAtWizard(s.tty), o.company, o.env)
	if err != nil {
		return err
	}
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
