package pleoclient_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"

	"golang.org/x/net/http/httpproxy"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
)

const (
	canary      = "canary-7Qx.t_eRm~9zPw4-kLs8"
	harbourLane = pleoclient.CompanyID("4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5")
)

var canaryKey = pleoclient.NewKey(canary)

// TestMain sets a proxy that no test may see: the package does not read the environment.
func TestMain(m *testing.M) {
	if err := os.Setenv("HTTPS_PROXY", "http://environment.example:3128"); err != nil {
		log.Fatal(err)
	}
	log.SetOutput(io.Discard) // net/http logs there what an idle connection says
	os.Exit(m.Run())
}

// start returns a simulated Pleo, a client for it, and its good key.
func start(t *testing.T) (*pleosim.Server, *pleoclient.Client, pleoclient.Key) {
	t.Helper()
	s, err := pleosim.Start(pleosim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, newClient(t, s.APIBase()), pleoclient.NewKey(s.Keys().Good)
}

// newClient returns a client that asks once, so that one fault is one failure. The tests of the
// retries give it its waits.
func newClient(t *testing.T, base string, opts ...pleoclient.Option) *pleoclient.Client {
	t.Helper()
	c, err := pleoclient.New(base, append([]pleoclient.Option{pleoclient.WithWaits()}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// through sets a proxy for both schemes.
func through(proxy *url.URL) pleoclient.Option {
	return pleoclient.Proxy(httpproxy.Config{HTTPProxy: proxy.String(), HTTPSProxy: proxy.String()})
}

// serve runs handler on a loopback port and returns its address.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	return s.URL
}

// refusing returns an address at which nothing listens, and nothing can until the test is over: it is our end of a
// connection.
func refusing(t *testing.T) (address string) {
	t.Helper()
	conn, err := net.Dial("tcp", listen(t, func(_ int, conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn.LocalAddr().String()
}

// listen accepts connections and gives each to handle, with its number from 1.
func listen(t *testing.T, handle func(n int, conn net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for n := 1; ; n++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				handle(n, conn)
			}()
		}
	}()
	return l.Addr().String()
}

// apiCall is one method of the client.
type apiCall struct {
	name, method, path string
	do                 func(context.Context, *pleoclient.Client, pleoclient.Key) error
}

var (
	reach = apiCall{"Reach", "GET", "/v1/introspect",
		func(ctx context.Context, c *pleoclient.Client, _ pleoclient.Key) error { return c.Reach(ctx) }}
	introspect = apiCall{"Introspect", "GET", "/v1/introspect",
		func(ctx context.Context, c *pleoclient.Client, key pleoclient.Key) error {
			_, err := c.Introspect(ctx, key)
			return err
		}}
	getInstallation = apiCall{"Installations", "GET", "/v1/installations/me",
		func(ctx context.Context, c *pleoclient.Client, key pleoclient.Key) error {
			_, err := c.Installations(ctx, key)
			return err
		}}
	createInstallation = apiCall{"CreateInstallation", "POST", "/v1/installations/me",
		func(ctx context.Context, c *pleoclient.Client, key pleoclient.Key) error {
			_, err := c.CreateInstallation(ctx, key, pleoclient.StatusActivated)
			return err
		}}
	updateInstallation = apiCall{"UpdateInstallation", "PUT", "/v1/installations/me",
		func(ctx context.Context, c *pleoclient.Client, key pleoclient.Key) error {
			_, err := c.UpdateInstallation(ctx, key, pleoclient.StatusActivated, nil)
			return err
		}}
	deleteInstallation = apiCall{"DeleteInstallation", "DELETE", "/v1/installations/me",
		func(ctx context.Context, c *pleoclient.Client, key pleoclient.Key) error {
			_, err := c.DeleteInstallation(ctx, key)
			return err
		}}
	getCompany = apiCall{"Company", "GET", "/v1/companies/" + string(harbourLane),
		func(ctx context.Context, c *pleoclient.Client, key pleoclient.Key) error {
			_, err := c.Company(ctx, key, harbourLane)
			return err
		}}

	calls = []apiCall{
		reach, introspect, getInstallation, createInstallation, updateInstallation, deleteInstallation, getCompany,
	}
)

// wantKind checks the kind of err and, for failures, that the error is ours.
func wantKind(t *testing.T, err error, want pleoclient.Kind) *pleoclient.Error {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Errorf("got %v, want success", err)
		}
		return &pleoclient.Error{}
	}
	var e *pleoclient.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want kind %q", err, want)
	}
	if e.Kind != want {
		t.Errorf("got kind %q, want %q: %v", e.Kind, want, err)
	}
	return e
}
