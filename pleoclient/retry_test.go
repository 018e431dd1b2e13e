package pleoclient_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"pleo-connect/flow/flowtest/source"
	"pleo-connect/pleoclient"
)

// TestRetryTable holds that every kind was thought of, and that only reading in a moment of trouble is tried again.
func TestRetryTable(t *testing.T) {
	t.Parallel()
	again := map[pleoclient.Kind]bool{pleoclient.KindOffline: true, pleoclient.KindPleoTrouble: true}
	for _, kind := range source.Kinds[pleoclient.Kind](t, "pleoclient/error.go") {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
			e := pleoclient.Error{Kind: kind, Status: 503}
			got := pleoclient.Retry(method, e, false)
			if _, listed := pleoclient.RetryRules()[kind]; got != (method == "GET" && again[kind]) || !listed {
				t.Errorf("%s, %s: %v", method, kind, got)
			}
		}
	}
	for _, test := range []struct {
		about   string
		method  string
		e       pleoclient.Error
		passing bool
		want    bool
	}{
		{"the resolver is in trouble", "GET", pleoclient.Error{Kind: pleoclient.KindDNS}, true, true},
		{"the resolver is in trouble at a write", "POST", pleoclient.Error{Kind: pleoclient.KindDNS}, true, false},
		{"not implemented", "GET", pleoclient.Error{Kind: pleoclient.KindPleoTrouble, Status: 501}, false, false},
		{"2 s to wait", "GET", pleoclient.Error{Kind: pleoclient.KindPleoTrouble, Status: 503,
			RetryAfter: 2 * time.Second}, false, true},
		{"3 s to wait", "GET", pleoclient.Error{Kind: pleoclient.KindPleoTrouble, Status: 503,
			RetryAfter: 3 * time.Second}, false, false},
	} {
		if got := pleoclient.Retry(test.method, test.e, test.passing); got != test.want {
			t.Errorf("%s: %v", test.about, got)
		}
	}
}

// wire is a network of pipes. Its server answers the nth request with what script returns.
type wire struct {
	script func(n int) string // the raw answer; cut closes the connection, hang leaves it open
	failed func(n int) error  // nil: every dial succeeds

	mu    sync.Mutex
	dials int
	asked []time.Time
}

const (
	cut  = ""
	hang = "hang"
	full = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
)

// ok is an answer that every call takes.
var ok = fmt.Sprintf("%s%d\r\n\r\n%s", full, len(goodClient), goodClient)

// status is an answer without a body.
func status(code int, headers ...string) string {
	return fmt.Sprintf("HTTP/1.1 %d x\r\nContent-Length: 0\r\n%s\r\n", code, strings.Join(append(headers, ""), "\r\n"))
}

// answers plays its arguments, and repeats the last.
func answers(script ...string) func(int) string {
	return func(n int) string { return script[min(n, len(script)-1)] }
}

func (w *wire) dial(context.Context, string, string) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.dials
	w.dials++
	if w.failed != nil {
		if err := w.failed(n); err != nil {
			w.asked = append(w.asked, time.Now())
			return nil, err
		}
	}
	client, server := net.Pipe()
	go w.serve(server)
	return client, nil
}

func (w *wire) serve(conn net.Conn) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	for {
		req, err := http.ReadRequest(r)
		if err != nil || discard(req) != nil {
			return
		}
		w.mu.Lock()
		n := len(w.asked)
		w.asked = append(w.asked, time.Now())
		w.mu.Unlock()
		switch answer := w.script(n); answer {
		case cut:
			return
		case hang:
			_, _ = io.Copy(io.Discard, conn)
			return
		default:
			if _, err := io.WriteString(conn, answer); err != nil {
				return
			}
			if strings.HasSuffix(answer, "half") {
				return
			}
		}
	}
}

// tries returns when each request arrived.
func (w *wire) tries() []time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.asked)
}

// client asks over w with the waits of the program.
func (w *wire) client(t *testing.T) *pleoclient.Client {
	t.Helper()
	c := newClient(t, "http://127.0.0.1:80", pleoclient.WithWaits(pleoclient.RetryWaits...),
		pleoclient.WithDial(w.dial))
	t.Cleanup(c.CloseConnections)
	return c
}

