package pleoclient

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"
)

// Layer is how far a [Client.Probe] goes.
type Layer int

// The layers, in the order in which a connection is made.
const (
	LayerDNS   Layer = iota // the name has an address
	LayerTCP                // the address accepts a connection
	LayerProxy              // the proxy opened the way to Pleo; without one the same as LayerTCP
	LayerTLS                // the certificate convinces; for http:// the same as LayerTCP
	LayerAPI                // Pleo answered
)

// Probed is what was found on the way, as far as the probe got.
type Probed struct {
	Addresses []string      // of the proxy if there is one, else of Pleo; empty: no name was looked up
	Address   string        // the one that accepted the connection, with the port
	TLS       string        // the version, "TLS 1.3"; empty: not encrypted
	Issuer    SafeText      // of Pleo's certificate
	NotAfter  time.Time     // when that certificate expires
	Status    int           // of the answer
	RetryIn   time.Duration // after which Pleo wants to be asked again; 0: it does not say
	RetryAt   time.Time     // when that is over, by the local clock; zero with it
	Date      time.Time     // the time in the answer; zero: it has none
	Took      time.Duration // from the request to the answer
}

// Probe makes its own connection, with the same settings, proxy, checks and limits as every other method, and stops at
// the layer to. It needs no key, and below LayerAPI sends only what proxy and TLS need. It is for finding out where a
// connection breaks: the result is valid as far as the probe got, even with an error, which is an *[Error].
//
// At LayerAPI, a rejection for lack of a key is an answer, as it is for [Client.Reach].
func (c *Client) Probe(ctx context.Context, to Layer) (Probed, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	shared, err := c.transport()
	if err != nil {
		return Probed{}, err
	}
	unshared := shared.Clone()
	unshared.DisableKeepAlives = true
	t := &tracer{proxy: c.proxy, to: to, stop: stop}
	_, err = c.trace(ctx, t, unshared, withoutKey)
	if t.arrived {
		return t.found, nil
	}
	return t.found, answered(err)
}

// tracer follows one call on its way to Pleo: how far it gets, whether a failure is at the proxy or beyond it, and
// which connection is of no use when the call ends. net/http dials independently of the call, so hooks may also run
// after its end; then they change nothing.
type tracer struct {
	proxy *url.URL           // nil: direct
	to    Layer              // where the call ends; LayerAPI: with the answer
	stop  context.CancelFunc // ends a call that goes no further than another layer

	mu         sync.Mutex
	handshakes int      // of TLS that have to begin before the proxy is passed; 0 once it is, or without one
	raw        net.Conn // dialed for this call, and not yet ready for a request
	connected  bool     // the call has a connection, its own or a kept one
	page       bool     // the proxy's last answer has a body, or headers of a page
	over       bool     // the call has ended
	arrived    bool     // because it got as far as it should
	found      Probed
}

type tracerKey struct{}

// follow returns req with the hooks of t. A numeric address is not looked up, and an address without TLS has no
// handshake.
func (t *tracer) follow(req *http.Request) *http.Request {
	ctx := context.WithValue(req.Context(), tracerKey{}, t)
	return req.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { t.note(nil, t.start) },
		DNSDone: func(info httptrace.DNSDoneInfo) {
			t.note(info.Err, func() {
				t.found.Addresses = addressesOf(info.Addrs)
				t.reached(LayerDNS)
			})
		},
		ConnectStart:      func(string, string) { t.note(nil, func() { t.reached(LayerDNS) }) },
		ConnectDone:       func(_, address string, err error) { t.note(err, func() { t.connect(address) }) },
		TLSHandshakeStart: func() { t.note(nil, t.handshake) },
		TLSHandshakeDone:  func(state tls.ConnectionState, err error) { t.note(err, func() { t.secure(state) }) },
		GotConn: func(httptrace.GotConnInfo) {
			t.note(nil, func() {
				t.reached(LayerTLS)
				t.handshakes, t.raw, t.connected = 0, nil, true
			})
		},
	}))
}

// note changes what is known, unless there is an error or the call is over.
func (t *tracer) note(err error, what func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil && !t.over {
		what()
	}
}

// start is called for each connection that the call asks for: net/http asks again when a kept one turns out to be
// stale.
func (t *tracer) start() {
	t.raw, t.connected, t.page, t.handshakes = nil, false, false, 0
	switch {
	case t.proxy == nil:
	case t.proxy.Scheme == "https": // the first handshake is with the proxy
		t.handshakes = 2
	default:
		t.handshakes = 1
	}
}

func (t *tracer) connect(address string) {
	t.found.Address = address
	if t.proxy == nil {
		t.reached(LayerProxy)
	} else {
		t.reached(LayerTCP)
	}
}

func (t *tracer) handshake() {
	if t.handshakes = max(t.handshakes-1, 0); t.handshakes == 0 {
		t.reached(LayerProxy)
	}
}

// secure records a handshake that succeeded. After the one with Pleo, another call may use the connection.
func (t *tracer) secure(state tls.ConnectionState) {
	if t.handshakes > 0 {
		return
	}
	t.found.TLS = tls.VersionName(state.Version)
	if len(state.PeerCertificates) > 0 {
		leaf := state.PeerCertificates[0]
		t.found.Issuer, t.found.NotAfter = Safe(issuerOf(leaf)), leaf.NotAfter
	}
	t.reached(LayerTLS)
	t.raw = nil
}

// reached ends a call that should get no further than l. Nothing can be sent on its connection any more: net/http may
// notice later that the call has ended.
func (t *tracer) reached(l Layer) {
	if l >= t.to {
		t.arrived = true
		t.close()
		t.stop()
	}
}

// dialed records a connection that is not ready for another call.
func (t *tracer) dialed(conn net.Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.connected:
	case t.over:
		_ = conn.Close()
	default:
		t.raw = conn
	}
}

// end closes a connection that did not become ready. Otherwise net/http would wait on it for the proxy for a minute, or
// forever.
func (t *tracer) end() { t.note(nil, t.close) }

func (t *tracer) close() {
	if t.over = true; t.raw != nil {
		_ = t.raw.Close()
	}
}

// atProxy reports whether the call got no further than the proxy.
func (t *tracer) atProxy() (at bool) {
	t.note(nil, func() { at = t.handshakes > 0 })
	return at
}

// hasPage reports whether the call got no further than an answer of the proxy that looks like a page.
func (t *tracer) hasPage() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.page && !t.connected
}

func (t *tracer) answer(res *http.Response, took time.Duration) {
	t.note(nil, func() {
		t.found.Status, t.found.Took = res.StatusCode, took
		t.found.Date, _ = http.ParseTime(res.Header.Get("Date"))
		t.found.RetryIn, t.found.RetryAt = retryAfter(res.Header, time.Now())
	})
}

func addressesOf(found []net.IPAddr) []string {
	var out []string
	for _, a := range found {
		out = append(out, a.String())
	}
	return out
}
