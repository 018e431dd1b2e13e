package main

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pleo-connect/cmd/internal/engine"
	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

type demoOptions struct {
	*app
	integration, scenario, pace string
	web                         bool
}

func newDemo(a *app) *cobra.Command {
	o := &demoOptions{app: a}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try the wizard with a simulated Pleo",
		Long: "Runs the real wizard against a simulated Pleo on this computer. " +
			"Open the address that it prints in a browser " +
			"and press Allow there to get a key, or press Tab in the wizard.\n\n" +
			"It contacts no other computer, and deletes everything it saved when you quit. If it is killed, the next " +
			"demo deletes what was left.",
		Example: "pleo-connect demo\n\n# show both sides in a browser\npleo-connect demo --web\n\n" +
			"# see what happens when a key lacks permissions\n" +
			"pleo-connect demo --scenario missing-scopes\n\n# show your own integration\n" +
			"pleo-connect demo --integration integration.toml",
		Args:    a.takesNothing,
		PreRunE: func(cmd *cobra.Command, _ []string) error { return checkNoStore(cmd) },
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.finish(o.run(cmd.Context())) },

		Annotations: map[string]string{noStore: "yes"},
	}
	o.scenario, o.pace = "good", usualPace
	textFlag(cmd.Flags(), &o.integration, "integration", "FILE", helpForFile)
	textFlag(cmd.Flags(), &o.scenario, "scenario", "NAME", "which key Allow creates: "+strings.Join(scenarios, ", "))
	textFlag(cmd.Flags(), &o.pace, "pace", "TIME", "how long each answer of the simulated Pleo takes (0: no time)")
	cmd.Flags().BoolVar(&o.web, "web", false, "show Pleo and the wizard side by side in a browser")
	return cmd
}

func (o *demoOptions) run(ctx context.Context) error {
	if !o.web && !o.console.Interactive() {
		return flow.NewFault(flow.DemoTerminal, flow.Values{})
	}
	if !slices.Contains(scenarios, o.scenario) {
		return flow.NewFault(flow.DemoScenario, flow.Values{List: strings.Join(scenarios, ", ")})
	}
	pace, err := parsePace(o.pace)
	if err != nil {
		return err
	}
	described, _, err := o.describe(o.integration)
	if err != nil {
		return err
	}
	if o.web {
		return o.runWeb(ctx, described, pace)
	}
	tty, err := o.takeTerminal(ctx)
	if err != nil {
		return err
	}
	defer tty.giveBack()
	sim, err := simulate(described, pleosim.Options{Pace: pace, Grants: o.grants()})
	if err != nil {
		return err
	}
	defer func() { _ = sim.Close() }()
	return o.inDirectory(func(dir string) error {
		x, err := o.simulated(described, sim, dir)
		if err != nil {
			return err
		}
		o.console.Rows(x.Setup.Beginning(o.forward(sim))...)
		return o.wizard(ctx, tty, x, o.side(described, sim, pace))
	})
}

// forward returns the port of the pages for a person who is connected over SSH, whose browser is elsewhere; else "".
func (o *demoOptions) forward(sim *pleosim.Server) string {
	if o.host.Elsewhere() != host.OverSSH {
		return ""
	}
	pages, _ := url.Parse(sim.WebBase())
	return pages.Port()
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

// side returns what the demo adds to the wizard.
func (o *demoOptions) side(i flow.Integration, sim *pleosim.Server, pace time.Duration) demoSide {
	demo := demoSide{key: func() string { return sim.CreateKey(i.ID) }, hint: o.hint()}
	if pace > 0 {
		demo.told = o.console.Told()
	}
	return demo
}

// grants returns the role of the keys that Allow creates.
func (o *demoOptions) grants() string { return strings.ReplaceAll(o.scenario, "-", "_") }

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
		Integration: i, Origin: client.Origin(), Simulated: true, Demo: true, WebApp: sim.WebBase(),
		Remote: !o.host.AtDesktop(), NoClipboard: !o.console.KnowsClipboard(), Tmux: o.console.Tmux(),
		Paste: o.console.Paste(),
	}
	cfg := store.Config{
		Dir:      filepath.Join(dir, "store"),
		Identity: filepath.Join(dir, "identity", "identity.txt"),
		Home:     o.host.Home,
		Demo:     true,
		Writer:   writer(),
	}
	return o.engine(setup, client, entered{Config: cfg, fresh: engine.Files(cfg)}), nil
}

// scenarios are the roles of simulated keys, as the --scenario flag spells them.
var scenarios = []string{
	"fewer-scopes", "good", "missing-scopes", "more-scopes", "no-company-scope", "organisation", "other-application",
	"other-company", "replacement", "revoked", "staging",
}
