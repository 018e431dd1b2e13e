package host

import (
	"path/filepath"
	"regexp"
	"strconv"
)

var (
	standardStreams = map[string]int{"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}
	descriptorForm  = regexp.MustCompile(`^/(?:dev|proc/self)/fd/([0-9]+)$`)
)

// Descriptor returns the number of the open file of this process that a path refers to, as /dev/stdin does, and the
// /dev/fd/63 that a shell makes of <(command).
func Descriptor(path string) (n int, ok bool) {
	path = filepath.ToSlash(filepath.Clean(path))
	if n, ok = standardStreams[path]; ok {
		return n, true
	}
	m := descriptorForm.FindStringSubmatch(path)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil
}
