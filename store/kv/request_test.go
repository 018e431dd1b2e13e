package kv

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"pleo-connect/store"
)

// TestWriteIsSentOnce cuts a connection that was used before, when the request has been read: net/http sends some
// requests again then.
func TestWriteIsSentOnce(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]reply{post: {{cut: true}, {status: 200, body: written(1)}}})
	c := client(t, f.URL)
	_, err := c.Mount(t.Context())
	must(t, err)
	if err := calls[post](t, c); !errors.Is(err, store.ErrUnsure) || row(err) != "store_engine_down/cut" {
		t.Error(err)
	}
	if n := f.count(post); n != 1 {
		t.Errorf("it was sent %d times", n)
	}
}

// TestSentAgain does the same to reads, to what may be carried out twice, and to writes that were certainly not carried
// out.
func TestSentAgain(t *testing.T) {
	t.Parallel()
	for name, answers := range map[string][]reply{
		get:   {{status: 500, body: none}, {status: 502, kind: "text/html"}, {status: 200, body: version(1, "{}")}},
		list:  {{cut: true}, {cut: true}, {status: 404, body: none}},
		limit: {{cut: true}, page(502), {status: 204}},
		erase: {{cut: true}, says(503, "node is not active"), {status: 204}},
		post:  {{status: 503, body: sealed}, says(400, saysUpgrading), {status: 200, body: written(1)}},
	} {
		f := newFake(t, map[string][]reply{name: answers})
		c := client(t, f.URL)
		_, err := c.Mount(t.Context())
		must(t, errors.Join(err, calls[name](t, c)))
		if n := f.count(name); n < 3 { // net/http sends a read on a used connection again by itself
			t.Errorf("%s was sent %d times", name, n)
		}
	}
}

// TestWaitsForAnother shows that an engine that has answered is waited for, and for how long, and no other.
func TestWaitsForAnother(t *testing.T) {
	t.Parallel()
	f := newFake(t, nil)
	pauses := 0
	c := client(t, f.URL, func(c *Config) { c.Pause = func(context.Context, time.Duration) { pauses++ } })
	must(t, calls[get](t, c))
	f.Close()
	c.Close() // a write on a connection that is just being cut may have been carried out
	err := calls[post](t, c)
	if row(err) != "store_engine_down/refused" || errors.Is(err, store.ErrUnsure) || pauses != tries-1 {
		t.Errorf("%v after %d pauses", err, pauses)
	}
	pauses = 0
	c = client(t, f.URL, func(c *Config) { c.Pause = func(context.Context, time.Duration) { pauses++ } })
	if err := calls[get](t, c); row(err) != "store_engine_down/refused" || pauses > 0 {
		t.Errorf("%v after %d pauses", err, pauses)
	}
}

// TestLeaving ends a save whose answer does not come: it may have been carried out.
func TestLeaving(t *testing.T) {
	t.Parallel()
	left, leave := context.WithCancel(t.Context())
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.Method == http.MethodPost {
			leave()
			<-r.Context().Done()
		}
	}))
	defer s.Close()
	c := client(t, s.URL)
	c.node, c.mount = s.URL, Mount{"secret", "pleo"}
	_, err := c.Write(left, "a", object, 0)
	if !errors.Is(err, store.ErrUnsure) || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	_, err = c.Write(left, "a", object, 0)
	if errors.Is(err, store.ErrUnsure) || !errors.Is(err, context.Canceled) {
		t.Errorf("before anything was sent: %v", err)
	}
}

// TestRequests looks at what is sent.
func TestRequests(t *testing.T) {
	t.Parallel()
	bodies := map[string]string{}
	var seen []*http.Request
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies[r.Method+" "+strings.TrimPrefix(r.URL.Path, "/v1/")] = string(body)
		seen = append(seen, r)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, written(3))
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	c := client(t, s.URL, trusting(s), func(c *Config) { c.Namespace = "team" })
	c.node, c.mount = s.URL, Mount{"secret", "pleo"}
	n, err := c.Write(t.Context(), "a", object, 2)
	must(t, errors.Join(err, c.Destroy(t.Context(), "a", 1, 2), c.SetMaxVersions(t.Context(), "a", 2)))
	if n != 3 || bodies[post] != `{"options":{"cas":2},"data":{"format":1}}` ||
		bodies[erase] != `{"versions":[1,2]}` || bodies[limit] != `{"max_versions":2}` {
		t.Errorf("%d, %q", n, bodies)
	}
	for _, r := range seen {
		h := r.Header
		if r.Proto != "HTTP/1.1" || h.Get("X-Vault-Token") != canary || h.Get("X-Vault-Namespace") != "team" ||
			h.Get("X-Vault-Request") != "true" || h.Get("User-Agent") != "pleo-connect/test" ||
			h.Get("Accept-Encoding") != "" {
			t.Errorf("%s %s %v", r.Proto, r.URL, h)
		}
	}
	if _, err := c.Write(t.Context(), "a", []byte("no object"), 2); err == nil {
		t.Error("what is not JSON is sent")
	}
}

// TestTokenFile has an agent that replaces the token.
func TestTokenFile(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]reply{
		post: {{status: 403, body: badAuth}, {status: 200, body: written(1)}, {status: 403, body: badAuth}},
	})
	files := []string{"  " + canary + "-old\r\n", canary + "-new\n"}
	c := client(t, f.URL, func(c *Config) {
		c.Token, c.TokenFile = Token{}, "token"
		c.ReadFile = func(name string) ([]byte, error) {
			text := files[0]
			files = files[min(1, len(files)-1):]
			return []byte(text), nil
		}
	})
	must(t, calls[post](t, c))
	if err := calls[post](t, c); row(err) != "store_engine_denied/write" {
		t.Errorf("with the same token again: %v", err)
	}
	var sent []string
	for _, r := range f.requests() {
		if r.Method == http.MethodPost {
			sent = append(sent, strings.TrimPrefix(r.Header.Get("X-Vault-Token"), canary))
		}
	}
	if !slices.Equal(sent, []string{"-old", "-new", "-new"}) {
		t.Errorf("sent with %q", sent)
	}
}

// TestSwitchedProtocols answers with a bare connection, whose body never ends.
func TestSwitchedProtocols(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = http.ReadRequest(bufio.NewReader(conn))
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")
		_, _ = io.Copy(io.Discard, conn)
	}()
	if err := client(t, "http://"+l.Addr().String()).Health(t.Context()); row(err) != "store_engine_unexpected" {
		t.Error(err)
	}
}

// TestUnknownFault refuses a write, and then does not say whether the token or its policy is the reason.
func TestUnknownFault(t *testing.T) {
	t.Parallel()
	for want, answer := range map[string]reply{
		"store_engine_token/variable": {status: 403, body: badAuth},
		"store_engine_denied/write":   {status: 403, body: barred},
		"store_engine_sealed":         {status: 503, body: sealed},
		"store_engine_quota/rate":     page(429),
		"store_engine_down/cut":       {cut: true},
	} {
		f := newFake(t, map[string][]reply{
			mounts: {{status: 200, body: mounted}, answer},
			post:   {{status: 403, body: badAuth}},
		})
		if err := calls[post](t, client(t, f.URL)); row(err) != want || errors.Is(err, store.ErrUnsure) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
