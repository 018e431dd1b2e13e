package pleoclient_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pleo-connect/pleoclient"
)

// checkParse holds the promise of every parser: a whole answer or an error of kind unexpected, never half an answer.
func checkParse(t *testing.T, err error) {
	t.Helper()
	if err != nil && pleoclient.KindOf(err) != pleoclient.KindUnexpected {
		t.Errorf("got %v, want kind %q", err, pleoclient.KindUnexpected)
	}
}

func checkUUID(t *testing.T, id string) {
	t.Helper()
	if parsed, ok := pleoclient.ParseCompanyID(id); !ok || string(parsed) != id {
		t.Errorf("%q is not a lower-case UUID", id)
	}
}

func checkOwner(t *testing.T, owner pleoclient.Owner) {
	t.Helper()
	if owner.Company != "" {
		checkUUID(t, string(owner.Company))
	}
	if owner.Organisation && owner.Company != "" {
		t.Errorf("%+v is two things at once", owner)
	}
}

func FuzzIntrospection(f *testing.F) {
	for _, seed := range []string{
		goodClient, `{"data":{"authMethod":"NONE","clientId":"x","scope":""}}`, `{"data":null}`, `null`, `[]`, ``,
		`{"data":{"authMethod":"API_KEY","clientId":"x","scope":"a  b\ta","subjectURN":"URN:PLEO:ORGANIZATION:x"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := pleoclient.ParseIntrospection(body)
		checkParse(t, err)
		checkOwner(t, got.Owner)
		if err != nil && (got.Scopes != nil || got.Owner != (pleoclient.Owner{}) || !got.AuthMethod.IsZero()) {
			t.Errorf("half an answer: %+v, %v", got, err)
		}
		for _, scope := range got.Scopes {
			if !pleoclient.IsSafe(string(scope)) {
				t.Errorf("scope %q is not clean", scope)
			}
		}
	})
}

func FuzzInstallation(f *testing.F) {
	for _, seed := range []string{
		goodInstallation, "[" + goodInstallation + "]",
		`{"data":` + goodInstallation + `}`, `{"data":[` + goodInstallation + `]}`,
		``, `null`, `{}`, `[]`, `{"data":null}`, `{"data":[]}`, `{"id":null,"data":{}}`,
		`[null]`, `{"data":{"data":{}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		all, err := pleoclient.ParseInstallations(body)
		checkParse(t, err)
		if err != nil && all != nil {
			t.Errorf("half an answer: %+v, %v", all, err)
		}
		for _, got := range all {
			checkOwner(t, got.Owner)
			checkUUID(t, string(got.ID))
			if got.Owner == (pleoclient.Owner{}) || got.Status.IsZero() {
				t.Errorf("half an installation: %+v", got)
			}
		}
		if one, err := pleoclient.ParseWritten(body); one.Exists() && (err != nil || len(all) != 1) {
			t.Errorf("%+v was picked from %d", one, len(all))
		}
	})
}

func FuzzCompany(f *testing.F) {
	for _, seed := range []string{
		goodCompany, `{"data":{"id":"4B0C7F1E-52D8-4C39-8E6A-1F7D90B3A2C5","name":"","address":{}}}`,
		`{"data":{"id":null,"name":"x"}}`, `null`, `{}`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := pleoclient.ParseCompany(body, harbourLane)
		checkParse(t, err)
		if (err == nil) != (got.ID == harbourLane) {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

// answerKinds are the kinds that an answer may lead to. Only a 401 says something about the key.
var answerKinds = []pleoclient.Kind{
	pleoclient.KindForbidden, pleoclient.KindNotFound, pleoclient.KindBadRequest, pleoclient.KindRateLimited,
	pleoclient.KindPleoTrouble, pleoclient.KindUnexpected, pleoclient.KindLoginPage, pleoclient.KindProxyLogin,
	pleoclient.KindIntercepted,
}

// checkAnswer holds the promises of every error that an answer leads to.
func checkAnswer(t *testing.T, err error, status int) {
	t.Helper()
	var e *pleoclient.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no error of this package", err)
	}
	if e.Kind == pleoclient.KindKeyRejected && status != 401 ||
		e.Kind != pleoclient.KindKeyRejected && !slices.Contains(answerKinds, e.Kind) {
		t.Errorf("status %d became %q", status, e.Kind)
	}
	if value := e.Cause.Value.String(); !pleoclient.IsSafe(value) || utf8.RuneCountInString(value) > 80 {
		t.Errorf("status %d: %v", status, err)
	}
	if e.RetryAfter < 0 || e.RetryAfter > 365*24*time.Hour || e.RetryAt.IsZero() != (e.RetryAfter == 0) {
		t.Errorf("status %d: retry after %s", status, e.RetryAfter)
	}
	for _, secret := range []string{canary, basicOf(canary + ":"), basicOf(canary)} {
		if strings.Contains(err.Error(), secret) {
			t.Error("the error shows the key")
		}
	}
}

// FuzzAnswer: any status with any headers and any body is a whole answer or a good error. KEY is replaced
// by the key, sent back.
func FuzzAnswer(f *testing.F) {
	type seed struct {
		status                                            uint16
		contentType, encoding, location, retryAfter, body string
	}
	for _, s := range []seed{
		{200, "application/json;charset=UTF-8", "", "", "", goodClient},
		{200, "application/json", "", "", "", goodInstallation},
		{200, "Application/JSON; a=\"b\\\"c\"", "", "", "", goodCompany}, {200, "text/html", "", "", "", "<html>"},
		{200, "application/json; charset", "gzip", "", "", "{}"}, {204, "", "", "", "", " "}, {206, "", "", "", "", ""},
		{302, "", "", "https://KEY@portal.example/?KEY", "", "KEY"},
		{307, "", "", "//KEY:KEY", "", ""}, {308, "", "", "::", "", ""},
		{400, "application/problem+json", "", "", "", `{"title":"KEY"}`}, {401, "text/plain", "", "", "", "KEY"},
		{401, "text/html", "", "", "", "<p>KEY"}, {200, "text/json", "identity", "", "", `{"x":["KEY"]}`},
		{403, "text/html", "", "", "", "<h1>\u202eno</h1>"}, {404, "", "br", "", "", "\x00\xff"},
		{407, "", "", "", "", ""}, {409, "image/png", "", "", "", "\x89PNG"},
		{418, "KEY", "KEY", "KEY", "KEY", "KEYKEY"}, {429, "", "", "", "7", ""},
		{429, "", "", "", "Wed, 21 Oct 2099 07:28:00 GMT", ""}, {429, "", "", "", "-9223372036854775808", ""},
		{429, "", "", "", "1e9", ""}, {500, "text/plain", "", "", "120", strings.Repeat("\u0301", 300)},
		{511, "", "", "", "", "sign in"},
		{999, "", "", "", "", "line\r\nline"},
	} {
		f.Add(s.status, s.contentType, s.encoding, s.location, s.retryAfter, []byte(s.body))
	}
	f.Fuzz(func(t *testing.T, status uint16, contentType, encoding, location, retryAfter string, body []byte) {
		back := func(text string) string { return strings.ReplaceAll(text, "KEY", canary) }
		res := &http.Response{StatusCode: int(status), Header: http.Header{}}
		for name, value := range map[string]string{
			"Content-Type": contentType, "Content-Encoding": encoding, "Location": location, "Retry-After": retryAfter,
		} {
			if value != "" {
				res.Header.Set(name, back(value))
			}
		}
		body = []byte(back(string(body)))
		err := pleoclient.CheckAnswer(res, body, nil, canary)
		if err != nil {
			checkAnswer(t, err, res.StatusCode)
			return
		}
		mediaType, _, _ := strings.Cut(strings.ToLower(contentType), ";")
		blank := len(bytes.TrimSpace(body)) == 0
		inflated := encoding != "" && !strings.EqualFold(encoding, "identity")
		if res.StatusCode/100 != 2 || inflated || !blank && !strings.HasSuffix(strings.TrimSpace(mediaType), "json") {
			t.Errorf("status %d, %q, %q, %q passed as JSON", status, contentType, encoding, body)
		}
	})
}

// FuzzWire reads what a server sent, from the first byte.
func FuzzWire(f *testing.F) {
	const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	for _, seed := range []string{
		head + "\r\n" + goodClient, head + "Transfer-Encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nX: y\r\n\r\n",
		head + "Content-Length: 9\r\n\r\n{", head + "no colon\r\n\r\n",
		"HTTP/1.0 429 \x1b]0;x\a\r\nRetry-After: 1\r\n\r\n",
		"HTTP/1.1 302 Found\r\nLocation: http://\u202e/\r\n\r\n", "HTTP/1.1 099 x\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n",
		"SSH-2.0-x\r\n", "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), &http.Request{Method: http.MethodGet})
		if err != nil {
			kind := pleoclient.KindOf(pleoclient.NetworkError(err))
			if kind != pleoclient.KindUnexpected && kind != pleoclient.KindOffline {
				t.Errorf("%v became %q", err, kind)
			}
			return
		}
		body, readErr := io.ReadAll(io.LimitReader(res.Body, 1<<20+1))
		if err := pleoclient.CheckAnswer(res, body, readErr, canary); err != nil {
			if readErr == nil || res.StatusCode/100 != 2 {
				checkAnswer(t, err, res.StatusCode)
			}
			return
		}
		_, err = pleoclient.ParseIntrospection(body)
		checkParse(t, err)
		_, err = pleoclient.ParseInstallations(body)
		checkParse(t, err)
		_, err = pleoclient.ParseCompany(body, harbourLane)
		checkParse(t, err)
	})
}

// FuzzTunnel reads what a proxy answered to CONNECT: a tunnel, or a proxy problem with a clean value.
func FuzzTunnel(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 Connection established\r\n\r\n",
		"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n",
		"HTTP/1.1 502 \x1b]0;x\a\u202e\r\n\r\n", "HTTP/1.1 302 " + strings.Repeat("x", 300) + "\r\nLocation: /\r\n\r\n",
		"HTTP/1.1 000\r\n\r\n",
	} {
		f.Add([]byte(seed), true)
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, raw []byte, login bool) {
		proxy := &url.URL{Scheme: "http", Host: "proxy.example:3128"}
		if login {
			proxy.User = url.UserPassword("someone", canary)
		}
		res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), &http.Request{Method: http.MethodConnect})
		if err != nil {
			return // FuzzWire's
		}
		err = pleoclient.CheckTunnel(res, proxy)
		if (err == nil) != (res.StatusCode == 200) {
			t.Errorf("status %d: %v", res.StatusCode, err)
		}
		var e *pleoclient.Error
		if !errors.As(err, &e) {
			return
		}
		value := e.Cause.Value.String()
		kind := pleoclient.KindProxy
		if res.StatusCode == 407 {
			kind = pleoclient.KindProxyLogin
		}
		if e.Kind != kind || !pleoclient.IsSafe(value) || utf8.RuneCountInString(value) > 80 {
			t.Errorf("status %d: %v", res.StatusCode, err)
		}
	})
}

