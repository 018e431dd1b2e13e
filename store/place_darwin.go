package store

import "golang.org/x/sys/unix"

var systemsByName = map[string]system{
	"nfs": systemNetwork, "smbfs": systemNetwork, "afpfs": systemNetwork, "webdav": systemNetwork,
	"macfuse": systemUser,
}

// systemOf looks at the file system that dir lies on. One that cannot be asked counts as local: the probe
// file shows the rest.
func systemOf(dir string) system {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return systemLocal
	}
	return systemsByName[unix.ByteSliceToString(st.Fstypename[:])]
}
