package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

func newRekey(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "rekey",
		Short: "Replace the key store's identity",
		Long: "Creates a new identity, encrypts every record for it, and removes the old one from the identity file. " +
			"Your Pleo keys don't change, and services that read the identity file keep working. If a service uses a " +
			"systemd credential, create that again.\n\n" +
			"If it is interrupted, everything stays readable; run it again to finish. If any record can't be read or " +
			"is missing, nothing is changed.\n\n" +
			"Older backups of the key store can't be opened with the new identity, so make new ones.\n\n" +
			"Key stores in OpenBao or Vault have no rekey: the engine replaces its own encryption key.",
		Example: "pleo-connect rekey",
		Args:    a.takesNothing,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.finish(a.rekey(cmd.Context())) },
	}
}

func (a *app) rekey(ctx context.Context) error {
	if a.book.Engine.Used() {
		return flow.NewFault(flow.RekeyOfEngine, flow.Values{})
	}
	places, err := a.enter(ctx, noInputs, access{}) // a locked identity cannot be replaced: no passphrase is asked for
	if err != nil {
		return err
	}
	if a.host.Protection(places.Config) == flow.ProtectedBySystemd {
		return flow.NewFault(flow.RekeyOfCredential, flow.Values{})
	}
	p := a.console.Progress(a.book)
	resumed, err := store.Rekey(places.Config, watch(ctx, p))
	p.Clear()
	var lost *store.LostError
	switch {
	case errors.As(err, &lost):
		c := engine.ConnectionOf(lost.Ref)
		return flow.NewFault(flow.RekeyLost, flow.Values{
			Company: string(c.Company), Path: lost.File, Arguments: c.Arguments(),
		})
	case errors.Is(err, store.ErrNoStore):
		return a.openFailure(places, err)
	case err != nil:
		return a.changeFailure(ctx, err)
	}
	say, v := &a.book.Command, flow.Values{
		Program: a.book.Program,
		Path:    engine.ShortPath(places.home(), places.Identity).String(),
		Command: flow.CredentialCommand(places.Identity),
	}
	if resumed {
		a.console.Print(say.RekeyResumed.Fill(v))
	}
	for _, line := range []flow.Text{say.RekeyDone, say.RekeyCredential, say.RekeyBackups, say.RekeyExposed} {
		a.console.Print(line.Fill(v))
	}
	return nil
}

// watch draws how far the work is, and stops it when the person or the system asks for that.
func watch(ctx context.Context, p *console.Progress) store.Progress {
	return func(done, total int) error {
		p.Step(done, total, nil)
		return context.Cause(ctx)
	}
}

// changeFailure returns why a change of who can open the store failed. If several records cannot be read, it prints all
// of them.
func (a *app) changeFailure(ctx context.Context, err error) error {
	again := flow.Values{Command: a.commandLine()}
	if ctx.Err() != nil {
		return flow.NewFault(flow.ReencryptStopped, again)
	}
	unreadable, several := err.(interface{ Unwrap() []error })
	if !several {
		return engine.StoreFault(err)
	}
	for _, one := range unreadable.Unwrap() {
		a.console.Failure(a.failureOf(engine.StoreFault(one)))
	}
	return flow.NewFault(flow.ReencryptUnread, again)
}

// commandLine returns the command line of this run, quoted for a shell. It is printed only by commands that know all of
// their arguments: others may hold a key.
func (a *app) commandLine() string {
	return pleoclient.ShellWords(append([]string{"pleo-connect"}, a.args...))
}
