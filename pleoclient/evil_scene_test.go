package pleoclient_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	patience = 2 * time.Minute // for what has to happen; many times the limits of the rows
	tooMuch  = 14 << 20        // bytes that a client may take: 1 MiB, and what the kernel holds for both sides
)

// scene is the world of one row: the servers that misbehave, and those that must not be contacted.
type scene struct {
	t       *testing.T
	mu      sync.Mutex
	peers   []*peer
	visits  atomic.Int32 // to the places that have to stay silent
	secrets []string     // beside the key
	names   []string     // replaced in what is compared: addresses that differ from run to run
}

// peer is one connection from the client, as the server sees it.
type peer struct {
	net.Conn
	tcp    *net.TCPConn
	r      *bufio.Reader
	origin bool          // Pleo's own place: the key may come here
	done   chan struct{} // closed when the connection has ended
	mu     sync.Mutex
	heard  bytes.Buffer // what the client said
	said   atomic.Int64 // how much it was sent
}

func (w *peer) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard.Write(p[:n])
	return n, err
}

func (w *peer) Write(p []byte) (int, error) {
	n, err := w.Conn.Write(p)
	w.said.Add(int64(n))
	return n, err
}

// say writes text and reports whether the client is still there.
func (w *peer) say(text string) bool {
	_, err := io.WriteString(w, text)
	return err == nil
}

// hear reads one request with its body.
func (w *peer) hear() (*http.Request, bool) {
	req, err := http.ReadRequest(w.r)
	return req, err == nil && discard(req) == nil
}

// drip writes what next returns, piece by piece, until the client has had enough.
func (w *peer) drip(next func(i int) string) {
	pace := time.NewTicker(5 * time.Millisecond)
	defer pace.Stop()
	for i := 0; ; i++ {
		if !w.say(next(i)) {
			return
		}
		<-pace.C
	}
}

// flood writes text until the client has had enough, or much more than it may take.
func (w *peer) flood(text string) {
	for w.said.Load() < 4*tooMuch && w.say(text) {
	}
}

// reset ends the connection with RST.
func (w *peer) reset() {
	_ = w.tcp.SetLinger(0)
	_ = w.tcp.Close()
}

// listen gives each connection to handle. After that nothing answers any more, and the client has to leave by itself.
func (s *scene) listen(origin bool, handle func(*peer)) (address string) {
	s.t.Helper()
	return listen(s.t, func(_ int, conn net.Conn) {
		tcp := conn.(*net.TCPConn)
		_ = tcp.SetWriteBuffer(64 << 10)
		w := &peer{Conn: conn, tcp: tcp, origin: origin, done: make(chan struct{})}
		defer close(w.done)
		s.add(w)
		handle(w)
		_, _ = io.Copy(io.Discard, w.r)
	})
}

func (s *scene) add(w *peer) {
	w.r = bufio.NewReader(w)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.peers = append(s.peers, w)
}

// overTLS is handle behind a handshake.
func (s *scene) overTLS(config *tls.Config, handle func(*peer)) func(*peer) {
	return func(w *peer) {
		conn := tls.Server(w.Conn, config)
		inner := &peer{Conn: conn, tcp: w.tcp, origin: w.origin, done: w.done}
		s.add(inner)
		if conn.Handshake() == nil {
			handle(inner)
			_, _ = io.Copy(io.Discard, inner.r)
		}
	}
}

// quiet returns the address of a server that must not be contacted.
func (s *scene) quiet() (address string) {
	s.t.Helper()
	return listen(s.t, func(int, net.Conn) { s.visits.Add(1) })
}

// all returns the connections so far.
func (s *scene) all() []*peer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.peers)
}

// ended waits until the client has left every connection.
func (s *scene) ended() {
	s.t.Helper()
	deadline := time.After(patience)
	for _, w := range s.all() {
		select {
		case <-w.done:
		case <-deadline:
			s.t.Error("the client keeps a connection open")
			return
		}
	}
}

// hangUp closes the connections that the client keeps for the next call.
func (s *scene) hangUp() {
	for _, w := range s.all() {
		_ = w.tcp.Close()
	}
}

// noGoroutines waits until the client has none left. Those of the row carry its label, and hand it
// on to what they start.
func (s *scene) noGoroutines(label string) {
	s.t.Helper()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	deadline := time.After(patience)
	for {
		var stacks bytes.Buffer
		if err := pprof.Lookup("goroutine").WriteTo(&stacks, 1); err != nil {
			s.t.Fatal(err)
		}
		if !strings.Contains(stacks.String(), `"`+label+`"`) {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			s.t.Errorf("goroutines are left:\n%s", stacks.String())
			return
		}
	}
}

// labelled runs f with a label for noGoroutines, in a goroutine of its own, and fails the test when
// it does not come back.
func labelled(t *testing.T, label string, f func(context.Context) error) error {
	t.Helper()
	failed := make(chan error, 1)
	go pprof.Do(t.Context(), pprof.Labels("evil", label), func(ctx context.Context) { failed <- f(ctx) })
	select {
	case err := <-failed:
		return err
	case <-time.After(patience):
		t.Fatal("the call does not come back")
		return nil
	}
}

// mayBeSent are the headers of a request. Anything else would be a surprise: a cookie, a Referer, Expect,
// a login of the proxy.
var mayBeSent = []string{"Accept", "Authorization", "Content-Length", "Content-Type", "User-Agent"}

// checkSent looks at everything the client said: the key is in one header of the requests to Pleo and nowhere else.
func (s *scene) checkSent() {
	s.t.Helper()
	if n := s.visits.Load(); n != 0 {
		s.t.Errorf("%d visits where nobody may go", n)
	}
	basic := basicOf(canary + ":")
	for _, w := range s.all() {
		if n := w.said.Load(); n > tooMuch {
			s.t.Errorf("the client took %d bytes", n)
		}
		w.mu.Lock()
		heard := w.heard.String()
		w.mu.Unlock()
		if w.origin {
			s.checkRequests(heard)
			heard = strings.ReplaceAll(heard, "\r\nAuthorization: Basic "+basic+"\r\n", "\r\n")
		}
		if holdsKey(heard) || strings.Contains(heard, "\r\nAuthorization:") {
			s.t.Error("the key went where it does not belong")
		}
	}
}

func holdsKey(text string) bool {
	for _, form := range []string{
		canary, basicOf(canary)[:len(canary)/3*4], base64.URLEncoding.EncodeToString([]byte(canary))[:24],
	} {
		if strings.Contains(text, form) {
			return true
		}
	}
	return false
}

func (s *scene) checkRequests(heard string) {
	s.t.Helper()
	r := bufio.NewReader(strings.NewReader(heard))
	for {
		req, err := http.ReadRequest(r)
		if err != nil || discard(req) != nil {
			return
		}
		for name, values := range req.Header {
			if !slices.Contains(mayBeSent, name) || len(values) != 1 {
				s.t.Errorf("a request has the header %s, %d times", name, len(values))
			}
		}
		if got := req.Header.Get("User-Agent"); got != evilAgent || req.Proto != "HTTP/1.1" ||
			len(req.TransferEncoding) != 0 {
			s.t.Errorf("a request of %q in %s", got, req.Proto)
		}
	}
}

// requests counts what was asked.
func (s *scene) requests() (n int) {
	for _, w := range s.all() {
		w.mu.Lock()
		n += strings.Count(w.heard.String(), " HTTP/1.1\r\nHost: ")
		w.mu.Unlock()
	}
	return n
}
