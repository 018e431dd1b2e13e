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
	return s.proxy.ProxyFunc()(origin)
}

// CheckProxy returns an [*Error] with [KindProxy] when the value of a variable cannot be read as a proxy.
func CheckProxy(variable, value string) error {
	if validProxy(value) {
		return nil
	}
	return &Error{Kind: KindProxy, Detail: Safe("the proxy setting in " + variable + " cannot be read")}
}

// validProxy reports whether Go would use value as it is meant: "host:port" or a URL of a scheme that Go can speak. Go
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

// proxyRefusal is the answer of a proxy that did not open the tunnel, for example "407 Proxy Authentication Required".
type proxyRefusal struct {
	code   int
	status string
}

func (e *proxyRefusal) Error() string { return "the proxy answered " + e.status }

// checkConnect refuses every answer but 200. The headers of a body mean nothing then, and a tunnel may follow; they are
// noted for the case that none does.
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
		return &proxyRefusal{res.StatusCode, loginWanted(proxy, res.Header.Values("Proxy-Authenticate"))}
	}
	status := fmt.Sprint(res.StatusCode, " ", http.StatusText(res.StatusCode))
	return &proxyRefusal{res.StatusCode, strings.TrimSpace(status)}
}

// loginWanted distinguishes a login that was refused from one that is missing, or that we do not speak: ours is Basic.
func loginWanted(proxy *url.URL, challenges []string) string {
	wanted := loginsIn(challenges)
	switch {
	case len(wanted) == 0:
		return "it wants a login"
	case slices.Contains(wanted, "Basic") && proxy.User != nil:
		return "it did not take the login"
	}
	return "it wants a login by " + strings.Join(wanted, ", ")
}

// proxyError is for a call that got no further than the proxy, whatever broke there.
func proxyError(err error, scrub scrubber) *Error {
	e := &Error{Kind: KindProxy, Detail: scrub.clean(proxyTrouble(err))}
	var refusal *proxyRefusal
	if errors.As(err, &refusal) && refusal.code == http.StatusProxyAuthRequired {
		e.Kind = KindProxyLogin
	}
	return e
}

// through names the proxy, host and port, in an error that is about it. A long name cuts nothing off
// what happened there.
func (e *Error) through(proxy *url.URL) *Error {
	e.Detail = SafeUpTo(Safe(proxy.Host).String()+": "+e.Detail.String(), 2*safeRunes+2)
	return e
}

func proxyTrouble(err error) string {
	var refusal *proxyRefusal
	if errors.As(err, &refusal) {
		return refusal.status
	}
	kind, detail := classify(err)
	switch kind {
	case KindDNS:
		return "its name cannot be found: " + detail
	case KindTimeout:
		return "it did not answer in time"
	case KindUnexpected:
		return "it does not answer like a proxy"
	case KindTLSIssue:
		return "the issuer of its certificate is not trusted: " + detail
	case KindTLSDates, KindTLSEarly:
		return "certificate " + detail
	}
	return strings.TrimPrefix(detail, "unknown error ") // the heading of what SOCKS refuses
}

// proxyConn is a connection to a proxy. No proxy says anything behind its answer to CONNECT before it is spoken to;
// net/http drops what comes with that answer.
type proxyConn struct {
	net.Conn
	t   *tracer
	end []byte // of what was read
}

// Read notes what follows the answer at once, which can only be a page.
func (c *proxyConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	read := append(c.end, p[:n]...)
	if _, rest, ended := bytes.Cut(read, []byte("\r\n\r\n")); ended && len(rest) > 0 {
		c.t.note(nil, func() { c.t.page = c.t.page || c.t.handshakes > 0 })
	}
	c.end = bytes.Clone(read[max(0, len(read)-3):])
	return n, err
}

// isNoTunnel recognises a proxy that says "200" and goes on with a page. When its beginning came with the status and is
// lost, what was noted of it and a handshake that ends without an answer tell.
func (t *tracer) isNoTunnel(err error) bool {
	var record tls.RecordHeaderError
	if t.proxy == nil || errors.As(err, &record) {
		return t.proxy != nil
	}
	kind, _ := classify(err)
	return (kind == KindOffline || kind == KindTimeout) && t.hasPage()
}

// proxySecrets returns what must not be shown of the login at a proxy: a password, or a user name without one.
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
