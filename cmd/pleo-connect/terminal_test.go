//go:build unix

package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// patience ends a test that waits for something that never comes. No test waits for it otherwise.
const patience = 3 * time.Minute

// terminal is the real program on a pseudo-terminal, with an emulator that draws what it writes and answers what it
// asks.
type terminal struct {
	t        *testing.T
	cmd      *exec.Cmd
	pty, tty *os.File
	screen   *vt.SafeEmulator
	before   unix.Termios
	ended    chan struct{}
	news     chan struct{} // holds one token when something was written

	mu  sync.Mutex
	raw bytes.Buffer

	hanging atomic.Bool   // read is to end
	unread  chan struct{} // closed when it has

	pasted bool             // a paste came after the last key press
	burst  <-chan time.Time // fires when what was typed at once has ended
}

// start runs the program at 80x24 with a terminal of its own.
func start(t *testing.T, env []string, args ...string) *terminal {
	t.Helper()
	cmd := exec.Command(binary(t), args...)
	cmd.Env = env
	return startCommand(t, cmd)
}

// startCommand runs any command like that.
func startCommand(t *testing.T, cmd *exec.Cmd) *terminal {
	t.Helper()
	x := openTerminal(t)
	x.listen()
	x.run(cmd)
	return x
}

// openTerminal returns a terminal that no one reads, and on which nothing runs.
func openTerminal(t *testing.T) *terminal {
	t.Helper()
	p, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{
		t: t, pty: p, tty: tty, screen: newEmulator(80, 24),
		ended: make(chan struct{}), news: make(chan struct{}, 1),
	}
	x.size(80, 24)
	x.before = x.termios()
	go func() { _, _ = io.Copy(p, x.screen) }() // what the emulator answers, else both sides freeze
	t.Cleanup(x.close)
	return x
}

// listen reads the terminal from now on.
func (x *terminal) listen() {
	x.hanging.Store(false)
	x.unread = make(chan struct{})
	go x.read()
}

// deafen reads the terminal no more.
func (x *terminal) deafen() {
	x.t.Helper()
	x.hanging.Store(true)
	if _, err := x.tty.WriteString("\x00"); err != nil { // wakes the read
		x.t.Fatal(err)
	}
	<-x.unread
}

// run starts a command, whose streams are the terminal unless it has others.
func (x *terminal) run(cmd *exec.Cmd) {
	x.t.Helper()
	x.cmd = cmd
	if cmd.Stdin == nil {
		cmd.Stdin = x.tty
	}
	if cmd.Stdout == nil {
		cmd.Stdout = x.tty
	}
	if cmd.Stderr == nil {
		cmd.Stderr = x.tty
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true}
	}
	if err := cmd.Start(); err != nil {
		x.t.Fatal(err)
	}
	go func() { _ = cmd.Wait(); close(x.ended); x.tell() }()
}

// newEmulator returns an emulator that takes margins for a larger window, which a program sets that has not heard yet
// of a smaller one. Terminals cut them to the window; the emulator would fail at the next line that it scrolls.
func newEmulator(w, h int) *vt.SafeEmulator {
	screen := vt.NewSafeEmulator(w, h)
	screen.RegisterCsiHandler('r', func(margins ansi.Params) bool {
		if bottom, _, ok := margins.Param(1, 0); ok && bottom > screen.Emulator.Height() {
			margins[1] = ansi.Param(screen.Emulator.Height())
		}
		return false // the emulator's own handler comes next
	})
	return screen
}

func (x *terminal) close() {
	if x.cmd != nil && x.cmd.Process != nil {
		_ = x.cmd.Process.Kill() // does nothing after its end
		<-x.ended
	}
	_ = x.tty.Close()
	_ = x.pty.Close()
	if answers, ok := x.screen.InputPipe().(io.Closer); ok { // the emulator's own Close races with its Read
		_ = answers.Close()
	}
}

func (x *terminal) read() {
	defer close(x.unread)
	buf := make([]byte, 32<<10)
	for !x.hanging.Load() {
		n, err := x.pty.Read(buf)
		if n > 0 {
			x.mu.Lock()
			x.raw.Write(buf[:n])
			x.mu.Unlock()
			_, _ = x.screen.Write(buf[:n])
			x.tell()
		}
		if err != nil {
			return
		}
	}
}

func (x *terminal) tell() {
	select {
	case x.news <- struct{}{}:
	default:
	}
}

