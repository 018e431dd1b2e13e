package pleoclient

import "strings"

// Scope is one permission as Pleo spells it, for example "export-jobs:read". Text from outside becomes one only through
// [ParseScopes], which cleans it like [SafeText], or [ParseScope]; a test enforces that for every package.
//
// Source: https://developers.pleo.io/docs/current/authentication/api-scopes
type Scope string

// ParseScope accepts a scope that can be drawn as it is: one word, at most 80 characters. It returns "" and false
// for everything else.
func ParseScope(s string) (Scope, bool) {
	if s == "" || strings.Contains(s, " ") || Safe(s).String() != s {
		return "", false
	}
	return Scope(s), true
}

// ParseScopes splits scopes at white space, as in an introspect answer. Repeats are dropped, the order is kept.
func ParseScopes(s string) []Scope {
	var out []Scope
	known := map[Scope]bool{}
	for _, word := range strings.Fields(s) {
		scope := Scope(Safe(word).String())
		if !known[scope] {
			out = append(out, scope)
		}
		known[scope] = true
	}
	return out
}

// Same reports whether both name the same permission. Public clients spell "tag-group" with and without the plural s.
func (s Scope) Same(other Scope) bool { return s.normal() == other.normal() }

func (s Scope) normal() Scope {
	name, permission, _ := strings.Cut(strings.ToLower(string(s)), ":")
	if name == "tag-group" {
		name = "tag-groups"
	}
	return Scope(name + ":" + permission)
}

// SameScopes reports whether two lists name the same permissions.
func SameScopes(a, b []Scope) bool { return len(MissingScopes(a, b))+len(MissingScopes(b, a)) == 0 }

// MissingScopes returns the scopes of wanted that granted does not hold, in the order of wanted.
func MissingScopes(wanted, granted []Scope) []Scope {
	held := map[Scope]bool{}
	for _, g := range granted {
		held[g.normal()] = true
	}
	var out []Scope
	for _, w := range wanted {
		if !held[w.normal()] {
			out = append(out, w)
		}
	}
	return out
}
