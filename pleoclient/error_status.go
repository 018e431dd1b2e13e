package pleoclient

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter limits a wait that a server asks for: beyond a year it means nothing.
const maxRetryAfter = 365 * 24 * time.Hour

// kindOfStatus returns what a status other than 2xx means if Pleo sent it.
//
// Source: https://developers.pleo.io/reference/errors-1
func kindOfStatus(status int) Kind {
	switch status {
	case http.StatusUnauthorized:
		return KindKeyRejected
	case http.StatusForbidden:
		return KindForbidden
	case http.StatusNotFound:
		return KindNotFound
	case http.StatusBadRequest, http.StatusConflict:
		return KindBadRequest
	case http.StatusTooManyRequests:
		return KindRateLimited
	case http.StatusProxyAuthRequired:
		return KindProxyLogin
	case http.StatusNetworkAuthenticationRequired: // how a captive portal announces itself
		return KindLoginPage
	}
	switch status / 100 {
	case 3:
		return KindLoginPage
	case 5:
		return KindPleoTrouble
	}
	return KindUnexpected
}

// anyones reports whether a kind means the same regardless of the sender. No such kind decides anything about a key.
func anyones(k Kind) bool {
	return k == KindLoginPage || k == KindProxyLogin || k == KindRateLimited || k == KindPleoTrouble
}

// statusError turns an answer other than 2xx into an error. Nothing of its body is kept: a stranger who was sent the
// key may send it back in any form.
func statusError(res *http.Response, body []byte, scrub scrubber) *Error {
	r := reply{res.StatusCode, res.Header, body}
	e := &Error{Kind: kindOfStatus(res.StatusCode), Status: res.StatusCode, otherBody: !r.blank() && !r.isObject()}
	who := strangerIn(r)
	if who != nil && !anyones(e.Kind) {
		e.Kind = KindIntercepted
	}
	if e.Kind == KindIntercepted || who != nil && e.Kind == KindPleoTrouble {
		e.Cause = who.cause(r)
		e.Cause.Status = res.StatusCode
	}
	switch {
	case e.Kind == KindRateLimited || e.Kind == KindPleoTrouble:
		e.RetryAfter, e.RetryAt = retryAfter(res.Header, time.Now())
	case e.Kind == KindUnexpected:
		e.Cause = Cause{Reason: ReasonStatus, Status: res.StatusCode}
	case res.StatusCode/100 == 3:
		e.Cause = redirectTarget(res, scrub)
	}
	return e
}

// redirectTarget names only the host: the rest of the address may contain tokens.
func redirectTarget(res *http.Response, scrub scrubber) Cause {
	target, err := url.Parse(res.Header.Get("Location"))
	if err != nil || target.Host == "" {
		return Cause{Reason: ReasonRedirectNoHost}
	}
	return Cause{Reason: ReasonRedirect, Value: scrub.clean(target.Host)}
}

// retryAfter reads the seconds or the HTTP date of a Retry-After header, and returns how long that is and when it is
// over by the local clock. Both are zero if the header cannot be read. A date is compared with that of the answer, if
// it has one: the local clock may be wrong.
func retryAfter(header http.Header, now time.Time) (wait time.Duration, at time.Time) {
	value := strings.TrimSpace(header.Get("Retry-After"))
	seconds, err := strconv.ParseInt(value, 10, 64) // out of range is the largest or smallest there is
	if err == nil || errors.Is(err, strconv.ErrRange) {
		wait = time.Duration(min(max(seconds, 0), int64(maxRetryAfter/time.Second))) * time.Second
	} else if date, err := http.ParseTime(value); err == nil {
		sent, err := http.ParseTime(header.Get("Date"))
		if err != nil {
			sent = now
		}
		wait = min(max(date.Sub(sent), 0), maxRetryAfter)
	}
	if wait == 0 {
		return 0, time.Time{}
	}
	return wait, now.Add(wait)
}
