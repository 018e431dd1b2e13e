package store

import "golang.org/x/sys/unix"

// fileSystemsByMagic are the file systems that need a second look.
//
// Source: statfs(2)
var fileSystemsByMagic = map[uint32]fileSystem{
	unix.NFS_SUPER_MAGIC:       fsNetwork,
	unix.SMB_SUPER_MAGIC:       fsNetwork,
	unix.SMB2_SUPER_MAGIC:      fsNetwork,
	unix.CIFS_SUPER_MAGIC:      fsNetwork,
	unix.AFS_SUPER_MAGIC:       fsNetwork,
	unix.CEPH_SUPER_MAGIC:      fsNetwork,
	unix.V9FS_MAGIC:            fsNetwork,
	unix.TMPFS_MAGIC:           fsMemory,
	unix.RAMFS_MAGIC:           fsMemory,
	unix.FUSE_SUPER_MAGIC:      fsFUSE,
	unix.OVERLAYFS_SUPER_MAGIC: fsLayer,
}

// fileSystemOf returns the kind of file system that dir is on. One that cannot be queried counts as local: the probe
// file shows the rest.
func fileSystemOf(dir string) fileSystem {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return fsLocal
	}
	return fileSystemsByMagic[uint32(st.Type)]
}
