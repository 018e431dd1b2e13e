package pleoclient_test

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"net/url"
	"strings"
	"testing"

	"pleo-connect/pleoclient"
)

// redirect points somewhere that has to stay silent; "QUIET" in location is its address.
func redirect(status, location string, call apiCall) evil {
	return evil{
		name: "redirect " + status + " to " + location,
		make: func(s *scene) world {
			target := strings.ReplaceAll(location, "QUIET", s.quiet())
			return plain(says(whole(status+" Moved", "Location: "+target+"\r\n", "")))(s)
		},
		want: pleoclient.KindLoginPage, call: call, kept: true, then: askedOnce,
	}
}

func askedOnce(t *testing.T, s *scene, _ *pleoclient.Client) {
	t.Helper()
	if n := s.requests(); n != 1 {
		t.Errorf("%d requests, want one", n)
	}
}

var evilRedirects = []evil{
	redirect("301", "https://QUIET/v1/introspect", introspect),
	redirect("302", "http://QUIET/", getCompany),
	redirect("303", "//QUIET/v1/installations/me", createInstallation),
	redirect("307", "http://key:secret-token@QUIET/", createInstallation),
	redirect("308", "https://QUIET/?token=secret-token#x", updateInstallation),
	redirect("302", "/v1/introspect", introspect), // to itself, for ever
	redirect("302", "ftp://QUIET", deleteInstallation),
	{name: "redirect that plays tricks",
		make: plain(says(whole("302 Found", "Location: https://\u202epleo.io\u009d/\r\n", ""))),
		want: pleoclient.KindLoginPage, kept: true},
	redirect("300", "http://QUIET/", getInstallation),
	redirect("399", "http://QUIET/", reach),
	{name: "redirect without Location", make: plain(says(whole("302 Found", "", ""))),
		want: pleoclient.KindLoginPage, kept: true},
	{name: "redirect that sends the key back",
		make: plain(says(whole("302 Found", "Location: https://"+canary+"/\r\n", ""))),
		want: pleoclient.KindLoginPage, kept: true},
	{name: "redirect from https to http", make: func(s *scene) world {
		return trusted(s, says(whole("302 Found", "Location: http://"+s.quiet()+"/\r\n", "")))
	}, want: pleoclient.KindLoginPage, kept: true, then: askedOnce},
	{name: "redirect to another port and a sub-domain", make: func(s *scene) world {
		_, port, _ := strings.Cut(s.quiet(), ":")
		return named(s, says(whole("302 Found", "Location: https://api.external.pleo.test:"+port+"/\r\n", "")))
	}, want: pleoclient.KindLoginPage, kept: true, then: askedOnce},
	{name: "not modified", make: plain(says("HTTP/1.1 304 Not Modified\r\n\r\n")),
		want: pleoclient.KindLoginPage, kept: true},
	{name: "plain HTTP goes through no proxy", make: func(s *scene) world {
		proxy := &url.URL{Scheme: "http", Host: s.quiet()}
		return plain(says(fine("application/json", goodClient)), through(proxy))(s)
	}, kept: true},
	{name: "headers that point elsewhere", make: func(s *scene) world {
		quiet := s.quiet()
		return plain(says(whole("200 OK", "Content-Type: application/json\r\n"+
			"Refresh: 0; url=http://"+quiet+"\r\nAlt-Svc: h2=\""+quiet+"\"\r\n"+
			"Link: <http://"+quiet+">; rel=preload\r\nSet-Cookie: a=b\r\nContent-Location: http://"+quiet+"\r\n",
			goodClient)))(s)
	}, kept: true, then: func(t *testing.T, _ *scene, c *pleoclient.Client) {
		_, err := c.Introspect(t.Context(), canaryKey) // no cookie, no other place
		wantKind(t, err, "")
	}},
}

