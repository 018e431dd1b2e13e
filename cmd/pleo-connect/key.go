package main

import (
	"context"
	"io"
	"io/fs"
	"os"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/flow"

	"github.com/spf13/cobra"
)

type keyOptions struct {
	*app
	want selection
}

func newKey(a *app) *cobra.Command {
	o := &keyOptions{app: a}
	cmd := &cobra.Command{
		Use:   "key COMPANY",
		Short: "Print the key of a company to a pipe",
		Long: "Prints the key of a connected company and a line feed to standard output, which must be a pipe: a key " +
			"does not belong on a screen, in a file or in a journal. Pleo is not asked. A key that Pleo rejected " +
			"before comes out with a warning.\n\n" +
			"A service runs this when it starts, and once more when Pleo answers 401: the key may have been " +
			"replaced. While a new key is not active yet, the one before it comes out.\n\n" + helpForPrograms,
		Example: "# into a variable of a shell script\n" +
			"KEY=$(pleo-connect key " + exampleConnection + ")\n\n" +
			"# to a program that reads it on standard input\n" +
			"pleo-connect key " + exampleConnection + " | my-integration --key-from-stdin",
		Args: a.takesOne("COMPANY", true),
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

// mustBePipe refuses every place where a key would stay.
func mustBePipe(out io.Writer) error {
	const pipe = "give it to the program that needs it: pleo-connect key COMPANY | PROGRAM, or pleo-connect exec " +
		"COMPANY -- PROGRAM"
	var mode fs.FileMode = fs.ModeIrregular
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			mode = info.Mode()
		}
	}
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return nil
	case console.IsTerminal(out):
		return flow.WrongUse("standard output is a terminal, and the key would stay on the screen", pipe)
	case mode.IsRegular():
		return flow.WrongUse("standard output is a file, and the key would lie in it as plain text", pipe)
	case mode&fs.ModeSocket != 0:
		return flow.WrongUse("standard output is a socket, such as that of a journal, which would keep the key",
			pipe+"; a program that has sockets for pipes runs: sh -c 'pleo-connect key COMPANY | cat'")
	}
	return flow.WrongUse("standard output is not a pipe", pipe)
}
