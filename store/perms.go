package store

import (
	"errors"
	"io/fs"
	"os"
	"os/user"
	"strconv"

	"pleo-connect/store/trust"
)

const (
	dirMode  fs.FileMode = 0o700
	wayMode  fs.FileMode = 0o755 // of a directory of root's on the way to one that we make
	fileMode fs.FileMode = 0o600
)

// maxFileBytes bounds one file, before it is parsed. A description may take 128 KiB and the scopes 192, and what an
// unconfirmed save replaced as much again.
const (
	maxFileBytes = 1 << 20
	maxFileText  = "1 MiB"
)

func tooLarge(path string) *Error {
	e := fail(KindTooLarge, path)
	e.Limit = maxFileText
	return e
}

// checkPlain is the part of checkFile that every system knows.
func checkPlain(path string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fail(caseNoFile, path)
	}
	if info.Size() > maxFileBytes {
		return tooLarge(path)
	}
	return nil
}

// checkDir returns the facts about a directory, or an error if path is something else.
func checkDir(path string) (fs.FileInfo, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, readError(path, err)
	}
	if !info.IsDir() {
		return nil, fail(caseNotDirectory, path)
	}
	return info, nil
}

// checkHolder accepts a directory that may hold an identity: it is root's or ours, and no one else can replace files in
// it.
func checkHolder(dir string, euid int) error {
	info, err := checkDir(dir)
	if err != nil {
		return goneError(dir, err)
	}
	return faultError(trust.Judge(dir, info, euid))
}

// checkWay accepts a directory if no one else can rename, replace or write to it or any directory above it. A sticky
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
		return fail(caseVanished, dir)
	}
	return readError(dir, err)
}

func faultError(f *trust.Fault) error {
	switch {
	case f == nil:
		return nil
	case f.Foreign:
		e := fail(caseAboveOwned, f.Path)
		e.Owner, e.Account = accountName(f.Owner), thisAccount()
		return e
	}
	e := fail(caseAboveOpen, f.Path)
	switch {
	case isShared(f): // only the directory of an identity gets here, see checkHolder
		e = fail(caseSticky, f.Path)
	case f.Owner == 0 && os.Geteuid() != 0:
		e = fail(caseAboveRoot, f.Path)
	}
	e.Mode, e.Above = f.Mode, []string{f.Path}
	return e
}

// isShared reports whether f is about a sticky directory of root's, which is meant to be open to all.
func isShared(f *trust.Fault) bool { return f.Owner == 0 && f.Mode&fs.ModeSticky != 0 }

func tooOpen(path string, mode fs.FileMode) *Error {
	e := fail(caseOpen, path)
	e.Mode = mode
	return e
}

// thisAccount returns the name of the account of this process.
func thisAccount() string { return accountName(uint32(os.Geteuid())) }

// accountName returns the name of a uid, or the number if it has none.
func accountName(uid uint32) string {
	id := strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return id
}
