//go:build unix

package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/sys/unix"

	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

// withKeyFile are the arguments of a run that takes its key from somewhere.
func (s *site) withKeyFile(path string, more ...string) []string {
	return s.flags(append([]string{"--key-file", path, "--accept-permissions", "--yes"}, more...)...)
}

// unasked requires that no key was sent.
func (s *site) unasked() {
	s.t.Helper()
	for _, r := range s.sim.Requests() {
		if r.Key != "" {
			s.t.Errorf("%s %s was sent with a key", r.Method, r.Path)
		}
	}
	s.nothing()
}

func fifo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// holding returns a pipe that holds a text and then ends.
func holding(t *testing.T, text string) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	if _, err := io.WriteString(w, text); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return r
}

// removed returns an open file that has no name any more and of which a line was read.
func removed(t *testing.T, text string) *os.File {
	t.Helper()
	const line = "# read already\n"
	path := filepath.Join(t.TempDir(), "key")
	writeFile(t, path, []byte(line+text), 0o600)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if _, err := f.Seek(int64(len(line)), io.SeekStart); err != nil || os.Remove(path) != nil {
		t.Fatal(err)
	}
	return f
}

// TestKeyFiles hands the key over in every way in which one program gives another a file.
func TestKeyFiles(t *testing.T) {
	t.Parallel()
	type start func(t *testing.T, s *site, key string) *exec.Cmd
	file := func(mode os.FileMode) start {
		return func(t *testing.T, s *site, key string) *exec.Cmd {
			path := filepath.Join(t.TempDir(), "key")
			writeFile(t, path, []byte("export API_KEY='"+key+"'\r\n"), mode)
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			return exec.Command(binary(t), s.withKeyFile(path)...)
		}
	}
	stdin := func(t *testing.T, s *site, key, path string) *exec.Cmd {
		cmd := exec.Command(binary(t), s.withKeyFile(path)...)
		cmd.Stdin = holding(t, key+"\n")
		return cmd
	}
	inherited := func(path string, open func(t *testing.T, text string) *os.File) start {
		return func(t *testing.T, s *site, key string) *exec.Cmd {
			cmd := exec.Command(binary(t), s.withKeyFile(path)...)
			cmd.ExtraFiles = []*os.File{open(t, key)}
			return cmd
		}
	}
	for about, start := range map[string]start{
		"a file":        file(0o600),
		"a file of all": file(0o644),
		"a named pipe": func(t *testing.T, s *site, key string) *exec.Cmd {
			path := fifo(t)
			go func() {
				if w, err := os.OpenFile(path, os.O_WRONLY, 0); err == nil { // waits for the program
					_, _ = io.WriteString(w, key)
					_ = w.Close()
				}
			}()
			return exec.Command(binary(t), s.withKeyFile(path)...)
		},
		"a substitution": func(t *testing.T, s *site, key string) *exec.Cmd {
			bash, err := exec.LookPath("bash")
			if err != nil {
				t.Skip("bash is not installed")
			}
			path := filepath.Join(t.TempDir(), "key")
			writeFile(t, path, []byte(key), 0o600)
			return exec.Command(bash, append([]string{"-c", `exec "$@" --key-file <(cat "$0")`, path, binary(t)},
				s.flags("--accept-permissions", "--yes")...)...)
		},
		"standard input": func(t *testing.T, s *site, key string) *exec.Cmd { return stdin(t, s, key, "-") },
		"/dev/stdin":     func(t *testing.T, s *site, key string) *exec.Cmd { return stdin(t, s, key, "/dev/stdin") },
		"a link to /dev/stdin": func(t *testing.T, s *site, key string) *exec.Cmd {
			link := filepath.Join(t.TempDir(), "link")
			if err := os.Symlink("/dev/stdin", link); err != nil {
				t.Fatal(err)
			}
			return stdin(t, s, key, link)
		},
		"/dev/fd/3":             inherited("/dev/fd/3", holding),
		"/proc/self/fd/3":       inherited("/proc/self/fd/3", holding),
		"a file without a name": inherited("/dev/fd/3", removed),
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			cmd := start(t, s, s.sim.Keys().Good)
			r := s.runs(cmd, cmd.Stdin)
			if r.code != exitDone {
				t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
			}
			s.active()
			if warned := strings.Contains(r.err, "accounts can read the key file"); warned != (about == "a file of all") {
				t.Errorf("warned %v: %s", warned, r.err)
			}
		})
	}
}

