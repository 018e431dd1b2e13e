package main

import (
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

// sshServer is a real OpenSSH on this computer that lets in the account that runs the tests. We take each connection
// and hand it to an sshd of its own, as inetd did: so no other program can get the port, and we can slow down or cut
// what is between the two ends.
type sshServer struct {
	*site
	dir         string // configuration, keys, log
	listener    net.Listener
	log         *os.File
	line        line
	tells       []string // the variables of a session that reach the program
	connections sync.WaitGroup

	mu      sync.Mutex
	ends    []net.Conn
	servers []int // their process ids
}

// line is what is between the two ends. The zero value passes what comes.
type line struct {
	piece int // bytes that pass at once
	every time.Duration
}

// sshd wants to be started by its whole path, which is on few people's PATH.
const sshd = "/usr/sbin/sshd"

// overSSH starts a server, with more lines for its configuration.
func (s *site) overSSH(over line, more ...string) *sshServer {
	s.t.Helper()
	if _, err := os.Stat(sshd); err != nil {
		s.t.Skip("needs the OpenSSH server")
	}
	for _, name := range []string{"ssh", "ssh-keygen"} {
		if _, err := exec.LookPath(name); err != nil {
			s.t.Skip("needs the OpenSSH client with its " + name)
		}
	}
	needTerminalGroup(s.t)
	needShell(s.t)
	r := &sshServer{site: s, dir: s.t.TempDir(), line: over, tells: fromSSH}
	r.configure(more)
	var err error
	if r.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(r.close)
	r.connections.Go(r.accept)
	return r
}

// needTerminalGroup skips a test where sshd could not give a terminal to the account that runs it. It gives each one
// to the group tty, which is allowed to root, to members of the group, and where new terminals belong to the group
// already.
func needTerminalGroup(t *testing.T) {
	t.Helper()
	tty, err := user.LookupGroup("tty")
	if err != nil {
		return // sshd then takes the account's own group
	}
	gid, err := strconv.Atoi(tty.Gid)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ours.Close(); _ = theirs.Close() }()
	if err := theirs.Chown(os.Geteuid(), gid); err != nil {
		t.Skipf("needs root, an account in the group tty, or /dev/pts mounted with gid=%d, "+
			"for sshd to give a terminal: %v", gid, err)
	}
}

// needShell skips a test where the account that runs it has no shell, with which sshd would start a command.
func needShell(t *testing.T) {
	t.Helper()
	accounts := readFile(t, "/etc/passwd")
	for line := range strings.Lines(string(accounts)) {
		f := strings.Split(strings.TrimSpace(line), ":")
		ours := len(f) == 7 && f[2] == strconv.Itoa(os.Geteuid())
		if ours && slices.Contains([]string{"nologin", "false"}, filepath.Base(f[6])) {
			t.Skipf("needs an account that may log in: the shell of %s is %s", f[0], f[6])
		}
	}
}

// configure writes the keys of both sides and what the server needs to know.
func (r *sshServer) configure(more []string) {
	r.t.Helper()
	for _, name := range []string{"host", "person"} {
		r.runs("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", r.path(name))
	}
	config := append([]string{
		"HostKey " + r.path("host"), "AuthorizedKeysFile " + r.path("person.pub"),
		"PasswordAuthentication no", "KbdInteractiveAuthentication no",
		"StrictModes no", // /tmp is open to all
		"UsePAM no", "PermitUserRC no", "PidFile none",
	}, more...)
	if err := os.WriteFile(r.path("config"), []byte(strings.Join(config, "\n")+"\n"), 0o600); err != nil {
		r.t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		// The start of the service would make it; sshd -t below shows whether this will do.
		_ = os.MkdirAll("/run/sshd", 0o755)
	}
	r.runs(sshd, "-t", "-f", r.path("config"))
	var err error
	if r.log, err = os.Create(r.path("log")); err != nil {
		r.t.Fatal(err)
	}
}

func (r *sshServer) path(name string) string { return filepath.Join(r.dir, name) }

func (r *sshServer) runs(name string, args ...string) {
	r.t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		r.t.Fatalf("%s: %v: %s", name, err, out)
	}
}

func (r *sshServer) close() {
	_ = r.listener.Close()
	r.cut()
	r.connections.Wait()
	_ = r.log.Close()
	if log, err := os.ReadFile(r.path("log")); err == nil && r.t.Failed() {
		r.t.Logf("sshd: %s", log)
	}
}

func (r *sshServer) accept() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.connections.Go(func() {
			if err := r.serve(client); err != nil {
				r.t.Error(err)
			}
		})
	}
}

