package pleoclient_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"pleo-connect/flow/flowtest"
	"pleo-connect/flow/flowtest/termtest"
	"pleo-connect/pleoclient"
)

// asks returns what a caller could show of an answer.
type asks func(context.Context, *pleoclient.Client) (any, error)

func asksCompany(ctx context.Context, c *pleoclient.Client) (any, error) {
	return c.Company(ctx, canaryKey, harbourLane)
}

func asksWho(ctx context.Context, c *pleoclient.Client) (any, error) {
	return c.Introspect(ctx, canaryKey)
}

func asksInstallation(ctx context.Context, c *pleoclient.Client) (any, error) {
	found, err := c.Installations(ctx, canaryKey)
	for i := range found {
		found[i].Metadata = nil // never shown
	}
	return found, err
}

// spot is a place of an answer where Pleo, a proxy or a stranger can put a text.
type spot struct {
	name   string
	answer func(text string) string // all bytes of it
	ask    asks
}

func inJSON(body, old string) func(string) string {
	return func(text string) string { return wireOK(strings.Replace(body, old, text, 1)) }
}

func wireOK(body string) string { return wireReply("200 OK", "Content-Type: application/json", body) }

func wireReply(status, header, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\n%s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		status, header, len(body), body)
}

func inHeader(status, name string) func(string) string {
	return func(text string) string { return wireReply(status, name+": "+oneLine(text), "x") }
}

// oneLine is what can be part of a header: a stranger who adds lines adds headers.
func oneLine(text string) string { return strings.NewReplacer("\r", "", "\n", "").Replace(text) }

var spots = []spot{
	{"company name", inJSON(goodCompany, "Harbour Lane Bakery ApS"), asksCompany},
	{"application", inJSON(goodClient, "Contoso Books"), asksWho},
	{"authMethod", inJSON(goodClient, "API_KEY"), asksWho},
	{"scope", inJSON(goodClient, "companies:read"), asksWho},
	{"subject", inJSON(goodClient, "urn:pleo:company:4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"), asksWho},
	{"status", inJSON(goodInstallation, "ACTIVATED"), asksInstallation},
	{"errorCode", inJSON(strings.Replace(goodInstallation, `"metadata"`, `"errorCode":"here","metadata"`, 1), "here"),
		asksInstallation},
	{"metadata", inJSON(strings.Replace(goodInstallation, "{}", `{"a":"here"}`, 1), "here"), asksInstallation},
	{"body of an error", func(text string) string {
		return wireReply("403 Forbidden", "Content-Type: text/plain", text)
	}, asksWho},
	{"JSON of an error", func(text string) string {
		return wireReply("409 Conflict", "Content-Type: application/json", `{"message":"`+text)
	}, asksWho},
	{"body of another kind", func(text string) string { return wireReply("200 OK", "Content-Type: text/html", text) },
		asksWho},
	{"whole answer", oneLine, asksWho},
	{"status line", func(text string) string { return wireReply("418 "+oneLine(text), "X: y", "") }, asksWho},
	{"version", func(text string) string { return strings.Replace(wireOK(goodClient), "HTTP/1.1", oneLine(text), 1) },
		asksWho},
	{"redirect", inHeader("302 Found", "Location"), asksWho},
	{"host of a redirect",
		func(text string) string { return wireReply("302 Found", "Location: https://"+oneLine(text)+"/x", "") },
		asksWho},
	{"media type", inHeader("200 OK", "Content-Type"), asksWho},
	{"media type of a text", inHeader("200 OK", "Content-Type: text/x"), asksWho},
	{"content encoding", inHeader("200 OK", "Content-Encoding"), asksWho},
	{"wait time", inHeader("429 Too Many Requests", "Retry-After"), asksWho},
	{"header name", func(text string) string { return wireReply("403 Forbidden", oneLine(text)+": x", "") }, asksWho},
	{"chunk", func(text string) string {
		return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + text
	}, asksWho},
}

// TestHostileTextsOnTheWire sends every hostile text in every spot, as it is and as JSON writes it. What
// comes out can be drawn.
func TestHostileTextsOnTheWire(t *testing.T) {
	t.Parallel()
	for _, s := range spots {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var answer atomic.Value
			address := listen(t, func(_ int, conn net.Conn) {
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					_, _ = io.WriteString(conn, answer.Load().(string))
				}
			})
			for _, h := range flowtest.Hostile {
				quoted, _ := json.Marshal(h.Text)
				for _, text := range []string{h.Text, strings.Trim(string(quoted), `"`)} {
					answer.Store(s.answer(text))
					c := newClient(t, "http://"+address) // a connection of its own
					got, err := s.ask(t.Context(), c)
					checkShown(t, h.Name, got, err)
				}
			}
		})
	}
}

