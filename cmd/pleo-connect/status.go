package main

import (
	"context"
	"iter"
	"slices"

	"github.com/spf13/cobra"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/engine"
	"pleo-connect/cmd/internal/host"
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
		Short: "Show what is connected",
		Long: "Shows the connections in the key store, without contacting Pleo. With COMPANY, a company ID, the " +
			"beginning of one or a name, it shows only that company, in full. With --json, each has the path of its " +
			"file, or the name of its entry in OpenBao or Vault as entry.\n\n" +
			"A connection can be active, not activated yet, or unconfirmed. Not activated means that the key is " +
			"saved, but the connection is not active in Pleo. Unconfirmed means that the run ended before you " +
			"confirmed the company, and services don't get the key.\n\n" +
			"With --check, it also checks each confirmed key with Pleo, least recently checked first and at fewer " +
			"than 500 requests per minute. If you stop it, the next run continues where it left off.\n\n" +
			"Only Pleo's own answer marks a key as rejected or denied, and the mark goes away once Pleo accepts the " +
			"key again. No answer means nothing about the key.\n\n" +
			"Exit codes, worst first: 6 the key store can't be read or written, or a connection is missing from it; " +
			"3 a key was rejected; 4 a key was denied or lost permissions; 7 a key belongs to another company, or a " +
			"connection changed in the meantime; 5 Pleo didn't answer; 0 all is well. Without --check and " +
			"--warn-days, only 6 and 0 are possible; with COMPANY, also 2 if it is not connected here.",
		Example: "pleo-connect status\npleo-connect status --json\n\n" +
			"# fail if a key was rejected, or not accepted in the last 7 days\n# (doesn't contact Pleo)\n" +
			"pleo-connect status --warn-days 7\n\n# nightly check\npleo-connect status --check --json",
		Args: a.takesCompany(false, true),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.want.named(args); err != nil {
				return a.finish(err)
			}
			if cmd.Flags().Changed("warn-days") && o.warnDays < 1 {
				return a.finish(flow.NewFault(flow.NoDays, flow.Values{}))
			}
			return a.finish(o.run(cmd.Context()))
		},
	}
	f := cmd.Flags()
	o.want.flags(f)
	f.BoolVar(&o.check, "check", false, "check each key with Pleo")
	f.BoolVar(&o.json, "json", false, "print JSON, one connection per line")
	f.IntVar(&o.warnDays, "warn-days", 0, "fail if a key was not accepted in the last N days (exit code 5), or was "+
		"rejected (3) or denied (4)")
	textFlag(f, &o.caFile, "ca-file", "FILE", "with --check, "+helpForRoots)
	return cmd
}

func (o *statusOptions) run(ctx context.Context) error {
	if err := o.want.check(); err != nil {
		return err
	}
	opened := noInputs
	if o.check {
		opened = o.rootsOnly(o.caFile)
	} else { // otherwise it may take minutes
		host.SpendMemory()
	}
	places, err := o.enter(ctx, opened, access{ask: o.askAnywhere})
	if err != nil {
		return err
	}
	s := &statusRun{app: o.app, places: places, want: o.want, bar: o.console.Progress(o.book), counts: tally{}}
	s.report = report{
		console: o.console, book: o.book, json: o.json,
		protection: o.protection(o.book, places.Config), home: places.home(), warnDays: o.warnDays, checking: o.check,
	}
	if o.check {
		connect := func(origin string) (engine.Pleo, error) { return o.newClient(origin, opened.roots) }
		// A CA file or proxy setting that does not work is reported once, before anything else.
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
	doubt   string          // why it is unknown what was lost, or ""
	want    selection       // which connections are meant
	checker *engine.Checker // nil if Pleo is not asked
	bar     *console.Progress
	counts  tally
}

// show prints the records that are meant.
func (s *statusRun) show(ctx context.Context) error {
	about, err := s.places.records.Condition()
	if err != nil {
		return engine.StoreFault(err)
	}
	if text := engine.UnfinishedText(s.app.book, about.Unfinished); text != "" {
		s.console.Warn(text)
	}
	if err := s.missing(about); err != nil {
		return err
	}
	if st, err := s.places.open(); err == nil { // otherwise there is no store
		s.recipients = st.Recipients()
	}
	all, err := s.records(ctx)
	switch {
	case err != nil:
		return engine.StoreFault(err)
	case s.checker != nil:
		return s.checkAll(ctx, all)
	}
	return s.list(ctx, all)
}

// picky reports whether only some connections are meant.
func (s *statusRun) picky() bool { return s.want != selection{names: true} }

// records reads those that are meant: all, or those of one company.
func (s *statusRun) records(ctx context.Context) (iter.Seq2[store.Record, error], error) {
	st := s.places.records
	switch {
	case s.picky():
	case s.book.Engine.Used():
		all, err := st.List()
		return s.arranged(all), err
	default:
		refs, err := st.Refs(nil)
		if err != nil {
			return nil, err
		}
		s.arrange(len(refs))
		return st.List()
	}
	refs, err := s.app.matches(s.places, s.want)
	if err != nil {
		return nil, err
	}
	if s.want.company == "" {
		s.arrange(len(refs))
	}
	other := func(ref store.Ref) bool { return ref.CompanyID != refs[0].CompanyID }
	if s.want.company != "" && slices.ContainsFunc(refs, other) {
		_, err := s.app.chooseNamed(ctx, st, refs, s.want)
		return nil, err
	}
	return st.Records(refs)
}

// arranged chooses how connections are printed as soon as it is known whether there are several. In an engine, their
// names do not tell: one may have been removed. Each is read once.
func (s *statusRun) arranged(all iter.Seq2[store.Record, error]) iter.Seq2[store.Record, error] {
	return func(yield func(store.Record, error) bool) {
		var (
			first    store.Record
			firstErr error
			n        int
		)
		for r, err := range all {
			n++
			if n == 1 {
				first, firstErr = r, err
				continue
			}
			if n == 2 {
				if s.arrange(n); !yield(first, firstErr) {
					return
				}
			}
			if !yield(r, err) {
				return
			}
		}
		if n == 1 {
			s.arrange(n)
			yield(first, firstErr)
		}
	}
}

// list prints the records as they are read, the first at once. None is kept: there may be thousands.
func (s *statusRun) list(ctx context.Context, all iter.Seq2[store.Record, error]) error {
	defer s.console.Gather()()
	for r, err := range all {
		switch {
		case ctx.Err() != nil:
			return s.stoppedAfter(s.book.Report.Status.StoppedAfter, s.shown, 0)
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

// stoppedAfter returns the error of a run that was stopped after n of m connections.
func (s *statusRun) stoppedAfter(words flow.Forms, n, m int) error {
	return flow.NewFault(flow.StoppedPartly, flow.Values{Detail: s.book.Count(words, n, flow.Values{M: m})})
}
