package store

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// OwnedPaths returns the paths that must belong to the account that uses the store, with links followed: the store
// directory, and the directory of the identity. Where that holds other things as well, like /etc does, it is the
// identity's own files there. What does not exist is left out. With places that Open refuses the list is empty.
func OwnedPaths(cfg Config) []string {
	p, err := resolve(cfg)
	if err != nil {
		return nil
	}
	entries, err := os.ReadDir(p.identityDir())
	if err != nil {
		return []string{p.dir}
	}
	var ours []string
	for _, e := range entries {
		if p.besideIdentity(e.Name()) {
			ours = append(ours, filepath.Join(p.identityDir(), e.Name()))
		}
	}
	if len(ours) == len(entries) {
		ours = []string{p.identityDir()}
	}
	return slices.Insert(ours, 0, p.dir)
}

// besideIdentity reports the name of the identity, or of a file that this package puts beside it.
func (p places) besideIdentity(name string) bool {
	base := filepath.Base(p.identity)
	return name == base || name == base+".lock" || name == seenName || strings.HasPrefix(name, tempPrefix)
}
