//go:build unix

package input

import (
	"errors"
	"io"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/creack/pty"
)

// takePTY takes a pseudo-terminal over. Its end arrives on the channel.
func takePTY(t *testing.T) (person *os.File, terminal *Terminal, ended chan error) {
	t.Helper()
	person, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = person.Close(), tty.Close() })
	ended = make(chan error, 1)
	terminal, err = Take(tty, nil, func(why error) { ended <- why })
	if err != nil {
		t.Fatal(err)
	}
	return person, terminal, ended
}

// TestFault breaks the machine: the face reads the end, nothing of the panic is shown, and the terminal can be given
// back.
func TestFault(t *testing.T) {
	t.Parallel()
	person, x, ended := takePTY(t)
	x.repair.passed = 5 // of a streak that is empty
	x.Start()
	if _, err := io.WriteString(person, "a"); err != nil {
		t.Fatal(err)
	}
	if why := <-ended; !errors.Is(why, ErrReader) {
		t.Errorf("it ended with %v", why)
	}
	if rest, err := io.ReadAll(x.In); err != nil || len(rest) > 0 {
		t.Errorf("the face reads %q, %v", rest, err)
	}
	x.Leave(time.Time{})
}

// TestGone takes the person's side away.
func TestGone(t *testing.T) {
	t.Parallel()
	person, x, ended := takePTY(t)
	x.Start()
	if err := person.Close(); err != nil {
		t.Fatal(err)
	}
	if why := <-ended; !errors.Is(why, ErrGone) {
		t.Errorf("it ended with %v", why)
	}
	x.Leave(time.Time{})
}

// TestLeaveWithoutStart leaves a terminal that no face has read.
func TestLeaveWithoutStart(t *testing.T) {
	t.Parallel()
	_, x, _ := takePTY(t)
	x.Leave(time.Time{})
	if n, err := x.In.Read(make([]byte, 1)); n > 0 || !errors.Is(err, io.EOF) {
		t.Errorf("the face reads %d bytes, %v", n, err)
	}
}

// TestLeaveWhileNobodyReads: the pipe is full, and Leave does not wait for ever.
func TestLeaveWhileNobodyReads(t *testing.T) {
	t.Parallel()
	person, x, _ := takePTY(t)
	if _, err := x.out.Write(make([]byte, 64<<10)); err != nil { // as much as a pipe holds
		t.Fatal(err)
	}
	x.Start()
	if _, err := io.WriteString(person, "\x1b[A"); err != nil {
		t.Fatal(err)
	}
	for x.came(0) { // until it has been read
		runtime.Gosched()
	}
	x.Leave(time.Time{})
}
