package pleoclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

const (
	maxHeaderBytes = 64 << 10 // Go's own default takes megabytes
	maxBodyBytes   = 1 << 20
)

// limits are the time limits for the parts of one call. A limit for the whole is also needed, or a body that comes byte
// by byte would never end.
type limits struct{ dial, tls, firstByte, whole time.Duration }

var defaultLimits = limits{dial: 5 * time.Second, tls: 5 * time.Second, firstByte: 10 * time.Second,
	whole: 15 * time.Second}

var errNotLoopback = errors.New("only loopback addresses are allowed here")

// newTransport returns the only connection pool of a client, or the error of the roots that it would trust. It has no
// idle timeout: the connection that Reach opens waits for minutes while the admin reads, and keep-alive probes drop it
// within half a minute once the other side is gone.
func newTransport(s settings, scheme string, proxy *url.URL) (*http.Transport, error) {
	var roots *x509.CertPool
	if s.roots != nil {
		var err error
		if roots, err = s.roots(); err != nil {
			return nil, err
		}
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true) // GODEBUG=http2debug=2 would print the key
	return &http.Transport{
		Proxy:                  http.ProxyURL(proxy),
		ProxyConnectHeader:     http.Header{"User-Agent": {s.userAgent}},
		OnProxyConnectResponse: checkConnect,
		DialContext:            s.dialer(scheme),
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout:    s.limits.tls,
		ResponseHeaderTimeout:  s.limits.firstByte,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxIdleConnsPerHost:    4, // the wizard sends up to three requests at once
		DisableCompression:     true,
		Protocols:              protocols,
	}, nil
}

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// onlyLoopback refuses an address before it is connected to.
func onlyLoopback(_, address string, _ syscall.RawConn) error {
	if host, _, err := net.SplitHostPort(address); err != nil || !IsLoopback(host) {
		return errNotLoopback
	}
	return nil
}

// dialer returns the dial function. It reports to the tracer of the call a connection that no other call may use at
// once: a handshake comes next, or the call is a probe.
func (s settings) dialer(scheme string) dialFunc {
	dial := s.dial
	if dial == nil {
		dial = s.networkDialer(scheme)
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		t, traced := ctx.Value(tracerKey{}).(*tracer)
		if traced && err == nil && t.proxy != nil && t.proxy.Scheme == "http" {
			conn = &proxyConn{Conn: conn, t: t}
		}
		if traced && err == nil && (scheme == "https" || t.to < LayerAPI) {
			t.dialed(conn)
		}
		return conn, err
	}
}

// networkDialer returns the dial function of the network. With LoopbackOnly, a name other than "localhost" is refused
// before it is looked up, and so is another computer that "localhost" resolves to.
func (s settings) networkDialer(scheme string) dialFunc {
	d := &net.Dialer{
		Timeout:         s.limits.dial,
		Resolver:        s.resolver,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3},
	}
	loopbackOnly := s.loopbackOnly || scheme == "http"
	if loopbackOnly {
		d.Control = onlyLoopback
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if loopbackOnly && onlyLoopback(network, address, nil) != nil {
			return nil, errNotLoopback
		}
		return d.DialContext(ctx, network, address)
	}
}
