package stage

import (
	"bytes"
	"io"
	"sync"
)

const (
	maxUntold = 256 << 10 // bytes of output for a viewer that has not taken them yet
	maxKept   = 64 << 10  // bytes of what was printed, for a viewer that comes later
	maxTyped  = 64        // messages that the program has not read
)

// size is that of a terminal.
type size struct{ columns, rows int }

// Stage is a terminal in a browser.
type Stage struct {
	typed    chan []byte
	seen     chan struct{} // closed when the size is known
	resized  chan struct{} // holds a token
	retaken  chan struct{} // holds a token
	watching sync.WaitGroup

	mu     sync.Mutex
	viewer *viewer // nil: there is none
	viewed uint64  // how many viewers there were
	size   size    // of the terminal of the last viewer
	kept   []byte  // what was printed after the full screen
	closed bool
}

// New returns a stage without a viewer.
func New() *Stage {
	return &Stage{
		typed: make(chan []byte, maxTyped), seen: make(chan struct{}),
		resized: make(chan struct{}, 1), retaken: make(chan struct{}, 1),
	}
}

// Seen is closed once a viewer's terminal has a size.
func (s *Stage) Seen() <-chan struct{} { return s.seen }

// Typed delivers what is typed, in order.
func (s *Stage) Typed() <-chan []byte { return s.typed }

// Size returns the columns and rows of the terminal.
func (s *Stage) Size() (width, height int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.size.columns, s.size.rows
}

// Resized delivers a value after the size has changed.
func (s *Stage) Resized() <-chan struct{} { return s.resized }

// Retaken delivers a value when a viewer has come for whom the full screen has to be drawn anew.
func (s *Stage) Retaken() <-chan struct{} { return s.retaken }

// Write prints a text, which also later viewers will see, until the full screen is drawn. It always succeeds.
func (s *Stage) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, text...)
	if much := len(s.kept) - maxKept; much > 0 { // whole lines are left
		s.kept = s.kept[much:]
		s.kept = s.kept[bytes.IndexByte(s.kept, '\n')+1:]
	}
	s.viewer.show(text)
	return len(text), nil
}

// Screen returns what a full screen is drawn on that begins now. A viewer who comes later sees none of what is written
// there, but asks for it by Retaken. A write always succeeds.
func (s *Stage) Screen() io.Writer {
	select {
	case <-s.retaken: // for the one before
	default:
	}
	return screen{s}
}

type screen struct{ *Stage }

func (s screen) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = nil
	s.viewer.show(text)
	return len(text), nil
}

// Open shows a page of the same origin on the other side, if someone looks.
func (s *Stage) Open(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.viewer != nil {
		s.viewer.link = address
		signal(s.viewer.wake)
	}
}

// Close ends the stream of the viewer, and returns when it was told. Nothing is typed any more.
func (s *Stage) Close() {
	s.mu.Lock()
	s.closed = true
	s.viewer.end(endedEvent)
	s.viewer = nil
	s.mu.Unlock()
	s.watching.Wait()
}

// enter makes a new viewer the one that shows the terminal, or returns nil after Close.
func (s *Stage) enter() *viewer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.watching.Add(1)
	s.viewer.end(takenEvent)
	s.viewed++
	s.viewer = &viewer{id: s.viewed, wake: make(chan struct{}, 1)}
	return s.viewer
}

// leave is called when the stream of a viewer has ended.
func (s *Stage) leave(v *viewer) {
	defer s.watching.Done()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.viewer == v {
		s.viewer = nil
	}
}

// take carries out a message of a viewer, and those that waited for it.
func (s *Stage) take(viewer, number uint64, m message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.viewer == nil || s.viewer.id != viewer {
		return errNotViewer
	}
	ready, err := s.viewer.order.take(number, m)
	for _, m := range ready {
		s.carryOut(m)
	}
	return err
}

func (s *Stage) carryOut(m message) {
	if m.size != (size{}) {
		s.resize(m.size)
	}
	if len(m.typed) == 0 {
		return
	}
	select {
	case s.typed <- m.typed:
	default: // no one reads
		clear(m.typed) // it may be a key
	}
}

// resize is called first for each viewer, who sees nothing before.
func (s *Stage) resize(now size) {
	first := s.size == size{}
	s.size = now
	signal(s.resized)
	if first {
		close(s.seen)
	}
	if v := s.viewer; !v.ready {
		v.ready = true
		v.show(s.kept)
		signal(s.retaken)
	}
}

// signal puts a token into a channel, if there is none.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
