//go:build unix

package main

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
)

// inGNUScreen starts the wizard in a real GNU screen, which has no alternate screen by default, and returns the
// terminal around it. Something was in the window before.
func (s *site) inGNUScreen() (x *terminal, history func() string) {
	s.t.Helper()
	if _, err := exec.LookPath("screen"); err != nil {
		s.t.Skip("needs GNU screen")
	}
	if who, err := user.Current(); err == nil && who.Username == "nobody" {
		s.t.Skip("GNU screen takes no command from an account of this name")
	}
	dir := filepath.Join(s.t.TempDir(), "s")
	if err := os.Mkdir(dir, 0o700); err != nil {
		s.t.Fatal(err)
	}
	command := func(args ...string) *exec.Cmd {
		cmd := exec.Command("screen", append([]string{"-S", "wizard"}, args...)...)
		cmd.Env = append(s.env(), "SCREENDIR="+dir)
		return cmd
	}
	settings := filepath.Join(s.home, "screenrc")
	writeFile(s.t, settings, []byte("startup_message off\naltscreen off\n"), 0o600)
	args := []string{"-U", "-c", settings, "sh", "-c", "echo what was there before\n" + afterwards, "sh", binary(s.t)}
	x = startCommand(s.t, command(append(args, s.flags()...)...))
	s.t.Cleanup(func() { _ = command("-X", "quit").Run() })
	return x, func() string {
		path := filepath.Join(s.t.TempDir(), "history")
		if out, err := command("-X", "hardcopy", "-h", path).CombinedOutput(); err != nil {
			s.t.Fatalf("screen: %v: %s", err, out)
		}
		poll(s.t, "the history of the window",
			func() bool { return strings.Contains(readText(path), "terminal as before") })
		return readText(path)
	}
}

func readText(path string) string {
	text, _ := os.ReadFile(path) // not there yet
	return string(text)
}

// leftBehind is what an interrupted wizard leaves in a window.
const leftBehind = `error: stopped before the connection was active
note: nothing was saved
hint: run the same command again to continue
exit code 130, terminal as before`

// TestGNUScreen: at the end, nothing of the frame is between the lines that stay. What was in the window before is in
// its history.
func TestGNUScreen(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x, history := s.inGNUScreen()
	x.see("Allow", "Pleo is reachable", "Key store ready")
	x.send(ctrlC)
	x.see("terminal as before")
	if got := trimmedLines(x.text()); got != leftBehind {
		t.Errorf("the window shows\n%s", got)
	}
	if got := history(); !strings.HasPrefix(got, "what was there before\n") {
		t.Errorf("the history begins with %.200q", got)
	}
	s.nothing()
}

// TestTmuxWithoutAlternateScreen is the same in tmux, where the setting takes the alternate screen away.
func TestTmuxWithoutAlternateScreen(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	m := s.inTmux(80, 24, map[string]string{"alternate-screen": "off"})
	m.see("Allow", "Pleo is reachable", "Key store ready")
	m.keys("C-c")
	m.see("terminal as before")
	if got := trimmedLines(m.do("capture-pane", "-p")); got != leftBehind {
		t.Errorf("the window shows\n%s", got)
	}
	s.nothing()
}

// trimmedLines returns the lines of a window that are not blank, without the blanks at their ends.
func trimmedLines(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, " \r\n"); line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}
