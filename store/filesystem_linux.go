package store

import "golang.org/x/sys/unix"

// fileSystemOf returns the kind of file system that dir is on. One that cannot be queried counts as local: the probe
// file shows the rest.
func fileSystemOf(dir string) fileSystem {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return fsLocal
	}
	return byMagic(uint32(st.Type))
}

// byMagic tells the file systems that need a second look.
//
// Source: statfs(2)
func byMagic(magic uint32) fileSystem {
	switch magic {
	case unix.NFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC,
		unix.AFS_SUPER_MAGIC, unix.CEPH_SUPER_MAGIC, unix.V9FS_MAGIC:
		return fsNetwork
	case unix.TMPFS_MAGIC, unix.RAMFS_MAGIC:
		return fsMemory
	case unix.FUSE_SUPER_MAGIC:
		return fsFUSE
	case unix.OVERLAYFS_SUPER_MAGIC:
		return fsLayer
	}
	return fsLocal
}
