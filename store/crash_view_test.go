package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/pleoclient"
)

// quickDir is a private directory, in memory where there is such a place: what is in it is thrown away in a moment, and
// thousands of states need a disk to look at.
func quickDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "pleo-connect-test-")
	if err != nil {
		return tempDir(t)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// view is a computer that starts again after a power cut.
type view struct {
	t      *testing.T
	cfg    Config
	beside []Ref  // records that must be there, as they were saved
	s      *Store // once it was opened
}

// newView looks at the places of newConfig below base.
func newView(t *testing.T, base string) *view {
	t.Helper()
	return &view{t: t, cfg: configBelow(base)}
}

// store returns a store that is not opened yet. What it writes needs no flush: this disk loses nothing any more.
func (v *view) store() *Store { return newCrashStore(v.t, v.cfg, unflushed{disk{euid: os.Geteuid()}}) }

// opened is what a service does when it starts.
func (v *view) opened() (*Store, error) {
	if v.s != nil {
		return v.s, nil
	}
	s := v.store()
	if err := s.open(); err != nil {
		return nil, err
	}
	v.s = s
	return s, nil
}

// generation is that of the record, 0 when there is none. Each generation of a scenario has a key of its own.
func (v *view) generation() (uint64, error) {
	r, err := v.record()
	if err == nil && r.Generation > 0 && !r.Key.Equal(keyOf(r.Generation)) {
		return 0, fmt.Errorf("generation %d with the key of another one", r.Generation)
	}
	return r.Generation, err
}

// besideRecord is what was saved under another name than the record.
func besideRecord(ref Ref) Record {
	r := recordOf(ref)
	r.Key = pleoclient.NewKey("canary-crash-beside-" + ref.Integration + ref.CompanyID)
	return r
}

func isBesideRecord(r Record) bool {
	want := besideRecord(r.Ref())
	return r.Generation == 1 && r.Key.Equal(want.Key) && !r.FromPrevious && !r.RolledBack &&
		cmp.Equal(r.Integration, want.Integration)
}

// record is the record, of generation 0 when there is none. Get and List must say the same, and without a warning: no
// power cut takes the live file away, leaves a mark above it, or makes a record a lost one.
func (v *view) record() (Record, error) {
	s, err := v.opened()
	if err != nil {
		return Record{}, err
	}
	if loss := s.Loss(); len(loss.Lost) > 0 {
		return Record{}, fmt.Errorf("lost: %v", loss.Lost)
	}
	if err := checkMarkers(s); err != nil {
		return Record{}, err
	}
	listed, count, beside := Record{}, 0, []Ref(nil)
	for r, err := range s.List() {
		switch {
		case err != nil:
			return Record{}, fmt.Errorf("List: %w", err)
		case r.Ref() == crashRef:
			listed, count = r, count+1
		case !isBesideRecord(r):
			return Record{}, fmt.Errorf("beside it, %v is not what it was: generation %d", r.Ref(), r.Generation)
		default:
			beside = append(beside, r.Ref())
		}
	}
	if !slices.Equal(beside, v.beside) {
		return Record{}, fmt.Errorf("beside it are %v", beside)
	}
	r, err := s.Get(crashRef)
	switch {
	case errors.Is(err, ErrNotFound) && count == 0:
		return Record{}, nil
	case err != nil:
		return Record{}, err
	case count != 1 || listed.Generation != r.Generation:
		return Record{}, fmt.Errorf("Get has generation %d; List has %d records and generation %d",
			r.Generation, count, listed.Generation)
	case r.FromPrevious || r.RolledBack:
		return Record{}, fmt.Errorf("generation %d with a warning: from previous %v, rolled back %v",
			r.Generation, r.FromPrevious, r.RolledBack)
	}
	return r, nil
}

// checkMarkers requires that each pending record, and each that was pending before the last save, has its marker.
func checkMarkers(s *Store) error {
	marked, err := s.pending()
	if err != nil {
		return err
	}
	names, err := s.files()
	if err != nil {
		return err
	}
	for _, name := range names {
		f, err := s.recordFile(name)
		if err != nil {
			continue
		}
		found, err := s.loadFile(f.path, f.fileID)
		if err == nil && found.doc.Status == StatusPending && !slices.Contains(marked, f.ref) {
			return fmt.Errorf("%s, generation %d, is pending and has no marker", name, found.doc.Generation)
		}
	}
	return nil
}

// spare is the generation that comes back when the sector under the live file is lost as well.
func (v *view) spare() (uint64, error) {
	s, err := v.opened()
	if err != nil {
		return 0, err
	}
	path := s.live(prod + companyA)
	whole, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	writeFile(v.t, path, make([]byte, len(whole)))
	defer writeFile(v.t, path, whole)
	r, err := s.Get(crashRef)
	switch {
	case err != nil:
		return 0, fmt.Errorf("with the live file lost: %w", err)
	case !r.FromPrevious || !r.Key.Equal(keyOf(r.Generation)):
		return 0, fmt.Errorf("with the live file lost: generation %d, from previous %v", r.Generation, r.FromPrevious)
	}
	return r.Generation, nil
}

// spareSettings opens the store with the sector under its settings lost.
func (v *view) spareSettings() error {
	s := v.store()
	whole, err := os.ReadFile(s.in(settingsName))
	if err != nil { // the copy alone came through
		return err
	}
	writeFile(v.t, s.in(settingsName), make([]byte, len(whole)))
	defer writeFile(v.t, s.in(settingsName), whole)
	if err := s.open(); err != nil {
		return fmt.Errorf("with the settings lost: %w", err)
	}
	return nil
}

// goOn is the next start of the wizard: it finishes the store if need be, saves, and reads back.
func (v *view) goOn() error {
	s := v.store()
	if err := s.create(); err != nil {
		return fmt.Errorf("the next start: %w", err)
	}
	if err := save(s, StatusActive); err != nil {
		return fmt.Errorf("the next save: %w", err)
	}
	v.s = nil
	got, err := v.generation()
	return unless(err == nil && got > 0, err, "after the next save: generation %d", got)
}

// unless returns nil when all is well, else what was seen, with the error behind it if there is one.
func unless(well bool, err error, seen string, args ...any) error {
	switch {
	case well:
		return nil
	case err != nil:
		return fmt.Errorf(seen+": %w", append(args, err)...)
	}
	return fmt.Errorf(seen, args...)
}

// facts is all of it in one line, to compare two disks.
func (v *view) facts() string {
	generation, err := v.generation()
	out := fmt.Sprintf("generation %d, %v", generation, err)
	if generation > 1 {
		spare, err := v.spare()
		out += fmt.Sprintf(", spare %d, %v", spare, err)
	}
	return out
}

// judgeFirstUse: until it is done the store is not there or whole, and never there without what opens it.
func judgeFirstUse(v *view, acks int) error {
	s, err := v.opened()
	if acks == 0 {
		if err != nil && !errors.Is(err, ErrNoStore) {
			return fmt.Errorf("neither a store nor none: %w", err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	for name, words := range map[string]string{formatName: "1\n", readmeName: Promise} {
		if text, err := os.ReadFile(s.in(name)); err != nil || !strings.Contains(string(text), words) {
			return fmt.Errorf("%s is not whole", name)
		}
	}
	if _, err := s.loadPlace(filepath.Join(s.ownSeen(), placeName)); err != nil {
		return fmt.Errorf("where the store is was not written: %w", err)
	}
	return v.spareSettings()
}

// judgeSaves: each save is there or is not, whole; once acknowledged it is there. The version
// before it waits beside it.
func judgeSaves(from uint64) func(*view, int) error {
	return func(v *view, acks int) error {
		got, err := v.generation()
		least := from + uint64(acks)
		if err != nil || got < least || got > least+1 {
			return unless(false, err, "generation %d where %d is acknowledged", got, least)
		}
		if err := judgeMark(v, got, least); err != nil || least < 2 {
			return err
		}
		spare, err := v.spare()
		if err == nil && spare+1 < least {
			return fmt.Errorf("the version before generation %d is %d", got, spare)
		}
		return err
	}
}

// judgeUnconfirmed: after one save of an active key, an unconfirmed one comes and goes. In every state a service gets
// the key that was active, and what was there before can be brought back.
func judgeUnconfirmed(v *view, acks int) error {
	r, err := v.record()
	if err != nil {
		return err
	}
	used, ok := r.Usable()
	before, confirmed := r.Confirmed()
	wants := map[uint64]bool{1: false, 2: true, 3: false} // whether the generation is unconfirmed
	unconfirmed, known := wants[r.Generation]
	switch {
	case !known, r.Generation < uint64(acks)+1, r.Generation > uint64(acks)+2, r.Unconfirmed != unconfirmed:
		return fmt.Errorf("generation %d, unconfirmed %t, after %d acknowledgements", r.Generation, r.Unconfirmed, acks)
	case !ok || !used.Equal(keyOf(1)):
		return fmt.Errorf("generation %d: the key in use is gone", r.Generation)
	case !confirmed || !before.Key.Equal(keyOf(1)) || before.Status != StatusActive || before.CompanyName == "":
		return fmt.Errorf("generation %d: what was there before is gone", r.Generation)
	}
	return nil
}

// judgeFirstSave is judgeFirstUse, and then judgeSaves.
func judgeFirstSave(v *view, acks int) error {
	if err := judgeFirstUse(v, acks); err != nil || acks == 0 {
		return err
	}
	return judgeSaves(0)(v, acks-1)
}

// judgeMark: the mark of an acknowledged save is there, and none is above the record.
func judgeMark(v *view, got, least uint64) error {
	s, err := v.opened()
	if err != nil {
		return err
	}
	if mark := s.readMark(prod + companyA).Generation; mark > got || mark < least {
		return fmt.Errorf("generation %d with the mark %d", got, mark)
	}
	return nil
}

// judgeRepair: only the version before it, generation 1, is whole at first.
func judgeRepair(v *view, acks int) error {
	s, err := v.opened()
	if err != nil {
		return err
	}
	r, err := s.Get(crashRef)
	isOld := r.FromPrevious && r.Generation == 1 && acks == 0
	isNew := !r.FromPrevious && r.Generation > 2
	well := err == nil && r.Key.Equal(keyOf(r.Generation)) && isOld != isNew
	return unless(well, err, "generation %d, from previous %v", r.Generation, r.FromPrevious)
}

// judgeSettle: the live record stays, and the version before it is old or a copy; once acknowledged a copy.
func judgeSettle(generation uint64) func(*view, int) error {
	return func(v *view, acks int) error {
		got, err := v.generation()
		if err != nil || got != generation {
			return unless(false, err, "generation %d", got)
		}
		spare, err := v.spare()
		if err == nil && (spare > generation || spare < generation-1 || acks > 0 && spare != generation) {
			return fmt.Errorf("the version before is generation %d", spare)
		}
		return err
	}
}

// judgeForget: the record or nothing; no older key comes back to life, and once acknowledged nothing does. There is no
// doubt that what is gone was removed.
func judgeForget(generation uint64) func(*view, int) error {
	return func(v *view, acks int) error {
		got, err := v.generation()
		well := err == nil && (got == 0 || got == generation && acks == 0)
		if !well {
			return unless(well, err, "generation %d is there", got)
		}
		doubt := v.s.Loss().Doubt
		return unless(!doubt.Any(), nil, "nobody can tell: %v", doubt)
	}
}

// judgePendingForgotten: generation 1, a pending one over it, and then neither.
func judgePendingForgotten(v *view, acks int) error {
	if acks == 0 {
		return judgeSaves(1)(v, acks)
	}
	return judgeForget(2)(v, acks-1)
}
