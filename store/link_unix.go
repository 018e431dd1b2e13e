//go:build unix

package store

import (
	"os"
	"path/filepath"
	"syscall"
)

// linkedError returns the error of a file with a second name. It names the directory at which its file system begins,
// because the other name is below it.
func linkedError(path string) *Error {
	e := fail(KindLinked, path)
	e.Dir = mountPoint(path)
	return e
}

// mountPoint returns the highest directory above path that is on the same file system.
func mountPoint(path string) string {
	top := filepath.Dir(path)
	for _, dir := range above(path) {
		if deviceOf(dir) != deviceOf(top) {
			break
		}
		top = dir
	}
	return top
}

// deviceOf returns the number of the file system of a directory. Those that can't be looked at share one.
func deviceOf(dir string) uint64 {
	info, err := os.Lstat(dir)
	if err != nil {
		return 0
	}
	return uint64(info.Sys().(*syscall.Stat_t).Dev) // int32 on some systems
}
