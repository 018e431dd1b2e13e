package pleoclient_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
)

var kindOfStatus = map[int]pleoclient.Kind{
	300: pleoclient.KindLoginPage, 301: pleoclient.KindLoginPage, 302: pleoclient.KindLoginPage,
	303: pleoclient.KindLoginPage, 304: pleoclient.KindLoginPage,
	307: pleoclient.KindLoginPage, 308: pleoclient.KindLoginPage,
	400: pleoclient.KindBadRequest, 401: pleoclient.KindKeyRejected, 402: pleoclient.KindUnexpected,
	403: pleoclient.KindForbidden, 404: pleoclient.KindNotFound, 405: pleoclient.KindUnexpected,
	407: pleoclient.KindProxyLogin, 409: pleoclient.KindBadRequest, 410: pleoclient.KindUnexpected,
	418: pleoclient.KindUnexpected, 422: pleoclient.KindUnexpected, 429: pleoclient.KindRateLimited,
	500: pleoclient.KindPleoTrouble, 502: pleoclient.KindPleoTrouble, 503: pleoclient.KindPleoTrouble,
	504: pleoclient.KindPleoTrouble, 511: pleoclient.KindLoginPage, 599: pleoclient.KindPleoTrouble,
	600: pleoclient.KindUnexpected,
}

// wantKindOf is the whole table: each call meets each status.
func wantKindOf(call apiCall, status int) pleoclient.Kind {
	kind := kindOfStatus[status]
	turnedAway := []int{400, 401, 403, 404, 409, 429}
	switch {
	case call.name == "Reach" && slices.Contains(turnedAway, status):
		return ""
	case (call.name == "Installations" || call.name == "DeleteInstallation") && status == 404:
		return ""
	}
	return kind
}

// TestStatusTable: each call meets each status of Pleo's, and of a stranger.
func TestStatusTable(t *testing.T) {
	t.Parallel()
	for _, call := range calls {
		t.Run(call.name, func(t *testing.T) {
			t.Parallel()
			s, c, key := start(t)
			for status := range kindOfStatus {
				for _, form := range []struct{ contentType, body string }{
					{"application/json;charset=UTF-8", `{"message":"no"}`}, {"text/html", "<html>no</html>"},
					{"text/plain", "no"}, {"", ""},
				} {
					s.Inject(pleosim.Reply(call.method, call.path, status, form.contentType, form.body))
					err := call.do(t.Context(), c, key)
					want := wantKindOf(call, status)
					if call.name == "Installations" && status == 404 && form.contentType == "text/plain" {
						want = pleoclient.KindNotFound // as gateways say it, and not as Pleo does
					}
					if form.contentType == "text/html" && !slices.Contains(anyones, kindOfStatus[status]) {
						want = pleoclient.KindIntercepted
					}
					e := wantKind(t, err, want)
					if err != nil && (e.Status != status || e.Op != call.method+" "+call.path) {
						t.Errorf("status %d: got status %d and op %q", status, e.Status, e.Op)
					}
				}
			}
		})
	}
}

// TestEmptySuccess: which calls can do without a body.
func TestEmptySuccess(t *testing.T) {
	t.Parallel()
	for _, call := range calls {
		t.Run(call.name, func(t *testing.T) {
			t.Parallel()
			s, c, key := start(t)
			want := pleoclient.Kind("")
			if call.name == "Introspect" || call.name == "Company" {
				want = pleoclient.KindUnexpected
			}
			for _, status := range []int{200, 201, 202, 204} {
				s.Inject(pleosim.Reply(call.method, call.path, status, "", ""))
				wantKind(t, call.do(t.Context(), c, key), want)
				s.Inject(pleosim.Reply(call.method, call.path, status, "application/json", " \n"))
				wantKind(t, call.do(t.Context(), c, key), want)
			}
		})
	}
}

