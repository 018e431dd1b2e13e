package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// companies returns the companies of a loss.
func (l Loss) companies() []string {
	var out []string
	for _, lost := range l.Lost {
		out = append(out, lost.CompanyID)
	}
	return out
}

// wantLoss requires that a store lost these companies, and that nothing else is in doubt.
func wantLoss(t *testing.T, l Loss, companies ...string) {
	t.Helper()
	if diff := cmp.Diff(companies, l.companies()); diff != "" || l.Doubt.Any() {
		t.Errorf("doubt %v, lost (-want +got):\n%s", l.Doubt, diff)
	}
}

// wantLossOf requires the same of Store.Loss, and of Store.Get for each company.
func wantLossOf(t *testing.T, s *Store, companies ...string) {
	t.Helper()
	wantLoss(t, s.Loss(), companies...)
	for _, company := range []string{companyA, companyB} {
		_, err := s.Get(Ref{"production", ledger, company})
		var lost *LostError
		isLost := slices.Contains(companies, company)
		if errors.As(err, &lost) != isLost || isLost && !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v", company, err)
		}
		if isLost && (lost.CompanyID != company || lost.File != s.live(prod+company)) {
			t.Errorf("%s: %+v", company, lost)
		}
	}
}

// lossAt is the loss of a store that is not there.
func lossAt(t *testing.T, cfg Config) Loss {
	t.Helper()
	l, err := LossAt(cfg)
	must(t, err)
	return l
}

// TestLostRecord: a record that is gone is missed until it was saved again, came back, or was removed on purpose. One
// of its two files is enough.
func TestLostRecord(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	wantLossOf(t, s)
	first, second := putTwice(t, s, companyA)
	put(t, s, newRecord(companyB))
	wantLossOf(t, s)

	live := readFile(t, second.File)
	must(t, os.Remove(second.File))
	wantLossOf(t, s)
	must(t, os.Remove(s.prev(prod+companyA)))
	wantLossOf(t, s, companyA)
	if l := s.Loss(); l.Lost[0].File != second.File || l.Lost[0].Env != "production" {
		t.Errorf("lost: %+v", l.Lost[0])
	}

	writeFile(t, second.File, live)
	wantLossOf(t, s)
	must(t, os.Remove(second.File))
	again := put(t, s, newRecord(companyA))
	wantLossOf(t, s)
	if again.Generation <= second.Generation {
		t.Errorf("generation %d after %d", again.Generation, second.Generation)
	}

	must(t, os.Remove(again.File))
	wantLossOf(t, s, companyA)
	must(t, s.Forget(first.Ref(), 0))
	wantLossOf(t, s)
}

// TestForgottenIsNotLost: also when it is saved and forgotten again, and when its mark could not be written.
func TestForgottenIsNotLost(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	for range 2 {
		r := put(t, s, newRecord(companyA))
		must(t, s.Forget(r.Ref(), r.Generation))
		wantLossOf(t, s)
		if m := s.readMark(prod + companyA); !m.Removed || m.Generation != r.Generation {
			t.Errorf("the mark is %+v", m)
		}
	}
	r := put(t, s, newRecord(companyA))
	if s.readMark(prod + companyA).Removed {
		t.Error("a saved record is marked as removed")
	}
	must(t, os.Remove(s.markPath(prod+companyA)))
	must(t, s.Forget(r.Ref(), r.Generation))
	wantLossOf(t, s)

	must(t, s.Forget(Ref{"production", ledger, companyB}, 0)) // never saved
	if _, err := os.Lstat(s.markPath(prod + companyB)); err == nil {
		t.Error("a mark was made for a company that was never saved")
	}
}

