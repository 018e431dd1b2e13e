package pleosim

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// guard lets in only the browser that was given the address of the pages. The path of that address is a token, which
// becomes a cookie at the first request, so that it stays neither in the address bar nor in what a page links to.
//
// Cookies know no port: a page of another server on this computer is of the same site, so what it asks of ours carries
// the cookie, and its server is sent it too. The page is refused; a server that misuses the cookie is not.
type guard struct {
	host   string // "127.0.0.1:41234": any other name leads here only by an attack (DNS rebinding)
	token  string
	cookie string // its name, which holds the port because several demos may run
}

func newGuard(host string) guard {
	_, port, _ := net.SplitHostPort(host)
	return guard{host: host, token: rand.Text(), cookie: "pleo-connect-demo-" + port}
}

// base returns the address to open.
func (g guard) base() string { return "http://" + g.host + "/" + g.token }

// policy is the Content-Security-Policy of every page. A page that needs another one replaces it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'self'; base-uri 'none'"

// around returns a handler that calls next for requests from that browser, and refused for any other.
func (g guard) around(next http.Handler, refused func(http.ResponseWriter, *http.Request, int)) http.Handler {
	ours := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range map[string]string{
			"Content-Security-Policy":      policy,
			"Cache-Control":                "no-store",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Referrer-Policy":              "same-origin",
			"X-Content-Type-Options":       "nosniff",
		} {
			w.Header().Set(name, value)
		}
		switch {
		case r.Host != g.host:
			refused(w, r, http.StatusMisdirectedRequest)
		case r.Method != http.MethodGet && r.Method != http.MethodPost: // HEAD would do what GET does, unseen
			refused(w, r, http.StatusMethodNotAllowed)
		case g.opens(w, r):
		case !g.knows(r), ours.Check(r) != nil, embedded(r):
			refused(w, r, http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// embedded reports whether a page of another origin asks for something to use in itself, as an image or a stream. Pages
// of other ports of this computer are of the same site, so that their requests carry the cookie, and to ask for a key
// that is shown once, or for the terminal, is to take it.
func embedded(r *http.Request) bool {
	return foreign(r) && r.Header.Get("Sec-Fetch-Dest") != "document"
}

// foreign reports whether a page of another origin asks.
func foreign(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "same-site" || site == "cross-site"
}

// opens answers a request for an address with the token: it sets the cookie, and leads to the address without it.
func (g guard) opens(w http.ResponseWriter, r *http.Request) bool {
	token, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if r.Method != http.MethodGet || !equal(token, g.token) {
		return false
	}
	http.SetCookie(w, &http.Cookie{
		Name: g.cookie, Value: g.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	// Two slashes would name another host, also with what a browser takes for one or ignores between them.
	to := (&url.URL{Path: "/" + strings.TrimLeft(rest, "/")}).EscapedPath()
	if foreign(r) { // a redirect would count as the other site's request, which brings no cookie
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!DOCTYPE html><title>Simulated Pleo</title><meta http-equiv="refresh" content="0;url=%s">`,
			html.EscapeString(to))
		return true
	}
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
	return true
}

func (g guard) knows(r *http.Request) bool {
	for _, c := range r.CookiesNamed(g.cookie) {
		if equal(c.Value, g.token) {
			return true
		}
	}
	return false
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
