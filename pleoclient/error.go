package pleoclient

import (
	"errors"
	"fmt"
	"time"
)

// Kind is what went wrong, as a stable name for scripts, never shown to people. flow turns each kind into a sentence, a
// hint and the actions that help.
type Kind string

// The kinds this package reports. flow adds the machine's and the store's.
const (
	// The pasted text: CleanKey.
	KindKeyMalformed Kind = "key_malformed" // a character that cannot be part of a key
	KindKeyShortened Kind = "key_shortened" // the shortened display of a key, as lists show it
	KindKeyTooLong   Kind = "key_too_long"  // more than MaxKeyBytes
	KindNotAKey      Kind = "not_a_key"     // empty, a URL, a UUID, an e-mail address, JSON, a curl line

	// What Pleo answered.
	KindKeyRejected Kind = "key_rejected"      // 401 from Pleo itself: the only kind that says something about the key
	KindForbidden   Kind = "denied"            // 403
	KindNotFound    Kind = "not_found"         // 404
	KindBadRequest  Kind = "bad_request"       // 400 and 409: our request is not accepted
	KindRateLimited Kind = "rate_limited"      // 429; Error.RetryAfter
	KindPleoTrouble Kind = "pleo_trouble"      // 5xx; with a Cause, Pleo may not have sent it
	KindUnexpected  Kind = "unexpected_answer" // an answer that cannot be read
	KindLoginPage   Kind = "login_page"        // a redirect, or a page with 200: captive portal or proxy
	KindIntercepted Kind = "intercepted"       // a refusal that Pleo may not have written: it decides nothing

	// No answer at all.
	KindDNS        Kind = "offline_dns"
	KindRefused    Kind = "offline_refused"
	KindTimeout    Kind = "offline_timeout"
	KindOffline    Kind = "offline"     // every other broken connection
	KindProxy      Kind = "proxy"       // it cannot be reached, or does not open the way to Pleo
	KindProxyLogin Kind = "proxy_login" // 407, and its equivalent in SOCKS
	KindTLS        Kind = "tls"
	KindTLSDates   Kind = "tls_dates"         // certificate expired, by the local clock
	KindTLSEarly   Kind = "tls_not_yet_valid" // certificate not valid yet, by the local clock, which is probably behind
	KindTLSName    Kind = "tls_name"          // certificate of another host
	KindTLSIssue   Kind = "tls_issuer"        // issuer not trusted; company inspection
	KindCanceled   Kind = "canceled"          // the caller's context ended; never shown
)

// Answered reports whether a kind says that an answer came, from Pleo or from something in its place.
func (k Kind) Answered() bool {
	switch k {
	case KindKeyRejected, KindForbidden, KindNotFound, KindBadRequest, KindRateLimited, KindPleoTrouble, KindUnexpected,
		KindLoginPage, KindIntercepted:
		return true
	}
	return false
}

// Error is the error type of every failed call.
type Error struct {
	Kind       Kind
	Op         string        // "GET /v1/introspect"; empty when nothing was sent
	Status     int           // HTTP status; 0 when there was no answer
	Cause      Cause         // why; never a part of a body
	RetryAfter time.Duration // with KindRateLimited and KindPleoTrouble, up to a year; 0 when Pleo did not say
	RetryAt    time.Time     // when RetryAfter is over, by the local clock; zero with it
	otherBody  bool          // the body is neither empty nor an object, unlike all answers that Pleo documents
	passing    bool          // with KindDNS: the resolver had trouble, and did not say that the name does not exist
}

// Error returns one lower-case line without the key, a header or a raw body.
func (e *Error) Error() string {
	s := string(e.Kind)
	if e.Op != "" {
		s = e.Op + ": " + s
	}
	if e.Status != 0 {
		s += fmt.Sprintf(" (status %d)", e.Status)
	}
	if cause := e.Cause.String(); cause != "" {
		s += ": " + cause
	}
	return s
}

// KindOf returns the kind of err, or "" when err is nil or not from this package.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	var k *KeyError
	if errors.As(err, &k) {
		return k.Kind
	}
	return ""
}
