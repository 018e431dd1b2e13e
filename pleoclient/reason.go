package pleoclient

import (
	"fmt"
	"strings"
	"time"
)

// Reason is why an error occurred, as a stable name that is never shown to people. flow has the words.
type Reason string

// The reasons. Value is [Cause.Value].
const (
	// No answer.
	ReasonNoSuchName     Reason = "no_such_name"
	ReasonResolverSilent Reason = "resolver_silent" // Value: its address; may be empty
	ReasonResolverFailed Reason = "resolver_failed" // Value: its address; may be empty
	ReasonRefused        Reason = "refused"
	ReasonSilent         Reason = "silent" // no answer in time
	ReasonCut            Reason = "cut"
	ReasonNotLoopback    Reason = "not_loopback" // another computer, where only this one is allowed
	ReasonSystem         Reason = "system"       // Value: what the system said
	ReasonNet            Reason = "net"          // Value: what package net or the SOCKS client said

	// The certificate, or the port.
	ReasonIssuer       Reason = "issuer"        // Value: the name of the issuer
	ReasonNoIssuer     Reason = "no_issuer"     // the issuer has no name
	ReasonDates        Reason = "dates"         // From, To and Clock
	ReasonNames        Reason = "names"         // Value: the hosts that the certificate is for
	ReasonNoNames      Reason = "no_names"      // the certificate is for no host
	ReasonOldSignature Reason = "old_signature" // of a kind that is no longer trusted
	ReasonPlainHTTP    Reason = "plain_http"    // on a port that should have TLS
	ReasonNotTLS       Reason = "not_tls"       // neither TLS nor HTTP
	ReasonTLS          Reason = "tls"           // Value: what package tls or x509 said
	ReasonOldTLS       Reason = "old_tls"       // a version below TLS 1.2

	// The proxy.
	ReasonProxySetting  Reason = "setting"        // Value: the variable that holds no address
	ReasonProxyStatus   Reason = "proxy_status"   // Value: the status
	ReasonPage          Reason = "page"           // in place of a tunnel
	ReasonNotAProxy     Reason = "not_a_proxy"    // its answer is not that of a proxy
	ReasonLogin         Reason = "login"          // Value: the schemes that it offers; may be empty
	ReasonLoginBasic    Reason = "basic"          // the same, and Basic is among them
	ReasonLoginRejected Reason = "login_rejected" // the name or the password

	// An answer that is not Pleo's, or that is of no use.
	ReasonSignIn         Reason = "sign_in" // Value: the scheme
	ReasonWebPage        Reason = "web_page"
	ReasonCompressed     Reason = "compressed"
	ReasonOtherType      Reason = "other_type" // neither JSON nor text
	ReasonGateway        Reason = "gateway"    // it had no answer in time
	ReasonRedirect       Reason = "redirect"   // Value: the host
	ReasonRedirectNoHost Reason = "redirect_no_host"
	ReasonStatus         Reason = "status"
	ReasonHeadersSize    Reason = "headers_size"
	ReasonNotHTTP        Reason = "not_http"
	ReasonSize           Reason = "size"
	ReasonNotJSON        Reason = "not_json"
	ReasonDepth          Reason = "depth" // of JSON
	ReasonOtherJSON      Reason = "other_json"
	ReasonRepeatsKey     Reason = "repeats_key"

	// What is missing or wrong in an answer from Pleo.
	ReasonClient        Reason = "client"
	ReasonSubject       Reason = "subject"
	ReasonManyScopes    Reason = "many_scopes"
	ReasonCompany       Reason = "company"
	ReasonAddress       Reason = "address"
	ReasonOtherCompany  Reason = "other_company"
	ReasonSeveral       Reason = "several"
	ReasonNull          Reason = "null"
	ReasonInstallation  Reason = "installation"
	ReasonResource      Reason = "resource"
	ReasonNoStatus      Reason = "no_status"
	ReasonMetadata      Reason = "metadata"
	ReasonTimes         Reason = "times"
	ReasonRequest       Reason = "request" // cannot be built
	ReasonCompanyID     Reason = "company_id"
	ReasonInvalidStatus Reason = "invalid_status"
)

// Cause is why an error occurred, as data. The zero Cause says nothing.
type Cause struct {
	Reason   Reason
	Value    SafeText  // what the reason names; see the constants
	Proxy    SafeText  // host and port of the proxy, if the cause is there; zero: no proxy, or beyond it
	Status   int       // of the answer, if it belongs to the reason
	From, To time.Time // with ReasonDates: when the certificate is valid
	Clock    time.Time // with ReasonDates: the local time
}

// String returns the cause for logs.
func (c Cause) String() string {
	parts := []string{c.Proxy.String(), string(c.Reason), c.Value.String()}
	if !c.From.IsZero() {
		const day = time.DateOnly
		parts = append(parts, fmt.Sprintf("valid %s to %s, local clock %s",
			c.From.UTC().Format(day), c.To.UTC().Format(day), c.Clock.UTC().Format("2006-01-02 15:04 UTC")))
	}
	var out []string
	for _, part := range parts {
		if part != "" {
			out = append(out, part)
		}
	}
	return strings.Join(out, ": ")
}
