package kv

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	"pleo-connect/store/kv/kvtest"
	"pleo-connect/store/storetest"
)

// TestVaultBalanced reaches the nodes in turn, and none by its own address. Standbys of OpenBao then answer reads, and
// compare writes, with what they have themselves; one client does not notice.
func TestVaultBalanced(t *testing.T) {
	t.Parallel()
	c := kvtest.Start(t)
	address := "BAO_ADDR=" + balancer(t, c)
	storetest.Run(t, func(t *testing.T) func() storetest.Keeper {
		one := keeper{inCluster(t, c, false, address)()}
		return func() storetest.Keeper { return one }
	})
}

// balancer returns the URL of a proxy that sends each request to the next node, and does not know which is active.
func balancer(t *testing.T, c *kvtest.Cluster) string {
	t.Helper()
	ca, err := os.ReadFile(c.CAFile)
	must(t, err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	var nodes []*url.URL
	for _, address := range c.Addresses {
		node, err := url.Parse(address)
		must(t, err)
		nodes = append(nodes, node)
	}
	var turn atomic.Uint64
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(nodes[turn.Add(1)%uint64(len(nodes))]) },
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}},
	}
	mux := http.NewServeMux()
	mux.Handle("/", proxy)
	mux.Handle("/v1/sys/leader", http.NotFoundHandler())
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}
