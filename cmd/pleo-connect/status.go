package main

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/spf13/cobra"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/store"
)

type statusOptions struct {
	*app
	want     selection
	check    bool
	json     bool
	warnDays int
	caFile   string
}

func newStatus(a *app) *cobra.Command {
	o := &statusOptions{app: a, want: selection{names: true}}
	cmd := &cobra.Command{
		Use:   "status [COMPANY]",
		Short: "Show what is connected; with --check, ask Pleo about the keys",
		Long: "Shows the connections in the key store, without asking Pleo. One is active, pending (the key is saved, " +
			"and the connection is not active in Pleo yet) or unconfirmed (the line dropped before the company was " +
			"confirmed; services do not get this key). COMPANY, an id, the beginning of one or a name, shows only what that " +
			"company has.\n\nWith --check, Pleo is asked about each confirmed " +
			"key, the one that was checked longest ago first, below 500 requests a minute; a run that was stopped " +
			"goes on where it was. A key is marked as bad in the store only when Pleo itself turns it away, and the " +
			"mark goes when Pleo accepts it again. A missing answer says nothing about a key.\n\n" +
			"Exit codes, the worst of all records first: 6 the store or a record cannot be read or written, or is " +
			"missing, 3 Pleo rejects a key, 4 Pleo refuses a key or took permissions from it, 7 the key of another " +
			"company, or changed meanwhile, 5 Pleo could not be asked, 0 otherwise; with COMPANY, 2 when it is not " +
			"connected here. Without --check only 6 and 0, unless --warn-days also looks at the age and at the marks.",
		Example: "pleo-connect status\npleo-connect status --json\n\n" +
			"# without asking Pleo: fail when it has not accepted a key for a week, or has turned one away\n" +
			"pleo-connect status --warn-days 7\n\n# every night\npleo-connect status --check --json",
		Args: a.takesOne("COMPANY", false),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.want.named(args); err != nil {
				return a.finish(err)
			}
			if cmd.Flags().Changed("warn-days") && o.warnDays < 1 {
				return a.finish(flow.WrongUse("--warn-days is less than 1",
					"give a number of whole days, such as --warn-days 7"))
			}
			return a.finish(o.run(cmd.Context()))
		},
	}
	f := cmd.Flags()
	o.want.flags(f)
	f.BoolVar(&o.check, "check", false, "ask Pleo about each key")
	f.BoolVar(&o.json, "json", false, "one JSON object an installation and line")
	f.IntVar(&o.warnDays, "warn-days", 0,
		"exit code 5 when Pleo has not accepted a key for this many days, 3 or 4 when it is marked as bad")
	f.StringVar(&o.caFile, "ca-file", "",
		"with --check: additional trusted certificates (PEM), in a file that others cannot change")
	return cmd
}

func (o *statusOptions) run(ctx context.Context) error {
	if err := o.want.check(); err != nil {
		return err
	}
	opened := noInputs
	if o.check {
		opened = o.rootsOnly(o.caFile)
	}
	places, err := o.enter(ctx, opened, access{ask: o.askAnywhere})
	if err != nil {
		return err
	}
	s := &statusRun{app: o.app, places: places, want: o.want, bar: o.console.Progress(), counts: tally{}, report: report{
		console: o.console, json: o.json,
		protection: o.host.Protection(places.Config), home: places.home(), warnDays: o.warnDays, checking: o.check,
	}}
	if o.check {
		connect := func(origin string) (engine.Pleo, error) { return o.newClient(origin, opened.roots) }
		// a CA file or proxy setting that does not work is reported once, before anything else
		if _, err := connect(productionAPI); err != nil {
			return err
		}
		s.checker = engine.NewChecker(places.records, connect, s.waiting)
	}
	if err = s.show(ctx); err == nil {
		s.end()
	}
	switch err = s.outcome(err); {
	case err != nil || s.shown > 0:
		return err
	case s.picky():
		return o.absent(places, o.want)
	}
	return s.nothing()
}

// statusRun is one run of status.
type statusRun struct {
	report
	app     *app
	places  entered
	doubt   string          // why nobody can tell what was lost, or ""
	want    selection       // which connections
	checker *engine.Checker // nil: Pleo is not asked
	bar     *console.Progress
	counts  tally
}

// show prints the records that are meant.
func (s *statusRun) show(ctx context.Context) error {
	about, err := s.places.records.Condition()
	if err != nil {
		return engine.StoreFailure(err)
	}
	if about.Remedy != "" {
		s.console.Warn(about.Remedy)
	}
	if err := s.missing(about); err != nil {
		return err
	}
	if st, err := s.places.open(); err == nil { // else there is no store
		s.recipients = st.Recipients()
	}
	all, err := s.records(ctx)
	switch {
	case err != nil:
		return engine.StoreFailure(err)
	case s.checker != nil:
		return s.checkAll(ctx, all)
	}
	return s.list(ctx, all)
}

// picky reports that not all connections are meant.
func (s *statusRun) picky() bool { return s.want != selection{names: true} }

// records reads those that are meant: all, or those of one company.
func (s *statusRun) records(ctx context.Context) (iter.Seq2[store.Record, error], error) {
	st := s.places.records
	if !s.picky() {
		return st.List()
	}
	refs, err := s.app.matches(s.places, s.want)
	if err != nil {
		return nil, err
	}
	other := func(ref store.Ref) bool { return ref.CompanyID != refs[0].CompanyID }
	if s.want.company != "" && slices.ContainsFunc(refs, other) {
		_, err := chooseNamed(ctx, st, refs, s.want)
		return nil, err
	}
	return recordsOf(st, refs), nil
}

// recordsOf reads records by their names. One that is lost comes as an error, as one that cannot be read.
func recordsOf(st engine.Store, refs []store.Ref) iter.Seq2[store.Record, error] {
	return func(yield func(store.Record, error) bool) {
		for _, ref := range refs {
			r, err := st.Get(ref)
			if (isLost(err) || !errors.Is(err, store.ErrNotFound)) && !yield(r, err) {
				return
			}
		}
	}
}

// list prints each record as it is read. None is kept: there may be thousands.
func (s *statusRun) list(ctx context.Context, all iter.Seq2[store.Record, error]) error {
	for r, err := range all {
		switch {
		case ctx.Err() != nil:
			return interrupted("stopped after "+console.Count(s.shown), "")
		case err != nil:
			s.unreadable(err)
		default:
			s.record(r, nil)
		}
		if s.console.Failed() != nil {
			return nil
		}
	}
	return nil
}
