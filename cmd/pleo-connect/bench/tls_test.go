package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestFront: a program that trusts the file gets an answer over TLS 1.3, after a think time.
func TestFront(t *testing.T) {
	t.Parallel()
	const think = 20 * time.Millisecond
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.URL.Path)
	}))
	defer behind.Close()
	by, err := newAuthority(filepath.Join(t.TempDir(), "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := startFront(pleo{APIBase: behind.URL}, by, 0, think)
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	text, err := os.ReadFile(f.caFile)
	roots := x509.NewCertPool()
	if err != nil || !roots.AppendCertsFromPEM(text) {
		t.Fatalf("no certificate in %q: %v", text, err)
	}
	asks := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	defer asks.CloseIdleConnections()
	sent := time.Now()
	answer, err := (&http.Client{Transport: asks}).Get(f.APIBase + "/asked")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if body, err := io.ReadAll(answer.Body); err != nil || string(body) != "/asked" {
		t.Errorf("the answer is %q: %v", body, err)
	}
	if answer.TLS == nil || answer.TLS.Version != tls.VersionTLS13 {
		t.Errorf("the answer did not come over TLS 1.3")
	}
	if took := time.Since(sent); took < think {
		t.Errorf("the answer came after %s, without thinking", took)
	}
}