// checkShown looks at all that a result and an error would print.
func checkShown(t *testing.T, name string, got any, err error) {
	t.Helper()
	text := fmt.Sprintf("%+v", got)
	if err != nil {
		text += err.Error()
		var e *pleoclient.Error
		if errors.As(err, &e) {
			text += fmt.Sprintf("%+v", *e)
		}
	}
	termtest.CheckLines(t, text, false)
	if t.Failed() {
		t.Fatalf("with %s", name)
	}
}

// TestNamesAsTheyAre: what is cleaned on the way is what is hostile, and nothing else.
func TestNamesAsTheyAre(t *testing.T) {
	t.Parallel()
	var name atomic.Value
	base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		body, _ := json.Marshal(map[string]any{
			"data": map[string]any{"id": string(harbourLane), "name": name.Load(), "address": struct{}{}},
		})
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})
	c := newClient(t, base)
	check := func(sent, want string) {
		t.Helper()
		name.Store(sent)
		got, err := c.Company(t.Context(), canaryKey, harbourLane)
		if err != nil || got.Name.String() != want {
			t.Errorf("%q became %q: %v", sent, got.Name, err)
		}
	}
	for _, sent := range flowtest.Harmless {
		check(sent, sent)
	}
	for _, h := range flowtest.Hostile {
		sent := strings.ToValidUTF8(h.Text, "\ufffd")
		check(sent, pleoclient.Safe(sent).String())
	}
}

// TestHostileProxy: a proxy says what it likes instead of opening the tunnel.
func TestHostileProxy(t *testing.T) {
	t.Parallel()
	for _, h := range flowtest.Hostile {
		t.Run(h.Name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, farAway, through(proxyThat(t, "503 "+oneLine(h.Text), "")))
			checkShown(t, c.ProxyHost().String(), nil, c.Reach(t.Context()))
		})
	}
}

// TestHostileCertificate: the names in a certificate are what its maker wrote.
func TestHostileCertificate(t *testing.T) {
	t.Parallel()
	trusted := newAuthority(t, "Contoso Root")
	for _, h := range flowtest.Hostile {
		name := strings.ToValidUTF8(h.Text, "\ufffd") // others cannot be in one
		if len(name) > 10_000 {
			continue // no handshake is that long
		}
		t.Run(h.Name, func(t *testing.T) {
			t.Parallel()
			ask := func(cert tls.Certificate, opts ...pleoclient.Option) *pleoclient.Error {
				base := serveTLS(t, http.NotFoundHandler(), &tls.Config{Certificates: []tls.Certificate{cert}})
				err := newClient(t, base, opts...).Reach(t.Context())
				checkShown(t, h.Name, nil, err)
				return wantKind(t, err, pleoclient.KindOf(err))
			}
			if e := ask(newAuthority(t, name).issue(t, nil)); e.Kind != pleoclient.KindTLSIssue ||
				!strings.Contains(e.Cause.Value.String(), start80(name)) {
				t.Errorf("issuer: %v", e)
			}
			host := strings.Map(func(r rune) rune {
				if r > 0x7f {
					return 'x' // names of hosts are ASCII
				}
				return r
			}, name)
			other := trusted.issue(t,
				func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{host, "x.example"} })
			ask(other, pleoclient.CAFile(trusted.file))
		})
	}
}

// start80 is how a long name begins that was cut.
func start80(name string) string {
	runes := []rune(pleoclient.Safe(name).String())
	return string(runes[:min(len(runes), 20)])
}

// TestHostileCAFile: the name of a file is shown when it cannot be used.
func TestHostileCAFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, h := range flowtest.Hostile {
		path := filepath.Join(dir, strings.ReplaceAll(h.Text[:min(len(h.Text), 100)], "/", "_"))
		_, err := pleoclient.New(farAway, pleoclient.CAFile(path))
		checkShown(t, h.Name, nil, err)
		if os.WriteFile(path, nil, 0o600) == nil { // a NUL cannot be part of a name
			_, err = pleoclient.New(farAway, pleoclient.CAFile(path))
			checkShown(t, h.Name, nil, err)
		}
	}
}