// size sets the size of the window. Package pty hands the kernel an address that may be outdated when the stack grows,
// and then the window gets any size.
func (x *terminal) size(w, h int) {
	x.screen.Resize(w, h)
	size := unix.Winsize{Row: uint16(h), Col: uint16(w)}
	if err := unix.IoctlSetWinsize(int(x.pty.Fd()), unix.TIOCSWINSZ, &size); err != nil {
		x.t.Fatal(err)
	}
}

func (x *terminal) termios() unix.Termios {
	x.t.Helper()
	state, err := unix.IoctlGetTermios(int(x.tty.Fd()), getTermios)
	if err != nil {
		x.t.Fatal(err)
	}
	return *state
}

// text returns the screen as a person sees it.
func (x *terminal) text() string { return ansi.Strip(x.screen.Render()) }

// written returns every byte that the program wrote.
func (x *terminal) written() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.raw.String()
}

// until waits for a state of the screen.
func (x *terminal) until(what string, is func() bool) {
	x.t.Helper()
	deadline := time.After(patience)
	for !is() {
		select {
		case <-x.news:
		case <-deadline:
			x.t.Fatalf("never came: %s\nscreen:\n%s", what, censored(x.text()))
		}
	}
}

// tick makes the next look come soon, at a state that is not announced. It is false.
func (x *terminal) tick() bool {
	time.AfterFunc(time.Millisecond, x.tell)
	return false
}

// see waits until all the words are on the screen.
func (x *terminal) see(words ...string) {
	x.t.Helper()
	x.until(strings.Join(words, " and "), func() bool {
		text := x.text()
		for _, w := range words {
			if !strings.Contains(text, w) {
				return false
			}
		}
		return true
	})
}

// send types keys. What comes within 150 ms of a paste is not typed by a person, and the program drops it: that guard
// is a time, which can only be waited for by the clock. The program may have read the paste just now, so the time
// begins here, after the test has seen what came of the paste.
func (x *terminal) send(keys string) {
	x.t.Helper()
	if x.burst != nil {
		<-x.burst
	}
	if x.pasted {
		<-time.After(200 * time.Millisecond)
	}
	x.burst, x.pasted = nil, false
	x.write(keys)
	if len(keys) >= burst {
		x.burst, x.pasted = time.After(300*time.Millisecond), true
	}
}

// burst is how many characters at once are a paste without markers, which ends when nothing comes for 300 ms.
const burst = 16

// typeText types as fast as a key that is held down repeats, and waits for a program that is held up. What comes faster
// is a paste.
func (x *terminal) typeText(text string) {
	x.t.Helper()
	pace := time.NewTicker(33 * time.Millisecond)
	defer pace.Stop()
	for _, r := range text {
		x.send(string(r))
		x.until("the key press is read", func() bool { return x.waiting() == 0 || x.tick() })
		<-pace.C
	}
}

// write sends bytes at once.
func (x *terminal) write(keys string) {
	x.t.Helper()
	if _, err := io.WriteString(x.pty, keys); err != nil {
		x.t.Fatal(err)
	}
}

// paste sends text the way a terminal does.
func (x *terminal) paste(text string) {
	x.t.Helper()
	x.write("\x1b[200~" + text + "\x1b[201~")
	x.pasted = true
}

// exit waits for the end and compares the exit code, the settings of the terminal and its modes.
func (x *terminal) exit(code int) {
	x.t.Helper()
	select {
	case <-x.ended:
	case <-time.After(patience):
		x.t.Fatalf("the program does not end\nscreen:\n%s", censored(x.text()))
	}
	if got := x.cmd.ProcessState.ExitCode(); got != code {
		x.t.Errorf("exit code %d, want %d\nscreen:\n%s", got, code, censored(x.text()))
	}
	if now := x.termios(); now != x.before {
		x.t.Errorf("the terminal is not as before: %+v, was %+v", now, x.before)
	}
	x.until("all modes off", x.modesOff)
}

