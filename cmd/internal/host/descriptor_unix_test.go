//go:build unix

package host

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

func TestDescriptor(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]int{
		"/dev/stdin": 0, "/dev/fd/0": 0, "/proc/self/fd/0": 0, "/dev//fd/./63": 63, "/dev/stderr": 2, "/dev/fd/007": 7,
		"/dev/fd": -1, "/dev/fd/": -1, "/dev/fd/x": -1, "/dev/fd/-1": -1, "/dev/fd/3/x": -1, "dev/fd/3": -1, "-": -1,
		"/proc/1/fd/3": -1, "/dev/tty": -1, "/dev/fd/99999999999999999999": -1, "": -1, "/home/x/dev/fd/3": -1,
	} {
		n, ok := Descriptor(path)
		if !ok {
			n = -1
		}
		if n != want {
			t.Errorf("%s: %d, want %d", path, n, want)
		}
	}
}

// TestOpenDescriptor reads an open file that was inherited, from where it is, and none that this process opened itself.
func TestOpenDescriptor(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if _, err := io.WriteString(w, "text"); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	if _, err := OpenDescriptor(int(r.Fd())); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("one of our own: %v", err)
	}
	if _, err := OpenDescriptor(1 << 20); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("one that is not open: %v", err)
	}
	inherited, err := unix.Dup(int(r.Fd())) // without FD_CLOEXEC, as those are that a process is started with
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(inherited) }()
	f, err := OpenDescriptor(inherited)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil || string(text) != "text" || f.Close() != nil {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := unix.FcntlInt(uintptr(inherited), unix.F_GETFD, 0); err != nil {
		t.Errorf("it was closed with the copy: %v", err)
	}
}
