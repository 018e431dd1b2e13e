package main

import (
	"context"

	"github.com/spf13/cobra"

	"pleo-connect/flow"
	"pleo-connect/pleoclient/pleosim"
)

type sandboxOptions struct {
	*app
	integration, listen string
}

// sandboxLine is what the sandbox prints: its addresses and simulated keys.
type sandboxLine struct {
	APIBase       string       `json:"api_base"`
	WebBase       string       `json:"web_base"` // empty: the sandbox has no pages
	IntegrationID string       `json:"integration_id"`
	Keys          pleosim.Keys `json:"keys"`
}

func newSandbox(a *app) *cobra.Command {
	o := &sandboxOptions{app: a}
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Serve a simulated Pleo, for people who build integrations",
		Long: "Serves a simulated Pleo on this computer until it is interrupted. It prints one JSON line with its " +
			"address and its simulated keys, which the real Pleo does not know. The keys are for the integration, and " +
			"may do what it asks for. Use another --store with it.",
		Args:    a.takesNothing,
		PreRunE: func(cmd *cobra.Command, _ []string) error { return checkNoStore(cmd) },
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.finish(o.run(cmd.Context())) },
	}
	cmd.Flags().StringVar(&o.integration, "integration", "", helpForFile)
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:0", "loopback address and port; port 0 takes a free one")
	return cmd
}

func (o *sandboxOptions) run(ctx context.Context) error {
	described, _, err := o.describe(o.integration)
	if err != nil {
		return err
	}
	sim, err := simulate(described, o.listen)
	if err != nil {
		return flow.WrongUse(err.Error(), "name a free loopback address with --listen")
	}
	defer func() { _ = sim.Close() }()
	line := sandboxLine{APIBase: sim.APIBase(), IntegrationID: described.ID, Keys: sim.Keys()}
	if err := o.console.JSON(line); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
