//go:build unix

package host

import (
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
		if err != nil || got.Dir != c.wantDir || got.Identity != c.wantIdentity || got.BySystemd != c.bySystemd {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// TestDefaultStores: a person may have used sudo for the first connection and not for the second, or the other way
// round.
func TestDefaultStores(t *testing.T) {
	t.Parallel()
	daemon, err := user.Lookup("daemon")
	if err != nil {
		t.Skip("needs the account daemon, which Debian always has")
	}
	ofRoot := flow.StoreElsewhere{Dir: "/var/lib/pleo-connect"}
	for about, c := range map[string]struct {
		root    bool
		environ string
		want    []flow.StoreElsewhere
	}{
		"a person": {false, "HOME=/home/ada", []flow.StoreElsewhere{
			{Dir: "/home/ada/.local/share/pleo-connect"}, {Dir: ofRoot.Dir, By: flow.AsRoot},
		}},
		"root": {true, "HOME=/root", []flow.StoreElsewhere{ofRoot}},
		"root by sudo": {true, "SUDO_USER=daemon", []flow.StoreElsewhere{
			ofRoot, {Dir: filepath.Join(daemon.HomeDir, ".local/share/pleo-connect"), By: flow.WithoutIt},
		}},
		"root by sudo of root":         {true, "SUDO_USER=root", []flow.StoreElsewhere{ofRoot}},
		"root by sudo of nobody known": {true, "SUDO_USER=nobody-of-this-name", []flow.StoreElsewhere{ofRoot}},
	} {
		got := Host{Environ: []string{c.environ}}.defaultStores(c.root)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", about, diff)
		}
	}
}

// TestStoresElsewhere: only what looks like a store is named, once, and never the place that was looked in.
func TestStoresElsewhere(t *testing.T) {
	t.Parallel()
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cfg := func(name string) store.Config {
		return store.Config{
			Dir: filepath.Join(home, name), Identity: filepath.Join(home, "config", "identity.txt"), AnyPlace: true,
		}
	}
	h := Host{Environ: []string{"XDG_DATA_HOME=" + filepath.Join(home, "data")}}
	elsewhere := func(name string) string {
		var names []string
		for _, e := range h.StoresElsewhere(cfg(name), Owner{}, false) {
			if rel, ok := strings.CutPrefix(e.Dir, home+"/"); ok {
				names = append(names, rel)
			}
		}
		return strings.Join(names, " ")
	}
	if err := os.MkdirAll(filepath.Join(home, "data", "pleo-connect"), 0o700); err != nil {
		t.Fatal(err)
	}
	if got := elsewhere("typo"); got != "" {
		t.Errorf("an empty directory: %q", got)
	}
	for _, name := range []string{"one", "data/pleo-connect"} {
		if err := os.Chmod(home, 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Create(cfg(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("one", filepath.Join(home, "link")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"one": "data/pleo-connect", "data/pleo-connect": "one", "link": "data/pleo-connect",
	} {
		if got := elsewhere(name); got != want {
			t.Errorf("looked in %s: %q, want %q", name, got, want)
		}
	}
	if got := elsewhere("typo"); len(strings.Fields(got)) != 2 {
		t.Errorf("looked in none: %q", got)
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
	if _, err := h.Proxy(); err == nil || !strings.Contains(err.Error(), "http_proxy") {
		t.Errorf("a setting that cannot be read: %v", err)
	}
}
