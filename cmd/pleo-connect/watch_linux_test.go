//go:build linux && torture

package main

import (
	ne "encoding/binary"
	"errors"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// watcher counts the changes in some directories.
type watcher struct {
	t  *testing.T
	f  *os.File // an inotify instance
	fd int
}

const anyChange = unix.IN_CREATE | unix.IN_MODIFY | unix.IN_ATTRIB | unix.IN_CLOSE_WRITE | unix.IN_MOVE | unix.IN_DELETE

func newWatcher(t *testing.T, dirs ...string) *watcher {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		if _, err := unix.InotifyAddWatch(fd, dir, anyChange); err != nil {
			t.Fatalf("%s: %v", dir, err)
		}
	}
	return &watcher{t, os.NewFile(uintptr(fd), "inotify"), fd}
}

func (w *watcher) close() { _ = w.f.Close() }

// end says that no more changes will come.
func (w *watcher) end() { _ = w.f.SetReadDeadline(time.Now()) }

// until waits for the nth change, or with 0 for all, and returns how many there were. Changes that came together count
// one by one.
func (w *watcher) until(n int) int {
	w.t.Helper()
	buf := make([]byte, 4096)
	for seen := 0; ; {
		size, err := w.f.Read(buf)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			size, err = unix.Read(w.fd, buf) // what came before the end
			if errors.Is(err, unix.EAGAIN) {
				return seen
			}
		}
		if err != nil {
			w.t.Fatal(err)
		}
		for rest := buf[:size]; len(rest) > 0; rest = rest[unix.SizeofInotifyEvent+ne.NativeEndian.Uint32(rest[12:]):] {
			if seen++; seen == n {
				return seen
			}
		}
	}
}
