//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
	"pleo-connect/store"
)

// walk calls visit for a command and for all below it.
func walk(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, child := range cmd.Commands() {
		walk(child, visit)
	}
}

// nameOf returns the words that call a command.
func nameOf(cmd *cobra.Command) []string { return strings.Fields(cmd.CommandPath())[1:] }

// checkResult requires that a failed run ended with a result that a script can act on, in harmless text, and that the
// exit code is that of its kind.
func checkResult(t *testing.T, r result) {
	t.Helper()
	checkJSON(t, r)
	if r.code == exitDone {
		t.Errorf("it did not fail: %s", r.out)
		return
	}
	var got struct{ Event, Status, Kind, Summary string }
	line := r.out[strings.LastIndexByte(strings.TrimSuffix(r.out, "\n"), '\n')+1:]
	if err := json.Unmarshal([]byte(line), &got); err != nil {
		t.Errorf("exit code %d, standard output %q (%v), standard error %q", r.code, r.out, err, r.err)
		return
	}
	if got.Event != "result" || got.Status != "failed" || got.Kind == "" {
		t.Errorf("the last line is %s", line)
	}
	if code := exitCode(t.Context(), &flow.Failure{Kind: flow.Kind(got.Kind)}); code != r.code {
		t.Errorf("kind %s, exit code %d, want %d", got.Kind, r.code, code)
	}
	if got.Summary != "" && !strings.Contains(r.err, "error: "+got.Summary) {
		t.Errorf("people read %q, scripts %q", r.err, got.Summary)
	}
}

// TestEveryFailureHasAResult walks all commands that have --json and all ways to fail before anything is printed:
// standard output is never empty then. The flag counts wherever it is before --.
func TestEveryFailureHasAResult(t *testing.T) {
	t.Parallel()
	found := 0
	walk(newApp(nil, host.Host{}).root(allCommands()...), func(cmd *cobra.Command) {
		if cmd.Flags().Lookup("json") == nil {
			return
		}
		found++
		name := nameOf(cmd)
		t.Run(strings.Join(append(name, "-"), " "), func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			nowhere := filepath.Join(s.home, "file")
			writeFile(t, nowhere, nil, 0o600)
			for _, args := range [][]string{
				slices.Concat(name, []string{"--json", "--wrong"}),
				slices.Concat(name, []string{"--wrong", "--json"}),
				slices.Concat([]string{"--json"}, name, []string{"--wrong"}),
				slices.Concat([]string{"--wrong"}, name, []string{"--json"}),
				slices.Concat(name, []string{"--json=true", "--store"}),
				slices.Concat(name, []string{"--store", "--json", "--identity"}),
				slices.Concat(name, []string{"--store", "--json"}),
				slices.Concat([]string{"--identity", "--json"}, name),
				slices.Concat(name, []string{"--json=perhaps"}),
				slices.Concat(name, []string{"--json", "a", "b", "c"}),
				slices.Concat(name, []string{"--json", "--", "a", "b", "c"}),
				slices.Concat(name, []string{"--json", "--plain=perhaps"}),
				slices.Concat(name, []string{"-x", "--json"}),
			} {
				checkResult(t, s.inside(args...))
			}
			for _, args := range [][]string{
				slices.Concat(name, []string{"--wrong"}),
				slices.Concat(name, []string{"--json=false", "--wrong"}),
				slices.Concat(name, []string{"--json", "--json=0", "--wrong"}),
				slices.Concat(name, []string{"a", "b", "--wrong", "--", "--json"}),
			} {
				if r := s.inside(args...); r.code != exitUsage || r.out != "" {
					t.Errorf("%q: exit code %d, %q", args, r.code, r.out)
				}
			}
		})
	})
	if found < 6 {
		t.Errorf("only %d commands have --json", found)
	}
}

// TestNoResultWithoutTheFlag: a command that has no --json prints nothing for it, also one that cobra adds.
func TestNoResultWithoutTheFlag(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	names := [][]string{{"completion", "bash"}, {"completion", "zsh"}, {"help", "status"}, {"man"}}
	walk(newApp(nil, host.Host{}).root(allCommands()...), func(cmd *cobra.Command) {
		if cmd.Flags().Lookup("json") == nil && cmd.Runnable() && !cmd.HasSubCommands() {
			names = append(names, nameOf(cmd))
		}
	})
	if len(names) < 9 {
		t.Errorf("only %d commands have no --json", len(names))
	}
	for _, name := range names {
		r := s.inside(append(name, "--json")...)
		if name[0] == "help" && r.code == exitDone { // shows the help of a command that has it
			continue
		}
		if r.code != exitUsage || r.out != "" {
			t.Errorf("%v: exit code %d, %q", name, r.code, r.out)
		}
	}
}

