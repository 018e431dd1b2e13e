package main

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// leakSite is a site that keeps all that a key could leak into. Its environment makes libraries and the runtime as
// talkative as they get, core files may be written, and its Pleo offers HTTP/2.
type leakSite struct {
	*site
	front *front
	work  string // where the program runs: a core file or a log would land there

	terminals []*terminal
	runs      []*piped
	seen      []sight
}

// sight is something that was looked at while the program ran.
type sight struct{ where, text string }

func newLeakSite(t *testing.T) *leakSite {
	t.Helper()
	s := newSite(t)
	x := &leakSite{site: s, front: newFront(t, s.sim), work: filepath.Join(s.home, "work")}
	if err := os.Mkdir(x.work, 0o700); err != nil {
		t.Fatal(err)
	}
	ca := filepath.Join(s.home, "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: x.front.Certificate().Raw})
	writeFile(t, ca, text, 0o600)
	s.api, s.trust = x.front.URL, []string{"--ca-file", ca}
	s.more = []string{
		"GODEBUG=http2debug=2", "GOTRACEBACK=crash", "DEBUG=1",
		"TEA_DEBUG=true", "TEA_TRACE=" + filepath.Join(s.home, "trace"),
	}
	return x
}

// talkative is our program with all that, in a process that may write a core file. The shell becomes the program.
func (x *leakSite) talkative(args ...string) *exec.Cmd {
	x.t.Helper()
	const becomes = `ulimit -c unlimited 2>/dev/null || ulimit -c "$(ulimit -Hc)"; exec "$0" "$@"`
	cmd := exec.Command("/bin/sh", append([]string{"-c", becomes, binary(x.t)}, args...)...)
	cmd.Dir, cmd.Env = x.work, x.env()
	return cmd
}

// wizard starts the wizard on a terminal.
func (x *leakSite) wizard(more ...string) *terminal {
	x.t.Helper()
	return x.onTerminal(x.flags(more...)...)
}

func (x *leakSite) onTerminal(args ...string) *terminal {
	x.t.Helper()
	tty := startCommand(x.t, x.talkative(args...))
	x.terminals = append(x.terminals, tty)
	return tty
}

// piped is a run without a terminal.
type piped struct {
	*exec.Cmd
	out, err bytes.Buffer
	ended    chan struct{}
}

func (x *leakSite) piped(stdin string, args ...string) *piped {
	x.t.Helper()
	p := &piped{Cmd: x.talkative(args...), ended: make(chan struct{})}
	p.Stdin, p.Stdout, p.Stderr = strings.NewReader(stdin), &p.out, &p.err
	p.SysProcAttr = &unix.SysProcAttr{Setsid: true}
	if err := p.Start(); err != nil {
		x.t.Fatal(err)
	}
	go func() { _ = p.Wait(); close(p.ended) }()
	x.t.Cleanup(func() { _ = p.Process.Kill(); <-p.ended })
	x.runs = append(x.runs, p)
	return p
}

// look remembers what others can see of the program while it has the key in hand.
func (x *leakSite) look(pid int) {
	x.t.Helper()
	x.lookAt(pid, "cmdline")
	x.lookAt(pid, "environ")
	for _, tty := range x.terminals {
		x.seen = append(x.seen, sight{"the screen", tty.text()})
	}
}

func (x *leakSite) lookAt(pid int, file string) {
	x.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
	if errors.Is(err, os.ErrPermission) && os.Geteuid() != 0 {
		x.t.Logf("%s: the process keeps it from this account", file)
	} else if err != nil {
		x.t.Fatal(err)
	} else if len(text) == 0 {
		x.t.Errorf("%s of the process is empty", file)
	}
	x.seen = append(x.seen, sight{file + " of the process", string(text)})
}

const anyCode = -2 // how a program ends is not the question

// ends waits for the end of a wizard, and until all that it wrote has arrived.
func (x *leakSite) ends(tty *terminal, code int) {
	x.t.Helper()
	x.over(tty.ended, func() int { return tty.cmd.ProcessState.ExitCode() }, code)
	const last = "\x00the end\x00"
	if _, err := tty.tty.WriteString(last); err == nil { // not when our side of it is closed
		tty.until("the end of the output", func() bool { return strings.Contains(tty.written(), last) })
	}
}

// over waits for the end of a run and compares the exit code.
func (x *leakSite) over(ended <-chan struct{}, exitCode func() int, code int) {
	x.t.Helper()
	select {
	case <-ended:
	case <-time.After(patience):
		x.t.Fatal("the program does not end")
	}
	if got := exitCode(); code != anyCode && got != code {
		x.t.Errorf("exit code %d, want %d", got, code)
	}
}

// finish waits for the end of a run without a terminal.
func (x *leakSite) finish(p *piped, code int) {
	x.t.Helper()
	x.over(p.ended, func() int { return p.ProcessState.ExitCode() }, code)
}

// nowhere ends what still runs, and searches everything. There must have been a search while the key was in hand.
func (x *leakSite) nowhere() {
	x.t.Helper()
	for _, tty := range x.terminals {
		_ = tty.cmd.Process.Kill()
		<-tty.ended
	}
	for _, p := range x.runs {
		_ = p.Process.Kill()
		<-p.ended
	}
	if len(x.seen) == 0 && !x.t.Failed() {
		x.t.Error("nobody looked while the key was in hand")
	}
	for _, s := range x.seen {
		x.search(s.where, s.text)
	}
	for _, tty := range x.terminals {
		x.search("the bytes for the terminal", tty.written())
	}
	for _, p := range x.runs {
		x.search("standard output", p.out.String())
		x.search("standard error", p.err.String())
	}
	requests, version := x.front.received()
	x.search("a request, outside of Authorization", requests)
	if version > 1 {
		x.t.Errorf("HTTP/%d is spoken, whose debugging prints every header", version)
	}
	x.noKey()
}

// front is a server before a simulated Pleo that keeps all that it is sent but the one header in which a key belongs.
type front struct {
	*httptest.Server
	pleo http.Handler
	echo atomic.Bool // answers with what is in Authorization, and with what that means

	mu     sync.Mutex
	sent   strings.Builder
	newest int // version of HTTP
}

func newFront(t *testing.T, pleo http.Handler) *front {
	t.Helper()
	f := &front{pleo: pleo}
	f.Server = httptest.NewUnstartedServer(f)
	f.EnableHTTP2 = true
	f.Config.ErrorLog = log.New(io.Discard, "", 0)
	f.StartTLS()
	t.Cleanup(func() {
		f.CloseClientConnections()
		f.Close()
	})
	return f
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	header := r.Header.Clone()
	header.Del("Authorization")
	f.mu.Lock()
	f.newest = max(f.newest, r.ProtoMajor)
	fmt.Fprintf(&f.sent, "%s %s %s %s %v %v\n%s\n",
		r.Method, r.Host, r.TLS.ServerName, r.RequestURI, header, r.Trailer, body)
	f.mu.Unlock()
	if key, _, ok := r.BasicAuth(); ok && f.echo.Load() {
		text := r.Header.Get("Authorization") + " is " + key
		w.Header().Set("X-Authorization", text)
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, text)
		return
	}
	f.pleo.ServeHTTP(w, r)
}

