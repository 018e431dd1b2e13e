package store

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pleo-connect/pleoclient"
)

// cell is what the files of one record hold, and what was done with it.
type cell struct {
	live, prev *Record // nil: the file is not there, or damaged
	damaged    bool    // the live file
	seen       uint64  // the highest generation that was saved
	removed    bool    // on purpose
}

// found returns what a reader gets, or nil.
func (c cell) found() *Record {
	if c.live == nil && c.prev != nil {
		before := *c.prev
		before.FromPrevious = true
		return &before
	}
	return c.live
}

// unreadable reports that there is a live file, and nothing that a reader gets.
func (c cell) unreadable() bool { return c.damaged && c.prev == nil }

func (c cell) lost() bool { return c.found() == nil && !c.damaged && c.seen > 0 && !c.removed }

// model is a store, and what each record of the grid has to be.
type model struct {
	s     *Store
	cells map[Ref]cell
	count int // of saves; each has a description of its own
}

// newModel reads the store below base, which holds each record of the grid twice.
func newModel(t *testing.T, base string) *model {
	t.Helper()
	m := (&model{cells: map[Ref]cell{}}).at(t, base)
	for _, ref := range grid() {
		live, err := m.s.Get(ref)
		must(t, err)
		fileID, err := ref.fileID()
		must(t, err)
		prev, err := m.s.loadFile(m.s.prev(fileID), fileID)
		must(t, err)
		m.cells[ref] = cell{live: bare(live), prev: bare(prev.doc.record()), seen: live.Generation}
	}
	return m
}

// at returns the same for a copy of the store below base.
func (m *model) at(t *testing.T, base string) *model {
	t.Helper()
	s := newView(t, base).store()
	must(t, s.open())
	return &model{s: s, cells: maps.Clone(m.cells)}
}

// bare returns a record as the file has it, without the facts about how it was read.
func bare(r Record) *Record {
	r.File, r.FromPrevious = "", false
	return &r
}

// check requires that each record is what it has to be, and that the store names and misses what it has to.
func (m *model) check() error {
	var refs, lost []Ref
	for _, ref := range grid() {
		c := m.cells[ref]
		if err := m.checkCell(ref, c); err != nil {
			return fmt.Errorf("%v: %w", ref, err)
		}
		if c.damaged || c.found() != nil {
			refs = append(refs, ref)
		}
		if c.lost() {
			lost = append(lost, ref)
		}
	}
	if got, err := m.s.Refs(nil); err != nil || !slices.Equal(got, refs) {
		return unless(false, err, "names %v, want %v", got, refs)
	}
	if err := checkMarkers(m.s); err != nil {
		return err
	}
	loss := m.s.Loss()
	for i, l := range loss.Lost {
		fileID, _ := l.fileID()
		if i >= len(lost) || l != (Lost{lost[i], m.s.live(fileID)}) {
			return fmt.Errorf("lost %v, want %v", loss.Lost, lost)
		}
	}
	return unless(len(loss.Lost) == len(lost) && !loss.Doubt.Any(), nil,
		"lost %v, want %v; doubt %v", loss.Lost, lost, loss.Doubt)
}

func (m *model) checkCell(ref Ref, c cell) error {
	got, err := m.s.Get(ref)
	want := c.found()
	var lost *LostError
	switch fileID, _ := ref.fileID(); {
	case c.unreadable():
		return unless(kindOf(err) == KindDamaged, err, "damaged, generation %d", got.Generation)
	case want == nil:
		isLost := errors.As(err, &lost) && lost.Ref == ref && lost.File == m.s.live(fileID)
		return unless(errors.Is(err, ErrNotFound) && isLost == c.lost(), err, "lost %t, want %t", isLost, c.lost())
	case err != nil:
		return err
	case got.File != m.s.live(fileID):
		return fmt.Errorf("the file is %s", got.File)
	}
	got.File = ""
	diff := cmp.Diff(*want, got)
	return unless(diff == "", nil, "(-want +got):\n%s", diff)
}

// checkList requires that List gives what Get does.
func (m *model) checkList() error {
	listed := map[Ref]Record{}
	failed := 0
	for r, err := range m.s.List() {
		if err != nil {
			failed++
			continue
		}
		listed[r.Ref()] = r
	}
	for ref, c := range m.cells {
		r, ok := listed[ref]
		if want := c.found(); ok != (want != nil) || ok && r.Generation != want.Generation {
			return fmt.Errorf("%v: listed %t, generation %d", ref, ok, r.Generation)
		}
		if c.unreadable() {
			failed--
		}
	}
	return unless(failed == 0, nil, "%d errors more than damaged records", failed)
}

// refusal returns the error of something that has to be refused or has to be done.
func refusal(refused bool, err error) error {
	return unless(refused == (err != nil), err, "refused %t, and it has to be %t", err != nil, refused)
}

// put saves a new key with another description.
func (m *model) put(ref Ref, status string) error {
	c := m.cells[ref]
	old := c.found()
	r := recordOf(ref)
	m.count++
	r.Integration, r.Status = described(ref.Integration, m.count), status
	if r.Unconfirmed = status == unconfirmed; r.Unconfirmed {
		r.Status = StatusPending
	}
	var confirmed *Record // what holds without an unconfirmed save
	if old != nil {
		r.Generation = old.Generation
		if before, ok := old.Confirmed(); ok {
			confirmed = bare(before)
		}
	}
	saved, err := m.s.Put(r)
	if err != nil || c.unreadable() {
		return refusal(c.unreadable(), err)
	}
	want := r
	want.Generation = max(r.Generation, c.seen) + 1
	want.Fingerprint, want.CreatedAt, want.Previous = r.Key.Fingerprint(), saved.CreatedAt, saved.Previous
	if r.Unconfirmed {
		want.Before = confirmed
	}
	if diff := cmp.Diff(want, *bare(saved)); diff != "" {
		return fmt.Errorf("saved (-want +got):\n%s", diff)
	}
	used, ok := saved.Usable()
	usedBefore, okBefore := pleoclient.Key{}, false
	if confirmed != nil {
		usedBefore, okBefore = confirmed.Usable()
	}
	if r.Status == StatusPending && (ok != okBefore || !used.Equal(usedBefore)) {
		return errors.New("a pending key took the one in use away")
	}
	next := cell{live: bare(saved), prev: c.prev, seen: want.Generation}
	if old != nil {
		next.prev = bare(*old)
	}
	m.cells[ref] = next
	return nil
}

