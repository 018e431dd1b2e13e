package main

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

type statusOptions struct {
	*app
	company  string
	check    bool
	json     bool
	warnDays int
	caFile   string
}

func newStatus(a *app) *cobra.Command {
	o := &statusOptions{app: a}
	cmd := &cobra.Command{
		Use:   "status [COMPANY]",
		Short: "Show what is connected; with --check, ask Pleo about the keys",
		Long: "Shows the connections in the key store, without asking Pleo. One is active, pending (the key is saved, " +
			"and the connection is not active in Pleo yet) or unconfirmed (the line dropped before the company was " +
			"confirmed; services do not get this key).\n\nWith --check, Pleo is asked about each confirmed " +
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
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.company = args[0]
			}
			if cmd.Flags().Changed("warn-days") && o.warnDays < 1 {
				return a.finish(flow.WrongUse("--warn-days is less than 1",
					"give a number of whole days, such as --warn-days 7"))
			}
			return a.finish(o.run(cmd.Context()))
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.check, "check", false, "ask Pleo about each key")
	f.BoolVar(&o.json, "json", false, "one JSON object an installation and line")
	f.IntVar(&o.warnDays, "warn-days", 0,
		"exit code 5 when Pleo has not accepted a key for this many days, 3 or 4 when it is marked as bad")
	f.StringVar(&o.caFile, "ca-file", "",
		"with --check: additional trusted certificates (PEM), in a file that others cannot change")
	return cmd
}

func (o *statusOptions) run(ctx context.Context) error {
	only, err := o.only()
	if err != nil {
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
	s := &statusRun{app: o.app, places: places, only: only, bar: o.console.Progress(), counts: tally{}, report: report{
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
	if err = s.outcome(err, only); err == nil && s.shown == 0 {
		return s.nothing()
	}
	return err
}

// only returns the company that was named, or "".
func (o *statusOptions) only() (pleoclient.CompanyID, error) {
	if o.company == "" {
		return "", nil
	}
	return companyID("COMPANY", o.company)
}

// statusRun is one run of status.
type statusRun struct {
	report
	app     *app
	places  entered
	doubt   string               // why nobody can tell what was lost, or ""
	only    pleoclient.CompanyID // "": all companies
	checker *engine.Checker      // nil: Pleo is not asked
	bar     *console.Progress
	counts  tally
}

// show prints the records of one company, or all.
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
	all, err := records(s.places.records, s.only)
	switch {
	case err != nil:
		return engine.StoreFailure(err)
	case s.checker != nil:
		return s.checkAll(ctx, all)
	}
	return s.list(ctx, all)
}

// records reads those of one company in either environment, or all.
func records(st engine.Store, only pleoclient.CompanyID) (iter.Seq2[store.Record, error], error) {
	if only == "" {
		return st.List()
	}
	return recordsOf(st, only, everywhere), nil
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
