//go:build unix

package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
)

// listen gives each connection to handle and closes it.
func listen(t *testing.T, handle func(net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
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
func (s *site) answers(text string) {
	s.api = "http://" + listen(s.t, func(conn net.Conn) {
		for r := bufio.NewReader(conn); ; {
			req, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			answer := evilReply("401 No", "")
			if key, _, ok := req.BasicAuth(); ok {
				answer = strings.Replace(strings.ReplaceAll(text, "KEY", key), "LENGTH", strconv.Itoa(len(key)), 1)
			}
			if _, err := io.WriteString(conn, answer); err != nil {
				return
			}
		}
	})
}

// proxied sends the program to a name that does not exist, through a proxy that answers CONNECT with text.
func (s *site) proxied(text string) {
	s.api = "https://external.pleo.test"
	proxy := listen(s.t, func(conn net.Conn) {
		req, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil || req.Method != "CONNECT" || req.Header.Get("Authorization") != "" {
			s.t.Errorf("the proxy was asked something else: %v", err)
		}
		_, _ = io.WriteString(conn, text)
	})
	s.more = append(s.more, "HTTPS_PROXY=http://clerk:"+evilPassword+"@"+proxy)
}

const evilPassword = "pr0xy-Pa55word"

func evilReply(status, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body)
}

// TestEvil runs the whole program in such networks: it says what happened, keeps the key to itself and leaves nothing
// behind. The long table is in pleoclient.
func TestEvil(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		make func(*site)
		kind pleoclient.Kind
		says string // in the summary
	}{
		"redirect": {func(s *site) {
			s.answers("HTTP/1.1 307 Moved\r\nLocation: http://" + silentListener(s.t) + "/?token=KEY\r\n" +
				"Content-Length: 0\r\n\r\n")
		}, pleoclient.KindLoginPage, "127.0.0.1:"},
		"451": {func(s *site) {
			s.answers("HTTP/1.1 451 Law\r\nContent-Type: text/plain\r\nContent-Length: LENGTH\r\n\r\nKEY")
		}, pleoclient.KindUnexpected, "status 451"},
		"firewall": {func(s *site) {
			s.answers("HTTP/1.1 403 No\r\nContent-Type: text/html\r\nContent-Length: LENGTH\r\n\r\nKEY")
		}, pleoclient.KindIntercepted, "Pleo, or a proxy or firewall in between"},
		"proxy with a page": {func(s *site) {
			s.proxied("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 16\r\n\r\n<h1>Sign in</h1>")
		}, pleoclient.KindProxy, "answered with a page instead of a connection"},
		"answer after the answer": {func(s *site) { // net/http would log it
			s.answers(evilReply("500 No", "") + "HTTP/1.1 200 KEY\r\n\r\n")
		}, pleoclient.KindPleoTrouble, ""},
		"cut": {func(s *site) {
			s.api = "http://" + listen(s.t, func(conn net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(conn)) })
		}, pleoclient.KindOffline, ""},
		"unknown name": {func(s *site) {
			s.api = "https://" + strings.Repeat("a", 64) + ".invalid"
		}, pleoclient.KindDNS, ""},
		"inspection": {func(s *site) { s.behindTLS(false) }, pleoclient.KindTLSIssue, "Acme Co"},
		"proxy wants a login": {func(s *site) {
			s.proxied("HTTP/1.1 407 " + evilPassword + "\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n")
		}, pleoclient.KindProxyLogin, "did not accept the username or password"},
		"proxy setting not valid": {func(s *site) {
			s.proxied("")
			s.more = append(s.more, "HTTPS_PROXY=http//clerk:"+evilPassword+"@"+silentListener(s.t))
		}, "", "HTTPS_PROXY is not a valid proxy address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			// These are not for https, and not for loopback.
			for _, other := range []string{"HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "FTP_PROXY"} {
				s.more = append(s.more, other+"=http://"+silentListener(t))
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
			if n := len(s.sim.Requests()); n != 0 {
				t.Errorf("Pleo was asked %d times", n)
			}
			s.noConnection()
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

// TestKeySentBack: Pleo, or a server in its place, sends the key back in each text that would be drawn, printed or
// stored.
func TestKeySentBack(t *testing.T) {
	t.Parallel()
	places := map[string]struct{ method, path, member string }{
		"application": {"GET", introspect, "applicationName"}, "scope": {"GET", introspect, "scope"},
		"auth method": {"GET", introspect, "authMethod"}, "company": {"GET", "/v1/companies/" + bakery, "name"},
		"status": {"", installationPath, "status"}, "status before": {"GET", installationPath, "status"},
	}
	forms := map[string]func(string) string{
		"as it is": func(key string) string { return key }, "capitals": strings.ToUpper,
		"hex":  func(key string) string { return hex.EncodeToString([]byte(key)) },
		"tags": func(key string) string { return key[:30] + "<b>" + key[30:50] + "</b>" + key[50:] },
	}
	for place, at := range places {
		for form, write := range forms {
			t.Run(place+", "+form, func(t *testing.T) {
				t.Parallel()
				s := newSite(t)
				key := s.sim.Keys().Good
				if place == "status before" {
					s.headless(key, "--yes")
					_ = os.RemoveAll(s.store)
				}
				s.sim.Inject(lasting(pleosim.Fault{
					Method: at.method, Path: at.path, Change: func(status int, body string) (int, string) {
						member := regexp.MustCompile(`("` + at.member + `":)"[^"]*"`)
						return status, member.ReplaceAllString(body, `$1"`+write(key)+`"`)
					},
				}))
				r := s.headless(key, "--yes")
				if r.code != exitNoAnswer || !strings.Contains(r.last(t)["summary"], "it repeats the key") {
					t.Errorf("exit code %d: %s", r.code, censored(r.out+r.err))
				}
				s.noKey(r.out, r.err, strings.ToLower(r.out+r.err))
				if place != "status" { // by then the key is accepted, and saved
					s.noRecord()
				}
			})
		}
	}
}
