package kv

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pleo-connect/store"
)

// canary is a token of the usual form, which no test may find anywhere.
const canary = "hvs.CAESIJcanary4711canary4711canary4711canary"

// What Vault 1.14.1 answers, and OpenBao 2.6.2 in the same words. The values that no test looks at are left out.
const (
	active  = `{"initialized":true,"sealed":false,"standby":false,"version":"1.14.1"}`
	standby = `{"initialized":true,"sealed":false,"standby":true,"version":"1.14.1"}`
	closed  = `{"initialized":true,"sealed":true,"standby":true,"version":"1.14.1"}`
	fresh   = `{"initialized":false,"sealed":true,"standby":true,"version":"1.14.1"}`

	mounted = `{"data":{"options":{"version":"2"},"path":"secret/","type":"kv"},"warnings":null}`
	none    = `{"errors":[]}`
	changed = `{"errors":["check-and-set parameter did not match the current version"]}`
	denied  = `{"errors":["1 error occurred:\n\t* permission denied\n\n"]}`
	badAuth = `{"errors":["permission denied"]}`
	sealed  = `{"errors":["Vault is sealed"]}`
	noRoute = `{"errors":["no handler for route \"secret/data/pleo/a\". route entry not found."]}`
	barred  = `{"errors":["preflight capability check returned 403, please ensure client's policies grant access ` +
		`to path \"secret/pleo/\""]}`
)

// version returns the answer to a read.
func version(n int, data string) string {
	return fmt.Sprintf(`{"data":{"data":%s,"metadata":{"deletion_time":"","destroyed":false,"version":%d}}}`, data, n)
}

// written returns the answer to a write.
func written(n int) string {
	return fmt.Sprintf(`{"data":{"deletion_time":"","destroyed":false,"version":%d}}`, n)
}

// reply is what a fake engine answers to a request.
type reply struct {
	status int
	body   string
	kind   string // of the body; empty: JSON
	at     string // a header Location
	cut    bool   // the connection, after the request was read
}

// fake answers by the method and path of a request. What it was asked is in asked. Health and mounts are those of an
// active node, unless answers say otherwise.
type fake struct {
	*httptest.Server
	mu      sync.Mutex
	answers map[string][]reply // in turn; the last one is repeated
	asked   []*http.Request
	ignores bool // namespaces, as one that has none
}

func newFake(t *testing.T, answers map[string][]reply) *fake {
	f := &fake{answers: answers}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	a := f.next(r)
	switch {
	case a.cut:
		panic(http.ErrAbortHandler)
	case a.kind == "":
		a.kind = "application/json"
	}
	w.Header().Set("Content-Type", a.kind)
	if a.at != "" {
		w.Header().Set("Location", a.at)
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body)
}

func (f *fake) next(r *http.Request) reply {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, r)
	if !f.ignores && strings.HasSuffix(r.Header.Get("X-Vault-Namespace"), noNamespace) {
		return reply{status: 404, body: `{"errors":["namespace not found"]}`}
	}
	name := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/v1/")
	if all := f.answers[name]; len(all) > 0 {
		if len(all) > 1 {
			f.answers[name] = all[1:]
		}
		return all[0]
	}
	switch r.URL.Path {
	case "/v1/sys/health":
		return reply{status: 200, body: active}
	case "/v1/sys/internal/ui/mounts/secret/pleo":
		return reply{status: 200, body: mounted}
	}
	return reply{status: 404, body: none}
}

// requests returns what was asked so far.
func (f *fake) requests() []*http.Request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.asked)
}

// count returns how often a request was made.
func (f *fake) count(name string) (n int) {
	for _, r := range f.requests() {
		if r.Method+" "+strings.TrimPrefix(r.URL.Path, "/v1/") == name {
			n++
		}
	}
	return n
}

// client returns a client of a server, whose token is the canary.
func client(t *testing.T, url string, change ...func(*Config)) *Client {
	t.Helper()
	token, _ := newToken(canary)
	config := Config{
		Settings:  Settings{URL: url, Token: token, tokenName: "VAULT_TOKEN"},
		ReadFile:  func(string) ([]byte, error) { return nil, fs.ErrNotExist },
		UserAgent: "pleo-connect/test",
		Pause:     func(context.Context, time.Duration) {},
	}
	for _, f := range change {
		f(&config)
	}
	c, err := New(Address{Vault, "secret/pleo"}, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// trusting makes a client trust the certificate of a server.
func trusting(s *httptest.Server) func(*Config) {
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	return func(c *Config) {
		c.CACert = "ca.pem"
		c.ReadFile = func(string) ([]byte, error) { return text, nil }
	}
}

// row returns the kind and the case of an error, or its text if it has none.
func row(err error) string {
	var e *store.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e) && e.Case != "":
		return string(e.Kind) + "/" + e.Case
	case errors.As(err, &e):
		return string(e.Kind)
	}
	return err.Error()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
