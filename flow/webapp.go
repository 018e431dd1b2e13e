package flow

import "cmp"

// These are Pleo's own pages, where people make keys and see what is connected.
//
// Source: https://developers.pleo.io/docs/current/how-tos/environment-access/how-to-get-access-to-staging-oauth
const (
	productionApp = "https://app.pleo.io"
	stagingApp    = "https://app.staging.pleo.io"
)

// Menus of Pleo's pages.
const (
	menuAccounting = "Settings > Accounting"
	menuKeys       = "Settings > API Keys"
)

// WebApp returns the address of Pleo's pages for an environment.
func WebApp(environment string) string {
	if environment == Staging {
		return stagingApp
	}
	return productionApp
}

// KeyPage returns the address of Pleo's pages, where the key is made.
func (s Setup) KeyPage() string { return cmp.Or(s.WebApp, WebApp(s.Integration.Environment)) }

// ReturnLink returns where the customer goes back to: the vendor's page, or Pleo when the vendor names none. With a
// simulated Pleo, that is always its pages: a vendor's page is on the internet, and a demo stays on this computer.
func (s Setup) ReturnLink() string { return cmp.Or(s.WebApp, s.Integration.ReturnURL, s.KeyPage()) }

// Link returns the address that a step shows: on Key, where the key is made, and on Done, where to go back to.
func (s State) Link() string {
	switch s.Step {
	case StepKey:
		return s.KeyPage()
	case StepDone:
		return s.ReturnLink()
	}
	return ""
}

// returnsToPleo reports whether the return link leads to Pleo itself, or to a simulated one.
func (s Setup) returnsToPleo() bool {
	if s.WebApp != "" {
		return true
	}
	site := host(s.ReturnLink())
	return site == host(productionApp) || site == host(stagingApp)
}
