package kvtest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"testing"
	"time"
)

// Answer is what a node says.
type Answer struct {
	Status int            `json:"-"`
	Data   map[string]any `json:"data"`
	Errors []string       `json:"errors"`
	Auth   struct {
		Token string `json:"client_token"`
	} `json:"auth"`
}

// Ask sends a request to a node as it is, and returns what that answers.
func (c *Cluster) Ask(t testing.TB, node int, token, method, path string, body any) (answer Answer) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, c.Addresses[node]+"/v1/"+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Vault-Token", token)
	resp, err := c.client(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err = io.ReadAll(resp.Body)
	if err == nil && len(text) > 0 {
		err = json.Unmarshal(text, &answer)
	}
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	answer.Status = resp.StatusCode
	return answer
}

// client returns a client that trusts the nodes, and follows none of their redirects.
func (c *Cluster) client(t testing.TB) *http.Client {
	t.Helper()
	ca, err := os.ReadFile(c.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	return &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Write writes to a path through the active node, and fails the test if that refuses it.
func (c *Cluster) Write(t testing.TB, path string, body any) Answer {
	t.Helper()
	answer := c.Ask(t, c.Leader(t), c.RootToken, http.MethodPost, path, body)
	if answer.Status >= 300 {
		t.Fatalf("writing %s: HTTP %d: %q", path, answer.Status, answer.Errors)
	}
	return answer
}

// Read reads a path from the active node, and returns the data of its answer: nil if nothing was ever there.
func (c *Cluster) Read(t testing.TB, path string) map[string]any {
	t.Helper()
	answer := c.Ask(t, c.Leader(t), c.RootToken, http.MethodGet, path, nil)
	if answer.Status != http.StatusOK && answer.Status != http.StatusNotFound {
		t.Fatalf("reading %s: HTTP %d: %q", path, answer.Status, answer.Errors)
	}
	return answer.Data
}

// Mount mounts an engine of secrets, with its options, and waits until a KV v2 serves.
func (c *Cluster) Mount(t testing.TB, path, kind string, options map[string]string) {
	t.Helper()
	c.Write(t, "sys/mounts/"+path, map[string]any{"type": kind, "options": options})
	serves := func() bool {
		return c.Ask(t, c.Leader(t), c.RootToken, http.MethodGet, path+"/config", nil).Status == http.StatusOK
	}
	if options["version"] == "2" {
		waitFor(t, path+" serves", serves)
	}
}

// waitFor waits until something is so, and fails the test if that is not within half a minute.
func waitFor(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// Policy makes a policy, whose rules are HCL.
func (c *Cluster) Policy(t testing.TB, name, rules string) {
	t.Helper()
	c.Write(t, "sys/policies/acl/"+name, map[string]any{"policy": rules})
}

// Token returns a new token with policies, which expires after a time.
func (c *Cluster) Token(t testing.TB, ttl time.Duration, policies ...string) string {
	t.Helper()
	body := map[string]any{"ttl": ttl.String(), "policies": policies}
	return c.Write(t, "auth/token/create", body).Auth.Token
}
