package host

import "testing"

// TestAtDesktopReadsNothing: without a display, what a person is at is known without a look at the ancestors, which
// would allocate.
func TestAtDesktopReadsNothing(t *testing.T) {
	server := Host{Environ: []string{"TERM=xterm"}}
	if n := testing.AllocsPerRun(10, func() {
		if server.AtDesktop() {
			t.Error("a desktop without a display")
		}
	}); n > 5 {
		t.Errorf("%v allocations", n)
	}
}
