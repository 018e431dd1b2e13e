package store

import (
	"errors"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestInodesRunOut: a file system with space for bytes alone says so while the store is made, whatever the preflight
// found.
func TestInodesRunOut(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	dir := tempDir(t)
	err := unix.Mount("pleo-connect-test", dir, "tmpfs", unix.MS_NODEV|unix.MS_NOSUID, "size=4m,nr_inodes=6,mode=0700")
	if errors.Is(err, unix.EPERM) {
		t.Skip("needs root, to mount a small file system")
	}
	must(t, err)
	t.Cleanup(func() { must(t, unix.Unmount(dir, unix.MNT_DETACH)) })
	cfg.Dir = dir + "/store"
	if _, err := Create(cfg); rowOf(err) != caseInodes {
		t.Errorf("%v of %q", err, rowOf(err))
	}
	must(t, os.RemoveAll(cfg.Dir))
}
