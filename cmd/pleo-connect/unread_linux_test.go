package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"pleo-connect/flow/flowtest/termtest"
)

// ends are the signals that end a run.
var ends = []unix.Signal{unix.SIGTERM, unix.SIGINT, unix.SIGHUP, unix.SIGQUIT}

// room reports whether a terminal or pipe takes output now, or in the next moment.
func room(t *testing.T, f *os.File) bool {
	t.Helper()
	fds := []unix.PollFd{{Fd: int32(f.Fd()), Events: unix.POLLOUT}}
	n, err := unix.Poll(fds, 20)
	if err != nil && !errors.Is(err, unix.EINTR) {
		t.Fatal(err)
	}
	return n > 0
}

// fillUp writes points to a terminal that no one reads, until it takes nothing more, and returns how many.
func (x *terminal) fillUp() (points int) {
	x.t.Helper()
	poll(x.t, "a full terminal", func() bool {
		n, full := termtest.Fill(x.t, x.pty, x.tty)
		points += n
		return full
	})
	return points
}

// stopOutput presses Ctrl+S.
func (x *terminal) stopOutput() {
	x.t.Helper()
	x.write("\x13")
	poll(x.t, "stopped output", func() bool { return !room(x.t, x.tty) })
}

// heldUp waits until a program hangs in a write to one of its outputs. Where the system does not say that, the test is
// skipped: the program lets no ordinary user look into it.
func heldUp(t *testing.T, pid int) {
	t.Helper()
	poll(t, "a write that is held up", func() bool {
		paths, _ := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "task/*/syscall"))
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if errors.Is(err, os.ErrPermission) {
				t.Skip("needs root, who may see what a program waits for")
			}
			for _, out := range []int{unix.Stdout, unix.Stderr} {
				if bytes.HasPrefix(text, fmt.Appendf(nil, "%d 0x%x ", unix.SYS_WRITE, out)) {
					return true
				}
			}
		}
		return false
	})
}

// ends ends the program by a signal.
func (x *terminal) ends(sig unix.Signal) {
	x.t.Helper()
	x.signal(sig)
	x.gone(128 + int(sig))
}

// restored reads the terminal again, after the end of the program, and requires that everything is as before.
func (x *terminal) restored() {
	x.t.Helper()
	x.listen()
	x.until("all modes off", x.modesOff)
	if now := x.termios(); now != x.before {
		x.t.Errorf("the terminal is not as before: %+v, was %+v", now, x.before)
	}
}

// face is an interface of the wizard, as the environment chooses it.
type face struct {
	term string
	more []string
}

// lineFaces are those that ask line by line, without and with control sequences. fullFaces are the others.
var (
	lineFaces = []face{{"dumb", nil}, {"xterm-256color", []string{accessible}}}
	fullFaces = []face{{"xterm-256color", nil}}
)

// TestUnreadQuestion takes the reader away at each step at which the line face waits, and then ends the run.
func TestUnreadQuestion(t *testing.T) {
	t.Parallel()
	unreadQuestion(t, lineFaces)
}

// TestUnreadScreen is the same for the full screen.
func TestUnreadScreen(t *testing.T) {
	t.Parallel()
	unreadQuestion(t, fullFaces)
}

func unreadQuestion(t *testing.T, faces []face) {
	t.Helper()
	for _, f := range faces {
		for _, step := range steps {
			for _, sig := range ends {
				s := newSite(t)
				s.term, s.more = f.term, f.more
				see := step.see[1]
				if !s.byLine() {
					see = step.see[0]
				}
				if see == "" {
					continue
				}
				t.Run(fmt.Sprint(f.term, f.more, step.name, sig), func(t *testing.T) {
					t.Parallel()
					s.t = t
					if step.hold != nil {
						s.sim.Inject(*step.hold)
					}
					x := s.wizard()
					for _, what := range step.keys {
						s.does(x, what)
					}
					x.see(see)
					if step.hold != nil {
						s.arrived(1, step.hold.Method, step.hold.Path)
					}
					x.deafen()
					x.fillUp()
					x.ends(sig)
					x.restored()
					s.leftWhole(step.left, sig)
					s.noKey(x.written())
				})
			}
		}
	}
}

// leftWhole requires that what a run left is whole, and that the next one continues with it.
func (s *site) leftWhole(want remains, sig unix.Signal) {
	s.t.Helper()
	if want == unconfirmedLeft && sig == unix.SIGINT { // a person wanted it
		want = nothingLeft
	}
	if got := s.remains(); got != want {
		s.t.Errorf("left %+v, want %+v", got, want)
	}
	if want == nothingLeft {
		return
	}
	if r := s.status(); r.code != exitDone || !strings.Contains(r.out, bakery) {
		s.t.Errorf("status: exit code %d: %s%s", r.code, r.out, r.err)
	}
	if r := s.headless(s.sim.Keys().Good, "--company", bakery); r.code != exitDone {
		s.t.Errorf("the next run: exit code %d: %s%s", r.code, r.out, r.err)
	}
	s.active()
}

