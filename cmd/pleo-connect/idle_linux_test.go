package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestIdleWizard holds what a wizard has while the person is away to get the key, behind TLS: a server may run a
// thousand of them.
func TestIdleWizard(t *testing.T) {
	needRoot(t)
	t.Parallel()
	s := newSite(t)
	s.behindTLS(true)
	x := s.atKey()
	s.arrivedSince(0, 2, "GET", introspect)
	files := openFiles(t, x.cmd.Process.Pid)
	inherited := openFiles(t, os.Getpid())
	kinds := map[string]int{}
	for _, file := range files {
		kind, rest, _ := strings.Cut(file, ":[")
		switch {
		case strings.HasPrefix(file, "/dev/pts/"):
			kinds["terminal"]++
		case kind == "anon_inode":
			kinds[strings.TrimSuffix(rest, "]")]++
		case strings.HasPrefix(file, "/sys/fs/cgroup/"): // the runtime's, where processors are limited
		case slices.Contains(inherited, file): // from what runs the tests
		default:
			kinds[kind]++
		}
	}
	want := map[string]int{
		"terminal":  3, // the standard streams
		"socket":    2, // the connections to Pleo that are warm
		"pipe":      6, // what was typed, a question at the terminal, and what ends Bubble Tea's read: two ends each
		"eventpoll": 2, // of the runtime, and of Bubble Tea's read
		"eventfd":   1, // wakes the runtime's
	}
	if !maps.Equal(kinds, want) {
		t.Errorf("open are %v, want %v: %q", kinds, want, files)
	}
	x.send(ctrlC)
	x.exit(exitInterrupted)
}

// needRoot skips a test that looks at the open files of the program, which shows them to no other process of its own
// account.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root sees the open files of a program that forbids dumps of its memory")
	}
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
