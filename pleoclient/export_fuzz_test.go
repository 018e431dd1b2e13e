package pleoclient

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
)

// CheckAnswer is what a call makes of an answer that was read to its end, or to readErr.
func CheckAnswer(res *http.Response, body []byte, readErr error, key string) error {
	return check(res, body, readErr, keyScrubber(key, base64.StdEncoding.EncodeToString([]byte(key+":"))))
}

// CheckTunnel is what a call makes of the answer of a proxy.
func CheckTunnel(res *http.Response, proxy *url.URL) error {
	if err := checkConnect(context.Background(), proxy, nil, res); err != nil {
		return proxyError(err, nil)
	}
	return nil
}

// NetworkError is what a call makes of a failure below HTTP.
func NetworkError(err error) error { return networkError(err, nil) }
