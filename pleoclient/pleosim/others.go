package pleosim

import (
	"fmt"
	"slices"
	"strings"
)

// Others returns two more integrations, as a company usually has a choice. Neither its id nor its name is taken by
// another integration, so that a key of one is never good for that.
func Others(taken ...string) []Integration {
	titles := map[string]string{
		"accounts:read": "Read your chart of accounts", "export-jobs:read": "Read your exports",
		"export-jobs:write": "Mark exports as done",
	}
	out := []Integration{
		{ID: "fabrikam-ledger", Name: "Fabrikam Ledger", Scopes: []string{"accounts:read", "export-jobs:read"}},
		{ID: "northwind-books", Name: "Northwind Books", Scopes: []string{"export-jobs:read", "export-jobs:write"}},
	}
	for n := range out {
		i := &out[n]
		i.Titles = titles
		id, name := i.ID, i.Name
		isTaken := func(text string) bool { return strings.EqualFold(text, i.ID) || strings.EqualFold(text, i.Name) }
		for again := 2; slices.ContainsFunc(taken, isTaken); again++ {
			i.ID, i.Name = fmt.Sprintf("%s-%d", id, again), fmt.Sprint(name, " ", again)
		}
	}
	return out
}
