package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// mountSmall returns the place of a small file system, with more options.
func mountSmall(t *testing.T, options string) string {
	t.Helper()
	dir := tempDir(t)
	err := unix.Mount("pleo-connect-test", dir, "tmpfs", unix.MS_NODEV|unix.MS_NOSUID, "size=4m,mode=0700"+options)
	if errors.Is(err, unix.EPERM) {
		t.Skip("needs root, to mount a small file system")
	}
	must(t, err)
	t.Cleanup(func() { must(t, unix.Unmount(dir, unix.MNT_DETACH)) })
	return dir
}

// TestInodesRunOut: a file system with space for bytes alone is reported while the store is made, no matter what the
// preflight found.
func TestInodesRunOut(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	cfg.Dir = filepath.Join(mountSmall(t, ",nr_inodes=6"), "store")
	_, err := Create(cfg)
	if rowOf(err) != caseInodes {
		t.Errorf("%v of %q", err, rowOf(err))
	}
}

// TestHardLinkOnAnotherDisk: the other name of a file is looked for on the file system of the store, not on that of /.
func TestHardLinkOnAnotherDisk(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	disk := mountSmall(t, "")
	cfg.Dir = filepath.Join(disk, "data", "store")
	s := create(t, cfg)
	r := put(t, s, newRecord(companyA))
	must(t, os.Link(r.File, filepath.Join(disk, "kept")))
	_, err := s.Get(r.Ref())
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindLinked || e.Dir != disk {
		t.Errorf("%v, and not %s", err, disk)
	}
}
