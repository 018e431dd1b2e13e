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
	"pleo-connect/pleoclient"
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
		Short: "Disconnect a company",
		Long: "Removes the installation in Pleo, then the key here. Other connections are not " +
			"affected.\n\n" +
			helpForPeople + "\n\n" +
			"The key is kept until Pleo itself says that the installation is gone; run the command again to finish. " +
			"If Pleo rejects or denies the key (exit code 3 or 4), disconnect in Pleo, under Settings > Accounting, " +
			"then run this with --forget. It removes only the key here, and doesn't contact Pleo.\n\n" +
			"This doesn't delete the key itself. Do that in Pleo, under Settings > API Keys.",
		Example: "pleo-connect disconnect 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5\n\n# in a script\n" +
			"pleo-connect disconnect 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5 --yes --json\n\n" +
			"# after you disconnected it in Pleo\n" +
			"pleo-connect disconnect 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5 --forget",
		Args: a.takesCompany(false, true),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.want.named(args); err != nil {
				return a.finish(err)
			}
			return a.finish(o.run(cmd.Context()))
		},
	}
	f := cmd.Flags()
	o.want.flags(f)
	f.BoolVar(&o.forget, "forget", false, "remove only the key here, without contacting Pleo")
	f.BoolVar(&o.yes, "yes", false, "don't ask for confirmation")
	f.BoolVar(&o.json, "json", false, "print the result as JSON (requires --yes)")
	textFlag(f, &o.caFile, "ca-file", "FILE", helpForRoots)
	return cmd
}

func (o *disconnectOptions) run(ctx context.Context) error {
	if !o.yes && o.json {
		return o.unaskedJSON(ctx)
	}
	if !o.yes && !o.console.Interactive() {
		return flow.NewFault(flow.DisconnectUnasked, flow.Values{})
	}
	opened := noInputs
	if !o.forget {
		opened = o.rootsOnly(o.caFile)
	}
	choose := chooser(o.chooseNamed)
	if !o.yes { // otherwise no question is asked
		choose = o.chooseAsking(o.askAnywhere)
	}
	r, places, err := o.recordOf(ctx, opened, access{ask: o.askAnywhere}, o.want, choose)
	lost := kindOf(err) == flow.KindConnectionLost
	if err != nil && !(lost && o.forget) {
		return err
	}
	o.console.Warn(engine.Warnings(o.book, r)...)
	if others, err := engine.Others(o.book, places.records, r.Ref(), r.Key); err == nil && !r.Key.IsZero() {
		if shared := o.book.SameKey(others); shared != "" {
			o.console.Warn(shared)
		}
	}
	x := engine.Engine{Store: places.fresh, Setup: flow.Setup{Words: o.book}}
	label, say := &o.book.Report.Label, &o.book.Report.Disconnect
	pleoAt := flow.Fact{Label: label.Pleo.String(), Value: say.PleoStays.String()}
	confirmed, installed := r.Confirmed()
	switch {
	case o.forget:
	case !installed:
		pleoAt.Value = say.PleoHasNone.String()
	default:
		if x.Client, err = o.newClient(confirmed.Origin, opened.roots); err != nil {
			return o.stillSaved(ctx, r, err)
		}
		where := x.Client.Origin() + " " + o.book.Network(opened.roots.network(x.Client))
		pleoAt = flow.Fact{Label: label.PleoAt.String(), Value: strings.TrimSpace(where)}
	}
	if !o.yes {
		if err := o.confirm(ctx, r, pleoAt, places.home()); err != nil {
			return err
		}
	}
	remove := x.Disconnect
	if o.forget {
		remove = x.Forget
	}
	return o.report(r, places, remove(ctx, r))
}

// unaskedJSON returns the failure of a run for a script that has to ask, and cannot. It says where the key is.
func (o *disconnectOptions) unaskedJSON(ctx context.Context) error {
	why := flow.NewFault(flow.DisconnectUnaskedJSON, flow.Values{})
	r, _, err := o.recordOf(ctx, noInputs, access{}, o.want, chooseNone)
	if err != nil { // the run does not fail for that
		return why
	}
	return o.stillSaved(ctx, r, why)
}

