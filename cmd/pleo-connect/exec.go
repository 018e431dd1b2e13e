package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store/kv"
)

// The variables that the command of exec finds in its environment.
const (
	keyVariable     = "PLEO_API_KEY"
	companyVariable = "PLEO_COMPANY_ID"
)

// helpForRoot says what a command gets from root: the variables that are named, among others.
const helpForRoot = "If you run this as root and the key store belongs to another account, the command runs as that " +
	"account. Its environment variables are HOME, USER and LOGNAME of the account, and from root only " +
	"%s. To pass on others, name them, as in --preserve-env=HTTPS_PROXY,NO_PROXY.\n\n" +
	"Such a command gets none of root's open files except the standard streams, not even the sockets of LISTEN_FDS, " +
	"and it gets a new session keyring. The working directory stays the same. In a systemd unit, set User= to the " +
	"account instead: then the command gets everything.\n\n" +
	"It also has no controlling terminal, so it can't type into root's shell. It can still read and write the " +
	"terminal through its standard streams, and Ctrl+C reaches it. If it leaves a process behind, that process can " +
	"read what you type later, unless its standard streams are redirected.\n\n" +
	"Only a command that leads the session of its terminal, as with ssh -t, keeps the terminal: no shell is " +
	"waiting there."

type execOptions struct {
	*app
	want     selection
	preserve []string // of --preserve-env: each holds one or more names, separated by commas
	command  []string
}

func newExec(a *app) *cobra.Command {
	o := &execOptions{app: a}
	cmd := &cobra.Command{
		Use:   "exec [flags] COMPANY -- COMMAND [ARGUMENTS]",
		Short: "Run a command with the key in its environment",
		Long: "Runs a command with " + keyVariable + " and " + companyVariable + " as environment variables. " +
			"Put flags before --; everything after it belongs to the command.\n\n" +
			"On Unix, the command replaces this program: it keeps the process ID, receives all signals, and sets the " +
			"exit code. Exit code 127 means that the command was not found, 126 that it can't be run.\n\n" +
			"The key in the environment can be read by root, by other programs of the same account, and by anything " +
			"the command starts. Core dumps are turned off, because they would contain the key. If your program can " +
			"read the key from a pipe, prefer pleo-connect key.\n\n" +
			"A new key reaches the command when you restart it. Ignored signals are reset to their defaults, except " +
			"HUP and INT: a command that relies on systemd to ignore PIPE must ignore it itself.\n\n" +
			helpForPrograms + "\n\n" +
			"With a key store in OpenBao or Vault, the command doesn't get the token in " +
			strings.Join(kv.TokenVariables(), " or ") + ": it needs only the key. If it uses the engine itself, name " +
			"the variable, as in --preserve-env=" + kv.TokenVariables()[0] + ".\n\n" +
			fmt.Sprintf(helpForRoot, strings.Join(host.HandedOn, ", ")),
		Example: "pleo-connect exec 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5 -- my-integration\n\n" +
			"# in a systemd unit\n" +
			"ExecStart=/usr/bin/pleo-connect exec " + exampleConnection + " \\\n" +
			"  -- /usr/bin/my-integration",
		RunE: func(cmd *cobra.Command, args []string) error { return o.parse(cmd, args) },
	}
	o.want.flags(cmd.Flags())
	cmd.Flags().StringArrayVar(&o.preserve, "preserve-env", nil,
		"names of environment variables, separated by commas, that the command also gets "+
			"(from root, or an engine's token)")
	cmd.Flags().SetInterspersed(false) // the flags of COMMAND are its own
	return cmd
}

// parse also takes our own flags between COMPANY and --. It does not look at anything from COMMAND on.
func (o *execOptions) parse(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		if err := o.want.named(args); err != nil {
			return o.finish(err)
		}
		if err := cmd.Flags().Parse(args[1:]); err != nil {
			return o.wrongFlag(cmd, err)
		}
		if err := checkFlags(cmd.Flags(), cmd.CommandPath()); err != nil {
			return err
		}
		if err := o.nameVault(); err != nil { // a flag after COMPANY may name it
			return err
		}
		o.command = cmd.Flags().Args()
	}
	if help, _ := cmd.Flags().GetBool("help"); help {
		return o.finish(o.showHelp(cmd))
	}
	if len(o.command) == 0 {
		return o.finish(flow.NewFault(flow.ExecUsage, flow.Values{}))
	}
	return o.finish(o.run(cmd.Context()))
}

