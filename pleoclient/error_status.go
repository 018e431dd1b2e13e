package pleoclient

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	maxRetryAfter  = 120 * time.Second
	errorBodyRunes = 200 // of an error body are shown; other details are names, and shorter
)

// kindOfStatus is what a status other than 2xx means, whatever the body says.
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

// statusError turns an answer other than 2xx into an error.
func statusError(res *http.Response, body []byte, scrub scrubber) *Error {
	e := &Error{Kind: kindOfStatus(res.StatusCode), Status: res.StatusCode, Detail: statusDetail(res, body, scrub)}
	if e.Kind == KindRateLimited || e.Kind == KindPleoTrouble {
		e.RetryAfter = retryAfter(res.Header.Get("Retry-After"), time.Now())
	}
	return e
}

// statusDetail picks what is worth showing: where a redirect points, of what kind a login page is, or
// the start of the body.
func statusDetail(res *http.Response, body []byte, scrub scrubber) SafeText {
	switch {
	case res.StatusCode/100 == 3:
		return scrub.clean(redirectTarget(res))
	case res.StatusCode == http.StatusNetworkAuthenticationRequired:
		return scrub.clean(mediaTypeOf(res))
	case res.Header.Get("Content-Encoding") != "" || !isText(body):
		return SafeText{}
	}
	return SafeUpTo(withoutTags(scrub.hide(string(body))), errorBodyRunes)
}

// tags are what a page is made of and nobody reads. A script without an end goes on to the end of the page: else each
// of many would be searched for its end, which takes hours for 1 MiB.
var tags = regexp.MustCompile(`(?is)<(script|style)\b.*?(</(script|style)\s*>|\z)|<[a-z/!][^>]*>`)

func withoutTags(body string) string { return tags.ReplaceAllString(body, " ") }

// isText goes by the bytes: Pleo documents no form of error bodies, and what a proxy calls its page decides nothing.
func isText(body []byte) bool { return strings.HasPrefix(http.DetectContentType(body), "text/") }

// redirectTarget names the host alone: the rest of the address may carry tokens.
func redirectTarget(res *http.Response) string {
	target, err := url.Parse(res.Header.Get("Location"))
	if err != nil || target.Host == "" {
		return "redirect without a host"
	}
	return "redirect to " + target.Host
}

// retryAfter reads the seconds or the HTTP date of a Retry-After header. What cannot be read counts as 0.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		return time.Duration(min(max(seconds, 0), int64(maxRetryAfter/time.Second))) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil {
		return min(max(date.Sub(now), 0), maxRetryAfter)
	}
	return 0
}
