package pleoclient

import (
	"net/http"
	"net/url"
	"time"
)

// What the tests of this package reach besides its interface.
var (
	ParseIntrospection = parseIntrospection
	ParseInstallation  = parseInstallation
	ParseCompany       = parseCompany
	RetryAfter         = retryAfter
	ValidProxy         = validProxy
)

// WithProxy replaces the proxy settings of the environment, which net/http reads only once in a process.
func WithProxy(proxy *url.URL) Option {
	return func(s *settings) error {
		s.environment = func(*http.Request) (*url.URL, error) { return proxy, nil }
		return nil
	}
}

// WithLimits shortens the time limits.
func WithLimits(tls, firstByte, whole time.Duration) Option {
	return func(s *settings) error {
		s.limits.tls, s.limits.firstByte, s.limits.whole = tls, firstByte, whole
		return nil
	}
}
