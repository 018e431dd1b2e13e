//go:build unix

package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ordinary is a server on which an ordinary account has a store of its own.
func ordinary(t *testing.T) *shared {
	t.Helper()
	s := newShared(t)
	home := filepath.Join(s.home, "games")
	s.store = filepath.Join(home, "data", "store")
	s.identity = filepath.Join(home, "config", "pleo-connect", "identity.txt")
	if err := errors.Join(os.Mkdir(home, 0o700), os.Chown(home, s.other.uid, s.other.gid)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/bin/sh", filepath.Join(s.bin, "sh")); err != nil {
		t.Fatal(err)
	}
	s.connectsAs()
	return s
}

// connectsAs connects as the ordinary account.
func (s *shared) connectsAs() {
	s.t.Helper()
	key := filepath.Join(s.home, "games", "key")
	writeFile(s.t, key, []byte(s.sim.Keys().Good), 0o600)
	if err := os.Chown(key, s.other.uid, s.other.gid); err != nil {
		s.t.Fatal(err)
	}
	args := s.flags("--key-file", key, "--accept-permissions", "--yes")
	if r := s.as(s.other, "pleo-connect", nil, args...); r.code != exitDone {
		s.t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// sh runs a command as the ordinary account, or as root after sudo.
func (s *shared) sh(command string) {
	s.t.Helper()
	who := s.other
	if rest, ok := strings.CutPrefix(command, "sudo "); ok {
		command, who = rest, account{}
	}
	if r := s.as(who, "sh", nil, "-c", command); r.code != 0 {
		s.t.Errorf("%s: exit code %d: %s%s", command, r.code, r.out, r.err)
	}
}

// TestShutOut takes the rights to a store from the account that it belongs to. The account must be given one command
// that restores them, and no advice to run this as itself.
func TestShutOut(t *testing.T) {
	t.Parallel()
	closed := func(path string, mode fs.FileMode) error { return os.Chmod(path, mode) }
	for name, tt := range map[string]struct {
		take func(s *shared) error
		says string
		hint string
	}{
		"the store": {
			func(s *shared) error { return closed(s.store, 0) },
			"can't read {store} (mode 0000)", "chmod -R u+rwX {store} {config}",
		},
		"the records": {
			func(s *shared) error { return closed(filepath.Join(s.store, "installations"), 0) },
			"can't read {store}/installations (mode 0000)", "chmod -R u+rwX {store} {config}",
		},
		"everything in it": {
			func(s *shared) error { return s.chmodAll(s.store, filepath.Dir(s.identity)) },
			"can't read {config} (mode 0000)", "chmod -R u+rwX {store} {config}",
		},
		"the identity": {
			func(s *shared) error { return closed(s.identity, 0) },
			"can't read {config}/identity.txt (mode 0000)", "chmod -R u+rwX {store} {config}",
		},
		"a directory above": {
			func(s *shared) error { return closed(filepath.Dir(s.store), 0) },
			"can't open the directory {data} (mode 0000)", "chmod u+rwX {data}",
		},
		"a directory of root's": {
			func(s *shared) error { return closed(s.home, 0o700) },
			"can't open the directory {home}\n", "sudo chmod go+x {home}",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ordinary(t)
			if err := tt.take(s); err != nil {
				t.Fatal(err)
			}
			r := s.statusAs(s.other)
			names := strings.NewReplacer("{store}", s.store, "{config}", filepath.Dir(s.identity),
				"{data}", filepath.Dir(s.store), "{home}", s.home)
			hint := "run: " + names.Replace(tt.hint) + "\n"
			if r.code != exitStore || !strings.Contains(r.err, names.Replace("error: the account games "+tt.says)) ||
				!strings.Contains(r.err, hint) {
				t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
			}
			s.sh(names.Replace(tt.hint))
			if r := s.statusAs(s.other); r.code != exitDone {
				t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
			}
		})
	}
}

// chmodAll takes all rights from everything in some directories.
func (s *shared) chmodAll(dirs ...string) error {
	var errs []error
	for _, dir := range dirs {
		errs = append(errs, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, _ error) error {
			return os.Chmod(path, 0) // the tests run as root, who still gets through
		}))
	}
	return errors.Join(errs...)
}

