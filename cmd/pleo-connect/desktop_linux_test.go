package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/sys/unix"
)

// desktopSite is a site with programs for links, which note what they got and what they could reach. Their names here
// are those of Linux.
type desktopSite struct {
	*site
	notes string
}

// opener looks for the terminal as a text browser would, and ends as it is told. What it notes is whole at once.
const opener = `#!/bin/sh
cd "NOTES" || exit
{
	echo "link $1"
	echo "directory $OLDPWD, browser ${BROWSER%%:*}${BAO_TOKEN+, a token}${VAULT_TOKEN+, a token}"
	echo "session $(($(cut -d ' ' -f 6 /proc/$$/stat) == $$)), terminal $(cut -d ' ' -f 7 /proc/$$/stat)"
	(echo INTRUDER; read -r key && echo "read $key") <>/dev/tty >&0 2>/dev/null && echo "reached the terminal"
} >seen
ls -l /proc/$$/fd >descriptors
mv seen opened
case $(cat how) in
fails) exit 3 ;;
waits) echo $$ >waiting; cat until; echo later >later ;;
esac
`

// copier keeps what it gets, or waits for a program that never ends.
const copier = `#!/bin/sh
cd "NOTES" || exit
case $(cat how) in
fails) exit 1 ;;
waits) cat until & echo $! >waiting; wait ;;
esac
cat >NAME
`

func newDesktop(t *testing.T) *desktopSite {
	t.Helper()
	s := &desktopSite{site: newSite(t), notes: t.TempDir()}
	bin := t.TempDir()
	for name, script := range map[string]string{"xdg-open": opener, "xclip": copier, "xsel": copier} {
		script = strings.NewReplacer("NOTES", s.notes, "NAME", name).Replace(script)
		writeFile(t, filepath.Join(bin, name), []byte(script), 0o755)
	}
	if err := unix.Mkfifo(filepath.Join(s.notes, "until"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.more = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "DISPLAY=:0", "BROWSER=w3m",
		"BAO_TOKEN=canary-token", "VAULT_TOKEN=canary-token"}
	return s
}

// env is that of a desktop: nothing of SSH.
func (s *desktopSite) env() []string {
	var out []string
	for _, v := range s.site.env() {
		if !strings.HasPrefix(v, "SSH_") {
			out = append(out, v)
		}
	}
	return out
}

// goes says how the next program is to end: well, fails or waits.
func (s *desktopSite) goes(how string) {
	s.t.Helper()
	writeFile(s.t, filepath.Join(s.notes, "how"), []byte(how), 0o600)
}

// noted takes a note of the programs, once it is there.
func (s *desktopSite) noted(name string) string {
	s.t.Helper()
	path, text := filepath.Join(s.notes, name), ""
	poll(s.t, name, func() bool {
		got, err := os.ReadFile(path)
		text = strings.TrimSpace(string(got))
		return err == nil && text != ""
	})
	if err := os.Remove(path); err != nil {
		s.t.Fatal(err)
	}
	return text
}

// done brings a wizard in a window of the desktop to its last screen.
func (s *desktopSite) done() *terminal {
	s.t.Helper()
	x := startCommand(s.t, inWindow(s.t, "xterm", s.env(), s.flags()...))
	confirmed(s.site, x)
	x.see("Connected to ", "c copy link", "o open link")
	return x
}

const link = "https://app.pleo.io"

// TestOpenAtDesktop: the browser gets nothing from us but the link, and people read what came of it.
func TestOpenAtDesktop(t *testing.T) {
	t.Parallel()
	s := newDesktop(t)
	x := s.done()
	for _, step := range []struct{ how, says string }{
		{"fails", "ouldn't start a browser; copy the link instead"},
		{"well", "pening your browser"},
		{"waits", "his computer was asked to open the link"},
	} {
		s.goes(step.how)
		x.send("o")
		x.see(step.says)
		want := "link " + link + "\ndirectory /, browser x-www-browser\nsession 1, terminal 0"
		if got := s.noted("opened"); got != want {
			t.Errorf("%s: it has %q, want %q", step.how, got, want)
		}
		descriptors := s.noted("descriptors")
		if strings.Count(descriptors, "/dev/null") != 3 || strings.Contains(descriptors, "/dev/pts") ||
			strings.Contains(descriptors, "inherited") || strings.Contains(descriptors, "pipe:") {
			t.Errorf("%s: open in it: %s", step.how, descriptors)
		}
	}
	finish(x)
	if strings.Contains(x.written(), "INTRUDER") {
		t.Error("the browser wrote to our terminal")
	}
	until, err := os.OpenFile(filepath.Join(s.notes, "until"), os.O_WRONLY, 0) // opens when there is a reader
	if err != nil {
		t.Fatal(err)
	}
	_ = until.Close()
	s.noted("later") // the end of the wizard does not end a browser
}

// TestAskedAtDesktop: a terminal of this desktop is asked once whether it can show changes at once.
func TestAskedAtDesktop(t *testing.T) {
	t.Parallel()
	x := newDesktop(t).done()
	x.send("\x1a")
	x.until("the screen again", func() bool { return strings.Count(x.written(), "\x1b[?1049h") == 2 })
	finish(x)
	if n := strings.Count(x.written(), "\x1b[?2026$p"); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// TestCopyAtDesktop: the first program that takes the link has it. Without one, it is left to the terminal.
func TestCopyAtDesktop(t *testing.T) {
	t.Parallel()
	s := newDesktop(t)
	x := s.done()
	s.goes("well")
	x.send("c")
	x.see("ink copied to this computer's clipboard")
	if got := s.noted("xclip"); got != link {
		t.Errorf("copied: %q", got)
	}
	if sentLink(x) {
		t.Error("the terminal got the link too")
	}
	s.goes("waits")
	x.send("c")
	x.see("ink sent to your terminal")
	x.until("the link by OSC 52", func() bool { return sentLink(x) })
	pid := s.noted("waiting")
	poll(t, "the end of a program that hangs", func() bool {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		return err != nil || strings.Contains(string(stat), ") Z ") // perhaps no process collects an orphan
	})
	finish(x)
}

// TestNothingFromElsewhere runs the doctor, which names what keeps the wizard from the desktop, below programs that are
// between a person and this computer.
func TestNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"xterm": "", "sshd": ", over SSH", "sshd-session": ", over SSH", "su": ", as another account",
		"tmux: server": ", in tmux", "systemd": ", not in a desktop window",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newDesktop(t)
			args := append(s.places("doctor"), "--api-base", s.api, "--force-store")
			x := startCommand(t, inWindow(t, name, s.env(), args...))
			x.until("the terminal"+want, func() bool {
				written := strings.Join(strings.Fields(ansi.Strip(x.written())), " ")
				return strings.Contains(written, "xterm-256color, 80x24, UTF-8"+want+" ✓ Everything looks good")
			})
			x.exit(0)
		})
	}
}
