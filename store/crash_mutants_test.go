package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mutant is a file layer that breaks the write protocol in one place. Nil functions leave their operation as it is.
type mutant struct {
	*crashDisk
	flushes int
	skip    func(n int, path string) bool             // drops a flush; n counts from 1, path is below the base
	move    func(d *crashDisk, from, to string) error // in place of rename
	drop    func(d *crashDisk, path string) error     // in place of remove
	mark    func(d *crashDisk, path string) error     // in place of create, of a marker
}

func (m *mutant) skipped(path string) bool {
	m.flushes++
	rel, err := filepath.Rel(m.base, path)
	return err == nil && m.skip != nil && m.skip(m.flushes, filepath.ToSlash(rel))
}

func (m *mutant) create(path string) (file, error) {
	if m.mark != nil && filepath.Base(filepath.Dir(path)) == pendingName {
		return closedFile{}, m.mark(m.crashDisk, path)
	}
	f, err := m.crashDisk.create(path)
	return &mutantFile{f, m, path}, err
}

func (m *mutant) syncDir(dir string) error {
	if m.skipped(dir) {
		return nil
	}
	return m.crashDisk.syncDir(dir)
}

func (m *mutant) rename(from, to string) error {
	if m.move == nil {
		return m.crashDisk.rename(from, to)
	}
	return m.move(m.crashDisk, from, to)
}

func (m *mutant) remove(path string) error {
	if m.drop == nil {
		return m.crashDisk.remove(path)
	}
	return m.drop(m.crashDisk, path)
}

// closedFile is what is left of a file that was not made, or made earlier.
type closedFile struct{ file }

func (closedFile) Close() error { return nil }

type mutantFile struct {
	file
	m    *mutant
	path string
}

func (f *mutantFile) Sync() error {
	if f.m.skipped(f.path) {
		return nil
	}
	return f.file.Sync()
}

// flushFile flushes the file under path.
func (d *crashDisk) flushFile(path string) {
	n := d.find(path)
	n.flushed = n.data
}

// overwrite replaces the bytes of a file in place, with a flush at the end.
func (d *crashDisk) overwrite(path string, data []byte) error {
	n := d.find(path)
	if err := d.do(func() error { return os.WriteFile(path, data, fileMode) }, func() { n.data = data }); err != nil {
		return err
	}
	return d.do(func() error { return nil }, func() { d.flushFile(path) })
}

func isTemp(path string) bool { return strings.Contains(path, tempPrefix) }
func isDir(path string) bool  { return !isTemp(path) }
func isLive(path string) bool {
	return strings.HasSuffix(path, recordSuffix) && strings.Contains(path, companyA)
}
func isPrev(path string) bool {
	return strings.HasSuffix(path, prevSuffix) && strings.Contains(path, companyA)
}

