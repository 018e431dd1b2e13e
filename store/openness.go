package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"pleo-connect/store/trust"
)

// completeOpen adds everything that is open to others to an error about a mode, so that one command closes it all: what
// belongs to the store, and the directories above it.
func (p places) completeOpen(e *Error) *Error {
	faults, euid := p.openAbove(), os.Geteuid()
	rootsOnly := func(f *trust.Fault) bool { return f.Owner == 0 && euid != 0 }
	row := e.row()
	switch row {
	case caseOpen, caseOpenSaved:
		faults = slices.DeleteFunc(faults, rootsOnly) // the command for the rest needs no sudo
	case caseAboveOpen:
		if slices.ContainsFunc(faults, rootsOnly) {
			row = caseAboveRoot
		}
	}
	e, owned := e.as(row), p.owned()
	e.Paths, e.Above = nil, nil
	isFile := row == caseOpen || row == caseOpenSaved
	if isFile || p.isOpen(owned) {
		e.Paths = owned
	}
	for _, f := range faults {
		closedAnyway := isFile && slices.Contains(e.Paths, f.Path)
		if !closedAnyway && !slices.Contains(e.Above, f.Path) { // the way to both begins at the root
			e.Above = append(e.Above, f.Path)
		}
	}
	return e
}

// openAbove returns the directories above the store and the identity that others can write to.
func (p places) openAbove() []*trust.Fault {
	euid := os.Geteuid()
	_, faults, _ := trust.Faults(existing(filepath.Dir(p.dir)), euid)
	if dir := p.identityDir(); !p.isCredential() {
		_, more, _ := trust.Faults(existing(dir), euid)
		faults = append(faults, more...)
	}
	return slices.DeleteFunc(faults, func(f *trust.Fault) bool { return f.Foreign || !f.Mode.IsDir() || isShared(f) })
}

// isOpen reports whether others can read or change a file at or below one of paths, or a directory of the store.
func (p places) isOpen(paths []string) (open bool) {
	for _, path := range paths {
		_ = filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil // anything that cannot be looked at is another error
			}
			info, err := d.Info()
			closes := d.Type().IsRegular() || d.IsDir() && p.contains(path)
			open = open || err == nil && closes && info.Mode().Perm()&0o077 != 0
			return nil
		})
	}
	return open
}
