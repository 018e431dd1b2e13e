package store

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"pleo-connect/pleoclient"
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
	if err := s.mkdirAll(s.dir); err != nil {
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
		err = s.initialise()
	}
	if err == nil {
		s.notePlace() // not before the store is complete: the next start would give it another id
	}
	return err
}

// checkPlace refuses places that cannot be a store, or that other accounts could replace. A place that is not there yet
// is ErrNoStore, if the directory that will hold it passes.
func (s *Store) checkPlace() error {
	if home, err := filepath.EvalSymlinks(s.cfg.Home); s.dir == filepath.Dir(s.dir) ||
		(err == nil && s.dir == home) {
		return fail(KindForeign, s.dir, "a whole file system or home directory cannot be a store",
			"choose a directory below it with --store")
	}
	near := existing(s.dir)
	if near != s.dir {
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
		return err
	}
	if err := checkOwnDir(s.installations(), s.euid); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return checkWay(filepath.Dir(s.dir), s.euid)
}

// checkOurs refuses a directory that holds something else.
func (s *Store) checkOurs() error {
	if _, err := checkDir(s.dir); err != nil {
		return err
	}
	entries, err := s.fs.list(s.dir)
	if err != nil {
		return readError(s.dir, err)
	}
	ours := []string{formatName, readmeName, lockName, settingsName, installationsName}
	foreign := ""
	for _, e := range entries {
		if isSettings(e) {
			return nil // a complete store; a note that somebody laid beside it does no harm
		}
		if !slices.Contains(ours, e.Name()) && !strings.HasPrefix(e.Name(), tempPrefix) {
			foreign = e.Name()
		}
	}
	if foreign != "" {
		return fail(KindForeign, s.dir, "not a store, and not empty (it holds "+pleoclient.SafePath(foreign).String()+")",
			"choose another directory with --store")
	}
	return nil
}

func isSettings(e fs.DirEntry) bool { return e.Name() == settingsName || e.Name() == settingsPrevName }

// checkComplete returns ErrNoStore when the store was never finished. Records without settings are not a new store:
// their store id would be lost.
func (s *Store) checkComplete() error {
	entries, err := s.fs.list(s.dir)
	if err != nil {
		return readError(s.dir, err)
	}
	if slices.ContainsFunc(entries, isSettings) {
		return nil
	}
	entries, err = s.fs.list(s.installations())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return readError(s.installations(), err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), recordSuffix) || strings.HasSuffix(e.Name(), prevSuffix) {
			return fail(KindDamaged, s.in(settingsName), "missing, although there are records",
				"restore it from a backup; age -d still reads the records, see "+readmeName)
		}
	}
	return ErrNoStore
}
