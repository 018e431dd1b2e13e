//go:build unix && !linux

package host

import "golang.org/x/sys/unix"

const (
	getTermios = unix.TIOCGETA
	setTermios = unix.TIOCSETA
)

func startOutput(fd int) error { return unix.IoctlSetInt(fd, unix.TIOCSTART, 0) }

func flushOutput(fd int) error { return unix.IoctlSetPointerInt(fd, unix.TIOCFLUSH, unix.TCOFLUSH) }
