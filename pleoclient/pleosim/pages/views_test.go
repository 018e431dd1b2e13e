package pages_test

import (
	"strings"
	"time"

	"pleo-connect/pleoclient/pleosim/pages"
)

const (
	hostile = `javascript:alert(1)//<script>alert(1)</script>"' onload=x && </textarea></title>`
	company = "Harbour Lane Bakery ApS"
)

var (
	when = time.Date(2026, 3, 2, 9, 14, 0, 0, time.UTC)
	key  = "pleo-simulated-key-good-cbec09cd748de7f8c7eb2d2b8bfe8e173aa04cd748de7f8c"

	dynamics = pages.Integration{
		ID: "dynamics-365-finance", Name: "Microsoft Dynamics 365 Finance",
		Permissions: []pages.Permission{
			{Scope: "export-jobs:read", Title: "See exports and their results", Required: true},
			{Scope: "export-jobs:write", Title: "Run exports, and lock or unlock expenses", Required: true},
			{Scope: "export-items:read", Title: "Read what is waiting to be exported", Required: true},
			{Scope: "companies:read", Title: "Read the company's details"},
		},
	}
	ledger = pages.Integration{
		ID: "ledger", Name: "Contoso Ledger", Standalone: true, Permissions: dynamics.Permissions[2:],
	}
	books = pages.Integration{
		ID: "books", Name: "Contoso Books", Permissions: dynamics.Permissions,
		Installed: []pages.Installation{
			{CompanyID: "c1", Company: company, Fingerprint: "SHA256:cdf49550", Fresh: true},
			{CompanyID: "c2", Company: "Nordic Trading Company with a Long Name A/S", Fingerprint: "SHA256:01ab23cd"},
		},
	}
	odd = pages.Integration{
		ID: hostile, Name: hostile, Permissions: manyPermissions(),
		Installed: []pages.Installation{{CompanyID: hostile, Company: hostile, Fingerprint: hostile}},
	}
	long = pages.Integration{
		ID: "long", Name: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunter",
		Permissions: manyPermissions(),
	}

	secret = pages.Secret{Text: key, Fingerprint: "SHA256:cdf49550"}
	keys   = []pages.Key{
		{
			Number: 1, Name: "Microsoft Dynamics 365 Finance", Integrated: true, Fingerprint: "SHA256:cdf49550",
			Access: company, Scopes: []string{"export-jobs:read", "companies:read"}, Created: when,
		},
		{
			Number: 2, Name: hostile, Fingerprint: hostile, Access: hostile,
			Scopes: []string{hostile}, Created: when, Expires: when.AddDate(0, 0, 30), Expired: true,
		},
	}
)

func manyPermissions() (out []pages.Permission) {
	for n := range 20 {
		out = append(out, pages.Permission{Scope: strings.Repeat("many-", n) + "x:read", Required: n%3 > 0})
	}
	return append(out, pages.Permission{Scope: hostile, Title: hostile})
}

func base(view, status string) pages.Base {
	return pages.Base{Company: company, View: view, Status: status}
}

func accounting(dialog pages.Dialog, of pages.Integration, secret pages.Secret) pages.Node {
	return pages.Accounting(pages.AccountingView{
		Base:         base(pages.ViewAccounting, "Switch to your terminal: the key is pasted there."),
		Integrations: []pages.Integration{dynamics, ledger, books, odd, long}, Dialog: dialog, Of: of, Secret: secret,
	})
}

func keysPage(shown bool, secret pages.Secret) pages.Node {
	return pages.Keys(pages.KeysView{
		Base: base(pages.ViewKeys, ""), Keys: keys, Shown: shown, Of: keys[1], Secret: secret, OfIntegration: "ledger",
	})
}

// views are whole pages, by name.
var views = map[string]pages.Node{
	"accounting":           accounting(pages.DialogNone, pages.Integration{}, pages.Secret{}),
	"nothing":              pages.Accounting(pages.AccountingView{}),
	"install":              accounting(pages.DialogInstall, dynamics, pages.Secret{}),
	"install hostile":      accounting(pages.DialogInstall, odd, pages.Secret{}),
	"install long":         accounting(pages.DialogInstall, long, pages.Secret{}),
	"key":                  accounting(pages.DialogKey, dynamics, secret),
	"key hostile":          accounting(pages.DialogKey, odd, pages.Secret{Text: hostile, Fingerprint: hostile}),
	"key shown":            accounting(pages.DialogKey, dynamics, pages.Secret{Fingerprint: secret.Fingerprint}),
	"keys":                 keysPage(false, pages.Secret{}),
	"no keys":              pages.Keys(pages.KeysView{Base: base(pages.ViewKeys, "")}),
	"standalone key":       keysPage(true, secret),
	"standalone key shown": keysPage(true, pages.Secret{Fingerprint: secret.Fingerprint}),
	"new key": pages.NewKey(pages.NewKeyView{
		Base: base(pages.ViewKeys, ""), Organisation: "Harbour Group", Scopes: dynamics.Permissions,
		Expiration: "90", Access: pages.AccessCompany,
	}),
	"new key hostile": pages.NewKey(pages.NewKeyView{
		Base: pages.Base{Company: hostile, View: pages.ViewKeys, Status: hostile}, Organisation: hostile,
		Scopes: manyPermissions(), Name: hostile, Access: pages.AccessOrganisation, Ticked: []string{hostile},
		Problem: "Tick at least one permission.",
	}),
	"kinds":   pages.Kinds(base(pages.ViewKeys, "")),
	"message": pages.Message(pages.MessageView{Base: base("", ""), Title: hostile, Text: "There is no such page."}),
}
