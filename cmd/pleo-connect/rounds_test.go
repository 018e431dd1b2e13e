//go:build unix

package main

import (
	"crypto/tls"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// rounds is a server before the simulated Pleo that answers in rounds: all of a round at once, when all of it is there.
// So a client that asks one thing after the other gets no answer to the first, and each round takes one round trip.
type rounds struct {
	t     *testing.T
	mu    sync.Mutex
	left  [][]string    // of the first of them, what has not come yet
	round chan struct{} // closed when all of the first have come
}

// What comes in a round. A handshake of TLS 1.3 takes one round trip.
const (
	handshake       = "TLS"
	withoutKey      = "GET " + introspect + ", no key"
	whoAmI          = "GET " + introspect
	whatIsInstalled = "GET " + installations
	whichCompany    = "GET " + companyPath
	createInstalled = "POST " + installations
)

// inRounds puts the server before the Pleo of a site.
func (s *site) inRounds(expected ...[]string) *rounds {
	s.t.Helper()
	r := &rounds{t: s.t, left: expected, round: make(chan struct{})}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		what := req.Method + " " + req.URL.Path
		if req.Header.Get("Authorization") == "" {
			what += ", no key"
		}
		r.await(what)
		s.sim.ServeHTTP(w, req)
	}))
	server.TLS = &tls.Config{
		MinVersion:         tls.VersionTLS13,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { r.await(handshake); return nil, nil },
	}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	s.t.Cleanup(server.Close)
	file := filepath.Join(s.home, "ca.pem")
	writeFile(s.t, file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600)
	s.api, s.trust = server.URL, []string{"--ca-file", file}
	return r
}

// await waits until all of the round is there. A connection that no round expects is not served: net/http opens one
// whenever it sees no idle one, and then may not need it.
func (r *rounds) await(what string) {
	r.mu.Lock()
	round := r.round
	if len(r.left) == 0 || !slices.Contains(r.left[0], what) {
		if what != handshake {
			r.t.Errorf("%s came, and %v were awaited", what, r.left)
		}
		round = nil
	} else if now := r.left[0]; len(now) > 1 {
		i := slices.Index(now, what)
		r.left[0] = slices.Concat(now[:i], now[i+1:])
	} else {
		r.left, r.round = r.left[1:], make(chan struct{})
		close(round)
	}
	r.mu.Unlock()
	select {
	case <-round:
	case <-r.t.Context().Done():
	}
}

// over requires that no round is left.
func (r *rounds) over() {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.left) > 0 {
		r.t.Errorf("%v did not come", r.left)
	}
}

// TestRoundsOfTheWizard: both connections are open before there is a key, from the paste to the company takes two round
// trips, and from Enter to Done two.
func TestRoundsOfTheWizard(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.inRounds(
		[]string{handshake, handshake}, []string{withoutKey, withoutKey},
		[]string{whoAmI, whatIsInstalled}, []string{whichCompany},
		[]string{createInstalled}, []string{whatIsInstalled},
	)
	x := s.atKey()
	x.paste(s.sim.Keys().Good)
	confirmAndFinish(x)
	r.over()
	s.connectedBy(x)
}

// TestRoundsWithoutATerminal: six round trips, one of them for TCP.
func TestRoundsWithoutATerminal(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.inRounds(
		[]string{handshake, handshake},
		[]string{whoAmI, whatIsInstalled}, []string{whichCompany},
		[]string{createInstalled}, []string{whatIsInstalled},
	)
	if got := s.headless(s.sim.Keys().Good, "--yes"); got.code != exitDone {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	r.over()
	s.active()
}
