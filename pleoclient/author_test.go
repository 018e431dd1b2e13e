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
		{"application/json\ntext/html", true},
	}
	bodies = []sign{
		{"", false}, {" \r\n", false}, {`{"type":"X","message":"no"}`, false}, {`{"message":"<html>"}`, false},
		{"[]", false}, {"null", false}, {"no entry", false}, {"1 < 2", false}, {`{"mess`, false},
		{"<!DOCTYPE html><h1>no</h1>", true}, {"\ufeff \n<html>", true}, {"<?xml version=\"1.0\"?><Error/>", true},
		{"<!-- no -->", true}, {"\x89PNG\r\n\x1a\n", true}, {"\x00\x01\x02\xff", true}, {"\x1f\x8b\x08\x00\x00", true},
		{"\xff\xfe<\x00h\x00", true},
	}
	challenges = []sign{
		{"", false}, {`Bearer realm="pleo", error="invalid_token"`, false}, {"bearer", false}, {"DPoP algs=\"ES256\"", false},
		{`Bearer realm="a, Negotiate b", scope="x"`, false}, {`Bearer realm = "x"`, false},
		{`Bearer realm="say \", Basic \" twice"`, false}, {",", false},
		{`Basic realm="intranet"`, true}, {"basic", true}, {"Negotiate", true}, {"Negotiate YII=", true}, {"NTLM", true},
		{`Bearer realm="pleo", Negotiate`, true}, {`Bearer, Basic realm="x"`, true},
		{"Digest realm=\"x\", nonce=\"y\"", true}, {"Kerberos", true}, {"Basic\trealm=\"x\"", true},
		{`JWT realm="api"`, false}, {"Token", false}, {"ApiKey", false}, {"Bearer realm=basic, error=x", false},
		{"X-Basic", false}, {"Bearer realm=\"x\",Negotiate", true}, {"PrivateToken challenge=x", true},
		{`Bearer realm="x, Negotiate`, true}, {`Basic="x"`, true}, {"Bearer Negotiate", true},
		{"Bearer\nNegotiate", true}, {" \tNTLM ", true}, {"Negotiate, Bearer", true},
	}
	encodings = []sign{{"", false}, {"identity", false}, {"gzip", true}, {"br", true}}
)

// anyones are the kinds that mean the same regardless of who answered.
var anyones = []pleoclient.Kind{
	pleoclient.KindLoginPage, pleoclient.KindProxyLogin, pleoclient.KindRateLimited, pleoclient.KindPleoTrouble,
}

// TestWhoWrote is a matrix of status, media type, body, challenge and encoding: a status means what Pleo means by it
// only in an answer without a sign of a stranger. For the statuses that decide something all values are combined, for
// others each is alone. With -short, any two are: nothing here runs at the same time as anything else.
func TestWhoWrote(t *testing.T) {
	t.Parallel()
	reasons := map[pleoclient.Reason]int{}
	none, all := []sign{{"", false}}, [4][]sign{mediaTypes, bodies, challenges, encodings}
	for status, kind := range kindOfStatus {
		decides := slices.Contains([]int{401, 403, 404}, status)
		if decides && !testing.Short() {
			combine(t, status, kind, all, reasons)
			continue
		}
		for part, values := range all {
			parts := [4][]sign{none, none, none, none}
			parts[part] = values
			combine(t, status, kind, parts, reasons)
			for other := range part {
				if decides {
					pair := parts
					pair[other] = all[other]
					combine(t, status, kind, pair, reasons)
				}
			}
		}
	}
	t.Logf("by reason: %v", reasons)
	if len(reasons) != pleoclient.Signs+1 {
		t.Errorf("%d reasons were met", len(reasons))
	}
}

var checkCanary = pleoclient.CheckWith(canary)

// combine checks every combination of the values of the parts, and counts them by the reason of their verdict.
func combine(
	t *testing.T, status int, kind pleoclient.Kind, parts [4][]sign, reasons map[pleoclient.Reason]int,
) {
	t.Helper()
	for _, media := range parts[0] {
		for _, body := range parts[1] {
			for _, challenge := range parts[2] {
				for _, encoding := range parts[3] {
					reasons[checkAuthor(t, status, kind, [4]sign{media, body, challenge, encoding})]++
				}
			}
		}
	}
}

// checkAuthor judges an answer of a media type, a body, a challenge and an encoding, and returns why it is a
// stranger's.
func checkAuthor(t *testing.T, status int, kind pleoclient.Kind, answer [4]sign) (why pleoclient.Reason) {
	t.Helper()
	res := &http.Response{StatusCode: status, Header: http.Header{}}
	for i, name := range map[int]string{0: "Content-Type", 2: "WWW-Authenticate", 3: "Content-Encoding"} {
		for _, value := range strings.Split(answer[i].value, "\n") {
			if value != "" {
				res.Header.Add(name, value)
			}
		}
	}
	body := []byte(answer[1].value)
	strange := status == 504 || slices.ContainsFunc(answer[:], func(s sign) bool { return s.strange })
	want := kind
	if strange && !slices.Contains(anyones, kind) {
		want = pleoclient.KindIntercepted
	}
	got := pleoclient.KindOf(checkCanary(res, body, nil))
	why = pleoclient.WhyStrange(res, body)
	if got != want || strange != (why != "") {
		t.Errorf("%d %+v: got %q because of %q, want %q", status, answer, got, why, want)
	}
	return why
}

// TestEachSignCounts: each sign is enough alone, so none can be left out.
func TestEachSignCounts(t *testing.T) {
	t.Parallel()
	met := map[pleoclient.Reason]bool{}
	for part, value := range []string{"image/png", "<html>", "Negotiate", "gzip"} {
		answer := [4]sign{}
		answer[part] = sign{value, true}
		met[checkAuthor(t, 401, pleoclient.KindKeyRejected, answer)] = true
	}
	met[checkAuthor(t, 504, pleoclient.KindPleoTrouble, [4]sign{})] = true
	if len(met) != pleoclient.Signs {
		t.Errorf("%d of %d signs were met alone", len(met), pleoclient.Signs)
	}
}

// TestTooLongToTell: behind a mebibyte of spaces there may be a page.
func TestTooLongToTell(t *testing.T) {
	t.Parallel()
	long := sign{strings.Repeat(" ", 1<<20+1), true}
	checkAuthor(t, 401, pleoclient.KindKeyRejected, [4]sign{1: long})
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
		{"", "", ""}, {"application/json", "", ""}, {"text/plain", "", other},
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
			res.Header.Set("WWW-Authenticate", "Negotiate")
			err = pleoclient.CheckAnswer(res, []byte(test.body), nil, canary)
			if got := pleoclient.KindOf(err); got != page {
				t.Errorf("%d %q %.9q with a challenge: got %q", status, test.media, test.body, got)
			}
		}
	}
}