// TestLostStore: the marks know what was in a store that is gone, no matter what is in its place.
func TestLostStore(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	wantLoss(t, lossAt(t, cfg))
	s := create(t, cfg)
	put(t, s, newRecord(companyA))
	r := put(t, s, newRecord(companyB))
	must(t, s.Forget(r.Ref(), r.Generation))
	must(t, os.RemoveAll(cfg.Dir))
	wantLoss(t, lossAt(t, cfg), companyA)
	if diff := cmp.Diff([]string{s.ownSeen()}, lossAt(t, cfg).Marks); diff != "" {
		t.Errorf("marks (-want +got):\n%s", diff)
	}
	must(t, os.MkdirAll(cfg.Dir, 0o700))
	wantLoss(t, lossAt(t, cfg), companyA)

	// A new store in its place misses the same, until the connection is there again or removed.
	next := create(t, cfg)
	wantLoss(t, next.Loss(), companyA)
	put(t, next, newRecord(companyB))
	wantLoss(t, next.Loss(), companyA)
	must(t, next.Forget(Ref{"production", ledger, companyA}, 0))
	wantLoss(t, next.Loss())
	must(t, os.RemoveAll(cfg.Dir))
	wantLoss(t, lossAt(t, cfg), companyB)

	other := cfg
	other.Dir += "-two"
	wantLoss(t, lossAt(t, other))
	must(t, os.RemoveAll(next.ownSeen()))
	must(t, os.RemoveAll(s.ownSeen()))
	wantLoss(t, lossAt(t, cfg))
}

// TestOwnMarksCount: the notes of an earlier store say nothing about a record that the store noted itself, whichever
// time its clock had then. When its own marks cannot be read, those of the other are too old to go by.
func TestOwnMarksCount(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	before := create(t, cfg)
	ahead := before.now().AddDate(1, 0, 0)
	before.now = func() time.Time { return ahead }
	put(t, before, newRecord(companyA))
	must(t, os.RemoveAll(cfg.Dir))
	s := create(t, cfg)
	r := put(t, s, newRecord(companyA))
	must(t, s.Forget(r.Ref(), r.Generation))
	wantLossOf(t, s)
	must(t, os.RemoveAll(s.ownSeen()))
	if l := s.Loss(); len(l.Lost) > 0 || !l.Doubt.Any() {
		t.Errorf("without marks: %+v", l)
	}
}

// TestRecipientCannotTell: what the service removes is noted beside its identity, and not beside that of a person who
// may read the store.
func TestRecipientCannotTell(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s, me := create(t, cfg), freshIdentity(t)
	must(t, s.AddRecipient(me.Recipient().String(), nil))
	cfg.Identity = identityFile(t, me.String()+"\n")
	r := put(t, create(t, cfg), newRecord(companyA))
	must(t, s.Forget(r.Ref(), r.Generation))
	mine := create(t, cfg)
	if l := mine.Loss(); len(l.Lost) > 0 || l.Doubt.Case != "not_own" {
		t.Errorf("%+v", l)
	}
	r = put(t, mine, newRecord(companyB)) // noted beside the identity of the person
	must(t, s.Forget(r.Ref(), r.Generation))
	var lost *LostError
	if _, err := mine.Get(r.Ref()); !errors.Is(err, ErrNotFound) || errors.As(err, &lost) {
		t.Errorf("%v", err)
	}
	wantLossOf(t, s)
}

// TestMovedStore: what is moved is not lost. From the next save on, that is so at the old place as well.
func TestMovedStore(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	put(t, create(t, cfg), newRecord(companyA))
	moved := cfg
	moved.Dir += "-moved"
	must(t, os.Rename(cfg.Dir, moved.Dir))
	s, err := Open(moved)
	must(t, err)
	wantLossOf(t, s)
	wantLoss(t, lossAt(t, cfg), companyA)
	if dirs := OtherDirs(cfg); len(dirs) != 0 {
		t.Errorf("other places: %q", dirs)
	}
	put(t, s, newRecord(companyB))
	wantLossOf(t, s)
	wantLoss(t, lossAt(t, cfg))
	if diff := cmp.Diff([]string{moved.Dir}, OtherDirs(cfg)); diff != "" {
		t.Errorf("other places (-want +got):\n%s", diff)
	}
	if dirs := OtherDirs(moved); len(dirs) != 0 {
		t.Errorf("other places: %q", dirs)
	}
}

