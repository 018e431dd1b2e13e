//go:build unix

package main

import (
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// silentListener must not be visited. It is also used as the proxy, and so sees what is meant for any host.
func silentListener(t *testing.T) (address string) {
	t.Helper()
	var visits atomic.Int32
	t.Cleanup(func() {
		if visits.Load() != 0 {
			t.Error("something was sent")
		}
	})
	return listen(t, func(net.Conn) { visits.Add(1) })
}

// TestBadInputSendsNothing: a wrong address or CA file is wrong use, reported with its reason, and the key is not sent
// anywhere.
func TestBadInputSendsNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	address := silentListener(t)
	s.more = []string{"HTTPS_PROXY=http://" + address, "HTTP_PROXY=http://" + address}
	file := func(name, text string) string {
		path := filepath.Join(s.home, name)
		writeFile(t, path, []byte(text), 0o600)
		return path
	}
	for _, c := range []struct{ flag, value, says string }{
		{"--api-base", "http://someone@" + address, "a username or a key"},
		{"--api-base", "http://" + address + "/v1", "a path"},
		{"--api-base", "http://" + address + "?x=1", "must not contain ? or #"},
		{"--api-base", "http://" + address + "#x", "must not contain ? or #"},
		{"--api-base", "http://external.pleo.io", "works on this computer only"},
		{"--api-base", "https://external.pleo.io.evil.example", "looks like pleo.io, but it's a different host"},
		{"--api-base", "https://external.pleo.lo", "looks like pleo.io, but it's a different host"},
		{"--api-base", "https://external.pl\u0435o.io", "Cyrillic small letter ie (U+0435)"},
		{"--api-base", "https://external.xn--plo-dma.io", "letters of another script"},
		{"--ca-file", filepath.Join(s.home, "none.pem"), "does not exist"},
		{"--ca-file", s.home, "is a directory"},
		{"--ca-file", file("empty.pem", ""), "the CA file is empty"},
		{"--ca-file", file("der.pem", "\x30\x82\x01\x01"), "the CA file doesn't contain a PEM certificate"},
		{"--ca-file", file("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
			"contains a private key"},
		{"--ca-file", file("text.pem", "trust me\n"), "the CA file doesn't contain a PEM certificate"},
		{"--ca-file", file("large.pem", strings.Repeat("#", 2<<20)), "larger than 1 MiB"},
	} {
		args := []string{
			"connect", "--store", s.store, "--identity", s.identity, "--force-store", "--key-file", "-",
			"--accept-permissions", "--yes",
		}
		r := s.pipe(s.sim.Keys().Good, append(args, c.flag, c.value)...)
		if r.code != exitUsage || !strings.HasPrefix(r.err, "error: ") || !strings.Contains(r.err, c.says) ||
			!strings.Contains(r.err, "hint: ") {
			t.Errorf("%s %s: exit code %d: %s%s", c.flag, c.value, r.code, r.out, r.err)
		}
		if strings.Contains(r.out+r.err, c.value) {
			t.Errorf("%s: the value is repeated: %s", c.flag, r.err)
		}
	}
	s.nothing()

	s.put(bakery, s.sim.Keys().Good, nil)
	before := s.files()
	bad := []string{"--ca-file", filepath.Join(s.home, "text.pem")}
	for _, args := range [][]string{
		append(s.places("disconnect", bakery, "--yes"), bad...), append(s.places("status", "--check"), bad...),
	} {
		const says = "the CA file doesn't contain a PEM certificate"
		if r := s.pipe("", args...); r.code != exitUsage || !strings.Contains(r.err, says) {
			t.Errorf("%v: exit code %d: %s%s", args, r.code, r.out, r.err)
		}
	}
	if s.files() != before || len(s.sim.Requests()) != 0 {
		t.Error("something was changed or asked")
	}
}
