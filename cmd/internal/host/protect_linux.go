package host

import "golang.org/x/sys/unix"

// protect keeps the key out of core files and away from other processes of the same user. Both settings are needed: the
// limit does not stop a core that is piped to a program. A failure is not fatal: the kernel may forbid it. It returns
// the previous umask.
func protect() (umask int) {
	umask = unix.Umask(0o077)
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	hide()
	return umask
}

// hide keeps other processes of the same user out. The kernel resets this when a process changes its account.
//
// Source: https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html
func hide() { _ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) }
