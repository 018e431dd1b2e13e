//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// waiting returns the number of unread bytes, which the shell would find.
func (x *terminal) waiting() int {
	x.t.Helper()
	n, err := unix.IoctlGetInt(int(x.tty.Fd()), fionread)
	if err != nil {
		x.t.Fatal(err)
	}
	return n
}

func (x *terminal) signal(sig os.Signal) {
	x.t.Helper()
	if err := x.cmd.Process.Signal(sig); err != nil {
		x.t.Fatal(err)
	}
}

// hangUp takes the terminal away, as a line that is cut does.
func (x *terminal) hangUp() {
	x.t.Helper()
	x.deafen() // a read would keep it open
	if err := x.pty.Close(); err != nil {
		x.t.Fatal(err)
	}
}

// awaitEnd waits for the end of the program, however it ends.
func (x *terminal) awaitEnd() {
	x.t.Helper()
	x.until("the end", func() bool {
		select {
		case <-x.ended:
			return true
		default:
			return false
		}
	})
}

// gone waits for the end of a program whose terminal was taken away.
func (x *terminal) gone(code int) {
	x.t.Helper()
	x.awaitEnd()
	if got := x.cmd.ProcessState.ExitCode(); got != code {
		x.t.Errorf("exit code %d (%v), want %d", got, x.cmd.ProcessState, code)
	}
}

// TestQuit ends by SIGQUIT, without the dump of all goroutines.
func TestQuit(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.atKey()
	x.send("abc")
	x.see("••••")
	x.signal(unix.SIGQUIT)
	x.exit(128 + int(unix.SIGQUIT))
	if strings.Contains(x.written(), "goroutine") {
		t.Error("goroutines were dumped")
	}
}

// TestNothingReachesTheShell sends what a terminal sends late, after the program has given the screen back: the shell
// gets none of it.
func TestNothingReachesTheShell(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ before, late string }{
		"answers":           {"", "\x1b[?1u\x1b[?62;22c\x1b]11;rgb:0000/0000/0000\x07"},
		"the rest of paste": {"\x1b[200~canary-of-a-late-", "paste-0123456789\r\x1b[201~"},
		"typing":            {"", "q\r"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for inTime := false; !inTime; { // what comes once the terminal is as before is for the shell
				s := newSite(t)
				x := s.wizard()
				x.see("Allow")
				x.write(c.before)
				x.signal(unix.SIGTERM)
				x.until("the normal screen", func() bool { return strings.Contains(x.written(), "\x1b[?1049l") })
				x.write(c.late)
				inTime = x.termios() != x.before
				x.exit(128 + int(unix.SIGTERM))
				if n := x.waiting(); n > 0 && inTime {
					t.Errorf("%d bytes wait for the shell", n)
				}
				if strings.Contains(x.text(), "canary") && inTime {
					t.Error("what came late was echoed")
				}
			}
		})
	}
}

// TestNothingIsEchoedBeforeTheScreen types while the program starts: anything that was typed before no longer counts.
func TestNothingIsEchoedBeforeTheScreen(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.wizard()
	x.until("echo off", func() bool { return x.termios().Lflag&unix.ECHO == 0 || x.tick() })
	x.write("canary-typed-too-early")
	x.see("Allow")
	if strings.Contains(x.written(), "canary") {
		t.Error("it was echoed")
	}
	// What was typed may be read only now, and Ctrl+C would be a part of it.
	x.signal(unix.SIGTERM)
	x.exit(128 + int(unix.SIGTERM))
}

// TestTypedAheadCountsNoMore types before the program has the terminal: that was meant for the shell, and opens no help
// here.
func TestTypedAheadCountsNoMore(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	fifo := filepath.Join(s.home, "go")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-c", `echo ready; read -r go <"$0"; exec "$@"`, fifo, binary(t)}, s.flags()...)
	cmd := exec.Command("/bin/sh", args...)
	cmd.Env = s.env()
	x := startCommand(t, cmd)
	x.see("ready")
	x.write("?")
	writeFile(t, fifo, []byte("\n"), 0)
	x.see("Allow", "Pleo is reachable", "Key store ready")
	x.send(ctrlC)
	x.exit(exitInterrupted)
}

// shell is an interactive shell on a terminal, which has jobs.
func shell(t *testing.T, s *site) *terminal {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("jobs need a shell that has them: bash is not installed")
	}
	cmd := exec.Command(bash, "--norc", "--noprofile", "--noediting", "-i")
	cmd.Env = append(s.env(), "PS1=shell> ", "HISTFILE="+os.DevNull)
	x := startCommand(t, cmd)
	x.see("shell>")
	return x
}

// faces are both faces of the wizard: their answer to the request, and what they show last at their field for the key
// and at the company. Only then do they take an answer: before, Ctrl+C is a signal.
var faces = map[string]struct{ term, allow, key, confirm string }{
	"full screen":  {"xterm", enter, "esc back", "enter confirm"},
	"line by line": {"dumb", "allow\r", "Enter alone goes back", "or back:"},
}

// TestSuspend stops the wizard with Ctrl+Z and brings it back: the shell gets its terminal, and what was typed is still
// there.
func TestSuspend(t *testing.T) {
	t.Parallel()
	for face, c := range faces {
		t.Run(face, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.term = c.term
			x := shell(t, s)
			x.write(binary(t) + " " + strings.Join(s.flags(), " ") + "\n")
			x.see("llow", "Pleo is reachable")
			x.send(c.allow)
			x.see("Get your key from Pleo")
			x.see(c.key)
			x.send("\x1a")
			x.see("Stopped", "shell>")
			if m := x.termios(); m.Lflag&unix.ECHO == 0 || m.Lflag&unix.ICANON == 0 || !x.modesOff() {
				t.Errorf("the shell got a terminal with %+v", m)
			}
			x.write("fg\n")
			x.until("the wizard again", func() bool {
				// The shell also reads its own line without an echo, so that alone proves nothing.
				return x.screen.IsAltScreen() || strings.Count(x.text(), "Enter alone goes back") == 2
			})
			x.until("echo off again", func() bool { return x.termios().Lflag&unix.ECHO == 0 || x.tick() })
			x.paste(s.sim.Keys().Good)
			x.see("Is this the right company?", c.confirm)
			x.send(ctrlC)
			x.see("stopped before the connection was active", "shell>")
			x.write("echo code $?\n")
			x.see("code 130")
			x.write("exit\n")
			x.exit(0)
		})
	}
}
