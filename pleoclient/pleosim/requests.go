package pleosim

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// Request is one line of the log.
type Request struct {
	Method string
	Path   string
	Status int // 0 while there is no answer, and forever if the connection was cut

	// Key is the name of the simulated key, such as "good", after the id of its integration and a space unless that is
	// the built-in one. It is "unknown" for any other key, and "" without an Authorization header.
	Key string
}

// requestLog wakes its waiters on every change.
type requestLog struct {
	mu      sync.Mutex
	entries []Request
	changed chan struct{} // closed and replaced on a change
}

func newRequestLog() *requestLog { return &requestLog{changed: make(chan struct{})} }

// add logs a request that has arrived and returns its place in the log.
func (l *requestLog) add(r Request) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, r)
	l.wake()
	return len(l.entries) - 1
}

func (l *requestLog) answered(i, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries[i].Status = status
	l.wake()
}

// committed wakes the waiters, because the state has changed before there is an answer.
func (l *requestLog) committed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wake()
}

func (l *requestLog) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *requestLog) snapshot() ([]Request, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.entries), l.changed
}

// Requests returns a copy of the log, oldest first. A request appears when it arrives, not only when it is answered.
func (s *Server) Requests() []Request {
	entries, _ := s.log.snapshot()
	return entries
}

// Wait returns nil as soon as done returns true. It checks again whenever a request arrives, is carried out or is
// answered, so done may use [Server.Installation] as well.
func (s *Server) Wait(ctx context.Context, done func([]Request) bool) error {
	for {
		entries, changed := s.log.snapshot()
		if done(entries) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("the awaited request did not come: %w", ctx.Err())
		}
	}
}
