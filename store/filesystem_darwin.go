package store

import "golang.org/x/sys/unix"

// fileSystemOf returns the kind of file system that dir is on. One that cannot be queried counts as local: the probe
// file shows the rest.
func fileSystemOf(dir string) fileSystem {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return fsLocal
	}
	switch unix.ByteSliceToString(st.Fstypename[:]) {
	case "nfs", "smbfs", "afpfs", "webdav":
		return fsNetwork
	case "macfuse":
		return fsFUSE
	}
	return fsLocal
}
