package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

func newRecipient(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "recipient",
		Short: "Let another identity open the key store, or take that back",
		Long: "Manages who can open the key store beside its own identity: a person, or a recovery identity that is " +
			"kept elsewhere. pleo-connect status lists them. Every record is encrypted anew; services go on.",
		Example: "# an identity for a person, locked with a passphrase; " +
			"the recipient is the public key that it prints\n" +
			"age-keygen | age -p -o me.age\npleo-connect recipient add age1…\npleo-connect status --identity me.age",
		Args: a.takesCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		a.recipientCommand("add", "Let one more identity open the key store",
			"can open the key store now, and read every key in it",
			(*store.Store).AddRecipient),
		a.recipientCommand("remove", "Encrypt the key store without a recipient",
			"can no longer open the key store\ncopies made before stay readable for it: "+
				"if that matters, replace the keys in Pleo",
			(*store.Store).RemoveRecipient))
	return cmd
}

type recipientChange func(s *store.Store, recipient string, progress store.Progress) error

func (a *app) recipientCommand(name, short, outcome string, change recipientChange) *cobra.Command {
	return &cobra.Command{
		Use:     name + " AGE1...",
		Short:   short,
		Example: "pleo-connect recipient " + name + " age1…",
		Args:    a.takesOne("a recipient", true),
		RunE: func(cmd *cobra.Command, args []string) error {
			recipient, err := store.ParseRecipient(args[0])
			switch {
			case err != nil && pleoclient.MayBeKey(args[0]):
				return a.finish(flow.KeyAsArgument("the recipient"))
			case err != nil:
				return a.finish(flow.WrongUse(err.Error(), recipientHint(err)))
			}
			if err := a.changeRecipient(cmd.Context(), name, recipient, change); err != nil {
				return a.finish(err)
			}
			a.console.Print(recipient + " " + outcome)
			return nil
		},
	}
}

func recipientHint(err error) string {
	if errors.Is(err, store.ErrSecret) {
		return "whoever can see this command line or its history can use it now: make a new one, and give the public " +
			"key that age-keygen prints"
	}
	return "give the public key that age-keygen prints: age1 and 58 more letters and digits"
}

func (a *app) changeRecipient(ctx context.Context, name, recipient string, change recipientChange) error {
	places, err := a.enter(ctx, noInputs, access{ask: a.askAnywhere})
	if err != nil {
		return err
	}
	st, err := places.open()
	if err != nil {
		return a.openFailure(places, err)
	}
	p := a.console.Progress()
	err = change(st, recipient, watch(ctx, p))
	p.Clear()
	if err != nil {
		return a.changeFailure(ctx, err, "pleo-connect recipient "+name)
	}
	return nil
}