// stillSaved returns an error that ended a run before anything happened, as a failure that tells scripts that the key
// of the record is saved.
func (o *disconnectOptions) stillSaved(ctx context.Context, r store.Record, err error) error {
	f, _ := o.asFailure(ctx, err)
	if f == nil || r.Key.IsZero() {
		return err
	}
	f.Key = flow.KeySaved
	return f
}

// question is what a person is asked before a disconnect.
type question struct{ ask, happens, word flow.Text }

// question returns what to ask about a record.
func (o *disconnectOptions) question(r store.Record) question {
	say := &o.book.Report.Disconnect
	switch _, installed := r.Confirmed(); {
	case o.forget && r.Generation == 0:
		return question{say.QuestionLost, say.HappensLost, say.Forget}
	case o.forget:
		return question{say.QuestionForget, say.HappensForget, say.Forget}
	case !installed:
		return question{say.Question, say.HappensHere, say.Word}
	}
	return question{say.Question, say.Happens, say.Word}
}

// confirm says what will happen and waits for one word: pressing Enter alone happens too easily.
//
// The terminal is read by the reader of the wizard: nothing that was typed before is an answer, and no later line of a
// paste goes to the shell.
func (o *disconnectOptions) confirm(ctx context.Context, r store.Record, pleoAt flow.Fact, home string) error {
	terminal, done, ok := o.askAnywhere(ctx)
	if !ok {
		return flow.NewFault(flow.DisconnectUnasked, flow.Values{})
	}
	defer done()
	q, about := o.question(r), o.about(r)
	wrapped := func(text string) string {
		return strings.Join(console.Hang(o.book, o.console.Width(), "", text), "\n") + "\n"
	}
	text := wrapped(q.ask.Fill(about))
	for _, f := range append(o.facts(r, home), pleoAt) {
		text += "  " + f.Lead() + f.Value + "\n"
	}
	o.console.Text(text + "\n" + wrapped(q.happens.Fill(about)) + "\n")
	word := q.word.Fill(about)
	answer, err := terminal.Line(ctx, o.book.Report.Disconnect.Prompt.Fill(flow.Values{Value: word})+" ")
	if err != nil {
		fmt.Fprintln(terminal.Out)
	}
	switch {
	case interruptedBefore(ctx) != nil:
		return interruptedBefore(ctx)
	case err != nil, !strings.EqualFold(strings.TrimSpace(answer), word):
		return flow.NewFault(flow.Cancelled, flow.Values{})
	}
	return nil
}

// about returns the values for sentences about a record. They name the integration: another one may have keys of the
// same company in Pleo.
func (o *disconnectOptions) about(r store.Record) flow.Values {
	about := flow.Values{
		Name: integration.NameOf(r), Company: o.book.CompanyName(engine.CompanyOf(r)), Environment: r.Env,
		Keeper: o.book.Keeper(),
	}
	if r.Before != nil {
		about.List = r.Fingerprint + ", " + r.Before.Fingerprint
	}
	return about
}

// facts returns which connection is meant.
func (o *disconnectOptions) facts(r store.Record, home string) []flow.Fact {
	label, lost := &o.book.Report.Label, o.book.Report.Disconnect.Lost.String()
	facts := []flow.Fact{
		{Label: label.Integration.String(), Value: r.Integration.ID},
		{Label: label.CompanyID.String(), Value: r.CompanyID},
		{Label: label.Fingerprint.String(), Value: cmp.Or(r.Fingerprint, lost)},
	}
	if key, ok := r.Usable(); ok && key.Fingerprint() != r.Fingerprint {
		facts = append(facts, flow.Fact{Label: label.FingerprintInUse.String(), Value: key.Fingerprint()})
	}
	return append(facts, flow.Fact{
		Label: label.SavedIn.String(), Value: cmp.Or(engine.ShortPath(home, r.File).String(), lost),
	})
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
	Key             string              `json:"key"`            // where the key is: see [flow.KeyLine.State]
	Left            string              `json:"left,omitempty"` // what remains to be done in Pleo
	Kind            string              `json:"kind,omitempty"`
	Summary         string              `json:"summary,omitempty"`
	Hint            string              `json:"hint,omitempty"`
	Also            string              `json:"also,omitempty"`   // a second step that may help
	Detail          string              `json:"detail,omitempty"` // a fact from outside
}

