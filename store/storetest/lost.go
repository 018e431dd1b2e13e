package storetest

import (
	"errors"
	"testing"

	"pleo-connect/store"
)

// RunLost tests records over entries whose answers get lost on the way.
func RunLost(t *testing.T, open func(*testing.T) func() store.Entries) {
	for name, test := range map[string]func(*testing.T, func() store.Entries){
		"it was saved":                 lostAfter,
		"it was not":                   lostBefore,
		"none comes for long":          lostLong,
		"it comes later":               lostLate,
		"another came first":           lostToAnother,
		"nothing can be read any more": lostForGood,
		"a removal":                    lostRemoval,
		"no answer to any":             lostMany,
		"the next is refused":          lostThenRefused,
		"it comes after a removal":     lostRemoved,
		"it vanishes":                  vanished,
		"reading lags":                 lags,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// lossy are entries whose changes go through change, which may lose the answer.
type lossy struct {
	store.Entries
	change func(do func() error) error
	get    func() error // nil: reading works
}

func (l lossy) Get(name string) (store.Entry, error) {
	if l.get != nil {
		if err := l.get(); err != nil {
			return store.Entry{}, err
		}
	}
	return l.Entries.Get(name)
}

func (l lossy) Put(name string, d *store.Document, over uint64) (e store.Entry, err error) {
	err = l.change(func() (err error) {
		e, err = l.Entries.Put(name, d, over)
		return err
	})
	return e, err
}

func (l lossy) Delete(name string, was store.Entry) error {
	return l.change(func() error { return l.Entries.Delete(name, was) })
}

// times returns a change that goes wrong n times, and is made as usual after that.
func times(n int, wrong func(do func() error) error) func(do func() error) error {
	return func(do func() error) error {
		if n--; n >= 0 {
			return wrong(do)
		}
		return do()
	}
}

func doneUnheard(do func() error) error { return errors.Join(do(), store.ErrUnsure) }
func unheard(func() error) error        { return store.ErrUnsure }

func records(e store.Entries) store.Records { return store.NewRecords(e, "test") }

// wantSaved requires that the record was saved once, and that the caller got it.
func wantSaved(t *testing.T, open func() store.Entries, sent, got store.Record, err error) {
	t.Helper()
	must(t, err)
	there := get(t, records(open()), sent.Ref())
	if !got.Key.Equal(sent.Key) || !there.Key.Equal(sent.Key) || got.Generation != there.Generation ||
		there.Generation != sent.Generation+1 {
		t.Errorf("saved generation %d over %d, and generation %d is there", got.Generation, sent.Generation,
			there.Generation)
	}
}

func lostAfter(t *testing.T, open func() store.Entries) {
	r := newRecord(companyA)
	got, err := records(lossy{Entries: open(), change: times(1, doneUnheard)}).Put(r)
	wantSaved(t, open, r, got, err)
	r = with(got, newKey(), store.StatusActive)
	got, err = records(lossy{Entries: open(), change: times(1, doneUnheard)}).Put(r)
	wantSaved(t, open, r, got, err)
}

func lostBefore(t *testing.T, open func() store.Entries) {
	r := newRecord(companyA)
	got, err := records(lossy{Entries: open(), change: times(3, unheard)}).Put(r)
	wantSaved(t, open, r, got, err)
}

// lostLong: as while the nodes of an engine choose one of them, more answers are lost than others may come first.
func lostLong(t *testing.T, open func() store.Entries) {
	r := newRecord(companyA)
	got, err := records(lossy{Entries: open(), change: times(40, unheard)}).Put(r)
	wantSaved(t, open, r, got, err)
	must(t, records(lossy{Entries: open(), change: times(40, unheard)}).Forget(r.Ref(), got.Generation))
	wantNone(t, records(open()), r.Ref())
}

// lostLate: the first is done only when the second is under way, which then finds it in its place.
func lostLate(t *testing.T, open func() store.Entries) {
	r := put(t, records(open()), newRecord(companyA))
	r.Key = newKey()
	var first func() error
	tries := 0
	got, err := records(lossy{Entries: open(), change: func(do func() error) error {
		if tries++; tries == 1 {
			first = do
			return store.ErrUnsure
		}
		if tries == 2 {
			must(t, first())
		}
		return do()
	}}).Put(r)
	wantSaved(t, open, r, got, err)
}

func lostToAnother(t *testing.T, open func() store.Entries) {
	r := put(t, records(open()), newRecord(companyA))
	other := with(r, newKey(), store.StatusActive)
	_, err := records(lossy{Entries: open(), change: times(1, func(func() error) error {
		other = put(t, records(open()), other)
		return store.ErrUnsure
	})}).Put(with(r, newKey(), store.StatusActive))
	wantConflict(t, err, 2, 1)
	wantUsable(t, get(t, records(open()), r.Ref()), other.Key)
}

// lostForGood: no one may take it for an error that has changed nothing.
func lostForGood(t *testing.T, open func() store.Entries) {
	gone := errors.New("gone")
	var down error
	l := lossy{Entries: open(), get: func() error { return down }, change: func(func() error) error {
		down = gone
		return store.ErrUnsure
	}}
	if _, err := records(l).Put(newRecord(companyA)); !errors.Is(err, store.ErrUnsure) || !errors.Is(err, gone) {
		t.Errorf("a save: %v", err)
	}
	if _, err := records(l).Put(newRecord(companyA)); errors.Is(err, store.ErrUnsure) || !errors.Is(err, gone) {
		t.Errorf("a save that never began: %v", err)
	}
}

func lostRemoval(t *testing.T, open func() store.Entries) {
	for _, wrong := range []func(func() error) error{doneUnheard, unheard} {
		r := put(t, records(open()), newRecord(companyA))
		must(t, records(lossy{Entries: open(), change: times(1, wrong)}).Forget(r.Ref(), r.Generation))
		wantNone(t, records(open()), r.Ref())
	}
}

// lostRemoved: a save is given up, the record is removed, and only then the save arrives. It must not bring back a key
// that no one expects.
func lostRemoved(t *testing.T, open func() store.Entries) {
	for _, about := range []string{"nothing", "what was removed"} {
		r := newRecord(companyA)
		gone := errors.New("gone")
		var late func() error
		l := lossy{Entries: open(), change: func(do func() error) error {
			late = do
			return store.ErrUnsure
		}}
		l.get = func() error {
			if late == nil {
				return nil
			}
			return gone
		}
		if _, err := records(l).Put(r); !errors.Is(err, store.ErrUnsure) {
			t.Fatal(err)
		}
		must(t, records(open()).Forget(r.Ref(), 0))
		if err := late(); !errors.Is(err, store.ErrChanged) {
			t.Errorf("over %s: %v", about, err)
		}
		wantNone(t, records(open()), r.Ref())
		again := put(t, records(open()), newRecord(companyA))
		must(t, records(open()).Forget(again.Ref(), again.Generation))
	}
}

// vanished: another computer removes a record before it is read back. No one is told that it is there, and it is not.
func vanished(t *testing.T, open func() store.Entries) {
	r := newRecord(companyA)
	removing := func() lossy {
		return lossy{Entries: vanishing{open(), func() {
			there := get(t, records(open()), r.Ref())
			must(t, records(open()).Forget(r.Ref(), there.Generation))
		}}, change: func(do func() error) error { return do() }}
	}
	if _, err := records(removing()).Put(r); !errors.Is(err, store.ErrUnsure) { // it is saved and removed each time
		t.Errorf("a first save: %v", err)
	}
	wantNone(t, records(open()), r.Ref())
	there := put(t, records(open()), r)
	_, err := records(removing()).Put(with(there, newKey(), store.StatusActive))
	wantConflict(t, err, 0, there.Generation)
	wantNone(t, records(open()), r.Ref())
}

// vanishing are entries that are removed right after they were put.
type vanishing struct {
	store.Entries
	remove func()
}

func (v vanishing) Put(name string, d *store.Document, over uint64) (store.Entry, error) {
	e, err := v.Entries.Put(name, d, over)
	if err != nil {
		return e, err
	}
	v.remove()
	return v.Entries.Get(name)
}

// lags: what another computer has changed is not seen yet. That decides nothing: writing compares.
func lags(t *testing.T, open func() store.Entries) {
	r := newRecord(companyA)
	behind := lag(t, open(), r.Ref())
	first := put(t, records(open()), r)
	_, err := records(behind).Put(with(r, newKey(), store.StatusPending))
	wantConflict(t, err, 1, 0)
	behind = lag(t, open(), r.Ref())
	second := put(t, records(open()), with(first, newKey(), store.StatusActive))
	wantUsable(t, get(t, records(behind), r.Ref()), first.Key)
	_, err = records(behind).Put(with(first, newKey(), store.StatusActive))
	wantConflict(t, err, 2, 1)
	behind = lag(t, open(), r.Ref())
	third := put(t, records(open()), second)
	wantConflict(t, records(behind).Forget(r.Ref(), 2), 3, 2)
	wantUsable(t, get(t, records(open()), r.Ref()), second.Key)
	behind = lag(t, open(), r.Ref())
	must(t, records(open()).Forget(r.Ref(), 3))
	_, err = records(behind).Put(with(third, newKey(), store.StatusActive))
	wantConflict(t, err, 0, 3)
	wantNone(t, records(open()), r.Ref())
}

// lagging are entries of one record, which is read as it was, until a change of it is refused.
type lagging struct {
	store.Entries
	old *store.Entry
	met bool // something newer
}

func lag(t *testing.T, entries store.Entries, ref store.Ref) *lagging {
	t.Helper()
	l := &lagging{Entries: entries}
	if _, err := records(l).Get(ref); err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	return l
}

func (l *lagging) Get(name string) (store.Entry, error) {
	switch {
	case l.met:
		return l.Entries.Get(name)
	case l.old != nil:
		return *l.old, nil
	}
	e, err := l.Entries.Get(name)
	l.old = &e
	return e, err
}

func (l *lagging) Put(name string, d *store.Document, over uint64) (store.Entry, error) {
	e, err := l.Entries.Put(name, d, over)
	l.met = l.met || errors.Is(err, store.ErrChanged)
	return e, err
}

func (l *lagging) Delete(name string, was store.Entry) error {
	err := l.Entries.Delete(name, was)
	l.met = l.met || errors.Is(err, store.ErrChanged)
	return err
}

// lostMany: tries end when the time of the entries is over, and the outcome stays unsure.
func lostMany(t *testing.T, open func() store.Entries) {
	over := errors.New("the time is over")
	tries := 0
	l := lossy{Entries: open(), change: func(func() error) error {
		tries++
		return store.ErrUnsure
	}}
	l.get = func() error {
		if tries < 60 {
			return nil
		}
		return over
	}
	if _, err := records(l).Put(newRecord(companyA)); !errors.Is(err, store.ErrUnsure) || !errors.Is(err, over) {
		t.Errorf("after %d tries: %v", tries, err)
	}
	if tries != 60 {
		t.Errorf("%d tries", tries)
	}
}

// lostThenRefused: the engine refuses what is tried again. The first may still come.
func lostThenRefused(t *testing.T, open func() store.Entries) {
	refusal := &store.Error{Kind: store.KindEngineDenied, Case: "write"}
	tries := 0
	_, err := records(lossy{Entries: open(), change: func(func() error) error {
		if tries++; tries == 1 {
			return store.ErrUnsure
		}
		return refusal
	}}).Put(newRecord(companyA))
	if !errors.Is(err, store.ErrUnsure) || !errors.Is(err, refusal) || tries != 2 {
		t.Errorf("after %d tries: %v", tries, err)
	}
}
