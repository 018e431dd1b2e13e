package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store/kv"
)

// version is set when a release is built.
var version = "dev"

// app is what all commands share.
type app struct {
	host     host.Host
	console  *console.Console
	book     *flow.Book // what people read
	places   placeFlags
	vault    *kv.Address             // of the key store; nil: it is in files
	stop     context.CancelCauseFunc // ends the run
	release  func()                  // gives signals back to the system, before exec
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

// run is the whole program: it returns the exit code. It does not give signals back to the system, which takes a tenth
// of a short run: the process ends next.
func run(ctx context.Context, args []string, h host.Host) int {
	a := newApp(args, h)
	return a.recovered(func() int {
		ctx, a.stop, a.release = host.Signals(ctx)
		a.console.EndWith(ctx, host.DropUnread)
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
	root := a.root(needed(a.args)...)
	a.commands = root
	root.SetArgs(a.args)
	root.SetIn(a.console.In)
	root.SetOut(a.console.Stdout())
	root.SetErr(a.console.Stream(a.console.Err))
	if !root.CompletionOptions.DisableDefaultCmd {
		a.nameCompletion(root)
	}
	if completion := []string{cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd}; len(a.args) > 0 &&
		slices.Contains(completion, a.args[0]) && !a.completes() {
		return a.completesNothing(ctx)
	}
	// Our commands keep their error and return nil, so any error here is wrong use. Cobra's text is not printed: it
	// quotes what was typed.
	err := root.ExecuteContext(ctx)
	var wrong flow.Fault
	switch {
	case errors.As(err, &wrong):
		a.result = wrong
	case err != nil && a.console.Failed() != nil: // to print what cobra prints itself, such as the version
		a.result = a.console.Failed()
	case err != nil && interruptedBefore(ctx) == nil: // otherwise it may be about output that no one read
		a.result = a.notUnderstood()
	}
	return a.conclude(ctx, a.result)
}

// command is one of the commands: its name, and what makes it.
type command struct {
	name   string
	create func(*app) *cobra.Command
}

func allCommands() []command {
	return []command{
		{"connect", newConnect}, {"reconnect", newReconnect}, {"disconnect", newDisconnect}, {"status", newStatus},
		{"key", newKey}, {"exec", newExec}, {"recipient", newRecipient}, {"rekey", newRekey}, {"doctor", newDoctor},
		{"demo", newDemo}, {"sandbox", newSandbox}, {manual, newManual},
	}
}

// needed returns the commands that a run with these arguments needs: to make all of them takes longer than key does.
// Help and completion, and whatever may be a mistake, need all.
func needed(args []string) []command {
	all := allCommands()
	if len(args) == 0 || len(args) == 1 && args[0] == "--version" {
		return nil
	}
	if i := slices.IndexFunc(all, func(c command) bool { return c.name == args[0] }); i >= 0 && args[0] != manual {
		return all[i : i+1]
	}
	return all
}

// root returns the command that has the given ones below it.
func (a *app) root(below ...command) *cobra.Command {
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

		Version: fullVersion(), SilenceUsage: true, SilenceErrors: true,
	}
	connect.flags(root)
	root.SetFlagErrorFunc(a.wrongFlag)
	root.SetHelpCommand(newHelp(a))
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := cmp.Or(checkFlags(cmd.Flags(), cmd.CommandPath()), checkPlaces(a.host.Getenv)); err != nil {
			return err // a path that may be a key is never shown
		}
		a.nameStore(cmd.Flags())
		if cmd.Annotations[noStore] != "" {
			return nil
		}
		return a.nameVault()
	}
	a.helpFlags(root)
	flags := root.PersistentFlags()
	textFlag(flags, &a.places.store, "store", "DIR", "key store directory, or openbao:MOUNT/PREFIX or vault:MOUNT/PREFIX")
	textFlag(flags, &a.places.identity, "identity", "FILE",
		"identity file that opens the key store; openbao: and vault: need none")
	flags.BoolVar(&a.places.force, "force-store", false,
		"allow a key store on a network file system or in a temporary directory")
	flags.BoolVar(&a.console.ForcePlain, "plain", false,
		"ask line by line, for screen readers and basic terminals, as with ACCESSIBLE=1")
	flags.BoolVar(&a.console.NoColor, "no-color", false, "don't use colours")
	for _, c := range below {
		root.AddCommand(c.create(a))
	}
	root.CompletionOptions.DisableDefaultCmd = len(below) < len(allCommands())
	return root
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