// TestRestoredStore: an old copy of the whole store misses what came after it. Two stores of one identity do not mix.
func TestRestoredStore(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s := create(t, cfg)
	put(t, s, newRecord(companyA))
	backup := cfg.Dir + "-backup"
	must(t, os.Mkdir(backup, 0o700))
	must(t, os.Mkdir(filepath.Join(backup, installationsName), 0o700))
	for _, path := range files(t, cfg.Dir) {
		if info, err := os.Stat(filepath.Join(cfg.Dir, path)); err == nil && !info.IsDir() {
			writeFile(t, filepath.Join(backup, path), readFile(t, filepath.Join(cfg.Dir, path)))
		}
	}
	put(t, s, newRecord(companyB))
	two := cfg
	two.Dir += "-two"
	wantLoss(t, create(t, two).Loss())
	wantLossOf(t, s)
	must(t, os.RemoveAll(cfg.Dir))
	must(t, os.Rename(backup, cfg.Dir))
	wantLoss(t, create(t, cfg).Loss(), companyB)
}

// TestLinkedStoreIsLost: behind a link, as of a disk that is not mounted, the store has the name that it always had.
func TestLinkedStoreIsLost(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	root := tempRoot(cfg)
	must(t, os.Mkdir(filepath.Join(root, "disk"), 0o700))
	must(t, os.Symlink("disk/store", filepath.Join(root, "one")))
	must(t, os.Symlink(filepath.Join(root, "one"), filepath.Join(root, "two")))
	cfg.Dir = filepath.Join(root, "two")
	s := create(t, cfg)
	if want := filepath.Join(root, "disk", "store"); s.dir != want {
		t.Fatalf("the store is in %s, want %s", s.dir, want)
	}
	put(t, s, newRecord(companyA))
	must(t, os.RemoveAll(s.dir))
	wantLoss(t, lossAt(t, cfg), companyA)
}

// TestLinkToItself ends.
func TestLinkToItself(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	cfg.Dir = filepath.Join(tempRoot(cfg), "loop")
	must(t, os.Symlink("loop", cfg.Dir))
	if _, err := LossAt(cfg); err == nil {
		t.Error("a link to itself leads somewhere")
	}
}

// TestLossInDoubt: where marks cannot be read or written, it is unknown what is lost. The reason is reported.
func TestLossInDoubt(t *testing.T) {
	t.Parallel()
	for about, tt := range map[string]struct {
		change func(t *testing.T, s *Store)
		says   string
	}{
		"no marks": {func(t *testing.T, s *Store) { must(t, os.RemoveAll(s.allSeen())) }, "missing"},
		"marks are a file": {func(t *testing.T, s *Store) {
			must(t, os.RemoveAll(s.allSeen()))
			writeFile(t, s.allSeen(), nil)
		}, "unreadable"},
		"a record without a mark": {func(t *testing.T, s *Store) {
			must(t, os.Remove(s.markPath(prod+companyB)))
		}, prod + companyB + ".json missing"},
		"a mark of a missing record is damaged": {func(t *testing.T, s *Store) {
			writeFile(t, s.markPath(prod+companyA), []byte("damaged"))
		}, "unreadable"},
		"a mark of a missing record is empty": {func(t *testing.T, s *Store) {
			writeFile(t, s.markPath(prod+companyA), []byte("{}"))
		}, "unreadable"},
		"no records at all": {func(t *testing.T, s *Store) { must(t, os.RemoveAll(s.installations())) }, "missing"},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			s := newTestStore(t)
			r := put(t, s, newRecord(companyA))
			put(t, s, newRecord(companyB))
			must(t, os.Remove(r.File))
			tt.change(t, s)
			if l := s.Loss(); !strings.Contains(doubtText(l.Doubt), tt.says) {
				t.Errorf("doubt %v, want %q", l.Doubt, tt.says)
			}
		})
	}
}

