package flow

import "pleo-connect/pleoclient"

// Environments and kinds of key, as the integration file spells them.
const (
	Production = "production"
	Staging    = "staging"
	Demo       = "demo" // only in records of the demo

	Integrated = "integrated"
	Standalone = "standalone"
)

// Integration is what the vendor of an integration sets for the wizard. Its texts can be drawn as they are: code that
// builds one from a file refuses other text.
type Integration struct {
	ID            string // lower-case letters, digits and hyphens; a connection belongs to it, so it never changes
	Name          string
	Vendor        string
	Environment   string   // Production or Staging
	KeyKind       string   // Integrated or Standalone; changes only the instructions
	Applications  []string // names of Pleo applications that are ours; empty: do not compare
	ReturnURL     string   // the vendor's page that the customer goes back to; empty: Pleo
	ReturnHint    string   // the menu path on that page; may be empty
	HelpURL       string   // may be empty
	Permissions   []Permission
	RefuseSurplus bool // a key that may do more than the permissions is refused
	Service       Service
}

// Permission is one thing the integration asks for, in plain words and as scope.
type Permission struct {
	Scope    pleoclient.Scope
	Title    string
	Required bool
}

// Service is the program that will use the key. Both fields may be empty.
type Service struct {
	User    string // the account that must be able to read the key
	Restart string // a command that is shown, never run
}

// required returns the permissions the integration cannot work without.
func (i Integration) required() []Permission {
	var out []Permission
	for _, p := range i.Permissions {
		if p.Required {
			out = append(out, p)
		}
	}
	return out
}

// Scopes returns what the integration asks for, as Pleo spells it.
func (i Integration) Scopes() []pleoclient.Scope {
	var out []pleoclient.Scope
	for _, p := range i.Permissions {
		out = append(out, p.Scope)
	}
	return out
}

// optional reports whether a scope is a permission that the integration asks for but can work without.
func (i Integration) optional(scope pleoclient.Scope) bool {
	p := i.permission(scope)
	return p.Title != "" && !p.Required
}

// permission returns what the integration says about a scope; a scope that it did not ask for has no title.
func (i Integration) permission(scope pleoclient.Scope) Permission {
	for _, p := range i.Permissions {
		if len(pleoclient.MissingScopes([]pleoclient.Scope{p.Scope}, []pleoclient.Scope{scope})) == 0 {
			return p
		}
	}
	return Permission{Scope: scope}
}

// missing returns those of wanted that granted does not hold.
func missing(wanted []Permission, granted []pleoclient.Scope) []Permission {
	var out []Permission
	for _, p := range wanted {
		if len(pleoclient.MissingScopes([]pleoclient.Scope{p.Scope}, granted)) > 0 {
			out = append(out, p)
		}
	}
	return out
}