// TestKeyFilesRefused: anything that is not a small text file has a sentence, and nothing is sent.
func TestKeyFilesRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	dir := t.TempDir()
	path := func(name, text string) string {
		path := filepath.Join(dir, name)
		writeFile(t, path, []byte(text), 0o600)
		return path
	}
	if l, err := net.Listen("unix", filepath.Join(dir, "socket")); err != nil {
		t.Fatal(err)
	} else {
		defer func() { _ = l.Close() }()
	}
	ended := fifo(t)
	go func() {
		if w, err := os.OpenFile(ended, os.O_WRONLY, 0); err == nil {
			_ = w.Close()
		}
	}()
	key := s.sim.Keys().Good
	open := func(path string) io.Reader {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	none := strings.NewReader("")
	const long, malformed, empty = pleoclient.KindKeyTooLong, pleoclient.KindKeyMalformed, pleoclient.KindNotAKey
	for about, c := range map[string]struct {
		path  string
		stdin io.Reader
		kind  flow.Kind
		says  string
	}{
		"nothing there":     {filepath.Join(dir, "none"), none, flow.KindSettings, "the key file does not exist"},
		"below a file":      {path("file", key) + "/key", none, flow.KindSettings, "can't read the key file (not a directory)"},
		"a directory":       {dir, none, flow.KindSettings, "the key file is not a regular file"},
		"a socket":          {filepath.Join(dir, "socket"), none, flow.KindSettings, "the key file is not a regular file"},
		"endless":           {"/dev/zero", none, long, "the key file is too large (more than 16 KiB)"},
		"/dev/null":         {"/dev/null", none, empty, "the key file is empty"},
		"a pipe of nothing": {ended, none, empty, "the key file is empty"},
		"Latin-1": {path("latin", "\n# Schl\xfcssel\n"+key), none, malformed,
			"the key file is not UTF-8 text (line 2)"},
		"not given":   {"/dev/fd/63", none, flow.KindSettings, "sudo closes other open files"},
		"one of ours": {"/proc/self/fd/4", none, flow.KindSettings, "is not open"},
		"no terminal": {"/dev/tty", none, flow.KindSettings, "can't read the key file (no such device"},

		"standard input, empty":       {"-", none, empty, "standard input is empty"},
		"standard input, blank":       {"/dev/stdin", strings.NewReader(" \r\n"), empty, "standard input is empty"},
		"standard input, endless":     {"-", open("/dev/zero"), long, "standard input is too long for a key (more than 16 KiB)"},
		"standard input, a directory": {"-", open(dir), flow.KindSettings, "standard input is not a file, a pipe or a terminal"},

		// The key would be cut where a reader stops.
		"blanks": {path("blanks", strings.Repeat(" ", 16<<10-40)+key), none, long, "too large (more than 16 KiB)"},
		"much":   {"-", strings.NewReader(strings.Repeat("x", 5000)), long, "too long to be a key"},
	} {
		r := s.run(c.stdin, s.withKeyFile(c.path, "--json")...)
		got := r.last(t)
		said := strings.Contains(got["summary"]+got["hint"], c.says)
		if got["kind"] != string(c.kind) || !said || r.code == exitDone {
			t.Errorf("%s: exit code %d, %v; want %s and %q: %s", about, r.code, got, c.kind, c.says, r.err)
		}
	}
	s.unasked()
	if os.Geteuid() == 0 {
		return // may read every file
	}
	if err := os.Chmod(path("closed", key), 0); err != nil {
		t.Fatal(err)
	}
	r := s.pipe("", s.withKeyFile(filepath.Join(dir, "closed"))...)
	if r.code != exitUsage || !strings.Contains(r.err, "can't read the key file (permission denied)") {
		t.Errorf("a closed file: exit code %d: %s", r.code, r.err)
	}
}

// TestKeyInPieces: a pipe is read to its end, and a key that stopped on the way is sent nowhere.
func TestKeyInPieces(t *testing.T) {
	t.Parallel()
	for _, whole := range []bool{true, false} {
		s := newSite(t)
		path := fifo(t)
		pipe, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = pipe.Close() }()
		cmd, out := s.command(s.withKeyFile(path)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		key := s.sim.Keys().Good
		for _, piece := range []string{key[:1], key[1:30], key[30:71]} {
			if _, err := io.WriteString(pipe, piece); err != nil {
				t.Fatal(err)
			}
			emptied(t, pipe)
		}
		want := exitDone
		if whole {
			_, err = io.WriteString(pipe, key[71:]+"\n")
			if err != nil || pipe.Close() != nil {
				t.Fatal(err)
			}
		} else {
			want = 128 + int(unix.SIGTERM)
			if err := cmd.Process.Signal(unix.SIGTERM); err != nil {
				t.Fatal(err)
			}
		}
		if code := programCode(t, cmd, cmd.Wait()); code != want {
			t.Errorf("exit code %d, want %d: %s", code, want, out)
		}
		if whole {
			s.active()
		} else {
			s.unasked()
		}
	}
}

