package pleoclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"syscall"
	"time"
)

// windowsRefused is WSAECONNREFUSED. No other system uses the number.
const windowsRefused = syscall.Errno(10061)

// networkError turns a failure below HTTP into an error.
func networkError(err error, scrub scrubber) *Error {
	kind, detail := classify(err)
	return &Error{Kind: kind, Detail: scrub.clean(detail)}
}

// classify tells what broke on the way, and a fact worth showing. The order matters: a proxy that cannot be found is a proxy
// problem, and a name that is not found in time is a DNS problem.
func classify(err error) (Kind, string) {
	if detail, ok := proxyTrouble(err); ok {
		return KindProxy, detail
	}
	if kind, detail := tlsTrouble(err); kind != "" {
		return kind, detail
	}
	var dns *net.DNSError
	var timeout net.Error
	var protocol textproto.ProtocolError
	switch {
	case errors.As(err, &dns):
		return KindDNS, dns.Name
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, windowsRefused):
		return KindRefused, cause(err)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return KindTimeout, ""
	case errors.As(err, &protocol), isUnreadable(err):
		return KindUnexpected, "the answer is not valid HTTP"
	}
	return KindOffline, cause(err)
}

// proxyTrouble recognises a proxy that cannot be reached or does not let us through.
func proxyTrouble(err error) (string, bool) {
	var refusal *proxyRefusal
	var op *net.OpError
	switch {
	case errors.As(err, &refusal):
		return refusal.status, true
	case errors.As(err, &op) && (op.Op == "proxyconnect" || op.Op == "socks connect"):
		return cause(err), true
	}
	return "", false
}

// tlsTrouble recognises a certificate that does not convince, and a port that does not speak TLS as we do.
func tlsTrouble(err error) (Kind, string) {
	var issuer x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &issuer):
		return KindTLSIssue, issuerOf(issuer.Cert)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return KindTLSDates, datesOf(invalid.Cert, time.Now())
	case errors.As(err, &name):
		return KindTLSName, "the certificate is for " + namesOf(name.Certificate)
	case errors.As(err, &record):
		return KindTLS, "the port does not speak TLS"
	case strings.Contains(err.Error(), "tls: "): // alerts, versions, other faults of certificates
		return KindTLS, cause(err)
	}
	return "", ""
}

func issuerOf(cert *x509.Certificate) string {
	if cert.Issuer.CommonName != "" {
		return cert.Issuer.CommonName
	}
	return cert.Issuer.String()
}

func datesOf(cert *x509.Certificate, now time.Time) string {
	from, to := cert.NotBefore.UTC().Format(time.DateOnly), cert.NotAfter.UTC().Format(time.DateOnly)
	return "valid " + from + " to " + to + ", local clock " + now.UTC().Format("2006-01-02 15:04 UTC")
}

func namesOf(cert *x509.Certificate) string {
	names := slices.Clone(cert.DNSNames)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return "no host at all"
	}
	return strings.Join(names, ", ")
}

// isUnreadable recognises answers that are not HTTP or whose headers are too large. net/http has no type for them.
func isUnreadable(err error) bool {
	text := err.Error()
	return strings.Contains(text, "malformed HTTP") || strings.Contains(text, "response headers exceeded")
}

// cause returns the innermost reason, without the addresses and the headings that net and tls put around it.
func cause(err error) string {
	var op *net.OpError
	for errors.As(err, &op) && op.Err != nil {
		err = op.Err
	}
	var verification *tls.CertificateVerificationError
	if errors.As(err, &verification) {
		err = verification.Err
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return err.Error()
}
