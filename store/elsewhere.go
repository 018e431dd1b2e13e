package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// MayHold reports whether dir holds a store, or is closed to this account and so may hold one.
func MayHold(dir string) bool {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return false
	}
	_, err = os.Lstat(filepath.Join(dir, settingsName))
	return !errors.Is(err, fs.ErrNotExist)
}

// OtherDirs returns the directories of the other stores that the identity of cfg knows and that exist.
func OtherDirs(cfg Config) []string {
	s, err := newStore(cfg)
	if err != nil {
		return nil
	}
	names, _ := s.fs.list(s.allSeen())
	var out []string
	for _, name := range names {
		p, err := s.loadPlace(filepath.Join(s.seen(name), placeName))
		if err != nil || p.Dir == s.dir || slices.Contains(out, p.Dir) {
			continue
		}
		if MayHold(p.Dir) {
			out = append(out, p.Dir)
		}
	}
	return out
}
