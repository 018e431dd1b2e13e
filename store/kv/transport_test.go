package kv

import (
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"golang.org/x/net/http/httpproxy"

	"pleo-connect/store"
)

// TestCertificates shows whose certificates are trusted.
func TestCertificates(t *testing.T) {
	t.Parallel()
	f := newFake(t, nil)
	secure, old := httptest.NewUnstartedServer(f), httptest.NewUnstartedServer(f)
	secure.Config.ErrorLog, old.Config.ErrorLog = log.New(io.Discard, "", 0), log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	old.StartTLS()
	t.Cleanup(old.Close)
	_, port, err := net.SplitHostPort(secure.Listener.Addr().String())
	must(t, err)
	nothing := func(c *Config) { c.Roots = func() (*x509.CertPool, error) { return x509.NewCertPool(), nil } }
	another := otherCA(t)
	named := func(c *Config) {
		c.CACert, c.caCertName = "ca.pem", "VAULT_CACERT"
		c.ReadFile = func(string) ([]byte, error) { return another, nil }
	}
	for name, test := range map[string]struct {
		url    string
		change func(*Config)
		want   string
	}{
		"trusted":       {secure.URL, trusting(secure), ""},
		"system":        {secure.URL, nothing, "store_engine_tls/issuer"},
		"another CA":    {secure.URL, named, "store_engine_tls/cacert"},
		"another name":  {"https://localhost:" + port, trusting(secure), "store_engine_tls/name"},
		"old version":   {old.URL, trusting(old), "store_engine_tls/other"},
		"no TLS":        {"https" + f.URL[len("http"):], nothing, "store_engine_tls/other"},
		"TLS, not used": {"http" + secure.URL[len("https"):], nothing, "store_engine_unexpected/https"},
	} {
		if err := client(t, test.url, test.change).Health(t.Context()); row(err) != test.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// otherCA returns a root certificate that has signed nothing, in PEM.
func otherCA(t *testing.T) []byte {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	about := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(nil, about, about, public, private)
	must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// TestServerName reaches an engine by a name that is not in its certificate.
func TestServerName(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(newFake(t, nil))
	t.Cleanup(s.Close)
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	must(t, err)
	for name, want := range map[string]string{"example.com": "", "vault.test": "store_engine_tls/server_name"} {
		named := func(c *Config) { c.ServerName, c.serverNameName = name, "BAO_TLS_SERVER_NAME" }
		if err := client(t, "https://localhost:"+port, trusting(s), named).Health(t.Context()); row(err) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCACert names files that are of no use.
func TestCACert(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "cacert_unreadable", "no certificate": "cacert_none"} {
		_, err := New(Address{Vault, "secret/pleo"}, Config{
			Settings: Settings{URL: "https://vault.test", CACert: "ca.pem", caCertName: "VAULT_CACERT"},
			ReadFile: func(string) ([]byte, error) {
				if text == "" {
					return nil, fs.ErrNotExist
				}
				return []byte(text), nil
			},
		})
		var e *store.AddressError
		if !errors.As(err, &e) || e.Case != want || e.Name != "VAULT_CACERT" || e.Value != "ca.pem" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestPlainHTTPStaysHere keeps a token that would be sent without TLS on this computer, whatever a name resolves to and
// whatever proxy there is.
func TestPlainHTTPStaysHere(t *testing.T) {
	t.Parallel()
	f := newFake(t, nil)
	proxied := func(c *Config) {
		c.Proxy = httpproxy.Config{HTTPProxy: "http://proxy.test:1", HTTPSProxy: "http://proxy.test:1"}
	}
	must(t, client(t, f.URL, proxied).Health(t.Context()))
	for _, url := range []string{"http://192.0.2.1:8200", "http://vault.test:8200"} {
		if err := client(t, url).Health(t.Context()); row(err) != "store_engine_down/other" {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// TestProxy goes through a proxy, and says what it refuses.
func TestProxy(t *testing.T) {
	t.Parallel()
	secure := httptest.NewTLSServer(newFake(t, nil))
	t.Cleanup(secure.Close)
	status := http.StatusOK
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Vault-Token") != "" {
			t.Error("the proxy gets the token")
		}
		if status != http.StatusOK {
			w.WriteHeader(status)
			return
		}
		there, err := net.Dial("tcp", secure.Listener.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		here, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = here.Write([]byte("HTTP/1.1 200 OK\r\n\r\n"))
		go func() { defer there.Close(); _, _ = there.(*net.TCPConn).ReadFrom(here) }()
		_, _ = here.(*net.TCPConn).ReadFrom(there)
		here.Close()
	}))
	t.Cleanup(proxy.Close)
	through := func(c *Config) {
		c.Proxy = httpproxy.Config{HTTPSProxy: "http://user:canary@" + proxy.Listener.Addr().String()}
	}
	name := "https://example.com" // which the certificate of the server is for, and only the proxy can reach
	must(t, client(t, name, trusting(secure), through).Health(t.Context()))
	status = http.StatusProxyAuthRequired
	err := client(t, name, trusting(secure), through).Health(t.Context())
	var e *store.Error
	if !errors.As(err, &e) || row(err) != "store_engine_down/proxy" || e.Reason != "HTTP 407" {
		t.Error(err)
	}
	refuseToken(t, err)
	proxy.Close()
	if err := client(t, name, trusting(secure), through).Health(t.Context()); row(err) != "store_engine_down/proxy" {
		t.Error(err)
	}
	bad := func(c *Config) { c.Proxy = httpproxy.Config{HTTPSProxy: "http//proxy:3128"} }
	config := Config{Settings: Settings{URL: name}}
	bad(&config)
	if _, err := New(Address{}, config); err == nil {
		t.Error("a setting that is no proxy leads to a direct connection")
	}
}
