package pleoclient

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Layer is how far a [Client.Probe] goes.
type Layer int

// The layers, in the order in which a connection comes about.
const (
	LayerDNS   Layer = iota // the name has an address
	LayerTCP                // the address takes a connection
	LayerProxy              // the proxy opened the way to Pleo; without one the same as LayerTCP
	LayerTLS                // the certificate convinces; for http:// the same as LayerTCP
	LayerAPI                // Pleo answered
)

// Probed is what was met on the way, as far as the probe went.
type Probed struct {
	Addresses []string      // of the proxy if there is one, else of Pleo; empty: no name was looked up
	Address   string        // that of them that took the connection, with the port
	TLS       string        // the version, "TLS 1.3"; empty: not encrypted
	Issuer    SafeText      // of Pleo's certificate
	NotAfter  time.Time     // when that certificate ends
	Status    int           // of the answer
	Date      time.Time     // the time in the answer; zero: it names none
	Took      time.Duration // from the question to the answer
}

// Probe makes a connection of its own as every other method does, with the same settings, proxy, checks and limits, and
// goes as far as to. It needs no key, and sends nothing below LayerAPI but what proxy and TLS need. It is for finding
// out where a connection breaks: what it returns is good as far as it went, also with an error, which is an *[Error].
//
// At LayerAPI, being turned away for want of a key is an answer, as it is for [Client.Reach].
func (c *Client) Probe(ctx context.Context, to Layer) (Probed, error) {
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	p := &probe{to: to, stop: cancel, direct: c.proxy == nil}
	p.inner = p.direct || strings.HasPrefix(c.proxy.Scheme, "socks")
	r := request{method: http.MethodGet, path: introspectPath, anonymous: true}
	req, scrub, err := c.newRequest(httptrace.WithClientTrace(limited, p.trace()), r)
	if err != nil {
		return Probed{}, err
	}
	err = c.probe(p, req, scrub)
	found, arrived := p.result()
	switch {
	case arrived:
		return found, nil
	case err != nil && ctx.Err() != nil:
		return found, &Error{Kind: KindCanceled, Op: r.op()}
	}
	return found, answered(withCall(err, r, found.Status))
}

// probeTransport is the client's, without its kept connections.
func (c *Client) probeTransport(p *probe) *http.Transport {
	transport := c.transport.Clone()
	transport.DisableKeepAlives = true
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return probedConn{conn, p}, nil
	}
	check := transport.OnProxyConnectResponse
	transport.OnProxyConnectResponse = func(ctx context.Context, via *url.URL, req *http.Request,
		res *http.Response) error {
		err := check(ctx, via, req, res)
		if err == nil {
			p.opened()
		}
		return err
	}
	return transport
}

// probedConn sends nothing once the probe has gone as far as it should: net/http may notice that the call has ended
// after it has sent the request.
type probedConn struct {
	net.Conn
	probe *probe
}

var errProbed = errors.New("the probe goes no further")

func (c probedConn) Write(b []byte) (int, error) {
	if _, arrived := c.probe.result(); arrived {
		return 0, errProbed
	}
	return c.Conn.Write(b)
}

// probe watches one connection. Parts of it may be made after the request has ended, so everything is behind a lock.
type probe struct {
	to     Layer
	stop   context.CancelFunc
	direct bool // there is no proxy

	mu      sync.Mutex
	found   Probed
	inner   bool // a handshake that begins now is Pleo's, not that of a proxy
	arrived bool
}

// trace calls reached for each layer. An address in numbers is not looked up, and an address without
// TLS makes no handshake.
func (p *probe) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSDone: func(info httptrace.DNSDoneInfo) {
			if info.Err == nil {
				p.reached(LayerDNS, func(f *Probed) { f.Addresses = addressesOf(info.Addrs) })
			}
		},
		ConnectStart: func(string, string) { p.reached(LayerDNS, nil) },
		ConnectDone: func(_, address string, err error) {
			if err == nil {
				p.reached(p.connected(), func(f *Probed) { f.Address = address })
			}
		},
		TLSHandshakeStart: func() {
			if p.isInner() {
				p.reached(LayerProxy, nil)
			}
		},
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			if err == nil && p.isInner() {
				p.reached(LayerTLS, func(f *Probed) { f.handshake(state) })
			}
		},
		GotConn: func(httptrace.GotConnInfo) { p.reached(LayerTLS, nil) },
	}
}

// connected returns what a TCP connection is worth.
func (p *probe) connected() Layer {
	if p.direct {
		return LayerProxy
	}
	return LayerTCP
}

// opened is called when a proxy has opened the way.
func (p *probe) opened() {
	p.mu.Lock()
	p.inner = true
	p.mu.Unlock()
	p.reached(LayerProxy, nil)
}

func (p *probe) isInner() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.inner
}

// reached notes what is known at a layer, and ends the connection when it has gone as far as it should.
func (p *probe) reached(l Layer, note func(*Probed)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.arrived {
		return
	}
	if note != nil {
		note(&p.found)
	}
	if l >= p.to {
		p.arrived = true
		p.stop()
	}
}

func (p *probe) result() (found Probed, arrived bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.found, p.arrived
}

// probe sends the request and reads the answer as do does.
func (c *Client) probe(p *probe, req *http.Request, scrub scrubber) error {
	began := time.Now()
	res, err := c.roundTrip(c.probeTransport(p), req, scrub)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	p.mu.Lock()
	p.found.Status, p.found.Took = res.StatusCode, time.Since(began)
	p.found.Date, _ = http.ParseTime(res.Header.Get("Date"))
	p.mu.Unlock()
	body, readErr := readBody(res)
	return check(res, body, readErr, scrub)
}

func (f *Probed) handshake(state tls.ConnectionState) {
	f.TLS = tls.VersionName(state.Version)
	if len(state.PeerCertificates) > 0 {
		leaf := state.PeerCertificates[0]
		f.Issuer, f.NotAfter = Safe(issuerOf(leaf)), leaf.NotAfter
	}
}

func addressesOf(found []net.IPAddr) []string {
	var out []string
	for _, a := range found {
		out = append(out, a.String())
	}
	return out
}
