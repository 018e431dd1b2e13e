package pleoclient

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"time"
)

// What Windows calls it when nobody listens, and when a connection is cut. No other system uses the numbers.
const (
	windowsAborted = syscall.Errno(10053)
	windowsReset   = syscall.Errno(10054)
	windowsRefused = syscall.Errno(10061)
)

// networkError turns a failure below HTTP into an error.
func networkError(err error, scrub scrubber) *Error {
	kind, detail := classify(err)
	return &Error{Kind: kind, Detail: scrub.clean(detail), passing: isPassing(err)}
}

// classify returns what broke on the way, and a fact worth showing. The order matters: a name that is not found in
// time is a DNS problem, and so is a resolver that refuses. What no network does is an answer that is not HTTP:
// net/http has no type for those.
func classify(err error) (Kind, string) {
	if kind, detail := tlsTrouble(err); kind != "" {
		return kind, detail
	}
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return KindDNS, dnsTrouble(dns)
	case isAny(err, syscall.ECONNREFUSED, windowsRefused):
		return KindRefused, "connection refused"
	case errors.As(err, &timeout) && timeout.Timeout(): // also the end of the whole time
		return KindTimeout, ""
	case isCut(err):
		return KindOffline, "the connection was cut"
	case isNetwork(err):
		return KindOffline, cause(err)
	case strings.Contains(err.Error(), "response headers exceeded"):
		return KindUnexpected, "the headers are larger than 64 KiB"
	}
	return KindUnexpected, "the answer is not valid HTTP"
}

// dnsTrouble distinguishes a name that does not exist from a resolver that does not say.
func dnsTrouble(dns *net.DNSError) string {
	resolver := "the resolver"
	if dns.Server != "" {
		resolver += " " + dns.Server
	}
	switch {
	case dns.IsNotFound:
		return "no such name"
	case dns.IsTimeout:
		return resolver + " did not answer"
	}
	return resolver + " cannot tell"
}

// isCut recognises a connection that ended too early, with or without a word.
func isCut(err error) bool {
	return isAny(err, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
		syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE, windowsReset, windowsAborted) ||
		err.Error() == "http: server closed idle connection"
}

// isNetwork recognises what the system or our dialer said.
func isNetwork(err error) bool {
	var op *net.OpError
	var errno syscall.Errno
	return errors.As(err, &op) || errors.As(err, &errno) || errors.Is(err, errNotLoopback)
}

func isAny(err error, targets ...error) bool {
	return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
}

// tlsTrouble recognises a certificate that does not convince, and a port that does not speak TLS as we do.
func tlsTrouble(err error) (Kind, string) {
	var issuer x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var record tls.RecordHeaderError
	var verification *tls.CertificateVerificationError
	switch {
	case errors.As(err, &issuer) && strings.Contains(issuer.Error(), "insecure algorithm"):
		// which no CA file would mend
		return KindTLS, "the signature of the certificate is of an outdated kind"
	case errors.As(err, &issuer):
		return KindTLSIssue, issuerOf(issuer.Cert)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return datesTrouble(invalid.Cert, time.Now())
	case errors.As(err, &name):
		return KindTLSName, "the certificate is for " + namesOf(name.Certificate)
	case errors.As(err, &record) && string(record.RecordHeader[:]) == "HTTP/":
		return KindTLS, "the port speaks plain HTTP"
	case errors.As(err, &record):
		return KindTLS, "the port does not speak TLS"
	case errors.As(err, &verification), strings.HasPrefix(cause(err), "tls: "):
		// faults of certificates; alerts, versions
		return KindTLS, cause(err)
	}
	return "", ""
}

func issuerOf(cert *x509.Certificate) string {
	if cert.Issuer.CommonName != "" {
		return cert.Issuer.CommonName
	}
	if name := cert.Issuer.String(); name != "" {
		return name
	}
	return "it has no name"
}

// datesTrouble shows both sides of a disagreement about the time.
func datesTrouble(cert *x509.Certificate, now time.Time) (Kind, string) {
	from, to := cert.NotBefore.UTC().Format(time.DateOnly), cert.NotAfter.UTC().Format(time.DateOnly)
	detail := "valid " + from + " to " + to + ", local clock " + now.UTC().Format("2006-01-02 15:04 UTC")
	if now.Before(cert.NotBefore) {
		return KindTLSEarly, detail
	}
	return KindTLSDates, detail
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
