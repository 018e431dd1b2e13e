package pleoclient

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"strings"
)

var proxyVariables = []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"}

// proxyFor returns the proxy for origin, or nil for a direct connection.
func (s settings) proxyFor(origin *url.URL) (*url.URL, error) {
	if s.loopbackOnly {
		return nil, nil
	}
	for _, name := range proxyVariables {
		if !validProxy(os.Getenv(name)) {
			return nil, &Error{Kind: KindProxy, Detail: Safe("the proxy setting in " + name + " cannot be read")}
		}
	}
	proxy, err := s.environment(&http.Request{URL: origin})
	if err != nil {
		return nil, &Error{Kind: KindProxy, Detail: Safe("the proxy settings cannot be read")}
	}
	return proxy, nil
}

// validProxy reports whether Go would use value as it is meant: "host:port" or a URL of a scheme that Go can speak. Go
// ignores what it cannot parse, connects directly, and takes "http//proxy:3128" for a host called "http".
func validProxy(value string) bool {
	if value == "" {
		return true
	}
	u, err := url.Parse(value)
	if err != nil || u.Scheme == "" || u.Host == "" {
		u, err = url.Parse("http://" + value)
	}
	if err != nil || u.Hostname() == "" || strings.ContainsAny(u.Host, " \t") || strings.HasSuffix(u.Host, ":") {
		return false
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return u.Path == "" || u.Path == "/"
	}
	return false
}

// proxyRefusal is the answer of a proxy that did not open the tunnel, for example "407 Proxy Authentication Required".
type proxyRefusal struct{ status string }

func (e *proxyRefusal) Error() string { return "the proxy answered " + e.status }

func checkConnect(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
	if res.StatusCode != http.StatusOK {
		return &proxyRefusal{res.Status}
	}
	return nil
}
