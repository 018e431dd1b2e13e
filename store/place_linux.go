package store

import "golang.org/x/sys/unix"

// systemsByMagic are the file systems that need a second look.
//
// Source: statfs(2)
var systemsByMagic = map[uint32]system{
	unix.NFS_SUPER_MAGIC:       systemNetwork,
	unix.SMB_SUPER_MAGIC:       systemNetwork,
	unix.SMB2_SUPER_MAGIC:      systemNetwork,
	unix.CIFS_SUPER_MAGIC:      systemNetwork,
	unix.AFS_SUPER_MAGIC:       systemNetwork,
	unix.CEPH_SUPER_MAGIC:      systemNetwork,
	unix.V9FS_MAGIC:            systemNetwork,
	unix.TMPFS_MAGIC:           systemMemory,
	unix.RAMFS_MAGIC:           systemMemory,
	unix.FUSE_SUPER_MAGIC:      systemUser,
	unix.OVERLAYFS_SUPER_MAGIC: systemLayer,
}

// systemOf looks at the file system that dir lies on. One that cannot be asked counts as local: the probe
// file shows the rest.
func systemOf(dir string) system {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return systemLocal
	}
	return systemsByMagic[uint32(st.Type)]
}
