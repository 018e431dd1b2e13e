package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/store"
)

func newRekey(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "rekey",
		Short: "Replace the identity that opens the key store",
		Long: "Makes a new identity, encrypts every record for it, and removes the old one from the identity file. " +
			"The records stay as they are, and services that read the identity file go on. A run that was " +
			"interrupted leaves everything readable, and is finished by the next one. Nothing is changed when a " +
			"record cannot be read or is missing.\n\n" +
			"Copies of the store that were made before can no longer be opened with the identity file.",
		Example: "pleo-connect rekey",
		Args:    a.takesNothing,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.finish(a.rekey(cmd.Context())) },
	}
}

func (a *app) rekey(ctx context.Context) error {
	places, err := a.enter(ctx, noInputs, access{}) // a locked identity cannot be replaced, so nobody is asked
	if err != nil {
		return err
	}
	if a.host.Protection(places.Config) == flow.ProtectedBySystemd {
		return &flow.Failure{
			Kind:    flow.KindIdentityLocked,
			Summary: "the identity is a systemd credential, which cannot be replaced from here",
			Hint: "run it with --identity FILE: the file that the credential was made from, or what systemd-creds " +
				"decrypt gives back; " + credentialHint("FILE"),
		}
	}
	p := a.console.Progress()
	resumed, err := store.Rekey(places.Config, watch(ctx, p))
	p.Clear()
	var lost *store.LostError
	switch {
	case errors.As(err, &lost):
		why := engine.StoreFailure(err)
		why.Summary = "the identity was not replaced: " + why.Summary
		return why
	case errors.Is(err, store.ErrNoStore):
		return a.openFailure(places, err)
	case err != nil:
		return a.changeFailure(ctx, err, "pleo-connect rekey")
	}
	if resumed {
		a.console.Print("the change that was interrupted is finished")
	}
	a.console.Print(
		"the key store has a new identity, in "+engine.ShortPath(places.home(), places.Identity).String(),
		"if systemd hands the identity to a service, "+credentialHint(places.Identity),
		"copies of the store made before can no longer be opened with it: make new backups of both",
		"if somebody has read the old identity, replace the keys in Pleo too: pleo-connect reconnect COMPANY",
	)
	return nil
}

func credentialHint(identity string) string {
	return "make the credential again and restart the service, as root: " + flow.CredentialCommand(identity)
}

// watch draws how far the work is, and stops it when the person or the system wants so.
func watch(ctx context.Context, p *console.Progress) store.Progress {
	return func(done, total int) error {
		p.Step(done, total, nil)
		return context.Cause(ctx)
	}
}

// changeFailure explains why a change of who can open the store failed. Several records that cannot be read are all
// printed.
func (a *app) changeFailure(ctx context.Context, err error, command string) error {
	if ctx.Err() != nil {
		return interrupted("stopped before every record was encrypted anew",
			"all of them can be read; run "+command+" again to finish")
	}
	var refused *store.RefusedError
	unreadable, several := err.(interface{ Unwrap() []error })
	switch {
	case !several && errors.As(err, &refused):
		return &flow.Failure{Kind: flow.KindStore, Summary: refused.What, Hint: refused.Fix}
	case !several:
		return engine.StoreFailure(err)
	}
	for _, one := range unreadable.Unwrap() {
		a.console.Failure(engine.StoreFailure(one))
	}
	return &flow.Failure{
		Kind:    flow.KindStoreDamaged,
		Summary: "nothing was changed, because not every record can be read",
		Hint:    "repair or remove what is named above, then run " + command + " again",
	}
}
