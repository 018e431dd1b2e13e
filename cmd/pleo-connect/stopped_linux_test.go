package main

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// faces are both faces of the wizard at their field for the key.
var faces = map[string]struct{ term, allow, key string }{
	"full screen":  {"xterm", enter, "esc back"},
	"line by line": {"dumb", "allow\r", "Enter alone goes back"},
}

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
					x.see("Is this the right company?")
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
