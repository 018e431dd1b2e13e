package store

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// besides is a second integration of the same companies. Its id begins as the names of the files of the first one do.
var besides = ledger + "-" + companyA[:8]

// grid returns the names of two integrations of two companies, in two environments, in the order of their files.
func grid() []Ref {
	var refs []Ref
	for _, env := range []string{"production", "staging"} {
		for _, integration := range []string{besides, ledger} {
			for _, company := range []string{companyA, companyB} {
				refs = append(refs, Ref{env, integration, company})
			}
		}
	}
	slices.SortFunc(refs, func(a, b Ref) int {
		idA, _ := a.fileID()
		idB, _ := b.fileID()
		return strings.Compare(idA, idB)
	})
	return refs
}

// recordOf returns a record of this name, with a description of its own.
func recordOf(ref Ref) Record {
	r := newRecord(ref.CompanyID)
	r.Env, r.Integration = ref.Env, described(ref.Integration, len(ref.Integration))
	return r
}

func fileIDs(t testing.TB, refs []Ref) []string {
	t.Helper()
	var out []string
	for _, ref := range refs {
		fileID, err := ref.fileID()
		must(t, err)
		out = append(out, fileID)
	}
	return out
}

// newGrid returns the places of a store in which each record of the grid was saved twice. They are made once, and each
// test lays them for itself.
var newGrid = func() func(t *testing.T) tree {
	var once sync.Once
	var made tree
	return func(t *testing.T) tree {
		t.Helper()
		once.Do(func() {
			cfg := configBelow(quickDir(t))
			s := newView(t, tempRoot(cfg)).store()
			must(t, s.create())
			for _, ref := range grid() {
				r := put(t, s, recordOf(ref))
				r.Key = newKey()
				put(t, s, r)
			}
			made = treeBelow(t, tempRoot(cfg))
		})
		return made
	}
}()

// newGridStore opens a store of its own that holds each record of the grid twice.
func newGridStore(t *testing.T) *Store {
	t.Helper()
	base := quickDir(t)
	newGrid(t).lay(t, base)
	s := newView(t, base).store()
	must(t, s.open())
	s.notePlace() // it was made elsewhere
	return s
}

// treeBelow is the reverse of tree.lay.
func treeBelow(t testing.TB, base string) tree {
	t.Helper()
	out := tree{}
	for _, rel := range files(t, base) {
		if info, err := os.Lstat(filepath.Join(base, rel)); err == nil && info.IsDir() {
			out[rel] = nil
			continue
		}
		out[rel] = readFile(t, filepath.Join(base, rel))
	}
	return out
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	writeFile(t, to, readFile(t, from))
}

// removeFiles loses the files of records.
func removeFiles(t testing.TB, s *Store, fileIDs ...string) {
	t.Helper()
	for _, fileID := range fileIDs {
		must(t, os.Remove(s.live(fileID)))
		must(t, os.Remove(s.prev(fileID)))
	}
}
