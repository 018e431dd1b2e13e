package main

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

// What the command of exec finds in its environment.
const (
	keyVariable     = "PLEO_API_KEY"
	companyVariable = "PLEO_COMPANY_ID"
)

type execOptions struct {
	*app
	want    selection
	command []string
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
			"Of the signals that were ignored, only HUP and INT stay ignored: a command that relies on systemd to " +
			"ignore PIPE must do so itself.\n\n" + helpForPrograms,
		Example: "pleo-connect exec 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5 -- my-integration --port 8080\n\n" +
			"# in a systemd unit\n" +
			"ExecStart=/usr/bin/pleo-connect exec " + exampleConnection + " -- /usr/bin/my-integration",
		RunE: func(cmd *cobra.Command, args []string) error { return o.parse(cmd, args) },
	}
	o.want.flags(cmd.Flags())
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
	r, _, err := o.recordOf(ctx, noInputs, access{ask: o.askAnywhere}, o.want, chooseNone)
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
	return o.start(ctx, path, withKey(o.host.Environ, key, r.CompanyID))
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
