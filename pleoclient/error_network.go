package pleoclient

import (
	"cmp"
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

// The Windows errors for a port on which nothing listens, and for a cut connection. No other system uses these numbers.
const (
	windowsAborted = syscall.Errno(10053)
	windowsReset   = syscall.Errno(10054)
	windowsRefused = syscall.Errno(10061)
)

// networkError turns a failure below HTTP into an error.
func networkError(err error, scrub scrubber) *Error {
	kind, cause := classify(err)
	return &Error{Kind: kind, Cause: cause.cleaned(scrub), passing: isPassing(err)}
}

// NetworkError returns the error of a request that got no answer, to any server and without a proxy, in the words of
// this package. The cause may have a text from the server's certificate.
func NetworkError(err error) *Error { return networkError(err, scrubber{}) }

// fact is a cause whose value is not cleaned yet.
type fact struct {
	reason   Reason
	value    string
	from, to time.Time
	clock    time.Time
}

// cleaned returns the cause with its value cleaned of secrets.
func (f fact) cleaned(scrub scrubber) Cause {
	return Cause{Reason: f.reason, Value: scrub.clean(f.value), From: f.from, To: f.to, Clock: f.clock}
}

// classify returns what broke on the way, and why. The order matters: a name that is not found in time is a DNS
// problem, and so is a resolver that refuses. What remains is an answer that is not HTTP: net/http has no type for
// those.
func classify(err error) (Kind, fact) {
	if kind, why := tlsTrouble(err); kind != "" {
		return kind, why
	}
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return KindDNS, dnsTrouble(dns)
	case isAny(err, syscall.ECONNREFUSED, windowsRefused):
		return KindRefused, fact{reason: ReasonRefused}
	case errors.As(err, &timeout) && timeout.Timeout(): // also when the time for the whole call is over
		return KindTimeout, fact{reason: ReasonSilent}
	case isCut(err):
		return KindOffline, fact{reason: ReasonCut}
	case errors.Is(err, errNotLoopback):
		return KindOffline, fact{reason: ReasonNotLoopback}
	case isAs[syscall.Errno](err):
		return KindOffline, fact{reason: ReasonSystem, value: cause(err)}
	case isAs[*net.OpError](err):
		return KindOffline, fact{reason: ReasonNet, value: cause(err)}
	case strings.Contains(err.Error(), "response headers exceeded"):
		return KindUnexpected, fact{reason: ReasonHeadersSize}
	}
	return KindUnexpected, fact{reason: ReasonNotHTTP}
}

// dnsTrouble distinguishes a name that does not exist from a resolver that cannot tell.
func dnsTrouble(dns *net.DNSError) fact {
	switch {
	case dns.IsNotFound:
		return fact{reason: ReasonNoSuchName}
	case dns.IsTimeout:
		return fact{reason: ReasonResolverSilent, value: dns.Server}
	}
	return fact{reason: ReasonResolverFailed, value: dns.Server}
}

// isCut reports whether a connection ended too early, with or without an error from the other side.
func isCut(err error) bool {
	return isAny(err, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
		syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE, windowsReset, windowsAborted) ||
		err.Error() == "http: server closed idle connection"
}

// isAs reports whether an error of type T is in err.
func isAs[T error](err error) bool {
	var found T
	return errors.As(err, &found)
}

func isAny(err error, targets ...error) bool {
	return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
}

// tlsTrouble recognises a certificate that is not trusted, and a port that does not speak TLS as we do.
func tlsTrouble(err error) (Kind, fact) {
	var issuer x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var record tls.RecordHeaderError
	var verification *tls.CertificateVerificationError
	switch {
	case errors.As(err, &issuer) && strings.Contains(issuer.Error(), "insecure algorithm"):
		// which no CA file would fix
		return KindTLS, fact{reason: ReasonOldSignature}
	case errors.As(err, &issuer):
		return KindTLSIssue, issuerTrouble(issuer.Cert)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return datesTrouble(invalid.Cert, time.Now())
	case errors.As(err, &name):
		return KindTLSName, namesTrouble(name.Certificate)
	case errors.As(err, &record) && string(record.RecordHeader[:]) == "HTTP/":
		return KindTLS, fact{reason: ReasonPlainHTTP}
	case errors.As(err, &record):
		return KindTLS, fact{reason: ReasonNotTLS}
	case errors.As(err, &verification), strings.HasPrefix(cause(err), "tls: "):
		// errors of certificates; alerts, versions
		return KindTLS, otherTrouble(cause(err))
	}
	return "", fact{}
}

// otherTrouble is for errors of packages tls and x509 that have no type.
func otherTrouble(said string) fact {
	said = strings.TrimPrefix(strings.TrimPrefix(said, "tls: "), "x509: ")
	if strings.Contains(said, "protocol version") {
		return fact{reason: ReasonOldTLS}
	}
	return fact{reason: ReasonTLS, value: said}
}

func issuerTrouble(cert *x509.Certificate) fact {
	if name := issuerOf(cert); name != "" {
		return fact{reason: ReasonIssuer, value: name}
	}
	return fact{reason: ReasonNoIssuer}
}

// issuerOf returns the name of the issuer, or "".
func issuerOf(cert *x509.Certificate) string {
	return cmp.Or(cert.Issuer.CommonName, cert.Issuer.String())
}

// datesTrouble returns both sides of a disagreement about the time.
func datesTrouble(cert *x509.Certificate, now time.Time) (Kind, fact) {
	why := fact{reason: ReasonDates, from: cert.NotBefore, to: cert.NotAfter, clock: now}
	if now.Before(cert.NotBefore) {
		return KindTLSEarly, why
	}
	return KindTLSDates, why
}

func namesTrouble(cert *x509.Certificate) fact {
	names := slices.Clone(cert.DNSNames)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return fact{reason: ReasonNoNames}
	}
	return fact{reason: ReasonNames, value: strings.Join(names, ", ")}
}

// cause returns the innermost reason, without the addresses and prefixes that net and tls add.
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
