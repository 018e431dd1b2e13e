package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

type statusOptions struct {
	*app
	company string
	json    bool
}

// statusLine is what --json prints for each installation.
type statusLine struct {
	CompanyID   string    `json:"company_id"`
	CompanyName string    `json:"company_name"`
	Environment string    `json:"environment"`
	Status      string    `json:"status"`
	Fingerprint string    `json:"fingerprint"`
	ValidatedAt time.Time `json:"validated_at"`
	File        string    `json:"file"`
	Protection  string    `json:"protection"`
}

func newStatus(a *app) *cobra.Command {
	o := &statusOptions{app: a}
	cmd := &cobra.Command{
		Use:     "status [COMPANY]",
		Short:   "Show what is connected, from the key store",
		Long:    "Shows the connections in the key store. It does not ask Pleo. Exit code 6 means that the store or a record cannot be read.",
		Example: "pleo-connect status\npleo-connect status --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.company = args[0]
			}
			return a.finish(o.run())
		},
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object an installation and line")
	return cmd
}

func (o *statusOptions) run() error {
	var only pleoclient.CompanyID
	if o.company != "" {
		id, ok := pleoclient.ParseCompanyID(o.company)
		if !ok {
			return wrongUse("COMPANY is not a company id", "an id looks like 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5")
		}
		only = id
	}
	cfg, err := o.places()
	if err != nil {
		return err
	}
	st, err := store.Open(cfg)
	if errors.Is(err, store.ErrNoStore) {
		return o.nothing(only)
	}
	if err != nil {
		return storeFailure(err)
	}
	defer func() { _ = st.Close() }()
	return o.list(st, cfg, only)
}

// list prints each record as it is read; a damaged one is told and does not hide the others.
func (o *statusOptions) list(st *store.Store, cfg store.Config, only pleoclient.CompanyID) error {
	var failed error
	found := 0
	for r, err := range st.List() {
		if err != nil {
			failed = storeFailure(err)
			printFailure(o.err, storeFailure(err))
			continue
		}
		if only != "" && r.CompanyID != string(only) {
			continue
		}
		found++
		if err := o.print(r, o.protection(cfg)); err != nil {
			return fmt.Errorf("standard output cannot be written: %w", err)
		}
	}
	switch {
	case failed != nil:
		return &failure{code: exitStore} // told already
	case found == 0:
		return o.nothing(only)
	}
	return nil
}

// nothing is no failure, unless a company was named.
func (o *statusOptions) nothing(only pleoclient.CompanyID) error {
	if only != "" {
		return &failure{exitStore, "company " + string(only) + " is not connected here", "pleo-connect status lists what is; pleo-connect connects it"}
	}
	if !o.json {
		fmt.Fprintln(o.out, "nothing is connected; pleo-connect starts the wizard")
	}
	return nil
}

func (o *statusOptions) print(r store.Record, protection flow.Protection) error {
	company := pleoclient.Company{ID: pleoclient.CompanyID(r.CompanyID), Name: pleoclient.Safe(r.CompanyName)}
	if o.json {
		return json.NewEncoder(o.out).Encode(statusLine{r.CompanyID, company.Name.String(), r.Env, r.Status, r.Fingerprint,
			r.ValidatedAt.UTC(), r.File, string(protection)})
	}
	text := fmt.Sprintf("%s: %s, %s\n  %-13s %s\n", flow.CompanyName(company), r.Status, r.Env, "company id", r.CompanyID)
	for _, f := range []flow.Fact{
		{Label: "key", Value: r.Fingerprint},
		{Label: "validated", Value: flow.Day(r.ValidatedAt)},
		{Label: "saved in", Value: r.File},
		{Label: "protected by", Value: flow.ProtectionText(protection)},
	} {
		text += fmt.Sprintf("  %-13s %s\n", f.Label, f.Value)
	}
	if r.Status == store.StatusPending {
		text += "  the key was validated, but the connection is not active: start pleo-connect to finish it\n"
	}
	_, err := fmt.Fprint(o.out, text)
	return err
}
