package pleoclient

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"time"
)

// retryWaits limit the waits before the second and the third try. Each wait is random, between zero and its limit, so
// that many computers that failed together do not come back together.
//
// The first is not shorter, because a run that checks many keys sends a request every 130 ms: even if each needs a
// second try, it stays below Pleo's 600 requests a minute.
var retryWaits = []time.Duration{500 * time.Millisecond, 1500 * time.Millisecond}

// maxQuietWait is the longest Retry-After that is waited for here. Longer ones are for a caller that can show them to a
// person.
const maxQuietWait = 2 * time.Second

// retryRules say for each kind whether a request that only reads is sent again, and why or why not.
func retryRules() map[Kind]bool {
	return map[Kind]bool{
		KindOffline:    true,  // the connection broke; reading twice does no harm
		KindDNS:        false, // the resolver knows no such name, and caches that answer for a while
		KindRefused:    false, // nothing listens there, or a firewall says so: that stays until someone acts
		KindTimeout:    false, // the time for one answer is spent already: a person may want to decide
		KindProxy:      false, // the proxy or its setting is wrong: that stays until someone acts
		KindProxyLogin: false, // the proxy wants a login, which a person has to give

		KindTLS:      false, // an insecure connection must not be tried until it seems secure
		KindTLSDates: false, // neither the clock nor the certificate changes in a second
		KindTLSEarly: false, // neither the clock nor the certificate changes in a second
		KindTLSName:  false, // another host answered: it gets no second chance
		KindTLSIssue: false, // only a person can decide to trust

		KindKeyRejected: false, // an answer
		KindForbidden:   false, // an answer
		KindNotFound:    false, // an answer
		KindBadRequest:  false, // an answer: the same request is not better the next time
		KindRateLimited: false, // the caller counts down, and that can be left
		KindPleoTrouble: true,  // Pleo or a server before it had brief trouble; reading twice does no harm
		KindUnexpected:  false, // an answer that will be the same the next time
		KindLoginPage:   false, // a page for a person, who has to sign in
		KindIntercepted: false, // what answered in place of Pleo will do so until someone acts

		KindCanceled:     false, // the caller left
		KindKeyMalformed: false, // nothing was sent: the text has to change
		KindKeyShortened: false, // nothing was sent: the text has to change
		KindKeyTooLong:   false, // nothing was sent: the text has to change
		KindNotAKey:      false, // nothing was sent: the text has to change
	}
}

// passingStatuses are what servers and gateways send in brief trouble. Others, such as 501, are permanent.
var passingStatuses = []int{
	http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
}

// retry reports whether a request that failed is sent again by this package.
func retry(method string, e *Error) bool {
	switch {
	case method != http.MethodGet: // it may have been carried out: ask for the state first
		return false
	case e.Kind == KindDNS && e.passing: // the resolver did not say that the name does not exist
		return true
	case e.Kind == KindPleoTrouble && !slices.Contains(passingStatuses, e.Status):
		return false // an answer that will be the same the next time
	case e.Kind == KindPleoTrouble && e.RetryAfter > maxQuietWait:
		return false // Pleo says that it takes longer: a person may want to decide
	}
	return retryRules()[e.Kind]
}

// isPassing recognises a resolver that could not say whether a name exists. One that did not answer has used up its
// time.
func isPassing(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsTemporary && !dns.IsNotFound && !dns.IsTimeout
}

// pauseAfter returns how long to wait before r is sent again: what Pleo asked for, and a random part of longest.
func pauseAfter(r request, err error, longest time.Duration) (wait time.Duration, again bool) {
	var e *Error
	if !errors.As(err, &e) || !retry(r.method, e) {
		return 0, false
	}
	return e.RetryAfter + rand.N(longest+1), true
}

// pause waits for d, or until ctx ends: the next try notices that before it sends anything.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
