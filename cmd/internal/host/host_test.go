//go:build unix

package host

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/http/httpproxy"

	"pleo-connect/flow"
	"pleo-connect/store"
)

// TestPlaces: a flag counts before a variable, that before a credential, and that before the default. Each host has an
// environment of its own.
func TestPlaces(t *testing.T) {
	t.Parallel()
	credentials := t.TempDir()
	handed := filepath.Join(credentials, flow.CredentialName)
	if err := os.WriteFile(handed, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	bare := Host{Environ: []string{"HOME=/home/ada"}}
	service := Host{Environ: append(bare.Environ, "CREDENTIALS_DIRECTORY="+credentials)}
	variables := Host{Environ: append(service.Environ,
		"PLEO_CONNECT_STORE=/srv/store", "PLEO_CONNECT_IDENTITY=/srv/identity", "PLEO_CONNECT_STORE=/srv/second")}
	dir, err := store.DefaultDir(bare.Getenv, os.Geteuid())
	if err != nil {
		t.Fatal(err)
	}
	identity, err := store.DefaultIdentity(bare.Getenv, os.Geteuid())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		host                  Host
		dir, identity         string
		wantDir, wantIdentity string
		bySystemd             bool
	}{
		"flags":     {variables, "/a", "/b", "/a", "/b", true},
		"variables": {variables, "", "", "/srv/store", "/srv/identity", true},
		"a service": {service, "", "", dir, handed, true},
		"a person":  {bare, "", "", dir, identity, false},
	} {
		got, err := c.host.Places(c.dir, c.identity)
		if err != nil || got.Dir != c.wantDir || got.Identity != c.wantIdentity || (got.IdentityFix != "") != c.bySystemd {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// TestProxy: a variable in lower case counts where there is none in upper case.
func TestProxy(t *testing.T) {
	t.Parallel()
	h := Host{Environ: []string{
		"https_proxy=lower:1", "HTTPS_PROXY=upper:1", "http_proxy=lower:2", "NO_PROXY=", "no_proxy=a.example",
		"REQUEST_METHOD=GET",
	}}
	want := httpproxy.Config{HTTPSProxy: "upper:1", HTTPProxy: "lower:2", NoProxy: "a.example", CGI: true}
	if got, err := h.Proxy(); got != want || err != nil {
		t.Errorf("got %+v, want %+v: %v", got, want, err)
	}
	h = Host{Environ: []string{"HTTP_PROXY=upper:2", "http_proxy=bad://"}}
	if _, err := h.Proxy(); err == nil || !strings.Contains(err.Error(), "in http_proxy") {
		t.Errorf("a setting that cannot be read: %v", err)
	}
}
