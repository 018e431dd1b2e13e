package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/store"
)

// TestExecLeavesTheKeyInOnePlace looks at the running command from outside: the key is in its environment, not among
// its arguments, and none of our files is open in it.
func TestExecLeavesTheKeyInOnePlace(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	x := s.startsChild("read x")
	proc := fmt.Sprintf("/proc/%d/", x.Pid)
	environ := contents(t, proc+"environ")
	if strings.Count(environ, s.sim.Keys().Good) != 1 ||
		!strings.Contains("\x00"+environ, "\x00"+keyVariable+"="+s.sim.Keys().Good+"\x00") {
		t.Error("the key is not in the environment just once")
	}
	s.noKey(contents(t, proc+"cmdline"))
	files, err := os.ReadDir(proc + "fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if path, err := os.Readlink(proc + "fd/" + f.Name()); err == nil && strings.HasPrefix(path, s.home) {
			t.Errorf("%s is open", path)
		}
	}
}

// TestExecStopped: a signal that comes before the command starts is ours, and the command never runs. In the meantime
// the program has two warnings to print, and waits at a pipe that has room for one.
func TestExecStopped(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	for range 2 { // the second time, for the version before as well
		s.change("production", func(r *store.Record) {
			r.RejectedAt, r.Rejection = r.ValidatedAt, store.RejectedUnknown
		})
	}
	if err := os.Remove(s.record().File); err != nil {
		t.Fatal(err)
	}
	book := flow.English
	book.Program = s.program()
	first := "warning: " + engine.Warnings(&book, s.record())[0] + "\n"
	r, w := fullPipe(t, len(first))
	cmd, _ := s.command(s.in([]string{"exec", bakery, "sh", "-c", "echo ran >&2"})...)
	cmd.Stderr = w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	poll(t, "the first warning", func() bool {
		n, err := unix.IoctlGetInt(int(r.Fd()), fionread)
		return err == nil && n == os.Getpagesize()
	})
	if err := cmd.Process.Signal(unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	poll(t, "the signal", func() bool {
		status := contents(t, fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
		return strings.Contains(status, "ShdPnd:\t0000000000000000")
	})
	said, err := io.ReadAll(r)
	_ = cmd.Wait()
	_, said, _ = bytes.Cut(said, []byte(first))
	if code := cmd.ProcessState.ExitCode(); err != nil || code != 143 || bytes.Contains(said, []byte("ran")) ||
		!bytes.Contains(said, []byte("error: stopped (terminated)")) {
		t.Errorf("%v, %v: %s", cmd.ProcessState, err, said)
	}
	s.noKey(string(said))
}

// fullPipe returns a pipe that takes no more than room bytes until it is read.
func fullPipe(t *testing.T, room int) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close(); _ = w.Close() })
	if _, err := unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, os.Getpagesize()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, os.Getpagesize()-room)); err != nil {
		t.Fatal(err)
	}
	return r, w
}
