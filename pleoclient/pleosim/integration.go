package pleosim

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"pleo-connect/pleoclient"
)

// Integration is what an integration file asks of Pleo. Each has simulated keys of its own; those of one application
// share their installations.
type Integration struct {
	ID          string   // lower-case letters, digits and hyphens
	Name        string   // as Pleo shows it
	Application string   // the applicationName of its keys; "" is the Name
	Scopes      []string // all that it asks for, at least one
	Optional    []string // those of Scopes that are not required
	Standalone  bool     // it takes a Standalone API Key, so nothing is allowed on its tile

	Titles map[string]string // what each of Scopes means in plain words, for the pages; may lack some
}

// BuiltIn returns the integration that is served when [Options] names none.
func BuiltIn() Integration {
	return Integration{
		ID:          builtInID,
		Name:        "Microsoft Dynamics 365 Finance",
		Application: "Microsoft Dynamics 365 Finance",
		Scopes:      []string{"export-jobs:read", "export-jobs:write", "export-items:read", "companies:read"},
		Optional:    []string{"companies:read"},
	}
}

const builtInID = "dynamics-365-finance"

// companiesRead is the only scope that an endpoint of this package asks for.
const companiesRead pleoclient.Scope = "companies:read"

// pleoScopes are the scopes that Pleo's pages name. MoreScopes takes the first two that its integration does not ask
// for.
var pleoScopes = []pleoclient.Scope{
	"users:read", "vendors:write", "vendors:read", "accounts:read", "accounts:write", "tax-codes:read",
	"tax-codes:write", "tag-groups:read", "tag-groups:write", "accounting-entries:read", "accounting-entries:write",
	"export-jobs:read", "export-jobs:write", "export-items:read", companiesRead,
}

// prepared returns the integrations that Start serves: checked, and each with its application.
func prepared(integrations []Integration) ([]Integration, error) {
	if len(integrations) == 0 {
		return []Integration{BuiltIn()}, nil
	}
	out := slices.Clone(integrations)
	for n := range out {
		i := &out[n]
		if i.Application == "" {
			i.Application = i.Name
		}
		err := i.check()
		if err == nil && slices.ContainsFunc(out[:n], func(earlier Integration) bool { return earlier.ID == i.ID }) {
			err = errors.New("an earlier one has the same id")
		}
		if err != nil {
			return nil, fmt.Errorf("the simulated Pleo cannot serve integration %d: %w", n+1, err)
		}
	}
	return out, nil
}

func (i Integration) check() error {
	isOdd := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }
	switch {
	case i.ID == "" || strings.ContainsFunc(i.ID, isOdd):
		return errors.New("its id is not made of lower-case letters, digits and hyphens")
	case i.Application == "" || !pleoclient.IsSafe(i.Application):
		return errors.New("the name of its application is missing or cannot be shown")
	case len(i.Scopes) == 0:
		return errors.New("it asks for no scope")
	}
	var scopes []pleoclient.Scope
	for _, text := range i.Scopes {
		scope, ok := pleoclient.ParseScope(text)
		switch {
		case !ok:
			return errors.New("a scope is not one word of at most 80 characters")
		case slices.ContainsFunc(scopes, scope.Same):
			return errors.New("it asks for a scope twice")
		}
		scopes = append(scopes, scope)
	}
	for _, text := range i.Optional {
		if scope, ok := pleoclient.ParseScope(text); !ok || !slices.ContainsFunc(scopes, scope.Same) {
			return errors.New("an optional scope is not one that it asks for")
		}
	}
	return nil
}

// parseScopes is for scopes that were checked. Two spellings of one scope are the same for this package, as for the
// client.
func parseScopes(texts []string) []pleoclient.Scope {
	return pleoclient.ParseScopes(strings.Join(texts, " "))
}

func without(scopes []pleoclient.Scope, dropped ...pleoclient.Scope) []pleoclient.Scope {
	return pleoclient.MissingScopes(scopes, dropped)
}

func (i Integration) scopes() []pleoclient.Scope { return parseScopes(i.Scopes) }

// fewerScopes, missingScopes and moreScopes return the scopes of the keys in the [Keys] fields of the same names.
func (i Integration) fewerScopes() []pleoclient.Scope {
	all, optional := i.scopes(), parseScopes(i.Optional)
	switch {
	case slices.ContainsFunc(optional, companiesRead.Same):
		return without(all, companiesRead)
	case len(optional) > 0:
		return without(all, optional[len(optional)-1])
	}
	return all[:len(all)-1]
}

func (i Integration) missingScopes() []pleoclient.Scope {
	all := i.scopes()
	required := without(all, parseScopes(i.Optional)...)
	if len(required) == 0 {
		return all[:len(all)-1]
	}
	return without(all, required[max(0, len(required)-2):]...)
}

func (i Integration) moreScopes() []pleoclient.Scope {
	all := i.scopes()
	more := without(pleoScopes, all...)
	for n := 1; len(more) < 2; n++ { // the integration asks for nearly everything that Pleo has
		more = append(more, without(parseScopes([]string{fmt.Sprintf("simulated-%d:read", n)}), all...)...)
	}
	return slices.Concat(all, more[:2])
}

// keyName returns what the log calls a key of the integration. Keys of the built-in one are named after their roles,
// and their texts are made from these names.
func (i Integration) keyName(role string) string {
	if i.ID == builtInID {
		return role
	}
	return i.ID + " " + role
}

// unusedApplication returns the name of an application that none of the integrations has.
func unusedApplication(integrations []Integration) string {
	name := "Contoso Books"
	for n := 2; slices.ContainsFunc(integrations, func(i Integration) bool { return i.Application == name }); n++ {
		name = fmt.Sprint("Contoso Books ", n)
	}
	return name
}