// TestKeyFileWithoutAWriter ends with the run. No other process opens the pipe.
func TestKeyFileWithoutAWriter(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := fifo(t)
	t.Cleanup(func() { // ends what still waits in this process
		if f, err := os.OpenFile(path, os.O_RDWR, 0); err == nil {
			_ = f.Close()
		}
	})
	var out, errs bytes.Buffer
	a := newApp(s.withKeyFile(path), host.Host{
		Environ: s.env(), Home: s.home, In: strings.NewReader(""), Out: &out, Err: &errs,
	})
	ctx, stop := context.WithCancelCause(t.Context())
	code := make(chan int, 1)
	go func() { code <- a.execute(ctx) }()
	stop(host.Stopped{Signal: unix.SIGTERM})
	select {
	case got := <-code:
		if got != 128+int(unix.SIGTERM) || !strings.Contains(errs.String(), "error: stopped (terminated)") {
			t.Errorf("exit code %d: %s%s", got, out.String(), errs.String())
		}
	case <-time.After(patience):
		t.Fatal("it waits for a writer")
	}
	s.unasked()
}

// TestTextFiles reads each kind of file in each encoding with the whole program.
func TestTextFiles(t *testing.T) {
	t.Parallel()
	utf16LE := func(text string) string {
		var out []byte
		for _, unit := range utf16.Encode([]rune(text)) {
			out = append(out, byte(unit), byte(unit>>8))
		}
		return string(out)
	}
	encodings := map[string]struct {
		save func(text string) string
		says string // empty: it is read
	}{
		"a byte order mark": {func(text string) string { return "\ufeff" + text }, ""},
		"CRLF":              {func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }, ""},
		"CR":                {func(text string) string { return strings.ReplaceAll(text, "\n", "\r") }, ""},
		"UTF-16": {func(text string) string {
			return utf16LE("\ufeff" + strings.ReplaceAll(text, "\n", "\r\n"))
		}, ""},
		"UTF-16 and no mark": {func(text string) string { return utf16LE(text) },
			"is UTF-16 without a byte order mark"},
		"NUL": {func(text string) string { return text + "\x00" }, "has a NUL byte on line "},
		"half of UTF-16": {func(text string) string { return utf16LE("\ufeff" + text)[:3] },
			"its UTF-16 text is damaged on line 1"},
		"nothing": {func(string) string { return "\ufeff\r\n" }, "is empty"},
	}
	s := connectedSite(t)
	key := filepath.Join(t.TempDir(), "key")
	writeFile(t, key, []byte(s.sim.Keys().Good), 0o600)
	kinds := map[string]struct {
		text string
		args func(path string) []string
	}{
		"key": {s.sim.Keys().Good + "\n", func(path string) []string { return s.withKeyFile(path) }},
		"integration": {string(readFile(t, "../../integration.toml")), func(path string) []string {
			return s.withKeyFile(key, "--integration", path)
		}},
		"CA": {certificate(t), func(path string) []string {
			return s.withKeyFile(key, "--ca-file", path)
		}},
		"identity": {string(readFile(t, s.identity)), func(path string) []string {
			return []string{"status", bakery, "--store", s.store, "--identity", path}
		}},
	}
	for kind, k := range kinds {
		for encoding, e := range encodings {
			dir := filepath.Join(t.TempDir(), "own") // an identity needs a directory that is closed to others
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "file")
			writeFile(t, path, []byte(e.save(k.text)), 0o600)
			r := s.inside(k.args(path)...)
			if strings.Contains("key integration", kind) && e.says != "" && e.says != "is empty" {
				e.says = "is not UTF-8 text"
			}
			if kind == "CA" && e.says == "is empty" {
				e.says = "the CA file is empty"
			}
			if said := strings.Contains(r.err+r.out, e.says); (r.code == exitDone) != (e.says == "") || !said {
				t.Errorf("%s, %s: exit code %d, want %q: %s%s", kind, encoding, r.code, e.says, r.out, r.err)
			}
		}
	}
}
