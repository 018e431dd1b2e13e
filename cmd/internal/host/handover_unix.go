//go:build unix

package host

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

// leaveBehind gives up what a command of another account must not get. The error says what could not be given up.
func leaveBehind() error {
	if err := leaveTerminal(); err != nil {
		return kept("terminal", err)
	}
	if err := closeOnExec(); err != nil {
		return kept("files", err)
	}
	if err := leaveKeyring(); err != nil {
		return kept("keyring", err)
	}
	return nil
}

// kept returns the fault of something of root's that cannot be given up.
func kept(what flow.Kind, err error) error {
	return flow.NewFault(flow.KindInternal+"/kept_"+what, flow.Values{Reason: pleoclient.SystemReason(err)})
}

// leaveTerminal gives up the controlling terminal. With it, a command could type into the terminal (TIOCSTI), and the
// shell of root would run what it reads there. The streams may still be the terminal: without the rights of root, a
// process can type only into its controlling terminal, and cannot take one that belongs to another session. Ctrl+C and
// Ctrl+Z arrive as before, because they go to the process group.
//
// The leader of a session keeps its terminal. That has no shell behind it: it is hung up when the leader ends, so what
// was typed in the meantime is never read. Leaving it would hang up all other processes, stop Ctrl+C, and let the
// command take it again at once.
//
// Sources: https://man7.org/linux/man-pages/man2/TIOCNOTTY.2const.html,
// https://man7.org/linux/man-pages/man2/TIOCSTI.2const.html
func leaveTerminal() error {
	if leader, err := unix.Getsid(0); err != nil || leader == os.Getpid() {
		return err
	}
	tty, err := unix.Open("/dev/tty", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	switch {
	case err == nil:
		defer unix.Close(tty)
		return unix.IoctlSetInt(tty, unix.TIOCNOTTY, 0)
	case errors.Is(err, unix.ENXIO): // there is none
		return nil
	case errors.Is(err, unix.ENOENT): // nothing is in /dev: only a stream can be the terminal
		for stream := range 3 {
			_ = unix.IoctlSetInt(stream, unix.TIOCNOTTY, 0)
		}
		return nil
	}
	return err
}