// serve carries one connection to an sshd, and waits for its end.
func (r *sshServer) serve(client net.Conn) error {
	defer func() { _ = client.Close() }()
	ours, theirs, err := connected()
	if err != nil {
		return err
	}
	defer func() { _ = ours.Close() }()
	cmd := exec.Command(sshd, "-i", "-e", "-f", r.path("config"))
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = theirs, theirs, r.log
	err = cmd.Start()
	_ = theirs.Close()
	if err != nil {
		return err
	}
	var both sync.WaitGroup
	r.mu.Lock()
	r.ends, r.servers = append(r.ends, client, ours), append(r.servers, cmd.Process.Pid)
	r.mu.Unlock()
	both.Go(func() { r.pass(ours, client) })
	both.Go(func() { r.pass(client, ours) })
	both.Wait()
	late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	_ = cmd.Wait() // it fails when it is cut off, which is not a fault
	return nil
}

// connected returns both ends of a connection, the second one for another process.
func connected() (net.Conn, *os.File, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = l.Close() }()
	ours, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return nil, nil, err
	}
	theirs, err := l.Accept()
	if err != nil {
		_ = ours.Close()
		return nil, nil, err
	}
	defer func() { _ = theirs.Close() }()
	f, err := theirs.(*net.TCPConn).File()
	return ours, f, err
}

// pass carries one direction, at the pace of the line.
func (r *sshServer) pass(to, from net.Conn) {
	defer func() { _ = to.Close() }()
	if r.line.piece == 0 {
		_, _ = io.Copy(to, from)
		return
	}
	pace := time.NewTicker(r.line.every)
	defer pace.Stop()
	buf := make([]byte, r.line.piece)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			<-pace.C
			_, _ = to.Write(buf[:n])
		}
		if err != nil {
			return
		}
	}
}

// cut ends all connections, without a word to either side.
func (r *sshServer) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, end := range r.ends {
		_ = end.Close()
	}
}

// wizard logs in from a terminal and starts the wizard there.
func (r *sshServer) wizard(more ...string) *terminal {
	r.t.Helper()
	return startCommand(r.t, r.client("-tt", more...))
}

// client logs in and starts the wizard, with a terminal or without. Like most clients, ours offers its locale.
func (r *sshServer) client(terminal string, more ...string) *exec.Cmd {
	r.t.Helper()
	who, err := user.Current()
	if err != nil {
		r.t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(r.listener.Addr().String())
	if err != nil {
		r.t.Fatal(err)
	}
	args := []string{terminal, "-F", "none", "-p", port, "-l", who.Username, "-i", r.path("person")}
	for _, option := range []string{
		"BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "IdentitiesOnly=yes",
		"LogLevel=ERROR", "SendEnv=LANG",
		"KexAlgorithms=curve25519-sha256", // with small messages, for slow lines
	} {
		args = append(args, "-o", option)
	}
	cmd := exec.Command("ssh", append(args, host, r.remote(more))...)
	cmd.Env = r.env()
	return cmd
}

// remote is the command for the other side. The environment is that of the site, apart from what only SSH can know.
func (r *sshServer) remote(more []string) string {
	words := []string{"env", "-i"}
	for _, v := range r.env() {
		name, _, _ := strings.Cut(v, "=")
		if !slices.Contains(fromSSH, name) {
			words = append(words, inQuotes(v))
		}
	}
	for _, name := range r.tells {
		words = append(words, name+`="$`+name+`"`)
	}
	for _, word := range append([]string{binary(r.t)}, r.flags(more...)...) {
		words = append(words, inQuotes(word))
	}
	return strings.Join(words, " ")
}

var fromSSH = []string{"TERM", "LANG", "SSH_TTY", "SSH_CONNECTION", "SSH_CLIENT"}

func inQuotes(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// process returns the wizard on the other side, and 0 when there is none.
func (r *sshServer) process() int {
	r.t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		r.t.Fatal(err)
	}
	for _, path := range lines {
		line, _ := os.ReadFile(path) // it may have ended in the meantime
		args := strings.Split(string(line), "\x00")
		if args[0] == binary(r.t) && slices.Contains(args, r.store) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			return pid
		}
	}
	return 0
}

