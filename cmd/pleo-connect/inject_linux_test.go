//go:build linux && torture

package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pleo-connect/store"
)

const kill = "signal=KILL"

// fault is a call of a save, and the errors that it may end with.
type fault struct {
	call   string
	errnos []string
}

// faults are the calls of each save, and those that only the first one makes.
var (
	faults = []fault{
		{"openat", []string{"error=EROFS", "error=EACCES", "error=ENOSPC"}},
		{"write", []string{"error=ENOSPC", "error=EDQUOT", "error=EIO"}},
		{"fsync", []string{"error=EIO"}},
		{"renameat", []string{"error=EXDEV", "error=EIO", "error=ENOSPC"}},
		{"flock", []string{"error=ENOLCK"}},
		{"close", []string{"error=EIO"}},
		{"fchmod", []string{"error=EPERM"}},
		{"unlinkat", []string{"error=EROFS"}},
		{"getdents64", []string{"error=EIO"}},
		{"fstat", []string{"error=EIO"}},
		{"newfstatat", []string{"error=EIO"}},
	}
	firstFaults = []fault{
		{"mkdirat", []string{"error=ENOSPC"}},
		{"fchmodat", []string{"error=EPERM"}},
	}
)

// TestInject ends the real program, or fails it, at each call of a save: of one that replaces a key, and of the first
// one, which makes the store. In every case a reader finds the old or the new key, and the next start ends well.
func TestInject(t *testing.T) {
	needStrace(t)
	t.Parallel()
	for _, f := range faults {
		inject(t, "replace/"+f.call+"/errors", connectedBench, tampering{call: f.call}, f.errnos...)
		if f.call != "newfstatat" { // there are many, and they only look
			inject(t, "replace/"+f.call+"/kill", connectedBench, tampering{call: f.call, row: true}, kill)
		}
	}
	for _, f := range slices.Concat(firstFaults, faults) {
		inject(t, "first/"+f.call+"/errors", emptyBench, tampering{call: f.call, row: true}, f.errnos[0])
		if f.call != "newfstatat" {
			inject(t, "first/"+f.call+"/kill", emptyBench, tampering{call: f.call, row: true}, kill)
		}
	}
}

func inject(t *testing.T, name string, prepare func(*testing.T) *bench, x tampering, actions ...string) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		prepare(t).cover(x, actions)
	})
}

// bench is a site that is put back to where it was before each run.
type bench struct {
	*site
	old, next string // keys; no old one on an empty bench
	start     string // a copy of the site, to go back to
}

func emptyBench(t *testing.T) *bench {
	t.Helper()
	s := newSite(t)
	s.more = []string{"GOMAXPROCS=4"} // with one processor, work wanders between threads more than with a few
	b := &bench{site: s, next: s.sim.Keys().Replacement, start: filepath.Join(t.TempDir(), "start")}
	s.tmp()
	copyTree(t, s.home, b.start)
	return b
}

