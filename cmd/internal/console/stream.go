package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"sync"
	"time"
)

// ErrUnread is the error of a write that is not read although the run was told to end. What the terminal shows is then
// unknown: part of the output may have been dropped, even if this write got through.
var ErrUnread = errors.New("output unread")

const (
	// unreadFor is how long output may wait to be read after the run was told to end.
	unreadFor = time.Second
	// leastWait is how long each write may wait, however long ago that was, and once more after output was dropped.
	leastWait = 250 * time.Millisecond
)

// ending is when the run was told to end. That is not known before EndWith.
type ending struct {
	told chan struct{} // closed when it was
	tell sync.Once
	at   time.Time
	drop func(out io.Writer) bool // makes room in an output, if that is possible
}

func (e *ending) begin() {
	e.tell.Do(func() {
		e.at = time.Now()
		close(e.told)
	})
}

// come reports whether it was.
func (e *ending) come() bool {
	select {
	case <-e.told:
		return true
	default:
		return false
	}
}

// EndWith bounds how long output that is not read holds up a run that was told to end: that is when ctx ends with any
// cause but [context.Canceled], with which a run ends by itself. Until then a write waits without limit, as it does
// without EndWith. drop drops the output that a terminal has not read. EndWith is called before anything is written.
func (c *Console) EndWith(ctx context.Context, drop func(*os.File) error) {
	c.end.drop = func(out io.Writer) bool {
		f, ok := out.(*os.File)
		return ok && IsTerminal(f) && drop(f) == nil
	}
	context.AfterFunc(ctx, func() {
		if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
			c.end.begin()
		}
	})
}

// Hurry does the same as the end of that context: a person has stopped the run, and it may be that nothing is read.
func (c *Console) Hurry() { c.end.begin() }

// Told returns a channel that is closed when the run is told to end, in either way.
func (c *Console) Told() <-chan struct{} { return c.end.told }

// Ending reports whether the run was told to end, in either way.
func (c *Console) Ending() bool { return c.end.come() }

// Stream returns what writes to an output: to c.Out, c.Err or another one, such as /dev/tty. Everything is written
// through it, so that the run can end while no one reads. If the output is a file, so is the result for libraries that
// look for a terminal.
func (c *Console) Stream(out io.Writer) io.Writer {
	s := stream{out, &reader{end: c.end}}
	switch out {
	case c.Out:
		s = c.stdout
	case c.Err:
		s = c.stderr
	}
	if f, ok := out.(*os.File); ok {
		return streamedFile{f, s}
	}
	return s
}

// streams returns those of the two outputs, which may be one terminal.
func streams(out, err io.Writer, end *ending) (stdout, stderr stream) {
	stdout, stderr = stream{out, &reader{end: end}}, stream{err, &reader{end: end}}
	if sameTerminal(out, err) {
		stderr.reader = stdout.reader
	}
	return stdout, stderr
}

func sameTerminal(a, b io.Writer) bool {
	if !IsTerminal(a) || !IsTerminal(b) {
		return false
	}
	first, err := a.(*os.File).Stat()
	if err != nil {
		return false
	}
	second, err := b.(*os.File).Stat()
	return err == nil && os.SameFile(first, second)
}

// streamedFile is a file that is written through a stream.
type streamedFile struct {
	device
	stream stream
}

func (f streamedFile) Write(p []byte) (int, error) { return f.stream.Write(p) }

// stream writes to an output.
type stream struct {
	w io.Writer
	*reader
}

// reader is what is known about the other end of an output. One Write comes after the other. Once a run that was told
// to end has waited long enough, the reader counts as gone, and nothing more is written.
type reader struct {
	end *ending

	mu      sync.Mutex
	gone    bool
	dropped bool   // which is tried only once: no one reads, and all that is left to say fits
	settle  []byte // what is written first after output was dropped
	since   []byte // what was written after settle was set, and since the run was told to end
}

func (r *reader) settleWith(text []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settle, r.since = text, nil
}

// maxSince bounds what is written again after output was dropped. It is less than a terminal holds.
const maxSince = 8 << 10

// Write writes a copy of p in a goroutine, because it may be left behind: a write that the system holds up cannot be
// taken back.
func (s stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	begun := time.Now()
	if s.gone {
		return 0, ErrUnread
	}
	w := begin(s.w, p)
	select {
	case <-w.done:
	case <-s.end.told:
	}
	if !s.end.come() {
		return w.n, w.err
	}
	s.remember(p)
	if w.within(max(time.Until(s.end.at.Add(unreadFor)), time.Until(begun.Add(leastWait)))) {
		return w.n, w.err
	}
	if s.makeRoom(w) {
		return len(p), ErrUnread
	}
	s.gone = true
	return 0, ErrUnread
}

// remember keeps what is written again if output is dropped: how the terminal is restored may be in it.
func (r *reader) remember(p []byte) {
	if len(r.since)+len(p) <= maxSince {
		r.since = append(r.since, p...)
	}
}

// makeRoom drops output so that a write ends, and reports whether that helped. The beginning of the write may have been
// dropped, and so may all that was written shortly before, so it is written again. The terminal may be in the middle of
// a sequence then, which CAN ends, or of what [screen.Settle] ends.
func (s stream) makeRoom(held *write) bool {
	if s.dropped {
		return false
	}
	s.dropped = true
	again := slices.Concat([]byte("\x18"), s.settle, s.since)
	return s.end.drop(s.w) && held.within(leastWait) && begin(s.w, again).within(leastWait)
}

// write is one write that is under way.
type write struct {
	done chan struct{} // closed when it has ended; n and err are its result
	n    int
	err  error
}

// begin begins to write a copy of p.
func begin(out io.Writer, p []byte) *write {
	w := &write{done: make(chan struct{})}
	go w.carryOut(out, bytes.Clone(p))
	return w
}

func (w *write) carryOut(out io.Writer, p []byte) {
	defer close(w.done)
	w.n, w.err = out.Write(p)
}

// within waits for the end of the write, and reports whether it came in time.
func (w *write) within(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-w.done:
		return true
	case <-timer.C:
		return false
	}
}
