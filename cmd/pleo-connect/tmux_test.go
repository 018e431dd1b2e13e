//go:build unix

package main

import (
	"encoding/base64"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pleo-connect/store"
)

// tmux is a real tmux with a server of its own and one window, in which the wizard of a site runs.
type tmux struct {
	*site
	socket string
	shown  []string // all that was ever in the window
}

// afterwards runs a command, prints in the window how it ended, and keeps the window.
const afterwards = `before=$(stty -g)
"$@"
code=$?
[ "$(stty -g)" = "$before" ] && echo "exit code $code, terminal as before"
exec cat`

// inTmux starts the wizard in a window of this size, under settings that the name of an option and its value make up.
func (s *site) inTmux(w, h int, settings map[string]string, more ...string) *tmux {
	s.t.Helper()
	return s.tmuxRunning(w, h, settings, s.flags(more...)...)
}

// tmuxRunning is inTmux for any of our commands.
func (s *site) tmuxRunning(w, h int, settings map[string]string, command ...string) *tmux {
	s.t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		s.t.Skip("needs tmux")
	}
	m := &tmux{site: s, socket: filepath.Join(s.t.TempDir(), "tmux")}
	// By default, tmux takes keys that come within a millisecond for a paste, and does not obey them.
	args := []string{"-f", "/dev/null", "start-server", ";", "set-option", "-g", "assume-paste-time", "0"}
	for option, value := range settings {
		args = append(args, ";", "set-option", "-g", option, value)
	}
	args = append(args, ";", "new-session", "-d", "-x", strconv.Itoa(w), "-y", strconv.Itoa(h),
		"sh", "-c", afterwards, "sh", binary(s.t))
	s.t.Cleanup(func() { _ = m.command("kill-server").Run() })
	m.do(append(args, command...)...)
	return m
}

// command is a tmux that talks to our server. The server takes over its environment, and so does what runs in the
// window.
func (m *tmux) command(args ...string) *exec.Cmd {
	cmd := exec.Command("tmux", append([]string{"-S", m.socket}, args...)...)
	cmd.Env = m.env()
	return cmd
}

func (m *tmux) do(args ...string) string { m.t.Helper(); return m.run(m.command(args...)) }

func (m *tmux) run(cmd *exec.Cmd) string {
	m.t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		m.t.Fatalf("tmux %s: %v: %s", cmd.Args[3], err, out)
	}
	return string(out)
}

// text returns what is in the window and its history. Lines that were too long for the window are whole.
func (m *tmux) text() string {
	m.t.Helper()
	text := m.do("capture-pane", "-p", "-J", "-S", "-")
	if n := len(m.shown); n == 0 || m.shown[n-1] != text {
		m.shown = append(m.shown, text)
	}
	return text
}

// see waits until all the words are in the window.
func (m *tmux) see(words ...string) {
	m.t.Helper()
	shown := func() string { return censored(m.text()) }
	pollShowing(m.t, "in tmux: "+strings.Join(words, " and "), shown, func() bool {
		text := m.text()
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
	})
}

// format returns what tmux knows about the window.
func (m *tmux) format(text string) string {
	m.t.Helper()
	return strings.TrimSpace(m.do("display-message", "-p", text))
}

// keys presses keys, which have names in tmux.
func (m *tmux) keys(names ...string) { m.t.Helper(); m.do(append([]string{"send-keys"}, names...)...) }

// paste pastes a buffer of tmux, which is gone afterwards.
func (m *tmux) paste(text string, more ...string) {
	m.t.Helper()
	load := m.command("load-buffer", "-")
	load.Stdin = strings.NewReader(text)
	m.run(load)
	m.do(append([]string{"paste-buffer", "-d"}, more...)...)
}

// inBrackets marks a paste as one, for a program that asked for that.
const inBrackets = "-p"

// copyLink selects the line with the last link as a person does, and returns what was copied.
func (m *tmux) copyLink() string {
	m.t.Helper()
	m.do("copy-mode")
	for _, command := range []string{"search-backward https://", "select-line", "copy-selection-and-cancel"} {
		m.do(append([]string{"send-keys", "-X"}, strings.Fields(command)...)...)
	}
	return strings.TrimSuffix(m.do("show-buffer"), "\n")
}

// moreBelow is drawn while a list continues below.
var moreBelow = regexp.MustCompile(`↓ \d+ more`)

func (m *tmux) toKey() {
	m.t.Helper()
	m.see("Pleo is reachable", "Key store ready")
	m.allow()
}

// allow is toKey in a window that is too small to show that all is well.
func (m *tmux) allow() {
	m.t.Helper()
	m.see("Allow", "enter confirm")
	for moreBelow.MatchString(m.text()) { // the end must have been in sight
		m.keys("Down")
	}
	m.keys("Enter")
	m.see("Get your key from Pleo")
}

