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
	"pleo-connect/store"
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
	ofRecord                  bool   // integration is from a record, and no file describes it
	unproven                  bool   // company is not confirmed, and was not named in full
	keyFile, as               string
	accept, fewer, yes, json  bool
	unit                      bool
	apiBase, caFile           string
}

// helpForOwner is what root has to know about the store of another account.
const helpForOwner = "If you run this as root and the key store belongs to another account, it switches to that " +
	"account, which can then read the key."

func newConnect(a *app) *cobra.Command {
	o := &connectOptions{app: a}
	cmd := &cobra.Command{
		Use:   "connect",
		Short: "Connect a company to Pleo",
		Long: "Connects a company to Pleo. In a terminal, this starts the wizard; over SSH, use ssh -t. With " +
			"--key-file, or without a terminal, it asks no questions: answer them with --accept-permissions, and " +
			"with --company or --yes.\n\n" +
			"--key-file also reads from a pipe, as in --key-file <(pass show pleo), and waits until something is " +
			"written to a named pipe. In a terminal, --key-file - asks for the key and doesn't show it.\n\n" +
			helpForOwner + " The integration file names the account under [service]. If it doesn't, add " +
			"--as ACCOUNT, or allow the account in the terminal.",
		Example: "# in a script\npleo-connect connect --key-file key.txt --accept-permissions \\\n" +
			"  --company 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5 --json",
		Args: a.takesNothing,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.finish(o.run(cmd.Context())) },
	}
	o.flags(cmd)
	return cmd
}

func (o *connectOptions) flags(cmd *cobra.Command) {
	o.sharedFlags(cmd)
	f := cmd.Flags()
	textFlag(f, &o.company, "company", "ID", "only accept a key of this company")
	f.BoolVar(&o.yes, "yes", false, "accept any company the key belongs to (without a terminal)")
}

// sharedFlags adds the flags that reconnect also has, which names the company itself.
func (o *connectOptions) sharedFlags(cmd *cobra.Command) {
	o.settingsFlags(cmd)
	f := cmd.Flags()
	textFlag(f, &o.keyFile, "key-file", "FILE", "read the key from FILE, or from standard input if FILE is -")
	textFlag(f, &o.as, "as", "ACCOUNT", "as root: the account that owns the key store and can then read the key")
	f.BoolVar(&o.accept, "accept-permissions", false,
		"allow the permissions in the integration file (without a terminal)")
	f.BoolVar(&o.fewer, "accept-fewer", false,
		"accept a new key that lacks optional permissions of the current one (without a terminal)")
	f.BoolVar(&o.json, "json", false, "print JSON, one object per line (without a terminal)")
	f.BoolVar(&o.unit, "unit", false, "at the end, print the lines that a systemd unit needs (as root: always)")
}

// settingsFlags adds the flags that doctor also has: they say how to connect.
func (o *connectOptions) settingsFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	textFlag(f, &o.integration, "integration", "FILE", helpForFile)
	textFlag(f, &o.env, "env", "ENV", "production or staging (default: from the integration file)")
	textFlag(f, &o.apiBase, "api-base", "URL", "use another Pleo API address (https, or http on this computer)")
	textFlag(f, &o.caFile, "ca-file", "FILE", helpForRoots)
}

// helpForRoots says what --ca-file takes.
const helpForRoots = "trust these root certificates as well (PEM, in a file that no other account can change)"

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

// session is what a run of the wizard holds from start to end.
type session struct {
	tty    *heldTerminal // nil if there is no one to ask
	inputs inputs
}

// begin takes the terminal, if a person is to be asked, and opens the files that were named.
func (o *connectOptions) begin(ctx context.Context) (s session, err error) {
	if !o.headless() {
		if s.tty, err = o.takeTerminal(ctx); err != nil {
			return s, err
		}
	}
	s.inputs, err = o.openInputs(ctx)
	switch {
	case err != nil:
		s.end()
	case s.tty != nil:
		s.inputs.roots.leave()
	}
	return s, err
}

// missesTerminal returns the fault of a run that lacks a terminal, if no flag says that it has to do without.
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

