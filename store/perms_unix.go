//go:build unix

package store

import (
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	noFollow = unix.O_NOFOLLOW
	noBlock  = unix.O_NONBLOCK
)

// facts are the parts of a stat that decide who may touch a file.
type facts struct {
	uid   uint32
	nlink uint64
}

func factsOf(info fs.FileInfo) facts {
	st := info.Sys().(*syscall.Stat_t) // package os promises it for files on this system
	return facts{uid: st.Uid, nlink: uint64(st.Nlink)}
}

// checkFile accepts a regular file of ours that nobody else can open. A link count of 0 is normal while
// a writer replaces it.
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
		return fail(KindLinked, path)
	}
	return nil
}

// checkIdentityFile is checkFile with one more case. A file of root's that root lets our account read, by group or by
// access list, is how systemd hands over a credential; its group bits are then the mask of the list.
func checkIdentityFile(path string, info fs.FileInfo, euid int) error {
	if euid != 0 && factsOf(info).uid == 0 && info.Mode().Perm()&0o037 == 0 {
		return checkPlain(path, info)
	}
	return checkFile(path, info, euid)
}

func wrongOwner(path string, uid uint32, euid int) *Error {
	e := fail(caseOwned, path)
	e.Owner, e.Account = accountName(uid), accountName(uint32(euid))
	return e
}

// checkOwnDir accepts a directory of ours that is closed to everybody else.
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

// checkWritable returns why this account cannot make files in a directory, or nil.
func checkWritable(dir string) error { return writeError(dir, unix.Access(dir, unix.W_OK|unix.X_OK)) }

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if closeErr := d.Close(); err == nil {
		err = closeErr
	}
	return err
}
