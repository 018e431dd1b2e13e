package input

import (
	"io"
	"time"
)

// Stream is a terminal without a descriptor, such as one that a browser shows. It is read through a [Repair], as a
// [Terminal] is, and has no modes: nothing echoes what is typed.
type Stream struct {
	In io.Reader // the interface reads here; it ends with [ErrGone] when nothing more comes, and with Close

	typed  <-chan []byte
	out    *io.PipeWriter
	repair Repair
	buf    [4096]byte
	closed chan struct{}
	done   chan struct{}
}

// NewStream returns a stream of what is typed, and begins to read. Call Close in any case.
func NewStream(typed <-chan []byte) *Stream {
	in, out := io.Pipe()
	s := &Stream{In: in, typed: typed, out: out, closed: make(chan struct{}), done: make(chan struct{})}
	go s.read()
	return s
}

// HoldEnter is [Repair.HoldEnter].
func (s *Stream) HoldEnter(on bool) { s.repair.HoldEnter(on) }

// Close ends the stream, and returns when nothing more is taken of what is typed. What is held back is dropped.
func (s *Stream) Close() {
	close(s.closed)
	_ = s.out.Close() // ends a write that is not read
	<-s.done
}

func (s *Stream) read() {
	defer close(s.done)
	defer func() {
		if recover() != nil { // the value may hold anything
			_ = s.out.CloseWithError(ErrReader)
		}
	}()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		var expired <-chan time.Time // never, if nothing waits
		if deadline := s.repair.Deadline(); !deadline.IsZero() {
			timer.Reset(time.Until(deadline))
			expired = timer.C
		}
		text, ok := s.next(expired)
		switch {
		case !ok:
			_ = s.out.CloseWithError(ErrGone) // has no effect after Close
			return
		case text != nil:
			s.repair.Feed(text, time.Now())
			clear(text) // it may be a key
		default:
			s.repair.Expire(time.Now())
		}
		if s.repair.writeTo(s.out, s.buf[:]) != nil {
			return
		}
	}
}

// next returns what is typed, or nil if nothing has come until a time. It reports whether more may come.
func (s *Stream) next(expired <-chan time.Time) (text []byte, ok bool) {
	select {
	case <-s.closed:
		return nil, false
	case text, ok = <-s.typed:
		return text, ok
	case <-expired:
	}
	select { // on a busy machine, something may have come in time
	case text, ok = <-s.typed:
		return text, ok
	default:
		return nil, true
	}
}
