package main

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

// What the command of exec finds in its environment.
const (
	keyVariable     = "PLEO_API_KEY"
	companyVariable = "PLEO_COMPANY_ID"
)

// helpForRoot says what a command gets from root.
var helpForRoot = "When root starts it and the key store belongs to another account, the command gets little from " +
	"root. " +
	"Its environment variables are HOME, USER and LOGNAME of the account, and from root " +
	strings.Join(host.HandedOn, ", ") + ". To add others, name them, as in --preserve-env=HTTPS_PROXY,NO_PROXY. All " +
	"open files but the standard streams are closed, also the sockets of LISTEN_FDS, and the session keyring is a new " +
	"one. The working directory stays. A systemd unit should name the account with User=: then the command gets " +
	"everything.\n\n" +
	"Such a command has no controlling terminal, so it cannot type into the shell of root. It still reads and writes " +
	"the terminal through its standard streams, unless they are redirected, and Ctrl+C reaches it. What it leaves " +
	"behind when it ends can go on to read what you type there: add </dev/null where that matters. Only a command " +
	"that leads the session of its terminal, as with ssh -t, keeps it: no shell is waiting there."

type execOptions struct {
	*app
	want     selection
	preserve []string // of --preserve-env: each holds one name or more, with commas
	command  []string
}

func newExec(a *app) *cobra.Command {
	o := &execOptions{app: a}
	cmd := &cobra.Command{
		Use:   "exec COMPANY -- COMMAND [ARGUMENTS]",
		Short: "Run a command with the key in its environment",
		Long: "Runs a command with " + keyVariable + " and " + companyVariable + " in its environment. Flags stand " +
			"before --; all that follows belongs to the command. On Unix it takes the place of this program: it has " +
			"the same process id, gets all signals, and its exit code is the one you see. Started by root, it runs " +
			"as the account that the key store belongs to. Exit code 127 means that the command was not found in " +
			"PATH, 126 that it cannot be run.\n\n" +
			"root, programs of the same account, and every program that the command starts can read the key in its " +
			"environment. The command writes no core file, because that would hold the key. A new key reaches it " +
			"when it is started again. Where a program can read the key from a pipe, pleo-connect key is better.\n\n" +
			helpForRoot + "\n\n" +
			"Of the signals that were ignored, only HUP and INT stay ignored: a command that relies on systemd to " +
			"ignore PIPE must do so itself.\n\n" + helpForPrograms,
		Example: "pleo-connect exec 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5 -- my-integration --port 8080\n\n" +
			"# in a systemd unit\n" +
			"ExecStart=/usr/bin/pleo-connect exec " + exampleConnection + " -- /usr/bin/my-integration",
		RunE: func(cmd *cobra.Command, args []string) error { return o.parse(cmd, args) },
	}
	o.want.flags(cmd.Flags())
	cmd.Flags().StringArrayVar(&o.preserve, "preserve-env", nil,
		"names of environment variables, with commas, that the command gets too when the account changes")
	cmd.Flags().SetInterspersed(false) // the flags of COMMAND are its own
	return cmd
}

// parse takes our own flags also between COMPANY and --. From COMMAND on, nothing is looked at.
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
		o.command = cmd.Flags().Args()
	}
	if help, _ := cmd.Flags().GetBool("help"); help {
		return cmd.Help()
	}
	if len(o.command) == 0 {
		return o.finish(flow.WrongUse("say for which company to run which command",
			"pleo-connect exec COMPANY -- COMMAND [ARGUMENTS]"))
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
		return cannotRun(o.command[0], err)
	}
	key, err := o.usableKey(r)
	if err != nil {
		return err
	}
	if places.Changed && preserve == nil && o.host.BySystemd() {
		o.console.Warn("few of the unit's environment variables are handed on to another account: write User=" +
			places.Name + " in the unit, or name them with --preserve-env")
	}
	return o.start(ctx, path, func() ([]string, error) {
		environ, err := o.host.HandOver(places.Owner, preserve)
		return withKey(environ, key, r.CompanyID), err
	})
}

// variableNames returns the names in the values of --preserve-env. What looks like a value is not repeated. A flag
// without a value takes the -- that follows for it.
func variableNames(lists []string) ([]string, error) {
	var out []string
	for _, list := range lists {
		for name := range strings.SplitSeq(list, ",") {
			if name == "" || strings.ContainsAny(name, "=* ") || strings.HasPrefix(name, "-") {
				return nil, flow.WrongUse("--preserve-env takes names of variables, with commas between them",
					"for example --preserve-env=HTTPS_PROXY,NO_PROXY")
			}
			out = append(out, name)
		}
	}
	return out, nil
}

// withKey returns an environment in which both variables are ours.
func withKey(environ []string, key pleoclient.Key, company string) []string {
	out := slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return name == keyVariable || name == companyVariable
	})
	return append(out, keyVariable+"="+key.Reveal(), companyVariable+"="+company)
}

// cannotRun returns the failure of a command that did not start.
func cannotRun(command string, err error) error {
	name := "the command" // a word that is no path may be a key
	if isPath(command) {
		name = pleoclient.Safe(command).String()
	}
	switch {
	case errors.Is(err, exec.ErrDot):
		return commandNotFound(name+" was found in the current directory only, where nothing is run unasked",
			"name it with its path, such as ./"+name)
	case errors.Is(err, exec.ErrNotFound):
		return commandNotFound(name+" was not found in PATH", "install it, or name it with its whole path")
	case errors.Is(err, fs.ErrNotExist):
		return commandNotFound(name+" was not found, or the interpreter that it names",
			"look at the path, and at the first line of a script")
	case errors.Is(err, fs.ErrPermission):
		return commandNotExecutable(name+" may not be run by this account", "make it executable: chmod +x")
	}
	return commandNotExecutable(name+" cannot be run: "+pleoclient.SystemReason(err),
		"look at the file: it must be a program, or a script that begins with #!")
}
