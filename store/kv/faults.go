package kv

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// fail returns the error of a kind.
func (c *Client) fail(kind store.Kind, name string) *store.Error {
	return &store.Error{Kind: kind, Case: name, Path: c.config.URL}
}

// failReason is fail with a text from outside, unless that may repeat the token.
func (c *Client) failReason(kind store.Kind, name, reason string) *store.Error {
	e := c.fail(kind, name)
	e.Reason = pleoclient.Safe(c.secret().clean(reason)).String()
	return e
}

// ofRemoval returns the error of a write that was to remove something.
func ofRemoval(err error) error {
	var e *store.Error
	if errors.As(err, &e) && e.Kind == store.KindEngineDenied && e.Case == "write" {
		e.Case = "remove"
	}
	return err
}

// unreachable translates the error of a request that got no answer.
func (c *Client) unreachable(err error) error {
	var proxy proxyStatus
	switch {
	case errors.As(err, &proxy):
		return c.failReason(store.KindEngineDown, "proxy", proxy.Error())
	case errors.Is(err, errNotLoopback):
		return c.failReason(store.KindEngineDown, "other", errNotLoopback.Error())
	}
	why := pleoclient.NetworkError(err)
	reason := why.Cause.Value.String()
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "proxyconnect" || strings.HasPrefix(op.Op, "socks")) {
		return c.failReason(store.KindEngineDown, "proxy", reason)
	}
	switch why.Kind {
	case pleoclient.KindDNS:
		return c.failReason(store.KindEngineDown, "dns", reason)
	case pleoclient.KindRefused:
		return c.failReason(store.KindEngineDown, "refused", reason)
	case pleoclient.KindTimeout:
		return c.failReason(store.KindEngineDown, "timeout", reason)
	case pleoclient.KindTLSIssue:
		return c.failOf(c.config.caCertName, store.KindEngineTLS, "cacert", "issuer", reason)
	case pleoclient.KindTLSName:
		return c.failOf(c.config.serverNameName, store.KindEngineTLS, "server_name", "name", reason)
	case pleoclient.KindTLSDates, pleoclient.KindTLSEarly:
		return c.failReason(store.KindEngineTLS, "dates", why.Cause.String())
	case pleoclient.KindTLS:
		return c.failReason(store.KindEngineTLS, "other", reason)
	case pleoclient.KindUnexpected:
		return c.failReason(store.KindEngineUnexpected, "", reason)
	}
	if why.Cause.Reason == pleoclient.ReasonCut {
		return c.failReason(store.KindEngineDown, "cut", reason)
	}
	return c.failReason(store.KindEngineDown, "other", reason)
}

// failOf is failReason for what a variable may be to blame for: then the error has the case named, and its name. Without
// a variable, the case is plain.
func (c *Client) failOf(variable string, kind store.Kind, named, plain, reason string) *store.Error {
	if variable == "" {
		return c.failReason(kind, plain, reason)
	}
	e := c.failReason(kind, named, reason)
	e.Name = variable
	return e
}

// The texts of errors by which the engines tell apart what has the same status. Both have them, OpenBao from the Vault
// that it began as.
//
// Source: https://github.com/openbao/openbao/blob/v2.6.2/internal/http/handler.go
// Source: https://github.com/openbao/openbao/blob/v2.6.2/internal/builtin/logical/kv/path_data.go
// Source: https://github.com/openbao/openbao/blob/v2.6.2/internal/vault/logical_system.go
const (
	saysChanged   = "check-and-set parameter did not match the current version"
	saysUpgrading = "Upgrading from non-versioned to versioned data"
	saysSealed    = "sealed"
	saysNoActive  = "active cluster node not found"
	saysNoLeader  = "no active Vault instance found"
	saysNotActive = "node is not active"
	saysLease     = "lease count quota"
	saysTooLarge  = "value being too large"
	saysRoute     = "no handler for route"
	saysNoSpace   = "namespace not found"
	saysSpaces    = "namespaces feature not enabled"
	saysPreflight = "preflight capability check returned 403"
)

// saysHTTPS is what Go's server says to http:// on a port for https://.
const saysHTTPS = "HTTP request to an HTTPS server"