// TestUnreadHelp ends the line face while it prints.
func TestUnreadHelp(t *testing.T) {
	t.Parallel()
	unreadHelp(t, lineFaces)
}

// TestUnreadFrame ends the full screen while it draws.
func TestUnreadFrame(t *testing.T) {
	t.Parallel()
	unreadHelp(t, fullFaces)
}

func unreadHelp(t *testing.T, faces []face) {
	t.Helper()
	for _, f := range faces {
		for _, sig := range ends {
			t.Run(fmt.Sprint(f.term, f.more, sig), func(t *testing.T) {
				t.Parallel()
				s := newSite(t)
				s.term, s.more = f.term, f.more
				x := s.wizard()
				s.does(x, "allow")
				see, keys := "esc back", "?"
				if s.byLine() {
					see, keys = "Enter alone goes back", "?\r"
				}
				x.see(see)
				x.deafen()
				x.fillUp()
				x.write(keys)
				heldUp(t, x.cmd.Process.Pid)
				x.ends(sig)
				x.restored()
				s.nothing()
			})
		}
	}
}

// TestUnreadCtrlC ends a wizard as a person does, to whom nothing seems to happen: while it draws or prints, ends or
// stops, and while it waits.
func TestUnreadCtrlC(t *testing.T) {
	t.Parallel()
	const ctrlZ = "\x1a"
	toDone := []string{"allow", "key", "yes"}
	for name, c := range map[string]struct {
		face  face
		does  []string
		see   string
		keys  string // which make it write
		after string // pressed while that write is held up
		code  int
		left  remains
	}{
		"Review":             {fullFaces[0], nil, "Key store ready", "?", "", exitInterrupted, nothingLeft},
		"cancelled":          {fullFaces[0], nil, "Key store ready", left, enter, exitInterrupted, nothingLeft},
		"suspended":          {fullFaces[0], nil, "Key store ready", ctrlZ, "", exitInterrupted, nothingLeft},
		"Done":               {fullFaces[0], toDone, "enter finish", "?", "", exitDone, activeLeft},
		"finished":           {fullFaces[0], toDone, "enter finish", enter, "", exitDone, activeLeft},
		"help, by line":      {lineFaces[0], toDone[:1], "Enter alone goes back", "?\r", "", exitInterrupted, nothingLeft},
		"suspended, by line": {lineFaces[0], toDone[:1], "Enter alone goes back", ctrlZ, "", exitInterrupted, nothingLeft},
		"question, by line":  {lineFaces[0], toDone[:1], "Enter alone goes back", "", "", exitInterrupted, nothingLeft},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.term, s.more = c.face.term, c.face.more
			x := s.wizard()
			for _, what := range c.does {
				s.does(x, what)
			}
			x.see(c.see)
			x.deafen()
			x.fillUp()
			if c.keys != "" {
				x.write(c.keys)
				heldUp(t, x.cmd.Process.Pid)
			}
			x.write(c.after + ctrlC)
			x.gone(c.code)
			x.restored()
			s.leftWhole(c.left, unix.SIGINT)
		})
	}
}

// unreadRun is a command that prints.
type unreadRun struct {
	name string
	args []string
	all  bool // it is ended by every signal; otherwise by SIGTERM
	raw  bool // it prints nothing before it sets a mode in which Ctrl+S is a key
}

// unreadRuns returns commands that print, for a site with connections that a passphrase opens as well.
func unreadRuns(p person) []unreadRun {
	in := func(args ...string) []string { return p.places(args...) }
	return []unreadRun{
		{"status", in("status"), true, false},
		{"status as JSON", in("status", "--json"), false, false},
		{"check", in("status", "--check"), true, false},
		{"doctor", in("doctor", "--api-base", p.api), true, false},
		{"help", []string{"--help"}, true, false},
		{"version", []string{"--version"}, false, false},
		{"completion", []string{"completion", "bash"}, false, false},
		{"completing", []string{"__complete", "sta"}, false, false},
		{"not completing", []string{"__complete", "status", "--no-such", ""}, false, false},
		{"manual", []string{"man"}, false, false},
		{"a failure", in("status", "--no-such"), false, false},
		{"key file", p.withKeyFile("-"), false, true},
		{"passphrase", []string{"status", "--store", p.store, "--identity", p.file}, true, true},
		{"disconnect", in("disconnect", bakery), true, false},
		{"reconnect", in("reconnect", "--force-store", "--plain"), false, false},
		{"sandbox", []string{"sandbox"}, false, false},
		{"demo", []string{"demo", "--pace", "0", "--plain"}, false, false},
	}
}