func connectedBench(t *testing.T) *bench {
	t.Helper()
	b := emptyBench(t)
	b.old = b.sim.Keys().Good
	if r := b.headless(b.old, "--yes"); r.code != exitDone {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	b.reset(b.home, b.start)
	return b
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// reset makes to a copy of from.
func (b *bench) reset(from, to string) {
	b.t.Helper()
	if err := os.RemoveAll(to); err != nil {
		b.t.Fatal(err)
	}
	copyTree(b.t, from, to)
}

// cover hits every step of one kind of call. A run that went another way is judged all the same.
func (b *bench) cover(x tampering, actions []string) {
	b.t.Helper()
	x.action = actions[0]
	r, ref := b.try(x)
	if r.code != exitDone {
		b.t.Fatalf("without a fault: exit code %d: %s", r.code, r.err)
	}
	c := newCoverage(ref, actions)
	all, runs := len(c.missing), 0
	if all == 0 {
		b.t.Fatal("a save makes no such call")
	}
	for ; len(c.missing) > 0; runs++ {
		if runs == 60+20*all {
			b.t.Fatalf("%d of %d never met: %v", len(c.missing), all, c.missing)
		}
		b.reset(b.start, b.home)
		x.action = actions[runs%len(actions)]
		b.hit(c.next(x, b.home, runs), c)
	}
	b.t.Logf("%d steps and files, %d runs", all, runs)
}

// hit makes one run and judges it.
func (b *bench) hit(x tampering, c *coverage) {
	b.t.Helper()
	r, calls := b.try(x)
	hits := x.hits(calls)
	b.judge(x, r, hits, c)
	if x.path == "" {
		c.learn(calls)
	}
	fresh := false
	for _, s := range hits {
		fresh = c.hit(s, x.action) || fresh
	}
	if fresh {
		b.recovers(x)
	}
	if b.t.Failed() {
		b.t.Fatalf("after %+v at %v: exit code %d\n%s%s", x, hits, r.code, r.out, r.err)
	}
}

// try makes one run. One in which strace itself failed says nothing of the program, and is made again.
func (b *bench) try(x tampering) (result, []sysCall) {
	b.t.Helper()
	for range 3 {
		r, calls := b.traced(x, b.next,
			b.flags("--key-file", "-", "--accept-permissions", "--json", "--company", bakery)...)
		if !straceFailed.MatchString(r.err) {
			return r, calls
		}
		b.t.Logf("once more, as strace failed: %s", r.err)
		b.reset(b.start, b.home)
	}
	b.t.Fatal("strace failed three times")
	return result{}, nil
}

// judge holds a run to the promises.
func (b *bench) judge(x tampering, r result, hits []step, c *coverage) {
	b.t.Helper()
	found, ok := b.whole()
	// Something else than the store broke.
	elsewhere := slices.ContainsFunc(hits, func(s step) bool { return s.file == "" })
	switch {
	case r.code == exitDone:
		if !ok || found.Status != store.StatusActive || found.Key.Reveal() != b.next {
			b.t.Error("success was said, but the new key is not active")
		}
		if slices.ContainsFunc(hits, c.mustStop) {
			b.t.Error("success was said, but the disk did not confirm")
		}
	case x.kills() && len(hits) == 1 && r.code == -1:
	case elsewhere:
	case len(hits) == 0 && r.code == exitNoAnswer:
		// Nothing was hit: the machine was too busy for the time limits of the network.
	case r.code != exitStore:
		b.t.Errorf("exit code %d, want %d", r.code, exitStore)
	default:
		b.explains(r)
	}
	if !x.kills() && !elsewhere && x.call != "unlinkat" {
		b.noDebris()
	}
}

// whole reads the store as a service does: the old key, the new one, or on an empty bench nothing.
func (b *bench) whole() (store.Record, bool) {
	b.t.Helper()
	st, err := store.Open(store.Config{Dir: b.store, Identity: b.identity})
	var r store.Record
	if err == nil {
		defer func() { _ = st.Close() }()
		r, err = st.Get(store.Ref{Env: "production", Integration: dynamics, CompanyID: bakery})
	}
	if b.old == "" && (errors.Is(err, store.ErrNoStore) || errors.Is(err, store.ErrNotFound)) {
		return r, false
	}
	if err != nil {
		b.t.Errorf("neither the old nor the new key: %v", err)
		return r, false
	}
	key, ok := r.Usable()
	switch {
	case r.FromPrevious || r.RolledBack:
		b.t.Errorf("not the newest record: from previous %v, rolled back %v", r.FromPrevious, r.RolledBack)
	case r.Key.Reveal() != b.old && r.Key.Reveal() != b.next:
		b.t.Errorf("a strange key: %s", r.Fingerprint)
	case b.old != "" && (!ok || key.Reveal() != b.old && key.Reveal() != b.next):
		b.t.Errorf("no usable key, status %q", r.Status)
	}
	return r, true
}

// explains requires a sentence and a way out, for scripts and for people.
func (b *bench) explains(r result) {
	b.t.Helper()
	last := r.last(b.t)
	if last["status"] != "failed" || last["kind"] == "internal" || last["summary"] == "" || last["hint"] == "" {
		b.t.Errorf("result %v", last)
	}
	if strings.Contains(r.err, "goroutine ") || !strings.Contains(r.err, "error: ") ||
		!strings.Contains(r.err, "hint: ") {
		b.t.Error("nothing is explained")
	}
}

// debris returns the temporary files and directories that are left.
func (b *bench) debris() []string {
	b.t.Helper()
	var out []string
	err := filepath.WalkDir(b.home, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(d.Name(), ".tmp-pleo-connect-") {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b *bench) noDebris() {
	b.t.Helper()
	if left := b.debris(); len(left) > 0 {
		b.t.Errorf("left behind: %q", left)
	}
}

// recovers starts again, an hour later for what was left behind: the key is active and the debris is gone.
func (b *bench) recovers(x tampering) {
	b.t.Helper()
	before := time.Now().Add(-2 * time.Hour)
	for _, path := range b.debris() {
		if err := os.Chtimes(path, before, before); err != nil {
			b.t.Fatal(err)
		}
	}
	if r := b.headless(b.next, "--company", bakery); r.code != exitDone {
		b.t.Errorf("the next run: exit code %d: %s", r.code, r.err)
	}
	if r, ok := b.whole(); !ok || r.Status != store.StatusActive || r.Key.Reveal() != b.next {
		b.t.Error("the next run did not end active")
	}
	if x.call != "unlinkat" || x.kills() {
		b.noDebris()
	}
}
