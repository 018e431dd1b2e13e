package pleoclient

import (
	"slices"
	"strings"
)

// Scope is one permission as Pleo spells it, for example "export-jobs:read". Scopes that came from Pleo are cleaned like
// [SafeText].
//
// Source: https://developers.pleo.io/docs/current/authentication/api-scopes
type Scope string

// ParseScopes splits the scope string of an introspect answer at white space. Repeats are dropped, the order is kept.
func ParseScopes(s string) []Scope {
	var out []Scope
	for _, word := range strings.Fields(s) {
		if scope := Scope(Safe(word).String()); !slices.Contains(out, scope) {
			out = append(out, scope)
		}
	}
	return out
}

// Same reports whether both name the same permission. Public clients spell "tag-group" with and without the plural s.
func (s Scope) Same(other Scope) bool { return s.normal() == other.normal() }

func (s Scope) normal() string {
	name, permission, _ := strings.Cut(strings.ToLower(string(s)), ":")
	if name == "tag-group" {
		name = "tag-groups"
	}
	return name + ":" + permission
}

// MissingScopes returns the wanted scopes that granted does not hold, in the order they are wanted.
func MissingScopes(wanted, granted []Scope) []Scope {
	var out []Scope
	for _, w := range wanted {
		if !slices.ContainsFunc(granted, w.Same) {
			out = append(out, w)
		}
	}
	return out
}
