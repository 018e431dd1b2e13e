//go:build unix

package host

import (
	"io/fs"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// OpenDescriptor returns a copy of an open file that this process was started with. Opening its path instead would fail
// for a socket, and for a file that only who started us may open. Any other number is [fs.ErrNotExist]: what this
// program opens itself is closed on exec, and what it was started with is not.
//
// Source: https://man7.org/linux/man-pages/man2/F_DUPFD.2const.html
func OpenDescriptor(n int) (*os.File, error) {
	if flags, err := unix.FcntlInt(uintptr(n), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC != 0 {
		return nil, fs.ErrNotExist
	}
	fd, err := unix.FcntlInt(uintptr(n), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), "/dev/fd/"+strconv.Itoa(n)), nil
}
