package pleoclient

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"time"
)

// What the tests of this package reach besides its interface.
var (
	ParseIntrospection = parseIntrospection
	ParseInstallations = parseInstallations
	ParseWritten       = parseWritten
	ParseCompany       = parseCompany
	CharacterIn        = characterIn
	RetryAfter         = retryAfter
	ValidProxy         = validProxy
	RetryWaits         = retryWaits
	RetryRules         = retryRules
)

// Retry is what is done about a failure of a kind. Passing is the resolver's word that its trouble passes.
func Retry(method string, e Error, passing bool) bool {
	e.passing = passing
	return retry(method, &e)
}

// CloseConnections ends the goroutines of the connections that are kept.
func (c *Client) CloseConnections() {
	if transport, err := c.transport(); err == nil {
		transport.CloseIdleConnections()
	}
}

// WithWaits sets the longest waits before each further try. Without any, there is one try.
func WithWaits(waits ...time.Duration) Option {
	return func(s *settings) error {
		s.waits = waits
		return nil
	}
}

// WithDial connects in another way.
func WithDial(dial func(ctx context.Context, network, address string) (net.Conn, error)) Option {
	return func(s *settings) error {
		s.dial = dial
		return nil
	}
}

// DialFor connects as a client of an address with that scheme does.
func DialFor(ctx context.Context, scheme, address string) error {
	conn, err := defaultSettings().dialer(scheme)(ctx, "tcp", address)
	if err == nil {
		_ = conn.Close()
	}
	return err
}

// OnlyLoopback is asked about an address after the look-up.
func OnlyLoopback(address string) error { return onlyLoopback("tcp", address, nil) }

// WithLimits shortens the time limits.
func WithLimits(tls, firstByte, whole time.Duration) Option {
	return func(s *settings) error {
		s.limits.tls, s.limits.firstByte, s.limits.whole = tls, firstByte, whole
		return nil
	}
}

// WithResolver replaces the resolver of this computer, and bounds the dial with the look-up in it.
func WithResolver(resolver *net.Resolver, dial time.Duration) Option {
	return func(s *settings) error {
		s.resolver, s.limits.dial = resolver, dial
		return nil
	}
}

// NewTracer lets a test play a call: follow carries the hooks of net/http, dialed and end come from us.
func NewTracer(proxy *url.URL) (follow func(*http.Request) *http.Request, dialed func(net.Conn), end func()) {
	t := &tracer{proxy: proxy, to: LayerAPI}
	return t.follow, t.dialed, t.end
}

// CheckAnswer is what a call makes of an answer that was read to its end, or to readErr.
func CheckAnswer(res *http.Response, body []byte, readErr error, key string) error {
	return CheckWith(key)(res, body, readErr)
}

// CheckWith returns CheckAnswer for many answers to calls with one key.
func CheckWith(key string) func(res *http.Response, body []byte, readErr error) error {
	scrub := scrubber{key: keyForms(key)}
	return func(res *http.Response, body []byte, readErr error) error { return check(res, body, readErr, scrub) }
}

// Signs is how many signs of a stranger there are.
var Signs = len(strangers)

// WhyStrange returns why an answer is not taken for Pleo's, or "".
func WhyStrange(res *http.Response, body []byte) Reason {
	if s := strangerIn(reply{res.StatusCode, res.Header, body}); s != nil {
		return s.reason
	}
	return ""
}

// CheckTunnel is what a call makes of the answer of a proxy.
func CheckTunnel(res *http.Response, proxy *url.URL) error {
	if err := checkConnect(context.Background(), proxy, nil, res); err != nil {
		return proxyError(err, scrubber{})
	}
	return nil
}
