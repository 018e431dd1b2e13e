package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"pleo-connect/cmd/internal/host"
)

// commandVariable makes the test binary a command of exec that says what it got of its caller's.
const commandVariable = "PLEO_CONNECT_TEST_COMMAND"

func init() {
	if os.Getenv(commandVariable) != "" {
		os.Exit(reportAsCommand())
	}
}

// reportAsCommand tries what a command could do to the terminal at its standard input, and waits there for Ctrl+C.
func reportAsCommand() int {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, unix.SIGINT)
	stat, _ := os.ReadFile("/proc/self/stat")
	_, fields, _ := strings.Cut(string(stat), ") ")
	fmt.Println("id", os.Getpid())
	fmt.Println("controlling", strings.Fields(fields)[4])
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	fmt.Println("opened", err == nil)
	_ = tty.Close()
	fmt.Println("typed", unix.IoctlSetPointerInt(0, unix.TIOCSTI, 'x') == nil)
	thief := exec.Command("/bin/true")
	thief.Stdin, thief.SysProcAttr = os.Stdin, &unix.SysProcAttr{Setsid: true, Setctty: true}
	fmt.Println("taken", thief.Run() == nil)
	_, err = unix.KeyctlSearch(unix.KEY_SPEC_SESSION_KEYRING, "user", keyOfRoot, 0)
	fmt.Println("keyring", err == nil)
	files, _ := os.ReadDir("/proc/self/fd")
	for _, f := range files {
		if path, err := os.Readlink("/proc/self/fd/" + f.Name()); err == nil && strings.HasPrefix(path, "/tmp") {
			fmt.Println("open", filepath.Base(path))
		}
	}
	fmt.Println("ready")
	<-interrupted
	fmt.Println("interrupted")
	return 5
}

// TestExecLeavesTheTerminal lets a shell of root start a command of the service at its terminal. The command cannot
// type there, gets no file of the shell's, and has the process id and the signals as ever. The shell reads what the
// person typed, and nothing else.
func TestExecLeavesTheTerminal(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	if r := s.connectFor(serviceName); r.code != exitDone {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	command := s.copyOfTest()
	s.more = append(s.more, commandVariable+"=1")
	const goesOn = `; echo "code $?"; read line; echo "read <$line>"`
	for about, tt := range map[string]struct {
		script       string
		keeps, shell bool
	}{
		"in the group of the shell": {script: `trap : INT; "$@"` + goesOn, shell: true},
		"in a group of its own":     {script: `set -m; "$@"` + goesOn, shell: true},
		"leads the session":         {script: `exec "$@"`, keeps: true},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			args := s.in([]string{"exec", "--preserve-env", commandVariable, bakery, "--", command})
			cmd := exec.Command("/bin/sh", append([]string{"-c", tt.script, "sh", binary(t)}, args...)...)
			cmd.Env, cmd.Dir = s.env(), "/"
			private, err := os.Open(s.secret("of root"+about, "secret"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = private.Close() }()
			cmd.ExtraFiles = []*os.File{private}
			x := startCommand(t, cmd)
			x.see("ready")
			said := strings.ReplaceAll(x.written(), "\r", "")
			if !strings.Contains(said, fmt.Sprintf("opened %v\n", tt.keeps)) || !strings.Contains(said, "taken false\n") {
				t.Errorf("the terminal:\n%s", said)
			}
			if !tt.keeps && !strings.Contains(said, "typed false\n") { // else the kernel decides (dev.tty.legacy_tiocsti)
				t.Errorf("it can type:\n%s", said)
			}
			if tt.keeps == strings.Contains(said, "controlling 0\n") {
				t.Errorf("the controlling terminal:\n%s", said)
			}
			if strings.Contains(said, "open ") {
				t.Errorf("a file of root's is open:\n%s", said)
			}
			if leads := strings.Contains(said, fmt.Sprintf("id %d\n", cmd.Process.Pid)); leads == tt.shell {
				t.Errorf("the process id:\n%s", said)
			}
			x.send(ctrlC)
			x.see("interrupted")
			if !tt.shell {
				x.exit(5)
				return
			}
			x.see("code 5")
			x.send("mine\n")
			x.see("read <mine>")
			x.exit(0)
		})
	}
}

// keyOfRoot is a key in the session keyring of root, which its owner may read.
const keyOfRoot = "pleo-connect-test"

