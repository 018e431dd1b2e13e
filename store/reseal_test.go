package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// everyFile lists the encrypted files of a store: settings and records, and the versions before them.
func everyFile(t testing.TB, s *Store) []string {
	t.Helper()
	var out []string
	for _, rel := range files(t, s.dir) {
		if strings.HasSuffix(rel, recordSuffix) || strings.HasSuffix(rel, prevSuffix) {
			out = append(out, filepath.Join(s.dir, rel))
		}
	}
	if len(out) < 4 {
		t.Fatalf("only %v", out)
	}
	return out
}

// wantOpened requires that id opens all encrypted files of the store, or none.
func wantOpened(t testing.TB, s *Store, about string, id *identity, want bool) {
	t.Helper()
	for _, path := range everyFile(t, s) {
		_, err := identities{id}.open(readFile(t, path))
		if (err == nil) != want || (err != nil && !errors.Is(err, errMismatch)) {
			t.Errorf("%s: %s: %v", about, filepath.Base(path), err)
		}
	}
}

// plainTexts returns what is inside each record file.
func plainTexts(t testing.TB, s *Store) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, path := range everyFile(t, s) {
		if filepath.Dir(path) == s.installations() {
			out[filepath.Base(path)] = string(unseal(t, s, path))
		}
	}
	return out
}

// copied returns a copy of both places, made without a single flush: a test that breaks a store at
// each step needs many.
func copied(t testing.TB, cfg Config) Config {
	t.Helper()
	from, next := tempRoot(cfg), newConfig(t)
	for _, rel := range files(t, from) {
		path := filepath.Join(tempRoot(next), rel)
		if info, err := os.Lstat(filepath.Join(from, rel)); err == nil && info.IsDir() {
			must(t, os.MkdirAll(path, 0o700))
			continue
		}
		writeFile(t, path, readFile(t, filepath.Join(from, rel)))
	}
	return next
}

func freshIdentity(t testing.TB) *identity {
	t.Helper()
	id, err := newIdentity()
	must(t, err)
	return id
}

// identityFile writes an identity of a person's to a directory of its own.
func identityFile(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(tempDir(t), "me.age")
	writeFile(t, path, []byte(text))
	return path
}
