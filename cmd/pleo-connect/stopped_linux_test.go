package main

import (
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// wizardOf starts the wizard as a job of a shell, and returns its process when it asks for the key.
func (x *terminal) wizardOf(s *site, allow, key string) (pid int) {
	x.t.Helper()
	x.write(binary(x.t) + " " + strings.Join(s.flags(), " ") + "\n")
	x.see("llow", "Pleo is reachable")
	x.send(allow)
	x.see(key)
	children := childrenOf(x.cmd.Process.Pid)
	if len(children) != 1 {
		x.t.Fatalf("the shell has the jobs %v", children)
	}
	return children[0]
}

// TestStoppedFromOutside stops the wizard by a signal, as another program may, and brings it back: the terminal is as
// before, so the key that is pasted now is not echoed.
func TestStoppedFromOutside(t *testing.T) {
	t.Parallel()
	for _, sig := range []unix.Signal{unix.SIGSTOP, unix.SIGTSTP, unix.SIGTTOU} {
		for face, c := range faces {
			for _, background := range []bool{false, true} { // continued there first, which stops it again
				name := unix.SignalName(sig) + ", " + face
				if background {
					name += ", bg"
				}
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					s := newSite(t)
					s.term = c.term
					x := shell(t, s)
					pid := x.wizardOf(s, c.allow, c.key)
					raw := x.termios()
					if err := unix.Kill(pid, sig); err != nil {
						t.Fatal(err)
					}
					x.see("]+  Stopped")
					mark := len(x.written())
					if background {
						x.write("bg; wait %1\n") // until it is stopped again
						x.until("stopped again", func() bool {
							return strings.Contains(x.written()[mark:], "]+  Stopped")
						})
						mark = len(x.written())
					}
					x.write("fg\n")
					x.until("the modes of the wizard", func() bool { return x.termios() == raw || x.tick() })
					x.until("the question again", func() bool {
						again := c.key
						if c.term == "xterm" {
							again = "\x1b[?2004h"
						}
						return strings.Contains(x.written()[mark:], again)
					})
					x.see(c.key)
					x.paste(s.sim.Keys().Good)
					x.see("Is this the right company?", c.confirm)
					if strings.Contains(x.written(), s.sim.Keys().Good) {
						t.Error("the key is on the terminal")
					}
					x.send(ctrlC)
					x.see("stopped before the connection was active", "shell>")
					x.write("exit\n")
					x.exit(130)
				})
			}
		}
	}
}

// TestToldToEndWhileStopped ends a wizard that is stopped, by Ctrl+Z or from outside: it ends at once, without the
// terminal, which is that of the shell, and draws nothing.
func TestToldToEndWhileStopped(t *testing.T) {
	t.Parallel()
	for _, stop := range []string{"Ctrl+Z", "SIGSTOP"} {
		for face, c := range faces {
			for _, sig := range ends {
				t.Run(stop+", "+face+", "+unix.SignalName(sig), func(t *testing.T) {
					t.Parallel()
					s := newSite(t)
					s.term = c.term
					x := shell(t, s)
					pid := x.wizardOf(s, c.allow, c.key)
					if stop == "Ctrl+Z" {
						x.send("\x1a")
					} else if err := unix.Kill(pid, unix.SIGSTOP); err != nil {
						t.Fatal(err)
					}
					x.see("]+  Stopped")
					x.write("stty tostop\n") // then a job in the background is also stopped when it writes
					x.until("tostop", func() bool { return x.termios().Lflag&unix.TOSTOP != 0 || x.tick() })
					mark := len(x.written())
					x.write("kill -" + strconv.Itoa(int(sig)) + " %1; kill -CONT %1; wait %1; echo code $?\n")
					x.until("the exit code", func() bool {
						return strings.Contains(x.written()[mark:], "code "+strconv.Itoa(128+int(sig)))
					})
					if new := x.written()[mark:]; strings.Contains(new, c.key) || strings.Contains(new, "\x1b[?1049h") {
						t.Errorf("it was drawn: %q", new)
					}
					x.until("all modes off", x.modesOff)
					if x.termios().Lflag&unix.TOSTOP == 0 {
						t.Error("the modes of the shell were changed")
					}
					x.write("stty -tostop; exit\n")
					x.exit(0)
				})
			}
		}
	}
}
