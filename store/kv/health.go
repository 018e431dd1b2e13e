package kv

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	jsonv2 "github.com/go-json-experiment/json"

	"pleo-connect/store"
)

// The statuses of /v1/sys/health.
//
// Source: https://openbao.org/api-docs/system/health/
// Source: https://developer.hashicorp.com/vault/api-docs/system/health
const (
	healthActive        = http.StatusOK
	healthStandby       = http.StatusTooManyRequests
	healthUninitialised = http.StatusNotImplemented
	healthSealed        = http.StatusServiceUnavailable
	healthReplica       = 472 // of disaster recovery, in Vault Enterprise: it serves nothing
	healthReader        = 473 // a standby that answers reads, in Vault Enterprise
)

// Health returns nil if an active node can be reached. It sends no token.
func (c *Client) Health(ctx context.Context) error {
	_, err := c.activeNode(ctx)
	return err
}

// activeNode returns the origin of the active node. A standby says where that is. If none was ever reached there, the
// standby forwards what matters: every write, and in Vault also every read.
func (c *Client) activeNode(ctx context.Context) (string, error) {
	c.mu.Lock()
	node := c.node
	c.mu.Unlock()
	if node != "" {
		return node, nil
	}
	status, err := c.health(ctx, c.config.URL)
	switch {
	case err != nil:
		return "", err
	case status == healthActive:
		node = c.config.URL
	case status == healthStandby, status == healthReader:
		if node, err = c.leader(ctx); err != nil {
			return "", err
		}
	case status == healthReplica:
		return "", c.fail(store.KindEngineStandby, "")
	case status == healthUninitialised:
		return "", c.fail(store.KindEngineUninitialised, "")
	case status == healthSealed:
		return "", c.fail(store.KindEngineSealed, "")
	}
	c.mu.Lock()
	c.node = node
	c.mu.Unlock()
	return node, nil
}

// health returns the status of a node, which is one of those above.
func (c *Client) health(ctx context.Context, node string) (int, error) {
	var sent atomic.Bool
	a, err := c.exchange(ctx, node, request{method: http.MethodGet, path: "sys/health", open: true}, &sent)
	if err != nil {
		return 0, err
	}
	var said struct {
		Initialized *bool `json:"initialized"`
		Sealed      *bool `json:"sealed"`
	}
	known := jsonv2.Unmarshal(a.body, &said) == nil && said.Initialized != nil && said.Sealed != nil
	switch a.status {
	case healthActive, healthStandby, healthUninitialised, healthSealed, healthReplica, healthReader:
		if known {
			return a.status, nil
		}
	}
	a.errors = nil // no errors of an engine: they would be about a token, a path or a mount
	return 0, c.refused(a)
}

// leader asks a standby for the active node.
func (c *Client) leader(ctx context.Context) (string, error) {
	var sent atomic.Bool
	a, err := c.exchange(ctx, c.config.URL, request{method: http.MethodGet, path: "sys/leader", open: true}, &sent)
	if err != nil {
		return "", err
	}
	var said struct {
		Address string `json:"leader_address"`
	}
	if a.status != http.StatusOK || jsonv2.Unmarshal(a.body, &said) != nil {
		return c.around(ctx)
	}
	if said.Address == "" {
		return "", c.fail(store.KindEngineStandby, "")
	}
	node, ok := c.sibling(said.Address)
	if !ok {
		return c.around(ctx)
	}
	if status, err := c.health(ctx, node); err != nil || status != healthActive {
		return c.around(ctx)
	}
	c.mu.Lock()
	c.direct = true
	c.mu.Unlock()
	return node, nil
}

// around returns the address that was configured if no active node can be reached directly, as behind a load balancer.
// If one was reached before, around fails instead, and the caller waits: a standby keeps naming a node that was killed
// until there is a new one, and until then, the data of OpenBao's standby may lack the last save.
func (c *Client) around(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := ctx.Err(); err != nil || !c.direct {
		return c.config.URL, err
	}
	return "", c.fail(store.KindEngineStandby, "")
}

// sibling returns the origin in an address that a node gave for another, unless that one has TLS and the other has not.
func (c *Client) sibling(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || !strings.HasPrefix(c.config.URL, u.Scheme+"://") {
		return "", false
	}
	return u.Scheme + "://" + u.Host, true
}
