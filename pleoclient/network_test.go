package pleoclient_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
)

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	var visits atomic.Int32
	elsewhere := listen(t, func(int, net.Conn) { visits.Add(1) })
	for _, call := range calls {
		t.Run(call.name, func(t *testing.T) {
			t.Parallel()
			s, c, key := start(t)
			for status, location := range map[int]string{
				301: "https://" + elsewhere + "/?token=secret-token", 302: "http://" + elsewhere, 303: "//" + elsewhere,
				307: "https://user:secret-token@" + elsewhere, 308: "http://" + elsewhere + call.path,
			} {
				f := pleosim.Reply(call.method, call.path, status, "", "")
				f.Header.Set("Location", location)
				s.Inject(f)
				e := wantKind(t, call.do(t.Context(), c, key), pleoclient.KindLoginPage)
				want := pleoclient.Cause{Reason: pleoclient.ReasonRedirect, Value: pleoclient.Safe(elsewhere)}
				if e.Cause != want {
					t.Errorf("%d: got %q, want %q", status, e.Cause, want)
				}
			}
			if got := len(s.Requests()); got != 5 {
				t.Errorf("got %d requests, want one for each redirect", got)
			}
		})
	}
	t.Cleanup(func() { // after the parallel calls
		if visits.Load() != 0 {
			t.Error("somebody followed the redirect")
		}
	})
}

func TestOddRedirects(t *testing.T) {
	t.Parallel()
	s, c, key := start(t)
	for _, location := range []string{"", "/login", "::not a url", "https://"} {
		f := pleosim.Reply("GET", "/v1/introspect", 302, "", "")
		f.Header.Set("Location", location)
		s.Inject(f)
		_, err := c.Introspect(t.Context(), key)
		if e := wantKind(t, err, pleoclient.KindLoginPage); e.Cause.Reason != pleoclient.ReasonRedirectNoHost {
			t.Errorf("%q: got %q", location, e.Cause)
		}
	}
}

func TestRefusedPort(t *testing.T) {
	t.Parallel()
	address := refusing(t)
	for _, call := range calls {
		wantKind(t, call.do(t.Context(), newClient(t, "http://"+address), canaryKey), pleoclient.KindRefused)
	}
}

func TestBrokenAnswers(t *testing.T) {
	t.Parallel()
	const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	large := "X: " + strings.Repeat("y", 1000) + "\r\n"
	tests := []struct {
		name, answer string
		want         pleoclient.Kind
	}{
		{"nothing", "", pleoclient.KindOffline},
		{"headers without an end", head, pleoclient.KindOffline},
		{"half a header", "HTTP/1.1 200 OK\r\nConte", pleoclient.KindUnexpected},
		{"half a body", head + "Content-Length: 1000\r\n\r\n{", pleoclient.KindOffline},
		{"another protocol", "SSH-2.0-OpenSSH_9.9\r\n", pleoclient.KindUnexpected},
		{"malformed header", head + "no colon\r\n\r\n", pleoclient.KindUnexpected},
		{"9 MB of headers", head + strings.Repeat(large, 9000) + "\r\n", pleoclient.KindUnexpected},
		{"hostile status", strings.Replace(head, "OK", "\x1b]0;x\a", 1) + "Content-Length: 2\r\n\r\n{}",
			pleoclient.KindUnexpected},
		{"flood of 1xx", strings.Repeat("HTTP/1.1 103 Early Hints\r\n"+large+"\r\n", 1000), pleoclient.KindUnexpected},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			address := listen(t, func(_ int, conn net.Conn) {
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					_, _ = io.WriteString(conn, test.answer)
				}
			})
			_, err := newClient(t, "http://"+address).Introspect(t.Context(), canaryKey)
			wantKind(t, err, test.want)
		})
	}
}

