package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// holderFormat is what a lock file says about the process that has the lock.
const holderFormat = "pid %d on %s since %s\n"

const (
	lockWait = 10 * time.Second
	lockPoll = 20 * time.Millisecond
)

// locker takes locks on files.
type locker struct {
	wait  time.Duration // at most, for one lock
	taken func()        // called after a lock is taken and before it is trusted; nil outside of tests
}

// lock takes the lock at path and returns the function that gives it back. The file is never deleted, or two writers
// could hold locks on two files of the same name.
func (k locker) lock(path string) (func(), error) {
	ctx, cancel := context.WithTimeout(context.Background(), k.wait)
	defer cancel()
	for {
		// A FIFO would make us wait for its other end.
		if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
			return nil, fail(caseNoFile, path)
		}
		l := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR|noFollow|noBlock), flock.SetPermissions(fileMode))
		ok, err := l.TryLockContext(ctx, lockPoll)
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			return nil, lockedBy(path)
		case err != nil:
			return nil, lockError(path, err)
		}
		if k.taken != nil {
			k.taken()
		}
		if ok && stillThere(l, path) {
			describe(path)
			return func() { _ = l.Unlock() }, nil
		}
		_ = l.Unlock() // the file was replaced while we waited: this lock excludes no one
	}
}

// stillThere reports whether the locked file is the one that others find at path.
func stillThere(l *flock.Flock, path string) bool {
	held, err := l.Stat()
	if err != nil {
		return false
	}
	named, err := os.Lstat(path)
	return err == nil && os.SameFile(held, named)
}

func lockError(path string, err error) error {
	if errors.Is(err, errors.ErrUnsupported) {
		return fail(caseNoLocks, path)
	}
	var pathErr *fs.PathError
	if !errors.As(err, &pathErr) { // opening went well, locking did not
		return failReason(caseNoLocks, path, err)
	}
	return writeError(path, err)
}

// describe writes who holds the lock, for the message to those who wait. The kernel alone decides, so errors do not
// matter.
func describe(path string) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC|noFollow|noBlock, 0)
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }()
	_ = f.Chmod(fileMode)
	host, _ := os.Hostname()
	host = cmp.Or(strings.Join(strings.Fields(host), ""), "-") // one word
	_, _ = fmt.Fprintf(f, holderFormat, os.Getpid(), host, time.Now().UTC().Format(time.RFC3339))
}

// lockedBy returns the error of a lock that another process holds, and names the process as far as the file does.
func lockedBy(path string) *Error {
	e := fail(KindLocked, path)
	f, err := os.OpenFile(path, os.O_RDONLY|noFollow|noBlock, 0)
	if err != nil {
		return e
	}
	defer func() { _ = f.Close() }()
	text, _ := io.ReadAll(io.LimitReader(f, 400))
	var (
		pid         int
		host, since string
	)
	if _, err := fmt.Sscanf(string(text), holderFormat, &pid, &host, &since); err != nil {
		return e
	}
	if at, err := time.Parse(time.RFC3339, since); err == nil {
		e.Process, e.Since = strconv.Itoa(pid), at.UTC()
	}
	return e
}
