//go:build unix

package host

import (
	"io/fs"
	"os"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// OpenDescriptor returns a copy of an open file that this process was started with. Opening its path instead would fail
// for a socket, and for a file that only the account that started us may open. For any other number the error is
// [fs.ErrNotExist]: files that this program opens itself are closed on exec, and those it was started with are not.
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

// closeOnExec keeps all open files except the standard streams from programs that this process starts or becomes.
func closeOnExec() error {
	dir := "/dev/fd"
	if runtime.GOOS == "linux" {
		dir = "/proc/self/fd"
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		if fd, err := strconv.Atoi(f.Name()); err == nil && fd > 2 {
			unix.CloseOnExec(fd)
		}
	}
	return nil
}
