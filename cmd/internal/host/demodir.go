package host

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

const (
	demoPrefix = "pleo-connect-demo-"     // begins the name of its directory
	demoLock   = "pleo-connect-demo.lock" // in it, held while the demo runs; no file of a store has this name
)

// DemoDir is the directory of a running demo. No other demo removes it.
type DemoDir struct {
	Path string
	lock *flock.Flock
}

// NewDemoDir makes a directory for a demo, with nothing in it but a lock, and removes those of demos that were killed.
func (h Host) NewDemoDir() (DemoDir, error) {
	h.removeKilledDemos()
	for {
		path, err := os.MkdirTemp(h.Temp, demoPrefix)
		if err != nil {
			return DemoDir{}, err
		}
		d := DemoDir{path, flock.New(filepath.Join(path, demoLock), flock.SetPermissions(0o600))}
		locked, err := d.lock.TryLock()
		switch {
		case locked && d.holds(os.Lstat(d.lock.Path())):
			return d, nil
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return DemoDir{}, errors.Join(err, os.RemoveAll(path))
		}
		_ = d.lock.Unlock() // another demo took it for that of a killed one, just before the lock was held
	}
}

// holds reports whether the locked file is the one that others find.
func (d DemoDir) holds(named fs.FileInfo, err error) bool {
	held, statErr := d.lock.Stat()
	return err == nil && statErr == nil && os.SameFile(held, named)
}

// Remove removes the directory and everything in it.
func (d DemoDir) Remove() error {
	if root, err := os.OpenRoot(d.Path); err == nil {
		_ = d.empty(root)
		_ = root.Close()
	}
	return os.RemoveAll(d.Path)
}

// empty removes what is in the directory, the lock last, and releases it. A kill in between leaves a directory that the
// next demo removes.
func (d DemoDir) empty(root *os.Root) error {
	defer func() { _ = d.lock.Unlock() }()
	entries, err := fs.ReadDir(root.FS(), ".")
	for _, e := range entries {
		if e.Name() != demoLock {
			err = cmp.Or(err, root.RemoveAll(e.Name()))
		}
	}
	if err == nil {
		_ = root.Remove(demoLock) // Windows removes no open file: it goes with the directory
	}
	return err
}

// removeKilledDemos removes the directories of demos that no longer run: only what certainly is one, of this account.
// What cannot be removed is left.
func (h Host) removeKilledDemos() {
	temp, err := os.OpenRoot(h.Temp)
	if err != nil {
		return
	}
	defer func() { _ = temp.Close() }()
	entries, err := os.ReadDir(h.Temp)
	if err != nil {
		return
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), demoPrefix) {
			h.removeKilledDemo(temp, e.Name())
		}
	}
}

// removeKilledDemo works on the directory that it has opened, and not on its name: any account that may write to the
// directory of temporary files could put a link in its place.
func (h Host) removeKilledDemo(temp *os.Root, name string) {
	root, err := temp.OpenRoot(name)
	if err != nil {
		return
	}
	defer func() { _ = root.Close() }()
	dir, err := root.Stat(".")
	named, linkErr := temp.Lstat(name)
	if err != nil || linkErr != nil || !os.SameFile(dir, named) || !ours(dir) {
		return
	}
	lock, err := root.Lstat(demoLock)
	if err != nil || !ours(lock) {
		return
	}
	path := filepath.Join(h.Temp, name)
	d := DemoDir{path, flock.New(filepath.Join(path, demoLock), flock.SetFlag(os.O_RDWR))}
	if locked, err := d.lock.TryLock(); err != nil || !locked {
		return
	}
	if !d.holds(root.Lstat(demoLock)) {
		_ = d.lock.Unlock()
		return
	}
	if d.empty(root) == nil {
		_ = root.Remove(demoLock)
		_ = temp.Remove(name)
	}
}
