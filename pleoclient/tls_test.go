package pleoclient_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"pleo-connect/pleoclient"
)

// authority signs certificates for the tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // PEM
}

func newAuthority(t *testing.T, name string) authority {
	t.Helper()
	key := newPrivateKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name, Organization: []string{"Contoso"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return authority{cert: cert, key: key, file: file}
}

func newPrivateKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issue signs a certificate for 127.0.0.1, valid now, after change.
func (a authority) issue(t *testing.T, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key := newPrivateKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "leaf"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// serveTLS runs handler behind cert and returns an https:// address.
func serveTLS(t *testing.T, handler http.Handler, config *tls.Config) string {
	t.Helper()
	s := httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = config
	s.EnableHTTP2 = true // the client has the choice
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

// serveFar runs handler behind a certificate for farName and returns host and port, which only a proxy finds.
func (a authority) serveFar(t *testing.T, handler http.Handler) string {
	t.Helper()
	config := &tls.Config{Certificates: []tls.Certificate{a.issue(t, forFarName)}}
	return strings.TrimPrefix(serveTLS(t, handler, config), "https://")
}

func TestTLS(t *testing.T) {
	t.Parallel()
	trusted, stranger, nameless := newAuthority(t, "Contoso Root"), newAuthority(t, "Contoso Inspection"),
		newAuthority(t, "")
	anonymous := nameless
	anonymous.cert = &x509.Certificate{PublicKey: nameless.cert.PublicKey} // an issuer without any name
	past, future := time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(2099, 1, 2, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		config *tls.Config
		want   pleoclient.Kind
		cause  string // as it is in logs
	}{
		{"trusted by the CA file", &tls.Config{Certificates: []tls.Certificate{trusted.issue(t, nil)}}, "", ""},
		{"unknown issuer", &tls.Config{Certificates: []tls.Certificate{stranger.issue(t, nil)}},
			pleoclient.KindTLSIssue, "issuer: Contoso Inspection"},
		{"unknown issuer without a common name", &tls.Config{Certificates: []tls.Certificate{nameless.issue(t, nil)}},
			pleoclient.KindTLSIssue, "issuer: O=Contoso"},
		{"unknown issuer without any name", &tls.Config{Certificates: []tls.Certificate{anonymous.issue(t, nil)}},
			pleoclient.KindTLSIssue, "no_issuer"},
		{"expired", &tls.Config{Certificates: []tls.Certificate{trusted.issue(t, func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = past, past.AddDate(1, 0, 0)
		})}}, pleoclient.KindTLSDates,
			"dates: valid 2020-01-02 to 2021-01-02, local clock " + time.Now().UTC().Format("2006-01-02")},
		{"not valid yet", &tls.Config{Certificates: []tls.Certificate{trusted.issue(t, func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = future, future.AddDate(1, 0, 0)
		})}}, pleoclient.KindTLSEarly, "dates: valid 2099-01-02 to 2100-01-02, local clock "},
		{"another name", &tls.Config{Certificates: []tls.Certificate{trusted.issue(t, func(c *x509.Certificate) {
			c.IPAddresses, c.DNSNames = nil, []string{"wifi.example", "login.example"}
		})}}, pleoclient.KindTLSName, "names: wifi.example, login.example"},
		{"another address", &tls.Config{Certificates: []tls.Certificate{trusted.issue(t, func(c *x509.Certificate) {
			c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 9)}
		})}}, pleoclient.KindTLSName, "names: 127.0.0.9"},
		{"no name", &tls.Config{Certificates: []tls.Certificate{trusted.issue(t, func(c *x509.Certificate) {
			c.IPAddresses = nil
		})}}, pleoclient.KindTLSName, "no_names"},
		{"for clients only", &tls.Config{Certificates: []tls.Certificate{trusted.issue(t, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		})}}, pleoclient.KindTLS, "tls: certificate specifies an incompatible key usage"},
		{"TLS 1.1", &tls.Config{
			Certificates: []tls.Certificate{trusted.issue(t, nil)},
			MinVersion:   tls.VersionTLS10, MaxVersion: tls.VersionTLS11,
		}, pleoclient.KindTLS, "old_tls"},
		{"wants a client certificate", &tls.Config{
			Certificates: []tls.Certificate{trusted.issue(t, nil)},
			ClientAuth:   tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12,
		}, pleoclient.KindTLS, "tls: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, _, key := start(t)
			c := newClient(t, serveTLS(t, s, test.config), pleoclient.CAFile(trusted.file))
			_, err := c.Introspect(t.Context(), key)
			e := wantKind(t, err, test.want)
			if !strings.HasPrefix(e.Cause.String(), test.cause) {
				t.Errorf("got %q, want %q", e.Cause, test.cause)
			}
			if got := len(s.Requests()); (test.want == "") != (got == 1) {
				t.Errorf("%d requests arrived", got)
			}
		})
	}
}

