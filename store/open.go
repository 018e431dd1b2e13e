package store

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// open opens a complete store without changing anything.
func (s *Store) open() error {
	if err := s.checkPlace(); err != nil {
		return err
	}
	if err := s.checkComplete(); err != nil {
		return err
	}
	return s.reload()
}

// create makes what is missing. The settings are written last: without them, the next start begins again.
func (s *Store) create() error {
	if err := s.checkLasting(); err != nil {
		return err
	}
	err := s.checkPlace()
	if err != nil && !errors.Is(err, ErrNoStore) {
		return err
	}
	changed, err := s.mkdirs(s.dir)
	if err != nil {
		return err
	}
	if err := s.checkPlace(); err != nil {
		return err
	}
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	err = s.checkComplete()
	switch {
	case err == nil:
		err = s.finish()
	case errors.Is(err, ErrNoStore):
		err = s.initialise(changed)
	}
	if err == nil {
		s.notePlace() // not before the store is complete: the next start would give it another id
	}
	return err
}

// checkPlace refuses places that cannot be a store, or that other accounts could replace. A place that does not exist
// yet is ErrNoStore, if the directory that will hold it passes.
func (s *Store) checkPlace() error {
	near := existing(s.dir)
	if near != s.dir {
		if err := s.checkHome(); err != nil {
			return err
		}
		if err := checkWay(near, s.euid); err != nil {
			return err
		}
		return ErrNoStore
	}
	switch err := s.checkOurs(); {
	case errors.Is(err, fs.ErrNotExist):
		return ErrNoStore
	case err != nil:
		return err
	}
	if err := checkOwnDir(s.dir, s.euid); err != nil {
		return s.complete(err)
	}
	for _, dir := range []string{s.installations(), s.pendingDir()} {
		if err := checkOwnDir(dir, s.euid); err != nil && !errors.Is(err, fs.ErrNotExist) {
			if e := (*Error)(nil); errors.As(err, &e) && e.row() == caseNotDirectory { // another store would not help
				return e.as(caseInside)
			}
			return s.complete(err)
		}
	}
	return checkWay(filepath.Dir(s.dir), s.euid)
}

// checkHome refuses a place below a home directory that does not exist: only root could make it there.
func (s *Store) checkHome() error {
	if s.cfg.Home == "" {
		return nil
	}
	home, err := realPath(s.cfg.Home)
	if err != nil || existing(home) == home {
		return nil // any other fault is found on the way to the store
	}
	if below := (places{dir: home}); below.contains(s.dir) || below.contains(s.identity) {
		return fail(caseNoHome, s.cfg.Home)
	}
	return nil
}

// checkOurs refuses a directory that holds something else.
func (s *Store) checkOurs() error {
	if _, err := checkDir(s.dir); err != nil {
		return err
	}
	names, err := s.fs.list(s.dir)
	if err != nil {
		return readError(s.dir, err)
	}
	ours := []string{formatName, readmeName, lockName, settingsName, installationsName, pendingName}
	foreign := ""
	for _, name := range names {
		if isSettings(name) {
			return nil // a complete store; a note left beside it does no harm
		}
		if !slices.Contains(ours, name) && !strings.HasPrefix(name, tempPrefix) {
			foreign = name
		}
	}
	if foreign != "" {
		e := fail(caseHolds, s.dir)
		e.Name = foreign
		return e
	}
	return nil
}

func isSettings(name string) bool { return name == settingsName || name == settingsPrevName }

// checkComplete returns ErrNoStore if the store was never finished. Records without settings are not a new store: their
// store id would be lost.
func (s *Store) checkComplete() error {
	names, err := s.fs.list(s.dir)
	if err != nil {
		return readError(s.dir, err)
	}
	if slices.ContainsFunc(names, isSettings) {
		return nil
	}
	names, err = s.fs.list(s.installations())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return readError(s.installations(), err)
	}
	for _, name := range names {
		if _, ok := fileIDOfName(name); ok {
			return fail(caseSettingsGone, s.in(settingsName))
		}
	}
	return ErrNoStore
}
