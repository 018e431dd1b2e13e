package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestNoCoreFile looks at the limits of the running wizard.
func TestNoCoreFile(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.wizard()
	x.see("Allow")
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", x.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(limits)) {
		rest, ok := strings.CutPrefix(line, "Max core file size")
		if f := strings.Fields(rest); ok && (f[0] != "0" || f[1] != "0") { // soft and hard
			t.Errorf("a core file may be written: %s", line)
		}
	}
	x.send(ctrlC)
	x.exit(exitInterrupted)
}
