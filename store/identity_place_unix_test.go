//go:build unix

package store

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestPlaceOfTheIdentity: a fault in the place of the identity is reported as one, because another store would not
// help.
func TestPlaceOfTheIdentity(t *testing.T) {
	t.Parallel()
	link := func(path string) error { return os.Symlink(path, path) }
	for about, tt := range map[string]struct {
		plant func(dir string) error
		path  string // below dir
		want  Kind
		names string // how the error begins, behind dir
	}{
		"a file in the way": {func(dir string) error { return os.WriteFile(filepath.Join(dir, "f"), nil, 0o600) },
			"f/below/identity.txt", caseIDNotDirectory, "f:"},
		"a directory": {func(dir string) error { return os.Mkdir(filepath.Join(dir, "d"), 0o700) },
			"d", caseIDNoFile, "d:"},
		"a pipe": {func(dir string) error { return syscall.Mkfifo(filepath.Join(dir, "p"), 0o600) },
			"p", caseIDNoFile, "p:"},
		"large": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "l"), make([]byte, maxFileBytes+1), 0o600)
		},
			"l", caseNotIdentity, "l:"},
		"a loop": {func(dir string) error { return link(filepath.Join(dir, "loop")) },
			"loop/identity.txt", caseIDLoop, "loop/identity.txt:"},
		"too long": {func(string) error { return nil },
			strings.Repeat("long/", 1000) + "identity.txt", caseIDTooLong, "long/long/"},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			cfg := newConfig(t)
			dir := filepath.Dir(cfg.Identity)
			must(t, os.MkdirAll(dir, 0o700))
			must(t, tt.plant(dir))
			cfg.Identity = filepath.Join(dir, tt.path)
			_, err := Create(cfg)
			for name, err := range map[string]error{"create": err, "probe": probe(cfg)} {
				if rowOf(err) != tt.want || !strings.HasPrefix(err.Error(), dir+"/"+tt.names) {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

// TestIdentityCannotBeWritten fails what is written on the way to the identity.
func TestIdentityCannotBeWritten(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]Kind{
		syscall.EROFS: caseIDReadOnly, syscall.EACCES: caseIDPermission, syscall.ENOENT: caseIDOther,
		syscall.ENAMETOOLONG: caseIDTooLong,
	} {
		for _, op := range []string{"mkdir config", "rename identity.txt"} {
			s, newErr := newStore(newConfig(t))
			must(t, newErr)
			s.fs = &faulty{fsys: s.fs, failOn: op, err: err}
			if got := s.create(); rowOf(got) != want {
				t.Errorf("%s, %v: %v of %q", op, err, got, rowOf(got))
			}
		}
	}
}

// TestWayToTheStore names the part of a path that is in the way, and why.
func TestWayToTheStore(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	dir := tempRoot(cfg)
	writeFile(t, filepath.Join(dir, "f"), nil)
	must(t, os.Symlink("loop", filepath.Join(dir, "loop")))
	for below, want := range map[string]Kind{
		"f/below/store": caseNotDirectory, "loop": caseLoop, "loop/store": caseLoop,
		strings.Repeat("long/", 1000): caseTooLong, strings.Repeat("l", 300): caseTooLong,
	} {
		cfg.Dir = filepath.Join(dir, below)
		if err := probe(cfg); rowOf(err) != want || strings.Contains(err.Error(), "/f/below") {
			t.Errorf("%v of %q, want %q", err, rowOf(err), want)
		}
	}
}