// TestResultOfAnUnknownCommand: the words may be meant for the wizard, which has --json.
func TestResultOfAnUnknownCommand(t *testing.T) {
	t.Parallel()
	checkResult(t, newSite(t).inside("frobnicate", "--json"))
}

// earlyFailures are the ways in which a run fails after its flags were read, and before it prints anything.
var earlyFailures = map[string]struct {
	before func(s *site)
	args   []string // beside the places and --json
	kind   flow.Kind
}{
	"connect, no permissions allowed": {args: []string{"connect", "--key-file", "-"}, kind: flow.KindSettings},
	"connect, no company": {
		args: []string{"connect", "--key-file", "-", "--accept-permissions"},
		kind: flow.KindSettings,
	},
	"connect, odd company":     {args: []string{"connect", "--company", "bakery"}, kind: flow.KindSettings},
	"connect, odd environment": {args: []string{"connect", "--env", "test"}, kind: flow.KindSettings},
	"connect, no key file":     {args: []string{"connect", "--key-file", "none"}, kind: flow.KindSettings},
	"connect, the flag as key file": {
		args: []string{"connect", "--accept-permissions", "--yes", "--key-file"},
		kind: flow.KindSettings,
	},
	"connect, no integration file": {args: []string{"connect", "--integration", "none"}, kind: flow.KindSettings},
	"connect, odd address": {
		args: []string{"connect", "--api-base", "http://pleo.example"},
		kind: flow.KindSettings,
	},
	"connect, no CA file":    {args: []string{"connect", "--ca-file", "none"}, kind: flow.KindSettings},
	"the wizard, no CA file": {args: []string{"--ca-file", "none"}, kind: flow.KindSettings},
	"connect, odd proxy": {
		before: func(s *site) { s.more = append(s.more, "HTTPS_PROXY=://") },
		args:   []string{"connect", "--accept-permissions", "--yes"}, kind: "proxy",
	},
	"connect, unknown service": {
		before: func(s *site) {
			text := "name = \"X\"\n[[permissions]]\nscope = \"a:read\"\ntitle = \"A\"\n" +
				"[service]\nuser = \"nobody-of-this-name\"\n"
			writeFile(s.t, filepath.Join(s.home, "x.toml"), []byte(text), 0o600)
		},
		args: []string{"connect", "--integration", "$HOME/x.toml"}, kind: flow.KindSettings,
	},
	"reconnect, odd company": {args: []string{"reconnect", ""}, kind: flow.KindSettings},
	"reconnect, no store":    {args: []string{"reconnect", bakery}, kind: flow.KindStoreMissing},
	"reconnect, unknown company": {
		before: func(s *site) { s.connected(flow.Production) },
		args:   []string{"reconnect", cycles}, kind: flow.KindNotConnected,
	},
	"reconnect, lost company": {before: lostRecord, args: []string{"reconnect", bakery}, kind: flow.KindConnectionLost},
	"reconnect, damaged record": {
		before: damagedRecord, args: []string{"reconnect", bakery}, kind: flow.KindStoreDamaged,
	},
	"disconnect, nobody there": {args: []string{"disconnect", bakery}, kind: flow.KindSettings},
	"disconnect, odd company":  {args: []string{"disconnect", "", "--yes"}, kind: flow.KindSettings},
	"disconnect, no store":     {args: []string{"disconnect", bakery, "--yes"}, kind: flow.KindStoreMissing},
	"disconnect, unknown company": {
		before: func(s *site) { s.connected(flow.Production) },
		args:   []string{"disconnect", cycles, "--yes"}, kind: flow.KindNotConnected,
	},
	"disconnect, lost company": {
		before: lostRecord, args: []string{"disconnect", bakery, "--yes"}, kind: flow.KindConnectionLost,
	},
	"disconnect, two of them": {
		before: func(s *site) { s.connected(flow.Production); s.connected(flow.Staging) },
		args:   []string{"disconnect", bakery, "--yes"}, kind: flow.KindSettings,
	},
	"disconnect, damaged record": {
		before: damagedRecord, args: []string{"disconnect", bakery, "--yes"}, kind: flow.KindStoreDamaged,
	},
	"disconnect, odd proxy": {
		before: func(s *site) { s.connected(flow.Production); s.more = append(s.more, "HTTPS_PROXY=://") },
		args:   []string{"disconnect", bakery, "--yes"}, kind: "proxy",
	},
	"status, odd company": {args: []string{"status", ""}, kind: flow.KindSettings},
	"status, odd days":    {args: []string{"status", "--warn-days", "0"}, kind: flow.KindSettings},
	"status, no store":    {args: []string{"status", bakery}, kind: flow.KindStoreMissing},
	"status, unknown company": {
		before: func(s *site) { s.connected(flow.Production) },
		args:   []string{"status", cycles}, kind: flow.KindNotConnected,
	},
	"status, no CA file":     {args: []string{"status", "--check", "--ca-file", "none"}, kind: flow.KindSettings},
	"status, damaged record": {before: damagedRecord, args: []string{"status"}, kind: flow.KindStoreDamaged},
	"status, damaged, check": {
		before: damagedRecord, args: []string{"status", "--check"}, kind: flow.KindStoreDamaged,
	},
	"status, damaged, named": {before: damagedRecord, args: []string{"status", bakery}, kind: flow.KindStoreDamaged},
	"status, no identity": {
		before: func(s *site) { s.connected(flow.Production); s.remove(s.identity) },
		args:   []string{"status"}, kind: flow.KindStoreIdentity,
	},
	"status, open to others": {
		before: func(s *site) { s.connected(flow.Production); s.chmod(s.store, 0o777) },
		args:   []string{"status"}, kind: flow.KindStoreOpen,
	},
	"status, not a store": {
		before: func(s *site) {
			if err := os.MkdirAll(filepath.Join(s.store, "else"), 0o700); err != nil {
				s.t.Fatal(err)
			}
		},
		args: []string{"status"}, kind: flow.KindStoreForeign,
	},
	"doctor, no integration file": {args: []string{"doctor", "--integration", "none"}, kind: flow.KindSettings},
	"doctor, odd environment":     {args: []string{"doctor", "--env", "test"}, kind: flow.KindSettings},
}

