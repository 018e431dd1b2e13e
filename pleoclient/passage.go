package pleoclient

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
)

// passage follows one call on its way to Pleo: who has to answer for what breaks, the proxy or what lies behind it,
// and which connection is of no use to anybody when the call ends. net/http dials apart from the call, so hooks
// come after its end, too.
type passage struct {
	proxy *url.URL // nil: direct

	mu         sync.Mutex
	handshakes int      // of TLS that have to begin before the proxy is passed; 0 without a proxy, and once it is
	raw        net.Conn // dialed for this call, and not yet good for a question
	arrived    bool     // the call has a connection, its own or a kept one
	over       bool
}

type passageKey struct{}

// start is for each connection the call asks for: net/http asks again when a kept one turns out to be stale.
func (p *passage) start() {
	p.raw, p.arrived, p.handshakes = nil, false, 0
	switch {
	case p.proxy == nil:
	case p.proxy.Scheme == "https": // the first handshake is with the proxy
		p.handshakes = 2
	default:
		p.handshakes = 1
	}
}

// follow returns req with the hooks of p.
func (p *passage) follow(req *http.Request) *http.Request {
	ctx := context.WithValue(req.Context(), passageKey{}, p)
	return req.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:           func(string) { p.note(p.start) },
		TLSHandshakeStart: func() { p.note(func() { p.handshakes = max(p.handshakes-1, 0) }) },
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			p.note(func() {
				if err == nil && p.handshakes == 0 {
					p.raw = nil // from here on another call may use it
				}
			})
		},
		GotConn: func(httptrace.GotConnInfo) { p.note(func() { p.handshakes, p.raw, p.arrived = 0, nil, true }) },
	}))
}

func (p *passage) note(what func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	what()
}

// dialed notes a connection on which TLS or a proxy comes next.
func (p *passage) dialed(conn net.Conn) {
	p.note(func() {
		switch {
		case p.over && !p.arrived:
			_ = conn.Close()
		case !p.arrived:
			p.raw = conn
		}
	})
}

// end closes a connection that did not get ready. net/http would wait for the proxy on it for a minute, or for ever.
func (p *passage) end() {
	p.note(func() {
		if p.over = true; p.raw != nil {
			_ = p.raw.Close()
		}
	})
}

// atProxy reports whether the call got no further than the proxy.
func (p *passage) atProxy() (at bool) {
	p.note(func() { at = p.handshakes > 0 })
	return at
}