func (o *execOptions) run(ctx context.Context) error {
	preserve, err := variableNames(o.preserve)
	if err != nil {
		return err
	}
	r, places, err := o.recordOf(ctx, noInputs, access{ask: o.askAnywhere}, o.want, chooseNone)
	if err != nil {
		return err
	}
	path, err := exec.LookPath(o.command[0])
	if err != nil {
		return o.cannotRun(err)
	}
	key, err := o.usableKey(r)
	if err != nil {
		return err
	}
	if places.Changed && preserve == nil && o.host.BySystemd() {
		o.console.Warn(o.book.Command.FewVariables.Fill(flow.Values{Owner: places.Name}))
	}
	return o.start(ctx, path, func() ([]string, error) {
		environ, err := o.host.HandOver(places.Owner, preserve)
		if err != nil {
			return nil, notHandedOn(err)
		}
		if o.vault != nil {
			environ = withoutTokens(environ, preserve)
		}
		return withKey(environ, key, r.CompanyID), nil
	})
}

// variableNames returns the names in the values of --preserve-env. What looks like a value is not repeated. A flag
// without a value takes the -- that follows as its value.
func variableNames(lists []string) ([]string, error) {
	var out []string
	for _, list := range lists {
		for name := range strings.SplitSeq(list, ",") {
			if name == "" || strings.ContainsAny(name, "=* ") || strings.HasPrefix(name, "-") {
				return nil, flow.NewFault(flow.ExecVariables, flow.Values{})
			}
			out = append(out, name)
		}
	}
	return out, nil
}

// withoutTokens returns an environment without the tokens of an engine: with one, a command could read other keys than
// its own. One that uses the engine itself gets those that preserve names.
func withoutTokens(environ, preserve []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(kv.TokenVariables(), name) && !slices.Contains(preserve, name)
	})
}

// withKey returns an environment in which both variables are set by us.
func withKey(environ []string, key pleoclient.Key, company string) []string {
	out := slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return name == keyVariable || name == companyVariable
	})
	return append(out, keyVariable+"="+key.Reveal(), companyVariable+"="+company)
}

// cannotRun returns the failure of a command that did not start.
func (o *execOptions) cannotRun(err error) error {
	command := o.command[0]
	v := flow.Values{Name: o.shownCommand(), Reason: pleoclient.SystemReason(err)}
	if isPath(command) {
		v.Path = command
	}
	switch {
	case errors.Is(err, exec.ErrDot):
		v.Path = "." + string(filepath.Separator) + command
		return commandNotFound(flow.NewFault(flow.ExecOnlyHere, v))
	case errors.Is(err, exec.ErrNotFound):
		return commandNotFound(flow.NewFault(flow.ExecNotInPath, v))
	case errors.Is(err, fs.ErrNotExist):
		return commandNotFound(flow.NewFault(flow.ExecNotFound, v))
	case errors.Is(err, fs.ErrPermission) && isPath(command) && lacksMode(command):
		return commandNotExecutable(flow.NewFault(rowWithoutMode(command), v))
	case errors.Is(err, fs.ErrPermission):
		return commandNotExecutable(flow.NewFault(flow.ExecForbidden, v))
	}
	return commandNotExecutable(flow.NewFault(flow.ExecNotRun, v))
}

// shownCommand returns the name of the command. A word that is not a path may be a key, and is not repeated.
func (o *execOptions) shownCommand() string {
	if isPath(o.command[0]) {
		return pleoclient.SafePath(o.command[0]).String()
	}
	return o.book.Command.TheCommand.String()
}

// lacksMode reports whether no account may run a file, until its mode allows that.
func lacksMode(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 == 0 && host.MayChmod(info)
}

// The bytes that begin a program of Linux, of macOS (in either order, or for several processors), and a script.
var programs = []string{"#!", "\x7fELF", "\xfe\xed\xfa", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe"}

// rowWithoutMode returns the row for a file that no account may run. The mode is the fault only if the file begins as a
// program or a script does.
func rowWithoutMode(path string) flow.Kind {
	f, err := os.Open(path)
	if err != nil {
		return flow.ExecForbidden
	}
	defer func() { _ = f.Close() }()
	start := make([]byte, 4)
	n, _ := io.ReadFull(f, start)
	if slices.ContainsFunc(programs, func(p string) bool { return strings.HasPrefix(string(start[:n]), p) }) {
		return flow.ExecNoMode
	}
	return flow.ExecNotRun
}

// notHandedOn returns the failure of a command that was not started, because something of root's could not be left
// behind.
func notHandedOn(err error) error {
	fault := flow.Fault{Kind: flow.KindInternal, Detail: pleoclient.Safe(err.Error())}
	errors.As(err, &fault) // package host says more
	return commandNotExecutable(fault)
}
