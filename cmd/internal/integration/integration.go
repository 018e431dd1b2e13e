// Package integration reads the file with which a vendor describes an integration: its name, what it asks for, and
// which service will use the key. Start with [Load]; [Default] is what the wizard connects without a file.
//
// The file decides where the customer is sent and which command is shown, so it is read strictly, and only if no one
// but root and our own account can replace it. What a run does with an integration is up to package flow.
package integration

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// What to do with a key that may do more than was asked for.
const (
	tell   = "tell"
	refuse = "refuse"
)

// Default returns what the wizard connects without a file. It names no vendor: the one in the repository's
// integration.toml, which is otherwise the same, is an example.
func Default() flow.Integration {
	return flow.Integration{
		ID:           "dynamics-365-finance",
		Name:         "Microsoft Dynamics 365 Finance",
		Environment:  flow.Production,
		KeyKind:      flow.Integrated,
		Applications: []string{"Microsoft Dynamics 365 Finance"},
		Permissions: []flow.Permission{
			{Scope: "export-jobs:read", Title: "See exports and their results", Required: true},
			{Scope: "export-jobs:write", Title: "Run exports, and lock or unlock expenses", Required: true},
			{Scope: "export-items:read", Title: "Read what is waiting to be exported", Required: true},
			{Scope: "companies:read", Title: "Read the company's details"},
		},
	}
}

// file is the file as it is in TOML. fileKeys says the same for the texts of errors.
type file struct {
	ID           string
	Name         string
	Vendor       string
	Environment  string
	KeyKind      string `toml:"key_kind"`
	Applications []string
	ReturnURL    string `toml:"return_url"`
	ReturnHint   string `toml:"return_hint"`
	HelpURL      string `toml:"help_url"`
	Surplus      string // tell or refuse
	Permissions  []struct {
		Scope    string
		Title    string
		Required *bool
	}
	Service struct{ User, Restart string }
}

// Load reads the file at path, of at most 64 KiB. An error is a [flow.Fault] that names the file and, where there is
// such a place, the line and the column in characters, from 1.
func Load(path string) (flow.Integration, error) {
	document, err := readTrusted(path)
	var i flow.Integration
	if err == nil {
		i, err = parse(document)
	}
	var fault flow.Fault
	if errors.As(err, &fault) {
		err = fault.With(func(v *flow.Values) { v.Path = path })
	}
	return i, err
}

// parse returns the first fault of a document as its error.
func parse(document []byte) (flow.Integration, error) {
	places, err := survey(document)
	if err != nil {
		return flow.Integration{}, err
	}
	var f file
	if err := toml.Unmarshal(document, &f); err != nil {
		return flow.Integration{}, syntaxFault(document, err)
	}
	f.fillIn(places)
	if err := f.check(places); err != nil {
		return flow.Integration{}, err
	}
	return f.integration(), nil
}

// fillIn sets the defaults of the keys that were left out.
func (f *file) fillIn(places places) {
	setDefault := func(key string, value *string, fallback string) {
		if !places.has(key) {
			*value = fallback
		}
	}
	setDefault("id", &f.ID, idFrom(f.Name))
	setDefault("environment", &f.Environment, flow.Production)
	setDefault("key_kind", &f.KeyKind, flow.Integrated)
	setDefault("surplus", &f.Surplus, tell)
	for n := range f.Permissions {
		if p := &f.Permissions[n]; p.Required == nil {
			p.Required = new(true)
		}
	}
}

// check finds faults that TOML allows and the wizard cannot work with.
func (f *file) check(places places) error {
	at := places.fault
	switch {
	case f.Name == "":
		return at("name", flow.FileName, flow.Values{})
	case !store.IsIntegrationID(f.ID):
		return at("id", flow.FileID, flow.Values{ID: idFrom(f.Name)})
	case f.Environment != flow.Production && f.Environment != flow.Staging:
		return at("environment", flow.FileEnvironment, flow.Values{})
	case f.KeyKind != flow.Integrated && f.KeyKind != flow.Standalone:
		return at("key_kind", flow.FileKeyKind, flow.Values{})
	case f.Surplus != tell && f.Surplus != refuse:
		return at("surplus", flow.FileSurplus, flow.Values{})
	case places.has("return_url") && !isLink(f.ReturnURL):
		return at("return_url", flow.FileLink, flow.Values{Value: "return_url"})
	case places.has("help_url") && !isLink(f.HelpURL):
		return at("help_url", flow.FileLink, flow.Values{Value: "help_url"})
	}
	if n := slices.Index(f.Applications, ""); n >= 0 {
		return at(element("applications", n), flow.FileApplication, flow.Values{})
	}
	return f.checkPermissions(places)
}

func (f *file) checkPermissions(places places) error {
	if len(f.Permissions) == 0 {
		return places.fault("permissions", flow.FilePermissions, flow.Values{})
	}
	for n, p := range f.Permissions {
		table := element("permissions", n)
		switch {
		case p.Scope == "":
			return places.fault(table+".scope", flow.FileScope, flow.Values{})
		case strings.Contains(p.Scope, " "):
			return places.fault(table+".scope", flow.FileScopeSpaces, flow.Values{})
		case !isScope(p.Scope):
			return places.fault(table+".scope", flow.FileScopeLong, flow.Values{})
		case p.Title == "":
			return places.fault(table+".title", flow.FileTitle, flow.Values{Scopes: p.Scope})
		}
		for earlier := range n {
			if scope(f.Permissions[earlier].Scope).Same(scope(p.Scope)) {
				first := places[element("permissions", earlier)+".scope"]
				return places.fault(table+".scope", flow.FileScopeTwice, flow.Values{Scopes: p.Scope, N: first.line})
			}
		}
	}
	return nil
}

func isScope(text string) bool { _, ok := pleoclient.ParseScope(text); return ok }

func scope(text string) pleoclient.Scope { s, _ := pleoclient.ParseScope(text); return s }

// isLink reports whether an address may be drawn, copied and opened: https, or http on this computer, in plain
// characters.
func isLink(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return false
	}
	if strings.ContainsFunc(address, isOddInLink) {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && pleoclient.IsLoopback(u.Hostname())
}

func isOddInLink(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"'`\\<>", r) }

func (f *file) integration() flow.Integration {
	i := flow.Integration{
		ID: f.ID, Name: f.Name, Vendor: f.Vendor, Environment: f.Environment, KeyKind: f.KeyKind,
		Applications: f.Applications,
		ReturnURL:    f.ReturnURL, ReturnHint: f.ReturnHint, HelpURL: f.HelpURL,
		RefuseSurplus: f.Surplus == refuse,
		Service:       flow.Service{User: f.Service.User, Restart: f.Service.Restart},
	}
	if strings.TrimSuffix(i.ReturnURL, "/") == flow.WebApp(i.Environment) { // of any environment that --env may name
		i.ReturnURL = ""
	}
	for _, p := range f.Permissions {
		i.Permissions = append(i.Permissions,
			flow.Permission{Scope: scope(p.Scope), Title: p.Title, Required: *p.Required})
	}
	return i
}
