//go:build unix

package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

// command is the program without a terminal anywhere. Its standard error must stay free of keys.
func (s *site) command(args ...string) (*exec.Cmd, *bytes.Buffer) {
	s.t.Helper()
	cmd := exec.Command(binary(s.t), args...)
	var err bytes.Buffer
	cmd.Env, cmd.Stderr = s.env(), &err
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true}
	return cmd, &err
}

// keyOut runs the program with a pipe for its standard output, where a key may be; nowhere else.
func (s *site) keyOut(args ...string) result {
	s.t.Helper()
	cmd, err := s.command(args...)
	var out bytes.Buffer
	cmd.Stdout = &out
	code := programCode(s.t, cmd, cmd.Run())
	s.noKey(err.String(), strings.Join(cmd.Args, "\x00"))
	return result{code, out.String(), err.String()}
}

func TestKey(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	before, asked := s.files(), len(s.sim.Requests())
	got := s.keyOut(s.places("key", strings.ToUpper(bakery))...)
	if got.code != exitDone || got.out != s.sim.Keys().Good+"\n" || got.err != "" {
		t.Errorf("exit code %d, %d bytes: %s", got.code, len(got.out), got.err)
	}
	if s.files() != before || len(s.sim.Requests()) != asked {
		t.Error("something was changed, or Pleo was asked")
	}
}

// TestKeyToAFifo: a named pipe is also a pipe.
func TestKeyToAFifo(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	path := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	fifo, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = fifo.Close() }()
	cmd, _ := s.command(s.places("key", bakery)...)
	cmd.Stdout = fifo
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(s.sim.Keys().Good)+1)
	if _, err := io.ReadFull(fifo, got); err != nil || string(got) != s.sim.Keys().Good+"\n" {
		t.Errorf("another key: %v", err)
	}
}

// TestKeyRefuses every place where the key would stay, and writes nothing there.
func TestKeyRefuses(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	path := filepath.Join(s.home, "key.txt")
	for name, tt := range map[string]struct {
		open func(t *testing.T) (out *os.File, written func() string)
		says string
	}{
		"file": {func(t *testing.T) (*os.File, func() string) {
			f := opened(t, path, os.O_CREATE|os.O_WRONLY)
			return f, func() string { return contents(t, path) }
		}, "the key would be saved in a file, unencrypted"},
		"socket": {socketPair, "is a socket, so the key may end up in a log"},
		"device": {func(t *testing.T) (*os.File, func() string) {
			return opened(t, os.DevNull, os.O_WRONLY), func() string { return "" }
		}, "is not a pipe"},
		"directory": {func(t *testing.T) (*os.File, func() string) {
			return opened(t, s.home, os.O_RDONLY), func() string { return "" }
		}, "is not a pipe"},
	} {
		t.Run(name, func(t *testing.T) {
			out, written := tt.open(t)
			cmd, stderr := s.command(s.places("key", bakery)...)
			cmd.Stdout = out
			code := programCode(t, cmd, cmd.Run())
			_ = out.Close()
			if code != exitUsage || !strings.Contains(stderr.String(), tt.says) ||
				!strings.Contains(stderr.String(), "hint: ") {
				t.Errorf("exit code %d: %s", code, stderr)
			}
			if text := written(); text != "" {
				t.Errorf("%d bytes were written", len(text))
			}
			s.noKey(stderr.String())
		})
	}
}