// FuzzOrigin: an address is refused, or it is a bare origin that reads the same a second time. No error repeats it.
func FuzzOrigin(f *testing.F) {
	for _, seed := range []string{
		"https://external.pleo.io", "https://[::1]:8080/", "http://127.0.0.1:80",
		"https://KEY@external.pleo.io", "https://external.pleo.io/KEY", "https://xn--plo-dma.io",
		"HTTPS://External.Pleo.IO:443", "https://external.pl\u0435o.io", "https:KEY", "KEY",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, base string) {
		c, err := pleoclient.New(strings.ReplaceAll(base, "KEY", canary), pleoclient.LoopbackOnly())
		if err != nil {
			if strings.Contains(strings.ToLower(err.Error()), strings.ToLower(canary)) ||
				!pleoclient.IsSafe(err.Error()) {
				t.Errorf("%q: %v", base, err)
			}
			return
		}
		again, err := pleoclient.New(c.Origin(), pleoclient.LoopbackOnly())
		if err != nil || again.Origin() != c.Origin() {
			t.Errorf("%q became %q, which became %v", base, c.Origin(), err)
		}
		scheme, host, _ := strings.Cut(c.Origin(), "://")
		if scheme != "https" && scheme != "http" || host == "" || strings.ContainsAny(host, "@/?#\\% ") ||
			strings.ToLower(host) != host {
			t.Errorf("%q became %q", base, c.Origin())
		}
	})
}