// confirm takes the company, and waits for the last screen.
func (m *tmux) confirm() {
	m.t.Helper()
	m.see("Is this the right company?", "enter confirm")
	m.keys("Enter")
	m.see("Connected to ", "enter finish")
}

// finish leaves the last screen. The receipt is on the normal screen then, and the window as before.
func (m *tmux) finish() {
	m.t.Helper()
	m.keys("Enter")
	m.see("connected to", m.record().Fingerprint, "exit code 0, terminal as before")
	if text := m.text(); !strings.Contains(words(text), "is connected to “Harbour Lane Bakery") { // wrapped
		m.t.Errorf("the receipt is\n%s", censored(text))
	}
	got := m.format("alternate screen #{alternate_on}, cursor #{cursor_flag}, " +
		"insert mode #{insert_flag}, keypad #{keypad_flag}")
	if got != "alternate screen 0, cursor 1, insert mode 0, keypad 0" {
		m.t.Error(got)
	}
	m.active()
	m.noKey(m.shown...)
}

// TestTmux: a person goes away in the middle and comes back with a window of another size. The wizard knows nothing of
// that, and the key that is pasted into the other terminal gets through.
func TestTmux(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	m := s.inTmux(80, 24, nil)
	m.toKey()
	half := len(s.sim.Keys().Good) / 2
	first := startCommand(t, m.command("attach-session"))
	first.see("Get your key from Pleo")
	first.typeText(s.sim.Keys().Good[:half])
	first.see("••••")
	first.send(detach)
	first.exit(0)

	m.keys("-l", "x")
	m.keys("BSpace")
	second := startCommand(t, m.command("attach-session"))
	second.size(60, 18)
	poll(t, "the size of the other terminal, without the line of tmux", func() bool {
		return m.format("#{window_width}x#{window_height}") == "60x17"
	})
	m.atBottom(17)
	second.see("Get your key from Pleo", "••••")
	second.typeText(s.sim.Keys().Good[half:])
	second.send(enter)
	second.see("Is this the right company?", "enter confirm")
	second.send("\x1b") // back to the key
	second.see("Get your key from Pleo", "••••")
	second.paste(s.sim.Keys().Good + "\n")
	m.confirm()
	m.finish()
	if text := m.text(); !strings.Contains(text, "Back to Pleo") || !strings.Contains(text, "\nhttps://app.pleo.io\n") {
		t.Errorf("the receipt does not lead back:\n%s", censored(text))
	}
	second.see("exit code 0, terminal as before") // the beginning of the receipt is above the window
	second.send(detach)
	second.exit(0)
	s.noKey(first.written(), second.written())
}

const detach = "\x02d" // ctrl+b d

// typeText types no faster than a key that is held down repeats.
func (m *tmux) typeText(text string) {
	m.t.Helper()
	pace := time.NewTicker(33 * time.Millisecond)
	defer pace.Stop()
	for _, r := range text {
		m.keys("-l", string(r))
		<-pace.C
	}
}

// atBottom waits until the keys that help are in the last line of a window of this height.
func (m *tmux) atBottom(height int) {
	m.t.Helper()
	poll(m.t, fmt.Sprint("a screen of ", height, " lines"), func() bool {
		lines := strings.Split(m.do("capture-pane", "-p"), "\n")
		return len(lines) >= height && strings.Contains(lines[height-1], "ctrl+c")
	})
}

func TestTmuxResize(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	m := s.inTmux(80, 24, nil)
	m.toKey()
	half := len(s.sim.Keys().Good) / 2
	m.typeText(s.sim.Keys().Good[:half])
	m.see("••••")
	for _, size := range []struct {
		w, h string
		sees string
	}{
		{"30", "8", "40x12"},
		{"40", "12", "••••"},
		{"160", "50", "Choose Microsoft Dynamics 365 Finance"},
		{"1", "1", ""},
		{"80", "24", "••••"},
	} {
		m.do("resize-window", "-x", size.w, "-y", size.h)
		m.see(size.sees)
	}
	m.atBottom(24)
	m.typeText(s.sim.Keys().Good[half:])
	m.keys("Enter")
	m.confirm()
	m.finish()
}

