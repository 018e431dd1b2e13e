package pleoclient_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"pleo-connect/pleoclient"
)

// silent is a listener that must not be visited. As a proxy it sees what is meant for any host.
func silent(t *testing.T) (address string, proxy *url.URL) {
	t.Helper()
	var visits atomic.Int32
	address = listen(t, func(int, net.Conn) { visits.Add(1) })
	t.Cleanup(func() {
		if visits.Load() != 0 {
			t.Error("something was sent")
		}
	})
	return address, &url.URL{Scheme: "http", Host: address}
}

// refuses requires that a client is refused with words, and that nothing is sent should there be one.
func refuses(t *testing.T, base, words string, opts ...pleoclient.Option) {
	t.Helper()
	c, err := pleoclient.New(base, opts...)
	if err == nil {
		t.Errorf("%s was accepted", words)
		_ = c.Reach(t.Context()) // the listener reports where it would have gone
		return
	}
	text := err.Error()
	if text != words || pleoclient.KindOf(err) != "" {
		t.Errorf("got %v, want words %q", err, words)
	}
	if strings.Contains(strings.ToLower(text), strings.ToLower(canary)) {
		t.Error("the error shows the key")
	}
}

// TestBadAddressesSendNothing: what imitates a good address is refused while a proxy and a host wait for it.
func TestBadAddressesSendNothing(t *testing.T) {
	t.Parallel()
	address, proxy := silent(t)
	for base, words := range map[string]string{
		"http://" + canary + "@" + address:            "api_user",
		"http://" + address + "/" + canary:            "api_path",
		"http://" + address + "?key=" + canary:        "api_query",
		"http://" + address + "#" + canary:            "api_query",
		"http://external.pleo.io":                     "api_plain",
		"https://external.pleo.io.evil.example":       "api_lookalike",
		"https://external.p1eo.io":                    "api_lookalike",
		"https://external.pl\u0435o.io":               "api_character: U+0435",
		"https://external.xn--plo-dma.io":             "api_script",
		"https://external.pleo.io.":                   "api_host",
		"https://" + canary + "@external.pleo.io":     "api_user",
		"https://external.pleo.io@evil.example":       "api_user",
		"https://external.pleo.io\\@evil.example":     "api_address",
		"https://external.pleo.io:443@evil.example/x": "api_user",
	} {
		refuses(t, base, words, through(proxy))
	}
}

// TestBadCAFilesSendNothing: the error has the reason, and neither the name of the file nor what is in it.
func TestBadCAFilesSendNothing(t *testing.T) {
	t.Parallel()
	address, proxy := silent(t)
	good := newAuthority(t, "Contoso Root")
	certificate, err := os.ReadFile(good.file)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(good.key)
	if err != nil {
		t.Fatal(err)
	}
	block := func(name string, bytes []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: name, Bytes: bytes})
	}
	dir := t.TempDir()
	for name, file := range map[string]struct {
		text  []byte // nil: none is written
		words string
	}{
		"missing":     {nil, "ca_missing"},
		"empty":       {[]byte{}, "ca_empty"},
		"blank":       {[]byte(" \r\n\n"), "ca_empty"},
		"DER":         {good.cert.Raw, "ca_der"},
		"private key": {block("PRIVATE KEY", private), "ca_private_key"},
		"older key":   {block("RSA PRIVATE KEY", []byte("x")), "ca_private_key"},
		"request":     {block("CERTIFICATE REQUEST", []byte("x")), "ca_block"},
		"text":        {[]byte("no certificate " + canary + "\n"), "ca_other"},
		"web page":    {[]byte("<html>" + canary + "</html>"), "ca_other"},
		"damaged":     {block("CERTIFICATE", good.cert.Raw[:100]), "ca_damaged"},
		"cut":         {certificate[:len(certificate)/2], "ca_other"},
		"NUL": {append(bytes.Clone(certificate), 0),
			fmt.Sprintf("ca_text: has a NUL byte in line %d", bytes.Count(certificate, []byte("\n"))+1)},
		"UTF-16, no mark": {[]byte(utf16LE(string(certificate))), "ca_text: is in UTF-16 without a byte order mark"},
		"PKCS #12":        {append([]byte{0x30, 0x82, 0, 9}, canary...), "ca_text: has a NUL byte in line 1"},
		"one too many": {append(bytes.Repeat([]byte("#"), 1<<20-len(certificate)+1), certificate...),
			"ca_size"},
		"much too big": {append(bytes.Clone(certificate), bytes.Repeat([]byte("\n"), 2<<20)...), "ca_size"},
	} {
		path := filepath.Join(dir, canary+" "+name)
		if file.text != nil {
			if err := os.WriteFile(path, file.text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		refuses(t, "https://"+address, file.words, pleoclient.CAFile(path), through(proxy))
	}
	refuses(t, "https://"+address, "ca_directory", pleoclient.CAFile(dir), through(proxy))
	refuses(t, "https://"+address, "ca_not_regular", pleoclient.CAFile(os.DevNull), through(proxy))
	refuses(t, "https://"+address, "ca_unreadable: not a directory", pleoclient.CAFile(good.file+"/"+canary), through(proxy))
}

// TestLargestCAFile: the last certificate of a file of 1 MiB still counts.
func TestLargestCAFile(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Contoso Root")
	certificate, err := os.ReadFile(root.file)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "large.pem")
	comment := append(bytes.Repeat([]byte("#"), 1<<20-len(certificate)-1), '\n')
	if err := os.WriteFile(path, append(comment, certificate...), 0o600); err != nil {
		t.Fatal(err)
	}
	base := serveTLS(t, http.NotFoundHandler(), &tls.Config{Certificates: []tls.Certificate{root.issue(t, nil)}})
	if err := newClient(t, base, pleoclient.CAFile(path)).Reach(t.Context()); err != nil {
		t.Error(err)
	}
}