func TestWithoutTheCAFileNothingIsTrusted(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Contoso Root")
	base := serveTLS(t, http.NotFoundHandler(), &tls.Config{Certificates: []tls.Certificate{root.issue(t, nil)}})
	wantKind(t, newClient(t, base).Reach(t.Context()), pleoclient.KindTLSIssue)
	trusted := pleoclient.CAFile(root.file)
	if err := os.Remove(root.file); err != nil { // it was read already, by an account that could
		t.Fatal(err)
	}
	wantKind(t, newClient(t, base, trusted).Reach(t.Context()), "")
}

// TestCAFileTexts: the last certificate of a file counts in any encoding in which an editor saved the file, also when
// it was joined of files that begin with a byte order mark.
func TestCAFileTexts(t *testing.T) {
	t.Parallel()
	other, root := newAuthority(t, "Other Root"), newAuthority(t, "Contoso Root")
	base := serveTLS(t, http.NotFoundHandler(), &tls.Config{Certificates: []tls.Certificate{root.issue(t, nil)}})
	var pems [2]string
	for i, a := range []authority{other, root} {
		text, err := os.ReadFile(a.file)
		if err != nil {
			t.Fatal(err)
		}
		pems[i] = string(text)
	}
	text := pems[0] + pems[1]
	for about, file := range map[string]string{
		"as it is":             text,
		"a byte order mark":    "\ufeff" + text,
		"joined files":         "\ufeff" + pems[0] + "\ufeff" + pems[1],
		"CRLF":                 strings.ReplaceAll(text, "\n", "\r\n"),
		"CR":                   strings.ReplaceAll(text, "\n", "\r"),
		"UTF-16":               utf16LE("\ufeff" + strings.ReplaceAll(text, "\n", "\r\n")),
		"joined in UTF-16":     utf16LE("\ufeff" + pems[0] + "\ufeff" + pems[1]),
		"words in Latin-1":     "N\xf8gle\r\n" + pems[0] + "Schl\xfcssel\n" + pems[1] + "\xff",
		"words in front of it": "subject: Contoso\n" + text,
	} {
		path := filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := pleoclient.New(base, pleoclient.CAFile(path))
		if err == nil {
			err = c.Reach(t.Context())
		}
		if err != nil {
			t.Errorf("%s: %v", about, err)
		}
	}
}

func utf16LE(text string) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return string(out)
}

// TestOnlyHTTP1: the server would rather speak HTTP/2.
func TestOnlyHTTP1(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Contoso Root")
	protocols := make(chan string, 1)
	handler := func(w http.ResponseWriter, r *http.Request) {
		protocols <- r.Proto
		w.WriteHeader(http.StatusNoContent)
	}
	base := serveTLS(t, http.HandlerFunc(handler), &tls.Config{
		Certificates: []tls.Certificate{root.issue(t, nil)}, NextProtos: []string{"h2", "http/1.1"},
	})
	wantKind(t, newClient(t, base, pleoclient.CAFile(root.file)).Reach(t.Context()), "")
	if got := <-protocols; got != "HTTP/1.1" {
		t.Errorf("the client speaks %s", got)
	}
}

func TestPlainHTTPOnTheTLSPort(t *testing.T) {
	t.Parallel()
	address := strings.TrimPrefix(serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a request arrived") }),
		"http://")
	e := wantKind(t, newClient(t, "https://"+address).Reach(t.Context()), pleoclient.KindTLS)
	if e.Cause.Reason != pleoclient.ReasonPlainHTTP {
		t.Errorf("got %q", e.Cause)
	}
}
