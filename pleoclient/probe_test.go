package pleoclient_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pleo-connect/pleoclient"
)

var layers = []pleoclient.Layer{
	pleoclient.LayerDNS, pleoclient.LayerTCP, pleoclient.LayerProxy, pleoclient.LayerTLS, pleoclient.LayerAPI,
}

// probeAll probes every layer and returns the kinds of what went wrong.
func probeAll(t *testing.T, c *pleoclient.Client) (found []pleoclient.Probed, kinds []pleoclient.Kind) {
	t.Helper()
	for _, layer := range layers {
		p, err := c.Probe(t.Context(), layer)
		found, kinds = append(found, p), append(kinds, pleoclient.KindOf(err))
	}
	return found, kinds
}

func wantKinds(t *testing.T, got []pleoclient.Kind, want ...pleoclient.Kind) {
	t.Helper()
	for i := range layers {
		if got[i] != want[i] {
			t.Errorf("layer %d: got %q, want %q", i, got[i], want[i])
		}
	}
}

func TestProbe(t *testing.T) {
	t.Parallel()
	s, plain, _ := start(t)
	root := newAuthority(t, "Contoso Root")
	cert := root.issue(t, func(c *x509.Certificate) { c.DNSNames = []string{farName, "localhost"} })
	address := serveTLS(t, s, &tls.Config{Certificates: []tls.Certificate{cert}})
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(address, "https://"))
	tunnelled := proxyThat(t, "200 OK", strings.TrimPrefix(address, "https://"))
	trust := pleoclient.CAFile(root.file)
	tests := map[string]struct {
		client   *pleoclient.Client
		resolved bool
		tls      string
	}{
		"plain":    {plain, false, ""},
		"TLS":      {newClient(t, address, trust), false, "TLS 1.3"},
		"name":     {newClient(t, "https://localhost:"+port, trust), true, "TLS 1.3"},
		"by proxy": {newClient(t, farAway, trust, through(tunnelled)), false, "TLS 1.3"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			before := len(s.Requests())
			found, kinds := probeAll(t, test.client)
			wantKinds(t, kinds, "", "", "", "", "")
			last := found[len(found)-1]
			if last.Status != 401 || time.Since(last.Date).Abs() > time.Hour || last.TLS != test.tls ||
				last.Address == "" {
				t.Errorf("the last layer found %+v", last)
			}
			if test.tls != "" && (last.Issuer.String() != "Contoso Root" || last.NotAfter.IsZero()) {
				t.Errorf("the certificate is not described: %+v", last)
			}
			if got := len(found[0].Addresses) > 0; got != test.resolved {
				t.Errorf("looked up: %t", got)
			}
			if found[0].Address != "" && test.resolved || found[1].TLS != "" || found[3].Status != 0 {
				t.Errorf("a probe goes further than it should: %+v", found)
			}
			if got := len(s.Requests()) - before; got != 1 {
				t.Errorf("%d requests arrived, want that of the last layer alone", got)
			}
		})
	}
}

// TestProbeFindsWhereItBreaks: what is below the fault works, what is above fails in the same way.
func TestProbeFindsWhereItBreaks(t *testing.T) {
	t.Parallel()
	const short, long = 100 * time.Millisecond, time.Minute
	stranger := newAuthority(t, "Contoso Inspection")
	inspected := serveTLS(t, http.NotFoundHandler(),
		&tls.Config{Certificates: []tls.Certificate{stranger.issue(t, nil)}})
	silent := listen(t, func(_ int, conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
	page := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		answer(&statusWriter{w, 200}, "text/html", "<html>sign in</html>")
	})
	noName := "https://" + strings.Repeat("a", 64) + ".invalid"
	dns, refused, proxy, wants := pleoclient.KindDNS, pleoclient.KindRefused, pleoclient.KindProxy,
		pleoclient.KindProxyLogin
	issuer, timeout, login := pleoclient.KindTLSIssue, pleoclient.KindTimeout, pleoclient.KindLoginPage
	tests := map[string]struct {
		client *pleoclient.Client
		want   []pleoclient.Kind
	}{
		"no such name": {newClient(t, noName), []pleoclient.Kind{dns, dns, dns, dns, dns}},
		"nobody there": {newClient(t, "http://"+refusing(t)),
			[]pleoclient.Kind{"", refused, refused, refused, refused}},
		"proxy wants a login": {newClient(t, farAway,
			through(proxyThat(t, "407 Proxy Authentication Required", ""))),
			[]pleoclient.Kind{"", "", wants, wants, wants}},
		"proxy is down": {newClient(t, farAway, through(&url.URL{Scheme: "http", Host: refusing(t)})),
			[]pleoclient.Kind{"", proxy, proxy, proxy, proxy}},
		"unknown issuer": {newClient(t, inspected), []pleoclient.Kind{"", "", "", issuer, issuer}},
		"no handshake": {newClient(t, "https://"+silent, pleoclient.WithLimits(short, long, long)),
			[]pleoclient.Kind{"", "", "", timeout, timeout}},
		"login page": {newClient(t, page), []pleoclient.Kind{"", "", "", "", login}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, kinds := probeAll(t, test.client)
			wantKinds(t, kinds, test.want...)
		})
	}
}

