package pleoclient_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"pleo-connect/pleoclient"
)

// sign is one value of a part of an answer, and whether it alone shows that Pleo did not write it.
type sign struct {
	value   string
	strange bool
}

var (
	mediaTypes = []sign{
		{"", false}, {"application/json;charset=UTF-8", false}, {"Application/JSON ; charset=x; y", false},
		{"text/json", false}, {"application/problem+json", false}, {"text/plain; charset=utf-8", false},
		{"text/html; charset=utf-8", true}, {"TEXT/HTML", true}, {"application/xhtml+xml", true},
		{"application/xml", true}, {"text/xml", true}, {"image/png", true}, {"application/octet-stream", true},
		{"text/css", true}, {"application/jsonx", true}, {"text/html;;", true}, {"application/json, text/html", true},
	}
	bodies = []sign{
		{"", false}, {" \r\n", false}, {`{"type":"X","message":"no"}`, false}, {`{"message":"<html>"}`, false},
		{"[]", false}, {"null", false}, {"no entry", false}, {"1 < 2", false}, {`{"mess`, false},
		{"<!DOCTYPE html><h1>no</h1>", true}, {"\ufeff \n<html>", true}, {"<?xml version=\"1.0\"?><Error/>", true},
		{"<!-- no -->", true}, {"\x89PNG\r\n\x1a\n", true}, {"\x00\x01\x02\xff", true}, {"\x1f\x8b\x08\x00\x00", true},
	}
	challenges = []sign{
		{"", false}, {`Bearer realm="pleo", error="invalid_token"`, false}, {"bearer", false}, {"DPoP algs=\"ES256\"", false},
		{`Bearer realm="a, Negotiate b", scope="x"`, false}, {`Bearer realm = "x"`, false},
		{`Bearer realm="say \", Basic \" twice"`, false}, {",", false}, {"ApiKey", false},
		{`Basic realm="intranet"`, true}, {"basic", true}, {"Negotiate", true}, {"Negotiate YII=", true}, {"NTLM", true},
		{`Bearer realm="pleo", Negotiate`, true}, {`Bearer, Basic realm="x"`, true},
		{"Digest realm=\"x\", nonce=\"y\"", true}, {"Kerberos", true},
		{"Bearer\nNegotiate", true}, {" \tNTLM ", true}, {"Negotiate, Bearer", true},
	}
	encodings = []sign{{"", false}, {"identity", false}, {"gzip", true}, {"br", true}}
)

// anyones are the kinds that mean the same whoever answered.
var anyones = []pleoclient.Kind{
	pleoclient.KindLoginPage, pleoclient.KindProxyLogin, pleoclient.KindRateLimited, pleoclient.KindPleoTrouble,
}

// TestWhoWrote is the whole matrix of status, media type, body, challenge and encoding: a status means what Pleo means
// by it only in an answer without a sign of a stranger.
func TestWhoWrote(t *testing.T) {
	t.Parallel()
	cells := map[string]int{}
	for status, kind := range kindOfStatus {
		for _, media := range mediaTypes {
			for _, body := range bodies {
				for _, challenge := range challenges {
					for _, encoding := range encodings {
						strange := media.strange || body.strange || challenge.strange || encoding.strange
						cells[checkAuthor(t, status, kind, strange,
							[]string{media.value, challenge.value, encoding.value}, body.value)]++
					}
				}
			}
		}
	}
	t.Logf("by reason: %v", cells)
	if len(cells) != pleoclient.Signs+1 {
		t.Errorf("%d reasons were met", len(cells))
	}
}

func checkAuthor(
	t *testing.T, status int, kind pleoclient.Kind, strange bool, headers []string, body string,
) (because string) {
	t.Helper()
	res := &http.Response{StatusCode: status, Header: http.Header{}}
	for i, name := range []string{"Content-Type", "WWW-Authenticate", "Content-Encoding"} {
		for _, value := range strings.Split(headers[i], "\n") {
			if value != "" {
				res.Header.Add(name, value)
			}
		}
	}
	want := kind
	if strange && !slices.Contains(anyones, kind) {
		want = pleoclient.KindIntercepted
	}
	err := pleoclient.CheckAnswer(res, []byte(body), nil, canary)
	got := pleoclient.KindOf(err)
	because = pleoclient.WhyStrange(res, []byte(body))
	if got != want || strange != (because != "") {
		t.Errorf("%d %q %q: got %q because %q, want %q", status, headers, body, got, because, want)
	}
	return because
}

// TestEachSignCounts: each sign is enough alone, so none can be left out.
func TestEachSignCounts(t *testing.T) {
	t.Parallel()
	met := map[string]bool{}
	for _, cell := range []struct{ media, challenge, encoding, body string }{
		{"application/json", "Negotiate", "", "{}"},
		{"text/html", "", "", ""},
		{"", "", "", "<html>"},
		{"application/json", "", "gzip", "{}"},
		{"image/png", "", "", ""},
	} {
		met[checkAuthor(t, 401, pleoclient.KindKeyRejected, true,
			[]string{cell.media, cell.challenge, cell.encoding}, cell.body)] = true
	}
	if len(met) != pleoclient.Signs {
		t.Errorf("%d of %d signs were met alone", len(met), pleoclient.Signs)
	}
}

// TestSuccessOfAStranger: a success is Pleo's when it is JSON or empty. A page is none, also an empty one, and text is
// not called a page.
func TestSuccessOfAStranger(t *testing.T) {
	t.Parallel()
	const page, other = pleoclient.KindLoginPage, pleoclient.KindUnexpected
	for _, test := range []struct {
		media, body string
		want        pleoclient.Kind
	}{
		{"application/json", goodClient, ""}, {"text/json", goodClient, ""}, {"application/hal+json", goodClient, ""},
		{"", "", ""}, {"application/json", "", ""}, {"text/plain", "", ""},
		{"text/html", "", page}, {"text/html", goodClient, page}, {"application/json", "<html>", page},
		{"", "<html>", page}, {"application/xml", "<data/>", page},
		{"", goodClient, other}, {"text/plain", goodClient, other}, {"image/png", "", other},
		{"application/json", "\x00\x01", other},
	} {
		for _, status := range []int{200, 201, 202, 204, 299} {
			res := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {test.media}}}
			err := pleoclient.CheckAnswer(res, []byte(test.body), nil, canary)
			if got := pleoclient.KindOf(err); got != test.want {
				t.Errorf("%d %q %.9q: got %q, want %q", status, test.media, test.body, got, test.want)
			}
		}
	}
}
