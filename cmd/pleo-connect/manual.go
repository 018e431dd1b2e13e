package main

import (
	"io"

	mango "github.com/muesli/mango-cobra"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"
)

// manual is the command for those who package this program. Its page describes all other commands.
const manual = "man"

func newManual(a *app) *cobra.Command {
	return &cobra.Command{
		Use:    manual,
		Short:  "Print the manual page",
		Hidden: true,
		Args:   a.takesNothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			page, err := mango.NewManPage(1, cmd.Root())
			if err != nil {
				return a.finish(err)
			}
			_, _ = io.WriteString(a.console.Stdout(), page.Build(roff.NewDocument()))
			return a.finish(a.console.Failed())
		},
	}
}
