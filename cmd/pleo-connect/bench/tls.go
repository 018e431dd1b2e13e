package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"
)

// authority is a certificate of this computer that is its own authority, and the file that a program trusts it by.
type authority struct {
	cert tls.Certificate
	file string
}

func newAuthority(file string) (authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return authority{}, err
	}
	now := time.Now()
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "pleo-connect bench"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(0, 0, 2),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		return authority{}, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	cert := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	return authority{cert, file}, os.WriteFile(file, text, 0o600)
}

// front is a server that speaks TLS 1.3 for a simulated Pleo, which it asks after a think time, at the end of a line.
type front struct {
	pleo
	server *http.Server
	asks   *http.Transport
	line   *line // nil: a round trip takes no time
}

func startFront(behind pleo, by authority, trip, think time.Duration) (*front, error) {
	target, err := url.Parse(behind.APIBase)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	quiet := log.New(io.Discard, "", 0) // programs are killed in the middle of an answer
	f := &front{pleo: behind, asks: &http.Transport{}}
	passOn := &httputil.ReverseProxy{
		Transport: f.asks, ErrorLog: quiet, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
	}
	f.server = &http.Server{ErrorLog: quiet, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sleepUntil(time.Now().Add(think))
		passOn.ServeHTTP(w, r)
	})}
	config := &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{by.cert}}
	go func() { _ = f.server.Serve(tls.NewListener(l, config)) }()
	at := l.Addr()
	if trip > 0 {
		if f.line, err = startLine(at.String(), trip); err != nil {
			f.close()
			return nil, err
		}
		at = f.line.Addr()
	}
	f.APIBase, f.caFile = "https://"+at.String(), by.file
	return f, nil
}

func (f *front) close() {
	if f.line != nil {
		_ = f.line.Close()
	}
	_ = f.server.Close()
	f.asks.CloseIdleConnections()
}
