package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// hold takes the lock of s as another process would, through a handle of its own.
func hold(t *testing.T, path string) *flock.Flock {
	t.Helper()
	other := flock.New(path)
	if ok, err := other.TryLock(); !ok || err != nil {
		t.Fatalf("TryLock: %v %v", ok, err)
	}
	t.Cleanup(func() { _ = other.Unlock() })
	return other
}

func TestLocked(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	r := put(t, s, newRecord(companyA))
	s.locker.wait = 50 * time.Millisecond
	writeFile(t, s.in(lockName), []byte("pid 42 on \x1b[2Jhost-1 since 2026-01-02T03:04:05Z\n"))
	other := hold(t, s.in(lockName))
	_, err := s.Put(r)
	wantKind(t, err, KindLocked)
	var e *Error
	if !errors.As(err, &e) || e.Process != "42" || !e.Since.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) {
		t.Errorf("the holder is not named: %+v", e)
	}
	writeFile(t, s.in(lockName), []byte("pid 42; rm -rf on host since yesterday\n"))
	if e := lockedBy(s.in(lockName)); e.Process != "" {
		t.Errorf("a text of somebody else names %q", e.Process)
	}
	wantKind(t, s.Forget(r.Ref(), r.Generation), KindLocked)
	if _, err := s.Get(r.Ref()); err != nil {
		t.Errorf("readers must not wait: %v", err)
	}
	must(t, other.Unlock())
	s.locker.wait = lockWait
	put(t, s, r)
	if text := string(readFile(t, s.in(lockName))); !strings.HasPrefix(text, "pid ") ||
		strings.Contains(text, "pid 42") {
		t.Errorf("the lock file says %q", text)
	}
}

// TestLockIsReleased: a stopped wizard must not block the server.
func TestLockIsReleased(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	put(t, s, newRecord(companyA))
	must(t, s.Forget(Ref{"production", ledger, companyA}, 1))
	_ = hold(t, s.in(lockName))
	if _, err := os.Stat(s.identity + ".lock"); err != nil {
		t.Fatal(err)
	}
	_ = hold(t, s.identity+".lock")
}

// TestLockFileReplaced replaces a file while it is locked. A process that locked the old one before it was replaced
// excludes no one, and must not believe so.
func TestLockFileReplaced(t *testing.T) {
	t.Parallel()
	path := filepath.Join(tempDir(t), lockName)
	l := hold(t, path)
	if !stillThere(l, path) {
		t.Fatal("an untouched lock file counts as replaced")
	}
	must(t, os.Rename(path, path+".old"))
	if stillThere(l, path) {
		t.Error("a removed lock file counts as held")
	}
	writeFile(t, path, nil)
	if stillThere(l, path) {
		t.Error("a replaced lock file counts as held")
	}
}

// TestReplacedWhileTaking replaces the lock file in the moment between opening and believing.
func TestReplacedWhileTaking(t *testing.T) {
	t.Parallel()
	path := filepath.Join(tempDir(t), lockName)
	calls := 0
	replace := func() {
		if calls++; calls == 1 {
			must(t, os.Rename(path, path+".old"))
			writeFile(t, path, nil)
		}
	}
	unlock, err := locker{wait: lockWait, taken: replace}.lock(path)
	must(t, err)
	if ok, err := flock.New(path).TryLock(); ok || err != nil {
		t.Errorf("somebody else gets the lock after %d tries: %v %v", calls, ok, err)
	}
	unlock()
	_ = hold(t, path)
}

func TestLockPlaceMissing(t *testing.T) {
	t.Parallel()
	_, err := locker{wait: time.Second}.lock(filepath.Join(tempDir(t), "gone", lockName))
	wantKind(t, err, KindNotWritable)
}
