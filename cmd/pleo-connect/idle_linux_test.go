package main

import (
	"fmt"
	"os"
	"testing"
)

// TestIdleWizard holds what a wizard has while the person is away to get the key, behind TLS: a server may run a
// thousand of them.
func TestIdleWizard(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.behindTLS(true)
	x := s.atKey()
	s.arrivedSince(0, 2, "GET", introspect)
	// The terminal three times, both connections, what wakes a read, and the runtime's own.
	const most = 21
	if n := len(openFiles(t, x.cmd.Process.Pid)); n > most {
		t.Errorf("%d open files, want at most %d: %v", n, most, openFiles(t, x.cmd.Process.Pid))
	}
	x.send(ctrlC)
	x.exit(exitInterrupted)
}

// openFiles returns what the open files of a process are.
func openFiles(t *testing.T, pid int) []string {
	t.Helper()
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		file, _ := os.Readlink(dir + "/" + e.Name())
		out = append(out, file)
	}
	return out
}
