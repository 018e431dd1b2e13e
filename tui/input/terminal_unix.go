//go:build unix

package input

import (
	"errors"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Terminal is the person's terminal while a wizard runs. It is read through a [Repair], whose output goes to a pipe
// that the interface reads. In the meantime, nothing else may read the terminal or change its modes: Bubble Tea does
// not see that there is one. Nothing that is typed is echoed, even before the first question and after the last,
// because it may be a key.
//
// A type that Bubble Tea takes for the terminal itself would need no pipe. But Bubble Tea calls Read only when more
// bytes have come, and with a buffer of 4 KiB: the rest of a long paste would wait for the next key.
//
// Source: https://man7.org/linux/man-pages/man2/poll.2.html
type Terminal struct {
	In *os.File // the interface reads here; it ends when the terminal is gone

	// Hurry, when it is closed, shortens what Leave waits for: the run was told to end. nil: that never happens.
	Hurry <-chan struct{}

	// Interrupted is called when Ctrl+C was typed as a key, before In delivers it: it may be that no one reads In,
	// because what should is writing to a terminal that takes nothing. nil: it does nothing.
	Interrupted func()

	terminal   *os.File
	out        *os.File // the other end of In
	jobs       Jobs
	ended      func(error)
	asked, ask *os.File // wake poll: a byte asks for a mark, the end stops
	start      sync.Once
	working    sync.WaitGroup
	repair     Repair
	marks      int // asked for before the last poll, and not delivered
	buf        [4096]byte
	before     unix.Termios
	modes      unix.Termios  // that this program wants
	changing   sync.Mutex    // held while modes are changed
	unwatch    func()        // ends what watch has begun
	retaken    chan struct{} // holds a token
}

// Take takes over a terminal, before any other work. What was typed before no longer counts: it was echoed, and meant
// for the shell. Ctrl+C is a signal until Raw. ended is called when nothing more will come, with [ErrGone] or
// [ErrReader]. Call Leave in any case.
func Take(f *os.File, jobs Jobs, ended func(error)) (*Terminal, error) {
	t := &Terminal{terminal: f, jobs: jobs, ended: ended, unwatch: func() {}, retaken: make(chan struct{}, 1)}
	before, err := unix.IoctlGetTermios(int(f.Fd()), getTermios)
	if err == nil {
		t.before = *before
		t.In, t.out, err = os.Pipe()
	}
	if err == nil {
		t.asked, t.ask, err = os.Pipe()
	}
	if err == nil {
		t.modes = quiet(t.before)
		err = t.set(t.modes)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// Start starts reading. It is called before an interface reads In, and after Hurry is set.
func (t *Terminal) Start() {
	t.start.Do(func() {
		t.watch()
		t.working.Go(t.read)
	})
}

// HoldEnter is [Repair.HoldEnter].
func (t *Terminal) HoldEnter(on bool) { t.repair.HoldEnter(on) }

// Mark makes In deliver [Mark] after all that was typed until now. It reports whether In will do so; the Windows
// console instead drops at once what was typed.
func (t *Terminal) Mark() (comes bool) {
	_, err := t.ask.Write([]byte{0})
	return err == nil
}

// read works until Leave or the end of the terminal.
func (t *Terminal) read() {
	defer func() {
		if recover() != nil { // the value may hold anything
			t.end(ErrReader)
		}
	}()
	for {
		came, asked, err := t.poll(t.wait())
		more := 0
		if asked {
			if more = t.askedFor(); more == 0 {
				return
			}
		}
		switch {
		case err == nil && came:
			err = t.feed()
		case err == nil: // poll looked last, so nothing had come until now
			t.repair.Expire(time.Now())
		}
		if err == nil {
			err = t.handOn()
		}
		if err == nil && !came { // everything that was there when a mark was asked for has been read
			err = t.deliverMarks()
		}
		if err != nil {
			t.end(ErrGone)
			return
		}
		t.marks += more
	}
}

// askedFor returns how many marks are asked for, or 0 if the reader has to stop.
func (t *Terminal) askedFor() int {
	n, _ := t.asked.Read(make([]byte, 16))
	return n
}

// deliverMarks delivers the marks once nothing is held back.
func (t *Terminal) deliverMarks() error {
	if t.marks == 0 || t.repair.Typing() {
		return nil
	}
	_, err := t.out.WriteString(strings.Repeat(Mark, t.marks))
	t.marks = 0
	return err
}

// wait returns how long nothing needs to happen; negative: until something comes.
func (t *Terminal) wait() time.Duration {
	if t.marks > 0 && !t.repair.Typing() {
		return 0
	}
	deadline := t.repair.Deadline()
	if deadline.IsZero() {
		return -1
	}
	return max(time.Until(deadline), 0)
}

// feed reads once.
func (t *Terminal) feed() error {
	n, err := t.terminal.Read(t.buf[:])
	if n > 0 {
		t.repair.Feed(t.buf[:n], time.Now())
	}
	return err
}

func (t *Terminal) handOn() error {
	if t.repair.interrupted && t.Interrupted != nil {
		t.Interrupted()
	}
	t.repair.interrupted = false
	return t.repair.writeTo(t.out, t.buf[:])
}

// end reports why before the interface sees that nothing more comes, which may be enough to end it.
func (t *Terminal) end(why error) {
	t.ended(why)
	_ = t.out.Close()
}

// poll waits for input. A terminal that is gone counts as input: reading from it fails. A negative wait has no end.
func (t *Terminal) poll(wait time.Duration) (came, asked bool, err error) {
	ms := -1
	if wait >= 0 {
		ms = int((wait + time.Millisecond - 1) / time.Millisecond)
	}
	fds := []unix.PollFd{{Fd: int32(t.terminal.Fd()), Events: unix.POLLIN},
		{Fd: int32(t.asked.Fd()), Events: unix.POLLIN}}
	_, err = unix.Poll(fds, ms)
	if errors.Is(err, unix.EINTR) {
		err = nil
	}
	return fds[0].Revents != 0, fds[1].Revents != 0, err
}

const (
	drainQuiet = 20 * time.Millisecond
	drainLimit = 5 * time.Second
	drainHurry = time.Second / 2 // in place of drainLimit
)

// Leave restores the terminal as it was, after the interface has ended. Late input does not reach the shell: it is
// dropped, first up to until, for answers that are on their way, then until nothing has come for a moment, which is
// longer if a paste has not ended. That takes at most 5 s more, or half a second once Hurry is closed.
func (t *Terminal) Leave(until time.Time) {
	_ = t.ask.Close()
	// a write that is not read ends; the reader of In may not have ended yet, so it stays open
	_ = t.out.SetWriteDeadline(time.Now())
	t.working.Wait()
	_ = t.out.Close()
	t.drain(until)
	_ = t.asked.Close()
	t.unwatch()
	if t.foreground() == nil {
		_ = t.set(t.before) // fails only when the terminal is gone
	}
}

func (t *Terminal) drain(until time.Time) {
	limit, hurry := time.Now().Add(max(drainLimit, time.Until(until))), t.Hurry
	for {
		now := time.Now()
		select {
		case <-hurry:
			limit, hurry = now.Add(max(drainHurry, until.Sub(now))), nil
		default:
		}
		if !now.Before(limit) {
			return
		}
		quiet := drainQuiet
		if t.repair.Pasting() {
			quiet = burstQuiet
		}
		if !t.came(max(quiet, until.Sub(now))) || t.feed() != nil {
			return
		}
		t.repair.Discard()
	}
}

// came waits only for input.
func (t *Terminal) came(wait time.Duration) bool {
	fds := []unix.PollFd{{Fd: int32(t.terminal.Fd()), Events: unix.POLLIN}}
	n, _ := unix.Poll(fds, int(wait/time.Millisecond)+1)
	return n > 0
}