// report prints what became of the installation and of the record, and what remains to be done.
func (o *disconnectOptions) report(r store.Record, places entered, done engine.Disconnected) error {
	if o.json {
		o.console.JSON(o.event(r, done))
	} else {
		o.console.Rows(o.rows(r, done)...)
	}
	if done.Failure != nil {
		return done.Failure
	}
	if about, err := places.records.Condition(); err == nil && about.Doubt.Any() { // then the removal is not noted
		o.console.Warn(o.book.RemovalDoubt(engine.DoubtText(o.book, about.Doubt), engine.ConnectionOf(r.Ref())))
	}
	var output *console.OutputError
	if errors.As(o.console.Failed(), &output) { // there is nothing to disconnect a second time
		return flow.NewFault(flow.OutputOfDone, flow.Values{Reason: pleoclient.SystemReason(output.Err)})
	}
	return nil
}

func (o *disconnectOptions) event(r store.Record, done engine.Disconnected) disconnectEvent {
	e := disconnectEvent{
		Event: "result", Status: "disconnected", Pleo: done.Pleo, Store: done.Store,
		CompanyID: r.CompanyID, CompanyName: engine.CompanyOf(r).Name.String(),
		IntegrationID: r.Integration.ID, IntegrationName: integration.NameOf(r),
		Environment: r.Env, Key: flow.KeyUnsaid.State(), Left: o.left(r, done),
	}
	switch done.Store {
	case engine.StoreKept:
		e.Key = flow.KeySaved.State()
	case engine.StoreUnknown:
		e.Key = flow.KeyMaybeSaved.State()
	}
	switch f := done.Failure; {
	case f != nil:
		e.Status, e.Kind, e.Summary = "failed", string(f.Kind), console.Safe(f.Summary)
		e.Hint, e.Also, e.Detail = console.Safe(f.Hint), console.Safe(f.Also), console.Safe(f.Detail)
	case o.forget:
		e.Status = "forgotten"
	}
	return e
}

// said is the mark and the words of an outcome.
type said struct {
	mark  flow.Mark
	words flow.Text
}

// rows returns both outcomes for people, what remains to be done, and where.
func (o *disconnectOptions) rows(r store.Record, done engine.Disconnected) []flow.Row {
	say, about := &o.book.Report.Disconnect, o.about(r)
	pleo := map[engine.PleoOutcome]said{
		engine.PleoRemoved:  {flow.MarkDone, say.Removed},
		engine.PleoAbsent:   {flow.MarkDone, say.Absent},
		engine.PleoRejected: {flow.MarkFailed, say.Rejected},
		engine.PleoKept:     {flow.MarkFailed, say.Kept},
		engine.PleoOpen:     {flow.MarkUnknown, say.Open},
		engine.PleoNotAsked: {flow.MarkWaiting, say.NotAsked},
	}[done.Pleo]
	key := map[engine.StoreOutcome]said{
		engine.StoreRemoved: {flow.MarkDone, say.KeyRemoved},
		engine.StoreKept:    {flow.MarkWaiting, say.KeyKept},
		engine.StoreAbsent:  {flow.MarkDone, say.KeyAbsent},
		engine.StoreUnknown: {flow.MarkUnknown, say.KeyOpen},
	}[done.Store]
	row := func(m flow.Mark, text string) flow.Row { return flow.Row{Lead: o.console.Mark(m) + " ", Text: text} }
	out := []flow.Row{row(pleo.mark, pleo.words.Fill(about)), row(key.mark, key.words.Fill(about))}
	if left := o.left(r, done); left != "" {
		out = append(out, flow.Row{}, row(flow.MarkWarning, left), flow.Row{Lead: flow.WebApp(r.Env)})
	}
	return out
}

// left returns what remains to be done in Pleo, or "" as long as nothing was disconnected or removed: then the failure
// says what to do.
func (o *disconnectOptions) left(r store.Record, done engine.Disconnected) string {
	say, about := &o.book.Report.Disconnect, o.about(r)
	gone := done.Pleo == engine.PleoRemoved || done.Pleo == engine.PleoAbsent || done.Store != engine.StoreKept
	_, installed := r.Confirmed()
	text := say.Left
	switch both := r.Before != nil; {
	case !gone:
		return ""
	case o.forget && both:
		text = say.LeftForgetBoth
	case o.forget && installed:
		text = say.LeftForget
	case both:
		text = say.LeftBoth
	}
	return text.Fill(about)
}
