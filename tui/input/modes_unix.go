//go:build unix

package input

import (
	"cmp"
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

// quiet returns a mode without echo and line editing, in which Ctrl+C is a signal.
func quiet(m unix.Termios) unix.Termios {
	m.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON
	m.Cc[unix.VMIN], m.Cc[unix.VTIME] = 1, 0
	return m
}

// raw returns a mode in which every key is passed on. Output stays as it is: what draws relies on mapped line breaks.
//
// Source: https://man7.org/linux/man-pages/man3/termios.3.html
func raw(m unix.Termios) unix.Termios {
	m = quiet(m)
	m.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
	m.Oflag |= unix.OPOST | unix.ONLCR
	m.Lflag &^= unix.ISIG | unix.IEXTEN
	m.Cflag = m.Cflag&^(unix.CSIZE|unix.PARENB) | unix.CS8
	return m
}

// set changes the mode, and drops unread input.
func (t *Terminal) set(m unix.Termios) error {
	err := unix.IoctlSetTermios(int(t.terminal.Fd()), setTermios, &m)
	_ = flushInput(int(t.terminal.Fd())) // what remains has no effect
	return err
}

// Raw passes on every key as a key, until restore is called. What was typed before counts.
func (t *Terminal) Raw() (restore func(), err error) {
	before := t.modes
	if err := t.change(raw(t.before)); err != nil {
		return nil, err
	}
	return func() { _ = t.change(before) }, nil // fails only when the terminal is gone, or is that of another job
}

// change makes m the modes that this program wants, and sets them.
func (t *Terminal) change(m unix.Termios) error {
	t.changing.Lock()
	defer t.changing.Unlock()
	t.modes = m
	if err := t.foreground(); err != nil {
		return err
	}
	return unix.IoctlSetTermios(int(t.terminal.Fd()), setTermios, &t.modes)
}

// retake sets the modes that this program wants, if the terminal has others. A shell gives it its own when a program is
// stopped.
func (t *Terminal) retake() error {
	if err := t.foreground(); err != nil {
		return err
	}
	now, err := unix.IoctlGetTermios(int(t.terminal.Fd()), getTermios)
	if err != nil || *now == t.modes {
		return err
	}
	return t.set(t.modes)
}

const (
	// toldAfter is how long the order to end may come after the signal to continue: a shell that ends a stopped job
	// sends both.
	toldAfter = time.Second
	// lookAgain is how soon a program that is not stopped sees that a shell has put it into the foreground, for which
	// there is no signal.
	lookAgain = 20 * time.Millisecond
)

// errBackground is why modes are not set: the terminal is that of another program.
var errBackground = errors.New("background job")

// foreground returns when the terminal is that of this program, which is stopped until then as often as it is
// continued. A program that is told to end is not stopped any more.
func (t *Terminal) foreground() error {
	for left := toldAfter; t.inBackground(); left -= lookAgain {
		select {
		case <-t.Hurry:
			return errBackground
		case <-time.After(lookAgain):
		}
		if left > 0 {
			continue
		}
		if err := t.jobs.Suspend(); err != nil {
			return err
		}
		left = toldAfter
	}
	return nil
}

// inBackground reports whether the terminal is that of another job. Where there are no jobs, the error is ENOTTY.
func (t *Terminal) inBackground() bool {
	group, err := unix.IoctlGetInt(int(t.terminal.Fd()), unix.TIOCGPGRP)
	return err == nil && group != unix.Getpgrp()
}

// watch takes the terminal again whenever the program continues, which may have been stopped by anyone.
func (t *Terminal) watch() {
	if t.jobs.Continued == nil {
		return
	}
	t.unwatch = t.jobs.Continued(func() {
		t.changing.Lock()
		defer t.changing.Unlock()
		if t.retake() != nil {
			return
		}
		select {
		case t.retaken <- struct{}{}:
		default:
		}
	})
}

// Retaken delivers a value after the program was stopped by something other than Suspend, and has the terminal again:
// what it has drawn may be gone, and so may what it has asked of the terminal.
func (t *Terminal) Retaken() <-chan struct{} { return t.retaken }

// Suspend gives the terminal back, stops this program as Ctrl+Z does, and takes the terminal again when the program
// continues.
func (t *Terminal) Suspend() error {
	t.unwatch()
	t.changing.Lock()
	defer t.changing.Unlock()
	err := t.set(t.before)
	if err == nil {
		err = t.jobs.Suspend()
	}
	t.watch() // first: the program may be stopped again at once
	return cmp.Or(err, t.retake())
}
