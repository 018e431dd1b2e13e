package store

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// crashDisk is a file layer over a real directory that knows what a power cut may leave of it. Beside what programs
// see, it keeps what has reached the disk: the bytes of a file up to its last flush, and the names of a directory
// up to its last flush.
//
// Nothing is really flushed, so the model is fast, and it is stricter than the file systems we know: flushing a file
// does not save its name, flushing a directory does not save the directory's own name, and unflushed names arrive in
// any order, or never. One rename is one change, as on every file system with a journal.
type crashDisk struct {
	fsys
	base string // above it, everything is on the disk
	root *inode
	fuse int    // operations until the process is killed; negative: never
	seen func() // runs after every operation
}

// errKilled is the answer to operations of a killed process. They do nothing.
var errKilled = errors.New("killed")

// inode is a file or a directory: as programs see it, and as the disk has it.
type inode struct {
	data, flushed  []byte            // of a file
	names, durable map[string]*inode // of a directory; nil for a file
	changes        []nameChange      // of a directory, since its last flush
}

// nameChange gives a name to an inode, or takes a name away, or both at once.
type nameChange struct {
	add    string
	inode  *inode
	remove string
}

func newCrashDisk(base string) *crashDisk {
	return &crashDisk{fsys: disk{euid: os.Geteuid()}, base: base, root: newDirInode(), fuse: -1, seen: func() {}}
}

func newDirInode() *inode { return &inode{names: map[string]*inode{}, durable: map[string]*inode{}} }

// do runs an operation on the real directory, and then on the model.
func (d *crashDisk) do(real func() error, model func()) error {
	if d.fuse == 0 {
		return errKilled
	}
	d.fuse--
	if err := real(); err != nil {
		return err
	}
	model()
	d.seen()
	return nil
}

// find returns what is at path, or nil outside of the model.
func (d *crashDisk) find(path string) *inode {
	rel, err := filepath.Rel(d.base, path)
	if err != nil || strings.HasPrefix(rel, "..") {
		return nil
	}
	n := d.root
	for _, name := range strings.Split(rel, string(filepath.Separator)) {
		if name != "." && n != nil {
			n = n.names[name]
		}
	}
	return n
}

// rewrite changes the names of a directory.
func (d *crashDisk) rewrite(dir string, c nameChange) {
	n := d.find(dir)
	n.changes = append(n.changes, c)
	c.apply(n.names)
}

func (c nameChange) apply(names map[string]*inode) {
	if c.add != "" {
		names[c.add] = c.inode
	}
	delete(names, c.remove)
}

func (d *crashDisk) create(path string) (file, error) {
	var f file
	n := &inode{}
	err := d.do(
		func() (err error) { f, err = d.fsys.create(path); return err },
		func() { d.rewrite(filepath.Dir(path), nameChange{add: filepath.Base(path), inode: n}) })
	return &crashFile{f, d, n}, err
}

func (d *crashDisk) mkdir(path string, mode fs.FileMode) error {
	return d.do(func() error { return d.fsys.mkdir(path, mode) },
		func() { d.rewrite(filepath.Dir(path), nameChange{add: filepath.Base(path), inode: newDirInode()}) })
}

func (d *crashDisk) rename(from, to string) error {
	return d.do(func() error { return d.fsys.rename(from, to) }, func() {
		d.rewrite(filepath.Dir(to), nameChange{
			add: filepath.Base(to), inode: d.find(from), remove: filepath.Base(from),
		})
	})
}

func (d *crashDisk) remove(path string) error {
	return d.do(func() error { return d.fsys.remove(path) },
		func() { d.rewrite(filepath.Dir(path), nameChange{remove: filepath.Base(path)}) })
}

func (d *crashDisk) syncDir(dir string) error {
	return d.do(func() error { return nil }, func() {
		if n := d.find(dir); n != nil {
			n.durable, n.changes = maps.Clone(n.names), nil
		}
	})
}

// crashFile is a file that is being written.
type crashFile struct {
	file
	disk *crashDisk
	n    *inode
}

// Write leaves half of the data behind when the process is killed.
func (f *crashFile) Write(data []byte) (int, error) {
	if f.disk.fuse == 0 {
		half, _ := f.file.Write(data[:len(data)/2])
		f.n.data = slices.Concat(f.n.data, data[:half])
	}
	err := f.disk.do(
		func() error { _, err := f.file.Write(data); return err },
		func() { f.n.data = slices.Concat(f.n.data, data) })
	return len(data), err
}

func (f *crashFile) Sync() error {
	return f.disk.do(func() error { return nil }, func() { f.n.flushed = f.n.data })
}

// tree is what a disk holds after a power cut: the bytes of each file by its path, and nil for a directory.
type tree map[string][]byte

// states lists every tree that a power cut may leave now.
func (d *crashDisk) states(t *testing.T) []tree { return d.root.states(t, "") }

func (n *inode) states(t *testing.T, path string) []tree {
	var out []tree
	if n.names == nil {
		for _, data := range n.contents() {
			out = append(out, tree{path: data})
		}
		return out
	}
	for _, names := range n.namings(t, path) {
		trees := []tree{{path: nil}}
		for name, child := range names {
			trees = combine(trees, child.states(t, filepath.Join(path, name)))
		}
		out = append(out, trees...)
	}
	return out
}

// contents lists what a file may hold: what was flushed; since then nothing, all, half of it or zeros.
func (n *inode) contents() [][]byte {
	flushed := append([]byte{}, n.flushed...) // never nil, which is a directory in a tree
	if bytes.Equal(n.data, n.flushed) {
		return [][]byte{flushed}
	}
	return [][]byte{flushed, {}, n.data, n.data[:len(n.data)/2], make([]byte, len(n.data))}
}

// namings lists the names that a directory may have: those on the disk with any part of the changes since.
func (n *inode) namings(t *testing.T, path string) []map[string]*inode {
	if len(n.changes) > 10 {
		t.Fatalf("%s has %d changes that were never flushed: too many to try", path, len(n.changes))
	}
	var out []map[string]*inode
	for some := range 1 << len(n.changes) {
		names := maps.Clone(n.durable)
		for i, c := range n.changes {
			if some&(1<<i) != 0 {
				c.apply(names)
			}
		}
		out = append(out, names)
	}
	return out
}

// combine joins each tree of a with each of b.
func combine(a, b []tree) []tree {
	var out []tree
	for _, x := range a {
		for _, y := range b {
			both := maps.Clone(x)
			maps.Copy(both, y)
			out = append(out, both)
		}
	}
	return out
}

// sum distinguishes trees.
func (t tree) sum() [sha256.Size]byte {
	h := sha256.New()
	for _, path := range slices.Sorted(maps.Keys(t)) {
		_, _ = fmt.Fprintf(h, "%s %v %d\n%s\n", path, t[path] == nil, len(t[path]), t[path])
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// lay puts the tree onto a real disk, below base.
func (t tree) lay(tb testing.TB, base string) {
	tb.Helper()
	for _, path := range slices.Sorted(maps.Keys(t)) { // a directory before what is in it
		if t[path] == nil {
			must(tb, os.MkdirAll(filepath.Join(base, path), dirMode))
		} else {
			writeFile(tb, filepath.Join(base, path), t[path])
		}
	}
}

// unflushed is the real disk without its waits, for everything around the operation that is looked at.
type unflushed struct{ fsys }

func (d unflushed) create(path string) (file, error) {
	f, err := d.fsys.create(path)
	return unflushedFile{f}, err
}

func (unflushed) syncDir(string) error { return nil }

type unflushedFile struct{ file }

func (unflushedFile) Sync() error { return nil }