// TestLostStoreInDoubt is the same when the store is gone.
func TestLostStoreInDoubt(t *testing.T) {
	t.Parallel()
	for about, tt := range map[string]struct {
		change func(t *testing.T, s *Store)
		says   string
		lost   int
	}{
		"no marks": {func(t *testing.T, s *Store) { must(t, os.RemoveAll(s.allSeen())) }, "seen missing", 0},
		"neither marks nor identity": {func(t *testing.T, s *Store) {
			must(t, os.RemoveAll(s.identityDir()))
		}, "", 0},
		"its place is damaged": {func(t *testing.T, s *Store) {
			writeFile(t, filepath.Join(s.ownSeen(), placeName), []byte(`{"dir":7}`))
		}, "store.json unreadable", 0},
		"its place is huge": {func(t *testing.T, s *Store) {
			writeFile(t, filepath.Join(s.ownSeen(), placeName), make([]byte, maxFileBytes+1))
		}, "store.json unreadable", 0},
		"its place is relative": {func(t *testing.T, s *Store) {
			writeFile(t, filepath.Join(s.ownSeen(), placeName), []byte(`{"dir":"store"}`))
		}, "store.json unreadable", 0},
		"its place is not known": {func(t *testing.T, s *Store) {
			must(t, os.Remove(filepath.Join(s.ownSeen(), placeName)))
		}, "store.json missing", 0},
		"something else among the marks": {func(t *testing.T, s *Store) {
			writeFile(t, filepath.Join(s.allSeen(), "note"), nil)
			writeFile(t, filepath.Join(s.ownSeen(), "note.json"), nil)
		}, "", 1},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			cfg := newConfig(t)
			s := create(t, cfg)
			put(t, s, newRecord(companyA))
			must(t, os.RemoveAll(s.dir))
			tt.change(t, s)
			l := lossAt(t, cfg)
			if !strings.Contains(doubtText(l.Doubt), tt.says) || tt.says == "" && l.Doubt.Any() || len(l.Lost) != tt.lost {
				t.Errorf("doubt %v, want %q; lost %v", l.Doubt, tt.says, l.Lost)
			}
		})
	}
}

// TestPreparedIdentity: a first run with an identity that a person made lost nothing, however it was copied there.
func TestPreparedIdentity(t *testing.T) {
	t.Parallel()
	id, err := newIdentity()
	must(t, err)
	for _, before := range []string{"", "# created: 2026-03-02T09:14:00Z\n# public key: age1\n", "\ufeff"} {
		cfg := newConfig(t)
		must(t, os.MkdirAll(filepath.Dir(cfg.Identity), 0o700))
		writeFile(t, cfg.Identity, []byte(before+id.String()+"\n"))
		if l := lossAt(t, cfg); l.Doubt.Any() || len(l.Lost) > 0 {
			t.Errorf("%q: %+v", before, l)
		}
	}
}

// TestOddNames: a directory may have any name. What is not UTF-8 has no place in JSON, and only costs the knowledge.
func TestOddNames(t *testing.T) {
	t.Parallel()
	for name, known := range map[string]bool{"a\nb\x1b[31m": true, "quote\"\\": true, "not\xffUTF-8": false} {
		cfg := newConfig(t)
		cfg.Dir = filepath.Join(filepath.Dir(cfg.Dir), name)
		s, err := Create(cfg)
		if err != nil {
			t.Logf("%q: %v", name, err)
			continue
		}
		put(t, s, newRecord(companyA))
		wantLossOf(t, s)
		must(t, os.RemoveAll(s.dir))
		if l := lossAt(t, cfg); known != (len(l.Lost) == 1) || known != (!l.Doubt.Any()) {
			t.Errorf("%q: %+v", name, l)
		}
	}
}

// comesBack is a disk on which a record appears when it was found missing.
type comesBack struct {
	fsys
	missing string
	appears func()
}

func (c *comesBack) read(path string, check fileCheck) ([]byte, error) {
	data, err := c.fsys.read(path, check)
	if path == c.missing && c.appears != nil {
		c.appears()
		c.appears = nil
	}
	return data, err
}

// TestSavedMeanwhile: a record that was saved since it was looked for is not lost, although it has a mark.
func TestSavedMeanwhile(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	r := put(t, s, newRecord(companyA))
	saved := readFile(t, r.File)
	must(t, os.Remove(r.File))
	wantLossOf(t, s, companyA)
	s.fs = &comesBack{s.fs, s.prev(prod + companyA), func() { writeFile(t, r.File, saved) }}
	if got, err := s.Get(r.Ref()); err != nil || !got.Key.Equal(r.Key) {
		t.Error(err)
	}
}
