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
	terminal, err = Take(tty, Jobs{}, func(why error) { ended <- why })
	if err != nil {
		t.Fatal(err)
	}
	return person, terminal, ended
}

// TestFault breaks the machine: the interface reads the end, and nothing of the panic, and the terminal can be given
// back.
func TestFault(t *testing.T) {
	t.Parallel()
	person, x, ended := takePTY(t)
	x.marks = -1 // it cannot write so many
	x.Start()
	if _, err := io.WriteString(person, "a"); err != nil {
		t.Fatal(err)
	}
	if why := <-ended; !errors.Is(why, ErrReader) {
		t.Errorf("it ended with %v", why)
	}
	if rest, err := io.ReadAll(x.In); err != nil || string(rest) != "a" {
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

// TestLeaveWithoutStart leaves a terminal that no interface has read.
func TestLeaveWithoutStart(t *testing.T) {
	t.Parallel()
	_, x, _ := takePTY(t)
	x.Leave(time.Time{})
	if n, err := x.In.Read(make([]byte, 1)); n > 0 || !errors.Is(err, io.EOF) {
		t.Errorf("the face reads %d bytes, %v", n, err)
	}
}

// TestLeaveWhileNobodyReads: the pipe is full, and Leave does not wait forever.
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

// TestLate: a text comes in two reads, and the reader is busy for long in between. No pause was seen, so the text does
// not split.
func TestLate(t *testing.T) {
	t.Parallel()
	person, x, _ := takePTY(t)
	defer x.Leave(time.Time{})
	full := make([]byte, 64<<10) // as much as a pipe holds
	if _, err := x.out.Write(full); err != nil {
		t.Fatal(err)
	}
	x.Start()
	const arrow = "\x1b[A" // is passed on at once, and the reader waits for the pipe
	if _, err := io.WriteString(person, arrow+invented[:1]); err != nil {
		t.Fatal(err)
	}
	for x.came(0) { // until it has been read
		runtime.Gosched()
	}
	if _, err := io.WriteString(person, invented[1:]); err != nil {
		t.Fatal(err)
	}
	<-time.After(2 * burstGap) // or longer
	got := make([]byte, len(full)+len(arrow+whole(invented)))
	if _, err := io.ReadFull(x.In, got); err != nil {
		t.Fatal(err)
	}
	if rest := string(got[len(full):]); rest != arrow+whole(invented) {
		t.Errorf("the face reads %q", rest)
	}
}

// TestMark comes behind what was typed before it, also where that has not been read yet, and in front of the rest.
func TestMark(t *testing.T) {
	t.Parallel()
	person, x, _ := takePTY(t)
	defer x.Leave(time.Time{})
	read := func(want string) {
		t.Helper()
		got := make([]byte, len(want))
		if _, err := io.ReadFull(x.In, got); err != nil || string(got) != want {
			t.Fatalf("the face reads %q, %v, want %q", got, err, want)
		}
	}
	write := func(text string) {
		t.Helper()
		if _, err := io.WriteString(person, text); err != nil {
			t.Fatal(err)
		}
	}
	write("y")       // is held back for a moment
	for !x.came(0) { // until the terminal has it
		runtime.Gosched()
	}
	ask := func() {
		t.Helper()
		if !x.Mark() {
			t.Fatal("no mark comes")
		}
	}
	ask()
	x.Start()
	read("y" + Mark)
	ask()
	ask()
	read(Mark + Mark)
	write("no\n")
	read("no\n")
}

// TestMarkWaitsForTyping: a letter that is held back, because a burst may begin with it, comes before the mark.
func TestMarkWaitsForTyping(t *testing.T) {
	t.Parallel()
	var r Repair
	now := time.Now()
	if r.Feed([]byte("y"), now); !r.Typing() {
		t.Error("a letter that is held back is not seen")
	}
	if r.Expire(now.Add(burstGap)); r.Typing() {
		t.Error("a letter is never handed on")
	}
	if r.Feed([]byte(pasteStart+"y"), now.Add(time.Second)); r.Typing() {
		t.Error("a paste is taken for typing")
	}
}

// TestLeaveInAHurry: a run that is told to end does not wait for input that keeps coming as long as another does.
func TestLeaveInAHurry(t *testing.T) {
	t.Parallel()
	person, x, _ := takePTY(t)
	hurry := make(chan struct{})
	x.Hurry = hurry
	go func() {
		for i := 0; ; i++ {
			if _, err := io.WriteString(person, "typed and typed\r"); err != nil {
				return
			}
			if i == 1000 { // more than fits: Leave is dropping it
				close(hurry)
			}
		}
	}()
	begun := time.Now()
	x.Leave(time.Time{})
	if took := time.Since(begun); took >= drainLimit {
		t.Errorf("it took %s", took)
	}
}
