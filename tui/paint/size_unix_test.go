//go:build unix

package paint

import (
	"os"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// TestSizeOfTerminal: a size that changes before it is watched is not missed. The signal is for the whole process,
// which other tests do not mind.
func TestSizeOfTerminal(t *testing.T) {
	t.Parallel()
	ptm, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer ptm.Close()
	defer tty.Close()
	resize := func(columns, rows uint16) {
		if err := pty.Setsize(ptm, &pty.Winsize{Cols: columns, Rows: rows}); err != nil {
			t.Fatal(err)
		}
		if err := unix.Kill(os.Getpid(), unix.SIGWINCH); err != nil {
			t.Fatal(err)
		}
	}
	p := New(tty, options())
	resize(100, 30)
	changed := make(chan [2]int, 10)
	stop := p.Watch(func() {
		width, height := p.Size()
		changed <- [2]int{width, height}
	})
	defer stop()
	if got := <-changed; got != [2]int{100, 30} {
		t.Errorf("the size is %v", got)
	}
	resize(41, 13)
	for got := range changed { // a signal may come for the size before
		if got == [2]int{41, 13} {
			break
		}
	}
}
