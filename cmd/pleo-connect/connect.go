package main

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/spf13/cobra"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/engine"
	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

// The addresses of Pleo's External API.
//
// Source: https://developers.pleo.io/docs/current/authentication/api-base-urls
const (
	productionAPI = "https://external.pleo.io"
	stagingAPI    = "https://external.staging.pleo.io"
)

type connectOptions struct {
	*app
	integration, env, company string // company is that of --company
	ofRecord                  bool   // the integration is that of a record, and no file describes it
	unproven                  bool   // nobody confirmed company, and it was not named in full
	keyFile, as               string
	accept, fewer, yes, json  bool
	apiBase, caFile           string
}

// helpForOwner is what root has to know about the store of another account.
const helpForOwner = "When root starts it and the key store belongs to another account, it becomes that account, " +
	"which can then read the key."

func newConnect(a *app) *cobra.Command {
	o := &connectOptions{app: a}
	cmd := &cobra.Command{
		Use:   "connect",
		Short: "Connect one company: review, paste the key, activate",
		Long: "Connects one company. At a terminal this is the wizard; over SSH, that takes ssh -t. With --key-file, " +
			"or without a terminal, nobody is asked: --accept-permissions and --company or --yes give the answers. " +
			"--key-file takes a pipe as well, as in --key-file <(pass show pleo), and waits for the writer of a named " +
			"one. With - at a terminal it asks for the key alone, and shows nothing of it.\n\n" + helpForOwner +
			" The integration file names it, under [service]; if not, --as does, or a person allows it at the terminal.",
		Example: "# without a terminal\npleo-connect connect --key-file key.txt --accept-permissions " +
			"--company 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5 --json",
		Args: a.takesNothing,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.finish(o.run(cmd.Context())) },
	}
	o.flags(cmd)
	return cmd
}

func (o *connectOptions) flags(cmd *cobra.Command) {
	o.sharedFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.company, "company", "", "id of the company that the key must belong to")
	f.BoolVar(&o.yes, "yes", false, "take whichever company the key belongs to (without a terminal)")
}

// sharedFlags are those that reconnect has too: it names the company itself.
func (o *connectOptions) sharedFlags(cmd *cobra.Command) {
	o.settingsFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.keyFile, "key-file", "", helpForKeyFile)
	f.StringVar(&o.as, "as", "", "when root starts this: the account that the key store belongs to, and that gets the key")
	f.BoolVar(&o.accept, "accept-permissions", false, "allow what the integration asks for (without a terminal)")
	f.BoolVar(&o.fewer, "accept-fewer", false,
		"take a new key that lacks optional permissions of the one in use (without a terminal)")
	f.BoolVar(&o.json, "json", false, "one JSON object a line on standard output (without a terminal)")
}

// settingsFlags are those that doctor has too: they say how to connect.
func (o *connectOptions) settingsFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.integration, "integration", "", helpForFile)
	f.StringVar(&o.env, "env", "", "production or staging; overrides the integration file")
	f.StringVar(&o.apiBase, "api-base", "", "another address of the API; https, or http on this computer")
	f.StringVar(&o.caFile, "ca-file", "", "additional trusted certificates (PEM), in a file that others cannot change")
}

// run connects any company.
func (o *connectOptions) run(ctx context.Context) error {
	s, err := o.begin(ctx)
	if err != nil {
		return err
	}
	defer s.end()
	setup, client, err := o.prepare(s.inputs)
	if err == nil {
		err = o.missesTerminal()
	}
	if err != nil {
		return err
	}
	how := o.access(s)
	how.create = true
	places, err := o.enter(ctx, s.inputs, how)
	if err != nil {
		return err
	}
	return o.start(ctx, s, setup, client, places)
}

// session is what a run of the wizard holds from its first moment to its end.
type session struct {
	tty    *heldTerminal // nil: nobody is asked
	inputs inputs
}

// begin takes the terminal, where a person is to be asked, and opens the files that were named.
func (o *connectOptions) begin(ctx context.Context) (s session, err error) {
	if !o.headless() {
		if s.tty, err = o.takeTerminal(); err != nil {
			return s, err
		}
	}
	if s.inputs, err = o.openInputs(ctx); err != nil {
		s.end()
	}
	return s, err
}

// missesTerminal returns the failure of a run that lacks a terminal, where no flag says that it is to do without.
func (o *connectOptions) missesTerminal() error {
	in, out := console.IsTerminal(o.console.In), console.IsTerminal(o.console.Out)
	if in && out || o.keyFile != "" || o.json || o.accept {
		return nil
	}
	return flow.NoTerminal(in, out)
}

func (s session) end() {
	s.inputs.close()
	if s.tty != nil {
		s.tty.giveBack()
	}
}

