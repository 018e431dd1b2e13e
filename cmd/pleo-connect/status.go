package main

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/spf13/cobra"

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
	roots    []pleoclient.Option // what caFile holds
}

func newStatus(a *app) *cobra.Command {
	o := &statusOptions{app: a}
	cmd := &cobra.Command{
		Use:   "status [COMPANY]",
		Short: "Show what is connected; with --check, ask Pleo about the keys",
		Long: "Shows the connections in the key store, without asking Pleo. With --check, Pleo is asked about each key, the one that was " +
			"checked longest ago first, below 500 requests a minute; a run that was stopped goes on where it was. A key is marked as bad " +
			"in the store only when Pleo itself turns it away, and the mark goes when Pleo accepts it again. " +
			"A missing answer says nothing about a key.\n\n" +
			"Exit codes, the worst of all records first: 6 the store or a record cannot be read or written, 3 Pleo rejects a key, " +
			"4 Pleo refuses a key or took permissions from it, 7 the key of another company, or changed meanwhile, " +
			"5 Pleo could not be asked, 0 otherwise. Without --check only 6 and 0, unless --warn-days also looks at the age and at the marks.",
		Example: "pleo-connect status\npleo-connect status --json\n\n" +
			"# without asking Pleo: fail when it has not accepted a key for a week, or has turned one away\n" +
			"pleo-connect status --warn-days 7\n\n# every night\npleo-connect status --check --json",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.company = args[0]
			}
			if cmd.Flags().Changed("warn-days") && o.warnDays < 1 {
				return a.finish(wrongUse("--warn-days is less than 1", "give a number of whole days, such as --warn-days 7"))
			}
			return a.finish(o.run(cmd.Context()))
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.check, "check", false, "ask Pleo about each key")
	f.BoolVar(&o.json, "json", false, "one JSON object an installation and line")
	f.IntVar(&o.warnDays, "warn-days", 0,
		"exit code 5 when Pleo has not accepted a key for this many days, 3 or 4 when it is marked as bad")
	f.StringVar(&o.caFile, "ca-file", "", "with --check: additional trusted certificates (PEM)")
	return cmd
}

func (o *statusOptions) run(ctx context.Context) error {
	var only pleoclient.CompanyID
	if o.company != "" {
		id, ok := pleoclient.ParseCompanyID(o.company)
		if !ok {
			return wrongUse("COMPANY is not a company id", "an id looks like 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5")
		}
		only = id
	}
	o.roots = trust(o.caFile) // before the account changes: it may be closed to the next
	cfg, err := o.openAs("")
	if err == nil {
		cfg, err = o.unlock(ctx, cfg)
	}
	if err != nil {
		return err
	}
	if o.check { // a CA file or proxy setting that does not work is told once, before anything else
		if _, err := newClient(productionAPI, o.roots...); err != nil {
			return err
		}
	}
	st, err := store.Open(cfg)
	if errors.Is(err, store.ErrNoStore) {
		return o.nothing(only)
	}
	if err != nil {
		return storeFailure(err)
	}
	defer func() { _ = st.Close() }()
	if text := unfinishedText(st.Unfinished()); text != "" {
		fmt.Fprintln(o.err, "warning:", text)
	}
	p := o.newReport(cfg)
	p.recipients = st.Recipients()
	return o.report(ctx, st, p, only)
}

func (o *statusOptions) newReport(cfg store.Config) *report {
	return &report{
		out: o.out, err: o.err, json: o.json, ascii: o.ascii(),
		protection: o.protection(cfg), home: o.home(), warnDays: o.warnDays,
	}
}

// report prints the records of one company, or all.
func (o *statusOptions) report(ctx context.Context, st *store.Store, p *report, only pleoclient.CompanyID) error {
	show := o.list
	if o.check {
		show = o.checkAll
	}
	err := show(ctx, records(st, only), st, p)
	switch {
	case err != nil:
		return err
	case p.writeErr != nil:
		return fmt.Errorf("standard output cannot be written: %w", p.writeErr)
	case p.shown == 0 && p.code == exitDone:
		return o.nothing(only)
	}
	p.end()
	if p.code == exitDone {
		return nil
	}
	return &failure{code: p.code} // told already
}

// records reads those of one company in either environment, or all.
func records(st *store.Store, only pleoclient.CompanyID) iter.Seq2[store.Record, error] {
	if only == "" {
		return st.List()
	}
	return func(yield func(store.Record, error) bool) {
		for _, env := range []string{flow.Production, flow.Staging} {
			r, err := st.Get(store.Ref{Env: env, CompanyID: string(only)})
			if !errors.Is(err, store.ErrNotFound) && !yield(r, err) {
				return
			}
		}
	}
}

// list prints each record as it is read. None is kept: there may be thousands.
func (o *statusOptions) list(ctx context.Context, all iter.Seq2[store.Record, error], _ *store.Store, p *report) error {
	for r, err := range all {
		switch {
		case ctx.Err() != nil:
			return stopped(ctx, "stopped after "+count(p.shown), "")
		case err != nil:
			p.unreadable(err)
		default:
			p.record(r, nil)
		}
		if p.writeErr != nil {
			return nil
		}
	}
	return nil
}

// stopped is the end by a signal.
func stopped(ctx context.Context, summary, hint string) error {
	var s signalled
	if errors.As(context.Cause(ctx), &s) {
		return &failure{s.code(), summary, hint}
	}
	return &failure{exitInterrupted, summary, hint}
}

// nothing is no failure, unless a company was named.
func (o *statusOptions) nothing(only pleoclient.CompanyID) error {
	if only != "" {
		return notConnected(only)
	}
	if !o.json {
		fmt.Fprintln(o.out, "nothing is connected; pleo-connect starts the wizard")
	}
	return nil
}
