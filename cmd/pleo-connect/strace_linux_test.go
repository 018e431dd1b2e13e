//go:build linux && torture

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// needStrace skips where faults cannot be injected, or not be distinguished. The machine that judges a change can do
// both.
func needStrace(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: the program lets no ordinary user look into it, " +
			"so strace cannot tell which file a call meets")
	}
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("needs strace, which injects the faults")
	}
	log := filepath.Join(t.TempDir(), "log")
	out, err := exec.Command("strace", "-f", "-o", log, "-e", "inject=fsync:error=EIO", "true").CombinedOutput()
	if err != nil {
		t.Skipf("strace may not trace here: %s", bytes.TrimSpace(out))
	}
}

// tampering is what strace does to one kind of call: the nth of each thread ends with the action. strace counts by
// thread, and the Go runtime deals work out to threads as it likes, so only the log shows which call was hit.
type tampering struct {
	call, action string // "fsync", "error=EIO"
	nth          int    // 0: nothing happens
	path         string // count the calls on this path alone; "": all
	// A new file is opened, given its mode, written, flushed and closed in a row: one point in it is enough.
	row bool
}

func (x tampering) kills() bool { return strings.HasPrefix(x.action, "signal=") }

// options of strace. A filter in the kernel makes it quick, but a signal is lost there. No data is logged: it may hold
// a key.
func (x tampering) options(log string) []string {
	out := []string{"-f", "-s", "0", "-o", log, "-e", "trace=openat,close," + x.call, "-e", "signal=none"}
	if x.nth > 0 {
		out = append(out, "-e", "inject="+x.call+":"+x.action+":when="+strconv.Itoa(x.nth))
	}
	if !x.kills() {
		out = append(out, "--seccomp-bpf")
	}
	if x.path != "" {
		out = append(out, "-P", x.path)
	}
	return out
}

// traced runs the program below strace, with text on its standard input, and returns the calls of one kind that it
// made.
func (s *site) traced(x tampering, stdin string, args ...string) (result, []sysCall) {
	s.t.Helper()
	log := filepath.Join(s.t.TempDir(), "log")
	cmd := exec.Command("strace", append(append(x.options(log), binary(s.t)), args...)...)
	r := s.runs(cmd, strings.NewReader(stdin)) // the exit code is -1 after a signal, which strace repeats on itself
	text := readFile(s.t, log)
	s.noKey(string(text))
	calls := parseTrace(string(text), x, s.home)
	if met := strings.Count(string(text), "(INJECTED)"); !x.kills() && met != len(x.hits(calls)) &&
		!straceFailed.MatchString(r.err) {
		s.t.Errorf("strace tampered with %d calls, the log was read as %v", met, x.hits(calls))
	}
	return r, calls
}

// sysCall is one call of a traced run.
type sysCall struct {
	step
	nth int // among the calls of this name in its thread, from 1
}

// step distinguishes a call from the others of a run: by its file, and where that matters, by its ordinal among those
// of this name on this file. Between two changes the disk does not move, so one look is as good as another.
type step struct {
	call, file string // the path below the site, without what is random; "" for anything else
	ordinal    int    // 0 for calls after which nothing is other than before
}

// straceFailed matches what strace says when it loses a thread that just ends: a race of its own, once in thousands of
// runs of a busy machine. It then leaves the program to itself.
var straceFailed = regexp.MustCompile(`(?m)^strace: ptrace\(`)

var (
	callBegins = regexp.MustCompile(`^(\d+) +(\w+)\((.*)$`)
	callEnds   = regexp.MustCompile(`^(\d+) .*\) += (-?\d+)`)
	quoted     = regexp.MustCompile(`"([^"]*)"`)
	leadingFD  = regexp.MustCompile(`^\d+`)
	randomTemp = regexp.MustCompile(`\.tmp-pleo-connect-\w+`)
	randomID   = regexp.MustCompile(`seen/[0-9a-f-]{36}`)
)

// tracer reads a log. What a descriptor means comes from the calls that opened and closed it.
type tracer struct {
	tampering
	home    string
	open    map[string]handle // by descriptor
	opening map[string]handle // by thread
	counts  map[string]int    // by thread
	ordinal map[step]int
	calls   []sysCall
}

type handle struct {
	file   string
	writes bool
}

func parseTrace(log string, what tampering, home string) []sysCall {
	x := tracer{what, home, map[string]handle{}, map[string]handle{}, map[string]int{}, map[step]int{}, nil}
	for line := range strings.SplitSeq(log, "\n") {
		if m := callBegins.FindStringSubmatch(line); m != nil {
			x.begins(m[1], m[2], m[3])
		}
		if m := callEnds.FindStringSubmatch(line); m != nil {
			if file, ok := x.opening[m[1]]; ok {
				x.open[m[2]] = file
				delete(x.opening, m[1])
			}
		}
	}
	return x.calls
}

func (x *tracer) begins(thread, call, args string) {
	fd := leadingFD.FindString(args)
	at := x.open[fd]
	if names := quoted.FindAllStringSubmatch(args, -1); len(names) > 0 && call != "write" {
		at = handle{x.short(names[len(names)-1][1]), strings.Contains(args, "O_CREAT")}
	}
	switch call {
	case "openat":
		x.opening[thread] = at
	case "close":
		delete(x.open, fd)
	}
	if call != x.call {
		return
	}
	x.counts[thread]++
	s := step{call: call, file: at.file}
	if at.file != "" && x.matters(args, at) {
		x.ordinal[s]++
		s.ordinal = x.ordinal[s]
	}
	x.calls = append(x.calls, sysCall{s, x.counts[thread]})
}

// matters reports a call of which each single one is to be hit.
func (x *tracer) matters(args string, at handle) bool {
	switch x.call {
	case "renameat", "unlinkat", "mkdirat", "fchmodat":
		return true
	case "fchmod":
		return at.mayHoldKey()
	case "fsync":
		return !x.row || !at.writes && !strings.Contains(at.file, "*") // of a directory, where a name has just changed
	case "openat", "write", "close":
		return at.mayHoldKey() && !x.row
	case "flock":
		return strings.Contains(args, "LOCK_EX") && !x.row
	}
	return false
}

// mayHoldKey reports whether a file is written for more than people: only they need what a lock file says.
func (o handle) mayHoldKey() bool { return o.writes && !strings.HasSuffix(o.file, "lock") }

// short names a path below the site the same way in each run.
func (x *tracer) short(path string) string {
	if path == x.home {
		return "."
	}
	rest, ok := strings.CutPrefix(path, x.home+"/")
	if !ok {
		return ""
	}
	return randomID.ReplaceAllString(randomTemp.ReplaceAllString(rest, ".tmp-*"), "seen/*")
}

// hits returns the steps that were tampered with.
func (x tampering) hits(calls []sysCall) []step {
	var out []step
	for _, c := range calls {
		if c.nth != x.nth {
			continue
		}
		out = append(out, c.step)
		if x.kills() {
			return out
		}
	}
	return out
}
