package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// selection is which connections a command is about, as COMPANY and its flags say. One that says nothing means all.
type selection struct {
	company     string // an id, the beginning of one, or a name; empty: any
	integration string // the id of one; empty: any
	env         string // empty: any
	names       bool   // the name of a company counts: Pleo may change it, and finding it decrypts all records
}

// What the help of a command says about COMPANY.
const (
	helpForPeople = "COMPANY is the id of a company, the beginning of one, or its name. With one connection it can be " +
		"left out; with several, you are asked which is meant."
	helpForPrograms = "COMPANY is the id of a company, or the beginning of one. A unit or a script should also say " +
		"--integration and --env: then it means the same connection whatever else gets connected."

	exampleConnection = "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5 \\\n" +
		"  --integration dynamics-365-finance --env production"
)

// flags are what tells connections of one company apart.
func (w *selection) flags(f *pflag.FlagSet) {
	f.StringVar(&w.integration, "integration", "", "id of the integration, for a company that is connected to several")
	f.StringVar(&w.env, "env", "", "production or staging, for a company that is connected in both")
}

// named takes COMPANY from the arguments of a command that can do without. An empty one comes from a script whose
// variable is not set: it does not mean that any company will do.
func (w *selection) named(args []string) error {
	if len(args) == 0 {
		return nil
	}
	if w.company = strings.TrimSpace(args[0]); w.company == "" {
		return flow.WrongUse("COMPANY is empty", "name a company; pleo-connect status shows what is connected")
	}
	if holdsKey(w.company) {
		return flow.KeyAsArgument("COMPANY")
	}
	return nil
}

// idStart is how the id of a company begins.
var idStart = regexp.MustCompile(`^[0-9a-f][0-9a-f-]*$`)

func (w selection) check() error {
	if err := checkEnv(w.env); err != nil {
		return err
	}
	switch {
	case w.integration != "" && !store.IsIntegrationID(w.integration):
		return flow.WrongUse("--integration is not the id of an integration",
			"an id looks like dynamics-365-finance; pleo-connect status shows those that are connected")
	case w.company != "" && !w.names && !idStart.MatchString(strings.ToLower(w.company)):
		return flow.WrongUse("COMPANY is neither a company id nor the beginning of one",
			"an id looks like 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5; names are for people's commands, as status is")
	}
	return nil
}

// whole returns the name of the one record that can be meant, or false when it has to be looked for.
func (w selection) whole() (store.Ref, bool) {
	id, ok := pleoclient.ParseCompanyID(w.company)
	ref := store.Ref{Env: w.env, Integration: w.integration, CompanyID: string(id)}
	return ref, ok && w.env != "" && w.integration != ""
}

// fits reports a record that is meant, as far as its name says.
func (w selection) fits(ref store.Ref) bool {
	return (w.env == "" || ref.Env == w.env) && (w.integration == "" || ref.Integration == w.integration)
}

// matches returns the names of the records that are meant, also of those that are lost. There is at least one.
func (a *app) matches(places entered, want selection) ([]store.Ref, error) {
	if ref, ok := want.whole(); ok {
		return []store.Ref{ref}, nil
	}
	refs, err := places.records.Refs()
	if err != nil {
		return nil, engine.StoreFailure(err)
	}
	about, err := places.records.Condition()
	if err != nil {
		return nil, engine.StoreFailure(err)
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

// ofCompany returns those of refs whose company is meant. An id in full means that company alone, whatever another one
// is called.
func ofCompany(st engine.Store, refs []store.Ref, want selection) ([]store.Ref, error) {
	if id, ok := pleoclient.ParseCompanyID(want.company); ok {
		return slices.DeleteFunc(refs, func(ref store.Ref) bool { return ref.CompanyID != string(id) }), nil
	}
	start := strings.ToLower(want.company)
	meant := map[string]bool{}
	var unread error
	for _, ref := range refs {
		fits := strings.HasPrefix(ref.CompanyID, start)
		if !fits && want.names {
			r, err := st.Get(ref)
			switch {
			case err == nil:
				fits = sameName(engine.CompanyOf(r).Name, want.company)
			case !isLost(err):
				unread = err
			}
		}
		meant[ref.CompanyID] = meant[ref.CompanyID] || fits
	}
	// of a company that is meant, all: also those that are lost or cannot be read
	out := slices.DeleteFunc(refs, func(ref store.Ref) bool { return !meant[ref.CompanyID] })
	if len(out) == 0 && unread != nil { // it may be the one that is meant
		return nil, engine.StoreFailure(unread)
	}
	return out, nil
}

// sameName compares the name of a company with what a person typed, perhaps with the quotes that we print.
func sameName(name pleoclient.SafeText, typed string) bool {
	typed = strings.Trim(typed, "“”\"")
	return !name.IsZero() && strings.EqualFold(name.String(), pleoclient.Safe(typed).String())
}

// companyID reads a company id from a flag.
func companyID(name, text string) (pleoclient.CompanyID, error) {
	id, ok := pleoclient.ParseCompanyID(text)
	if !ok {
		return "", flow.WrongUse(name+" is not a company id", "an id looks like 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5")
	}
	return id, nil
}

// checkEnv accepts what --env may name, also nothing.
func checkEnv(env string) error {
	switch env {
	case "", flow.Production, flow.Staging:
		return nil
	}
	return flow.WrongUse("--env is neither production nor staging", "choose one of the two")
}
