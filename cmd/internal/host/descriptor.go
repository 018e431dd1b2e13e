package host

import (
	"path"
	"path/filepath"
	"strconv"
)

// Descriptor returns the number of the open file of this process that a path refers to, as /dev/stdin does, and the
// /dev/fd/63 that a shell makes of <(command).
func Descriptor(name string) (n int, ok bool) {
	name = filepath.ToSlash(filepath.Clean(name))
	switch name {
	case "/dev/stdin":
		return 0, true
	case "/dev/stdout":
		return 1, true
	case "/dev/stderr":
		return 2, true
	}
	dir, number := path.Split(name)
	if dir != "/dev/fd/" && dir != "/proc/self/fd/" {
		return 0, false
	}
	fd, err := strconv.ParseUint(number, 10, 31) // takes no sign
	return int(fd), err == nil
}