// TestSSH: what the wizard needs to know of a terminal far away comes with the connection.
func TestSSH(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.overSSH(line{}, "AcceptEnv LANG")
	x := r.wizard()
	toKey(x)
	x.see("┌─", "✓ Review")
	x.send("typed")
	x.see("••••")
	x.size(30, 8)
	x.see("40x12")
	x.size(80, 24)
	x.see("Get your key from Pleo", "••••")
	x.paste(s.sim.Keys().Good + "\n")
	confirm(x)
	x.see("Connected to ", "enter finish")
	if strings.Contains(x.text(), "open link") {
		t.Error("a browser is offered over SSH")
	}
	x.send("c")
	x.until("the link by OSC 52", func() bool { return sentLink(x) })
	finish(x)
	x.see("ack to Pleo", "\nhttps://app.pleo.io ")
	s.connectedBy(x)
}

// TestSSHUnderSudo: sudo takes the variables of SSH away. There is a display too, and still no link is opened here.
func TestSSHUnderSudo(t *testing.T) {
	t.Parallel()
	s := newDesktop(t)
	r := s.overSSH(line{})
	r.tells = []string{"TERM"}
	x := r.wizard()
	confirmed(s.site, x)
	x.see("Connected to ", "c copy link")
	if strings.Contains(x.text(), "open link") {
		t.Error("a browser is offered over SSH")
	}
	x.send("o")
	x.send("c")
	x.see("ink sent to your terminal")
	x.until("the link by OSC 52", func() bool { return sentLink(x) })
	finish(x)
	for _, name := range []string{"opened", "xclip", "xsel"} {
		if _, err := os.Stat(filepath.Join(s.notes, name)); err == nil {
			t.Errorf("a program of the server has the link: %s", name)
		}
	}
}

// TestSSHWithoutTerminal: ssh gives none to a command unless it is asked to.
func TestSSHWithoutTerminal(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	cmd := s.overSSH(line{}).client("-T")
	out, err := cmd.CombinedOutput()
	if code := programCode(t, cmd, err); code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	wantNoTerminal(t, string(out), "there is no terminal")
}

// TestSSHWithoutLocale: a server that does not take the locale of the client may be unable to write more than ASCII.
func TestSSHWithoutLocale(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.overSSH(line{})
	x := r.wizard()
	byScreen(s, x)
	x.see("ack to Pleo", "https://app.pleo.io")
	if !isASCII(x.written()) {
		t.Error("more than ASCII was written")
	}
	s.connectedBy(x)
}

// TestSSHSlowLine: 1.6 kB a second, in small pieces.
func TestSSHSlowLine(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.overSSH(line{piece: 32, every: 20 * time.Millisecond})
	x := r.wizard()
	byScreen(s, x)
	s.connectedBy(x)
}

// TestSSHCut: when the line is cut, the wizard on the other side ends by itself. What it had saved is whole, and the
// next one continues from there.
func TestSSHCut(t *testing.T) {
	t.Parallel()
	t.Run("key", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		r := s.overSSH(line{})
		x := r.wizard()
		toKey(x)
		x.send(s.sim.Keys().Good[:burst-1])
		x.see("****")
		r.cutOff(x)
		s.nothing()
		if got := s.status(); got.code != exitStore || !strings.Contains(got.err, "no key store") {
			t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
		}
	})
	t.Run("activation", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		s.sim.Inject(pleosim.Hang("POST", installations))
		r := s.overSSH(line{})
		x := r.wizard()
		confirmed(s, x)
		x.see("Key saved, encrypted")
		s.arrived(1, "POST", installations)
		r.cutOff(x)
		if now := s.record(); now.Status != store.StatusPending || now.Key.Reveal() != s.sim.Keys().Good {
			t.Errorf("the record is %q, fingerprint %s", now.Status, now.Fingerprint)
		}
		if got := s.status(); !strings.Contains(got.out, "Harbour Lane Bakery ApS") {
			t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
		}
		x = r.wizard()
		x.see("was saved", "Continue")
		x.send(enter)
		finish(x)
		s.connectedBy(x)
	})
}

// cutOff cuts the line of a wizard, and waits until both sides have gone.
func (r *sshServer) cutOff(x *terminal) {
	r.t.Helper()
	pid := r.process()
	if pid == 0 {
		r.t.Fatal("the wizard is not where it is looked for")
	}
	r.t.Cleanup(func() {
		if r.process() == pid {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
	})
	r.cut()
	select {
	case <-x.ended:
	case <-time.After(patience):
		r.t.Fatal("the client does not end")
	}
	if code := x.cmd.ProcessState.ExitCode(); code != 255 {
		r.t.Errorf("the client: exit code %d", code)
	}
	poll(r.t, "the end of the wizard", func() bool { return r.process() == 0 })
	r.noKey(x.written())
}
