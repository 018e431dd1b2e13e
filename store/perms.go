package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"

	"pleo-connect/pleoclient"
	"pleo-connect/store/trust"
)

const (
	dirMode  fs.FileMode = 0o700
	wayMode  fs.FileMode = 0o755 // of a directory of root's on the way to one of ours
	fileMode fs.FileMode = 0o600
)

// maxFileBytes bounds one file, before it is parsed. A description may take 128 KiB and the scopes 192, and what an
// unconfirmed save took the place of as much again.
const (
	maxFileBytes = 1 << 20
	maxFileText  = "1 MiB"
)

func tooLarge(path string) *Error {
	return fail(KindTooLarge, path, "larger than "+maxFileText+", which no file of a store is",
		"restore the file, or remove it and connect again")
}

func notFile(path string) *Error {
	return fail(KindNotFile, path, "not a regular file",
		"move it out of the way: mv "+pleoclient.ShellWord(path)+" "+pleoclient.ShellWord(path+".away"))
}

// checkPlain is the part of checkFile that every system knows.
func checkPlain(path string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return notFile(path)
	}
	if info.Size() > maxFileBytes {
		return tooLarge(path)
	}
	return nil
}

// checkDir returns the directory's facts, or an error when path is something else.
func checkDir(path string) (fs.FileInfo, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, readError(path, err)
	}
	if !info.IsDir() {
		return nil, fail(KindForeign, path, "not a directory", "choose another place with --store")
	}
	return info, nil
}

// checkHolder accepts a directory that may hold an identity: root's or ours, and nobody else can replace files in it.
func checkHolder(dir string, euid int) error {
	info, err := checkDir(dir)
	if err != nil {
		return goneError(dir, err)
	}
	return faultError(trust.Judge(dir, info, euid))
}

// checkWay accepts a directory that nobody else can rename, replace or write to, and all directories above it. A sticky
// one of root's, like /tmp, passes.
func checkWay(dir string, euid int) error {
	if _, err := checkDir(dir); err != nil {
		return goneError(dir, err)
	}
	_, fault, err := trust.Resolve(dir, euid)
	if err != nil {
		return goneError(dir, err)
	}
	return faultError(fault)
}

// goneError is readError for a directory that was there a moment ago.
func goneError(dir string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fail(KindDamaged, dir, "gone since it was looked at", "try again")
	}
	return readError(dir, err)
}

func faultError(f *trust.Fault) error {
	switch {
	case f == nil:
		return nil
	case f.Foreign:
		return fail(KindOwner, f.Path,
			"belongs to the account "+accountName(f.Owner)+", which could replace what is below it",
			"choose another place, or run: sudo chown root "+pleoclient.ShellWord(f.Path))
	}
	return tooOpen(f.Path, f.Mode, "run: chmod go-w "+pleoclient.ShellWord(f.Path))
}

func tooOpen(path string, mode fs.FileMode, fix string) *Error {
	what := fmt.Sprintf("open to other accounts (mode %04o), so the key may have been read", mode.Perm())
	return fail(KindTooOpen, path, what, fix+", and replace the key in Pleo if somebody else can log in here")
}

// accountName returns the name of a uid, or the number when it has none.
func accountName(uid uint32) string {
	id := strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return id
}
