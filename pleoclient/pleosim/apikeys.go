package pleosim

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim/pages"
)

const (
	organisationName = "Nordvind Gruppen"
	organisationID   = "e7305c9a-14d8-4b6f-a2e1-9806f4bd73c5"

	maxNameRunes = 80 // of a key
)

// expirations are what the form offers, in days; "" is never.
var expirations = []string{"30", "90", "365", ""}

func (s *Server) keysView() pages.KeysView {
	return pages.KeysView{Base: s.base(pages.ViewKeys), Keys: s.keys.list()}
}

func (s *Server) keysPage(w http.ResponseWriter, _ *http.Request) {
	v := s.keysView()
	v.Status = s.board.last().text
	showKeys(w, v)
}

func showKeys(w http.ResponseWriter, v pages.KeysView) { show(w, http.StatusOK, pages.Keys(v)) }

func (s *Server) kinds(w http.ResponseWriter, _ *http.Request) {
	show(w, http.StatusOK, pages.Kinds(s.base(pages.ViewKeys)))
}

// newKeyView returns the form as it is before anything was entered.
func (s *Server) newKeyView() pages.NewKeyView {
	v := pages.NewKeyView{
		Base: s.base(pages.ViewKeys), Organisation: organisationName, Expiration: "90", Access: pages.AccessCompany,
	}
	var listed []pleoclient.Scope
	for _, i := range s.integrations {
		for _, scope := range i.scopes() {
			if !slices.ContainsFunc(listed, scope.Same) {
				listed = append(listed, scope)
				v.Scopes = append(v.Scopes, pages.Permission{Scope: string(scope), Title: i.Titles[string(scope)]})
			}
		}
	}
	for _, scope := range without(pleoScopes, listed...) {
		v.Scopes = append(v.Scopes, pages.Permission{Scope: string(scope)})
	}
	return v
}

func (s *Server) newKeyForm(w http.ResponseWriter, _ *http.Request) {
	showForm(w, http.StatusOK, s.newKeyView())
}

func showForm(w http.ResponseWriter, status int, v pages.NewKeyView) {
	show(w, status, pages.NewKey(v))
}

// createStandalone creates the key that the form describes, or shows the form again with what is missing.
func (s *Server) createStandalone(w http.ResponseWriter, r *http.Request) {
	v, sent := s.newKeyView(), form(w, r)
	v.Name, v.Expiration = strings.TrimSpace(sent.Get("name")), sent.Get("expiration")
	v.Access, v.Ticked = sent.Get("access"), sent["scope"]
	if v.Problem = problemOf(v); v.Problem != "" {
		showForm(w, http.StatusUnprocessableEntity, v)
		return
	}
	c := &createdKey{name: v.Name, account: account{company: s.company(), scopes: parseScopes(v.Ticked)}}
	if v.Access == pages.AccessOrganisation {
		c.account.organisation = organisationID
	}
	if days, err := strconv.Atoi(v.Expiration); err == nil {
		c.expires = time.Now().AddDate(0, 0, days)
	}
	number := s.keys.standalone(s.standalone(), c)
	s.board.add(happening{})
	http.Redirect(w, r, fmt.Sprintf("%s/%d/key", pages.KeysPath, number), http.StatusSeeOther)
}

// problemOf returns what is wrong with a form, or "".
func problemOf(v pages.NewKeyView) string {
	unknown := func(scope string) bool {
		return !slices.ContainsFunc(v.Scopes, func(p pages.Permission) bool { return p.Scope == scope })
	}
	switch {
	case v.Name == "":
		return "Enter a name for the key."
	case len([]rune(v.Name)) > maxNameRunes || !pleoclient.IsSafe(v.Name):
		return fmt.Sprintf("Use a name of at most %d ordinary characters.", maxNameRunes)
	case !slices.Contains(expirations, v.Expiration):
		return "Choose when the key expires."
	case v.Access != pages.AccessCompany && v.Access != pages.AccessOrganisation:
		return "Choose an access level."
	case len(v.Ticked) == 0:
		return "Tick at least one permission."
	case slices.ContainsFunc(v.Ticked, unknown):
		return "Tick only permissions from the list."
	}
	return ""
}

// standalone returns the integration whose application a Standalone API Key names: Pleo does not document what such a
// key names, and a program of one's own has no other.
func (s *Server) standalone() Integration {
	n := slices.IndexFunc(s.integrations, func(i Integration) bool { return i.Standalone })
	return s.integrations[max(n, 0)]
}

// standaloneKey shows a key that the form has created, the first time.
func (s *Server) standaloneKey(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.Atoi(r.PathValue("number"))
	v := s.keysView()
	key, secret, ok := s.keys.show(number)
	if !ok || key.Integrated {
		s.missing(w, r)
		return
	}
	v.Shown, v.Of, v.Secret, v.OfIntegration = true, key, secret, s.standalone().ID
	showKeys(w, v)
}

// deleteKey makes a key invalid. What was installed with it stays.
func (s *Server) deleteKey(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.Atoi(r.PathValue("number"))
	name, ok := s.keys.remove(number)
	if !ok {
		s.missing(w, r)
		return
	}
	s.board.add(happening{text: fmt.Sprintf("The key “%s” was deleted. Pleo rejects it from now on.", name)})
	http.Redirect(w, r, pages.KeysPath, http.StatusSeeOther)
}
