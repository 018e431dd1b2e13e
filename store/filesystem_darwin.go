package store

import "golang.org/x/sys/unix"

var fileSystemsByName = map[string]fileSystem{
	"nfs": fsNetwork, "smbfs": fsNetwork, "afpfs": fsNetwork, "webdav": fsNetwork,
	"macfuse": fsFUSE,
}

// fileSystemOf returns the kind of file system that dir is on. One that cannot be queried counts as local: the probe
// file shows the rest.
func fileSystemOf(dir string) fileSystem {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return fsLocal
	}
	return fileSystemsByName[unix.ByteSliceToString(st.Fstypename[:])]
}
