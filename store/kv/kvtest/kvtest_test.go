package kvtest

import (
	"net/http"
	"testing"
	"time"
)

// TestVaultCompares: of two writes over one version, the second is refused, on every node. A standby of OpenBao compares
// what it has itself before it forwards a write, and that is up to 100 ms old.
func TestVaultCompares(t *testing.T) {
	c := Start(t)
	path := c.KV + "/data/" + c.Prefix(t)
	write := func(node int, cas int) Answer {
		return c.Ask(t, node, c.RootToken, http.MethodPost, path, map[string]any{
			"options": map[string]int{"cas": cas}, "data": map[string]int{"node": node},
		})
	}
	for node := range c.Addresses {
		waitFor(t, "a node has the last write", func() bool { return c.version(t, node, path) == node })
		if answer := write(node, node); answer.Status != http.StatusOK || answer.Data["version"] != float64(node+1) {
			t.Errorf("node %d: HTTP %d: %v %q", node, answer.Status, answer.Data, answer.Errors)
		}
		if answer := write(node, node); answer.Status != http.StatusBadRequest || len(answer.Errors) != 1 {
			t.Errorf("node %d took a stale version: HTTP %d: %v", node, answer.Status, answer.Data)
		}
	}
	if data, _ := c.Read(t, path)["data"].(map[string]any); data["node"] != 2.0 {
		t.Errorf("read %v", data)
	}
}

// version returns the newest version of an entry that a node knows; 0: none.
func (c *Cluster) version(t *testing.T, node int, path string) int {
	t.Helper()
	answer := c.Ask(t, node, c.RootToken, http.MethodGet, path, nil)
	about, _ := answer.Data["metadata"].(map[string]any)
	version, _ := about["version"].(float64)
	return int(version)
}

// TestVaultPolicies: a token may do what its policies say, and no more.
func TestVaultPolicies(t *testing.T) {
	c := Start(t)
	name := c.Prefix(t)
	path := c.KV + "/data/" + name
	c.Policy(t, name, `path "`+path+`" { capabilities = ["read"] }`)
	c.Write(t, path, map[string]any{"data": map[string]string{"key": "canary-kvtest"}})
	token := c.Token(t, time.Hour, name)
	node := c.Standby(t)
	if answer := c.Ask(t, node, token, http.MethodGet, path, nil); answer.Status != http.StatusOK {
		t.Errorf("reading: HTTP %d: %q", answer.Status, answer.Errors)
	}
	if answer := c.Ask(t, node, token, http.MethodDelete, path, nil); answer.Status != http.StatusForbidden {
		t.Errorf("deleting: HTTP %d: %q", answer.Status, answer.Errors)
	}
}

// TestVaultMounts: what is mounted is what the names say.
func TestVaultMounts(t *testing.T) {
	c := Start(t)
	own := c.Prefix(t)
	c.Mount(t, own, "kv", map[string]string{"version": "2"})
	for path, kind := range map[string]string{c.KV: "kv", c.KV1: "kv", c.Other: "cubbyhole", own: "kv"} {
		if mount := c.Read(t, "sys/internal/ui/mounts/"+path); mount["type"] != kind {
			t.Errorf("%s: %v", path, mount)
		}
	}
	c.Write(t, own+"/data/a", map[string]any{"data": map[string]int{}})
	c.Write(t, c.KV1+"/"+own, map[string]int{"a": 1})
	if data := c.Read(t, c.KV1+"/"+own); data["a"] != 1.0 {
		t.Errorf("read %v", data)
	}
}

// TestVaultElects: when the active node is gone or sealed, or steps down, another becomes active, and what was saved
// is there.
func TestVaultElects(t *testing.T) {
	c := Start(t)
	path := c.KV + "/data/" + c.Prefix(t)
	for name, leave := range map[string]func(t testing.TB, node int){
		"killed":       c.Kill,
		"sealed":       c.Seal,
		"stepped down": func(t testing.TB, _ int) { c.StepDown(t) },
	} {
		t.Run(name, func(t *testing.T) {
			c.Write(t, path, map[string]any{"data": map[string]string{"before": name}})
			old := c.Leader(t)
			leave(t, old)
			if c.Leader(t) == old {
				t.Errorf("node %d is still active", old)
			}
			if data, _ := c.Read(t, path)["data"].(map[string]any); data["before"] != name {
				t.Errorf("read %v", data)
			}
		})
	}
}

// TestVaultHealth: a node says what it is.
func TestVaultHealth(t *testing.T) {
	c := Start(t)
	health := func(node int) int { return c.Ask(t, node, "", http.MethodGet, "sys/health", nil).Status }
	leader, standby := c.Leader(t), c.Standby(t)
	if status := health(leader); status != http.StatusOK {
		t.Errorf("the active node: HTTP %d", status)
	}
	if status := health(standby); status != http.StatusTooManyRequests {
		t.Errorf("a standby: HTTP %d", status)
	}
	c.Seal(t, standby)
	if status := health(standby); status != http.StatusServiceUnavailable {
		t.Errorf("a sealed node: HTTP %d", status)
	}
	c.Unseal(t, standby)
	if status := health(standby); status != http.StatusTooManyRequests {
		t.Errorf("an unsealed node: HTTP %d", status)
	}
}
