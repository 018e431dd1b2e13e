package flow

import (
	"cmp"
	"strings"
)

// webApps are Pleo's own pages, where people make keys and see what is connected.
//
// Source: https://developers.pleo.io/docs/current/how-tos/environment-access/how-to-get-access-to-staging-oauth
var webApps = map[string]string{Production: "https://app.pleo.io", Staging: "https://app.staging.pleo.io"}

// Menus of Pleo's pages.
const (
	menuAccounting = "Settings > Accounting"
	menuKeys       = "Settings > API Keys"
)

// WebApp returns the address of Pleo's pages for an environment. The demo uses those of production.
func WebApp(environment string) string { return cmp.Or(webApps[environment], webApps[Production]) }

// ReturnLink returns where the customer goes back to: the vendor's page, or Pleo when the vendor names none.
func (i Integration) ReturnLink() string { return cmp.Or(i.ReturnURL, WebApp(i.Environment)) }

// Link returns the address that a step shows: on Key, where the key is made, and on Done, where to go back to.
func (s State) Link() string {
	switch s.Step {
	case StepKey:
		return s.KeyPage()
	case StepDone:
		return s.Integration.ReturnLink()
	}
	return ""
}

// returnsToPleo reports whether the return link leads to Pleo itself.
func (i Integration) returnsToPleo() bool {
	site, _, _ := strings.Cut(host(i.ReturnLink()), "/")
	for _, app := range webApps {
		if site == host(app) {
			return true
		}
	}
	return false
}
