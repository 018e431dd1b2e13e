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
		if rest, ok := strings.CutPrefix(line, "Max core file size"); ok && !strings.HasPrefix(strings.TrimSpace(rest), "0 ") {
			t.Errorf("a core file may be written: %s", line)
		}
	}
	x.send(ctrlC)
	x.exit(exitInterrupted)
}
