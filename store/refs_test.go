package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// listedRefs returns the names that List gives: of records, and of files that should hold one and cannot be read.
func listedRefs(t *testing.T, s *Store) []Ref {
	t.Helper()
	var out []Ref
	for r, err := range s.List() {
		ref := r.Ref()
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
			if e.Kind == KindForeign || e.Kind == KindDemo {
				continue // it has no name, or one that does not belong here
			}
			file, nameErr := s.recordFile(filepath.Base(e.Path))
			must(t, nameErr)
			ref = file.ref
		}
		out = append(out, ref)
	}
	return out
}

// opensNothing is a file layer on which no file can be read.
type opensNothing struct {
	fsys
	opened []string
}

func (o *opensNothing) read(path string, _ fileCheck) ([]byte, error) {
	o.opened = append(o.opened, path)
	return nil, errKilled
}

// TestRefs: no matter what is in the directory, Refs and List give each record once, in one order, and what is not
// there is lost for Loss. Refs opens no file.
func TestRefs(t *testing.T) {
	t.Parallel()
	refs := grid()
	first, name := refs[0], fileIDs(t, refs[:1])[0]
	without := refs[1:]
	for about, tt := range map[string]struct {
		change func(s *Store)
		want   []Ref
		lost   []Ref
	}{
		"as it was saved":       {func(*Store) {}, refs, nil},
		"one live file alone":   {func(s *Store) { must(t, os.Remove(s.prev(name))) }, refs, nil},
		"one version before it": {func(s *Store) { must(t, os.Remove(s.live(name))) }, refs, nil},
		"one is gone":           {func(s *Store) { removeFiles(t, s, name) }, without, refs[:1]},
		"one is damaged":        {func(s *Store) { writeFile(t, s.live(name), nil) }, refs, nil},
		"both are damaged": {func(s *Store) {
			writeFile(t, s.live(name), nil)
			writeFile(t, s.prev(name), nil)
		}, refs, nil},
		"one is that of another": {func(s *Store) {
			copyFile(t, s.live(fileIDs(t, without)[0]), s.live(name))
		}, refs, nil},
		"one is a directory": {func(s *Store) {
			removeFiles(t, s, name)
			must(t, os.Mkdir(s.live(name), 0o700))
		}, refs, nil},
		"a demo record": {func(s *Store) {
			copyFile(t, s.live(name), s.live("demo"+strings.TrimPrefix(name, "prod")))
		}, refs, nil},
		"a directory of no record": {func(s *Store) {
			must(t, os.Mkdir(filepath.Join(s.installations(), "x.age"), 0o700))
		}, refs, nil},
		"a copy between the two": {func(s *Store) {
			copyFile(t, s.live(name), s.live(name)+".bak")
			copyFile(t, s.live(name), s.live(name)+".bak"+recordSuffix)
		}, refs, nil},
		"a temporary file": {func(s *Store) {
			removeFiles(t, s, name)
			writeFile(t, filepath.Join(s.installations(), tempPrefix+"X"), nil)
			writeFile(t, filepath.Join(s.installations(), tempPrefix+name+recordSuffix), nil)
		}, without, refs[:1]},
		"a file with two endings": {func(s *Store) {
			copyFile(t, s.live(name), s.live(name)+prevSuffix)
			removeFiles(t, s, name)
		}, without, refs[:1]},
		"a file without an ending": {func(s *Store) {
			copyFile(t, s.live(name), filepath.Join(s.installations(), name))
			removeFiles(t, s, name)
		}, without, refs[:1]},
		"upper case": {func(s *Store) {
			copyFile(t, s.live(name), filepath.Join(s.installations(), "PROD"+strings.TrimPrefix(name, "prod")+recordSuffix))
			removeFiles(t, s, name)
		}, without, refs[:1]},
		"removed on purpose": {func(s *Store) { must(t, s.Forget(first, 2)) }, without, nil},
		"nothing":            {func(s *Store) { removeFiles(t, s, fileIDs(t, refs)...) }, nil, refs},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			s := newGridStore(t)
			tt.change(s)
			if diff := cmp.Diff(tt.want, listedRefs(t, s)); diff != "" {
				t.Errorf("List (-want +got):\n%s", diff)
			}
			var lost []Ref
			for _, l := range s.Loss().Lost {
				lost = append(lost, l.Ref)
			}
			if diff := cmp.Diff(tt.lost, lost); diff != "" {
				t.Errorf("lost (-want +got):\n%s", diff)
			}
			layer := &opensNothing{fsys: s.fs}
			s.fs = layer
			got, err := s.Refs(nil)
			must(t, err)
			if diff := cmp.Diff(tt.want, got); diff != "" || len(layer.opened) > 0 {
				t.Errorf("Refs opened %v, and returned (-want +got):\n%s", layer.opened, diff)
			}
		})
	}
}

// TestRefsRefuses: no names are better than some.
func TestRefsRefuses(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	must(t, os.Remove(s.installations()))
	if _, err := s.Refs(nil); err == nil {
		t.Error("a directory that is not there holds nothing")
	}
	must(t, s.Close())
	if _, err := s.Refs(nil); !errors.Is(err, errClosed) {
		t.Errorf("closed: %v", err)
	}
}