// received returns what was kept, and the newest version of HTTP that was spoken.
func (f *front) received() (requests string, version int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sent.String(), f.newest
}

// corePattern says where the kernel puts core files.
func corePattern(t *testing.T) string {
	t.Helper()
	text := readFile(t, "/proc/sys/kernel/core_pattern")
	return strings.TrimSpace(string(text))
}

// corePatternIsLocal reports that a core file lands in the directory of its process.
func corePatternIsLocal(pattern string) bool {
	return pattern != "" && !strings.ContainsAny(pattern, "|/")
}

// TestCoreIsSearched: a process that protects nothing leaves a core file here, and the search finds the key in it.
func TestCoreIsSearched(t *testing.T) {
	t.Parallel()
	if pattern := corePattern(t); !corePatternIsLocal(pattern) {
		t.Skipf("core files do not stay in the directory of the process: core_pattern is %q", pattern)
	}
	x := newLeakSite(t)
	cmd := exec.Command("/bin/sh", "-c", `ulimit -c unlimited || exit 9; read -r key; kill -ABRT $$`)
	cmd.Dir, cmd.Stdin = x.work, strings.NewReader(x.sim.Keys().Good+"\n")
	_ = cmd.Run()
	if cmd.ProcessState.ExitCode() == 9 {
		t.Skip("this account may not allow core files")
	}
	cores, err := filepath.Glob(filepath.Join(x.work, "*"))
	if err != nil || len(cores) != 1 {
		t.Fatalf("%d core files after %v: %v", len(cores), cmd.ProcessState, err)
	}
	if found := keysIn(contents(t, cores[0])); len(found) == 0 {
		t.Error("the key is not found in the core file of a process that has it")
	}
}
