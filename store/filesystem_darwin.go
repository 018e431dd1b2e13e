package store

import "golang.org/x/sys/unix"

var fileSystemsByName = map[string]fileSystem{
	"nfs": fsNetwork, "smbfs": fsNetwork, "afpfs": fsNetwork, "webdav": fsNetwork,
	"macfuse": fsFUSE,
}

// fileSystemOf looks at the file system that dir lies on. One that cannot be asked counts as local: the probe
// file shows the rest.
func fileSystemOf(dir string) fileSystem {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return fsLocal
	}
	return fileSystemsByName[unix.ByteSliceToString(st.Fstypename[:])]
}
