package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestProcess: a process gets its input, and the next one runs after it; one that fails says why.
func TestProcess(t *testing.T) {
	t.Parallel()
	took, out, err := process{program: "x", path: "/bin/cat", input: "in", next: "/bin/pwd"}.run(t.TempDir())
	if err != nil || took <= 0 || !strings.HasPrefix(string(out), "in/") {
		t.Errorf("%s, %q: %v", took, out, err)
	}
	_, _, err = process{program: "x", path: "/bin/sh", args: []string{"-c", "echo why >&2; exit 3"}}.run(t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "why") {
		t.Errorf("the failure is %v", err)
	}
}

// TestPeakMemory: it is a program's own, and one that has ended has none.
func TestPeakMemory(t *testing.T) {
	t.Parallel()
	if memory, err := peakMemory(os.Getpid()); err != nil || memory < 1 || memory > 1024 {
		t.Errorf("%g MiB: %v", memory, err)
	}
	ended := exec.Command("/bin/true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	if memory, err := peakMemory(ended.Process.Pid); err == nil {
		t.Errorf("a process that has ended has %g MiB", memory)
	}
}
