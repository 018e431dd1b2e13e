package pleoclient

import (
	"crypto/x509"
	"net"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// Option changes how [New] sets up the client.
type Option func(*settings) error

// settings are what the options change.
type settings struct {
	userAgent    string
	roots        func() (*x509.CertPool, error) // nil: the system's
	proxy        httpproxy.Config
	loopbackOnly bool
	limits       limits
	waits        []time.Duration // before each further try, at most
	dial         dialFunc        // nil: the network's
	resolver     *net.Resolver   // nil: the system's
}

func defaultSettings() settings {
	return settings{userAgent: "pleo-connect", limits: defaultLimits, waits: retryWaits}
}

// UserAgent names the program to Pleo, for example "pleo-connect/1.2.3 (linux; amd64)". It must be
// plain printable text.
func UserAgent(product string) Option {
	return func(s *settings) error {
		if !isPrintableASCII(product) {
			return wrong(SettingUserAgent)
		}
		s.userAgent = product
		return nil
	}
}

// CAFile trusts the certificates of a PEM file (up to 1 MiB) besides the system's, for networks whose proxy inspects
// TLS. Anything other than a regular file with a certificate is an error that says what it is. The file is read at
// once, so a program may change its account between CAFile and New; the system's are read before the first call.
func CAFile(path string) Option {
	text, err := readCA(path)
	return func(s *settings) error {
		s.roots = loadRoots(s.roots, text)
		return err
	}
}

// TrustRoots trusts only these certificates. They are read before the first call, unless [Roots.Load] was called.
func TrustRoots(r *Roots) Option {
	return func(s *settings) error {
		s.roots = r.load
		return nil
	}
}

// Proxy connects through the proxy that config names for the address, if any. This package does not read the
// environment: give it [httpproxy.FromEnvironment] for the usual variables. A setting that cannot be read is an error
// of New, like that of [CheckProxy], even for an http:// address, which is never proxied.
func Proxy(config httpproxy.Config) Option {
	return func(s *settings) error {
		s.proxy = config
		return nil
	}
}

// LoopbackOnly keeps every connection on this machine: other addresses are refused before they are looked up, and
// proxies do not apply. The demo uses it.
func LoopbackOnly() Option {
	return func(s *settings) error {
		s.loopbackOnly = true
		return nil
	}
}

func isPrintableASCII(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return s != ""
}