// TestRetries counts what is sent and how long it takes, on a clock that only the waiting moves.
func TestRetries(t *testing.T) {
	t.Parallel()
	const first, second = 500 * time.Millisecond, 1500 * time.Millisecond
	dialling := func(err error) func(int) error {
		return func(n int) error {
			if n == 0 {
				return &net.OpError{Op: "dial", Net: "tcp", Err: err}
			}
			return nil
		}
	}
	noName := &net.DNSError{Err: "no such host", Name: "pleo.example", IsNotFound: true, IsTemporary: true}
	slowName := &net.DNSError{Err: "i/o timeout", Name: "pleo.example", IsTimeout: true, IsTemporary: true}
	trouble := &net.DNSError{Err: "server misbehaving", Name: "pleo.example", IsTemporary: true}
	half := full + "100\r\n\r\nhalf"
	// the clock of synctest begins with 2000
	in90s := "Retry-After: " + time.Date(2000, 1, 1, 0, 1, 30, 0, time.UTC).Format(http.TimeFormat)
	for _, test := range []struct {
		name        string
		script      func(int) string
		failed      func(int) error
		want        pleoclient.Kind
		asked       int
		least, most time.Duration
		retryAfter  time.Duration
	}{
		{"at once", answers(ok), nil, "", 1, 0, 0, 0},
		{"500, then well", answers(status(500), ok), nil, "", 2, 0, first, 0},
		{"502 and 504, then well", answers(status(502), status(504), ok), nil, "", 3, 0, first + second, 0},
		{"503 for ever", answers(status(503)), nil, pleoclient.KindPleoTrouble, 3, 0, first + second, 0},
		{"501", answers(status(501)), nil, pleoclient.KindPleoTrouble, 1, 0, 0, 0},
		{"cut, then well", answers(cut, ok), nil, "", 2, 0, first, 0},
		{"cut for ever", answers(cut), nil, pleoclient.KindOffline, 3, 0, first + second, 0},
		{"half a body, then well", answers(half, ok), nil, "", 2, 0, first, 0},
		{"reset, then well", answers(ok), dialling(os.NewSyscallError("connect", syscall.ECONNRESET)),
			"", 2, 0, first, 0},

		{"1 s to wait, then well", answers(status(503, "Retry-After: 1"), ok), nil, "", 2, time.Second,
			time.Second + first, 0},
		{"2 s to wait, for ever", answers(status(503, "Retry-After: 2")), nil, pleoclient.KindPleoTrouble,
			3, 4 * time.Second, 4*time.Second + first + second, 2 * time.Second},
		{"3 s to wait", answers(status(503, "Retry-After: 3")), nil, pleoclient.KindPleoTrouble, 1, 0, 0,
			3 * time.Second},
		{"a day to wait", answers(status(503, "Retry-After: 86400")), nil, pleoclient.KindPleoTrouble, 1, 0, 0,
			24 * time.Hour},
		{"a time before now", answers(status(503, "Retry-After: Mon, 01 Jan 1990 00:00:00 GMT"), ok), nil,
			"", 2, 0, first, 0},
		{"a time to come", answers(status(503, in90s)), nil, pleoclient.KindPleoTrouble, 1, 0, 0, 90 * time.Second},
		{"nonsense to wait", answers(status(503, "Retry-After: soon"), ok), nil, "", 2, 0, first, 0},
		{"rate limit", answers(status(429, "Retry-After: 1")), nil, pleoclient.KindRateLimited, 1, 0, 0, time.Second},

		{"400", answers(status(400)), nil, pleoclient.KindBadRequest, 1, 0, 0, 0},
		{"401", answers(status(401)), nil, pleoclient.KindKeyRejected, 1, 0, 0, 0},
		{"403", answers(status(403)), nil, pleoclient.KindForbidden, 1, 0, 0, 0},
		{"404", answers(status(404)), nil, pleoclient.KindNotFound, 1, 0, 0, 0},
		{"302", answers(status(302)), nil, pleoclient.KindLoginPage, 1, 0, 0, 0},
		{"407", answers(status(407)), nil, pleoclient.KindProxyLogin, 1, 0, 0, 0},
		{"null", answers(full + "4\r\n\r\nnull"), nil, pleoclient.KindUnexpected, 1, 0, 0, 0},
		{"no HTTP", answers("SSH-2.0-OpenSSH_9.9\r\n\r\nhalf"), nil, pleoclient.KindUnexpected, 1, 0, 0, 0},
		{"no answer", answers(hang), nil, pleoclient.KindTimeout, 1, 10 * time.Second, 10 * time.Second, 0},

		{"refused", answers(ok), dialling(os.NewSyscallError("connect", syscall.ECONNREFUSED)),
			pleoclient.KindRefused, 1, 0, 0, 0},
		{"no such name", answers(ok), dialling(noName), pleoclient.KindDNS, 1, 0, 0, 0},
		{"a resolver without an answer", answers(ok), dialling(slowName), pleoclient.KindDNS, 1, 0, 0, 0},
		{"a resolver in trouble", answers(ok), dialling(trouble), "", 2, 0, first, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &wire{script: test.script, failed: test.failed}
				c, began := w.client(t), time.Now()
				_, err := c.Introspect(t.Context(), canaryKey)
				took := time.Since(began)
				e := wantKind(t, err, test.want)
				if len(w.tries()) != test.asked || took < test.least || took > test.most {
					t.Errorf("%d tries in %v, want %d in %v to %v",
						len(w.tries()), took, test.asked, test.least, test.most)
				}
				if e.RetryAfter != test.retryAfter {
					t.Errorf("left to the caller: %v, want %v", e.RetryAfter, test.retryAfter)
				}
			})
		})
	}
}

