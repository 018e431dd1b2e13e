package trust

import (
	"io/fs"
	"path/filepath"
)

// Judge returns nil: access lists say who may write here, and they are not read yet.
func Judge(string, fs.FileInfo, int) *Fault { return nil }

// Faults returns path without symbolic links, and no faults.
func Faults(path string, euid int) (real string, faults []*Fault, err error) {
	real, _, err = Resolve(path, euid)
	return real, nil, err
}

// Resolve returns path without symbolic links, and no fault, for the same reason.
func Resolve(path string, _ int) (real string, fault *Fault, err error) {
	real, err = filepath.EvalSymlinks(path)
	return real, nil, err
}
