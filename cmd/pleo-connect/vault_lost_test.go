//go:build unix

package main

import (
	"net/http"
	"strings"
	"testing"
)

// TestVaultEmptyPrefix names a prefix below which nothing ever was, as with a typing error. Connecting to it is the
// usual first run.
func TestVaultEmptyPrefix(t *testing.T) {
	t.Parallel()
	v := newVaultSite(t)
	for _, args := range [][]string{
		{"status"}, {"status", "--check"}, {"status", bakery}, {"disconnect", bakery, "--yes"},
	} {
		r := v.pipe("", v.places(args...)...)
		if r.code != exitStore || !strings.Contains(r.err, "nothing has ever been saved in "+v.store) {
			t.Errorf("%q: exit code %d: %s%s", args, r.code, r.out, r.err)
		}
	}
	r := v.headless(v.sim.Keys().Good, "--company", bakery)
	if r.code != exitDone || strings.Contains(r.err, "missing") || strings.Contains(r.err, "gone") {
		t.Errorf("connect: exit code %d: %s%s", r.code, r.out, r.err)
	}
	if r := v.pipe("", v.places("disconnect", bakery, "--yes")...); r.code != exitDone {
		t.Errorf("disconnect: exit code %d: %s%s", r.code, r.out, r.err)
	}
	if r := v.pipe("", v.places("status")...); r.code != exitDone {
		t.Errorf("status of a store whose connection was removed: exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// TestVaultLost deletes an entry with the engine's own program. Someone misses it until it is connected again, or
// removed as well.
func TestVaultLost(t *testing.T) {
	t.Parallel()
	v := newVaultSite(t)
	connect := func() {
		t.Helper()
		r := v.headless(v.sim.Keys().Good, "--company", bakery)
		if r.code != exitDone || v.entry()["key"] != v.sim.Keys().Good {
			t.Fatalf("connect: exit code %d: %s%s", r.code, r.out, r.err)
		}
	}
	mount, prefix, _ := strings.Cut(v.path, "/")
	at := mount + "/data/" + prefix + "/prod-" + dynamics + "-" + bakery
	deleteEntry := func() {
		t.Helper()
		a := v.cluster.Ask(t, v.cluster.Leader(t), v.cluster.RootToken, http.MethodDelete, at, nil)
		if a.Status != 204 {
			t.Fatalf("HTTP %d: %q", a.Status, a.Errors)
		}
		for _, args := range [][]string{
			{"status"}, {"status", "--check"}, {"status", bakery}, {"status", "--json"}, {"key", bakery},
			{"disconnect", bakery, "--yes"},
		} {
			r := v.pipe("", v.places(args...)...)
			if r.code != exitStore || !strings.Contains(r.err, "is missing from the key store") {
				t.Errorf("%q: exit code %d: %s%s", args, r.code, r.out, r.err)
			}
			if args[len(args)-1] == "--json" && !strings.Contains(r.out, `"status":"lost"`) {
				t.Errorf("%q: %s", args, r.out)
			}
		}
	}
	connect()
	deleteEntry()
	undelete := strings.Replace(at, "/data/", "/undelete/", 1)
	v.cluster.Ask(t, v.cluster.Leader(t), v.cluster.RootToken, http.MethodPut, undelete,
		map[string]any{"versions": []int{1, 2, 3, 4}})
	if r := v.keyOut(v.places("key", bakery)...); r.code != exitDone || r.out != v.sim.Keys().Good+"\n" {
		t.Errorf("after it was brought back, key ends with %d: %s", r.code, r.err)
	}
	deleteEntry()
	r := v.pipe("", v.places("doctor", "--api-base", "http://127.0.0.1:9")...)
	if !strings.Contains(r.out, "is missing from the key store") {
		t.Errorf("doctor:\n%s", r.out)
	}
	connect()
	if r := v.pipe("", v.places("status")...); r.code != exitDone {
		t.Errorf("connected again: exit code %d: %s%s", r.code, r.out, r.err)
	}
	deleteEntry()
	if r := v.pipe("", v.places("disconnect", bakery, "--forget", "--yes")...); r.code != exitDone {
		t.Errorf("disconnect --forget: exit code %d: %s%s", r.code, r.out, r.err)
	}
	if r := v.pipe("", v.places("status")...); r.code != exitDone || v.entry()["removed"] != true {
		t.Errorf("no longer missed: exit code %d: %s%s", r.code, r.out, r.err)
	}
}
