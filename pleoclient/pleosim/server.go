package pleosim

import (
	"cmp"
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
	"pleo-connect/pleoclient/pleosim/pages"
)

// Options says where to listen and for whom.
type Options struct {
	Listen       string        // where the API is: a loopback "host:port"; "" is "127.0.0.1:0"
	Integrations []Integration // empty: the built-in one

	// Pace is how long each answer of the API takes, so that an audience can follow. A change is carried out at the end
	// of it, and the pages are told about it that much later.
	Pace time.Duration

	// Grants is the role of the keys that Allow creates, as in the JSON of [Keys]: "missing_scopes". "" is "good".
	Grants string

	// Pages are further pages beside those of Pleo, by the pattern of [http.ServeMux], for the same browser. "GET /{$}"
	// is the page that [Server.WebBase] leads to.
	Pages map[string]http.Handler
}

// Server is a running simulated Pleo. All its methods may be called from several goroutines at once.
type Server struct {
	integrations []Integration // at least one; never changes
	pace         time.Duration
	grants       string
	keys         *keyring
	installed    *installations
	board        *board
	log          *requestLog
	faults       *faultList
	guard        guard // of the pages

	address string             // of the API
	stop    context.CancelFunc // ends the requests that hang
	servers []*http.Server     // of the API and of the pages
	working sync.WaitGroup     // their goroutines, and their connections
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
	web, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("the simulated Pleo cannot serve pages: %w", err)
	}
	s := &Server{
		integrations: integrations,
		pace:         opts.Pace,
		grants:       cmp.Or(opts.Grants, roleGood),
		keys:         &keyring{accounts: newAccounts(integrations)},
		board:        newBoard(),
		log:          newRequestLog(),
		faults:       &faultList{},
		guard:        newGuard(web.Addr().String()),
		address:      listener.Addr().String(),
	}
	s.installed = newInstallations(s.installationChanged)
	var ctx context.Context
	ctx, s.stop = context.WithCancel(context.Background())
	s.serve(ctx, listener, s)
	s.serve(ctx, web, s.pagesHandler(opts.Pages))
	return s, nil
}

// serve serves until Close.
func (s *Server) serve(ctx context.Context, listener net.Listener, handler http.Handler) {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ConnState:         func(conn net.Conn, state http.ConnState) { s.countConns(ctx, conn, state) },
	}
	s.servers = append(s.servers, server)
	s.working.Go(func() { _ = server.Serve(listener) }) // returns ErrServerClosed after Close
}

// countConns lets Close wait for the goroutine of every connection. One that is accepted while Close runs is closed
// here, because http.Server does not know it yet.
func (s *Server) countConns(ctx context.Context, conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.working.Add(1)
		if ctx.Err() != nil {
			_ = conn.Close()
		}
	case http.StateClosed, http.StateHijacked:
		s.working.Done()
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
func (s *Server) APIBase() string { return "http://" + s.address }

// WebBase returns the address of the simulated web pages, for example "http://127.0.0.1:41235/" and a token of 26
// letters and digits. Only a browser that has opened it once is shown a page. A path may follow.
func (s *Server) WebBase() string { return s.guard.base() }

// AccountingPage returns the address of Settings > Accounting for a browser that has opened WebBase before.
func (s *Server) AccountingPage() string { return "http://" + s.guard.host + pages.AccountingPath }

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
	var err error
	for _, server := range s.servers {
		err = errors.Join(err, server.Close())
	}
	s.working.Wait()
	return err
}
