package store

import (
	"os"
	"path/filepath"
)

// linkError returns the error of a symbolic link where a file belongs. What it points to may be the newest copy, so it
// is named if it is a file.
func linkError(path string) *Error {
	target, err := filepath.EvalSymlinks(path)
	if err == nil {
		if info, err := os.Lstat(target); err == nil && info.Mode().IsRegular() {
			e := fail(caseLink, path)
			e.Dir = target
			return e
		}
	}
	return fail(caseNoTarget, path)
}