// TestShutOutOfWriting: the same where a record can be read and not saved.
func TestShutOutOfWriting(t *testing.T) {
	t.Parallel()
	s := ordinary(t)
	records := filepath.Join(s.store, "installations")
	if err := os.Chmod(records, 0o500); err != nil {
		t.Fatal(err)
	}
	args := s.flags("--key-file", filepath.Join(s.home, "games", "key"), "--accept-permissions", "--yes")
	r := s.as(s.other, "pleo-connect", nil, args...)
	command := "chmod -R u+rwX " + s.store + " " + filepath.Dir(s.identity)
	if r.code != exitStore || !strings.Contains(r.err, "games can't write to "+records+" (mode 0500)") ||
		!strings.Contains(r.err, "hint: run: "+command+"\n") {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	s.sh(command)
	s.connectsAs()
}

// TestOpenAboveOfTwo: of directories above the store that others can change, one is root's and one is our own.
func TestOpenAboveOfTwo(t *testing.T) {
	t.Parallel()
	s := ordinary(t)
	ours := filepath.Dir(s.store)
	if err := errors.Join(os.Chmod(s.home, 0o777), os.Chmod(ours, 0o777)); err != nil {
		t.Fatal(err)
	}
	command := "sudo chmod go-w " + s.home + " " + ours
	if r := s.statusAs(s.other); r.code != exitStore || !strings.Contains(r.err, "hint: run: "+command+"\n") {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	s.sh(command)
	if r := s.statusAs(s.other); r.code != exitDone {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// TestForeignModes: no command is printed that this account may not run.
func TestForeignModes(t *testing.T) {
	t.Parallel()
	s := ordinary(t)
	key, script := filepath.Join(s.home, "key"), filepath.Join(s.home, "script")
	for path, text := range map[string]string{key: s.sim.Keys().Good, script: "#!/bin/sh\n"} {
		writeFile(t, path, []byte(text), 0o644)
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, owner := range []account{{}, s.other} {
		ours := owner.uid == s.other.uid
		for _, path := range []string{key, script} {
			if err := os.Chown(path, owner.uid, owner.gid); err != nil {
				t.Fatal(err)
			}
		}
		args := s.flags("--key-file", key, "--accept-permissions", "--yes")
		r := s.as(s.other, "pleo-connect", nil, args...)
		if !strings.Contains(r.err, "other accounts can read the key file") ||
			strings.Contains(r.err, "run: chmod 600 "+key) != ours {
			t.Errorf("key of %d: exit code %d: %s%s", owner.uid, r.code, r.out, r.err)
		}
		r = s.as(s.other, "pleo-connect", nil, "exec", "--store", s.store, "--identity", s.identity, bakery, "--", script)
		if !strings.Contains(r.err, "may not run") || strings.Contains(r.err, "run: chmod +x "+script) != ours {
			t.Errorf("script of %d: exit code %d: %s%s", owner.uid, r.code, r.out, r.err)
		}
	}
}

// TestOpenFilesOfRoot: what root has to close, is closed with sudo.
func TestOpenFilesOfRoot(t *testing.T) {
	t.Parallel()
	s := ordinary(t)
	dir := filepath.Join(s.home, "open")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "file")
	writeFile(t, file, []byte(certificate(t)), 0o600)
	for _, open := range []string{file, dir} {
		for path, mode := range map[string]fs.FileMode{file: 0o644, dir: 0o755} {
			if path == open {
				mode |= 0o022
			}
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
		for _, flag := range []string{"--ca-file", "--integration"} {
			args := s.flags("--key-file", filepath.Join(s.home, "games", "key"), "--accept-permissions", "--yes", flag, file)
			r := s.as(s.other, "pleo-connect", nil, args...)
			if r.code != exitUsage || !strings.Contains(r.err, "run: sudo chmod go-w "+open+"\n") {
				t.Errorf("%s, with an open %s: exit code %d: %s%s", flag, open, r.code, r.out, r.err)
			}
		}
	}
}
