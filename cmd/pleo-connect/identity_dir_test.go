//go:build unix

package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestServiceBesideTheVendor: the directory above that of the identity stays root's, whether root makes it or a package
// of the vendor did. The service uses the store, and root accepts an integration file there.
func TestServiceBesideTheVendor(t *testing.T) {
	t.Parallel()
	for about, before := range map[string]bool{"the package came before": true, "the package comes later": false} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			s := newShared(t)
			etc := s.likeRoot()
			file := filepath.Join(etc, "integration.toml")
			ship := func() {
				text, err := os.ReadFile(s.integrationFor(serviceName))
				if err == nil {
					err = errors.Join(os.WriteFile(file, text, 0o644), os.Chmod(file, 0o644))
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if before {
				err := errors.Join(os.MkdirAll(etc, 0o755), os.Chmod(filepath.Dir(etc), 0o755), os.Chmod(etc, 0o755))
				if err != nil {
					t.Fatal(err)
				}
				ship()
			}
			if r := s.connectFor(serviceName); r.code != exitDone {
				t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
			}
			if !before {
				ship()
			}
			s.ownedBy(s.service)
			s.wantModes(0, 0o755, filepath.Dir(s.store), filepath.Dir(etc), etc)
			s.wantModes(0, 0o644, file)
			if got := s.serviceReads(s.service); got.code != 0 || got.out != s.readable() {
				t.Errorf("the service with package store: %d: %s%s", got.code, got.out, got.err)
			}
			s.exams(exitDone, "--integration", file)
		})
	}
}

// TestModesOfTheWay: what root makes on the way to an identity of its own is open to all. A person's directories are
// closed.
func TestModesOfTheWay(t *testing.T) {
	t.Parallel()
	for about, person := range map[string]bool{"root": false, "a person": true} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			s := newShared(t)
			etc := s.likeRoot()
			who, way := account{}, fs.FileMode(0o755)
			if person {
				who, way = s.other, 0o700
			}
			key := filepath.Join(s.home, "key")
			writeFile(t, key, []byte(s.sim.Keys().Good), 0o600)
			if err := errors.Join(os.Chown(key, who.uid, who.gid), os.Chown(s.home, who.uid, who.gid)); err != nil {
				t.Fatal(err)
			}
			connect := s.flags("--key-file", key, "--accept-permissions", "--yes")
			if got := s.as(who, "pleo-connect", nil, connect...); got.code != exitDone {
				t.Fatalf("exit code %d: %s%s", got.code, got.out, got.err)
			}
			s.ownedBy(who)
			s.wantModes(who.uid, 0o700, filepath.Dir(s.store))
			s.wantModes(who.uid, way, filepath.Dir(etc), etc)
		})
	}
}

// likeRoot puts the identity where root has it, below the home in place of /, and returns the directory that stays
// root's.
func (s *shared) likeRoot() string {
	etc := filepath.Join(s.home, "etc", "pleo-connect")
	s.identity = filepath.Join(etc, "private", "identity.txt")
	return etc
}

// wantModes requires the owner and the mode of each path.
func (s *shared) wantModes(uid int, mode fs.FileMode, paths ...string) {
	s.t.Helper()
	for _, path := range paths {
		info, err := os.Lstat(path)
		if err != nil {
			s.t.Fatal(err)
		}
		if st := info.Sys().(*syscall.Stat_t); int(st.Uid) != uid || info.Mode().Perm() != mode {
			s.t.Errorf("%s belongs to %d with mode %04o, want %d and %04o", path, st.Uid, info.Mode().Perm(), uid, mode)
		}
	}
}
