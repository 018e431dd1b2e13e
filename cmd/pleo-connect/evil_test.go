//go:build unix

package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pleo-connect/pleoclient"
)

// evilSite is a site in a network that misbehaves.
type evilSite struct {
	*site
	visits atomic.Int32 // to the places that have to stay silent
}

// listen gives each connection to handle and closes it.
func (s *evilSite) listen(handle func(net.Conn)) (address string) {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				handle(conn)
			}()
		}
	}()
	return l.Addr().String()
}

// answers is a Pleo that is fine until a key comes. Then it answers with text, in which KEY is that key, and keeps the
// connection open.
func (s *evilSite) answers(text string) {
	s.api = "http://" + s.listen(func(conn net.Conn) {
		for r := bufio.NewReader(conn); ; {
			req, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			answer := evilReply("401 No", "text/plain", "")
			if key, _, ok := req.BasicAuth(); ok {
				answer = strings.Replace(strings.ReplaceAll(text, "KEY", key), "LENGTH", strconv.Itoa(len(key)), 1)
			}
			if _, err := io.WriteString(conn, answer); err != nil {
				return
			}
		}
	})
}

// quiet is the address of a place that nobody may talk to.
func (s *evilSite) quiet() string { return s.listen(func(net.Conn) { s.visits.Add(1) }) }

// secure is a Pleo over https with a certificate of its own, after change. With trusted, the file of it is named.
func (s *evilSite) secure(trusted bool, change func(*x509.Certificate)) {
	s.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	template.Subject.CommonName = "Contoso Inspection"
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		s.t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		s.visits.Add(1)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.StartTLS()
	s.t.Cleanup(server.Close)
	s.api = server.URL
	if trusted {
		file := filepath.Join(s.home, "ca.pem")
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
		if err := os.WriteFile(file, text, 0o600); err != nil {
			s.t.Fatal(err)
		}
		s.trust = []string{"--ca-file", file}
	}
}

// proxied sends the program to a name that nobody knows, through a proxy that answers CONNECT with text.
func (s *evilSite) proxied(text string) {
	s.api = "https://external.pleo.test"
	proxy := s.listen(func(conn net.Conn) {
		req, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil || req.Method != "CONNECT" || req.Header.Get("Authorization") != "" {
			s.t.Errorf("the proxy was asked something else: %v", err)
		}
		_, _ = io.WriteString(conn, text)
	})
	s.more = append(s.more, "HTTPS_PROXY=http://clerk:"+evilPassword+"@"+proxy)
}

const (
	evilPassword = "pr0xy-Pa55word"
	evilHead     = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
)

func evilReply(status, contentType, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
		status, contentType, len(body), body)
}

// evilEcho is a reply that sends the key back.
func evilEcho(status, contentType string) string {
	return "HTTP/1.1 " + status + "\r\nContent-Type: " + contentType + "\r\nContent-Length: LENGTH\r\n\r\nKEY"
}