// forget removes a record, and tries an older generation first.
func (m *model) forget(ref Ref) error {
	c := m.cells[ref]
	generation := uint64(0)
	if r := c.found(); r != nil {
		generation = r.Generation
		if err := m.s.Forget(ref, generation-1); !isConflict(err) {
			return unless(false, err, "an older generation was forgotten")
		}
	}
	err := m.s.Forget(ref, generation)
	if err == nil && !c.unreadable() {
		m.cells[ref] = cell{seen: c.seen, removed: true}
	}
	return refusal(c.unreadable(), err)
}

func isConflict(err error) bool {
	var conflict *ConflictError
	return errors.As(err, &conflict)
}

// settle makes the version before a record a copy of it, and tries an older generation first.
func (m *model) settle(ref Ref) error {
	c := m.cells[ref]
	r := c.found()
	generation := uint64(0)
	if r != nil {
		generation = r.Generation
		if err := m.s.Settle(ref, generation-1); !isConflict(err) {
			return unless(false, err, "an older generation was settled")
		}
	}
	err := m.s.Settle(ref, generation)
	if err == nil && r != nil {
		c.prev = bare(*r)
		m.cells[ref] = c
	}
	return refusal(r == nil, err)
}

// damage overwrites the live file.
func (m *model) damage(ref Ref) error {
	c := m.cells[ref]
	if c.live == nil {
		return nil
	}
	c.live, c.damaged = nil, true
	m.cells[ref] = c
	fileID, _ := ref.fileID()
	return os.WriteFile(m.s.live(fileID), []byte("damaged"), fileMode)
}

// lose removes the live file, and the version before it as well if that was lost already.
func (m *model) lose(ref Ref) error {
	c := m.cells[ref]
	fileID, _ := ref.fileID()
	path := m.s.live(fileID)
	switch {
	case c.live != nil || c.damaged:
		c.live, c.damaged = nil, false
	case c.prev != nil:
		c.prev, path = nil, m.s.prev(fileID)
	default:
		return nil
	}
	m.cells[ref] = c
	return os.Remove(path)
}

// rekey replaces the identity, as another process would.
func (m *model) rekey(Ref) error {
	other, err := newStore(m.s.cfg)
	if err != nil {
		return err
	}
	other.fs = m.s.fs
	if err := other.open(); err != nil {
		return err
	}
	refused := m.any(cell.lost) || m.any(func(c cell) bool { return c.damaged })
	_, err = other.rekey(nil)
	return refusal(refused, err)
}

// recipient adds the guest, or removes it.
func (m *model) recipient(Ref) error {
	change := m.s.AddRecipient
	if slices.Contains(m.s.Recipients(), guest) {
		change = m.s.RemoveRecipient
	}
	return refusal(m.any(func(c cell) bool { return c.damaged }), change(guest, nil))
}

func (m *model) any(is func(cell) bool) bool {
	for _, c := range m.cells {
		if is(c) {
			return true
		}
	}
	return false
}

// modelSteps is everything that happens to a record, or to all of them.
var modelSteps = map[string]func(*model, Ref) error{
	"put":             func(m *model, ref Ref) error { return m.put(ref, StatusActive) },
	"put pending":     func(m *model, ref Ref) error { return m.put(ref, StatusPending) },
	"put unconfirmed": func(m *model, ref Ref) error { return m.put(ref, unconfirmed) },
	"forget":          (*model).forget,
	"settle":          (*model).settle,
	"damage":          (*model).damage,
	"lose":            (*model).lose,
	"rekey":           (*model).rekey,
	"recipient":       (*model).recipient,
}

// TestGridStaysApart does random things to some records of two integrations, two companies and two environments, and to
// the whole store. After each, every record is what it was, but for the one that was meant.
func TestGridStaysApart(t *testing.T) {
	t.Parallel()
	most := 8
	if testing.Short() {
		most = 2
	}
	base, count := quickDir(t), 0
	whole := newGrid(t)
	place := func() string {
		count++
		at := filepath.Join(base, strconv.Itoa(count))
		whole.lay(t, at)
		return at
	}
	begin, done := newModel(t, place()), map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		at := place()
		m := begin.at(t, at)
		some := rapid.SliceOfNDistinct(rapid.SampledFrom(grid()), 1, 3, rapid.ID[Ref]).Draw(r, "records")
		for range rapid.IntRange(1, most).Draw(r, "steps") {
			step := rapid.SampledFrom(slices.Sorted(maps.Keys(modelSteps))).Draw(r, "step")
			ref := rapid.SampledFrom(some).Draw(r, "record")
			if err := modelSteps[step](m, ref); err != nil {
				r.Fatalf("%s: %v", step, err)
			}
			if err := m.check(); err != nil {
				r.Fatalf("after %s of %v: %v", step, ref, err)
			}
			done[step]++
		}
		if err := m.checkList(); err != nil {
			r.Fatal(err)
		}
		must(t, os.RemoveAll(at))
	})
	t.Logf("%v", done)
}
