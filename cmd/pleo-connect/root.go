package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

// version is set when a release is built.
var version = "dev"

// app is what all commands share.
type app struct {
	host     host.Host
	console  *console.Console
	book     *flow.Book // what people read
	places   placeFlags
	stop     context.CancelCauseFunc // ends the run
	release  func()                  // gives signals back to the system
	commands *cobra.Command
	args     []string
	result   error // how the command ended
}

// placeFlags are the flags that say where the store is.
type placeFlags struct {
	store, identity string
	force           bool
}

func newApp(args []string, h host.Host) *app {
	return &app{host: h, book: &flow.English, console: console.New(h.In, h.Out, h.Err, h.Getenv), args: args}
}

// run is the whole program: it returns the exit code.
func run(ctx context.Context, args []string, h host.Host) int {
	a := newApp(args, h)
	return a.recovered(func() int {
		ctx, a.stop, a.release = host.Signals(ctx)
		a.console.EndWith(ctx, host.DropUnread)
		defer a.release()
		return a.execute(ctx)
	})
}

// recovered turns a panic into a failure. The panic's value may hold anything, so it is not printed.
func (a *app) recovered(f func() int) (code int) {
	defer func() {
		if recover() != nil {
			code = a.conclude(context.Background(), a.failureOf(flow.Fault{Kind: flow.KindInternal}))
		}
	}()
	return f()
}

func (a *app) execute(ctx context.Context) int {
	root := a.root()
	a.commands = root
	root.SetArgs(a.args)
	root.SetIn(a.console.In)
	root.SetOut(a.console.Stream(a.console.Out))
	root.SetErr(a.console.Stream(a.console.Err))
	a.nameCompletion(root)
	if completion := []string{cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd}; len(a.args) > 0 &&
		slices.Contains(completion, a.args[0]) && !a.completes() {
		return a.completesNothing(ctx)
	}
	// Our commands keep their error and return nil, so any error here is wrong use. Cobra's text is not printed: it
	// quotes what was typed.
	keepSilent := func(io.Writer, fang.Styles, error) {}
	err := fang.Execute(ctx, root, fang.WithVersion(fullVersion()), fang.WithErrorHandler(keepSilent))
	var wrong flow.Fault
	switch {
	case errors.As(err, &wrong):
		a.result = wrong
	case err != nil && interruptedBefore(ctx) == nil: // otherwise it may be about output that no one read
		a.result = a.notUnderstood()
	}
	return a.conclude(ctx, a.result)
}

func (a *app) root() *cobra.Command {
	connect := &connectOptions{app: a}
	root := &cobra.Command{
		Use:   "pleo-connect",
		Short: "Connect this server to Pleo",
		Long: "Connects this server to Pleo: you review the permissions, paste the key, and confirm the company. " +
			" Without a command, it starts the wizard, just like connect. Run `reset` if your terminal looks " +
			"garbled afterwards.",
		Example: "# start the wizard\npleo-connect\n\n# try it with a simulated Pleo\npleo-connect demo\n\n" +
			"# see what is connected\npleo-connect status\n\n# find out why it doesn't work\npleo-connect doctor",
		Args: a.takesCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.finish(connect.run(cmd.Context()))
		},
	}
	connect.flags(root)
	root.SetFlagErrorFunc(a.wrongFlag)
	root.SetHelpCommand(newHelp(a))
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := cmp.Or(checkFlags(cmd.Flags(), cmd.CommandPath()), checkPlaces(a.host.Getenv)); err != nil {
			return err // a path that may be a key is never shown
		}
		a.nameStore(cmd.Flags())
		if cmd.Name() == manual {
			cmd.RunE = endsWithRun(cmd.RunE)
		}
		return nil
	}
	a.helpFlags(root)
	flags := root.PersistentFlags()
	textFlag(flags, &a.places.store, "store", "DIR", "key store directory")
	textFlag(flags, &a.places.identity, "identity", "FILE", "identity file that opens the key store")
	flags.BoolVar(&a.places.force, "force-store", false,
		"allow a key store on a network file system or in a temporary directory")
	flags.BoolVar(&a.console.ForcePlain, "plain", false,
		"ask line by line, for screen readers and basic terminals, as with ACCESSIBLE=1")
	flags.BoolVar(&a.console.NoColor, "no-color", false, "don't use colours")
	root.AddCommand(
		newConnect(a), newReconnect(a), newDisconnect(a), newStatus(a), newKey(a), newExec(a), newRecipient(a),
		newRekey(a), newDoctor(a), newDemo(a), newSandbox(a),
	)
	return root
}

// manual is the command that fang adds, which writes to standard output by itself.
const manual = "man"

// endsWithRun lets a run end although its command does not, because no one reads what it writes.
func endsWithRun(run func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		_, err := read(cmd.Context(), func() (struct{}, error) { return struct{}{}, run(cmd, args) })
		return err
	}
}

// nameStore makes the commands in texts mean the key store of this run: that of root, if sudo was asked for it, and that
// which flags name.
func (a *app) nameStore(flags *pflag.FlagSet) {
	book := *a.book
	if user := a.host.Getenv("SUDO_USER"); user != "" && user != "root" && os.Geteuid() == 0 {
		book.Program = "sudo " + book.Program
	}
	for _, name := range storeFlags {
		switch f := flags.Lookup(name); {
		case f == nil || !f.Changed:
		case f.Value.Type() != "bool":
			book.Program += " --" + name + " " + pleoclient.ShellWord(f.Value.String())
		case f.Value.String() == "true":
			book.Program += " --" + name
		}
	}
	a.book, a.console.Book = &book, &book
}

// finish keeps the error with which a command ended, for conclude.
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

// userAgent returns the name that we give to Pleo, without host or user.
func userAgent() string {
	return fmt.Sprintf("pleo-connect/%s (%s; %s)", fullVersion(), runtime.GOOS, runtime.GOARCH)
}
