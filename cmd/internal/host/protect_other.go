//go:build !linux && !windows

package host

import "golang.org/x/sys/unix"

// protect keeps the key out of core files. A failure is not fatal: the kernel may forbid it. It returns the previous
// umask.
func protect() (umask int) {
	umask = unix.Umask(0o077)
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	return umask
}

// hide does nothing: these systems let only root look into a process that changed its account.
func hide() {}
