//go:build unix

package main

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// TestBrowserNotices: what a page may not do, also in a frame, is a problem of its tab.
func TestBrowserNotices(t *testing.T) {
	t.Parallel()
	browser(t)
	serve := func(answers map[string]string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy",
				"default-src 'none'; script-src 'self'; img-src *; frame-src 'self'")
			if strings.HasSuffix(r.URL.Path, ".js") {
				w.Header().Set("Content-Type", "text/javascript")
			}
			answer, ok := answers[r.URL.Path]
			if !ok {
				w.WriteHeader(http.StatusNotFound)
			}
			_, _ = w.Write([]byte(answer))
		}))
		t.Cleanup(server.Close)
		return server.URL
	}
	other := serve(map[string]string{"/": ""})
	p := open(t, serve(map[string]string{
		"/": `<!doctype html><link rel="icon" href="/icon"><iframe src="/inner" title="inner"></iframe>`,
		"/inner": `<!doctype html><p style="color: red">styled</p><img src="/none" alt=""><img src="` + other +
			`" alt=""><script src="/inner.js" defer></script>`,
		"/inner.js": `console.log("logged"); throw new Error("thrown")`,
		"/icon":     "",
	}))
	p.frame("/inner").see("styled")
	wants := []string{
		`written to the console: "logged"`, "an exception: ", "Content Security Policy", "status of 404",
		"a request to another origin: " + other,
	}
	for _, want := range wants {
		p.until(want, func() error {
			if !slices.ContainsFunc(p.told(), func(problem string) bool { return strings.Contains(problem, want) }) {
				return errNotYet
			}
			return nil
		})
	}
	p.expects("status of 404")
	if problems := p.told(); len(problems) != len(wants)-1 {
		t.Errorf("problems: %q", problems)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = nil
}
