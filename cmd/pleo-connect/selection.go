package main

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// selection says which connections a command is about, from COMPANY and its flags. An empty one means all.
type selection struct {
	company     string // an id, the beginning of one, or a name; empty: any
	integration string // the id of one; empty: any
	env         string // empty: any
	names       bool   // the name of a company counts: Pleo may change it, and finding it decrypts all records
}

// What the help of a command says about COMPANY.
const (
	helpForPeople = "COMPANY is a company ID, the beginning of one, or a company's name. You can leave it out if " +
		"there is only one connection. If several match, you choose one in the terminal; a script gets an error that " +
		"lists them."
	helpForPrograms = "COMPANY is a company ID, or the beginning of one. In a unit or script, also add --integration " +
		"and --env, so that it means the same connection even if others are added."
	helpForEnv = "production or staging, if the company is connected in both"

	exampleConnection = "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5 \\\n" +
		"  --integration dynamics-365-finance --env production"
)

// flags adds the flags that distinguish connections of one company.
func (w *selection) flags(f *pflag.FlagSet) {
	textFlag(f, &w.integration, "integration", "ID", "integration ID, if the company is connected to several")
	textFlag(f, &w.env, "env", "ENV", helpForEnv)
}

// named takes COMPANY from the arguments of a command that can do without it. An empty one comes from a script whose
// variable is not set: it does not mean that any company will do.
func (w *selection) named(args []string) error {
	if len(args) == 0 {
		return nil
	}
	if w.company = strings.TrimSpace(args[0]); w.company == "" {
		return flow.NewFault(flow.EmptyCompany, flow.Values{})
	}
	if holdsKey(w.company) {
		return flow.KeyAsArgument(0, false)
	}
	return nil
}

// beginsID reports whether a text may be the beginning of a company's id.
func beginsID(text string) bool {
	return text[0] != '-' && strings.Trim(text, "0123456789abcdef-") == ""
}

func (w selection) check() error {
	if err := checkEnv(w.env); err != nil {
		return err
	}
	switch {
	case w.integration != "" && !store.IsIntegrationID(w.integration):
		return flow.NewFault(flow.NoIntegrationID, flow.Values{})
	case w.company != "" && !w.names && !beginsID(strings.ToLower(w.company)):
		return flow.NewFault(flow.NoCompanyID, flow.Values{})
	}
	return nil
}

// whole returns the name of the one record that may be meant, or false if it has to be searched for.
func (w selection) whole() (store.Ref, bool) {
	id, ok := pleoclient.ParseCompanyID(w.company)
	ref := store.Ref{Env: w.env, Integration: w.integration, CompanyID: string(id)}
	return ref, ok && w.env != "" && w.integration != ""
}

// fits reports whether a record may be meant, as far as its name says.
func (w selection) fits(ref store.Ref) bool {
	id, whole := pleoclient.ParseCompanyID(w.company)
	switch {
	case w.env != "" && ref.Env != w.env, w.integration != "" && ref.Integration != w.integration:
		return false
	case whole:
		return ref.CompanyID == string(id)
	}
	return w.names || strings.HasPrefix(ref.CompanyID, strings.ToLower(w.company))
}

// matches returns the names of the records that are meant, including those that are lost. There is at least one.
func (a *app) matches(places entered, want selection) ([]store.Ref, error) {
	if ref, ok := want.whole(); ok {
		return []store.Ref{ref}, nil
	}
	refs, err := places.records.Refs(want.fits)
	if err != nil {
		return nil, engine.StoreFault(err)
	}
	about, err := places.records.Condition()
	if err != nil {
		return nil, engine.StoreFault(err)
	}
	for _, l := range about.Lost {
		refs = append(refs, l.Ref)
	}
	refs = slices.DeleteFunc(refs, func(ref store.Ref) bool { return !want.fits(ref) })
	if want.company != "" {
		if refs, err = ofCompany(places.records, refs, want); err != nil {
			return nil, err
		}
	}
	if len(refs) == 0 {
		return nil, a.absent(places, want)
	}
	return refs, nil
}

// ofCompany returns those of refs whose company is meant. An id in full means that company alone, even if it is the
// name of another one.
func ofCompany(st engine.Store, refs []store.Ref, want selection) ([]store.Ref, error) {
	if _, whole := pleoclient.ParseCompanyID(want.company); whole {
		return refs, nil
	}
	start := strings.ToLower(want.company)
	meant := map[string]bool{}
	var unread error
	var others []store.Ref
	for _, ref := range refs {
		if strings.HasPrefix(ref.CompanyID, start) {
			meant[ref.CompanyID] = true
		} else if want.names {
			others = append(others, ref)
		}
	}
	all, err := st.Records(others)
	if err != nil {
		return nil, err
	}
	for r, err := range all {
		switch {
		case err == nil && sameName(engine.CompanyOf(r).Name, want.company):
			meant[r.CompanyID] = true
		case err != nil && !isLost(err):
			unread = err
		}
	}
	// All of a company that is meant, including those that are lost or cannot be read.
	out := slices.DeleteFunc(refs, func(ref store.Ref) bool { return !meant[ref.CompanyID] })
	if len(out) == 0 && unread != nil { // it may be the one that is meant
		return nil, engine.StoreFault(unread)
	}
	return out, nil
}

// sameName compares the name of a company with what a person typed, which may include the quotes that we print.
func sameName(name pleoclient.SafeText, typed string) bool {
	typed = strings.Trim(typed, "“”\"")
	return !name.IsZero() && strings.EqualFold(name.String(), pleoclient.Safe(typed).String())
}

// companyID reads the company ID of --company.
func companyID(text string) (pleoclient.CompanyID, error) {
	id, ok := pleoclient.ParseCompanyID(text)
	if !ok {
		return "", flow.NewFault(flow.NoCompanyFlag, flow.Values{})
	}
	return id, nil
}

// checkEnv accepts the values of --env, including none.
func checkEnv(env string) error {
	switch env {
	case "", flow.Production, flow.Staging:
		return nil
	}
	return flow.NewFault(flow.NoEnvironment, flow.Values{})
}
