package kv

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"pleo-connect/store"
)

// pipes is a network in memory. In a bubble of synctest, its connections let time pass.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error {
	close(p.closed)
	return nil
}

func (p pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8200} }

func (p pipes) dial(context.Context, string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// patient returns a client that waits by the clock, of a fake that is reached in memory.
func patient(t *testing.T, answers map[string][]reply) *Client {
	t.Helper()
	p := pipes{make(chan net.Conn), make(chan struct{})}
	s := &http.Server{Handler: &fake{answers: answers}}
	go func() { _ = s.Serve(p) }()
	t.Cleanup(func() { _ = s.Close() })
	c := client(t, "http://"+p.Addr().String(), func(c *Config) { c.Pause = nil })
	c.transport.DialContext = p.dial
	return c
}

// again returns an answer so often, and then another.
func again(n int, first, then reply) (out []reply) {
	for range n {
		out = append(out, first)
	}
	return append(out, then)
}

// TestPatience saves and removes while an engine chooses another node, or does not get well. What is unsure is looked
// at again for 30 seconds, and no longer.
func TestPatience(t *testing.T) {
	t.Parallel()
	r := newRecord("canary-patient")
	name := "prod-contoso-ledger-" + r.CompanyID
	saves := func(s *Store) error {
		_, err := s.Put(r)
		return err
	}
	removes := func(s *Store) error { return s.Forget(r.Ref(), 0) }
	missing := reply{status: 404, body: none}
	lost := []reply{{cut: true}}
	for about, test := range map[string]struct {
		do         func(*Store) error
		gets       []reply
		posts      []reply
		from, upto time.Duration
		want       string
	}{
		"answers are lost for 20 s": {
			removes, []reply{missing}, again(40, reply{cut: true}, reply{status: 200, body: written(1)}),
			20 * time.Second, 21 * time.Second, "",
		},
		"answers are always lost to a save": {saves, []reply{missing}, lost, 29 * time.Second, saveTime, uncertain},
		"answers are always lost to a removal": {
			removes, []reply{missing}, lost, 29 * time.Second, saveTime, uncertain,
		},
		"and then nothing can be read": {
			saves, again(1, missing, reply{status: 500, body: none}), []reply{page(502)},
			29 * time.Second, saveTime, uncertain,
		},
		"another computer removes it each time": {
			saves, []reply{missing, {status: 200, body: version(99, `{"format":1,"removed":true,"generation":1}`)}},
			[]reply{{status: 200, body: written(1)}}, 0, time.Second, uncertain,
		},
		"nothing can ever be read": {
			saves, []reply{{status: 500, body: none}}, lost, 29 * time.Second, saveTime, "store_engine_trouble",
		},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := patient(t, map[string][]reply{
					"GET secret/data/pleo/" + name: test.gets, "POST secret/data/pleo/" + name: test.posts,
					"POST secret/metadata/pleo/" + name: {{status: 204}},
					"POST secret/destroy/pleo/" + name:  {{status: 204}},
				})
				began := time.Now()
				err := test.do(NewStore(t.Context(), c, nil, "test"))
				if row(err) != test.want || errors.Is(err, store.ErrUnsure) {
					t.Errorf("%v, want %q", err, test.want)
				}
				if took := time.Since(began); took < test.from || took > test.upto {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

const uncertain = "store_engine_uncertain"

// TestRemovedNotDestroyed: the document of a removal was written, and what was there before can't be destroyed. No one
// is told that the record is kept, and the next removal destroys it.
func TestRemovedNotDestroyed(t *testing.T) {
	t.Parallel()
	r := newRecord("canary-left")
	name := "prod-contoso-ledger-" + r.CompanyID
	const gone = `{"data":{"data":null,"metadata":{"deletion_time":"2026-03-04T05:06:07Z","version":1}}}`
	for about, test := range map[string]struct {
		last []reply // to the second destruction and those after it
		want string
	}{
		"the engine is down":        {[]reply{{status: 500, body: none}}, uncertain},
		"it is down for a moment":   {again(9, reply{status: 500, body: none}, reply{status: 204}), ""},
		"the answer is lost":        {again(1, reply{cut: true}, reply{status: 204}), ""},
		"the policy changed":        {[]reply{{status: 403, body: denied}}, uncertain},
		"it changed for one moment": {again(1, reply{status: 403, body: denied}, reply{status: 204}), ""},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := patient(t, map[string][]reply{
					"GET secret/data/pleo/" + name: again(1, reply{status: 404, body: gone},
						reply{status: 200, body: version(2, `{"format":1,"removed":true}`)}),
					"POST secret/data/pleo/" + name: {
						{status: 200, body: written(2)}, {status: 200, body: written(3)},
					},
					"POST secret/metadata/pleo/" + name: {{status: 204}},
					"POST secret/destroy/pleo/" + name:  append([]reply{{status: 204}}, test.last...),
				})
				err := NewStore(t.Context(), c, nil, "test").Forget(r.Ref(), 0)
				if row(err) != test.want || errors.Is(err, store.ErrUnsure) {
					t.Errorf("%v, want %q", err, test.want)
				}
			})
		})
	}
}

// TestLeftBetweenTries: who leaves while an engine chooses another node is told so, and not what is wrong with it.
func TestLeftBetweenTries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRecord("canary-patient")
		c := patient(t, map[string][]reply{
			"GET secret/data/pleo/prod-contoso-ledger-" + r.CompanyID: {{status: 500, body: none}},
		})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Second+interval/2, cancel)
		if err := NewStore(ctx, c, nil, "test").Forget(r.Ref(), 1); !errors.Is(err, context.Canceled) {
			t.Errorf("it says %v", err)
		}
	})
}