func damagedRecord(s *site) {
	s.t.Helper()
	file := s.connected(flow.Production)
	for _, path := range []string{file, file + ".prev"} {
		writeFile(s.t, path, []byte("age-encryption.org/v1\n"), 0o600)
	}
}

func lostRecord(s *site) {
	s.t.Helper()
	s.remove(s.connected(flow.Production))
}

// connected saves a connection of the bakery, and returns its file.
func (s *site) connected(environment string) string {
	return s.put(bakery, s.sim.Keys().Good, func(r *store.Record) { r.Env = environment }).File
}

func (s *site) remove(path string) {
	s.t.Helper()
	if err := os.Remove(path); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) chmod(path string, mode os.FileMode) {
	s.t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		s.t.Fatal(err)
	}
}

func TestEveryEarlyFailureHasAResult(t *testing.T) {
	t.Parallel()
	for name, c := range earlyFailures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			if c.before != nil {
				c.before(s)
			}
			var args []string
			for _, arg := range append(c.args, "--json") {
				args = append(args, strings.ReplaceAll(arg, "$HOME", s.home))
			}
			run := s.inside
			if len(s.more) > 0 { // which the libraries read from the real environment
				run = func(args ...string) result { return s.pipe("", args...) }
			}
			r := run(append(args, "--store", s.store, "--identity", s.identity, "--force-store")...)
			checkResult(t, r)
			if !strings.Contains(r.out, `"kind":"`+string(c.kind)+`"`) {
				t.Errorf("not of the kind %s: %s", c.kind, r.out)
			}
			if c.kind != flow.KindSettings && strings.Contains(r.err, "--help shows") {
				t.Errorf("taken for wrong use: %s", r.err)
			}
		})
	}
}

