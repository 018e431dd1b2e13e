package pleoclient_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/http/httpproxy"

	"pleo-connect/pleoclient"
)

const farAway = "https://" + farName // only proxies of these tests know the name

func TestProxy(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		base, want string
		config     httpproxy.Config
	}{
		"with credentials": {farAway, "proxy.example:3128",
			httpproxy.Config{HTTPSProxy: "http://user:" + canary + "@proxy.example:3128"}},
		"bare":               {farAway, "proxy.example:3128", httpproxy.Config{HTTPSProxy: "proxy.example:3128"}},
		"for other hosts":    {farAway, "", httpproxy.Config{HTTPSProxy: "proxy.example:3128", NoProxy: ".pleo.test"}},
		"for http only":      {farAway, "", httpproxy.Config{HTTPProxy: "http://proxy.example:3128"}},
		"never for loopback": {"https://127.0.0.1:8443", "", httpproxy.Config{HTTPSProxy: "http://proxy.example:3128"}},
		"never for http": {"http://127.0.0.1:8080", "",
			httpproxy.Config{HTTPProxy: "http://proxy.example:3128", CGI: true}},
		"none": {farAway, "", httpproxy.Config{}},
	}
	for name, test := range tests {
		if got := newClient(t, test.base, pleoclient.Proxy(test.config)).ProxyHost().String(); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestMalformedProxy(t *testing.T) {
	t.Parallel()
	const malformed = "http://user:" + canary + "@proxy.example:31 28"
	for name, config := range map[string]httpproxy.Config{
		"HTTPS_PROXY": {HTTPSProxy: malformed}, "HTTP_PROXY": {HTTPProxy: malformed},
	} {
		for _, base := range []string{farAway, "http://127.0.0.1:1"} {
			_, err := pleoclient.New(base, pleoclient.Proxy(config))
			e := wantKind(t, err, pleoclient.KindProxy)
			want := pleoclient.Cause{Reason: pleoclient.ReasonProxySetting, Value: pleoclient.Safe(name)}
			if e.Cause != want {
				t.Errorf("got %q, want %q", e.Cause, want)
			}
		}
		if _, err := pleoclient.New(farAway, pleoclient.Proxy(config), pleoclient.LoopbackOnly()); err != nil {
			t.Errorf("proxies do not apply here: %v", err)
		}
	}
}

func TestValidProxy(t *testing.T) {
	t.Parallel()
	for _, value := range []string{
		"", "proxy.example", "proxy.example:3128", "127.0.0.1:3128", "[::1]:3128", "http://proxy.example",
		"https://proxy.example:3128/",
		"socks5://proxy.example:1080", "socks5h://user:p%40ss@proxy.example:1080", "user:pass@proxy.example:3128",
	} {
		if !pleoclient.ValidProxy(value) {
			t.Errorf("%q was refused", value)
		}
	}
	for _, value := range []string{
		"http//proxy.example:3128", "http:/proxy.example:3128", "http:proxy.example", "://proxy.example",
		"http://", "http://:3128", "http://proxy.example:", "http://proxy.example:port", "http://proxy.example:31 28",
		"proxy example:3128", "%zz", "ftp://proxy.example", "socks4://proxy.example",
		"http://user:p%ss@proxy.example", "http://proxy.example/proxy.pac", " ",
		"http://user:1#ss@proxy.example:3128", "user:1?ss@proxy.example:3128", // hosts called "user"
	} {
		if pleoclient.ValidProxy(value) {
			t.Errorf("%q was accepted", value)
		}
	}
}

// proxyThat answers CONNECT with status and then connects the two sides, if target is not empty.
func proxyThat(t *testing.T, status, target string) *url.URL {
	t.Helper()
	address := listen(t, func(_ int, conn net.Conn) {
		r := bufio.NewReader(conn)
		if req, err := http.ReadRequest(r); err != nil || req.Method != "CONNECT" ||
			req.Header.Get("Authorization") != "" {
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 "+status+"\r\n\r\n")
		if target != "" {
			tunnel(conn, r, target)
		}
	})
	return &url.URL{Scheme: "http", Host: address, User: url.UserPassword("user", canary)}
}

func tunnel(conn net.Conn, r io.Reader, target string) {
	far, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer far.Close()
	go func() {
		defer far.Close()
		_, _ = io.Copy(far, r)
	}()
	_, _ = io.Copy(conn, far)
}

func TestThroughAProxy(t *testing.T) {
	t.Parallel()
	s, _, key := start(t)
	root := newAuthority(t, "Contoso Root")
	proxy := proxyThat(t, "200 OK", root.serveFar(t, s))
	c := newClient(t, farAway, through(proxy), pleoclient.CAFile(root.file))
	if got := c.ProxyHost().String(); got != proxy.Host {
		t.Errorf("got proxy host %q, want %q", got, proxy.Host)
	}
	_, err := c.Introspect(t.Context(), key)
	wantKind(t, err, "")
	if got := len(s.Requests()); got != 1 {
		t.Errorf("%d requests arrived", got)
	}

	inspected := newClient(t, farAway, through(proxy)) // the same way, the issuer not trusted
	_, err = inspected.Introspect(t.Context(), key)
	wantKind(t, err, pleoclient.KindTLSIssue)
}

func TestProxyInTheWay(t *testing.T) {
	t.Parallel()
	down := refusing(t)
	tests := map[string]struct {
		proxy  *url.URL
		want   pleoclient.Kind
		reason pleoclient.Reason
		value  string
	}{
		"wants a login": {proxyThat(t, "407 Proxy Authentication Required", ""),
			pleoclient.KindProxyLogin, pleoclient.ReasonLogin, ""},
		"refuses": {proxyThat(t, "403 Forbidden \x1b[2J"+canary, ""),
			pleoclient.KindProxy, pleoclient.ReasonProxyStatus, "403 Forbidden"}, // in our words
		"finds nobody": {proxyThat(t, "504 Gateway Timeout", ""), pleoclient.KindProxy,
			pleoclient.ReasonProxyStatus, "504 Gateway Timeout"},
		"is down": {&url.URL{Scheme: "http", Host: down, User: url.UserPassword("user", canary)},
			pleoclient.KindProxy, pleoclient.ReasonRefused, ""},
		"SOCKS is down": {&url.URL{Scheme: "socks5", Host: down}, pleoclient.KindProxy, pleoclient.ReasonRefused, ""},
		"SOCKS hangs up": {&url.URL{Scheme: "socks5", Host: listen(t, func(int, net.Conn) {})},
			pleoclient.KindProxy, pleoclient.ReasonCut, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, farAway, through(test.proxy))
			_, err := c.Introspect(t.Context(), canaryKey)
			e := wantKind(t, err, test.want)
			want := pleoclient.Cause{
				Reason: test.reason, Value: pleoclient.Safe(test.value), Proxy: pleoclient.Safe(test.proxy.Host),
			}
			if e.Cause != want || strings.Contains(err.Error(), canary) {
				t.Errorf("got %v, want %q", err, want)
			}
		})
	}
}
