package kv

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

const (
	maxHeader  = 64 << 10 // Go's own default takes megabytes
	maxBody    = 8 << 20  // the names of 100,000 entries
	dialTime   = 5 * time.Second
	tlsTime    = 5 * time.Second
	answerTime = 15 * time.Second // for one request, from the dial to the last byte of the answer
)

var errNotLoopback = errors.New("not on this computer")

// proxyStatus is the status of a proxy that did not open the tunnel.
type proxyStatus int

func (s proxyStatus) Error() string { return "HTTP " + strconv.Itoa(int(s)) }

// newTransport returns the connections of a client.
func newTransport(c Config) (*http.Transport, error) {
	proxy, err := c.proxy()
	if err != nil {
		return nil, err
	}
	roots, err := c.roots()
	if err != nil {
		return nil, err
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true) // GODEBUG=http2debug=2 would print the token
	return &http.Transport{
		Proxy:                  proxy,
		ProxyConnectHeader:     http.Header{"User-Agent": {c.UserAgent}},
		OnProxyConnectResponse: checkConnect,
		DialContext:            dialer(c.URL),
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots, ServerName: c.ServerName},
		TLSHandshakeTimeout:    tlsTime,
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConnsPerHost:    4,
		DisableCompression:     true, // 1 MB may become 1 GB
		Protocols:              protocols,
	}, nil
}

// proxy returns the proxy of each request. There is none for this computer, and so none for a request without TLS.
func (c Config) proxy() (func(*http.Request) (*url.URL, error), error) {
	err := cmp.Or(
		pleoclient.CheckProxy("HTTPS_PROXY", c.Proxy.HTTPSProxy),
		pleoclient.CheckProxy("HTTP_PROXY", c.Proxy.HTTPProxy),
	)
	if err != nil {
		return nil, err
	}
	find := c.Proxy.ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return find(r.URL) }, nil
}

func checkConnect(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
	if res.StatusCode != http.StatusOK {
		return proxyStatus(res.StatusCode)
	}
	return nil
}

// roots returns the certificates to trust. As with the engines' own client, those of CACert replace the system's.
func (c Config) roots() (*x509.CertPool, error) {
	switch {
	case c.CACert == "" && c.Roots == nil:
		return nil, nil
	case c.CACert == "":
		return c.Roots()
	}
	text, err := c.ReadFile(c.CACert)
	var refused *store.AddressError
	if errors.As(err, &refused) {
		refused.Name = c.caCertName
		return nil, refused
	}
	if err != nil {
		reason := pleoclient.SystemReason(err)
		return nil, &store.AddressError{Case: "cacert_unreadable", Name: c.caCertName, Value: c.CACert, Reason: reason}
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, &store.AddressError{Case: "cacert_none", Name: c.caCertName, Value: c.CACert}
	}
	return pool, nil
}

// dialer returns the dial function for an origin. Without TLS, another computer is refused before its name is looked
// up, and so is one that "localhost" resolves to.
func dialer(origin string) func(ctx context.Context, network, address string) (net.Conn, error) {
	d := &net.Dialer{Timeout: dialTime}
	if u, err := url.Parse(origin); err == nil && u.Scheme == "https" {
		return d.DialContext
	}
	d.Control = onlyLoopback
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if err := onlyLoopback(network, address, nil); err != nil {
			return nil, err
		}
		return d.DialContext(ctx, network, address)
	}
}

func onlyLoopback(_, address string, _ syscall.RawConn) error {
	if host, _, err := net.SplitHostPort(address); err != nil || !pleoclient.IsLoopback(host) {
		return errNotLoopback
	}
	return nil
}