var evilDrips = []evil{
	{name: "no first byte", make: plain(silence, shortFirstByte), want: pleoclient.KindTimeout},
	{name: "one byte", make: plain(once("H", silence), shortFirstByte), want: pleoclient.KindTimeout},
	{name: "nothing within the whole time", make: plain(silence, shortWhole), want: pleoclient.KindTimeout},
	{name: "header that drips", make: plain(once(head+"X: ", dripping("y")), shortFirstByte),
		want: pleoclient.KindTimeout},
	{name: "early hints that drip", make: plain(once("", dripping("HTTP/1.1 103 Early Hints\r\n\r\n")), shortFirstByte),
		want: pleoclient.KindTimeout},
	{name: "100 without end", make: plain(once("", dripping("HTTP/1.1 100 Continue\r\n\r\n")), shortFirstByte),
		want: pleoclient.KindTimeout, call: createInstallation},
	{name: "body that drips", make: plain(once(head+"Content-Length: 100000\r\n\r\n", dripping(" ")), shortWhole),
		want: pleoclient.KindTimeout},
	{name: "chunks that drip", make: plain(once(chunked, dripping("1\r\n \r\n")), shortWhole),
		want: pleoclient.KindTimeout},
	{name: "trailer that drips", make: plain(once(chunked+"0\r\n", dripping("X: y\r\n")), shortWhole),
		want: pleoclient.KindTimeout},
	{name: "body that stops", make: plain(once(head+"Content-Length: 100\r\n\r\n{", silence), shortWhole),
		want: pleoclient.KindTimeout},
	{name: "error body that drips",
		make: plain(once("HTTP/1.1 503 No\r\nContent-Type: text/plain\r\n\r\n", dripping(" ")),
			pleoclient.WithLimits(long, long, notShort)), want: pleoclient.KindPleoTrouble},
	{name: "TLS handshake that is silent", make: secretive(silence), want: pleoclient.KindTimeout},
	{name: "TLS handshake that drips", make: secretive(func(w *peer) {
		w.say("\x16\x03\x03\x3f\x00")
		dripping("\x02")(w)
	}), want: pleoclient.KindTimeout},
}

// secretive is an address over https whose connections go to handle before TLS.
func secretive(handle func(*peer)) func(*scene) world {
	return func(s *scene) world {
		return world{"https://" + s.listen(false, handle), []pleoclient.Option{shortTLS}}
	}
}

func zipped(text string) string {
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	_, _ = zip.Write([]byte(text))
	_ = zip.Close()
	return b.String()
}

var mebibyte = strings.Repeat("x", 1<<20)

