package store

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// fsys holds every file operation between a record and the disk, so that tests can replace each of them. Directories
// are checked and locked outside of it.
type fsys interface {
	create(path string) (file, error)                  // a new file for us alone; fails when the name exists
	read(path string, check fileCheck) ([]byte, error) // the whole file, if the open file passes check
	rename(from, to string) error                      // replaces to
	remove(path string) error
	list(dir string) ([]string, error)         // the names in it, sorted
	syncDir(dir string) error                  // makes names durable
	mkdir(path string, mode fs.FileMode) error // with this mode, regardless of the umask
}

// fileCheck judges an open file before a byte is read: checkFile, or checkIdentityFile.
type fileCheck func(path string, info fs.FileInfo, euid int) error

// file is a file that is being written.
type file interface {
	io.WriteCloser
	Chmod(fs.FileMode) error
	Sync() error
}

// disk is the fsys of the operating system.
type disk struct {
	euid int
	own  places // the paths of the store, for errors
}

func (d disk) create(path string) (file, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|noFollow, fileMode)
}

// read never blocks on a FIFO and never follows a link at the end of path. The checks look at the open file, so nothing
// can be swapped in between. A rename by a writer leaves us with a whole old file.
func (d disk) read(path string, check fileCheck) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|noFollow|noBlock, 0)
	if err != nil {
		return nil, d.openError(path, err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, readError(path, err)
	}
	if err := check(path, info, d.euid); err != nil {
		return nil, d.own.complete(err)
	}
	data, err := readAll(f, int(info.Size())) // check bounds the size
	if err == nil && len(data) > maxFileBytes {
		err = tooLarge(path)
	}
	return data, readError(path, err)
}

// readAll reads a file of which size bytes are expected, in one call if that is its size. It stops beyond maxFileBytes.
func readAll(r io.Reader, size int) ([]byte, error) {
	size = min(size, maxFileBytes)
	data := make([]byte, size+1)
	n, err := io.ReadAtLeast(r, data, max(size, 1))
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF): // it is shorter now
		return data[:n], nil
	case err != nil || n <= size:
		return data[:n], err
	}
	more, err := io.ReadAll(io.LimitReader(r, int64(maxFileBytes-size)))
	return append(data, more...), err
}

// openError is readError, and names the owner of a file that belongs to another account.
func (d disk) openError(path string, err error) error {
	if errors.Is(err, fs.ErrPermission) {
		if info, statErr := os.Lstat(path); statErr == nil {
			if wrong := checkFile(path, info, d.euid); kindOf(wrong) == KindOwner {
				return d.own.complete(wrong)
			}
		}
	}
	return d.own.complete(readError(path, err))
}

func (d disk) rename(from, to string) error { return os.Rename(from, to) }

func (d disk) remove(path string) error { return os.Remove(path) }

// list makes no fs.DirEntry of each name: there may be ten thousand.
func (d disk) list(dir string) ([]string, error) {
	f, err := os.OpenFile(dir, os.O_RDONLY|onlyDirectory, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	names, err := f.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}

func (d disk) syncDir(dir string) error { return syncDir(dir) }

func (d disk) mkdir(path string, mode fs.FileMode) error {
	if err := os.Mkdir(path, mode); err != nil {
		return err
	}
	err := os.Chmod(path, mode)
	if err != nil {
		_ = os.Remove(path)
	}
	return err
}

// mkdirAll makes what is missing on the way to dir, and makes that durable.
func (s *Store) mkdirAll(dir string) error {
	changed, err := s.mkdirs(dir)
	if err != nil {
		return err
	}
	for _, parent := range changed {
		if err := s.fs.syncDir(parent); err != nil {
			return writeError(parent, err)
		}
	}
	return nil
}

// mkdirs makes what is missing on the way to dir, and returns the directories that have a new name in them, which are
// not flushed yet. Existing directories stay as they are; the walk judges them.
func (s *Store) mkdirs(dir string) (changed []string, err error) {
	if _, err := os.Lstat(dir); err == nil {
		return nil, nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if changed, err = s.mkdirs(parent); err != nil {
			return nil, err
		}
	}
	if err := s.fs.mkdir(dir, s.newDirMode(dir)); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, writeError(dir, err)
	}
	return append(changed, parent), nil
}

// newDirMode returns the mode of a directory that this account makes for itself. Those of root on the way to the
// identity are open to others, who look there for other files, such as a vendor's integration.toml.
func (s *Store) newDirMode(dir string) fs.FileMode {
	if s.euid == 0 && dir != s.identityDir() && (places{dir: dir}).contains(s.identityDir()) {
		return wayMode
	}
	return dirMode
}
