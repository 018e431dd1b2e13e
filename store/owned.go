package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// OwnedPaths returns the paths that must belong to the account that uses the store, with links followed: the store
// directory, and the directory of the identity. If that holds other things as well, as /etc does, the identity's own
// files are returned in its place. Paths that do not exist are left out, and so is a credential of systemd. For places
// that Open refuses the list is empty.
func OwnedPaths(cfg Config) []string {
	p, err := resolve(cfg)
	if err != nil {
		return nil
	}
	return p.owned()
}

const credentials = "/run/credentials/" // belongs to systemd

func (p places) isCredential() bool { return strings.HasPrefix(p.identity, credentials) }

func (p places) owned() []string {
	var store []string
	if _, err := os.Lstat(p.dir); !errors.Is(err, fs.ErrNotExist) {
		store = []string{p.dir}
	}
	if p.isCredential() {
		return store
	}
	entries, err := os.ReadDir(p.identityDir())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return store
	case err != nil && p.namedForUs():
		return append(store, p.identityDir())
	case err != nil: // it may hold anything
		return append(store, p.identity)
	}
	var ours []string
	for _, e := range entries {
		if p.besideIdentity(e.Name()) {
			ours = append(ours, filepath.Join(p.identityDir(), e.Name()))
		}
	}
	if len(ours) == len(entries) && isOurs(p.identityDir()) {
		ours = []string{p.identityDir()}
	}
	return append(store, ours...)
}

// namedForUs reports whether the directory of the identity has the name of a default one, and so holds nothing else.
func (p places) namedForUs() bool {
	const name = "pleo-connect"
	dir := p.identityDir()
	return filepath.Base(dir) == name || filepath.Base(filepath.Dir(dir)) == name
}

// complete adds to an error about an owner or a mode what a command needs to repair the whole store. It may be called
// again with the same error.
func (p places) complete(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.row() {
	case caseOwned:
		if e.Path == p.dir && os.Geteuid() == 0 { // the whole store is the other account's
			e = e.as(caseRoot)
			e.Dir = p.identity
			return e
		}
	case caseOwnAbove, caseOwnPlace:
		return p.completeOwn(e)
	case caseOpen:
		if p.holdsKeys() {
			e = e.as(caseOpenSaved)
		}
		return p.completeOpen(e)
	case caseAboveOpen, caseAboveRoot:
		return p.completeOpen(e)
	default:
		return err
	}
	e.Paths = p.owned()
	return e
}

// completeOwn is complete for what our own account is shut out of. A directory above the store may hold other things,
// whose modes are not the store's concern.
func (p places) completeOwn(e *Error) error {
	paths := p.owned()
	if !slices.ContainsFunc(paths, func(own string) bool { return (places{dir: own}).contains(e.Path) }) {
		return e
	}
	row := caseOwnRead
	if e.row() == caseOwnPlace {
		row = caseOwnWrite
	}
	e = e.as(row)
	e.Paths = paths
	return e
}

// holdsKeys reports whether the store holds a record.
func (p places) holdsKeys() bool {
	entries, _ := os.ReadDir(p.installations())
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		_, _, ok := recordOfName(e.Name())
		return ok
	})
}

// besideIdentity reports whether name is that of the identity, or of a file that this package puts beside it.
func (p places) besideIdentity(name string) bool {
	base := filepath.Base(p.identity)
	return name == base || name == base+".lock" || name == seenName || strings.HasPrefix(name, tempPrefix)
}