func opened(t *testing.T, path string, flags int) *os.File {
	t.Helper()
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func contents(t *testing.T, path string) string {
	t.Helper()
	text := readFile(t, path)
	return string(text)
}

// socketPair returns one end, and what has arrived at the other when the first is closed.
func socketPair(t *testing.T) (*os.File, func() string) {
	t.Helper()
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	near, far := os.NewFile(uintptr(ends[0]), "near"), os.NewFile(uintptr(ends[1]), "far")
	t.Cleanup(func() { _ = near.Close(); _ = far.Close() })
	unix.CloseOnExec(ends[0]) // otherwise the reader also waits for the program's copy
	unix.CloseOnExec(ends[1])
	return near, func() string {
		text, err := io.ReadAll(far)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}

func TestKeyAtATerminal(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	x := start(t, s.env(), s.places("key", bakery)...)
	x.see("error: the key would be shown on the screen", "hint: ")
	x.exit(exitUsage)
	s.noKey(x.written())
}

// TestKeyWithoutAReader ends like every program whose reader has gone: without a word.
func TestKeyWithoutAReader(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	_ = r.Close()
	cmd, stderr := s.command(s.places("key", bakery)...)
	cmd.Stdout = w
	_ = cmd.Run()
	if how := cmd.ProcessState.String(); how != "signal: broken pipe" || stderr.Len() > 0 {
		t.Errorf("%s: %s", how, stderr)
	}
	s.noKey(stderr.String())
}

// TestKeyOfAnUnfinishedConnection: a key that was never active is not for use; while a new one is pending, the one
// before it is.
func TestKeyOfAnUnfinishedConnection(t *testing.T) {
	t.Parallel()
	fault := pleosim.Fault{Path: "/v1/installations/me", Times: pleosim.Always, Ending: pleosim.EndReply, Status: 502}
	first := newSite(t)
	post := fault
	post.Method = http.MethodPost
	first.sim.Inject(post)
	if r := first.headless(first.sim.Keys().Good, "--yes"); r.code != exitNoAnswer {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	for _, name := range []string{"key", "exec"} {
		got := first.keyOut(first.in(commands[name])...)
		if got.code != exitStore || got.out != "" || !strings.Contains(got.err, "is not activated yet") ||
			!strings.Contains(got.err, "to finish, run: "+first.program()+" reconnect "+bakery) {
			t.Errorf("%s: exit code %d: %s", name, got.code, got.err)
		}
	}

	s := connectedSite(t)
	put := fault
	put.Method = http.MethodPut
	s.sim.Inject(put)
	if r := s.reconnect(s.sim.Keys().Replacement); r.code != exitNoAnswer {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	got := s.keyOut(s.places("key", bakery)...)
	if got.code != exitDone || got.out != s.sim.Keys().Good+"\n" ||
		!strings.Contains(got.err, "warning: a new key is saved but not activated, so this is the previous one") {
		t.Errorf("exit code %d: %s", got.code, got.err)
	}
}

// TestKeyWarns: the key comes out all the same, and standard error says what is wrong with it.
func TestKeyWarns(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		spoil func(t *testing.T, s *site)
		says  string
	}{
		"rejected": {func(_ *testing.T, s *site) {
			s.change("production", func(r *store.Record) {
				r.RejectedAt, r.Rejection = r.ValidatedAt, store.RejectedUnknown
			})
		}, "warning: Pleo rejected this key on "},
		"from the version before": {func(t *testing.T, s *site) {
			if err := os.Remove(s.record().File); err != nil {
				t.Fatal(err)
			}
		}, "warning: the latest version of this connection is missing or damaged"},
		"rolled back": {func(t *testing.T, s *site) {
			old := contents(t, s.record().File)
			newer := s.change("production", func(r *store.Record) {
				r.Key = pleoclient.NewKey(s.sim.Keys().Replacement)
			})
			writeFile(t, newer.File, []byte(old), 0o600)
		}, "warning: this is an older copy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := connectedSite(t)
			tt.spoil(t, s)
			before := s.files()
			got := s.keyOut(s.places("key", bakery)...)
			if got.code != exitDone || got.out != s.sim.Keys().Good+"\n" || !strings.Contains(got.err, tt.says) {
				t.Errorf("key: exit code %d: %s", got.code, got.err)
			}
			got = s.keyOut(s.in([]string{"exec", bakery, "printenv", keyVariable})...)
			if got.code != exitDone || got.out != s.sim.Keys().Good+"\n" || !strings.Contains(got.err, tt.says) {
				t.Errorf("exec: exit code %d: %s", got.code, got.err)
			}
			if s.files() != before {
				t.Error("the store was changed")
			}
		})
	}
}