// TestEachTryHasItsOwnTime: connections that break late do not cut the next try short.
func TestEachTryHasItsOwnTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const late = 9 * time.Second
		w := &wire{}
		w.script = func(n int) string {
			if n == 2 {
				return ok
			}
			timer := time.NewTimer(late)
			<-timer.C
			return cut
		}
		began := time.Now()
		_, err := w.client(t).Introspect(t.Context(), canaryKey)
		wantKind(t, err, "")
		if took := time.Since(began); took < 2*late || len(w.tries()) != 3 {
			t.Errorf("%d tries in %v", len(w.tries()), took)
		}
	})
}

// TestWritesAreSentOnce: if anything happens to a write, the caller asks for the state before it is sent again. Reading
// calls are.
func TestWritesAreSentOnce(t *testing.T) {
	t.Parallel()
	for _, call := range calls {
		t.Run(call.name, func(t *testing.T) {
			t.Parallel()
			want := 3
			if call.method != "GET" {
				want = 1
			}
			for _, answer := range []string{
				status(500), status(502), status(503), status(503, "Retry-After: 1"), status(504), cut,
			} {
				synctest.Test(t, func(t *testing.T) {
					w := &wire{script: answers(answer)}
					_ = call.do(t.Context(), w.client(t), canaryKey)
					if len(w.tries()) != want {
						t.Errorf("%q: %d tries, want %d", answer, len(w.tries()), want)
					}
				})
			}
		})
	}
}

// TestLeavingAWait: the wait for the next try ends with the context, at that moment, and nothing more is sent.
func TestLeavingAWait(t *testing.T) {
	t.Parallel()
	const left = 1100 * time.Millisecond
	for name, leave := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"canceled": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(left, cancel)
			return ctx, cancel
		},
		"deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, left)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &wire{script: answers(status(503, "Retry-After: 2"))}
				c := w.client(t)
				ctx, cancel := leave(t.Context())
				defer cancel()
				began := time.Now()
				_, err := c.Introspect(ctx, canaryKey)
				e := wantKind(t, err, pleoclient.KindCanceled)
				if took := time.Since(began); took != left || len(w.tries()) != 1 || e.Op != "GET /v1/introspect" {
					t.Errorf("after %v and %d tries: %v", took, len(w.tries()), err)
				}
			})
		})
	}
}

// TestWaitsAreSpread: the waits use their whole range, so that computers which failed together come back apart.
func TestWaitsAreSpread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const runs = 100 // half of the range stays empty once in 2^100
		var early, late [2]int
		for range runs {
			w := &wire{script: answers(status(503))}
			_, err := w.client(t).Introspect(t.Context(), canaryKey)
			wantKind(t, err, pleoclient.KindPleoTrouble)
			asked := w.tries()
			for i, longest := range pleoclient.RetryWaits {
				switch wait := asked[i+1].Sub(asked[i]); {
				case wait < 0 || wait > longest:
					t.Errorf("wait %d took %v", i, wait)
				case wait < longest/2:
					early[i]++
				default:
					late[i]++
				}
			}
		}
		for i := range early {
			if early[i] == 0 || late[i] == 0 {
				t.Errorf("wait %d: %d in the first half, %d in the second", i, early[i], late[i])
			}
		}
	})
}
