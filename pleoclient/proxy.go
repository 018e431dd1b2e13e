package pleoclient

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// proxyFor returns the proxy for origin, or nil for a direct connection, as always for http://: a proxy would read the
// key.
func (s settings) proxyFor(origin *url.URL) (*url.URL, error) {
	if s.loopbackOnly {
		return nil, nil
	}
	err := cmp.Or(CheckProxy("HTTPS_PROXY", s.proxy.HTTPSProxy), CheckProxy("HTTP_PROXY", s.proxy.HTTPProxy))
	if err != nil || origin.Scheme == "http" {
		return nil, err
	}
	proxy, err := s.proxy.ProxyFunc()(origin)
	if err != nil { // whose text may contain the value of the variable
		return nil, proxySetting("HTTPS_PROXY")
	}
	return proxy, nil
}

// CheckProxy returns an [*Error] with [KindProxy] and [ReasonProxySetting] when the value of a variable is not the
// address of a proxy.
func CheckProxy(variable, value string) error {
	if validProxy(value) {
		return nil
	}
	return proxySetting(variable)
}

func proxySetting(variable string) *Error {
	return &Error{Kind: KindProxy, Cause: Cause{Reason: ReasonProxySetting, Value: Safe(variable)}}
}

// validProxy reports whether Go would use value as intended: "host:port" or a URL of a scheme that Go can speak. Go
// ignores what it cannot parse, connects directly, and takes "http//proxy:3128" for a host called "http". A bare "#" or
// "?" in a password would end the host there.
func validProxy(value string) bool {
	if value == "" {
		return true
	}
	u, err := url.Parse(value)
	if err != nil || u.Scheme == "" || u.Host == "" {
		u, err = url.Parse("http://" + value)
	}
	if err != nil || u.Hostname() == "" || strings.ContainsAny(u.Host, " \t") || strings.HasSuffix(u.Host, ":") ||
		strings.ContainsAny(value, "?#") {
		return false
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return u.Path == "" || u.Path == "/"
	}
	return false
}

// proxyRefusal is the answer of a proxy that did not open the tunnel. The value is our text: a status with its usual
// name, or schemes.
type proxyRefusal struct{ fact }

func (e *proxyRefusal) Error() string { return "the proxy did not open the tunnel: " + e.value }

// checkConnect refuses every answer but 200. The headers of a body mean nothing then, and a tunnel may follow; they are
// recorded in case none does.
func checkConnect(ctx context.Context, proxy *url.URL, _ *http.Request, res *http.Response) error {
	switch res.StatusCode {
	case http.StatusOK:
		r := reply{res.StatusCode, res.Header, nil}
		isPage := res.ContentLength > 0 || len(res.TransferEncoding) > 0 || r.isPage()
		if t, traced := ctx.Value(tracerKey{}).(*tracer); traced && isPage {
			t.note(nil, func() { t.page = true })
		}
		return nil
	case http.StatusProxyAuthRequired:
		return &proxyRefusal{loginWanted(proxy, res.Header.Values("Proxy-Authenticate"))}
	}
	status := fmt.Sprint(res.StatusCode, " ", http.StatusText(res.StatusCode))
	return &proxyRefusal{fact{reason: ReasonProxyStatus, value: strings.TrimSpace(status)}}
}

// loginWanted distinguishes a login that was refused from one that is missing or of a kind that we do not support: ours
// is Basic.
func loginWanted(proxy *url.URL, challenges []string) fact {
	wanted := loginsIn(challenges)
	why := fact{reason: ReasonLogin, value: strings.Join(wanted, ", ")}
	switch basic := slices.Contains(wanted, "Basic"); {
	case basic && proxy.User != nil:
		why.reason = ReasonLoginRejected
	case basic:
		why.reason = ReasonLoginBasic
	}
	return why
}

// proxyError is for a call that got no further than the proxy, for any reason.
func proxyError(err error, scrub scrubber) *Error {
	e := &Error{Kind: KindProxy, Cause: proxyTrouble(err).cleaned(scrub)}
	switch e.Cause.Reason {
	case ReasonLogin, ReasonLoginBasic, ReasonLoginRejected:
		e.Kind = KindProxyLogin
	}
	return e
}

// at adds the proxy to an error that is about it.
func (e *Error) at(proxy *url.URL) *Error {
	e.Cause.Proxy = Safe(proxy.Host)
	return e
}

func proxyTrouble(err error) fact {
	var refusal *proxyRefusal
	if errors.As(err, &refusal) {
		return refusal.fact
	}
	kind, why := classify(err)
	switch {
	case kind == KindUnexpected:
		return fact{reason: ReasonNotAProxy}
	case why.reason == ReasonNet:
		return socksTrouble(why)
	}
	return why
}

// socksTrouble recognises the errors of the SOCKS client, which have no types.
func socksTrouble(said fact) fact {
	switch {
	case strings.HasPrefix(said.value, "unexpected protocol version"):
		return fact{reason: ReasonNotAProxy}
	case said.value == "no acceptable authentication methods":
		return fact{reason: ReasonLogin}
	case said.value == "username/password authentication failed":
		return fact{reason: ReasonLoginRejected}
	}
	said.value = strings.TrimPrefix(said.value, "unknown error ") // the prefix of what the proxy refuses
	return said
}

// proxyConn is a connection to a proxy. No proxy sends anything after its answer to CONNECT before the client does;
// net/http drops what comes with that answer.
type proxyConn struct {
	net.Conn
	t   *tracer
	end []byte // of what was read
}

// Read records what directly follows the answer, which can only be a page.
func (c *proxyConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	read := append(c.end, p[:n]...)
	if _, rest, ended := bytes.Cut(read, []byte("\r\n\r\n")); ended && len(rest) > 0 {
		c.t.note(nil, func() { c.t.page = c.t.page || c.t.handshakes > 0 })
	}
	c.end = bytes.Clone(read[max(0, len(read)-3):])
	return n, err
}

// isNoTunnel recognises a proxy that says "200" and continues with a page. If the beginning of the page came with the
// status and is lost, what was recorded of it and a handshake that ends without an answer show it.
func (t *tracer) isNoTunnel(err error) bool {
	var record tls.RecordHeaderError
	if t.proxy == nil || errors.As(err, &record) {
		return t.proxy != nil
	}
	kind, _ := classify(err)
	return (kind == KindOffline || kind == KindTimeout) && t.hasPage()
}

// proxySecrets returns what must not be shown of the login to a proxy: a password, or a user name without one.
func proxySecrets(proxy *url.URL) scrubber {
	if proxy == nil || proxy.User == nil {
		return scrubber{}
	}
	name := proxy.User.Username()
	password, _ := proxy.User.Password()
	login := base64.StdEncoding.EncodeToString([]byte(name + ":" + password))
	if password == "" {
		return loginScrubber(login, name)
	}
	return loginScrubber(login, password)
}