var evilBombs = []evil{
	{name: "gzip with its header",
		make: plain(says(whole("200 OK", "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
			zipped(strings.Repeat(" ", 10<<20)+goodClient)))), want: pleoclient.KindUnexpected, kept: true},
	{name: "gzip without its header", make: plain(says(fine("application/json", zipped(goodClient)))),
		want: pleoclient.KindUnexpected, kept: true},
	{name: "gzip in the second header", make: plain(says(whole("200 OK",
		"Content-Type: application/json\r\nContent-Encoding:\r\nContent-Encoding: gzip\r\n", goodClient))),
		want: pleoclient.KindUnexpected, kept: true},
	{name: "gzip as transfer encoding",
		make: plain(says(head+"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), unlimited),
		want: pleoclient.KindUnexpected},
	{name: "10 MB with a length",
		make: plain(once(head+"Content-Length: 10000000\r\n\r\n", flooding(mebibyte)), unlimited),
		want: pleoclient.KindUnexpected},
	{name: "endless body", make: plain(once(head+"\r\n", flooding(mebibyte)), unlimited),
		want: pleoclient.KindUnexpected},
	{name: "endless chunks", make: plain(once(chunked, flooding("100000\r\n"+mebibyte+"\r\n")), unlimited),
		want: pleoclient.KindUnexpected},
	{name: "one chunk of all bytes", make: plain(once(chunked+"7fffffffffffffff\r\n", flooding(mebibyte)), unlimited),
		want: pleoclient.KindUnexpected},
	{name: "endless extension of a chunk", make: plain(once(chunked+"1;x=", flooding(mebibyte)), unlimited),
		want: pleoclient.KindUnexpected},
	{name: "endless error body",
		make: plain(once("HTTP/1.1 500 No\r\nContent-Type: text/plain\r\n\r\n", flooding(mebibyte)), unlimited),
		want: pleoclient.KindPleoTrouble, call: createInstallation},
	{name: "error page of scripts without an end", make: plain(says(whole("500 No", "Content-Type: text/html\r\n",
		"<h1>the oven is cold</h1>"+strings.Repeat("<script>", 1<<16))), unlimited),
		want: pleoclient.KindPleoTrouble, kept: true},
	{name: "endless login page",
		make: plain(once("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", flooding(mebibyte)), unlimited),
		want: pleoclient.KindUnexpected},
	{name: "9 MB of headers", make: plain(once(head, flooding("X: "+mebibyte[:9000]+"\r\n")), unlimited),
		want: pleoclient.KindUnexpected},
	{name: "70 KiB of headers", make: plain(says(whole("200 OK",
		"Content-Type: application/json\r\n"+strings.Repeat("X: "+mebibyte[:1000]+"\r\n", 70), goodClient))),
		want: pleoclient.KindUnexpected},
	{name: "70 KiB of early hints",
		make: plain(says(strings.Repeat("HTTP/1.1 103 Early Hints\r\nX: "+mebibyte[:1000]+"\r\n\r\n", 70) +
			fine("application/json", goodClient))), want: pleoclient.KindUnexpected},
	{name: "one endless header", make: plain(once(head+"X: ", flooding(mebibyte)), unlimited),
		want: pleoclient.KindUnexpected},
	{name: "endless status line", make: plain(once("HTTP/1.1 200 ", flooding(mebibyte)), unlimited),
		want: pleoclient.KindUnexpected},
	{name: "flood of 1xx",
		make: plain(once("", flooding("HTTP/1.1 103 Early Hints\r\nX: "+mebibyte[:1000]+"\r\n\r\n")), unlimited),
		want: pleoclient.KindUnexpected},
	{name: "endless trailer", make: plain(once(chunked+"0\r\n", flooding("X: "+mebibyte[:1000]+"\r\n")), unlimited),
		want: pleoclient.KindUnexpected},
	{name: "JSON of a million brackets", make: plain(says(fine("application/json", strings.Repeat("[", 1<<20)))),
		want: pleoclient.KindUnexpected, kept: true},
	{name: "JSON of duplicate names",
		make: plain(says(fine("application/json", `{"data":{`+strings.Repeat(`"a":1,`, 170_000)+`"a":1}}`))),
		want: pleoclient.KindUnexpected, kept: true},
	{name: "length of all bytes",
		make: plain(once(head+"Content-Length: 9223372036854775807\r\n\r\n{}", silence), shortWhole),
		want: pleoclient.KindTimeout},
	{name: "length that is too short", make: plain(says(head + "Content-Length: 9\r\n\r\n" + goodClient)),
		want: pleoclient.KindUnexpected},
	{name: "length that is too long", make: plain(once(head+"Content-Length: 9999\r\n\r\n"+goodClient, hangUp)),
		want: pleoclient.KindOffline},
	{name: "length below zero", make: plain(says(head+"Content-Length: -1\r\n\r\n"), unlimited),
		want: pleoclient.KindUnexpected},
	{name: "two lengths", make: plain(says(head+"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}"), unlimited),
		want: pleoclient.KindUnexpected},
}

var evilCuts = []evil{
	{name: "cut before the request", make: plain(hangUp), want: pleoclient.KindOffline},
	{name: "cut before the status", make: plain(once("", hangUp)), want: pleoclient.KindOffline},
	{name: "cut before the status of a POST", make: plain(once("", hangUp)), want: pleoclient.KindOffline,
		call: createInstallation},
	{name: "cut in the status", make: plain(once("HTTP/1.1 20", hangUp)), want: pleoclient.KindUnexpected},
	{name: "cut between headers", make: plain(once(head, hangUp)), want: pleoclient.KindOffline},
	{name: "cut in a header", make: plain(once(head+"Conte", hangUp)), want: pleoclient.KindUnexpected},
	{name: "cut in the body", make: plain(once(head+"Content-Length: 100\r\n\r\n{", hangUp)),
		want: pleoclient.KindOffline},
	{name: "cut in a body without a length", make: plain(once(head+"\r\n"+goodClient[:50], hangUp)),
		want: pleoclient.KindUnexpected},
	{name: "cut in a chunk", make: plain(once(chunked+"64\r\n{", hangUp)), want: pleoclient.KindOffline},
	{name: "cut between chunks", make: plain(once(chunked+"1\r\n{\r\n", hangUp)), want: pleoclient.KindOffline},
	{name: "cut in the trailer", make: plain(once(chunked+"2\r\n{}\r\n0\r\nX: ", hangUp)),
		want: pleoclient.KindUnexpected},
	{name: "reset before the status", make: plain(once("", reset)), want: pleoclient.KindOffline},
	{name: "reset before the status of a PUT", make: plain(once("", reset)), want: pleoclient.KindOffline,
		call: updateInstallation},
	{name: "reset at once", make: plain(reset), want: pleoclient.KindOffline, call: deleteInstallation},
	{name: "malformed chunk", make: plain(once(chunked+"zz\r\n", silence), unlimited), want: pleoclient.KindUnexpected},
}

// typed is a whole answer that calls itself something.
func typed(name, contentType, body string, want pleoclient.Kind) evil {
	headers := ""
	if contentType != "" {
		headers = "Content-Type: " + contentType + "\r\n"
	}
	return evil{name: name, make: plain(says(whole("200 OK", headers, body))), want: want, kept: true}
}

var evilTypes = []evil{
	typed("login page", "text/html; charset=utf-8", "<html><h1>Sign in</h1>", pleoclient.KindLoginPage),
	typed("text", "text/plain", "hello", pleoclient.KindUnexpected),
	typed("no type", "", goodClient, pleoclient.KindUnexpected),
	typed("empty type", " ", goodClient, pleoclient.KindUnexpected),
	typed("JSON that calls itself HTML", "text/html", goodClient, pleoclient.KindLoginPage),
	typed("HTML that calls itself JSON", "application/json", "<html>", pleoclient.KindLoginPage),
	typed("JSON by another name", "text/json", goodClient, ""),
	typed("application that sends the key back", "application/json",
		strings.Replace(goodClient, "Contoso", canary, 1), pleoclient.KindUnexpected),
	typed("XML", "application/xml", "<data/>", pleoclient.KindLoginPage),
	typed("multipart", "multipart/mixed; boundary=x", "--x\r\n\r\n"+goodClient+"\r\n--x--", pleoclient.KindUnexpected),
	typed("nearly JSON", "application/jsonx", goodClient, pleoclient.KindUnexpected),
	typed("JSON and HTML", "application/json, text/html", goodClient, pleoclient.KindUnexpected),
	typed("type that sends the key back", "text/"+canary, goodClient, pleoclient.KindUnexpected),
	typed("null", "application/json", "null", pleoclient.KindUnexpected),
	typed("empty object", "application/json", "{}", pleoclient.KindUnexpected),
	typed("nothing", "application/json", "", pleoclient.KindUnexpected),
	typed("two values", "application/json", goodClient+goodClient, pleoclient.KindUnexpected),
	typed("UTF-16", "application/json", "\xff\xfe{\x00}\x00", pleoclient.KindUnexpected),
	typed("capital names", "application/json", strings.ToUpper(goodClient), pleoclient.KindUnexpected),
}

// banner is a server that speaks first, and another language.
func banner(name, text string) evil {
	return evil{name: name, make: plain(func(w *peer) { w.say(text) }, unlimited), want: pleoclient.KindUnexpected}
}

var evilProtocols = []evil{
	banner("SSH", "SSH-2.0-OpenSSH_9.9\r\n"),
	banner("SMTP", "220 mail.contoso.example ESMTP\r\n"),
	banner("HTTP/2", "\x00\x00\x12\x04\x00\x00\x00\x00\x00"+
		"\x00\x03\x00\x00\x00\x64\x00\x04\x00\x10\x00\x00\x00\x06\x00\x10\x00\x00\n"),
	banner("HTTP/0.9", "<html>hello</html>\r\n"),
	banner("RTSP", "RTSP/1.0 200 OK\r\n\r\n"),
	banner("TLS alert", "\x15\x03\x01\x00\x02\x02\x0a\n"),
	banner("words of another fault", "HTTP/1.1 200 OK\r\n tls: insecure algorithm\r\n\r\n"),
	banner("the key sent back", canary+" Authorization: Basic "+basicOf(canary+":")+"\r\n"),
	{name: "TLS on a plain port", make: func(s *scene) world {
		root := newAuthority(s.t, "Contoso Root")
		return world{"http://" + s.listen(true,
			s.overTLS(&tls.Config{Certificates: []tls.Certificate{root.issue(s.t, nil)}}, silence)),
			[]pleoclient.Option{shortFirstByte}}
	}, want: pleoclient.KindTimeout},
	{name: "plain HTTP on a TLS port", make: secretive(func(w *peer) { w.say("HTTP/1.1 400 Bad Request\r\n\r\n") }),
		want: pleoclient.KindTLS},
	{name: "SSH on a TLS port", make: secretive(func(w *peer) { w.say("SSH-2.0-OpenSSH_9.9\r\n") }),
		want: pleoclient.KindTLS},
	{name: "cut before TLS", make: secretive(hangUp), want: pleoclient.KindOffline},
	{name: "nobody listens", make: func(s *scene) world { return world{"http://" + refusing(s.t), nil} },
		want: pleoclient.KindRefused},
}

// statusRow is a whole answer with a body that people can read.
func statusRow(line string, want pleoclient.Kind, headers ...string) evil {
	all := "Content-Type: text/plain\r\n"
	for _, header := range headers {
		all += header + "\r\n"
	}
	name := strings.TrimSpace("status " + line + " " + strings.Join(headers, " "))
	return evil{name: name, make: plain(says(whole(line, all, "nothing about a key"))), want: want, kept: true}
}

const (
	htmlType = "Content-Type: text/html; charset=utf-8\r\n"
	evilPage = "<!DOCTYPE html><title>Blocked</title><p>Your request was blocked by " + canary
)

// pageRow is a whole answer with a page of something in between.
func pageRow(line string, want pleoclient.Kind) evil {
	return evil{name: "page with " + line, make: plain(says(whole(line, htmlType, evilPage))), want: want, kept: true}
}

var evilStatuses = []evil{
	{name: "status 101 and silence",
		make: plain(once("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", silence),
			unlimited), want: pleoclient.KindUnexpected},
	{name: "status 101 without an upgrade", make: plain(says("HTTP/1.1 101 Switching\r\n\r\n"), unlimited),
		want: pleoclient.KindUnexpected},
	{name: "status 203 with a good body",
		make: plain(says(whole("203 Changed", "Content-Type: application/json\r\n", goodClient))),
		kept: true},
	{name: "status 204", make: plain(says("HTTP/1.1 204 No Content\r\n\r\n")),
		want: pleoclient.KindUnexpected, kept: true},
	{name: "status 206 with a part",
		make: plain(says(whole("206 Partial", "Content-Type: application/json\r\n", goodClient[:50]))),
		want: pleoclient.KindUnexpected, kept: true},
	statusRow("400 Bad", pleoclient.KindBadRequest),
	statusRow("401 No", pleoclient.KindKeyRejected),
	statusRow("403 Forbidden", pleoclient.KindForbidden),
	statusRow("404 Not Found", pleoclient.KindNotFound),
	statusRow("407 Login", pleoclient.KindProxyLogin, `Proxy-Authenticate: Basic realm="x"`),
	statusRow("401 No", pleoclient.KindKeyRejected, `WWW-Authenticate: Bearer realm="pleo"`),
	statusRow("401 No", pleoclient.KindIntercepted, `WWW-Authenticate: Basic realm="intranet"`),
	statusRow("401 No", pleoclient.KindIntercepted, "WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM"),
	statusRow("401 No", pleoclient.KindIntercepted, "Proxy-Authenticate: Negotiate"),
	statusRow("403 Forbidden", pleoclient.KindForbidden, "WWW-Authenticate: "+canary),
	pageRow("401 No", pleoclient.KindIntercepted),
	pageRow("403 Forbidden", pleoclient.KindIntercepted),
	pageRow("404 Not Found", pleoclient.KindIntercepted),
	pageRow("429 Slow", pleoclient.KindRateLimited),
	pageRow("503 Maintenance", pleoclient.KindPleoTrouble),
	{name: "page with 404 to a DELETE", make: plain(says(whole("404 Not Found", htmlType, evilPage))),
		want: pleoclient.KindIntercepted, kept: true, call: deleteInstallation},
	{name: "page with 401 to a request without a key", make: plain(says(whole("401 No", htmlType, evilPage))),
		want: pleoclient.KindIntercepted, kept: true, call: reach},
	statusRow("418 Teapot", pleoclient.KindUnexpected),
	statusRow("421 Misdirected", pleoclient.KindUnexpected),
	statusRow("429 Slow", pleoclient.KindRateLimited),
	statusRow("429 Slow", pleoclient.KindRateLimited, "Retry-After: 7"),
	statusRow("429 Slow", pleoclient.KindRateLimited, "Retry-After: 86400"),
	statusRow("429 Slow", pleoclient.KindRateLimited, "Retry-After: -5"),
	statusRow("429 Slow", pleoclient.KindRateLimited, "Retry-After: soon"),
	statusRow("429 Slow", pleoclient.KindRateLimited, "Retry-After: Fri, 31 Dec 2199 23:59:59 GMT"),
	statusRow("451 Law", pleoclient.KindUnexpected),
	statusRow("500 Oops", pleoclient.KindPleoTrouble),
	statusRow("502 Bad Gateway", pleoclient.KindPleoTrouble),
	statusRow("511 Sign in", pleoclient.KindLoginPage),
	statusRow("599 Odd", pleoclient.KindPleoTrouble),
	statusRow("999 Odd", pleoclient.KindUnexpected),
	statusRow("000 Odd", pleoclient.KindUnexpected),
	{name: "status without a number", make: plain(says("HTTP/1.1 OK\r\n\r\n"), unlimited),
		want: pleoclient.KindUnexpected},
	{name: "status line that plays tricks", make: plain(says(whole("200 \x1b]0;x\a"+canary, "", "x"))),
		want: pleoclient.KindUnexpected, kept: true},
	{name: "header that plays tricks",
		make: plain(says(whole("200 OK", "Content-Type: text/\x1b[2J\r\n", "x")), unlimited),
		want: pleoclient.KindUnexpected},
}

// committed carries every POST out and ends it badly. A GET returns what there is.
func committed(end func(*peer)) func(*peer) {
	return func(w *peer) {
		for {
			req, heard := w.hear()
			switch {
			case !heard:
				return
			case req.Method == "POST":
				end(w)
				return
			}
			w.say(fine("application/json", goodInstallation))
		}
	}
}

// wantActivated asks for the state, as after an open outcome.
func wantActivated(t *testing.T, s *scene, c *pleoclient.Client) {
	t.Helper()
	found, err := c.Installations(t.Context(), canaryKey)
	if err != nil || len(found) != 1 || found[0].Status.String() != pleoclient.StatusActivated {
		t.Errorf("got %+v, %v", found, err)
	}
	if n := s.requests(); n != 2 {
		t.Errorf("%d requests, want the POST once and the GET", n)
	}
}

var evilOutcomes = []evil{
	{name: "committed, then silent", make: plain(committed(silence), pleoclient.WithLimits(long, notShort, long)),
		want: pleoclient.KindTimeout,
		call: createInstallation, kept: true, then: wantActivated},
	{name: "committed, then cut", make: plain(committed(hangUp)), want: pleoclient.KindOffline,
		call: createInstallation, kept: true, then: wantActivated},
	{name: "committed, then reset", make: plain(committed(reset)), want: pleoclient.KindOffline,
		call: createInstallation, kept: true, then: wantActivated},
	{name: "committed, then cut in the answer", make: plain(committed(func(w *peer) {
		w.say(head + "Content-Length: 100\r\n\r\n{")
		hangUp(w)
	})), want: pleoclient.KindOffline, call: createInstallation, kept: true, then: wantActivated},
	{name: "kept connection that ends at the next POST", make: plain(func(w *peer) {
		for {
			req, heard := w.hear()
			if !heard || req.Method == "POST" {
				hangUp(w)
				return
			}
			w.say(fine("application/json", goodClient))
		}
	}), kept: true, then: func(t *testing.T, s *scene, c *pleoclient.Client) {
		_, err := c.CreateInstallation(t.Context(), canaryKey, pleoclient.StatusActivated)
		wantKind(t, err, pleoclient.KindOffline)
		if n := s.requests(); n != 2 {
			t.Errorf("%d requests: the POST went out twice", n)
		}
	}},
	{name: "kept connection that ends at the next GET", make: func(s *scene) world {
		broken := false
		return plain(func(w *peer) {
			for i := 0; ; i++ {
				if _, heard := w.hear(); !heard {
					return
				}
				s.mu.Lock()
				now := i == 1 && !broken
				broken = broken || now
				s.mu.Unlock()
				if now {
					hangUp(w)
					return
				}
				w.say(fine("application/json", goodClient))
			}
		})(s)
	}, kept: true, then: func(t *testing.T, _ *scene, c *pleoclient.Client) {
		_, err := c.Introspect(t.Context(), canaryKey)
		wantKind(t, err, "")
	}},
	{name: "answer nobody asked for",
		make: plain(says(fine("application/json", goodClient) + whole("401 No", "", canary))),
		kept: true, then: func(t *testing.T, _ *scene, c *pleoclient.Client) {
			_, err := c.Introspect(t.Context(), canaryKey)
			wantKind(t, err, "")
		}},
}
