package store

import (
	"os"
	"path/filepath"
	"strings"
)

// system is what kind of file system a place lies on, as far as it matters to a key that nobody can fetch again.
type system int

const (
	systemLocal   system = iota
	systemNetwork        // locks and flushes are promises of another computer
	systemMemory         // empty after a restart
	systemUser           // a program in user space answers: FUSE
	systemLayer          // the writable layer of a container
)

// checkLasting refuses to put a key where it would not stay, unless the caller insists.
func (s *Store) checkLasting() error {
	if s.cfg.AnyPlace || s.cfg.Demo {
		return nil
	}
	return judgePlace(s.dir, systemOf(existing(s.dir)), temporaryDirs())
}

func judgePlace(dir string, on system, temporary []string) error {
	const fix = "choose a directory on a local disk with --store, or insist with --force-store"
	switch on {
	case systemNetwork:
		return fail(KindPlace, dir, "on a network file system, whose locks and writes cannot be relied on", fix)
	case systemMemory:
		return fail(KindPlace, dir, "on a file system in memory, which is empty after a restart", fix)
	}
	for _, temp := range temporary {
		if (places{dir: temp}).contains(dir) {
			return fail(KindPlace, dir, "below "+printable(temp)+", which the system empties", fix)
		}
	}
	return nil
}

// temporaryDirs are the directories that systems clean up by themselves, with links followed.
func temporaryDirs() []string {
	var out []string
	for _, dir := range []string{os.TempDir(), "/tmp", "/var/tmp", "/dev/shm"} {
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
	return concern(s.dir, systemOf(existing(s.dir)))
}

func concern(dir string, on system) string {
	switch on {
	case systemUser:
		return "the store is on a FUSE file system: whether a save lasts depends on its program"
	case systemLayer:
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
