package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"runtime/debug"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"

	"pleo-connect/flow"
)

// version is set when a release is built.
var version = "dev"

// app is what all commands share: the world, the global flags, and how the command ended.
type app struct {
	world
	store, identity string
	forceStore      bool
	plain, noColor  bool
	umask           int // as it was at the start
	stop            context.CancelCauseFunc
	release         func() // gives signals back to the system
	commands        *cobra.Command
	args            []string
	lines           *jsonPrinter // see jsonLines
	result          error        // how the command ended
}

// run is the whole program: it returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, in io.Reader, out, err io.Writer) int {
	a := &app{world: world{Getenv: getenv, in: in, out: out, err: err}}
	return a.recovered(func() int {
		a.umask = protect()
		log.SetOutput(io.Discard) // net/http writes to it about idle connections, in the middle of the screen
		ctx, a.stop, a.release = withSignals(ctx)
		defer a.release()
		return a.execute(ctx, args)
	})
}

// recovered ends a panic as a failure. Its value may hold anything: it is not printed.
func (a *app) recovered(f func() int) (code int) {
	defer func() {
		if recover() != nil {
			code = a.conclude(context.Background(), failureOf(flow.Fault{Kind: flow.KindInternal}))
		}
	}()
	return f()
}

func (a *app) execute(ctx context.Context, args []string) int {
	root := a.root()
	a.commands, a.args = root, args
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	// Our commands keep their error and return nil, so what comes back here is wrong use that cobra found.
	keepSilent := func(io.Writer, fang.Styles, error) {}
	err := fang.Execute(ctx, root, fang.WithVersion(fullVersion()), fang.WithErrorHandler(keepSilent))
	if err != nil {
		a.result = WrongUse(err.Error(), "pleo-connect --help shows what there is")
	}
	return a.conclude(ctx, a.result)
}

func (a *app) root() *cobra.Command {
	connect := newConnectOptions(a)
	root := &cobra.Command{
		Use:   "pleo-connect",
		Short: "Connect this server to Pleo",
		Long: "Connects this server to Pleo with an Integrated API Key: review the permissions, paste the key, and " +
			"the integration is active. Without a command it starts the wizard, like connect. If a run that was " +
			"killed leaves the terminal in disorder, the command reset puts it right.",
		Example: "# the wizard\npleo-connect\n\n# try it against a simulated Pleo\npleo-connect demo\n\n" +
			"# what is connected\npleo-connect status",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.finish(connect.run(cmd.Context()))
		},
	}
	connect.flags(root)
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return swallowedJSON(cmd) }
	flags := root.PersistentFlags()
	flags.StringVar(&a.store, "store", "", "directory of the key store")
	flags.StringVar(&a.identity, "identity", "", "file with the identity that opens the key store")
	flags.BoolVar(
		&a.forceStore, "force-store", false, "accept a store on a network file system or in a temporary directory",
	)
	flags.BoolVar(&a.plain, "plain", false, "line by line, for screen readers and simple terminals")
	flags.BoolVar(&a.noColor, "no-color", false, "without colours")
	root.AddCommand(
		newConnect(a), newReconnect(a), newDisconnect(a), newStatus(a), newKey(a), newExec(a), newRecipient(a),
		newRekey(a), newDoctor(a), newDemo(a), newSandbox(a),
	)
	return root
}

// finish keeps how a command ended, for conclude.
func (a *app) finish(err error) error {
	a.result = err
	return nil
}

func fullVersion() string {
	if info, ok := debug.ReadBuildInfo(); version == "dev" && ok && info.Main.Version != "" &&
		info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return version
}

// userAgent names us to Pleo, without host or user.
func userAgent() string {
	return fmt.Sprintf("pleo-connect/%s (%s; %s)", fullVersion(), runtime.GOOS, runtime.GOARCH)
}

func homeDir() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return home
}
