package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

type demoOptions struct {
	*app
	integration, scenario string
	web                   bool
}

func newDemo(a *app) *cobra.Command {
	o := &demoOptions{app: a}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try the wizard with a simulated Pleo",
		Long: "Runs the real wizard against a simulated Pleo on this computer. It contacts no other computer, and " +
			"deletes everything it saved when you quit. If it is killed, the next demo deletes what was left.",
		Example: "pleo-connect demo\n\n# show both sides in a browser\npleo-connect demo --web\n\n" +
			"# see what happens when a key lacks permissions\n" +
			"pleo-connect demo --scenario missing-scopes",
		Args:    a.takesNothing,
		PreRunE: func(cmd *cobra.Command, _ []string) error { return checkNoStore(cmd) },
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.finish(o.run(cmd.Context())) },

		Annotations: map[string]string{noStore: "yes"},
	}
	o.scenario = "good"
	textFlag(cmd.Flags(), &o.integration, "integration", "FILE", helpForFile)
	textFlag(cmd.Flags(), &o.scenario, "scenario", "NAME", "what the demo shows: "+strings.Join(scenarios(), ", "))
	cmd.Flags().BoolVar(&o.web, "web", false, "show Pleo and the wizard side by side in a browser")
	return cmd
}

func (o *demoOptions) run(ctx context.Context) error {
	if !o.web && !o.console.Interactive() {
		return flow.NewFault(flow.DemoTerminal, flow.Values{})
	}
	if !slices.Contains(scenarios(), o.scenario) {
		return flow.NewFault(flow.DemoScenario, flow.Values{List: strings.Join(scenarios(), ", ")})
	}
	described, _, err := o.describe(o.integration)
	if err != nil {
		return err
	}
	if o.web {
		return o.runWeb(ctx, described)
	}
	tty, err := o.takeTerminal(ctx)
	if err != nil {
		return err
	}
	defer tty.giveBack()
	sim, err := simulate(described, pleosim.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = sim.Close() }()
	return o.inDirectory(func(dir string) error {
		x, err := o.simulated(described, sim, dir)
		if err != nil {
			return err
		}
		return o.wizard(ctx, tty, x, o.side(sim))
	})
}

// inDirectory calls f with a new directory, and removes it afterwards.
func (o *demoOptions) inDirectory(f func(dir string) error) error {
	dir, err := o.host.NewDemoDir()
	if err != nil {
		return flow.NewFault(flow.DemoNoDir, flow.Values{Reason: pleoclient.SystemReason(err)})
	}
	err = f(dir.Path)
	if rmErr := dir.Remove(); rmErr != nil {
		err = errors.Join(err, flow.NewFault(flow.DemoLeft, flow.Values{Path: dir.Path}))
	}
	return err
}

// side returns what the customer would do in Pleo.
func (o *demoOptions) side(sim *pleosim.Server) demoSide {
	key := scenarioKeys(sim.Keys())[o.scenario]
	return demoSide{key: func() string { return key }, hint: o.hint()}
}

// hint names a scenario in which something fails.
func (o *demoOptions) hint() string {
	if o.scenario == "good" {
		return ""
	}
	return o.scenario
}

// simulated returns an engine with the real client and store, for the simulated Pleo and a directory that is removed.
func (o *demoOptions) simulated(i flow.Integration, sim *pleosim.Server, dir string) (engine.Engine, error) {
	client, err := pleoclient.New(sim.APIBase(), pleoclient.UserAgent(userAgent()), pleoclient.LoopbackOnly())
	if err != nil {
		return engine.Engine{}, err
	}
	setup := flow.Setup{
		Integration: i, Origin: client.Origin(), Simulated: true, Demo: true,
		Remote: o.host.Elsewhere() != "", NoClipboard: !o.console.KnowsClipboard(), Tmux: o.console.Tmux(),
		Paste: o.console.Paste(),
	}
	cfg := store.Config{
		Dir:      filepath.Join(dir, "store"),
		Identity: filepath.Join(dir, "identity", "identity.txt"),
		Home:     o.host.Home,
		Demo:     true,
		Writer:   "pleo-connect/" + fullVersion(),
	}
	return o.engine(setup, client, entered{Config: cfg}), nil
}

// scenarioKeys returns the simulated keys by the names that the --scenario flag uses.
func scenarioKeys(k pleosim.Keys) map[string]string {
	return map[string]string{
		"good":              k.Good,
		"replacement":       k.Replacement,
		"fewer-scopes":      k.FewerScopes,
		"more-scopes":       k.MoreScopes,
		"other-company":     k.OtherCompany,
		"missing-scopes":    k.MissingScopes,
		"other-application": k.OtherApplication,
		"staging":           k.Staging,
		"organisation":      k.Organisation,
		"no-company-scope":  k.NoCompanyScope,
		"revoked":           k.Revoked,
	}
}

func scenarios() []string {
	var names []string
	for name := range scenarioKeys(pleosim.Keys{}) {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
