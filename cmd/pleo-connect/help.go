package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// newHelp is the command of cobra, which quotes what it does not know.
func newHelp(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about any command",
		Long:  "Shows what a command does, and its flags. Without a command it shows what there is.",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			var names []cobra.Completion
			if about, rest, err := cmd.Root().Find(args); err == nil && len(rest) == 0 {
				for _, below := range about.Commands() {
					if below.IsAvailableCommand() && strings.HasPrefix(below.Name(), typed) {
						names = append(names, cobra.CompletionWithDesc(below.Name(), below.Short))
					}
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			switch {
			case err != nil:
				return a.takesCommand(cmd.Root(), args)
			case len(rest) > 0:
				return a.takesCommand(about, rest)
			}
			about.InitDefaultHelpFlag()
			about.InitDefaultVersionFlag()
			return about.Help()
		},
	}
}

// completes reports whether cobra can complete the arguments. When it cannot, it quotes them on standard error; a shell
// then gets no completion, and so it does from [app.completesNothing].
func (a *app) completes() bool {
	typed := a.args[1:]
	if len(typed) == 0 {
		return true
	}
	last := len(typed) - 1
	cmd, rest, err := newApp(nil, a.host).root().Find(typed[:last]) // its flags are set, so they are not ours
	if err != nil {
		return false
	}
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	if name, _, valued := strings.Cut(typed[last], "="); valued && strings.HasPrefix(name, "-") {
		rest = append(rest, name)
	}
	var open *pflag.ValueRequiredError // that value is what is completed
	err = cmd.ParseFlags(rest)
	return err == nil || errors.As(err, &open)
}

// completesNothing is the answer to a shell that asks for what cannot be completed.
func (a *app) completesNothing() int {
	fmt.Fprintf(a.console.Out, ":%d\n", cobra.ShellCompDirectiveError)
	return exitDone
}