// modesOff reports the normal screen, with the cursor shown and without anything that the full screen turns on for the
// whole run, or for a part of a frame.
func (x *terminal) modesOff() bool {
	written := x.written()
	for on, off := range map[string]string{
		"\x1b[?1049h": "\x1b[?1049l", "\x1b[?2004h": "\x1b[?2004l", "\x1b[?1004h": "\x1b[?1004l",
		"\x1b[?25l": "\x1b[?25h", "\x1b[?2027h": "\x1b[?2027l", "\x1b[>4;2m": "\x1b[>4m", "\x1b[>1u": "\x1b[<1u",
		"\x1b[?2026h": "\x1b[?2026l", "\x1b[?7l": "\x1b[?7h", "\x1b[4h": "\x1b[4l",
	} {
		if strings.LastIndex(written, on) > strings.LastIndex(written, off) {
			return false
		}
	}
	return !x.hasMargins(written) && !x.screen.IsAltScreen()
}

// margins matches the sequence that makes only some lines scroll, or all again.
var margins = regexp.MustCompile(`\x1b\[(?:(\d+);(\d+))?r`)

// hasMargins reports whether only some lines of the window scroll after a text.
func (x *terminal) hasMargins(written string) bool {
	all := margins.FindAllStringSubmatch(written, -1)
	if len(all) == 0 {
		return false
	}
	last := all[len(all)-1]
	bottom, _ := strconv.Atoi(last[2])
	return last[2] != "" && (last[1] != "1" || bottom < x.screen.Height())
}

const (
	enter = "\r"
	esc   = "\x1b"
	ctrlC = "\x03"
	left  = "\x1b[D"
	right = "\x1b[C"
)

var buildOnce = sync.OnceValues(func() (path string, err error) {
	if buildDir, err = os.MkdirTemp("", "pleo-connect-test-"); err != nil {
		return "", err
	}
	path = buildDir + "/pleo-connect"
	return path, build(path, buildDir+"/no integration.toml")
})

var buildDir string // of the program; empty until it is built

// build builds the program as one that looks for the integration of the computer in a file of the test's.
func build(path, integrationFile string) error {
	set := "-X 'pleo-connect/cmd/internal/host.integrationFile=" + integrationFile + "'"
	race := "-race=" + strconv.FormatBool(raced)
	out, err := exec.Command("go", "build", race, "-ldflags", set, "-o", path, ".").CombinedOutput()
	if err != nil {
		return errors.New(string(out))
	}
	return nil
}

// notShort skips a test of the whole program in a short run, which is that of all packages with the race detector. The
// program is then built with it as well, which is slow, and those tests in which no one reads the output do not end.
func notShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("a short run starts no program; make test runs this, and make ci some such tests with the race detector")
	}
}

// binary builds the real program once.
func binary(t *testing.T) string {
	t.Helper()
	notShort(t)
	path, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// moreAtOnce runs more tests at once than there are processors, if no number is given: most of them wait for a clock,
// because a program that was just started takes its time to end.
func moreAtOnce() {
	flag.Parse()
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "test.parallel" })
	if said {
		return
	}
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
}

// startWithDefaultSignals makes the programs that tests start react to SIGHUP and SIGINT, also where the tests were
// started with these signals ignored, as under nohup. A program inherits what is ignored and not what is caught, so
// the signals are caught and dropped.
func startWithDefaultSignals() {
	dropped := make(chan os.Signal, 1)
	for _, s := range []os.Signal{unix.SIGHUP, unix.SIGINT} {
		if signal.Ignored(s) {
			signal.Notify(dropped, s)
		}
	}
}

func TestMain(m *testing.M) {
	if os.Getenv(windowVariable) != "" {
		os.Exit(showWindow(os.Args[1], os.Args[2:]))
	}
	if places := os.Getenv(readerVariable); places != "" {
		os.Exit(readAsService(places))
	}
	unix.Umask(0o022) // the group of who runs the tests must not write to their directories
	moreAtOnce()
	startWithDefaultSignals()
	code := m.Run()
	endBrowser()
	if buildDir != "" {
		_ = os.RemoveAll(buildDir)
	}
	os.Exit(code)
}

// TestMarginsBelowTheWindow: the emulator cuts them, as terminals do.
func TestMarginsBelowTheWindow(t *testing.T) {
	t.Parallel()
	screen := newEmulator(80, 23)
	_, _ = io.WriteString(screen, "\x1b[19;25r\x1b[22;1Hlast but one\x1b[19;1H\x1b[1L")
	if lines := strings.Split(ansi.Strip(screen.Render()), "\n"); !strings.Contains(lines[22], "last but one") {
		t.Errorf("the screen is %q", lines)
	}
}