// access returns how a wizard enters the store: the account that gets the key is named, or a person is asked.
func (o *connectOptions) access(s session) access {
	return access{as: o.as, named: s.tty == nil, ask: o.askAtWizard(s.tty)}
}

// start runs the wizard with the interface that fits.
func (o *connectOptions) start(
	ctx context.Context, s session, setup flow.Setup, client *pleoclient.Client, places entered,
) error {
	setup.Words = o.book                          // which knows where the keys are since the store was entered
	setup.Remote = setup.Remote || places.Changed // the desktop belongs to the person
	if places.Unnamed {
		setup.Owner = flow.Owner{Account: pleoclient.Safe(places.Name), Store: pleoclient.SafePath(places.Dir)}
	}
	setup.Reader, setup.Unit = pleoclient.Safe(places.Service), o.unitOf(places)
	x := o.engine(setup, client, places)
	if s.tty == nil {
		return o.runHeadless(ctx, s.inputs, x)
	}
	if o.json {
		return flow.NewFault(flow.JSONAtTerminal, flow.Values{})
	}
	return o.wizard(ctx, s.tty, x, demoSide{})
}

// engine returns an engine for the Pleo, the store and the computer that a run found.
func (a *app) engine(setup flow.Setup, client *pleoclient.Client, places entered) engine.Engine {
	desktop := a.host // its programs need no token
	desktop.Environ = withoutTokens(desktop.Environ, nil)
	return engine.Engine{
		Client: client, Store: places.fresh, Within: places.within, Setup: setup, Home: places.home(), Now: time.Now,
		Copy: desktop.Copy, Open: desktop.Open, Terminal: a.examineTerminal, IgnoredProxy: a.host.IgnoredProxy(),
		Protection: func() flow.Protection { return a.protection(setup.Book(), places.Config) },
	}
}

// protection returns what guards the keys of a store.
func (a *app) protection(book *flow.Book, cfg store.Config) flow.Protection {
	return cmp.Or(book.Engine.Protection(), a.host.Protection(cfg))
}

// headless reports whether the run asks no one.
func (o *connectOptions) headless() bool { return o.keyFile != "" || !o.console.Interactive() }

// prepare turns the flags into what the machine and the client need.
func (o *connectOptions) prepare(opened inputs) (flow.Setup, *pleoclient.Client, error) {
	setup := flow.Setup{
		Words:       o.book,
		Integration: opened.integration,
		Remote:      !o.host.AtDesktop(), NoClipboard: !o.console.KnowsClipboard(), Tmux: o.console.Tmux(),
		Unattended: o.headless(), Unproven: o.unproven, AcceptFewer: o.fewer, Spread: rand.Float64(),
		Paste: o.console.Paste(),
	}
	if setup.Unattended {
		setup.KeySource = opened.key.from()
	}
	if err := o.applyEnv(&setup.Integration); err != nil {
		return setup, nil, err
	}
	if o.company != "" {
		id, err := companyID(o.company)
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
// environment, and the roots of the inputs. If there is an error, nothing was sent.
func (a *app) newClient(base string, opened roots) (*pleoclient.Client, error) {
	var client *pleoclient.Client
	config, err := a.host.Proxy()
	if err == nil {
		options := []pleoclient.Option{pleoclient.UserAgent(userAgent()), pleoclient.Proxy(config)}
		client, err = pleoclient.New(base, append(options, opened.options...)...)
	}
	var (
		proxy   *pleoclient.Error
		setting *pleoclient.SettingError
	)
	switch {
	case errors.As(err, &proxy):
		return nil, flow.ClientFault(proxy)
	case errors.As(err, &setting):
		return nil, flow.SettingFault(setting)
	case err != nil:
		return nil, err
	case opened.refused != nil:
		return nil, opened.refused
	}
	if opened.left() {
		return client, nil
	}
	return client, opened.load()
}

// ended returns the end of a wizard as the error of its command.
func ended(s flow.State, err error) error {
	var stopped host.Stopped
	switch {
	case errors.As(err, &stopped):
		return s.ExplainStop(stopped.Signal.String()).Failure(flow.KindInterrupted)
	case err != nil || s.Outcome.Active:
		return err
	}
	return s.ExplainOutcome().Failure(s.Outcome.Kind)
}
