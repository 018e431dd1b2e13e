package main

import (
	"os"
	"strings"
	"testing"
)

// TestRunMemory: what a whole run over TLS, with a pasted key, has of memory for itself. The pages of the program are
// shared by all who run it, and differ with how it was built: here, as go build does. Two processors: each has its own
// free memory.
func TestRunMemory(t *testing.T) {
	t.Parallel()
	huge, _ := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled") // absent where there are none
	if strings.Contains(string(huge), "[always]") {
		t.Skip("the system gives memory in pages of 2 MiB")
	}
	s := newSite(t)
	s.behindTLS(true)
	s.more = []string{"GOMAXPROCS=2"}
	x := s.atKey()
	x.paste(s.sim.Keys().Good)
	confirm(x)
	x.see("Connected to ", "enter finish")
	pid := x.cmd.Process.Pid
	const most = 7 << 20 // seen: 6.0 to 6.5 MiB, on a busy machine
	if own := memoryOf(t, pid, "VmHWM") - memoryOf(t, pid, "RssFile"); own > most {
		t.Errorf("%d KiB, want at most %d", own>>10, most>>10)
	}
	finish(x)
	s.connectedBy(x)
}
