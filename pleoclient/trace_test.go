package pleoclient_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"testing"

	"pleo-connect/pleoclient"
)

// TestConnectionEndsWithItsCall, unless it is ready by then: another call may be using it.
func TestConnectionEndsWithItsCall(t *testing.T) {
	t.Parallel()
	plain, secure := &url.URL{Scheme: "http"}, &url.URL{Scheme: "https"}
	tests := map[string]struct {
		proxy *url.URL
		// c: the call wants a connection, d: dialed, s: TLS starts, r: TLS is ready, f: TLS failed, g: the call got a
		// connection, e: the call ends
		events string
		closed bool
	}{
		"in the handshake":                   {nil, "cdse", true},
		"ready, too late for the call":       {nil, "cdsre", false},
		"used":                               {nil, "cdsrge", false},
		"handshake failed":                   {nil, "cdsfe", true},
		"dialed too late":                    {nil, "ced", true},
		"the call got another one":           {nil, "cdge", false},
		"the call got another one before":    {nil, "cgde", false},
		"the call got another one and ended": {nil, "cged", false},
		"the kept one was stale":             {nil, "cgcdse", true},
		"at the proxy":                       {plain, "cde", true},
		"ready behind the proxy":             {plain, "cdsre", false},
		"secure proxy":                       {secure, "cdsre", true},
		"ready behind the secure proxy":      {secure, "cdsrsre", false},
	}
	for name, test := range tests {
		ours, theirs := net.Pipe()
		follow, dialed, end := pleoclient.NewTracer(test.proxy)
		req, err := http.NewRequest(http.MethodGet, "https://external.pleo.test", nil)
		if err != nil {
			t.Fatal(err)
		}
		hooks := httptrace.ContextClientTrace(follow(req).Context())
		play := map[rune]func(){
			'c': func() { hooks.GetConn("") },
			'd': func() { dialed(ours) }, 'e': end,
			's': hooks.TLSHandshakeStart,
			'r': func() { hooks.TLSHandshakeDone(tls.ConnectionState{}, nil) },
			'f': func() { hooks.TLSHandshakeDone(tls.ConnectionState{}, io.EOF) },
			'g': func() { hooks.GotConn(httptrace.GotConnInfo{}) },
		}
		for _, event := range test.events {
			play[event]()
		}
		go func() { _, _ = theirs.Write([]byte("x")) }()
		_, err = ours.Read(make([]byte, 1))
		if closed := err != nil; closed != test.closed {
			t.Errorf("%s: closed is %v, %v", name, closed, err)
		}
		_, _ = ours.Close(), theirs.Close()
	}
}
