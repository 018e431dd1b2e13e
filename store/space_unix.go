//go:build linux || darwin

package store

import "golang.org/x/sys/unix"

const wantFree = 1 << 20 // bytes; far more than a record needs, so that a disk that is nearly full is found early

// checkSpace refuses a file system with less than 1 MiB or no inode free for us.
func checkSpace(dir string) error {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return writeError(dir, err)
	}
	return judgeSpace(dir, st.Bavail*uint64(st.Bsize), st.Files, st.Ffree)
}

func judgeSpace(dir string, freeBytes, inodes, freeInodes uint64) error {
	if freeBytes < wantFree {
		return fail(caseNearly, dir)
	}
	if usedUp(inodes, freeInodes) {
		return fail(caseInodes, dir)
	}
	return nil
}

// usedUp reports whether no inode is free. File systems that make inodes as they need them report 0 of 0.
func usedUp(inodes, free uint64) bool { return inodes > 0 && free == 0 }

// noInodes reports whether the file system of path has space for bytes, but not for another file.
func noInodes(path string) bool {
	var st unix.Statfs_t
	return unix.Statfs(path, &st) == nil && st.Bavail > 0 && usedUp(st.Files, st.Ffree)
}
