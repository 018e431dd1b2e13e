package main

import (
	"context"
	"errors"
	"net"

	"github.com/spf13/cobra"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
)

type sandboxOptions struct {
	*app
	integration, listen string
}

// sandboxLine is what the sandbox prints: its addresses and simulated keys.
type sandboxLine struct {
	Demo          bool         `json:"demo"` // always: nothing here is known to the real Pleo
	APIBase       string       `json:"api_base"`
	WebBase       string       `json:"web_base"` // of the pages, for a browser
	IntegrationID string       `json:"integration_id"`
	Keys          pleosim.Keys `json:"keys"`
}

func newSandbox(a *app) *cobra.Command {
	o := &sandboxOptions{app: a}
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Run a simulated Pleo for developing integrations",
		Long: "Runs a simulated Pleo on this computer until you press Ctrl+C. It prints one line of JSON with its " +
			"addresses, of the API and of Pleo's pages for a browser, and its simulated keys, which the real Pleo " +
			"doesn't know. Use a separate --store with it.",
		Example: "pleo-connect sandbox\n\n# always serve the API at the same address\n" +
			"pleo-connect sandbox --listen 127.0.0.1:8080",
		Args:    a.takesNothing,
		PreRunE: func(cmd *cobra.Command, _ []string) error { return checkNoStore(cmd) },
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.finish(o.run(cmd.Context())) },

		Annotations: map[string]string{noStore: "yes"},
	}
	o.listen = "127.0.0.1:0"
	textFlag(cmd.Flags(), &o.integration, "integration", "FILE", helpForFile)
	textFlag(cmd.Flags(), &o.listen, "listen", "ADDRESS",
		"loopback address and port for the API (port 0: any free port)")
	return cmd
}

func (o *sandboxOptions) run(ctx context.Context) error {
	described, _, err := o.describe(o.integration)
	if err != nil {
		return err
	}
	sim, err := simulate(described, pleosim.Options{Listen: o.listen})
	if err != nil {
		return o.cannotListen(err)
	}
	defer func() { _ = sim.Close() }()
	line := sandboxLine{
		Demo: true, APIBase: sim.APIBase(), WebBase: sim.WebBase(), IntegrationID: described.ID, Keys: sim.Keys(),
	}
	if err := o.console.JSON(line); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// cannotListen returns the failure of a sandbox that did not start.
func (o *sandboxOptions) cannotListen(err error) error {
	var listening *net.OpError
	switch {
	case errors.Is(err, pleosim.ErrAddress):
		return flow.NewFault(flow.ListenForm, flow.Values{})
	case errors.Is(err, pleosim.ErrNotLoopback):
		return flow.NewFault(flow.ListenLoopback, flow.Values{})
	case errors.As(err, &listening):
		return flow.NewFault(flow.ListenTaken, flow.Values{Value: o.listen, Reason: pleoclient.SystemReason(err)})
	}
	return err
}