// refused translates an answer that is no success. A 403 is the token's fault, until [Client.ask] knows better.
func (c *Client) refused(a answer) error {
	status := "HTTP " + strconv.Itoa(a.status)
	switch {
	case a.status == http.StatusTemporaryRedirect && a.sameElsewhere():
		return c.fail(store.KindEngineStandby, "") // which can't forward, and names the active node
	case a.status/100 == 3:
		return c.failReason(store.KindEngineUnexpected, "", status+" "+a.location())
	case a.plain:
		return c.fail(store.KindEngineUnexpected, "https")
	case a.status == http.StatusTooManyRequests && a.says(saysLease):
		return c.fail(store.KindEngineQuota, "lease")
	case a.status == http.StatusTooManyRequests:
		return c.fail(store.KindEngineQuota, "rate")
	case a.status == http.StatusRequestEntityTooLarge, a.status == http.StatusInsufficientStorage, a.says(saysTooLarge):
		return c.fail(store.KindEngineQuota, "size")
	case a.status == http.StatusServiceUnavailable && a.says(saysSealed):
		return c.fail(store.KindEngineSealed, "")
	case a.says(saysNoActive), a.says(saysNoLeader), a.says(saysNotActive):
		return c.fail(store.KindEngineStandby, "")
	case a.status/100 == 5, a.status == http.StatusPreconditionFailed, a.says(saysUpgrading):
		return c.failReason(store.KindEngineTrouble, "", strings.TrimSpace(status+" "+a.said()))
	case !a.isEngines():
		return c.failReason(store.KindEngineUnexpected, "", status)
	case a.status == http.StatusBadRequest && a.says(saysChanged):
		return store.ErrChanged
	case a.says(saysNoSpace), a.says(saysSpaces):
		e := c.fail(store.KindEngineNamespace, "")
		e.Name = c.config.Namespace
		return e
	case a.status == http.StatusForbidden:
		return c.failOf(c.config.tokenName, store.KindEngineToken, "variable", "invalid", "")
	case a.status == http.StatusNotFound && a.says(saysRoute):
		e := c.fail(store.KindEngineMount, "missing")
		e.Name = c.firstPart()
		return e
	}
	return c.failReason(store.KindEngineUnexpected, "", strings.TrimSpace(status+" "+a.said()))
}

// leavesOpen reports whether a write may have been carried out although this is the answer to it, which stands for an
// error. An engine in trouble may have recorded the answer in its audit devices, which it does last; one that upgrades
// the mount, or waits for another node to catch up, refuses a request before it begins. A standby that has forwarded a
// request and lost the answer says the same as one that has not forwarded it, except if it knows of no active node.
//
// Source: https://github.com/openbao/openbao/blob/v2.6.2/internal/http/handler.go (forwardRequest, respondStandby)
// Source: https://github.com/openbao/openbao/blob/v2.6.2/internal/builtin/logical/kv/upgrade.go (upgradeCheck)
func (a answer) leavesOpen(err error) bool {
	switch kindOf(err) {
	case store.KindEngineTrouble:
		return a.status != http.StatusPreconditionFailed && !a.says(saysUpgrading)
	case store.KindEngineStandby:
		return !a.says(saysNoActive)
	}
	return a.status/100 == 2
}

// isPassing reports whether a fault may be over when another node has become the active one.
func isPassing(err error) bool {
	switch kindOf(err) {
	case store.KindEngineTrouble, store.KindEngineDown, store.KindEngineStandby, store.KindEngineSealed:
		return true
	}
	return false
}

func kindOf(err error) store.Kind {
	var e *store.Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// location returns the host that a redirect leads to.
func (a answer) location() string {
	if u, err := url.Parse(a.header.Get("Location")); err == nil {
		return u.Host
	}
	return ""
}

// sameElsewhere reports whether a redirect leads to the same path of another host.
func (a answer) sameElsewhere() bool {
	u, err := url.Parse(a.header.Get("Location"))
	return err == nil && u.Host != "" && u.Host != a.url.Host && u.Path == a.url.Path
}
