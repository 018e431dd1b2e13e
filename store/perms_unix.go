//go:build unix

package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	noFollow = unix.O_NOFOLLOW
	noBlock  = unix.O_NONBLOCK

	onlyDirectory = unix.O_DIRECTORY // a FIFO in its place would let an open wait for its writer
)

// facts are the parts of a stat that decide who may touch a file.
type facts struct {
	uid   uint32
	nlink uint64
}

func factsOf(info fs.FileInfo) facts {
	st := info.Sys().(*syscall.Stat_t) // guaranteed by package os for files on this system
	return facts{uid: st.Uid, nlink: uint64(st.Nlink)}
}

// checkFile accepts our own regular file if no one else can open it. A link count of 0 is normal while a writer
// replaces it.
func checkFile(path string, info fs.FileInfo, euid int) error {
	if err := checkPlain(path, info); err != nil {
		return err
	}
	st := factsOf(info)
	switch {
	case int(st.uid) != euid:
		return wrongOwner(path, st.uid, euid)
	case info.Mode().Perm()&0o077 != 0:
		return tooOpen(path, info.Mode())
	case st.nlink > 1:
		return linkedError(path)
	}
	return nil
}

// checkIdentityFile is checkFile with one more case. A file of root's that root lets our account read, by group or by
// access list, is how systemd passes a credential; its group bits are then the mask of the list.
func checkIdentityFile(path string, info fs.FileInfo, euid int) error {
	if euid != 0 && factsOf(info).uid == 0 && info.Mode().Perm()&0o037 == 0 {
		return checkPlain(path, info)
	}
	return checkFile(path, info, euid)
}

// isOurs reports whether a command of this account may change all of a directory: not one of another account, and not
// one like /tmp, which is everyone's.
func isOurs(dir string) bool {
	info, err := os.Lstat(dir)
	if err != nil || info.Mode()&fs.ModeSticky != 0 {
		return false
	}
	euid := os.Geteuid()
	return euid <= 0 || int(factsOf(info).uid) == euid
}

func wrongOwner(path string, uid uint32, euid int) *Error {
	e := fail(caseOwned, path)
	e.Owner, e.Account = accountName(uid), accountName(uint32(euid))
	return e
}

// checkOwnDir accepts our own directory if it is closed to everyone else.
func checkOwnDir(path string, euid int) error {
	info, err := checkDir(path)
	if err != nil {
		return err
	}
	if st := factsOf(info); int(st.uid) != euid {
		return wrongOwner(path, st.uid, euid)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return tooOpen(path, info.Mode())
	}
	return nil
}

// findObstacle returns what keeps this account from reading a path, or from writing to it or beside it: a directory
// above it that the account cannot enter, or else path itself. It returns nil if no mode is in the way but, for
// example, an access list or another account's directory.
func findObstacle(path string, write bool) *obstacle {
	for _, dir := range slices.Backward(above(path)) { // from the root
		info, err := os.Stat(dir)
		if err != nil {
			return nil
		}
		if unix.Access(dir, unix.X_OK) != nil {
			return blocking(dir, info, 0o100)
		}
	}
	dir, file := fs.FileMode(0o500), fs.FileMode(0o400)
	if write {
		dir, file = 0o300, 0o600
	}
	for _, path := range []string{path, filepath.Dir(path)} {
		info, err := os.Stat(path)
		need := file
		if err == nil && info.IsDir() {
			need = dir
		}
		if err == nil && int(factsOf(info).uid) == os.Geteuid() && info.Mode().Perm()&need != need {
			return blocking(path, info, need)
		}
	}
	return nil
}

// blocking returns the obstacle that a file or directory is to its own account, which needs some bits, or to ours if it
// is root's.
func blocking(path string, info fs.FileInfo, need fs.FileMode) *obstacle {
	switch uid, euid := int(factsOf(info).uid), os.Geteuid(); {
	case uid == euid && info.Mode().Perm()&need != need:
		return &obstacle{path, info.Mode(), true}
	case uid == 0 && euid != 0:
		return &obstacle{path, info.Mode(), false}
	}
	return nil
}

// checkWritable returns why this account cannot make files in a directory, or nil.
func checkWritable(dir string) error { return writeError(dir, unix.Access(dir, unix.W_OK|unix.X_OK)) }

func syncDir(dir string) error {
	d, err := os.OpenFile(dir, os.O_RDONLY|onlyDirectory, 0)
	if err != nil {
		return err
	}
	err = d.Sync()
	if closeErr := d.Close(); err == nil {
		err = closeErr
	}
	return err
}
