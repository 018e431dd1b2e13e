package pleoclient_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"strings"
	"time"

	"pleo-connect/pleoclient"
)

// farName is Pleo's name in the rows that need one.
const farName = "external.pleo.test"

// forFarName lets a certificate be for Pleo's name and those below it.
func forFarName(c *x509.Certificate) { c.DNSNames = []string{farName, "*." + farName} }

// trusted is an address over https whose certificate the client trusts.
func trusted(s *scene, handle func(*peer)) world {
	root := newAuthority(s.t, "Contoso Root")
	config := &tls.Config{Certificates: []tls.Certificate{root.issue(s.t, nil)}}
	return world{"https://" + s.listen(true, s.overTLS(config, handle)),
		[]pleoclient.Option{pleoclient.CAFile(root.file)}}
}

// named is trusted with a name in place of an address.
func named(s *scene, handle func(*peer)) world {
	root := newAuthority(s.t, "Contoso Root")
	config := &tls.Config{Certificates: []tls.Certificate{root.issue(s.t, forFarName)}}
	_, port, _ := net.SplitHostPort(s.listen(true, s.overTLS(config, handle)))
	return world{"https://" + farName + ":" + port, []pleoclient.Option{
		pleoclient.CAFile(root.file), pleoclient.WithResolver(s.resolver(addressOf(127, 0, 0, 1)), long),
	}}
}

// certified is a server whose certificate, or what config makes of it, is the trouble.
func certified(name string, want pleoclient.Kind, config func(*scene, authority) *tls.Config) evil {
	return evil{name: name, want: want, make: func(s *scene) world {
		root := newAuthority(s.t, "Contoso Root")
		config := config(s, root)
		return world{"https://" + s.listen(true, s.overTLS(config, says(fine("application/json", goodClient)))),
			[]pleoclient.Option{unlimited, pleoclient.CAFile(root.file)}}
	}}
}

// issued is a server with a certificate of the trusted issuer, after change.
func issued(name string, want pleoclient.Kind, change func(*x509.Certificate)) evil {
	return certified(name, want, func(s *scene, root authority) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{root.issue(s.t, change)}}
	})
}