// TestEvil runs the whole program in such networks: it says what happened, keeps the key to itself and leaves nothing
// behind. The long table is in pleoclient.
func TestEvil(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		make func(*evilSite)
		kind pleoclient.Kind
		says string // in the summary
	}{
		"redirect": {func(s *evilSite) {
			s.answers("HTTP/1.1 307 Moved\r\nLocation: http://" + s.quiet() + "/?token=KEY\r\n" +
				"Content-Length: 0\r\n\r\n")
		}, pleoclient.KindLoginPage, "127.0.0.1:"},
		"login page": {func(s *evilSite) {
			s.answers(evilEcho("200 OK", "text/html"))
		}, pleoclient.KindLoginPage, "text/html"},
		"gzip": {func(s *evilSite) {
			s.answers(evilHead + "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx")
		}, pleoclient.KindUnexpected, "gzip"},
		"10 MB": {func(s *evilSite) {
			s.answers(evilReply("200 OK", "application/json", strings.Repeat("x", 10<<20)))
		}, pleoclient.KindUnexpected, "1 MiB"},
		"SSH": {func(s *evilSite) { s.answers("SSH-2.0-KEY\r\n") }, pleoclient.KindUnexpected, "not valid HTTP"},
		"451": {func(s *evilSite) {
			s.answers(evilEcho("451 Law", "text/plain"))
		}, pleoclient.KindUnexpected, "[redacted]"},
		"511": {func(s *evilSite) {
			s.answers(evilReply("511 Sign in", "text/html", ""))
		}, pleoclient.KindLoginPage, ""},
		"answer after the answer": {func(s *evilSite) {
			s.answers(evilReply("500 No", "text/plain", "") + "HTTP/1.1 200 KEY\r\n\r\n")
		}, pleoclient.KindPleoTrouble, ""},
		"upgrade to nothing": {func(s *evilSite) {
			s.answers("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		}, pleoclient.KindUnexpected, ""},
		"cut": {func(s *evilSite) {
			s.api = "http://" + s.listen(func(conn net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(conn)) })
		}, pleoclient.KindOffline, ""},
		"nobody listens": {func(s *evilSite) { s.gone() }, pleoclient.KindRefused, ""},
		"unknown name": {func(s *evilSite) {
			s.api = "https://" + strings.Repeat("a", 64) + ".invalid"
		}, pleoclient.KindDNS, ""},
		"inspection": {func(s *evilSite) {
			s.secure(false, func(*x509.Certificate) {})
		}, pleoclient.KindTLSIssue, "Contoso Inspection"},
		"expired": {func(s *evilSite) {
			s.secure(true, func(c *x509.Certificate) {
				c.NotBefore = time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC)
				c.NotAfter = time.Date(2021, 1, 2, 0, 0, 0, 0, time.UTC)
			})
		}, pleoclient.KindTLSDates, "2021-01-02"},
		"certificate of another": {func(s *evilSite) {
			s.secure(true, func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"wifi.example"} })
		}, pleoclient.KindTLSName, "wifi.example"},
		"proxy wants a login": {func(s *evilSite) {
			s.proxied("HTTP/1.1 407 " + evilPassword + "\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n")
		}, pleoclient.KindProxyLogin, "did not take the login"},
		"proxy refuses": {func(s *evilSite) {
			s.proxied("HTTP/1.1 403 Forbidden\r\n\r\n")
		}, pleoclient.KindProxy, "403"},
		"proxy hangs up": {func(s *evilSite) { s.proxied("") }, pleoclient.KindProxy, ""},
		"proxy that is no proxy": {func(s *evilSite) {
			s.proxied("SSH-2.0-OpenSSH_9.9\r\n")
		}, pleoclient.KindProxy, ""},
		"proxy without a tunnel": {func(s *evilSite) {
			s.proxied("HTTP/1.1 200 OK\r\n\r\n")
		}, pleoclient.KindOffline, ""},
		"proxy setting not valid": {func(s *evilSite) {
			s.proxied("")
			s.more = append(s.more, "HTTPS_PROXY=http//clerk:"+evilPassword+"@"+s.quiet())
		}, "", "HTTPS_PROXY cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &evilSite{site: newSite(t)}
			// These are not for https, and not for loopback.
			for _, other := range []string{"HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "FTP_PROXY"} {
				s.more = append(s.more, other+"=http://"+s.quiet())
			}
			c.make(s)
			key := s.sim.Keys().Good
			if strings.HasPrefix(s.api, "https://") && !strings.Contains(s.api, "127.0.0.1") {
				key = canaryKey
			}
			r := s.headless(key, "--yes")
			if r.code != exitNoAnswer {
				t.Fatalf("exit code %d\n%s%s", r.code, r.out, r.err)
			}
			if strings.Contains(r.out+r.err, evilPassword) {
				t.Error("the login at the proxy is shown")
			}
			if n := s.visits.Load(); n != 0 {
				t.Errorf("%d visits where nobody may go", n)
			}
			s.nothing()
			if c.kind == "" { // refused before it began, so there are no JSON lines
				if !strings.Contains(r.err, c.says) {
					t.Errorf("standard error %q", r.err)
				}
				return
			}
			got := r.last(t)
			if got["status"] != "failed" || got["kind"] != string(c.kind) ||
				!strings.Contains(got["summary"], c.says) || got["hint"] == "" {
				t.Errorf("result %v", got)
			}
		})
	}
}
