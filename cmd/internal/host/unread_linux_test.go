package host

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"pleo-connect/flow/flowtest/termtest"
)

// patience ends a test that waits for something that never comes.
const patience = 20 * time.Second

// poll waits for a state that is not announced.
func poll(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !is() {
		if time.Now().After(deadline) {
			t.Fatalf("never came: %s", what)
		}
		time.Sleep(time.Millisecond) // nothing tells when to look again
	}
}

// takesNothing reports whether a terminal has no room for output, and gets none in the next moment.
func takesNothing(tty *os.File) bool {
	fds := []unix.PollFd{{Fd: int32(tty.Fd()), Events: unix.POLLOUT}}
	n, err := unix.Poll(fds, 20)
	return n == 0 && err == nil
}

// fillUp writes to a terminal until it has no room.
func fillUp(t *testing.T, person, tty *os.File) {
	t.Helper()
	poll(t, "a full terminal", func() bool {
		_, full := termtest.Fill(t, person, tty)
		return full
	})
}

// heldUp reports whether a thread of this process is writing to a file.
func heldUp(f *os.File) bool {
	paths, _ := filepath.Glob("/proc/self/task/*/syscall")
	for _, path := range paths {
		text, _ := os.ReadFile(path)
		if strings.HasPrefix(string(text), fmt.Sprintf("%d 0x%x ", unix.SYS_WRITE, f.Fd())) {
			return true
		}
	}
	return false
}

// stopOutput stops a terminal as tcflow does.
func stopOutput(t *testing.T, tty *os.File) {
	t.Helper()
	if err := unix.IoctlSetInt(int(tty.Fd()), unix.TCXONC, unix.TCOOFF); err != nil {
		t.Fatal(err)
	}
}

// TestDropUnread: a write that is held up ends, and the terminal has its modes.
func TestDropUnread(t *testing.T) {
	t.Parallel()
	for name, stop := range map[string]func(t *testing.T, person, tty *os.File){
		"no one reads": fillUp,
		"Ctrl+S": func(t *testing.T, person, tty *os.File) {
			if _, err := person.WriteString("\x13"); err != nil {
				t.Fatal(err)
			}
			poll(t, "a stopped terminal", func() bool { return takesNothing(tty) })
		},
		"stopped by a program": func(t *testing.T, _, tty *os.File) { stopOutput(t, tty) },
		"no one reads, and stopped": func(t *testing.T, person, tty *os.File) {
			fillUp(t, person, tty)
			stopOutput(t, tty)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			person, tty, err := pty.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = person.Close(); _ = tty.Close() }()
			before, err := unix.IoctlGetTermios(int(tty.Fd()), getTermios)
			if err != nil {
				t.Fatal(err)
			}
			stop(t, person, tty)
			ended := make(chan error, 1)
			go func() {
				_, err := tty.WriteString("the end")
				ended <- err
			}()
			poll(t, "a write that is held up", func() bool { return heldUp(tty) && takesNothing(tty) })
			if err := DropUnread(tty); err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-ended:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(patience):
				t.Error("the write is still held up")
			}
			if after, err := unix.IoctlGetTermios(int(tty.Fd()), getTermios); err != nil || *after != *before {
				t.Errorf("the modes are %+v, were %+v (%v)", after, before, err)
			}
		})
	}
}

// TestDropUnreadElsewhere: nothing is done to what is not a terminal.
func TestDropUnreadElsewhere(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close(); _ = w.Close() }()
	if err := DropUnread(w); !errors.Is(err, unix.ENOTTY) {
		t.Errorf("a pipe: %v", err)
	}
}