// mutants is every way to weaken the protocol that is worth a name, by the scenario that must notice.
var mutants = map[string]struct {
	scenario string
	mutant   mutant
}{
	"no file is flushed":      {"later save", mutant{skip: func(_ int, path string) bool { return isTemp(path) }}},
	"no directory is flushed": {"later save", mutant{skip: func(_ int, path string) bool { return isDir(path) }}},
	"nothing is flushed":      {"first save", mutant{skip: func(int, string) bool { return true }}},
	"a file is flushed after its rename": {"later save", mutant{
		skip: func(_ int, path string) bool { return isTemp(path) },
		move: func(d *crashDisk, from, to string) error {
			err := d.rename(from, to)
			d.flushFile(to)
			return err
		}}},
	"a directory is flushed before the rename": {"later save", mutant{
		skip: func(_ int, path string) bool { return isDir(path) },
		move: func(d *crashDisk, from, to string) error {
			if err := d.syncDir(filepath.Dir(to)); err != nil {
				return err
			}
			return d.rename(from, to)
		}}},
	"no version before it is kept": {"later save", mutant{move: func(d *crashDisk, from, to string) error {
		if isPrev(to) {
			return d.remove(from)
		}
		return d.rename(from, to)
	}}},
	"no first version before it is kept": {"second save", mutant{move: func(d *crashDisk, from, to string) error {
		if isPrev(to) {
			return d.remove(from)
		}
		return d.rename(from, to)
	}}},
	"no copy of the settings is kept": {"first use", mutant{move: func(d *crashDisk, from, to string) error {
		if filepath.Base(to) == settingsPrevName {
			return d.remove(from)
		}
		return d.rename(from, to)
	}}},
	"the live file is moved away first": {"second save", mutant{move: func(d *crashDisk, from, to string) error {
		if !isPrev(to) {
			return d.rename(from, to)
		}
		if err := d.remove(from); err != nil {
			return err
		}
		return d.rename(strings.TrimSuffix(to, prevSuffix)+recordSuffix, to)
	}}},
	"the live file is written in place": {"later save", mutant{move: func(d *crashDisk, from, to string) error {
		if !isLive(to) {
			return d.rename(from, to)
		}
		if err := d.overwrite(to, d.find(from).data); err != nil {
			return err
		}
		return d.remove(from)
	}}},
	"the live file is removed first": {"forget", mutant{drop: func(d *crashDisk, path string) error {
		switch {
		case isPrev(path):
			path = strings.TrimSuffix(path, prevSuffix) + recordSuffix
		case isLive(path):
			path = strings.TrimSuffix(path, recordSuffix) + prevSuffix
		}
		return d.remove(path)
	}}},
	"a removal is not noted": {"forget", mutant{move: func(d *crashDisk, from, to string) error {
		if strings.HasSuffix(to, companyA+markSuffix) {
			return d.remove(from)
		}
		return d.rename(from, to)
	}}},
	"a pending record has no marker": {"replaced, then active", mutant{
		mark: func(*crashDisk, string) error { return nil },
	}},
	"a marker is written after the record": {"first pending save", mutant{
		mark: func(*crashDisk, string) error { return nil },
		move: func(d *crashDisk, from, to string) error {
			if err := d.rename(from, to); err != nil || !isLive(to) {
				return err
			}
			marker := filepath.Join(filepath.Dir(filepath.Dir(to)), pendingName, prod+companyA)
			f, err := d.create(marker)
			if err != nil {
				return err
			}
			return errors.Join(f.Close(), d.syncDir(filepath.Dir(marker)))
		}}},
	"a marker is removed before it is settled": {"pending, active, settled", mutant{
		move: func(d *crashDisk, from, to string) error {
			if isPrev(to) {
				_ = d.remove(filepath.Join(filepath.Dir(filepath.Dir(to)), pendingName, prod+companyA))
			}
			return d.rename(from, to)
		}}},
	"the version before it is not removed": {"forget", mutant{drop: func(d *crashDisk, path string) error {
		if isPrev(path) {
			return nil
		}
		return d.remove(path)
	}}},
}

// TestPowerCutFindsMutants breaks the protocol in one place at a time. A model that does not notice proves nothing.
func TestPowerCutFindsMutants(t *testing.T) {
	t.Parallel()
	for about, tt := range mutants {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			wantCaught(t, tt.scenario, tt.mutant)
		})
	}
}

// TestPowerCutNeedsEveryFlush leaves out each flush of each operation in turn.
func TestPowerCutNeedsEveryFlush(t *testing.T) {
	t.Parallel()
	for _, about := range []string{"first save", "first pending save", "later save", "settle", "forget"} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			count := scenarios[about].flushes(t)
			for n := range count {
				if !sampled(n) {
					continue
				}
				wantCaught(t, about, mutant{skip: func(i int, _ string) bool { return i == n+1 }})
			}
			t.Logf("%d flushes, none of them too many", count)
		})
	}
}

// flushes counts the flushes of the operation.
func (sc scenario) flushes(t *testing.T) int {
	t.Helper()
	m := &mutant{}
	sc.run(t, func(d *crashDisk) fsys { m.crashDisk = d; return m }, 1)
	return m.flushes
}

// TestFirstUseNeedsEveryFlush leaves out all flushes of one file or directory: while a store is made, some directories
// are flushed more than once.
func TestFirstUseNeedsEveryFlush(t *testing.T) {
	t.Parallel()
	for _, place := range []string{".", "data", "data/store", "config"} {
		t.Run("directory "+place, func(t *testing.T) {
			t.Parallel()
			wantCaught(t, "first use", mutant{skip: func(_ int, path string) bool { return path == place }})
		})
	}
	for n := range 6 { // the identity, FORMAT, the README, the settings, their copy, and where the store is
		t.Run(fmt.Sprint("file ", n+1), func(t *testing.T) {
			t.Parallel()
			files := 0
			wantCaught(t, "first use", mutant{skip: func(_ int, path string) bool {
				if isTemp(path) {
					files++
				}
				return isTemp(path) && files == n+1
			}})
		})
	}
}

func wantCaught(t *testing.T, about string, m mutant) {
	t.Helper()
	states, wrong := scenarios[about].run(t, func(d *crashDisk) fsys { m.crashDisk = d; return &m }, 1)
	if len(wrong) == 0 {
		t.Errorf("%s: %d states, and nothing wrong was noticed", about, states)
		return
	}
	t.Logf("%s, one of %d states: %v", about, states, wrong[0])
}