// TestExecLeavesTheKeyring: the keys of root's session are not the command's.
func TestExecLeavesTheKeyring(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	runtime.LockOSThread() // ends with this test: the keyring is the thread's, and of what it starts
	_, err := unix.KeyctlInt(unix.KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0)
	if err == nil {
		_, err = unix.AddKey("user", keyOfRoot, []byte("secret"), unix.KEY_SPEC_SESSION_KEYRING)
	}
	if err != nil {
		t.Skipf("this kernel gives us no keyring: %v", err)
	}
	if r := s.connectFor(serviceName); r.code != exitDone {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	s.more = append(s.more, commandVariable+"=1")
	command := s.copyOfTest()
	args := s.in([]string{"exec", "--preserve-env", commandVariable, bakery, command})
	for about, tt := range map[string]struct {
		args []string
		want bool
	}{
		"root":        {[]string{command}, true},
		"the service": {append([]string{binary(t)}, args...), false},
	} {
		x := startCommand(t, &exec.Cmd{Path: tt.args[0], Args: tt.args, Env: s.env(), Dir: "/"})
		x.see("ready")
		if said := x.written(); !strings.Contains(said, fmt.Sprintf("keyring %v\r\n", tt.want)) {
			t.Errorf("%s:\n%s", about, said)
		}
	}
}

// TestExecHandsOnLittle: a command of another account gets the variables of the list, those that are named, and none
// beside them. For the same account, naming some changes nothing.
func TestExecHandsOnLittle(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	if r := s.connectFor(serviceName); r.code != exitDone {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	s.more = []string{
		"AWS_SECRET_ACCESS_KEY=canary-aws", "SSH_AUTH_SOCK=/run/canary", "SUDO_USER=root", "LD_LIBRARY_PATH=/canary",
		"LD_PRELOAD=", "HTTPS_PROXY=http://canary-user:canary@proxy.example", "CREDENTIALS_DIRECTORY=/canary",
		"LISTEN_FDS=1", "PLEO_CONNECT_STORE=" + s.store, "XDG_RUNTIME_DIR=/canary", "USER=root", "LOGNAME=root",
		"SHELL=/bin/bash", "MAIL=/canary", "PWD=/canary", "LCX=canary", "LC=canary", "PATH_CANARY=canary",
		"BASH_FUNC_x%%=() { canary; }", keyVariable + "=canary-of-somebody-else",
	}
	found, err := user.Lookup(serviceName)
	if err != nil {
		t.Fatal(err)
	}
	kept := []string{
		"PATH=" + os.Getenv("PATH"), "TERM=" + s.term, "LANG=C.UTF-8",
		companyVariable + "=" + bakery, keyVariable + "=" + s.sim.Keys().Good,
	}
	own := []string{"HOME=" + found.HomeDir, "USER=" + serviceName, "LOGNAME=" + serviceName}
	two := []string{"MAIL=/canary", "LCX=canary"}
	var listed []string
	for _, name := range host.HandedOn {
		name = strings.Replace(name, "*", "ALL", 1)
		if !slices.ContainsFunc(kept, func(entry string) bool { return strings.HasPrefix(entry, name+"=") }) {
			listed = append(listed, name+"=value of "+name)
		}
	}
	s.more = append(s.more, listed...)
	for about, tt := range map[string]struct {
		flags []string
		want  []string
		warns bool
	}{
		"nothing named": {want: own, warns: true},
		"two and none":  {[]string{"--preserve-env=MAIL,LCX,NONE"}, append(two, own...), false},
		"two flags":     {[]string{"--preserve-env", "MAIL", "--preserve-env=LCX"}, append(two, own...), false},
		"our own":       {[]string{"--preserve-env=" + keyVariable}, own, false},
		"those of the account": {[]string{"--preserve-env=USER,HOME"},
			[]string{"HOME=" + s.home, "USER=root", "LOGNAME=" + serviceName}, false},
	} {
		args := slices.Concat([]string{"exec", bakery}, s.places(), tt.flags, []string{"--", "env", "-0"})
		got := s.keyOut(args...)
		have := strings.Split(strings.TrimSuffix(got.out, "\x00"), "\x00")
		want := slices.Concat(kept, listed, tt.want)
		slices.Sort(have)
		slices.Sort(want)
		if diff := cmp.Diff(want, have); diff != "" || got.code != exitDone {
			t.Errorf("%s: exit code %d: %s\n(-want +got):\n%s", about, got.code, got.err, diff)
		}
		if warns := strings.Contains(got.err, "write User="+serviceName+" in the unit"); warns != tt.warns {
			t.Errorf("%s: a warning: %v\n%s", about, warns, got.err)
		}
	}
	for _, flags := range [][]string{nil, {"--preserve-env=MAIL"}} {
		args := slices.Concat(
			[]string{"exec", bakery, "--store", s.store, "--identity", s.identity}, flags, []string{"--", "env"})
		got := s.as(s.service, "pleo-connect", nil, args...)
		if got.code != exitDone || !strings.Contains(got.out, "\nAWS_SECRET_ACCESS_KEY=canary-aws\n") || got.err != "" {
			t.Errorf("the same account, %v: exit code %d: %s", flags, got.code, got.err)
		}
	}
}

// TestPreserveNamesOnly: a value is refused and not repeated.
func TestPreserveNamesOnly(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	for _, value := range []string{
		"", "A,", ",A", "A=canary-value", "A,B=canary-value", "*", "LC_*", "canary value", "--", "A,--store",
	} {
		args := slices.Concat([]string{"exec", bakery, "--preserve-env", value}, s.places(), []string{"--", "true"})
		got := s.pipe("", args...)
		if got.code != exitUsage || !strings.Contains(got.err, "--preserve-env takes names of variables") ||
			strings.Contains(got.err, "canary") {
			t.Errorf("%q: exit code %d: %s", value, got.code, got.err)
		}
	}
}
