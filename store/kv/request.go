package kv

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"pleo-connect/store"
)

const (
	patience = 30 * time.Second // until another node is the active one: after a kill it took up to 16 s
	interval = 500 * time.Millisecond
	tries    = int(patience / interval)
)

// request is one request to the engine.
type request struct {
	method, path string // below /v1/
	body         []byte
	open         bool   // without the token
	twice        bool   // carrying it out twice is the same as once
	within       string // a namespace below that of the settings
	needs        rights // what a policy must allow
}

// rights are what a policy must allow for a request.
type rights struct{ action, path, capabilities string }

// once reports whether it must not be carried out twice: a write that is compared would meet itself.
func (r request) once() bool { return r.method != http.MethodGet && !r.twice }

// call sends r to the active node. If that has changed, it is looked for, and r is sent again, unless it may have been
// carried out and that must not happen twice: then the error is [store.ErrUnsure]. The answer is a success, or that
// there is nothing to read.
func (c *Client) call(ctx context.Context, r request) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for try := 1; ; try++ {
		a, err := c.once(ctx, r)
		if err == nil || !isPassing(err) || !c.lost() || errors.Is(err, store.ErrUnsure) || try == tries {
			return a, err
		}
		if c.config.Pause(ctx, interval); ctx.Err() != nil {
			if errors.Is(ctx.Err(), context.Canceled) { // the caller has left
				err = errors.Join(ctx.Err(), err)
			}
			return a, err
		}
	}
}

// once sends r to the node that is the active one, as far as is known.
func (c *Client) once(ctx context.Context, r request) (answer, error) {
	node, err := c.activeNode(ctx)
	if err != nil {
		return answer{}, err
	}
	token := c.secret()
	a, err := c.send(ctx, node, r)
	if kindOf(err) == store.KindEngineToken && c.renew(token) {
		a, err = c.send(ctx, node, r)
	}
	if err == nil {
		c.mu.Lock()
		c.answered = true
		c.mu.Unlock()
	}
	return a, err
}

// lost forgets the active node after a failure, and reports whether there may be another one soon: an engine that has
// never answered is not waited for.
func (c *Client) lost() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.node = ""
	return c.answered
}

// send sends r to a node. What must be carried out only once may have been if its answer is lost.
func (c *Client) send(ctx context.Context, node string, r request) (answer, error) {
	var sent atomic.Bool
	a, err := c.exchange(ctx, node, r, &sent)
	unsure := sent.Load()
	switch {
	case err != nil:
	case r.method == http.MethodGet && a.isMissing(), a.status == http.StatusNoContent,
		a.status/100 == 2 && a.body != nil:
		return a, nil
	default:
		err = c.refused(a)
		unsure = a.leavesOpen(err)
	}
	if r.once() && unsure {
		err = errors.Join(store.ErrUnsure, err)
	}
	return a, err
}

// exchange sends r and reads the answer to its end, so that the connection is kept. It follows no redirect. Sent is set
// when a connection was there to write on.
func (c *Client) exchange(ctx context.Context, node string, r request, sent *atomic.Bool) (answer, error) {
	limited, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	traced := httptrace.WithClientTrace(limited, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	})
	req, err := http.NewRequestWithContext(traced, r.method, node+"/v1/"+r.path, bytes.NewReader(r.body))
	if err != nil {
		return answer{}, c.fail(store.KindEngineUnexpected, "")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.config.UserAgent)
	req.Header.Set("X-Vault-Request", "true") // which an agent may want to see, against forged requests
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if !r.open {
		req.Header.Set("X-Vault-Token", c.secret().reveal())
		if c.config.Namespace != "" {
			req.Header.Set("X-Vault-Namespace", c.config.Namespace+r.within)
		}
	}
	res, err := c.transport.RoundTrip(req)
	if err != nil {
		return answer{}, c.unanswered(ctx, err)
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusSwitchingProtocols {
		return newAnswer(res, nil), nil // whose body is the bare connection, which no context ends
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	if err != nil {
		return answer{}, c.unanswered(ctx, err)
	}
	if len(body) > maxBody {
		return answer{}, c.failReason(store.KindEngineUnexpected, "", "size")
	}
	return newAnswer(res, body), nil
}

// unanswered is unreachable, unless the caller has left.
func (c *Client) unanswered(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return errors.Join(ctx.Err(), c.fail(store.KindEngineDown, "timeout"))
	}
	return c.unreachable(err)
}

func (c *Client) secret() Token {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.token
}

// firstPart returns what is the mount of most addresses.
func (c *Client) firstPart() string {
	first, _, _ := strings.Cut(c.address.Path, "/")
	return first
}
