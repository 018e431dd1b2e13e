package pleoclient

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"time"
)

// request is one request to Pleo.
type request struct {
	method, path string
	key          Key
	anonymous    bool   // no key and no Authorization header
	body         []byte // JSON; nil for none
}

func (r request) op() string { return r.method + " " + r.path }

// answer is a successful answer: its status, and its body, which is JSON or blank.
type answer struct {
	status int
	body   []byte
}

// send is the only function that sends requests to Pleo, apart from probes. It tries again when retry says so. Every
// error is an *Error, and names the call if one was made, except for that of roots that are not trusted.
func (c *Client) send(ctx context.Context, r request) (answer, error) {
	for _, longest := range c.waits {
		res, err := c.try(ctx, r)
		wait, again := pauseAfter(r, err, longest)
		if !again {
			return res, err
		}
		pause(ctx, wait)
	}
	return c.try(ctx, r)
}

// try sends r once.
func (c *Client) try(ctx context.Context, r request) (answer, error) {
	transport, err := c.transport()
	if err != nil {
		return answer{}, err
	}
	return c.trace(ctx, &tracer{proxy: c.proxy, to: LayerAPI}, transport, r)
}

// trace sends r once through a transport, and t follows it.
func (c *Client) trace(ctx context.Context, t *tracer, transport *http.Transport, r request) (answer, error) {
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, scrub, err := c.newRequest(limited, r)
	if err != nil {
		return answer{}, err
	}
	res, err := t.do(transport, req, scrub)
	if err != nil && ctx.Err() != nil { // the caller left; failures caused by that do not matter
		return answer{}, &Error{Kind: KindCanceled, Op: r.op()}
	}
	return res, withCall(err, r, res.status)
}

// newRequest builds the request. The path is one of this package's own, so the key can only go to the client's origin.
func (c *Client) newRequest(ctx context.Context, r request) (*http.Request, scrubber, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, c.origin+r.path, bytes.NewReader(r.body))
	if err != nil {
		return nil, scrubber{}, &Error{Kind: KindBadRequest, Cause: Cause{Reason: ReasonRequest}}
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json;charset=UTF-8")
	}
	scrub := proxySecrets(c.proxy)
	if r.anonymous {
		return req, scrub, nil
	}
	scrub.key, err = authorize(req, r.key)
	return req, scrub, err
}

// authorize puts the key where Pleo expects it, as the user name of Basic authentication with an empty password, and
// returns the forms in which it must not come back. A key that Basic cannot carry is refused before anything is sent.
//
// Source: https://developers.pleo.io/docs/current/authentication/api-base-urls
func authorize(req *http.Request, key Key) (forms []keyForm, err error) {
	if key.IsZero() {
		return nil, &Error{Kind: KindNotAKey}
	}
	text := key.Reveal()
	if malformed(text) != nil {
		return nil, &Error{Kind: KindKeyMalformed}
	}
	req.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(text+":")))
	return keyForms(text), nil
}

// do sends req and reads the answer to its end, so that the connection is kept.
func (t *tracer) do(transport *http.Transport, req *http.Request, scrub scrubber) (answer, error) {
	res, err := t.roundTrip(transport, req, scrub)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, readErr := readBody(res)
	if err := check(res, body, readErr, scrub); err != nil {
		return answer{status: res.StatusCode}, err
	}
	return answer{status: res.StatusCode, body: body}, nil
}

// roundTrip sends req. If no answer comes, its error says whose fault that is. It follows no redirect, keeps no cookie
// and adds no Referer.
func (t *tracer) roundTrip(transport *http.Transport, req *http.Request, scrub scrubber) (*http.Response, error) {
	defer t.end()
	began := time.Now()
	res, err := transport.RoundTrip(t.follow(req))
	switch {
	case err == nil:
		t.answer(res, time.Since(began))
		return res, nil
	case t.atProxy():
		return nil, proxyError(err, scrub).at(t.proxy)
	case t.isNoTunnel(err):
		return nil, (&Error{Kind: KindProxy, Cause: Cause{Reason: ReasonPage}}).at(t.proxy)
	}
	return nil, networkError(err, scrub)
}

// readBody reads what is allowed and one byte more. The body of a 101 is the bare connection, which no context ends.
func readBody(res *http.Response) ([]byte, error) {
	if res.StatusCode == http.StatusSwitchingProtocols {
		return nil, nil
	}
	return io.ReadAll(io.LimitReader(res.Body, maxBodyBytes+1))
}

// check accepts complete successes that are JSON, or empty and of no other type. The status is judged first, regardless
// of what follows.
func check(res *http.Response, body []byte, readErr error, scrub scrubber) error {
	r := reply{res.StatusCode, res.Header, body}
	switch {
	case res.StatusCode/100 != 2:
		return statusError(res, body, scrub)
	case r.isEncoded(): // never decompressed: 1 MB may become 1 GB
		return unexpected(ReasonCompressed)
	case readErr != nil:
		return networkError(readErr, scrub)
	case len(body) > maxBodyBytes:
		return unexpected(ReasonSize)
	case r.wantsLogin() || r.isPage():
		return &Error{Kind: KindLoginPage, Cause: strangerIn(r).cause(r)}
	case r.isOther() || !r.isJSON() && !(r.blank() && r.mediaType() == ""):
		return unexpected(ReasonNotJSON)
	case scrub.repeatedIn(body):
		return unexpected(ReasonRepeatsKey)
	}
	return nil
}
