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
		"it comes later":               lostLate,
		"another came first":           lostToAnother,
		"nothing can be read any more": lostForGood,
		"a removal":                    lostRemoval,
		"no answer to any":             lostMany,
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

func (l lossy) Delete(name string, over uint64) error {
	return l.change(func() error { return l.Entries.Delete(name, over) })
}

// times returns a change that goes wrong so often as wrong says, and is made as usual after that.
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

// lostMany: tries have an end, and the outcome stays unsure.
func lostMany(t *testing.T, open func() store.Entries) {
	tries := 0
	_, err := records(lossy{Entries: open(), change: func(func() error) error {
		tries++
		return store.ErrUnsure
	}}).Put(newRecord(companyA))
	if !errors.Is(err, store.ErrUnsure) || tries < 2 || tries > 100 {
		t.Errorf("after %d tries: %v", tries, err)
	}
}
