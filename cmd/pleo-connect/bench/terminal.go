package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/vt"
	"golang.org/x/sys/unix"
)

const (
	width, height = 80, 24

	patience = 20 * time.Second // ends a wait for what never comes
)

// session is a program on a terminal of its own.
//
// Its output is timed when it is read, by a goroutine that does nothing else but answer for the terminal, and drawn
// later: the time that the emulator takes is not the program's.
type session struct {
	cmd     *exec.Cmd
	pty     *os.File
	screen  *vt.Emulator
	began   time.Time
	output  chan chunk // closed when the program has ended
	written int        // bytes that were drawn
	kitty   bool       // the program asked for the keys of the kitty protocol

	answering sync.WaitGroup
}

// chunk is what one read returned, and when.
type chunk struct {
	at   time.Time
	text []byte
}

// start runs a command on a terminal that answers like t.
func start(cmd *exec.Cmd, t terminal) (*session, error) {
	pty, tty, err := openTerminal()
	if err != nil {
		return nil, err
	}
	s := &session{cmd: cmd, pty: pty, screen: vt.NewEmulator(width, height), output: make(chan chunk, 4096)}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true}
	go func() { _, _ = io.Copy(io.Discard, s.screen) }() // the emulator waits until its own answers are read
	s.began = time.Now()
	err = cmd.Start()
	_ = tty.Close() // else the end of the program is not the end of its output
	if err != nil {
		_ = pty.Close()
		return nil, err
	}
	go s.read(t)
	return s, nil
}

// openTerminal opens a pseudo-terminal. Its descriptors block: a read that goes through Go's poller returns later, by
// as much as a raw echo takes.
func openTerminal() (pty, tty *os.File, err error) {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	pty = os.NewFile(uintptr(fd), "/dev/ptmx")
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: height, Col: width})
	}
	name, other := fmt.Sprintf("/dev/pts/%d", n), -1
	if err == nil {
		other, err = unix.Open(name, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	}
	if err != nil {
		_ = pty.Close()
		return nil, nil, err
	}
	return pty, os.NewFile(uintptr(other), name), nil
}

func (s *session) read(t terminal) {
	defer close(s.output)
	var asked questions
	for buf := make([]byte, 64<<10); ; {
		n, err := s.pty.Read(buf)
		at := time.Now()
		if err != nil { // EIO: no program has the terminal any more
			return
		}
		text := append([]byte(nil), buf[:n]...)
		if answer := t.answers(asked.in(text)); answer != "" {
			s.answer(answer, t.delay)
		}
		s.output <- chunk{at, text}
	}
}

func (s *session) answer(text string, delay time.Duration) {
	if delay == 0 {
		_, _ = io.WriteString(s.pty, text)
		return
	}
	s.answering.Go(func() {
		time.Sleep(delay)
		_, _ = io.WriteString(s.pty, text)
	})
}

// draw draws what the program wrote.
func (s *session) draw(c chunk) {
	s.written += len(c.text)
	s.kitty = s.kitty || strings.Contains(string(c.text), "\x1b[>1u")
	_, _ = s.screen.Write(c.text)
}

// until waits for a state of the screen, and returns when the bytes came that made it.
func (s *session) until(what string, is func(screen string) bool) (time.Time, error) {
	deadline := time.After(patience)
	for {
		select {
		case c, ok := <-s.output:
			if !ok {
				return time.Time{}, fmt.Errorf("the program ended before %s:\n%s", what, s.screen)
			}
			s.draw(c)
			if is(s.screen.String()) {
				return c.at, nil
			}
		case <-deadline:
			return time.Time{}, fmt.Errorf("never came: %s\n%s", what, s.screen)
		}
	}
}

// see waits until text is on the screen, and returns when it was.
func (s *session) see(text string) (time.Time, error) {
	has := func(screen string) bool { return strings.Contains(screen, text) }
	if has(s.screen.String()) {
		return time.Now(), nil
	}
	return s.until(text, has)
}

// rest draws until nothing has been written for a time. The program must not have ended.
func (s *session) rest(quiet time.Duration) error {
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		select {
		case c, ok := <-s.output:
			if !ok {
				return fmt.Errorf("the program ended by itself:\n%s", s.screen)
			}
			s.draw(c)
		case <-time.After(quiet):
			return nil
		}
	}
	return errors.New("the program writes without a pause")
}

// pass draws for a time.
func (s *session) pass(d time.Duration) {
	for end := time.After(d); ; {
		select {
		case c, ok := <-s.output:
			if !ok {
				return
			}
			s.draw(c)
		case <-end:
			return
		}
	}
}

// send types keys.
func (s *session) send(keys string) error {
	_, err := io.WriteString(s.pty, keys)
	return err
}

// end draws the rest, and requires that the program ends well.
func (s *session) end() error {
	stuck := time.AfterFunc(patience, func() { _ = s.cmd.Process.Kill() })
	defer stuck.Stop()
	for c := range s.output {
		s.draw(c)
	}
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("the program ended with %w:\n%s", err, s.screen)
	}
	return nil
}

// close ends what still runs.
func (s *session) close() {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill()
		for range s.output { // the reader may wait to hand something over
		}
		_ = s.cmd.Wait()
	}
	s.answering.Wait()
	_ = s.pty.Close()
	if answers, ok := s.screen.InputPipe().(io.Closer); ok {
		_ = answers.Close()
	}
}
