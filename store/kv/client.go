package kv

import (
	"context"
	"crypto/x509"
	"errors"
	"io/fs"
	"net/http"
	"sync"
	"time"

	"golang.org/x/net/http/httpproxy"

	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// Config is what a client needs of the process.
type Config struct {
	Settings
	ReadFile  func(path string) ([]byte, error)    // of TokenFile and CACert; it judges who can read and change them
	Roots     func() (*x509.CertPool, error)       // the certificates to trust without CACert; nil: the system's
	Proxy     httpproxy.Config                     // as for Pleo
	UserAgent string                               // of one line
	Pause     func(context.Context, time.Duration) // waits; nil: by the clock
}

// Client speaks to one engine about the entries of one store. It is safe for use by several goroutines at once.
type Client struct {
	address   Address
	config    Config
	transport *http.Transport

	mu       sync.Mutex
	token    Token
	node     string            // the origin that requests go to; empty: not known
	direct   bool              // an active node was reached where a standby says
	answered bool              // the engine has answered this client
	mount    Mount             // zero: not known
	seen     map[string]uint64 // the newest version of each entry that this client has met
}

// New returns a client for the store at an address. The token and the certificates are read, and nothing is sent yet.
// An error is a [*store.AddressError] for the settings, a [*store.Error] with [store.KindEngineToken], or that of
// [Config.Roots] or of the proxy's setting.
func New(address Address, config Config) (*Client, error) {
	if config.Pause == nil {
		config.Pause = pause
	}
	transport, err := newTransport(config)
	if err != nil {
		return nil, err
	}
	c := &Client{address: address, config: config, transport: transport, seen: map[string]uint64{}}
	if c.token, err = c.readToken(); err != nil {
		return nil, err
	}
	return c, nil
}

// Close ends the connections that are kept.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Address returns the address of the store.
func (c *Client) Address() Address { return c.address }

// readToken returns the token of the settings, or that of the file as it is now: an agent replaces it.
func (c *Client) readToken() (Token, error) {
	switch {
	case !c.config.Token.IsZero():
		return c.config.Token, nil
	case c.config.TokenFile == "":
		return Token{}, c.fail(store.KindEngineToken, "missing")
	}
	text, err := c.config.ReadFile(c.config.TokenFile)
	var known *store.Error
	switch {
	case errors.As(err, &known):
		return Token{}, err
	case errors.Is(err, fs.ErrNotExist) && c.config.tokenName == "":
		return Token{}, c.fail(store.KindEngineToken, "missing")
	case err != nil:
		return Token{}, c.tokenFile("file", pleoclient.SystemReason(err))
	}
	token, ok := newToken(string(text))
	clear(text)
	if !ok {
		return Token{}, c.tokenFile("content", "")
	}
	return token, nil
}

// tokenFile returns the error of a token file that is of no use.
func (c *Client) tokenFile(why, reason string) error {
	return &store.Error{Kind: store.KindEngineToken, Case: why, Path: c.config.TokenFile, Reason: reason}
}

// renew reads the token file again, and reports whether another token than used is there.
func (c *Client) renew(used Token) bool {
	token, err := c.readToken()
	if err != nil || token.reveal() == used.reveal() {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token = token
	return true
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
