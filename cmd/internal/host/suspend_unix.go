//go:build unix

package host

import (
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"
)

// continueAfter ends the wait for a stop that never comes: if there is no shell that could continue us, the system
// ignores Ctrl+Z.
const continueAfter = 200 * time.Millisecond

// Suspend stops the process group, as Ctrl+Z does, and returns when the group is continued.
func Suspend() error {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, unix.SIGCONT)
	defer signal.Stop(continued)
	if err := unix.Kill(0, unix.SIGTSTP); err != nil {
		return err
	}
	select {
	case <-continued:
	case <-time.After(continueAfter):
	}
	return nil
}