// TestResultOfAStoppedRun: a signal that comes before anything was printed ends with a result, and with the exit code
// of the signal.
func TestResultOfAStoppedRun(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]unix.Signal{
		"INT": unix.SIGINT, "TERM": unix.SIGTERM, "HUP": unix.SIGHUP, "QUIT": unix.SIGQUIT,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			cmd := exec.Command(binary(t), s.flags("--json", "--key-file", "-", "--accept-permissions", "--yes")...)
			cmd.Env = s.env()
			cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true}
			in, stdin, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = in.Close(); _ = stdin.Close() }()
			var out, people strings.Builder
			cmd.Stdin, cmd.Stdout, cmd.Stderr = in, &out, &people
			if _, err := stdin.WriteString("\n"); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			emptied(t, in) // it runs, and reads
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			got := result{cmd.ProcessState.ExitCode(), out.String(), people.String()}
			if last := got.last(t); got.code != 128+int(signal) || last["kind"] != "interrupted" ||
				last["status"] != "failed" {
				t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
			}
		})
	}
}

// TestConclude: people and scripts read a failure once each, and what the output has already said is not repeated.
func TestConclude(t *testing.T) {
	t.Parallel()
	hungUp, cancel := context.WithCancelCause(t.Context())
	cancel(host.Stopped{Signal: unix.SIGHUP})
	for _, c := range []struct {
		about    string
		ctx      context.Context
		err      error
		lines    bool // were printed before
		code     int
		out, say string
	}{
		{about: "done", ctx: t.Context()},
		{about: "failed", ctx: t.Context(), code: 2,
			err: flow.NewFault(flow.KindSettings, flow.Values{}),
			out: `"kind":"settings","summary":"a setting can't be used","key":"none","hint":"run: pleo-connect --help"`,
			say: "error: a setting can't be used\nhint: run: pleo-connect --help\n"},
		{about: "failed after lines", ctx: t.Context(), lines: true, code: 2,
			err: &flow.Failure{Kind: flow.KindSettings, Summary: "wrong"}, say: "error: wrong\n"},
		{about: "some other error", ctx: t.Context(), err: errors.New("boom \x1b[2J"), code: 1,
			out: `"kind":"internal","summary":"something went wrong in pleo-connect (boom`,
			say: "error: something went wrong in pleo-connect (boom"},
		{about: "lines that say it", ctx: t.Context(), err: reported{class: flow.ClassKey}, lines: true, code: 3},
		{about: "people have read it, and no line was printed", ctx: t.Context(), code: 6,
			err: reported{flow.ClassStore, &flow.Failure{Kind: flow.KindStoreDamaged, Summary: "damaged"}},
			out: `"kind":"store_damaged","summary":"damaged"`},
		{about: "a failure without a kind", ctx: t.Context(), err: &flow.Failure{}, code: 1, out: `"status":"failed"`},
		{about: "stopped at the very end", ctx: hungUp, code: 129,
			out: `"kind":"interrupted","summary":"stopped (hung up)"`},
		{about: "stopped after lines", ctx: hungUp, lines: true, code: 129},
	} {
		var out, people bytes.Buffer
		a := newApp([]string{"status", "--json"}, host.Host{Out: &out, Err: &people})
		a.commands = a.root(allCommands()...)
		if c.lines {
			a.console.JSON("a line")
			out.Reset()
		}
		code := a.conclude(c.ctx, c.err)
		if code != c.code || (out.Len() > 0) != (c.out != "") || !strings.Contains(out.String(), c.out) {
			t.Errorf("%s: exit code %d, %s", c.about, code, out.String())
		}
		if (people.Len() > 0) != (c.say != "") || !strings.Contains(people.String(), c.say) {
			t.Errorf("%s: people read %q", c.about, people.String())
		}
	}
}

// fullDisk is a file that takes nothing, as on a full disk.
func fullDisk(t *testing.T) *os.File {
	t.Helper()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("this system has no device that is always full: %v", err)
	}
	t.Cleanup(func() { _ = full.Close() })
	return full
}

// TestResultThatCannotBeWritten: people read what went wrong, and that the result is lost; the exit code stays.
func TestResultThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var people strings.Builder
	cmd := exec.Command(binary(t), s.flags("--json", "--key-file", "none")...)
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env(), fullDisk(t), &people
	_ = cmd.Run()
	first, then, _ := strings.Cut(people.String(), "hint: ")
	if code := cmd.ProcessState.ExitCode(); code != exitUsage ||
		!strings.HasPrefix(first, "error: the key file does not exist\n") ||
		!strings.Contains(then, "\nerror: can't write to standard output") {
		t.Errorf("exit code %d: %s", code, people.String())
	}
}