// TestProbeThroughAnHTTPSProxy: the handshake with the proxy is none with Pleo.
func TestProbeThroughAnHTTPSProxy(t *testing.T) {
	t.Parallel()
	s, _, _ := start(t)
	root, far := newAuthority(t, "Contoso Proxy Root"), newAuthority(t, "Contoso Root")
	inner := proxyThat(t, "200 OK", far.serveFar(t, s))
	mine := root.issue(t, nil)
	overTLS := func(inner *url.URL) *url.URL {
		address := listen(t, func(_ int, conn net.Conn) {
			secure := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{mine}})
			defer secure.Close()
			tunnel(secure, secure, inner.Host)
		})
		return &url.URL{Scheme: "https", Host: address, User: inner.User}
	}
	proxy := overTLS(inner)
	both := bundle(t, root.file, far.file)
	found, kinds := probeAll(t, newClient(t, farAway, through(proxy), pleoclient.CAFile(both)))
	wantKinds(t, kinds, "", "", "", "", "")
	if found[2].TLS != "" || found[3].Issuer.String() != "Contoso Root" {
		t.Errorf("the handshake of the proxy counts: %+v, %+v", found[2], found[3])
	}
	_, kinds = probeAll(t, newClient(t, farAway, through(proxy), pleoclient.CAFile(root.file)))
	wantKinds(t, kinds, "", "", "", pleoclient.KindTLSIssue, pleoclient.KindTLSIssue)

	refusing := overTLS(proxyThat(t, "407 Proxy Authentication Required", ""))
	_, kinds = probeAll(t, newClient(t, farAway, through(refusing), pleoclient.CAFile(both)))
	wantKinds(t, kinds, "", "", pleoclient.KindProxyLogin, pleoclient.KindProxyLogin, pleoclient.KindProxyLogin)
}

// TestProbeThroughSOCKS: such a proxy opens the way without an answer of HTTP, and the handshake behind it is Pleo's.
func TestProbeThroughSOCKS(t *testing.T) {
	t.Parallel()
	s, _, _ := start(t)
	root := newAuthority(t, "Contoso Root")
	pleo := root.serveFar(t, s)
	proxy := listen(t, func(_ int, conn net.Conn) {
		for _, answer := range []string{"\x05\x00", "\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00"} {
			if _, err := conn.Read(make([]byte, 512)); err != nil {
				return
			}
			_, _ = io.WriteString(conn, answer)
		}
		tunnel(conn, conn, pleo)
	})
	c := newClient(t, farAway, through(&url.URL{Scheme: "socks5", Host: proxy}),
		pleoclient.CAFile(root.file))
	found, kinds := probeAll(t, c)
	wantKinds(t, kinds, "", "", "", "", "")
	if found[2].TLS != "" || found[3].TLS != "TLS 1.3" || found[3].Issuer.String() != "Contoso Root" {
		t.Errorf("got %+v, %+v", found[2], found[3])
	}
}

// bundle joins PEM files.
func bundle(t *testing.T, files ...string) string {
	t.Helper()
	var all []byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text...)
	}
	out := filepath.Join(t.TempDir(), "bundle.pem")
	if err := os.WriteFile(out, all, 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestProbeKeepsNoConnection: at the end of a probe, its connection is closed, how far it ever went.
func TestProbeKeepsNoConnection(t *testing.T) {
	t.Parallel()
	closed := make(chan struct{}, len(layers))
	address := listen(t, func(_ int, conn net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			_, _ = io.WriteString(conn, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
		}
		_, _ = io.Copy(io.Discard, conn)
		closed <- struct{}{}
	})
	c := newClient(t, "http://"+address)
	for _, layer := range layers[1:] {
		if _, err := c.Probe(t.Context(), layer); err != nil {
			t.Error(err)
		}
		<-closed
	}
}

func TestProbeIsCanceled(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	silent := listen(t, func(_ int, conn net.Conn) {
		leave()
		_, _ = io.Copy(io.Discard, conn)
	})
	_, err := newClient(t, "https://"+silent).Probe(ctx, pleoclient.LayerAPI)
	wantKind(t, err, pleoclient.KindCanceled)
}

// TestProbeStopsBeforeTheRequest: when net/http has a connection and would send on it, it is closed already.
func TestProbeStopsBeforeTheRequest(t *testing.T) {
	t.Parallel()
	var sent error
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(got httptrace.GotConnInfo) {
		_, sent = got.Conn.Write([]byte("x"))
	}})
	_, err := newClient(t, serve(t, http.NotFound)).Probe(ctx, pleoclient.LayerTLS)
	if err != nil || !errors.Is(sent, net.ErrClosed) {
		t.Errorf("sending: %v; the probe: %v", sent, err)
	}
}
