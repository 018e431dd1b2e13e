package pleoclient

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Client sends requests to one Pleo origin. It is safe for use by several goroutines at once.
//
// A method that reads tries up to three times if the trouble is temporary, such as a cut connection or a 503, and waits
// a moment in between; see retry. A method that writes tries once, and the caller decides from the [Kind] what to do
// next. Below that, net/http has its own rule: a GET on a kept connection that the server is just closing is sent again
// on a new one. Other methods are sent again only if no byte of them was sent; otherwise they fail with [KindOffline],
// and the outcome is open.
type Client struct {
	origin    string
	userAgent string
	timeout   time.Duration // for one try, from the dial to the last byte of the body
	waits     []time.Duration
	transport func() (*http.Transport, error) // makes it for the first call
	proxy     *url.URL                        // nil: direct
}

// New returns a client for the API at base, for example "https://external.pleo.io". Nothing is sent yet.
//
// The base is a bare origin. A user part, a path, a query or a fragment is refused, and so is a host that imitates
// Pleo's; http:// is for loopback addresses only. A wrong base, option or CA file is a [*SettingError], which has no
// [Kind]; a proxy setting that is not an address is [KindProxy], because without that check Go would connect directly.
//
// Source: https://developers.pleo.io/docs/current/authentication/api-base-urls
func New(base string, opts ...Option) (*Client, error) {
	origin, err := parseOrigin(base)
	if err != nil {
		return nil, err
	}
	s := defaultSettings()
	for _, opt := range opts {
		if err := opt(&s); err != nil {
			return nil, err
		}
	}
	proxy, err := s.proxyFor(origin)
	if err != nil {
		return nil, err
	}
	return &Client{
		origin:    origin.String(),
		userAgent: s.userAgent,
		timeout:   s.limits.whole,
		waits:     s.waits,
		transport: sync.OnceValues(func() (*http.Transport, error) { return newTransport(s, origin.Scheme, proxy) }),
		proxy:     proxy,
	}, nil
}

// Origin returns the address of the API as it is compared and stored: scheme and host in lower case, no default port
// and no slash at the end.
func (c *Client) Origin() string { return c.origin }

// ProxyHost returns the host and port of the proxy that the calls go through, without credentials. It is empty without
// a proxy.
func (c *Client) ProxyHost() SafeText {
	if c.proxy == nil {
		return SafeText{}
	}
	return Safe(c.proxy.Host)
}

// Reach reports whether Pleo answers. It needs no key, because a rejection is an answer. It leaves an open connection
// for the next call, so it is best called while the admin is still reading.
//
// A nil error means that Pleo answered with a success or with 400, 401, 403, 404, 409 or 429.
func (c *Client) Reach(ctx context.Context) error {
	_, err := c.send(ctx, withoutKey)
	return answered(err)
}

// withoutKey is a request that shows whether Pleo answers.
var withoutKey = request{method: http.MethodGet, path: introspectPath, anonymous: true}

// answered returns nil for an error that is an answer to a request without a key, such as a rejection.
func answered(err error) error {
	switch KindOf(err) {
	case KindKeyRejected, KindForbidden, KindNotFound, KindBadRequest, KindRateLimited:
		return nil
	}
	return err
}