// TestHelpThatCannotBeWritten: what cobra prints itself ends as what we print.
func TestHelpThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--version"}, {"--help"}, {"help", "status"}, {"status", "--help"}, {"completion", "bash"}, {"man"},
	} {
		var people strings.Builder
		cmd := exec.Command(binary(t), args...)
		cmd.Stdout, cmd.Stderr = fullDisk(t), &people
		_ = cmd.Run()
		if code := cmd.ProcessState.ExitCode(); code != exitUnexpected ||
			!strings.HasPrefix(people.String(), "error: can't write to standard output: no space left on device\n") {
			t.Errorf("%s: exit code %d: %s", args, code, people.String())
		}
	}
}

// TestDisconnectThatCannotBeTold: the connection is gone, and a second run would find none.
func TestDisconnectThatCannotBeTold(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	var people strings.Builder
	cmd := exec.Command(binary(t), s.places("disconnect", bakery, "--yes")...)
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env(), fullDisk(t), &people
	_ = cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != exitUnexpected ||
		!strings.HasPrefix(people.String(), "error: the key was removed; can't write to standard output: no space left") ||
		!strings.HasSuffix(people.String(), "run: "+s.program()+" status\n") {
		t.Errorf("exit code %d: %s", code, people.String())
	}
	if n := len(s.deletes()); n != 1 || strings.Contains(s.files(), bakery) {
		t.Errorf("%d deletes; the record is there: %t", n, strings.Contains(s.files(), bakery))
	}
}

// TestReceiptThatCannotBeWritten: the connection is there, so the run that made it has not failed.
func TestReceiptThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	cmd := exec.Command(binary(t), s.flags("--key-file", "-", "--accept-permissions", "--yes")...)
	var people strings.Builder
	cmd.Env, cmd.Stdin, cmd.Stdout = s.env(), strings.NewReader(s.sim.Keys().Good), fullDisk(t)
	cmd.Stderr = &people
	if err := cmd.Run(); err != nil {
		t.Error(err)
	}
	if want := "warning: the connection is active, but that can't be written to standard output: " +
		"no space left on device\n"; !strings.HasSuffix(people.String(), want) {
		t.Errorf("people read: %s", people.String())
	}
	s.active()
}

// TestResultForNobody: a reader that has gone away ends the program, but people have read why it failed.
func TestResultForNobody(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = writer.Close() }()
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	var people strings.Builder
	cmd := exec.Command(binary(t), "status", "--json", "--wrong")
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env(), writer, &people
	_ = cmd.Run()
	want := "error: pleo-connect status has no such flag (argument 3)\n"
	if !strings.HasPrefix(people.String(), want) || cmd.ProcessState.Success() {
		t.Errorf("%v: %q", cmd.ProcessState, people.String())
	}
}

// TestResultOfAPanic: the value of a panic may hold anything, so neither people nor scripts read it.
func TestResultOfAPanic(t *testing.T) {
	t.Parallel()
	var out, people bytes.Buffer
	a := newApp([]string{"status", "--json"}, host.Host{Out: &out, Err: &people})
	code := a.recovered(func() int { a.commands = a.root(allCommands()...); panic("canary-in-a-panic") })
	if code != exitUnexpected || !strings.HasPrefix(people.String(), "error: something went wrong in pleo-connect\n") {
		t.Errorf("exit code %d: %s", code, people.String())
	}
	const beginning = `{"event":"result","status":"failed","kind":"internal","summary":"something went`
	if !strings.HasPrefix(out.String(), beginning) {
		t.Errorf("the result is %s", out.String())
	}
	if strings.Contains(out.String()+people.String(), "canary") {
		t.Error("the value of the panic was printed")
	}
}

// TestResultAtATerminal: --json and a wizard do not go together, and the result says so where a person would have been
// asked.
func TestResultAtATerminal(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.wizard("--json")
	x.exit(exitUsage)
	x.until("the result", func() bool {
		return strings.Contains(x.written(), `"kind":"settings","summary":"--json works only without`)
	})
	s.nothing()
}
