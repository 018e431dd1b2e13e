//go:build unix

package input

import (
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

// Raw passes on every key as a key, until restore is called.
func (t *Terminal) Raw() (restore func(), err error) {
	before, err := unix.IoctlGetTermios(int(t.terminal.Fd()), getTermios)
	if err == nil {
		err = unix.IoctlSetTermios(int(t.terminal.Fd()), setTermios, new(raw(t.before)))
	}
	if err != nil {
		return nil, err
	}
	return func() { _ = unix.IoctlSetTermios(int(t.terminal.Fd()), setTermios, before) }, nil
}

// Suspend gives the terminal back, stops this program as Ctrl+Z does, and takes the terminal again when the program
// continues.
func (t *Terminal) Suspend() error {
	now, err := unix.IoctlGetTermios(int(t.terminal.Fd()), getTermios)
	if err == nil {
		err = t.set(t.before)
	}
	if err != nil {
		return err
	}
	if err := t.suspend(); err != nil {
		return err
	}
	return t.set(*now)
}
