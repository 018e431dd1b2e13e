package store

import (
	"os"
	"path/filepath"
	"strings"
)

// fileSystem is the kind of file system a directory is on, as far as it matters to a key that cannot be fetched again.
type fileSystem int

const (
	fsLocal   fileSystem = iota
	fsNetwork            // locks and flushes are promises of another computer
	fsMemory             // empty after a restart
	fsFUSE               // a program in user space answers
	fsLayer              // the writable layer of a container
)

// checkLasting refuses to put a key where it would not stay, unless the caller insists.
func (s *Store) checkLasting() error {
	if s.cfg.AnyPlace || s.cfg.Demo {
		return nil
	}
	return judgeLasting(s.dir, fileSystemOf(existing(s.dir)), temporaryDirs(s.cfg.Temp))
}

func judgeLasting(dir string, on fileSystem, temporary []string) error {
	switch on {
	case fsNetwork:
		return fail(caseNetwork, dir)
	case fsMemory:
		return fail(caseMemory, dir)
	}
	for _, temp := range temporary {
		if (places{dir: temp}).contains(dir) {
			return fail(caseTemporary, dir)
		}
	}
	return nil
}

// temporaryDirs returns the directories that systems empty by themselves, including temp, with links followed.
func temporaryDirs(temp string) []string {
	var out []string
	for _, dir := range []string{temp, "/tmp", "/var/tmp", "/dev/shm"} {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			out = append(out, real)
		}
	}
	return out
}

// Concern is what a person should know about the place of a store before a key goes there. It never stops anything:
// what must stop is an error of [Probe].
type Concern string

// The concerns. No concern is "".
const (
	ConcernFUSE         Concern = "fuse"         // whether a save lasts depends on a program in user space
	ConcernContainer    Concern = "container"    // without a volume, the store is gone with the container
	ConcernGit          Concern = "git"          // the store is inside a git repository
	ConcernSynchronised Concern = "synchronised" // a copy that comes back may undo a save
)

// ConcernOf returns the concern about the place of a store.
func ConcernOf(cfg Config) Concern {
	s, err := newStore(cfg)
	if err != nil || cfg.Demo {
		return ""
	}
	return concern(s.dir, fileSystemOf(existing(s.dir)))
}

func concern(dir string, on fileSystem) Concern {
	switch on {
	case fsFUSE:
		return ConcernFUSE
	case fsLayer:
		return ConcernContainer
	}
	for up := dir; filepath.Dir(up) != up; up = filepath.Dir(up) {
		if _, err := os.Lstat(filepath.Join(up, ".git")); err == nil {
			return ConcernGit
		}
		if name := strings.ToLower(filepath.Base(up)); strings.HasPrefix(name, "dropbox") ||
			strings.HasPrefix(name, "onedrive") {
			return ConcernSynchronised
		}
	}
	return ""
}