// access is how a wizard enters the store: who gets the key is named, or a person is asked.
func (o *connectOptions) access(s session) access {
	return access{as: o.as, named: s.tty == nil, ask: o.askAtWizard(s.tty)}
}

// start runs the wizard with the face that fits.
func (o *connectOptions) start(
	ctx context.Context, s session, setup flow.Setup, client *pleoclient.Client, places entered,
) error {
	setup.Remote = setup.Remote || places.Changed // the desktop belongs to the person
	if places.Unnamed {
		setup.Owner = flow.Owner{Account: pleoclient.Safe(places.Name), Store: pleoclient.SafePath(places.Dir)}
	}
	setup.Reader, setup.Unit = pleoclient.Safe(places.Service), o.host.Unit(places.Config, places.Owner)
	x := o.engine(setup, client, places)
	if s.tty == nil {
		return o.runHeadless(ctx, s.inputs, x)
	}
	if o.json {
		return flow.WrongUse("--json is for runs without a terminal",
			"add --key-file FILE, or --key-file - for standard input")
	}
	return o.wizard(ctx, s.tty, x, demoSide{})
}

// engine joins what a run found of Pleo, the store and this computer.
func (a *app) engine(setup flow.Setup, client *pleoclient.Client, places entered) engine.Engine {
	return engine.Engine{
		Client: client, Store: engine.Files(places.Config), Setup: setup, Protection: a.host.Protection(places.Config),
		Home: places.home(), Now: time.Now, Copy: a.host.Copy, Open: a.host.Open, Terminal: a.examineTerminal,
		IgnoredProxy: a.host.IgnoredProxy(),
	}
}

// headless reports a run in which nobody is asked.
func (o *connectOptions) headless() bool { return o.keyFile != "" || !o.console.Interactive() }

// prepare turns the flags into what the machine and the client need.
func (o *connectOptions) prepare(opened inputs) (flow.Setup, *pleoclient.Client, error) {
	setup := flow.Setup{
		Integration: opened.integration,
		Remote:      o.host.Elsewhere() != "", NoClipboard: !o.console.KnowsClipboard(), Tmux: o.console.Tmux(),
		Unattended: o.headless(), Unproven: o.unproven, AcceptFewer: o.fewer, Spread: rand.Float64(),
	}
	if err := o.applyEnv(&setup.Integration); err != nil {
		return setup, nil, err
	}
	if o.company != "" {
		id, err := companyID("--company", o.company)
		if err != nil {
			return setup, nil, err
		}
		setup.Company = id
	}
	client, err := o.newClient(cmp.Or(o.apiBase, apiOf(setup.Integration.Environment)), opened.roots)
	if err != nil {
		return setup, nil, err
	}
	setup.Origin = client.Origin()
	setup.CustomOrigin = o.apiBase != ""
	setup.Simulated = pleoclient.IsLoopback(pleoclient.Hostname(setup.Origin))
	setup.Network = opened.roots.network(client)
	return setup, client, nil
}

// applyEnv lets --env override the file.
func (o *connectOptions) applyEnv(i *flow.Integration) error {
	if err := checkEnv(o.env); err != nil || o.env == "" {
		return err
	}
	i.Environment = o.env
	return nil
}

// apiOf returns the address of Pleo's API in an environment.
func apiOf(environment string) string {
	if environment == flow.Staging {
		return stagingAPI
	}
	return productionAPI
}

// newClient returns a client for an address, which every command asks in the same way: with our name, the proxy of the
// environment, and the roots of the inputs. The error is a *flow.Failure, and nothing was sent.
func (a *app) newClient(base string, opened roots) (*pleoclient.Client, error) {
	var client *pleoclient.Client
	config, err := a.host.Proxy()
	if err == nil {
		options := []pleoclient.Option{pleoclient.UserAgent(userAgent()), pleoclient.Proxy(config)}
		client, err = pleoclient.New(base, append(options, opened.options...)...)
	}
	var proxy *pleoclient.Error
	switch {
	case errors.As(err, &proxy):
		return nil, &flow.Failure{
			Kind:    proxy.Kind,
			Summary: proxy.Detail.String(),
			Hint:    "correct the proxy setting (HTTPS_PROXY, HTTP_PROXY); nothing was sent",
		}
	case err != nil:
		return nil, flow.WrongUse(err.Error(), "nothing was sent")
	case opened.refused != nil:
		return nil, opened.refused
	}
	return client, nil
}

// ended turns the end of a wizard into the error of its command.
func ended(s flow.State, err error) error {
	var stopped host.Stopped
	switch {
	case errors.As(err, &stopped):
		return interrupted(stopped.Error(), s.StoppedHint())
	case err != nil || s.Outcome.Active:
		return err
	}
	return s.ExplainOutcome().Failure(s.Outcome.Kind)
}
