package pleosim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"pleo-connect/pleoclient"
)

// Options says where to listen and for whom.
type Options struct {
	Listen       string        // a loopback "host:port"; "" is "127.0.0.1:0"
	Integrations []Integration // empty: the built-in one
}

// Server is a running simulated Pleo. All its methods may be called from several goroutines at once.
type Server struct {
	integrations []Integration      // at least one; never changes
	accounts     map[string]account // by the text of the key; never changes
	installed    *installations
	log          *requestLog
	faults       *faultList

	listener net.Listener
	http     *http.Server
	stop     context.CancelFunc // ends the requests that hang
	serving  chan struct{}      // closed when no more connections are accepted
	conns    sync.WaitGroup
}

// Errors of [Start] about the address to listen on.
var (
	ErrAddress     = errors.New(`the address to listen on cannot be read; write it like "127.0.0.1:8080"`)
	ErrNotLoopback = errors.New("the simulated Pleo listens on loopback addresses only; use 127.0.0.1 or [::1]")
)

// Start listens and serves until Close. Addresses other than loopback are refused.
func Start(opts Options) (*Server, error) {
	address, err := loopbackAddress(opts.Listen)
	if err != nil {
		return nil, err
	}
	integrations, err := prepared(opts.Integrations)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("the simulated Pleo cannot listen on %s: %w", address, err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{
		integrations: integrations,
		accounts:     newAccounts(integrations),
		installed:    newInstallations(),
		log:          newRequestLog(),
		faults:       &faultList{},
		listener:     listener,
		stop:         stop,
		serving:      make(chan struct{}),
	}
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ConnState:         func(conn net.Conn, state http.ConnState) { s.countConns(ctx, conn, state) },
	}
	go s.serve()
	return s, nil
}

func (s *Server) serve() {
	defer close(s.serving)
	_ = s.http.Serve(s.listener) // returns ErrServerClosed after Close
}

// countConns lets Close wait for the goroutine of every connection. One that is accepted while Close runs is closed
// here, because http.Server does not know it yet.
func (s *Server) countConns(ctx context.Context, conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.conns.Add(1)
		if ctx.Err() != nil {
			_ = conn.Close()
		}
	case http.StateClosed, http.StateHijacked:
		s.conns.Done()
	}
}

// loopbackAddress checks listen and keeps names from resolving to anything else.
func loopbackAddress(listen string) (string, error) {
	if listen == "" {
		return "127.0.0.1:0", nil
	}
	host, port, err := net.SplitHostPort(listen)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return "", ErrAddress
	}
	if !pleoclient.IsLoopback(host) {
		return "", ErrNotLoopback
	}
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}

// APIBase returns the address of the simulated External API, for example "http://127.0.0.1:41234".
func (s *Server) APIBase() string { return "http://" + s.listener.Addr().String() }

// Keys returns the simulated keys of the first integration.
func (s *Server) Keys() Keys { return newKeys(s.integrations[0]) }

// KeysOf returns the simulated keys of the integration with the given id, or false if that is not served.
func (s *Server) KeysOf(id string) (Keys, bool) {
	i, ok := s.integration(id)
	if !ok {
		return Keys{}, false
	}
	return newKeys(i), true
}

func (s *Server) integration(id string) (Integration, bool) {
	n := slices.IndexFunc(s.integrations, func(i Integration) bool { return i.ID == id })
	if n < 0 {
		return Integration{}, false
	}
	return s.integrations[n], true
}

// Close ends every request, including those that hang, and returns when all goroutines are done. A second Close does
// nothing.
func (s *Server) Close() error {
	s.stop()
	err := s.http.Close()
	<-s.serving
	s.conns.Wait()
	return err
}
