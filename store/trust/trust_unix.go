//go:build unix

package trust

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const maxLinks = 40 // as on Linux

// Judge returns the fault of one file or directory, or nil: it has to belong to root or to euid, and no one else may
// write to it.
func Judge(path string, info fs.FileInfo, euid int) *Fault {
	f := Fault{Path: path, Owner: info.Sys().(*syscall.Stat_t).Uid, Mode: info.Mode()} // package os promises the type
	f.Foreign = f.Owner != 0 && int(f.Owner) != euid
	if !f.Foreign && f.Mode.Perm()&0o022 == 0 {
		return nil
	}
	return &f
}

// judgeStep is Judge for what is on the way to a file. The mode of a link means nothing. A sticky directory of root's,
// like /tmp, is not a fault although all may write to it: there, only the owner of an entry can rename or remove it,
// and the entry is judged next.
func judgeStep(path string, info fs.FileInfo, euid int) *Fault {
	f := Judge(path, info, euid)
	if f == nil || f.Foreign {
		return f
	}
	sticky := f.Owner == 0 && f.Mode.IsDir() && f.Mode&fs.ModeSticky != 0
	if sticky || f.Mode.Type() == fs.ModeSymlink {
		return nil
	}
	return f
}

// Resolve returns an absolute path without symbolic links, and the fault that is nearest to it on the way there, or
// nil. It judges what path names, every symbolic link that is followed, and all directories above them up to the root:
// anyone who can rename one of these can replace everything below it.
func Resolve(path string, euid int) (real string, fault *Fault, err error) {
	real, faults, err := Faults(path, euid)
	if len(faults) > 0 {
		fault = faults[len(faults)-1]
	}
	return real, fault, err
}

// Faults is Resolve with all faults on the way, from the root on.
func Faults(path string, euid int) (real string, faults []*Fault, err error) {
	const root = "/"
	real, names := root, strings.Split(path, root) // the first name is empty and means the root
	for links := 0; len(names) > 0; {
		next := filepath.Join(real, names[0])
		names = names[1:]
		info, err := os.Lstat(next)
		if err != nil {
			return "", nil, err
		}
		if fault := judgeStep(next, info, euid); fault != nil {
			faults = append(faults, fault)
		}
		if info.Mode().Type() != fs.ModeSymlink {
			real = next
			continue
		}
		if links++; links > maxLinks {
			return "", nil, &fs.PathError{Op: "open", Path: path, Err: syscall.ELOOP}
		}
		target, err := os.Readlink(next)
		if err != nil {
			return "", nil, err
		}
		if filepath.IsAbs(target) {
			real = root
		}
		names = append(strings.Split(target, root), names...)
	}
	return real, faults, nil
}
