//go:build unix

package store

import (
	"os"
	"path/filepath"
	"slices"
)

// MakeFor makes the directories of a new store and of its identity for another account, which fills them with [Create].
// It is for root. The store and the directory of the identity become the account's, with mode 0700; what is missing on
// the way there becomes root's, with mode 0755, so that the account can replace nothing beside them. Existing
// directories stay as they are. Nothing is made below a directory of the account: the account can do that itself, and
// root does not write where another account is in control. Errors are those of Create, and leave nothing behind.
func MakeFor(cfg Config, uid, gid int) error {
	s, err := newStore(cfg)
	if err != nil {
		return err
	}
	return s.complete(s.makeFor(uid, gid))
}

func (s *Store) makeFor(uid, gid int) error {
	if err := s.checkLasting(); err != nil {
		return err
	}
	missing, err := s.missingDirs(uid)
	if err != nil {
		return err
	}
	made, err := s.makeDirs(missing)
	if err == nil {
		err = s.handOver(made, uid, gid)
	}
	if err != nil {
		for _, dir := range slices.Backward(made) {
			s.discard(dir)
		}
	}
	return err
}

// missingDirs returns the directories that root has to make, each after its parent.
func (s *Store) missingDirs(uid int) ([]string, error) {
	var out []string
	for _, dir := range []string{s.dir, s.identityDir()} {
		near := existing(dir)
		info, err := checkDir(near)
		if err != nil {
			return nil, err
		}
		if near == dir || int(factsOf(info).uid) == uid {
			continue
		}
		if err := checkWay(near, s.euid); err != nil {
			return nil, err
		}
		if err := checkPass(near, uid); err != nil {
			return nil, err
		}
		var below []string
		for dir != near {
			below = append(below, dir)
			dir = filepath.Dir(dir)
		}
		slices.Reverse(below)
		for _, dir := range below {
			if !slices.Contains(out, dir) { // both may be below one that is missing
				out = append(out, dir)
			}
		}
	}
	return out, nil
}

// checkPass accepts a directory if it, and all directories above it, let an account through to what is below. It looks
// only at those of root: checkWay has refused those of others.
func checkPass(dir string, uid int) error {
	for _, dir := range append([]string{dir}, above(dir)...) {
		info, err := checkDir(dir)
		switch {
		case err != nil:
			return err
		case info.Mode().Perm()&0o001 == 0 && factsOf(info).uid == 0 && uid != 0:
			e := fail(caseClosed, dir)
			e.Account = accountName(uint32(uid))
			return e
		}
	}
	return nil
}

// makeDirs returns the directories that it made, even with an error. A name that is taken in the meantime is not ours
// to use.
func (s *Store) makeDirs(dirs []string) (made []string, err error) {
	for _, dir := range dirs {
		mode := wayMode
		if s.given(dir) {
			mode = dirMode
		}
		if err := s.fs.mkdir(dir, mode); err != nil {
			return made, s.makeError(dir, err)
		}
		made = append(made, dir)
		if err := s.fs.syncDir(filepath.Dir(dir)); err != nil {
			return made, s.makeError(dir, err)
		}
	}
	return made, nil
}

// makeError is writeError for a directory on the way to the store, or on the way to its identity.
func (s *Store) makeError(dir string, err error) error {
	err = writeError(dir, err)
	if !(places{dir: dir}).contains(s.dir) {
		return s.ofIdentity(err)
	}
	return err
}

// given reports whether a directory becomes the account's: the store's, the identity's, and any below the identity's.
func (s *Store) given(dir string) bool {
	return dir == s.dir || (places{dir: s.identityDir()}).contains(dir)
}

// handOver gives directories to the account, the innermost first: from then on root does nothing in them.
func (s *Store) handOver(dirs []string, uid, gid int) error {
	for _, dir := range slices.Backward(dirs) {
		if !s.given(dir) {
			continue
		}
		if err := os.Lchown(dir, uid, gid); err != nil {
			return writeError(dir, err)
		}
	}
	return nil
}
