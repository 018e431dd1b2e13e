package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/engine"
	"pleo-connect/cmd/internal/integration"
	"pleo-connect/flow"
	"pleo-connect/store"
)

type disconnectOptions struct {
	*app
	want              selection
	caFile            string
	yes, json, forget bool
}

func newDisconnect(a *app) *cobra.Command {
	o := &disconnectOptions{app: a, want: selection{names: true}}
	cmd := &cobra.Command{
		Use:   "disconnect [COMPANY]",
		Short: "Tell Pleo, then forget the key of a connection",
		Long: "Removes the installation in Pleo, and then the record with the key from this computer. Other " +
			"connections stay as they are.\n\n" + helpForPeople + "\n\n" +
			"The key stays until Pleo itself says that nothing is installed any more; running it again goes on. With " +
			"a key that Pleo rejects or refuses nothing can be removed there, with exit code 3 or 4: disconnect in " +
			"Pleo, under Settings > Accounting, and then use --forget, which removes the key here alone and does not " +
			"ask Pleo.\n\n" +
			"The API key itself is not deleted by this: do that in Pleo, under Settings > API Keys.",
		Example: "pleo-connect disconnect 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5\n\n# without a terminal\n" +
			"pleo-connect disconnect 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5 --yes --json\n\n" +
			"# after it was disconnected in Pleo\n" +
			"pleo-connect disconnect 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5 --forget",
		Args: a.takesOne("COMPANY", false),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.want.named(args); err != nil {
				return a.finish(err)
			}
			return a.finish(o.run(cmd.Context()))
		},
	}
	f := cmd.Flags()
	o.want.flags(f)
	f.BoolVar(&o.forget, "forget", false, "remove the key here alone, and do not ask Pleo")
	f.BoolVar(&o.yes, "yes", false, "do not ask")
	f.BoolVar(&o.json, "json", false, "the result as one JSON object on standard output, with --yes")
	f.StringVar(&o.caFile, "ca-file", "", "additional trusted certificates (PEM), in a file that others cannot change")
	return cmd
}

func (o *disconnectOptions) run(ctx context.Context) error {
	if !o.yes && (o.json || !o.console.Interactive()) {
		return o.nobodyConfirms()
	}
	opened := noInputs
	if !o.forget {
		opened = o.rootsOnly(o.caFile)
	}
	choose := chooser(chooseNamed)
	if !o.yes { // else nobody is asked
		choose = o.chooseAsking(o.askAnywhere)
	}
	r, places, err := o.recordOf(ctx, opened, access{ask: o.askAnywhere}, o.want, choose)
	var failure *flow.Failure
	lost := errors.As(err, &failure) && failure.Kind == flow.KindConnectionLost
	if err != nil && !(lost && o.forget) {
		return err
	}
	o.console.Warn(engine.Warnings(r)...)
	if others, err := engine.Others(places.records, r.Ref(), r.Key); err == nil && !r.Key.IsZero() {
		if shared := flow.SameKeyText(others); shared != "" {
			o.console.Warn(shared)
		}
	}
	x := engine.Engine{Store: engine.Files(places.Config)}
	pleoAt := flow.Fact{Label: "Pleo", Value: "not contacted; the installation there stays"}
	confirmed, installed := r.Confirmed()
	switch {
	case o.forget:
	case !installed:
		pleoAt.Value = "not contacted; nothing was installed with this key"
	default:
		if x.Client, err = o.newClient(confirmed.Origin, opened.roots); err != nil {
			return err
		}
		where := x.Client.Origin() + " " + opened.roots.network(x.Client).String()
		pleoAt = flow.Fact{Label: "Pleo at", Value: strings.TrimSpace(where)}
	}
	if !o.yes {
		if err := o.confirm(ctx, r, pleoAt, places.home()); err != nil {
			return err
		}
	}
	done := x.Forget
	if !o.forget {
		done = func(r store.Record) engine.Disconnected { return x.Disconnect(ctx, r) }
	}
	return o.report(r, places, done(r))
}

func (o *disconnectOptions) nobodyConfirms() error {
	hint := "add --yes; nothing was changed"
	if !o.json {
		hint = "over SSH, use ssh -t to be asked; or " + hint
	}
	return flow.WrongUse("nobody is there to confirm", hint)
}

