package store

import (
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
)

const (
	dirMode      fs.FileMode = 0o700
	fileMode     fs.FileMode = 0o600
	maxFileBytes             = 64 << 10 // of one file, before anything is parsed
)

func tooLarge(path string) *Error {
	return fail(KindTooLarge, path, "larger than 64 KiB, which no file of a store is",
		"restore the file, or remove it and connect again")
}

func notFile(path string) *Error {
	return fail(KindNotFile, path, "not a regular file",
		"move it out of the way: mv "+shell(path)+" "+shell(path+".away"))
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

func tooOpen(path string, info fs.FileInfo, fix string) *Error {
	what := fmt.Sprintf("open to other accounts (mode %04o), so the key may have been read", info.Mode().Perm())
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
