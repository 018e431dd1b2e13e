package store

import (
	"os"
	"path/filepath"
	"strings"

	"pleo-connect/pleoclient"
)

// fileSystem is the kind of file system under a directory, as far as it matters to a key that nobody can fetch again.
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
	const fix = "choose a directory on a local disk with --store, or insist with --force-store"
	switch on {
	case fsNetwork:
		return fail(KindPlace, dir, "on a network file system, whose locks and writes cannot be relied on", fix)
	case fsMemory:
		return fail(KindPlace, dir, "on a file system in memory, which is empty after a restart", fix)
	}
	for _, temp := range temporary {
		if (places{dir: temp}).contains(dir) {
			return fail(KindPlace, dir, "below "+pleoclient.SafePath(temp).String()+", which the system empties", fix)
		}
	}
	return nil
}

// temporaryDirs returns the directories that systems empty by themselves, temp among them, with links followed.
func temporaryDirs(temp string) []string {
	var out []string
	for _, dir := range []string{temp, "/tmp", "/var/tmp", "/dev/shm"} {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			out = append(out, real)
		}
	}
	return out
}

// Concern returns what a person should know about the place of a store before a key goes there, or "". It never stops
// anything: what must stop is an error of [Probe].
func Concern(cfg Config) string {
	s, err := newStore(cfg)
	if err != nil || cfg.Demo {
		return ""
	}
	return concern(s.dir, fileSystemOf(existing(s.dir)))
}

func concern(dir string, on fileSystem) string {
	switch on {
	case fsFUSE:
		return "the store is on a FUSE file system: whether a save lasts depends on its program"
	case fsLayer:
		return "the store is in the layer of a container: without a volume it is gone with the container"
	}
	for up := dir; filepath.Dir(up) != up; up = filepath.Dir(up) {
		if _, err := os.Lstat(filepath.Join(up, ".git")); err == nil {
			return "the store is inside a git tree: keep it out of commits"
		}
		if name := strings.ToLower(filepath.Base(up)); strings.HasPrefix(name, "dropbox") ||
			strings.HasPrefix(name, "onedrive") {
			return "the store is in a synchronised folder: a copy that comes back may undo a save"
		}
	}
	return ""
}
