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
					e := wantKind(t, err, wantKindOf(call, status))
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

// TestDetailOfErrorBodies: a body of any form is opaque. Its start is shown clean, whatever it calls itself,
// and the status decides.
func TestDetailOfErrorBodies(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789", 30)
	tests := []struct{ contentType, encoding, body, want string }{
		{"application/json", "", `{"message":"no"}`, `{"message":"no"}`},
		{"application/json", "", `{"message":`, `{"message":`},
		{"application/problem+json", "", `{"title":"no"}`, `{"title":"no"}`},
		{"text/plain; charset=utf-8", "", "line one\nline two\x1b]0;x\a", ""}, // binary by its bytes
		{"text/plain; charset=utf-8", "", "line one\nline two\u009b2J\u202e", "line one line two\ufffd2J\ufffd"},
		{"text/html", "", "<!DOCTYPE html>\n<html><style>h1 { color: red }</style>\n <h1 class=a>no</h1>1 < 2</html>",
			"no 1 < 2"},
		{"", "", "no", "no"},
		{"application/json", "", "", ""},
		{"text/plain", "", " \r\n", ""},
		{"application/json", "", "\x00\x01\x02\xff", ""},
		{"text/plain", "", long[:200], long[:200]},
		{"text/plain", "", long, long[:199] + "…"},
		{"text/plain", "", strings.Repeat("ø", 300), strings.Repeat("ø", 199) + "…"},
		{"text/plain", "gzip", "no", ""},
	}
	s, c, key := start(t)
	for _, test := range tests {
		for status, kind := range map[int]pleoclient.Kind{
			400: pleoclient.KindBadRequest, 401: pleoclient.KindKeyRejected,
			403: pleoclient.KindForbidden, 418: pleoclient.KindUnexpected,
		} {
			f := pleosim.Reply("GET", "/v1/introspect", status, test.contentType, test.body)
			f.Header["Content-Encoding"] = strings.Fields(test.encoding)
			s.Inject(f)
			_, err := c.Introspect(t.Context(), key)
			if e := wantKind(t, err, kind); e.Detail.String() != test.want {
				t.Errorf("%d %s: got detail %q, want %q", status, test.contentType, e.Detail, test.want)
			}
		}
	}
}

// TestDetailOfALoginPage: how a captive portal announces itself has no host to name, so its media type takes the place.
func TestDetailOfALoginPage(t *testing.T) {
	t.Parallel()
	s, c, key := start(t)
	for contentType, want := range map[string]string{"text/html": "text/html", "": "no media type"} {
		for _, status := range []int{200, 511} {
			s.Inject(pleosim.Reply("GET", "/v1/introspect", status, contentType, "<html>sign in</html>"))
			_, err := c.Introspect(t.Context(), key)
			if e := wantKind(t, err, pleoclient.KindLoginPage); e.Detail.String() != want {
				t.Errorf("%d %q: got detail %q", status, contentType, e.Detail)
			}
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 14, 5, 0, time.UTC)
	tests := []struct {
		header string
		want   time.Duration
	}{
		{"", 0}, {"0", 0}, {"7", 7 * time.Second}, {" 7 ", 7 * time.Second}, {"120", 2 * time.Minute},
		{"121", 2 * time.Minute}, {"9223372036854775807", 2 * time.Minute}, {"-5", 0}, {"soon", 0}, {"1.5", 0},
		{"99999999999999999999", 0},
		{now.Add(30 * time.Second).Format(http.TimeFormat), 30 * time.Second},
		{now.Add(-30 * time.Second).Format(http.TimeFormat), 0},
		{now.Add(48 * time.Hour).Format(http.TimeFormat), 2 * time.Minute},
	}
	for _, test := range tests {
		if got := pleoclient.RetryAfter(test.header, now); got != test.want {
			t.Errorf("%q: got %s, want %s", test.header, got, test.want)
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

// TestAnswered: whoever sent a status answered, but for a proxy that wants a login; a connection that failed is no
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
