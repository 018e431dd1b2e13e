package kv

import (
	"context"
	"net/http"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"

	"pleo-connect/store"
)

// Mount is the part of an address that the engine has as a mount, without slashes at its ends, and the rest of it.
type Mount struct{ Path, Prefix string }

// Mount asks the engine where the mount of the address ends, unless it has said so before, and refuses one that is not
// KV version 2. Any token that may do something below the mount may ask.
//
// Source: https://github.com/openbao/openbao/blob/v2.6.2/internal/vault/logical_system.go (pathInternalUIMountRead)
func (c *Client) Mount(ctx context.Context) (Mount, error) {
	c.mu.Lock()
	known := c.mount
	c.mu.Unlock()
	if known != (Mount{}) {
		return known, nil
	}
	a, err := c.call(ctx, c.mountRequest())
	switch {
	case kindOf(err) == store.KindEngineToken && a.says(saysPreflight):
		return Mount{}, c.withoutMount(ctx)
	case err != nil:
		return Mount{}, err
	}
	m, err := c.readMount(a)
	if err == nil {
		err = c.checkNamespace(ctx)
	}
	if err == nil {
		c.mu.Lock()
		c.mount = m
		c.mu.Unlock()
	}
	return m, err
}

// noNamespace is a namespace that no one makes.
const noNamespace = "pleo-connect-needs-no-such-namespace"

// checkNamespace refuses an engine that ignores namespaces, as the community edition of Vault does: it would take the
// mount of this name that everyone uses. So it is asked for the mount in a namespace that isn't there. Versions and
// editions are not named reliably enough to go by them.
func (c *Client) checkNamespace(ctx context.Context) error {
	if c.config.Namespace == "" {
		return nil
	}
	r := c.mountRequest()
	r.within = "/" + noNamespace
	a, err := c.call(ctx, r)
	switch {
	case err == nil && a.status == http.StatusOK:
		e := c.fail(store.KindEngineNamespace, "ignored")
		e.Name = c.config.Namespace
		return e
	case a.status/100 == 4 && a.isEngines() && kindOf(err) != store.KindEngineQuota:
		return nil
	}
	return err
}

func (c *Client) mountRequest() request {
	return request{method: http.MethodGet, path: "sys/internal/ui/mounts/" + c.address.Path}
}

func (c *Client) readMount(a answer) (Mount, error) {
	var said struct {
		Data struct {
			Path    string `json:"path"`
			Type    string `json:"type"`
			Options struct {
				Version string `json:"version"`
			} `json:"options"`
		} `json:"data"`
	}
	if jsonv2.Unmarshal(a.body, &said) != nil {
		return Mount{}, c.fail(store.KindEngineUnexpected, "")
	}
	path, kind := strings.Trim(said.Data.Path, "/"), said.Data.Type
	prefix, below := strings.CutPrefix(c.address.Path+"/", path+"/")
	e := c.failReason(store.KindEngineMount, "other", kind)
	e.Name = path
	switch {
	case !below || path == "" || kind == "":
		return Mount{}, c.fail(store.KindEngineUnexpected, "")
	case kind == "kv" && said.Data.Options.Version != "2", kind == "generic":
		e.Case = "v1"
		return Mount{}, e
	case kind != "kv":
		return Mount{}, e
	}
	return c.split(path, strings.TrimSuffix(prefix, "/"))
}

// split checks what is left for the prefix, now that it is known where it begins.
func (c *Client) split(path, prefix string) (Mount, error) {
	if first, _, _ := strings.Cut(prefix, "/"); prefix == "" || isAPI(first) {
		return Mount{}, &store.AddressError{Case: "path", Value: first}
	}
	return Mount{path, prefix}, nil
}

// withoutMount says why the engine does not name the mount to this token: there is none, or the policy allows nothing
// below it. The engine checks the policy before it looks for a mount.
func (c *Client) withoutMount(ctx context.Context) error {
	path, prefix, _ := strings.Cut(c.address.Path, "/")
	m := Mount{path, prefix}
	_, err := c.call(ctx, request{method: http.MethodGet, path: m.data(probe), needs: m.toRead()})
	if kindOf(err) == store.KindEngineToken || err == nil {
		return c.denied(m.toRead())
	}
	return err
}

func (c *Client) denied(needs rights) error {
	e := c.fail(store.KindEngineDenied, needs.action)
	e.Name, e.Dir = needs.path, needs.capabilities
	return e
}

// The paths of requests.
func (m Mount) data(name string) string     { return m.Path + "/data/" + m.Prefix + "/" + name }
func (m Mount) metadata(name string) string { return m.Path + "/metadata/" + m.Prefix + "/" + name }
func (m Mount) destroy(name string) string  { return m.Path + "/destroy/" + m.Prefix + "/" + name }

// The rights that requests need, for all entries of the store.
func (m Mount) toRead() rights    { return rights{"read", m.data("*"), "read"} }
func (m Mount) toWrite() rights   { return rights{"write", m.data("*"), "create, update"} }
func (m Mount) toLimit() rights   { return rights{"write", m.metadata("*"), "create, update"} }
func (m Mount) toList() rights    { return rights{"list", m.metadata("*"), "list"} }
func (m Mount) toDestroy() rights { return rights{"destroy", m.destroy("*"), "update"} }