// TestTmuxCopy: the link reaches a buffer of tmux and the terminal around it where tmux allows that, and nowhere else.
// The words fit both, because we cannot know which.
func TestTmuxCopy(t *testing.T) {
	t.Parallel()
	for value, allowed := range map[string]bool{"on": true, "external": false, "off": false} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			m := s.inTmux(80, 24, map[string]string{"set-clipboard": value})
			around := startCommand(t, m.command("attach-session"))
			m.toKey()
			m.paste(s.sim.Keys().Good, inBrackets)
			m.confirm()
			m.keys("c")
			m.see("ink sent to tmux; if it doesn't paste, run:\ntmux set -g set-clipboard on\n")
			m.finish()
			around.see("terminal as before")
			want := ""
			if allowed {
				want = "https://app.pleo.io"
				around.until("the link by OSC 52", func() bool { return sentLink(around) })
			}
			if got := m.do("list-buffers", "-F", "#{buffer_sample}"); strings.TrimSpace(got) != want {
				t.Errorf("buffers: %q, want %q", got, want)
			}
			if sentLink(around) != allowed {
				t.Error("the link was sent through tmux")
			}
			s.noKey(around.written())
		})
	}
}

func sentLink(x *terminal) bool {
	return strings.Contains(x.written(), ";"+base64.StdEncoding.EncodeToString([]byte("https://app.pleo.io")))
}

// TestTmuxNarrow: in the smallest window a link that needs two lines is copied from the receipt in one piece, and a
// short one from the last screen as well.
func TestTmuxNarrow(t *testing.T) {
	t.Parallel()
	const long = "https://accounting.example.com/companies/return?to=settings&tab=pleo&n=1"
	for name, link := range map[string]string{"short": "https://app.pleo.io", "long": long} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			m := s.inTmux(40, 12, nil, "--integration", s.returningTo(link))
			m.allow()
			m.paste(s.sim.Keys().Good, inBrackets)
			m.confirm()
			m.atBottom(12)
			if len(link) < 40 {
				if got := strings.TrimLeft(m.copyLink(), " "); got != link { // indented as all of the screen is
					t.Errorf("copied from the last screen: %q", got)
				}
			}
			m.finish()
			if got := m.copyLink(); got != link {
				t.Errorf("copied from the receipt: %q", got)
			}
		})
	}
}

// returningTo writes our own integration with another link, and returns the path.
func (s *site) returningTo(link string) string {
	s.t.Helper()
	text := readFile(s.t, "../../integration.toml")
	path := filepath.Join(s.home, "integration.toml")
	text = append([]byte("return_url = '"+link+"'\n"), text...)
	writeFile(s.t, path, text, 0o600)
	return path
}

// TestTmuxPasteWithoutBrackets: tmux pastes as if a person typed very fast, with Enter for each line break. It is a
// paste all the same: a key that was copied in two lines is not used before it is whole.
func TestTmuxPasteWithoutBrackets(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	m := s.inTmux(80, 24, nil)
	m.toKey()
	half := len(s.sim.Keys().Good) / 2
	m.paste(s.sim.Keys().Good[:half] + "\n" + s.sim.Keys().Good[half:] + "\n")
	m.confirm()
	m.finish()
}

// TestTmuxOldTerminals: the renderer does without the shortcuts of newer terminals here, and inserts in a mode that our
// emulator does not have. What tmux makes of it is what a person sees.
func TestTmuxOldTerminals(t *testing.T) {
	t.Parallel()
	for term, footer := range map[string]string{
		"vt100": "enter finish · ? help", "vt220": "enter finish · ? help", // they know no clipboard
		"rxvt": "enter finish · c copy link · ? help",
	} {
		t.Run(term, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			m := s.inTmux(80, 24, map[string]string{"default-terminal": term})
			m.toKey()
			m.paste(s.sim.Keys().Good, inBrackets)
			m.confirm()
			m.see(footer+" · ctrl+c quit", "\n    company ID     "+bakery, "\n    permissions    4 of 4")
			m.finish()
		})
	}
}

// TestTmuxStatus: a table needs 80 columns, and 99 for dates. Its short ids tell companies of one name apart, and
// commands take them.
func TestTmuxStatus(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, company := range []string{bakery, cycles} {
		s.put(company, s.sim.Keys().Good, func(r *store.Record) { r.ValidatedAt = testedAt })
	}
	const row = "Harbour Lane Bakery ApS   9d2f6a10  dynamics-365-finance  ✓ active"
	for width, want := range map[int]string{
		79: "company ID     " + cycles,
		80: row + "\n",
		98: row + "\n",
		99: row + "               2 March 2026\n",
	} {
		m := s.tmuxRunning(width, 30, nil, s.places("status")...)
		m.see("exit code 0, terminal as before")
		if text := m.text(); !strings.Contains(text, want) {
			t.Errorf("%d columns, not %q:\n%s", width, want, text)
		}
	}
	wantRun(t, "a short id", s.status("9d2f6a10", "--json"), exitDone, `"company_id":"`+cycles+`"`)
}