// below is an authority that the trusted one signed, after change.
func below(s *scene, root authority, change func(*x509.Certificate)) authority {
	s.t.Helper()
	key := newPrivateKey(s.t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(3), Subject: pkix.Name{CommonName: "Contoso Office"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	change(template)
	return authority{cert: signed(s, template, root, key), key: key}
}

func signed(s *scene, template *x509.Certificate, by authority, key *ecdsa.PrivateKey) *x509.Certificate {
	s.t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, by.cert, key.Public(), by.key)
	if err != nil {
		s.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		s.t.Fatal(err)
	}
	return cert
}

// chain is a certificate of office, with the one of office itself when it is sent.
func chain(s *scene, office authority, sent bool) *tls.Config {
	leaf := office.issue(s.t, nil)
	if sent {
		leaf.Certificate = append(leaf.Certificate, office.cert.Raw)
	}
	return &tls.Config{Certificates: []tls.Certificate{leaf}}
}

var evilTLS = []evil{
	certified("unknown issuer", pleoclient.KindTLSIssue, func(s *scene, _ authority) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{newAuthority(s.t, "Contoso Inspection").issue(s.t, nil)}}
	}),
	certified("self-signed", pleoclient.KindTLSIssue, func(s *scene, _ authority) *tls.Config {
		self := newAuthority(s.t, "router.example")
		template := *self.cert
		template.IPAddresses, template.IsCA = []net.IP{net.IPv4(127, 0, 0, 1)}, false
		cert := signed(s, &template, self, self.key)
		return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: self.key}}}
	}),
	certified("issuer that plays tricks", pleoclient.KindTLSIssue, func(s *scene, _ authority) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{newAuthority(s.t, "Pleo\u202e\x1b]0;x\a").issue(s.t, nil)}}
	}),
	issued("expired long ago", pleoclient.KindTLSDates, func(c *x509.Certificate) {
		c.NotBefore = time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC)
		c.NotAfter = c.NotBefore.AddDate(1, 0, 0)
	}),
	issued("not yet valid", pleoclient.KindTLSEarly, func(c *x509.Certificate) {
		c.NotBefore = time.Date(2099, 1, 2, 0, 0, 0, 0, time.UTC)
		c.NotAfter = c.NotBefore.AddDate(1, 0, 0)
	}),
	issued("wrong name", pleoclient.KindTLSName,
		func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"wifi.example"} }),
	issued("wrong address", pleoclient.KindTLSName,
		func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 9)} }),
	issued("no name", pleoclient.KindTLSName, func(c *x509.Certificate) { c.IPAddresses = nil }),
	issued("address as common name alone", pleoclient.KindTLSName, func(c *x509.Certificate) {
		c.IPAddresses, c.Subject.CommonName = nil, "127.0.0.1"
	}),
	issued("certificate for clients", pleoclient.KindTLS, func(c *x509.Certificate) {
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}),
	issued("critical extension nobody knows", pleoclient.KindTLS, func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}}}
	}),
	certified("broken chain", pleoclient.KindTLSIssue, func(s *scene, root authority) *tls.Config {
		return chain(s, below(s, root, func(*x509.Certificate) {}), false)
	}),
	certified("chain through no authority", pleoclient.KindTLSIssue, func(s *scene, root authority) *tls.Config {
		return chain(s, below(s, root, func(c *x509.Certificate) { c.IsCA = false }), true)
	}),
	certified("chain through an expired authority", pleoclient.KindTLSDates,
		func(s *scene, root authority) *tls.Config {
			return chain(s, below(s, root, func(c *x509.Certificate) {
				c.NotBefore = time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC)
				c.NotAfter = c.NotBefore.AddDate(1, 0, 0)
			}), true)
		}),
	certified("authority for other names", pleoclient.KindTLS, func(s *scene, root authority) *tls.Config {
		return chain(s, below(s, root, func(c *x509.Certificate) {
			_, c.ExcludedIPRanges = true, []*net.IPNet{{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}}
		}), true)
	}),
	certified("signature by SHA-1", pleoclient.KindTLS, func(s *scene, root authority) *tls.Config {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			s.t.Fatal(err)
		}
		template := &x509.Certificate{
			SerialNumber: big.NewInt(4), Subject: pkix.Name{CommonName: "leaf"}, SignatureAlgorithm: x509.ECDSAWithSHA1,
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
			IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		}
		der, err := x509.CreateCertificate(rand.Reader, template, root.cert, key.Public(), root.key)
		if err != nil {
			s.t.Fatal(err)
		}
		return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	}),
	certified("TLS 1.1", pleoclient.KindTLS, func(s *scene, root authority) *tls.Config {
		return &tls.Config{
			Certificates: []tls.Certificate{root.issue(s.t, nil)},
			MinVersion:   tls.VersionTLS10, MaxVersion: tls.VersionTLS11,
		}
	}),
	certified("client certificate wanted, TLS 1.2", pleoclient.KindTLS, func(s *scene, root authority) *tls.Config {
		return &tls.Config{
			Certificates: []tls.Certificate{root.issue(s.t, nil)},
			ClientAuth:   tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12,
		}
	}),
	certified("client certificate wanted, TLS 1.3", pleoclient.KindTLS, func(s *scene, root authority) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{root.issue(s.t, nil)}, ClientAuth: tls.RequireAnyClientCert}
	}),
	certified("no certificate at all", pleoclient.KindTLS, func(*scene, authority) *tls.Config {
		return &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return nil, net.ErrClosed
		}}
	}),
	{name: "alert in the handshake", make: secretive(func(w *peer) { w.say("\x15\x03\x03\x00\x02\x02\x28") }),
		want: pleoclient.KindTLS},
	{name: "cut in the handshake", make: secretive(func(w *peer) {
		w.say("\x16\x03\x03\x00\x7a\x02")
		hangUp(w)
	}), want: pleoclient.KindOffline},
	{name: "HTTP/2 is offered", make: func(s *scene) world {
		root := newAuthority(s.t, "Contoso Root")
		config := &tls.Config{
			Certificates: []tls.Certificate{root.issue(s.t, nil)}, NextProtos: []string{"h2", "http/1.1"},
		}
		return world{"https://" + s.listen(true, s.overTLS(config, says(fine("application/json", goodClient)))),
			[]pleoclient.Option{pleoclient.CAFile(root.file)}}
	}, kept: true},
	{name: "bomb behind TLS", make: func(s *scene) world {
		return trusted(s, once(head+"\r\n", flooding(strings.Repeat("x", 1<<20))))
	}, want: pleoclient.KindUnexpected},
}
