package main

import (
	"context"

	"github.com/spf13/cobra"

	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

func newRecipient(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "recipient",
		Short: "Manage who else can open the key store",
		Long: "Manages who can open the key store besides its own identity, for example a colleague, or a recovery " +
			"identity kept elsewhere. Each recipient is an age public key (age1…); pleo-connect status lists them. " +
			"Every record is encrypted again, while services keep running.\n\nIn OpenBao or Vault, policies decide " +
			"who can read the keys instead.",
		Example: "# create an identity with a passphrase; the public key it prints\n# is the recipient\n" +
			"age-keygen | age -p -o me.age\npleo-connect recipient add AGE1...\npleo-connect status --identity me.age",
		Args: a.takesCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.finish(a.showHelp(cmd)) },
	}
	cmd.AddCommand(
		a.recipientCommand("add", "Let another identity open the key store",
			"Lets another identity open the key store and read every key in it. RECIPIENT is the "+
				"public key that age-keygen prints. Every record is encrypted again, while services keep running.",
			(*store.Store).AddRecipient, a.book.Command.RecipientAdded),
		a.recipientCommand("remove", "Stop an identity from opening the key store",
			"Stops an identity from opening the key store. It can still read older copies; if that matters, "+
				"replace the keys. Every record is encrypted again, while services keep running.",
			(*store.Store).RemoveRecipient, a.book.Command.RecipientRemoved, a.book.Command.OlderCopies))
	return cmd
}

type recipientChange func(s *store.Store, recipient string, progress store.Progress) error

// recipientCommand returns a command that changes who can open the key store, and then prints the lines of done.
func (a *app) recipientCommand(name, short, long string, change recipientChange, done ...flow.Text) *cobra.Command {
	return &cobra.Command{
		Use:     name + " RECIPIENT",
		Short:   short,
		Long:    long,
		Example: "pleo-connect recipient " + name + " AGE1...",
		Args:    a.takesRecipient,
		RunE: func(cmd *cobra.Command, args []string) error {
			recipient, err := store.ParseRecipient(args[0])
			switch {
			case err != nil && pleoclient.MayBeKey(args[0]):
				return a.finish(flow.KeyAsArgument(0, false))
			case err != nil:
				return a.finish(engine.StoreFault(err))
			}
			if err := a.changeRecipient(cmd.Context(), recipient, change); err != nil {
				return a.finish(err)
			}
			for _, line := range done {
				a.console.Print(line.Fill(flow.Values{Recipient: recipient}))
			}
			return nil
		},
	}
}

func (a *app) changeRecipient(ctx context.Context, recipient string, change recipientChange) error {
	if a.book.Engine.Used() {
		return flow.NewFault(flow.RecipientsOfEngine, flow.Values{})
	}
	places, err := a.enter(ctx, noInputs, access{ask: a.askAnywhere})
	if err != nil {
		return err
	}
	st, err := places.open()
	if err != nil {
		return a.openFailure(places, err)
	}
	p := a.console.Progress(a.book)
	err = change(st, recipient, watch(ctx, p))
	p.Clear()
	if err != nil {
		return a.changeFailure(ctx, err)
	}
	return nil
}
