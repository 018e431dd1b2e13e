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

// Continued calls f whenever the process continues, until stop is called, which waits for f. Anyone can stop a process.
func Continued(f func()) (stop func()) {
	continued, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(continued, unix.SIGCONT)
	go func() {
		defer close(done)
		for range continued {
			f()
		}
	}()
	return func() {
		signal.Stop(continued) // after this, nothing more is sent
		close(continued)
		<-done
	}
}

// neverStop keeps a process that ends from being stopped because its terminal is that of another job by now.
func neverStop() { signal.Ignore(unix.SIGTTIN, unix.SIGTTOU) }