// runUnread runs each command on a terminal that block lets take nothing, and ends it.
func runUnread(t *testing.T, block func(x *terminal), meant func(run unreadRun, sig unix.Signal) bool) {
	t.Helper()
	p := newPerson(t)
	for _, run := range unreadRuns(p) {
		for _, sig := range ends {
			if !meant(run, sig) {
				continue
			}
			t.Run(fmt.Sprint(run.name, ", ", sig), func(t *testing.T) {
				t.Parallel()
				x := openTerminal(t)
				block(x)
				cmd := exec.Command(binary(t), run.args...)
				cmd.Env = p.env()
				x.run(cmd)
				heldUp(t, cmd.Process.Pid)
				x.ends(sig)
				x.restored()
			})
		}
	}
}

// TestUnread ends commands on a terminal that no one reads.
func TestUnread(t *testing.T) {
	t.Parallel()
	runUnread(t, func(x *terminal) { x.fillUp() }, func(run unreadRun, sig unix.Signal) bool {
		return run.all || sig == unix.SIGTERM
	})
}

// TestStoppedOutput ends commands on a terminal on which Ctrl+S was pressed.
func TestStoppedOutput(t *testing.T) {
	t.Parallel()
	runUnread(t, (*terminal).stopOutput, func(run unreadRun, sig unix.Signal) bool {
		return !run.raw && sig == unix.SIGTERM
	})
}

// TestUnreadOutputs ends commands of which one output is held up, or both: standard output by a full pipe, and standard
// error by a full terminal. A save is whole.
func TestUnreadOutputs(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]struct {
		args     func(s *site) []string
		out, err bool // is held up
		left     remains
	}{
		"lines":   {func(s *site) []string { return s.withKeyFile("-") }, false, true, nothingLeft},
		"JSON":    {func(s *site) []string { return s.withKeyFile("-", "--json") }, true, false, nothingLeft},
		"both":    {func(s *site) []string { return s.withKeyFile("-", "--json") }, true, true, nothingLeft},
		"receipt": {func(s *site) []string { return s.withKeyFile("-") }, true, false, activeLeft},
		"doctor":  {func(s *site) []string { return s.places("doctor", "--json") }, true, false, nothingLeft},
		"failure": {func(s *site) []string { return s.places("status", "no-such-company") }, false, true, nothingLeft},
		"sandbox": {func(*site) []string { return []string{"sandbox"} }, true, false, nothingLeft},
		"manual":  {func(*site) []string { return []string{"man"} }, true, false, nothingLeft},
		"completing": {
			func(*site) []string { return []string{"__complete", "sta"} }, false, true, nothingLeft,
		},
		"completion": {
			func(*site) []string { return []string{"completion", "bash"} }, true, false, nothingLeft,
		},
	} {
		for _, sig := range ends {
			t.Run(fmt.Sprint(name, ", ", sig), func(t *testing.T) {
				t.Parallel()
				s := newSite(t)
				x := openTerminal(t)
				x.fillUp()
				_, full := fullPipe(t, 0)
				cmd, said := s.command(run.args(s)...)
				cmd.Stdin, cmd.Stdout = strings.NewReader(s.sim.Keys().Good), io.Discard
				if run.out {
					cmd.Stdout = full
				}
				if run.err {
					cmd.Stderr = x.tty
				}
				x.run(cmd)
				heldUp(t, cmd.Process.Pid)
				x.ends(sig)
				x.restored()
				s.leftWhole(run.left, sig)
				text := said.String()
				if strings.Contains(text, "error:") && !strings.Contains(text, "error: stopped") {
					t.Errorf("it says %s", text)
				}
			})
		}
	}
}

// TestUnreadKey ends a command that prints a key.
func TestUnreadKey(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	for _, sig := range ends {
		t.Run(fmt.Sprint(sig), func(t *testing.T) {
			t.Parallel()
			_, full := fullPipe(t, 0)
			cmd, said := s.command(s.places("key", bakery)...)
			cmd.Stdout = full
			x := openTerminal(t)
			x.run(cmd)
			heldUp(t, cmd.Process.Pid)
			x.ends(sig)
			if said.Len() > 0 {
				t.Errorf("it says %q", said)
			}
		})
	}
}

// TestUnreadAfterHandover: a command that could not take our place is reported when signals are with the system again.
func TestUnreadAfterHandover(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	program := filepath.Join(s.home, "no program")
	writeFile(t, program, []byte("no program"), 0o755)
	x := openTerminal(t)
	x.fillUp()
	cmd, _ := s.command(s.in([]string{"exec", bakery, "--", program})...)
	cmd.Stdout, cmd.Stderr = io.Discard, x.tty
	x.run(cmd)
	heldUp(t, cmd.Process.Pid)
	x.signal(unix.SIGTERM)
	x.awaitEnd()
	if end, ok := x.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || end.Signal() != unix.SIGTERM {
		t.Errorf("it ended with %v", x.cmd.ProcessState)
	}
}

