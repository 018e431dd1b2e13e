package store

import (
	"errors"
	"path/filepath"
)

const (
	noteSuffix = ".note" // of the file beside the identity
	maxNote    = 1 << 10
)

var errNoNote = errors.New("there is no place for a note")

// LeaveNote leaves up to 1 KiB beside the identity for the next start of the program, in place of what was left before:
// whole, or not at all. It is not encrypted, so nothing secret may be in it. A note is a courtesy: it may be lost in a
// power cut, it makes no store, and where the directory of the identity is missing it makes that one alone, for a
// person also those above it.
func LeaveNote(cfg Config, note []byte) error {
	s, err := newStore(cfg)
	if err != nil {
		return err
	}
	return s.leaveNote(note)
}

func (s *Store) leaveNote(note []byte) error {
	if len(note) > maxNote {
		return errNoNote
	}
	made, err := s.noteDir()
	if err == nil {
		err = s.replace(s.note(), note)
	}
	if err != nil && made {
		s.discard(s.identityDir())
	}
	return err
}

// noteDir makes the directory of the identity where it is missing. What root made further up would stay, and keep an
// account out for which root makes a store later.
func (s *Store) noteDir() (made bool, err error) {
	dir := s.identityDir()
	near := existing(dir)
	if near == dir {
		return false, s.checkIdentityDir()
	}
	if s.euid == 0 && near != filepath.Dir(dir) {
		return false, errNoNote
	}
	if err := checkAncestors(near, s.euid); err != nil {
		return false, err
	}
	return true, mkdirAll(s.fs, dir)
}

// Note returns what LeaveNote left, or nil. Whatever else lies there counts as no note.
func Note(cfg Config) []byte {
	s, err := newStore(cfg)
	if err != nil {
		return nil
	}
	note, err := s.fs.read(s.note(), checkFile)
	if err != nil || len(note) > maxNote {
		return nil
	}
	return note
}

// RemoveNote takes the note away, and the directory of the identity if nothing else is in it.
func RemoveNote(cfg Config) {
	if s, err := newStore(cfg); err == nil {
		s.removeNote()
	}
}

func (s *Store) removeNote() {
	dir := s.identityDir()
	if existing(dir) != dir || s.checkIdentityDir() != nil {
		return
	}
	if s.fs.remove(s.note()) == nil && checkOwnDir(dir, s.euid) == nil {
		s.discard(dir) // stays while something is in it
	}
}
