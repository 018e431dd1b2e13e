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

const keyQuestion = "Integrated API Key (nothing is shown; press Enter at the end):"

// askedForKey starts a run that is to take the key from a terminal, and waits until it is asked for. Pleo and the store
// are those of s.
func (s *site) askedForKey(path string, more ...string) *terminal {
	s.t.Helper()
	x := start(s.t, s.env(), s.withKeyFile(path, more...)...)
	x.see(keyQuestion)
	return x
}

// TestKeyAtTerminal enters a key of 72 characters in every way in which a person does. Nothing of it is shown.
func TestKeyAtTerminal(t *testing.T) {
	t.Parallel()
	// An Enter behind a paste may come too soon on a busy machine, and then does not count. One in the paste does.
	pasteAndEnter := func(x *terminal, key string) { x.paste(key + "\r") }
	for about, c := range map[string]struct {
		path, term string
		enter      func(x *terminal, key string)
	}{
		"pasted":             {"-", "xterm-256color", pasteAndEnter},
		"pasted, /dev/stdin": {"/dev/stdin", "xterm-256color", pasteAndEnter},
		"pasted, /dev/tty":   {"/dev/tty", "xterm-256color", pasteAndEnter},
		"pasted, /dev/fd/1":  {"/dev/fd/1", "xterm-256color", pasteAndEnter},
		"pasted and wrapped": {"-", "xterm-256color", func(x *terminal, key string) {
			x.paste(key[:60] + "\r" + key[60:] + "\r")
		}},
		"without marks": {"-", "dumb", func(x *terminal, key string) { x.write(key + "\r") }},
		"typed":         {"-", "dumb", func(x *terminal, key string) { x.typeText(key); x.send(enter) }},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.term = c.term
			x := s.askedForKey(c.path)
			if x.termios().Lflag&unix.ECHO != 0 {
				t.Error("the terminal echoes")
			}
			c.enter(x, s.sim.Keys().Good)
			x.exit(exitDone)
			s.connectedBy(x)
			if c.term == "dumb" && strings.Contains(x.written(), "\x1b") {
				t.Error("an escape sequence was written to a terminal that knows none")
			}
		})
	}
}

// TestKeyAtTerminalWithJSON: the question is not part of standard output, and is seen when standard error is not.
func TestKeyAtTerminalWithJSON(t *testing.T) {
	t.Parallel()
	for about, redirect := range map[string]string{
		"standard output": `exec "$@" --json >"$0"`, "standard error": `exec "$@" 2>"$0"`,
		"both": `exec "$@" --json >"$0" 2>&1`, "input as well": `exec "$@" --json >"$0" 2>&1 </dev/tty`,
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			file := filepath.Join(t.TempDir(), "file")
			cmd := exec.Command("/bin/sh", append([]string{"-c", redirect, file, binary(t)}, s.withKeyFile("-")...)...)
			cmd.Env = s.env()
			x := startCommand(t, cmd)
			x.see(keyQuestion)
			x.paste(s.sim.Keys().Good + "\r")
			x.exit(exitDone)
			s.connectedBy(x)
			text := string(readFile(t, file))
			if s.noKey(text); strings.Contains(text, keyQuestion) {
				t.Errorf("the question is in the file: %s", text)
			}
			if json := strings.Contains(redirect, "--json"); json {
				(result{out: text}).last(t)
			}
		})
	}
}

// TestKeyAtTerminalRefused: what cannot be a key is not cut, and sent nowhere. It is looked at as a file is.
func TestKeyAtTerminalRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("canary-", 5000/7+1)[:5000]
	pasting := func(text string) func(*terminal) { return func(x *terminal) { x.paste(text + "\r") } }
	tooLong := func(x *terminal) { // nothing is left of it, and nothing shows when it has arrived
		x.paste(long)
		x.send(enter)
		asked := 0
		x.until("the end of the question", func() bool {
			if n := strings.Count(x.text(), "press Enter again"); n > asked {
				asked = n
				x.write(enter)
			}
			return strings.Contains(x.text(), "error: ")
		})
	}
	for about, c := range map[string]struct {
		enter func(x *terminal)
		code  int
		says  string
	}{
		"5,000 pasted":        {tooLong, exitKey, "too long to be a key"},
		"5,000 without marks": {func(x *terminal) { x.send(long); x.send(enter) }, exitKey, "too long to be a key"},
		"a web address":       {pasting("https://app.pleo.io/"), exitKey, "then run this again and paste it"},
		"Ctrl+C":              {func(x *terminal) { x.send(ctrlC) }, exitInterrupted, "error: no key was entered"},
		"a part and Ctrl+C": {func(x *terminal) { x.paste(long[:70]); x.send(ctrlC) }, exitInterrupted,
			"error: no key was entered"},
		"Ctrl+D": {func(x *terminal) { x.send("\x04") }, exitInterrupted, "error: no key was entered"},
		"Enter":  {func(x *terminal) { x.send(enter) }, exitInterrupted, "hint: nothing was changed"},
		"SIGTERM": {func(x *terminal) { x.signal(unix.SIGTERM) }, 128 + int(unix.SIGTERM),
			"error: stopped (terminated)"},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			x := s.askedForKey("-")
			c.enter(x)
			x.see(c.says)
			x.exit(c.code)
			if strings.Contains(x.written(), "canary") {
				t.Error("what was entered is shown")
			}
			s.noKey(x.written())
			s.unasked()
		})
	}
}

// TestKeyAtTerminalHangsUp: a line that is cut ends the question.
func TestKeyAtTerminalHangsUp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.askedForKey("-")
	x.hangUp()
	<-x.ended
	if code := x.cmd.ProcessState.ExitCode(); code != 128+int(unix.SIGHUP) {
		t.Errorf("exit code %d", code)
	}
	s.unasked()
}

// TestNoKeyQuestion: a run that ends before it asks gives the terminal back, and asks nothing.
func TestNoKeyQuestion(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := start(t, s.env(), s.flags("--key-file", "-", "--yes")...)
	x.see("hint: to allow them, add --accept-permissions")
	x.exit(exitUsage)
	if strings.Contains(x.written(), "API key") {
		t.Error("it asked for the key")
	}
	if _, err := os.Stat(s.store); err == nil {
		t.Error("a store was made")
	}
}
