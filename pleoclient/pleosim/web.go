package pleosim

import (
	"io"
	"maps"
	"net/http"
	"net/url"

	"pleo-connect/pleoclient/pleosim/pages"
)

// startPage is the pattern of the page that the address of the pages leads to. [Options.Pages] may have another one.
const startPage = "GET /{$}"

// pagesHandler serves Pleo's side as web pages, and those of [Options.Pages], to the one browser that was given their
// address.
func (s *Server) pagesHandler(more map[string]http.Handler) http.Handler {
	all := map[string]http.Handler{
		startPage:                 http.RedirectHandler(pages.AccountingPath, http.StatusSeeOther),
		"GET /{path...}":          http.HandlerFunc(s.missing),
		"GET " + pages.EventsPath: http.HandlerFunc(s.events),
	}
	for pattern, answer := range map[string]http.HandlerFunc{
		"GET " + pages.AccountingPath:                       s.accountingPage,
		"GET " + pages.AccountingPath + "/{id}":             s.installDialog,
		"POST " + pages.AccountingPath + "/{id}/allow":      s.allow,
		"GET " + pages.AccountingPath + "/{id}/key":         s.integratedKey,
		"GET " + pages.AccountingPath + "/{id}/switch":      s.switchToTerminal,
		"POST " + pages.AccountingPath + "/{id}/disconnect": s.disconnect,
		"GET " + pages.KeysPath:                             s.keysPage,
		"GET " + pages.NewKeyPath:                           s.newKeyForm,
		"GET " + pages.KindsPath:                            s.kinds,
		"POST " + pages.KeysPath:                            s.createStandalone,
		"GET " + pages.KeysPath + "/{number}/key":           s.standaloneKey,
		"POST " + pages.KeysPath + "/{number}/delete":       s.deleteKey,
	} {
		all[pattern] = answer
	}
	for name, mediaType := range map[string]string{
		"style.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml",
	} {
		text, _ := pages.Assets.ReadFile(name)
		all["GET /"+name] = asset(mediaType, text)
	}
	maps.Copy(all, more)
	mux := http.NewServeMux()
	for pattern, handler := range all {
		mux.Handle(pattern, handler)
	}
	return s.guard.around(mux, s.refused)
}

// asset returns what serves one file. The file server of net/http, and its reading of forms below, would add 107 KB to
// the program.
func asset(mediaType string, content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		_, _ = w.Write(content)
	}
}

// base returns what every page shows, in a view.
func (s *Server) base(view string) pages.Base {
	return pages.Base{Company: s.company().Name, View: view, Seen: s.board.seen()}
}

// company returns the company whose settings the pages show: that of the keys which Allow makes.
func (s *Server) company() company {
	i := s.integrations[0]
	if a := s.keys.account(i.key(s.grants)); a.valid() {
		return a.company
	}
	return s.keys.account(i.key(roleGood)).company
}

// form returns what a page has sent. The methods of http.Request also read forms with files.
func form(w http.ResponseWriter, r *http.Request) url.Values {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if err != nil {
		return nil
	}
	sent, _ := url.ParseQuery(string(body)) // without what cannot be read
	return sent
}

// show answers with a page.
func show(w http.ResponseWriter, status int, page pages.Node) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(page.String()))
}

// missing says that there is no such page.
func (s *Server) missing(w http.ResponseWriter, r *http.Request) {
	show(w, http.StatusNotFound, pages.Message(pages.MessageView{
		Base: s.base(""), Title: "There is no such page", Text: "Use the menu to go to one.",
	}))
}

// refused says how to get a page, and shows nothing else: the request may not come from the person at this computer.
func (s *Server) refused(w http.ResponseWriter, _ *http.Request, status int) {
	http.Error(w, "Simulated Pleo (demo): open the whole address that pleo-connect printed. It begins with "+
		"http://"+s.guard.host+"/ and ends with 26 letters and digits.", status)
}
