package main

import (
	"context"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/flow"
)

type keyOptions struct {
	*app
	want selection
}

func newKey(a *app) *cobra.Command {
	o := &keyOptions{app: a}
	cmd := &cobra.Command{
		Use:   "key COMPANY",
		Short: "Print a company's key to a pipe",
		Long: "Prints a connected company's key to standard output, followed by a line feed. Output must be a pipe, " +
			"so that the key doesn't end up on a screen, in a file or in a log.\n\n" +
			"It doesn't contact Pleo. If Pleo rejected the key earlier, the key is still printed, with a warning.\n\n" +
			"A service should run this when it starts, and again when Pleo answers 401, because the key may have " +
			"been replaced. Until a new key is active, the previous one is printed.\n\n" + helpForPrograms,
		Example: "# in a shell script\n" +
			"KEY=$(pleo-connect key " + exampleConnection + ")\n\n" +
			"# for a program that reads it from standard input\n" +
			"pleo-connect key " + exampleConnection + " \\\n  | my-integration --key-from-stdin",
		Args: a.takesCompany(true, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.want.named(args); err != nil {
				return a.finish(err)
			}
			return a.finish(o.run(cmd.Context()))
		},
	}
	o.want.flags(cmd.Flags())
	return cmd
}

func (o *keyOptions) run(ctx context.Context) error {
	if err := mustBePipe(o.console.Out); err != nil {
		return err
	}
	r, _, err := o.recordOf(ctx, noInputs, access{ask: o.askAnywhere}, o.want, chooseNone)
	if err != nil {
		return err
	}
	key, err := o.usableKey(r)
	if err != nil {
		return err
	}
	_, _ = io.WriteString(o.console.Stdout(), key.Reveal()+"\n")
	return o.console.Failed()
}

// mustBePipe refuses any output in which a key would stay.
func mustBePipe(out io.Writer) error {
	var mode fs.FileMode = fs.ModeIrregular
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			mode = info.Mode()
		}
	}
	row := flow.KeyToNoPipe
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return nil
	case console.IsTerminal(out):
		row = flow.KeyToTerminal
	case mode.IsRegular():
		row = flow.KeyToFile
	case mode&fs.ModeSocket != 0:
		row = flow.KeyToSocket
	}
	return flow.NewFault(row, flow.Values{})
}
