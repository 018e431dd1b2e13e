//go:build unix

package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// child runs a command by exec and returns what it wrote.
func (s *site) child(command ...string) result {
	s.t.Helper()
	return s.keyOut(s.in(append([]string{"exec", bakery, "--"}, command...))...)
}

// TestExecEnvironment: the child has the environment of our start, variables that we unset for ourselves included, and
// our two variables in place of those of the same name. No other program has written a file in the meantime.
func TestExecEnvironment(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	trace := filepath.Join(s.home, "trace")
	s.more = []string{
		"TMUX=" + s.home + "/none,1,0", "TEA_TRACE=" + trace, "TEA_DEBUG=1",
		"EMPTY=", "LINES=a\nb", "XPLEO_API_KEY=mine",
	}
	want := append(s.env(), companyVariable+"="+bakery, keyVariable+"="+s.sim.Keys().Good)
	s.more = append(s.more, keyVariable+"=canary-of-somebody-else", companyVariable+"=canary-company")

	got := s.child("env", "-0")
	if got.code != exitDone || got.err != "" {
		t.Fatalf("exit code %d: %s", got.code, got.err)
	}
	have := strings.Split(strings.TrimSuffix(got.out, "\x00"), "\x00")
	slices.Sort(have)
	slices.Sort(want)
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("the environment (-want +got):\n%s", diff)
	}
	if _, err := os.Stat(trace); err == nil {
		t.Error("a trace was written")
	}
}

// shell runs a script that prepares something and then becomes our program with the arguments.
func (s *site) shell(prepare string, args ...string) result {
	s.t.Helper()
	cmd, stderr := s.command()
	cmd.Path, cmd.Args = "/bin/sh", append([]string{"sh", "-c", prepare + `; exec "$@"`, "sh", binary(s.t)}, args...)
	out, err := cmd.Output()
	code := programCode(s.t, cmd, err)
	s.noKey(string(out), stderr.String())
	return result{code, string(out), stderr.String()}
}

// TestExecProcess: what we changed for ourselves is as before, but for the limit of core files. Ignored signals stay
// ignored.
func TestExecProcess(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	for _, tt := range []struct{ about, prepare, script, want string }{
		{"umask", "umask 022", "umask", "0022"},
		{"another umask", "umask 0", "umask", "0000"},
		{"soft core limit", "ulimit -Sc $(ulimit -Hc)", "ulimit -Sc", "0"},
		{"hard core limit", ":", "ulimit -Hc", "0"},
		{"open files", "ulimit -Sn 123", "ulimit -Sn", "123"},
		{"ignored SIGHUP", `trap "" HUP`, "kill -HUP $$; echo alive", "alive"},
		{"ignored SIGINT", `trap "" INT`, "kill -INT $$; echo alive", "alive"},
		{"directory", "cd /", "pwd", "/"},
	} {
		got := s.shell(tt.prepare, s.in([]string{"exec", bakery, "sh", "-c", tt.script})...)
		if strings.TrimSpace(got.out) != tt.want {
			t.Errorf("%s: %q, want %q; exit code %d: %s", tt.about, got.out, tt.want, got.code, got.err)
		}
	}
}

// TestExecVerbatim: our flags are before the command, and what belongs to the command is not looked at.
func TestExecVerbatim(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	show := []string{"printf", "%s|"}
	for want, args := range map[string][]string{
		"-x|--help|--|--env|y|": append(s.places("exec", bakery, "--env", "production"),
			append([]string{"--"}, append(show, "-x", "--help", "--", "--env", "y")...)...),
		"--json|--store|": append(s.in([]string{"exec", "--env=production", bakery}),
			append(show, "--json", "--store")...),
		"exec|key|status|": append(s.in([]string{"exec", bakery}), append(show, "exec", "key", "status")...),
		"|a b|$HOME|":      append(s.in([]string{"exec", bakery, "--"}), append(show, "", "a b", "$HOME")...),
	} {
		if got := s.pipe("", args...); got.code != exitDone || got.out != want {
			t.Errorf("exit code %d, got %q, want %q: %s", got.code, got.out, want, got.err)
		}
	}
	for _, args := range [][]string{{"exec", bakery, "--help"}, {"exec", "--help"}, {"help", "exec"}} {
		if got := s.pipe("", args...); got.code != exitDone || !strings.Contains(got.out, "COMPANY -- COMMAND") {
			t.Errorf("%q: exit code %d: %s%s", args, got.code, got.out, got.err)
		}
	}
	for about, args := range map[string][]string{
		"no company": {"exec"}, "no command": {"exec", bakery}, "nothing after --": {"exec", bakery, "--"},
		"unknown flag": {"exec", bakery, "--wrong", "--", "true"},
	} {
		if got := s.pipe("", s.in(args)...); got.code != exitUsage || !strings.Contains(got.err, "hint: ") {
			t.Errorf("%s: exit code %d: %s", about, got.code, got.err)
		}
	}
}