// confirm says what will happen and waits for one word: enter alone is too easily pressed.
//
// The terminal is read by the reader of the wizard: nothing that was typed before is an answer, and no later line of a
// paste goes to the shell.
func (o *disconnectOptions) confirm(ctx context.Context, r store.Record, pleoAt flow.Fact, home string) error {
	terminal, done, ok := o.askAnywhere()
	if !ok {
		return o.nobodyConfirms()
	}
	defer done()
	word := "disconnect"
	happens := "First Pleo removes the installation. Then the key is removed from this computer,\n" +
		"and programs that use it stop working. Pleo does not show a key twice."
	switch _, installed := r.Confirmed(); {
	case !o.forget && !installed:
		happens = "The key is removed from this computer. Pleo does not show a key twice."
	case o.forget && r.Generation == 0:
		word, happens = "forget", "Its key is already gone. It will no longer be reported as missing."
	case o.forget:
		word, happens = "forget", "The key is removed from this computer, and programs that use it stop working.\n"+
			"Pleo does not show a key twice."
	}
	company := flow.CompanyName(engine.CompanyOf(r))
	of := integration.OfRecord(r).Name
	text := fmt.Sprintf("%s%s %s from %s, %s?", strings.ToUpper(word[:1]), word[1:], of, company, r.Env)
	text = strings.Join(console.Hang(o.console.Width(), "", text), "\n") + "\n"
	facts := []flow.Fact{
		{Label: "integration", Value: r.Integration.ID},
		{Label: "company id", Value: r.CompanyID},
		{Label: "key", Value: cmp.Or(r.Fingerprint, "lost")},
	}
	if key, ok := r.Usable(); ok && key.Fingerprint() != r.Fingerprint {
		facts = append(facts, flow.Fact{Label: "key in use", Value: key.Fingerprint()})
	}
	facts = append(facts, flow.Fact{
		Label: "saved in", Value: cmp.Or(engine.ShortPath(home, r.File).String(), "lost"),
	}, pleoAt)
	for _, f := range facts {
		text += "  " + f.Lead() + f.Value + "\n"
	}
	o.console.Text(text + "\n" + happens + "\n\n")
	answer, err := terminal.Line(ctx, "Type "+word+" to go on; anything else leaves all as it is: ")
	if err != nil {
		fmt.Fprintln(terminal.Out)
	}
	switch {
	case interruptedBefore(ctx) != nil:
		return interruptedBefore(ctx)
	case err != nil, !strings.EqualFold(strings.TrimSpace(answer), word):
		return interrupted("cancelled", "nothing was changed")
	}
	return nil
}

// disconnectEvent is what --json prints.
type disconnectEvent struct {
	Event           string              `json:"event"`
	Status          string              `json:"status"`
	Pleo            engine.PleoOutcome  `json:"pleo"`
	Store           engine.StoreOutcome `json:"store"`
	CompanyID       string              `json:"company_id"`
	CompanyName     string              `json:"company_name"`
	IntegrationID   string              `json:"integration_id"`
	IntegrationName string              `json:"integration_name"`
	Environment     string              `json:"environment"`
	Summary         string              `json:"summary,omitempty"`
	Hint            string              `json:"hint,omitempty"`
}

// report prints what became of the installation and of the record, and what is left to do.
func (o *disconnectOptions) report(r store.Record, places entered, done engine.Disconnected) error {
	if o.json {
		e := disconnectEvent{
			Event: "result", Status: "disconnected", Pleo: done.Pleo, Store: done.Store,
			CompanyID: r.CompanyID, CompanyName: engine.CompanyOf(r).Name.String(),
			IntegrationID: r.Integration.ID, IntegrationName: integration.OfRecord(r).Name,
			Environment: r.Env, Hint: o.toDo(r),
		}
		switch {
		case done.Failure != nil:
			e.Status, e.Summary, e.Hint = "failed", console.Safe(done.Failure.Summary), console.Safe(done.Failure.Hint)
		case o.forget:
			e.Status = "forgotten"
		}
		o.console.JSON(e)
	} else {
		o.console.Text(o.text(r, done))
	}
	if done.Failure != nil {
		return done.Failure
	}
	if about, err := places.records.Condition(); err == nil && about.Doubt != "" { // then the removal is not noted either
		o.console.Warn(flow.RemovalDoubt(about.Doubt, engine.ConnectionOf(r.Ref()).ForgetCommand()))
	}
	return o.console.Failed()
}

// text returns both outcomes for people, one line each, and what is left to do.
func (o *disconnectOptions) text(r store.Record, done engine.Disconnected) string {
	text := pleoText(done.Pleo)
	switch done.Store {
	case engine.StoreKept:
		return text + "here: the key is still saved\n"
	case engine.StoreAbsent:
		text += "here: the key was already gone, and is no longer reported as missing\n"
	default:
		text += "here: the key is removed (disks and backups may keep traces of its file)\n"
	}
	return text + "\n" + strings.Join(console.Hang(console.MaxWidth, "", o.toDo(r)), "\n") + "\n"
}

// toDo says what is left to be done in Pleo after the key was removed here. It names the integration: another one may
// have keys of the same company there.
func (o *disconnectOptions) toDo(r store.Record) string {
	name := integration.OfRecord(r).Name
	key := "the key"
	where := ", under Settings > API Keys"
	if r.Before != nil {
		key = "both keys"
		where += ": " + r.Fingerprint + " and " + r.Before.Fingerprint
	}
	if o.forget {
		return "Two things are left in Pleo: disconnect " + name + ", under Settings > Accounting, and delete " + key +
			" that it had" + where
	}
	return "One thing is left in Pleo: delete " + key + " that " + name + " had" + where
}

func pleoText(o engine.PleoOutcome) string {
	switch o {
	case engine.PleoRemoved:
		return "Pleo: the installation is removed\n"
	case engine.PleoAbsent:
		return "Pleo: nothing was installed any more\n"
	case engine.PleoRejected:
		return "Pleo: not told, because it rejects the stored key\n"
	case engine.PleoKept:
		return "Pleo: the installation is not removed\n"
	case engine.PleoNotAsked:
		return "Pleo: not contacted\n"
	}
	return "Pleo: it did not say, so the installation may be removed or not\n"
}