func TestTimeouts(t *testing.T) {
	t.Parallel()
	const short, long = 50 * time.Millisecond, time.Minute
	s, _, key := start(t)
	hang := pleosim.Hang("", "")
	hang.Times = pleosim.Always
	s.Inject(hang)
	drip := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"data":`)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	silent := listen(t, func(_ int, conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
	tests := map[string]*pleoclient.Client{
		"no first byte":    newClient(t, s.APIBase(), pleoclient.WithLimits(long, short, long)),
		"nothing in time":  newClient(t, s.APIBase(), pleoclient.WithLimits(long, long, short)),
		"body that drips":  newClient(t, drip, pleoclient.WithLimits(long, long, short)),
		"no TLS handshake": newClient(t, "https://"+silent, pleoclient.WithLimits(short, long, long)),
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := c.Introspect(t.Context(), key)
			wantKind(t, err, pleoclient.KindTimeout)
		})
	}
}

func TestCanceled(t *testing.T) {
	t.Parallel()
	for _, call := range calls {
		t.Run(call.name, func(t *testing.T) {
			t.Parallel()
			s, c, key := start(t)
			s.Inject(pleosim.Hang("", ""))
			ctx, leave := context.WithCancelCause(t.Context())
			failed := make(chan error)
			go func() { failed <- call.do(ctx, c, key) }()
			if err := s.Wait(t.Context(), func(r []pleosim.Request) bool { return len(r) == 1 }); err != nil {
				t.Fatal(err)
			}
			leave(fmt.Errorf("the admin left with %s", canary)) // a cause is the caller's own business
			wantKind(t, <-failed, pleoclient.KindCanceled)
			wantKind(t, call.do(ctx, c, key), pleoclient.KindCanceled)
		})
	}
}

func TestCanceledBeatsRefused(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	leave()
	wantKind(t, newClient(t, "http://127.0.0.1:1").Reach(ctx), pleoclient.KindCanceled)
}

// TestWarmConnection: the connection that Reach opened serves the first call, regardless of the answer to Reach.
func TestWarmConnection(t *testing.T) {
	t.Parallel()
	answers := map[string]*pleosim.Fault{
		"401": nil,
		"404 with text": {Ending: pleosim.EndReply, Status: 404,
			Header: http.Header{"Content-Type": {"text/plain"}}, Body: "no"},
		"large 403":       {Ending: pleosim.EndReply, Status: 403, Body: strings.Repeat("x", 500_000)},
		"429":             {Ending: pleosim.EndReply, Status: 429},
		"200 in no hurry": {Ending: pleosim.EndReply, Status: 200, Body: goodClient},
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _, key := start(t)
			if answer != nil {
				s.Inject(*answer)
			}
			var opened atomic.Int32
			front := httptest.NewUnstartedServer(s)
			front.Config.ConnState = func(_ net.Conn, state http.ConnState) {
				if state == http.StateNew {
					opened.Add(1)
				}
			}
			front.Start()
			defer front.Close()
			c := newClient(t, front.URL)
			wantKind(t, c.Reach(t.Context()), "")
			_, err := c.Introspect(t.Context(), key)
			wantKind(t, err, "")
			if got := opened.Load(); got != 1 {
				t.Errorf("got %d connections, want 1", got)
			}
		})
	}
}

// TestStaleByItsWords: net/http sees the end of a kept connection just as it sends, which no server can
// bring about for sure.
func TestStaleByItsWords(t *testing.T) {
	t.Parallel()
	dial := func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("http: server closed idle connection")
	}
	c := newClient(t, "http://127.0.0.1", pleoclient.WithDial(dial))
	wantKind(t, createInstallation.do(t.Context(), c, canaryKey), pleoclient.KindOffline)
}

// TestStaleConnection: the server drops a kept connection at the moment of the next request. A GET is sent again; a
// POST is not, because no one knows whether it was carried out.
func TestStaleConnection(t *testing.T) {
	t.Parallel()
	for _, call := range []apiCall{introspect, createInstallation} {
		t.Run(call.name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			address := listen(t, func(n int, conn net.Conn) {
				r := bufio.NewReader(conn)
				for i := 1; ; i++ {
					if req, err := http.ReadRequest(r); err != nil || discard(req) != nil {
						return
					}
					asked.Add(1)
					if n == 1 && i == 2 {
						return // the first connection serves one request only
					}
					_, _ = fmt.Fprintf(conn,
						"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
						len(goodClient), goodClient)
				}
			})
			c := newClient(t, "http://"+address)
			wantKind(t, c.Reach(t.Context()), "")
			want, times := pleoclient.Kind(""), int32(3)
			if call.method == "POST" {
				want, times = pleoclient.KindOffline, 2
			}
			wantKind(t, call.do(t.Context(), c, canaryKey), want)
			if got := asked.Load(); got != times {
				t.Errorf("got %d requests, want %d", got, times)
			}
		})
	}
}

func discard(req *http.Request) error {
	_, err := io.Copy(io.Discard, req.Body)
	return err
}

func TestOpenOutcomeOfCreate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault pleosim.Fault
		want  pleoclient.Kind
	}{
		"500": {pleosim.Reply("POST", "", 500, "", ""), pleoclient.KindPleoTrouble},
		"cut": {pleosim.Cut("POST", ""), pleoclient.KindOffline},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, c, key := start(t)
			s.Inject(pleosim.Committed(test.fault))
			_, err := c.CreateInstallation(t.Context(), key, pleoclient.StatusActivated)
			wantKind(t, err, test.want)
			got, err := c.Installations(t.Context(), key) // the way out: ask the state
			if err != nil || len(got) != 1 || got[0].Status.String() != pleoclient.StatusActivated {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"https://external.pleo.io", "https://192.0.2.1", "https://[2001:db8::1]"} {
		err := newClient(t, base, pleoclient.LoopbackOnly()).Reach(t.Context())
		if e := wantKind(t, err, pleoclient.KindOffline); e.Cause.Reason != pleoclient.ReasonNotLoopback {
			t.Errorf("%s: got %v", base, err)
		}
	}
	s, _, key := start(t)
	_, err := newClient(t, s.APIBase(), pleoclient.LoopbackOnly()).Introspect(t.Context(), key)
	wantKind(t, err, "")
}

// TestPlainHTTPStaysHere: an address with http:// is refused by New already, and once more when it is connected to.
func TestPlainHTTPStaysHere(t *testing.T) {
	t.Parallel()
	const here = "only loopback addresses are allowed here"
	if err := pleoclient.DialFor(t.Context(), "http", "192.0.2.1:80"); err == nil || err.Error() != here {
		t.Errorf("got %v", err)
	}
	for address, want := range map[string]string{
		"127.0.0.1:80": "", "[::1]:80": "", "192.0.2.1:80": here, "[2001:db8::1]:80": here, "x": here,
	} {
		got := ""
		if err := pleoclient.OnlyLoopback(address); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %q", address, got)
		}
	}
	near := strings.TrimPrefix(serve(t, http.NotFound), "http://")
	if err := pleoclient.DialFor(t.Context(), "http", near); err != nil {
		t.Error(err)
	}
}

// TestNameIsNotFound looks up a name with a label over 63 letters: no resolver asks the network for it.
func TestNameIsNotFound(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("a", 64) + ".invalid"
	err := newClient(t, "https://"+name).Reach(t.Context())
	if e := wantKind(t, err, pleoclient.KindDNS); e.Cause.Reason != pleoclient.ReasonNoSuchName {
		t.Errorf("got %q", e.Cause)
	}
}
