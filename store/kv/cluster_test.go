package kv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pleo-connect/store"
	"pleo-connect/store/kv/kvtest"
)

// engine returns a client of the real engine, at one of its nodes, with more variables.
func engine(t *testing.T, c *kvtest.Cluster, node int, token, path string, more ...string) *Client {
	t.Helper()
	env := map[string]string{}
	for _, line := range append(c.Environ(node, token), more...) {
		name, value, _ := strings.Cut(line, "=")
		env[name] = value
	}
	settings, err := ReadSettings(func(name string) string { return env[name] }, "")
	must(t, err)
	address, err := Parse("openbao:" + path)
	must(t, err)
	client, err := New(address, Config{Settings: settings, ReadFile: os.ReadFile, UserAgent: "pleo-connect/test"})
	must(t, err)
	t.Cleanup(client.Close)
	return client
}

func TestVaultEntries(t *testing.T) {
	c := kvtest.Start(t)
	kv := engine(t, c, c.Standby(t), c.RootToken, c.KV+"/"+c.Prefix(t))
	ctx := t.Context()
	names, err := kv.List(ctx)
	if err != nil || len(names) != 0 {
		t.Errorf("before anything: %q, %v", names, err)
	}
	v, err := kv.Read(ctx, "a")
	if err != nil || v.Number != 0 || v.Data != nil {
		t.Errorf("before anything: %+v, %v", v, err)
	}
	must(t, kv.SetMaxVersions(ctx, "a", 2))
	text := jsontext.Value(`{"format":1,"z":null,"a":["é<"],"generation":9007199254740991}`)
	n, err := kv.Write(ctx, "a", text, 0)
	if err != nil || n != 1 {
		t.Fatalf("version %d, %v", n, err)
	}
	for _, over := range []uint64{0, 2, 1 << 20} {
		if _, err := kv.Write(ctx, "a", text, over); err != store.ErrChanged {
			t.Errorf("over %d: %v", over, err)
		}
	}
	v, err = kv.Read(ctx, "a")
	if err != nil || v.Number != 1 || !sameJSON(t, v.Data, text) {
		t.Errorf("%+v, %v", v, err)
	}
	for n := range uint64(3) {
		_, err := kv.Write(ctx, "a", text, n+1)
		must(t, err)
	}
	if old := c.Read(t, c.KV+"/data/"+kv.mount.Prefix+"/a?version=2"); old != nil {
		t.Errorf("an old version is still there: %v", old)
	}
	must(t, kv.Destroy(ctx, "a", 3, 4, 99))
	v, err = kv.Read(ctx, "a")
	if err != nil || v.Number != 4 || v.Data != nil || !isDestroyed(t, c, c.KV+"/data/"+kv.mount.Prefix+"/a") {
		t.Errorf("destroyed: %+v, %v", v, err)
	}
	n, err = kv.Write(ctx, "a", text, 4)
	if err != nil || n != 5 {
		t.Errorf("over a destroyed version: %d, %v", n, err)
	}
	_, err = kv.Write(ctx, "b", text, 0)
	must(t, err)
	names, err = kv.List(ctx)
	if err != nil || !slices.Equal(names, []string{"a", "b"}) {
		t.Errorf("%q, %v", names, err)
	}
}

func sameJSON(t *testing.T, a, b jsontext.Value) bool {
	t.Helper()
	var x, y any
	must(t, jsonv2.Unmarshal(a, &x))
	must(t, jsonv2.Unmarshal(b, &y))
	return fmt.Sprint(x) == fmt.Sprint(y)
}

// rules are the least that a store needs.
func rules(mount, prefix string) map[string]string {
	rule := func(kind, capabilities string) string {
		return fmt.Sprintf("path \"%s/%s/%s/*\" { capabilities = [%s] }\n", mount, kind, prefix, capabilities)
	}
	return map[string]string{
		"read":    rule("data", `"read"`),
		"write":   rule("data", `"create", "read", "update"`),
		"limit":   rule("metadata", `"create", "update", "list"`),
		"destroy": rule("destroy", `"update"`),
	}
}

