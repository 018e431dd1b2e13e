package pleosim

import (
	"fmt"
	"net/http"
	"slices"

	"pleo-connect/pleoclient/pleosim/pages"
)

// accountingView returns Settings > Accounting without a dialog.
func (s *Server) accountingView() pages.AccountingView {
	return pages.AccountingView{Base: s.base(pages.ViewAccounting), Integrations: s.tiles()}
}

func (s *Server) accountingPage(w http.ResponseWriter, _ *http.Request) {
	v := s.accountingView()
	v.Status = s.board.last().text
	showAccounting(w, v)
}

// tiles returns the integrations and where each is connected.
func (s *Server) tiles() []pages.Integration {
	var out []pages.Integration
	for _, i := range s.integrations {
		out = append(out, s.tile(i))
	}
	return out
}

func (s *Server) tile(i Integration) pages.Integration {
	tile, last := pages.Integration{ID: i.ID, Name: i.Name, Standalone: i.Standalone}, s.board.last()
	for _, in := range s.installed.active(i.Application) {
		tile.Installed = append(tile.Installed, pages.Installation{
			CompanyID: in.company.ID, Company: in.company.Name, Fingerprint: in.fingerprint,
			Fresh: last.event == eventConnected && last.owner == in.owner(),
		})
	}
	optional := parseScopes(i.Optional)
	for _, scope := range i.scopes() {
		tile.Permissions = append(tile.Permissions, pages.Permission{
			Scope: string(scope), Title: i.Titles[string(scope)], Required: !slices.ContainsFunc(optional, scope.Same),
		})
	}
	return tile
}

// dialog answers with the page and a dialog about the integration of the address.
func (s *Server) dialog(w http.ResponseWriter, r *http.Request, fill func(*pages.AccountingView, Integration)) {
	i, ok := s.integration(r.PathValue("id"))
	if !ok {
		s.missing(w, r)
		return
	}
	v := s.accountingView()
	v.Of = s.tile(i)
	fill(&v, i)
	showAccounting(w, v)
}

func showAccounting(w http.ResponseWriter, v pages.AccountingView) {
	show(w, http.StatusOK, pages.Accounting(v))
}

func (s *Server) installDialog(w http.ResponseWriter, r *http.Request) {
	s.dialog(w, r, func(v *pages.AccountingView, _ Integration) { v.Dialog = pages.DialogInstall })
}

// allow creates a key, as pressing Allow does in Pleo, and leads to the page that shows it once.
func (s *Server) allow(w http.ResponseWriter, r *http.Request) {
	i, ok := s.integration(r.PathValue("id"))
	if !ok {
		s.missing(w, r)
		return
	}
	s.keys.allow(i, s.grants)
	s.board.add(happening{})
	http.Redirect(w, r, pages.AccountingPath+"/"+i.ID+"/key", http.StatusSeeOther)
}

// CreateKey creates a key for the integration with the given id, as pressing Allow on its page does, and returns it. It
// counts as shown. It returns "" if the integration is not served.
func (s *Server) CreateKey(id string) string {
	i, ok := s.integration(id)
	if !ok {
		return ""
	}
	number, text := s.keys.allow(i, s.grants)
	s.keys.show(number)
	s.board.add(happening{})
	return text
}

// integratedKey shows the newest key of an integration, the first time.
func (s *Server) integratedKey(w http.ResponseWriter, r *http.Request) {
	_, secret, ok := s.keys.show(s.keys.newest(r.PathValue("id")))
	if !ok {
		s.missing(w, r)
		return
	}
	s.dialog(w, r, func(v *pages.AccountingView, _ Integration) { v.Dialog, v.Secret = pages.DialogKey, secret })
}

// switchToTerminal is where "Go to ..." leads. In Pleo that is the page of the integration, which a program on the
// customer's own server does not have.
func (s *Server) switchToTerminal(w http.ResponseWriter, r *http.Request) {
	s.dialog(w, r, func(v *pages.AccountingView, i Integration) {
		v.Status = fmt.Sprintf("Now switch to your terminal and paste the key there. %s runs on your own server, so "+
			"there is no web page to go to.", i.Name)
	})
}

// disconnect removes an installation, as Disconnect does in Pleo. What the customer's server has saved stays there.
func (s *Server) disconnect(w http.ResponseWriter, r *http.Request) {
	i, ok := s.integration(r.PathValue("id"))
	if !ok {
		s.missing(w, r)
		return
	}
	s.installed.remove(owner{form(w, r).Get("company"), i.Application})
	http.Redirect(w, r, pages.AccountingPath, http.StatusSeeOther)
}

// installationChanged tells the pages that an installation became active, or is so no longer.
func (s *Server) installationChanged(before, now installation) {
	switch {
	case now.isActive() && (!before.isActive() || before.fingerprint != now.fingerprint):
		s.tell(eventConnected, "%s is connected to %s.", now)
	case before.isActive() && !now.isActive():
		s.tell(eventDisconnected, "%s is no longer connected to %s.", before)
	}
}

func (s *Server) tell(event, format string, in installation) {
	h := happening{event: event, owner: in.owner(), text: fmt.Sprintf(format, s.nameOf(in.application), in.company.Name)}
	for _, i := range s.integrations {
		if i.Application == in.application {
			h.integrations = append(h.integrations, i.ID)
		}
	}
	s.board.add(h)
}

// nameOf returns the name that Pleo shows for an application.
func (s *Server) nameOf(application string) string {
	for _, i := range s.integrations {
		if i.Application == application {
			return i.Name
		}
	}
	return application
}