// TestUnreadInBackground: a job in the background ends as well, and drops nothing: the terminal is not its own, and the
// attempt would stop it.
func TestUnreadInBackground(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 { // heldUp would leave the job behind
		t.Skip("needs root, who may see what a program waits for")
	}
	s := connectedSite(t)
	x := shell(t, s)
	x.deafen()
	filled := x.fillUp()
	code := filepath.Join(s.home, "code")
	x.write(fmt.Sprintf("sh -c '%s %s; echo $? >%s' &\n", binary(t), strings.Join(s.places("status"), " "), code))
	var job []int
	poll(t, "a job", func() bool {
		if job = childrenOf(x.cmd.Process.Pid); len(job) > 0 {
			job = childrenOf(job[0])
		}
		return len(job) > 0
	})
	heldUp(t, job[0])
	if err := unix.Kill(job[0], unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	poll(t, "the end of the job", func() bool {
		text, err := os.ReadFile(code)
		return err == nil && string(text) == "143\n"
	})
	x.listen()
	x.until("the output of another job", func() bool { return strings.Count(x.written(), ".") >= filled })
}

// TestUnreadSuspend: Ctrl+C ends a wizard that was to stop and could not, because no one reads how it gives the terminal
// back. It is not stopped then.
func TestUnreadSuspend(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 { // heldUp would leave the job behind
		t.Skip("needs root, who may see what a program waits for")
	}
	for see, f := range map[string]face{"Key store ready": fullFaces[0], "Type allow or cancel:": lineFaces[1]} {
		t.Run(see, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.term, s.more = f.term, f.more
			x := shell(t, s)
			x.write(binary(t) + " " + strings.Join(s.flags(), " ") + "\n")
			x.see("llow", "Pleo is reachable", see)
			job := childrenOf(x.cmd.Process.Pid)[0]
			x.deafen()
			x.fillUp()
			x.write("\x1a")
			heldUp(t, job)
			x.write(ctrlC)
			poll(t, "the end of the job", func() bool { return unix.Kill(job, 0) != nil })
			x.listen()
			x.until("all modes off", x.modesOff)
			s.nothing()
		})
	}
}

// readAll waits until everything is read that a program has written.
func (x *terminal) readAll() (written string) {
	x.t.Helper()
	before := strings.Count(x.written(), "\x00")
	if _, err := x.tty.WriteString("\x00"); err != nil {
		x.t.Fatal(err)
	}
	x.until("what was written last", func() bool {
		written = x.written()
		return strings.Count(written, "\x00") > before
	})
	return written
}

// TestUnreadScroll ends the full screen when what is dropped begins inside an earlier frame: where only some lines
// scroll.
func TestUnreadScroll(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := openTerminal(t)
	x.size(44, 14)
	x.listen()
	cmd := exec.Command(binary(t), s.flags()...)
	cmd.Env = s.env()
	x.run(cmd)
	x.see("Allow", "enter confirm")
	x.write("?")
	x.see("↓ 15 more")
	scroll := func(key, see string) (frame string) {
		before := len(x.readAll())
		x.write(key)
		x.see(see)
		return x.readAll()[before:]
	}
	const down, up = "\x1b[B", "\x1b[A"
	scroll(down, "↓ 14 more")
	scroll(up, "↓ 15 more")
	frame := scroll(down, "↓ 14 more")
	scroll(up, "↓ 15 more")
	at := margins.FindAllStringIndex(frame, -1)
	if len(at) != 2 || !x.hasMargins(frame[:at[0][1]]) || x.hasMargins(frame) {
		t.Fatalf("the frame does not scroll some lines: %q", frame)
	}
	some, all := frame[:at[0][1]], frame[:at[1][1]]

	read := len(x.readAll())
	x.deafen()
	unread := read + len("\x00") - len(x.written()) // what has woken the reader may be left
	points := strings.Repeat(".", termtest.HeldByReader-unread-len(some))
	if _, err := x.tty.WriteString(points); err != nil {
		t.Fatal(err)
	}
	x.write(down) // draws the same frame
	poll(t, "a part of the frame", func() bool {
		held, err := unix.IoctlGetInt(int(x.pty.Fd()), unix.TIOCINQ)
		return err == nil && held == termtest.HeldByReader
	})
	x.fillUp()
	x.write("?")
	heldUp(t, cmd.Process.Pid)
	x.ends(unix.SIGTERM)
	x.restored()
	after := x.written()[read+len("\x00"):]
	if !strings.HasPrefix(after, points+some) || strings.HasPrefix(after, points+all) {
		t.Errorf("the frame is not cut where only some lines scroll: %q", strings.TrimLeft(after, "."))
	}
	s.nothing()
}
