//go:build unix

package integration

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// checkTrusted accepts a file of root's or of the account euid that nobody else may write to.
func checkTrusted(info fs.FileInfo, euid int) error {
	owner := int(info.Sys().(*syscall.Stat_t).Uid) // package os promises the type for files of this system
	switch {
	case owner != 0 && owner != euid:
		return errors.New(
			"the file belongs to another account, which could redirect the key; use one of root's or of your own",
		)
	case info.Mode().Perm()&0o022 != 0:
		return errors.New("others can write to the file, and could redirect the key; run chmod go-w on it")
	}
	return nil
}

// checkDirectory refuses a directory in which everybody can replace a file. In a sticky one, only its owner can.
func checkDirectory(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return plainCause(err)
	}
	if info.Mode().Perm()&0o002 != 0 && info.Mode()&fs.ModeSticky == 0 {
		return errors.New(
			"everybody can replace files in its directory, and could redirect the key; move the file elsewhere",
		)
	}
	return nil
}