// TestVaultPolicies takes one right after the other away.
func TestVaultPolicies(t *testing.T) {
	c := kvtest.Start(t)
	prefix := c.Prefix(t)
	path := c.KV + "/" + prefix
	for name, test := range map[string]struct{ rules, row, path string }{
		"all":        {"write limit destroy", "", ""},
		"no destroy": {"write limit", "store_engine_denied/destroy", c.KV + "/destroy/" + prefix + "/*"},
		"no limit":   {"write destroy", "store_engine_denied/write", c.KV + "/metadata/" + prefix + "/*"},
		"no write":   {"read limit destroy", "store_engine_denied/write", c.KV + "/data/" + prefix + "/*"},
		"no read":    {"limit destroy", "store_engine_denied/read", c.KV + "/data/" + prefix + "/*"},
		"nothing":    {"", "store_engine_denied/read", c.KV + "/data/" + prefix + "/*"},
	} {
		var policy strings.Builder
		for _, rule := range strings.Fields(test.rules) {
			policy.WriteString(rules(c.KV, prefix)[rule])
		}
		policyName := prefix + strings.ReplaceAll(name, " ", "-")
		c.Policy(t, policyName, policy.String()+"\n# "+name)
		err := engine(t, c, 0, c.Token(t, time.Hour, policyName), path).Prove(t.Context())
		var e *store.Error
		if row(err) != test.row || errors.As(err, &e) && e.Name != test.path {
			t.Errorf("%s: %v", name, err)
		}
	}
	for text, want := range map[string]string{
		c.KV1 + "/pleo":      "store_engine_mount/v1",
		c.Other + "/pleo":    "store_engine_mount/other",
		"nothing-there/pleo": "store_engine_mount/missing",
	} {
		if err := engine(t, c, 0, c.RootToken, text).Prove(t.Context()); row(err) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := engine(t, c, 0, canary, path).Prove(t.Context()); row(err) != "store_engine_token/variable" {
		t.Errorf("an unknown token: %v", err)
	}
	team := "team/" + prefix
	c.Mount(t, team, "kv", map[string]string{"version": "2"})
	kv := engine(t, c, 0, c.RootToken, team+"/apps/pleo")
	must(t, kv.Prove(t.Context()))
	if kv.mount != (Mount{team, "apps/pleo"}) {
		t.Errorf("%+v", kv.mount)
	}
	var e *store.AddressError
	err := engine(t, c, 0, c.RootToken, team+"/data/pleo").Prove(t.Context())
	if !errors.As(err, &e) || e.Case != "path" {
		t.Errorf("the path of a request: %v", err)
	}
	c.Write(t, team+"/config", map[string]any{"delete_version_after": "1h"})
	if err := kv.Prove(t.Context()); row(err) != "store_engine_mount/expires" {
		t.Errorf("versions that expire: %v", err)
	}
}

// TestVaultProveTogether has several computers at it at once, and looks at what is left.
func TestVaultProveTogether(t *testing.T) {
	c := kvtest.Start(t)
	path := c.KV + "/" + c.Prefix(t)
	var all sync.WaitGroup
	for n := range 6 {
		kv := engine(t, c, n%3, c.RootToken, path)
		all.Go(func() {
			for range 3 {
				if err := kv.Prove(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	kv := engine(t, c, 0, c.RootToken, path)
	v, err := kv.Read(t.Context(), probe)
	if err != nil || v.Data != nil || !isDestroyed(t, c, c.KV+"/data/"+kv.mount.Prefix+"/"+probe) {
		t.Errorf("%+v, %v", v, err)
	}
	if names, err := kv.List(t.Context()); err != nil || len(names) > 0 {
		t.Errorf("%q, %v", names, err)
	}
}

// TestVaultNodes kills and seals nodes.
func TestVaultNodes(t *testing.T) {
	c := kvtest.Start(t)
	path := c.KV + "/" + c.Prefix(t)
	active := c.Leader(t)
	one, two := (active+1)%3, (active+2)%3
	kv := engine(t, c, one, c.RootToken, path)
	n, err := kv.Write(t.Context(), "a", object, 0)
	must(t, err)
	if kv.node != c.Addresses[active] {
		t.Errorf("requests go to %s", kv.node)
	}
	c.StepDown(t)
	if n, err = kv.Write(t.Context(), "a", object, n); err != nil {
		t.Fatalf("after the active node stepped down: %v", err)
	}
	active = c.Leader(t)
	if active == one {
		one = two
		kv = engine(t, c, one, c.RootToken, path)
	}
	_, err = kv.Read(t.Context(), "a")
	must(t, err)
	c.Kill(t, active)
	last := n
	n, err = kv.Write(t.Context(), "a", object, last)
	if errors.Is(err, store.ErrUnsure) {
		var v Version
		if v, err = kv.Read(t.Context(), "a"); err == nil && v.Number == last {
			_, err = kv.Write(t.Context(), "a", object, last)
		}
	}
	if err != nil {
		t.Errorf("after the active node was killed: %d, %v", n, err)
	}
	if err := engine(t, c, active, c.RootToken, path).Health(t.Context()); row(err) != "store_engine_down/refused" {
		t.Errorf("a killed node: %v", err)
	}
}

func TestVaultSealed(t *testing.T) {
	c := kvtest.Start(t)
	node := c.Standby(t)
	c.Seal(t, node)
	if err := engine(t, c, node, c.RootToken, c.KV+"/pleo").Prove(t.Context()); row(err) != "store_engine_sealed" {
		t.Error(err)
	}
}

// isDestroyed reports whether the newest version of an entry is destroyed, and not only deleted.
func isDestroyed(t *testing.T, c *kvtest.Cluster, path string) bool {
	about, _ := c.Read(t, path)["metadata"].(map[string]any)
	return about["destroyed"] == true
}