// TestExecExitCodes are those of the command, or of a shell that cannot run it.
func TestExecExitCodes(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		writeFile(t, path, []byte(text), mode)
		return path
	}
	for _, tt := range []struct {
		command []string
		code    int
		says    string
	}{
		{[]string{"true"}, 0, ""},
		{[]string{"sh", "-c", "exit 42"}, 42, ""},
		{[]string{"sh", "-c", "exit 255"}, 255, ""},
		{[]string{"no-such-command-here"}, exitNotFound, "was not found in PATH"},
		{[]string{"no\x1b[31mcolour"}, exitNotFound, "was not found in PATH"},
		{[]string{""}, exitNotFound, "was not found in PATH"},
		{[]string{filepath.Join(dir, "none")}, exitNotFound, "can't find " + filepath.Join(dir, "none")},
		{[]string{write("interpreter", "#!/no/such/interpreter\n", 0o755)}, exitNotFound, "interpreter"},
		{[]string{write("plain", "text", 0o644)}, exitNotExecutable, "hint: it must be a program, or a script that"},
		{[]string{write("empty", "", 0o644)}, exitNotExecutable, "hint: it must be a program, or a script that"},
		{[]string{write("script", "#!/bin/sh\n", 0o644)}, exitNotExecutable, "hint: run: chmod +x "},
		{[]string{write("elf", "\x7fELF\x02", 0o644)}, exitNotExecutable, "hint: run: chmod +x "},
		{[]string{write("no-program", "\x00\x01", 0o755)}, exitNotExecutable, "exec format error"},
		{[]string{dir}, exitNotExecutable, "is a directory"},
	} {
		got := s.child(tt.command...)
		if got.code != tt.code || !strings.Contains(got.err, tt.says) || strings.Contains(got.err, "\x1b") ||
			(tt.says == "") != (got.err == "") {
			t.Errorf("%q: exit code %d, want %d: %s", tt.command, got.code, tt.code, got.err)
		}
	}
	plain := write("a 'script", "#!/bin/sh\necho repaired\n", 0o644)
	_, command, found := strings.Cut(strings.TrimSuffix(s.child(plain).err, "\n"), "hint: run: ")
	if out, err := exec.Command("sh", "-c", command).CombinedOutput(); err != nil || !found {
		t.Errorf("%q: %v: %s", command, err, out)
	}
	if got := s.child(plain); got.out != "repaired\n" {
		t.Errorf("after %q: exit code %d: %s", command, got.code, got.err)
	}
	write("here", "#!/bin/sh\necho stranger\n", 0o755)
	for _, path := range []string{":/bin:/usr/bin", ".:/bin:/usr/bin", "/bin::/usr/bin"} {
		got := s.shell("cd "+dir+"; PATH="+path, s.in([]string{"exec", bakery, "here"})...)
		if got.code != exitNotFound || got.out != "" ||
			!strings.Contains(got.err, "hint: use its path: ./here\n") {
			t.Errorf("PATH=%s: exit code %d: %s%s", path, got.code, got.out, got.err)
		}
	}
}

// running is a command that was started by exec and has said that it runs.
type running struct {
	*os.Process
	in   io.Writer
	out  *bufio.Reader
	wait func() *os.ProcessState
}

// startsChild starts a shell script by exec and waits for its first line, which must be its process id: that of the
// program we started.
func (s *site) startsChild(script string) running {
	s.t.Helper()
	cmd, _ := s.command(s.in([]string{"exec", bakery, "--", "sh", "-c", "echo $$; " + script})...)
	in, err := cmd.StdinPipe() // stays open: the script waits at it
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = in.Close() })
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	x := running{cmd.Process, in, bufio.NewReader(stdout), func() *os.ProcessState {
		_ = cmd.Wait()
		return cmd.ProcessState
	}}
	s.t.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := x.out.ReadString('\n')
	if err != nil || strings.TrimSpace(line) != strconv.Itoa(cmd.Process.Pid) {
		s.t.Fatalf("the command says %q, want process id %d: %v", line, cmd.Process.Pid, err)
	}
	return x
}

// TestExecSignals: the command gets every signal itself, and how it ends is what a caller sees.
func TestExecSignals(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	for name, signal := range map[string]unix.Signal{
		"TERM": unix.SIGTERM, "INT": unix.SIGINT, "HUP": unix.SIGHUP, "USR1": unix.SIGUSR1, "PIPE": unix.SIGPIPE,
	} {
		t.Run(name, func(t *testing.T) {
			x := s.startsChild(`trap "echo caught; exit 42" ` + name + `; echo ready; read x; echo read; exit 1`)
			if line, err := x.out.ReadString('\n'); err != nil || line != "ready\n" {
				t.Fatalf("%q, %v", line, err)
			}
			if err := x.Signal(signal); err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(x.in, "\n") // a signal that comes just before the read is seen after it
			said, _ := io.ReadAll(x.out)
			if state := x.wait(); state.ExitCode() != 42 || string(said) != "caught\n" {
				t.Errorf("%v: %q", state, said)
			}

			bare := s.startsChild("read x")
			if err := bare.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if state := bare.wait(); state.ExitCode() != -1 || state.String() != "signal: "+signal.String() {
				t.Errorf("without a trap: %v", state)
			}
		})
	}
	x := s.startsChild("trap '' TERM; read x")
	if err := x.Kill(); err != nil {
		t.Fatal(err)
	}
	if state := x.wait(); state.String() != "signal: killed" {
		t.Errorf("killed: %v", state)
	}
}

// TestExecStreams: all three streams are the command's own, and so is the terminal.
func TestExecStreams(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	got := s.pipe("to the command\n", s.in([]string{"exec", bakery, "sh", "-c", "cat; echo wrong >&2"})...)
	if got.out != "to the command\n" || got.err != "wrong\n" || got.code != exitDone {
		t.Errorf("exit code %d, %q, %q", got.code, got.out, got.err)
	}
	const script = `test -t 0 && test -t 1 && test -t 2 && echo question && read x && echo "got $x" && exit 5`
	x := start(t, s.env(), s.in([]string{"exec", bakery, "sh", "-c", script})...)
	x.see("question")
	x.send("answer\n")
	x.see("got answer")
	x.exit(5)
	x = start(t, s.env(), s.in([]string{"exec", bakery, "sh", "-c", `trap "exit 6" INT; echo ready; read x`})...)
	x.see("ready")
	x.send(ctrlC + enter) // a signal that comes just before the read is seen after it
	x.exit(6)
	s.noKey(x.written())
}