// TestNoBodyIsShown: a stranger may put anything into the body of an error, so no error has a part of one.
func TestNoBodyIsShown(t *testing.T) {
	t.Parallel()
	s, c, key := start(t)
	for _, form := range []struct{ contentType, body string }{
		{"application/json", `{"type":"OVEN","message":"the oven is cold"}`}, {"text/plain", "the oven is cold"},
		{"text/html", "<h1>the oven is cold</h1>"}, {"text/oven", "x"}, {"", "the oven is cold"},
	} {
		for status := range kindOfStatus {
			s.Inject(pleosim.Reply("GET", "/v1/introspect", status, form.contentType, form.body))
			_, err := c.Introspect(t.Context(), key)
			if strings.Contains(strings.ToLower(err.Error()), "oven") {
				t.Errorf("%d %s: %v", status, form.contentType, err)
			}
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 14, 5, 0, time.UTC)
	in := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	const day, year = 24 * time.Hour, 365 * 24 * time.Hour
	tests := []struct {
		header, date string
		want         time.Duration
	}{
		{"", "", 0}, {"0", "", 0}, {"7", "", 7 * time.Second}, {" 7 ", "", 7 * time.Second},
		{"86400", "", day}, {"9223372036854775807", "", year}, {"-5", "", 0}, {"soon", "", 0}, {"1.5", "", 0},
		{"99999999999999999999", "", year}, {"-99999999999999999999", "", 0}, {in(30 * time.Second), "", 30 * time.Second},
		{in(-30 * time.Second), "", 0},
		{in(48 * time.Hour), "", 48 * time.Hour}, {in(500 * 24 * time.Hour), "", year},
		{in(day + 30*time.Second), in(day), 30 * time.Second}, // our clock is a day behind
		{in(30*time.Second - day), in(-day), 30 * time.Second},
		{in(30 * time.Second), "now", 30 * time.Second},
	}
	for _, test := range tests {
		header := http.Header{"Retry-After": {test.header}, "Date": {test.date}}
		wait, at := pleoclient.RetryAfter(header, now)
		if wait != test.want || !at.Equal(now.Add(wait)) && !(wait == 0 && at.IsZero()) {
			t.Errorf("%q: got %s, %s, want %s", test.header, wait, at, test.want)
		}
	}
}

func TestErrorSaysHowLong(t *testing.T) {
	t.Parallel()
	s, c, key := start(t)
	for _, status := range []int{429, 503} {
		f := pleosim.Reply("GET", "/v1/introspect", status, "", "")
		f.Header.Set("Retry-After", "7")
		s.Inject(f)
	}
	_, err := c.Introspect(t.Context(), key)
	if e := wantKind(t, err, pleoclient.KindRateLimited); e.RetryAfter != 7*time.Second {
		t.Errorf("got %s", e.RetryAfter)
	}
	_, err = c.Introspect(t.Context(), key)
	if e := wantKind(t, err, pleoclient.KindPleoTrouble); e.RetryAfter != 7*time.Second {
		t.Errorf("got %s", e.RetryAfter)
	}
}

// TestAnswered: the sender of a status answered, except for a proxy that wants a login; a connection that failed is no
// answer.
func TestAnswered(t *testing.T) {
	t.Parallel()
	for status, kind := range kindOfStatus {
		if want := kind != pleoclient.KindProxyLogin; kind.Answered() != want {
			t.Errorf("status %d: %s is an answer: %t", status, kind, !want)
		}
	}
	for _, kind := range []pleoclient.Kind{
		pleoclient.KindDNS, pleoclient.KindRefused, pleoclient.KindTimeout, pleoclient.KindOffline,
		pleoclient.KindProxy, pleoclient.KindTLS, pleoclient.KindTLSDates, pleoclient.KindTLSEarly,
		pleoclient.KindTLSName, pleoclient.KindTLSIssue, pleoclient.KindCanceled, pleoclient.KindNotAKey,
		pleoclient.KindKeyMalformed,
	} {
		if kind.Answered() {
			t.Errorf("%s is an answer", kind)
		}
	}
}
