//go:build unix

package host

import (
	"errors"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// errBackground is why output is not dropped: it may be that of the program in the foreground.
var errBackground = errors.New("background job")

// dropping makes one drop at a time change the modes of a terminal, so that each finds and restores the same.
var dropping sync.Mutex

// DropUnread drops the output that a terminal has not read, so that there is room for a little more, and lets it
// continue where Ctrl+S stopped it. The modes of the terminal are the same afterwards. It waits for nothing.
//
// Output also continues when IXON is turned off. On Linux, a write that waits for room learns that there is some only
// when the modes are set.
//
// Sources: https://man7.org/linux/man-pages/man2/TCSETS.2const.html,
// https://man7.org/linux/man-pages/man2/TCXONC.2const.html, https://man.freebsd.org/cgi/man.cgi?tty(4)
func DropUnread(f *os.File) error {
	dropping.Lock()
	defer dropping.Unlock()
	fd := int(f.Fd())
	// A job in the background would be stopped. Where there are no jobs, the error is ENOTTY.
	if group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP); err == nil && group != unix.Getpgrp() {
		return errBackground
	}
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return err
	}
	flowing := *before
	flowing.Iflag &^= unix.IXON
	return errors.Join(
		unix.IoctlSetTermios(fd, setTermios, &flowing), startOutput(fd), flushOutput(fd),
		unix.IoctlSetTermios(fd, setTermios, before))
}
