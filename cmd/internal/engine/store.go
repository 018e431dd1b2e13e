package engine

import (
	"errors"
	"iter"

	"pleo-connect/store"
)

// Store is where installations are kept, as far as an engine needs it. All types are those of package store, so that a
// store does not depend on an engine; so are the errors: a [*store.Error], a [*store.ConflictError] or
// [store.ErrNotFound].
type Store interface {
	// Place returns where the store is, in full.
	Place() string

	// Probe proves that a record can be saved now, and leaves nothing behind. It returns what it saw.
	Probe() (store.Overview, error)

	// Make makes the store unless there is one, or one that is gone may have held records: an empty store would hide
	// that. Put does not depend on it.
	Make() error

	// Concern returns what a person should know about the place before a key goes there, or "".
	Concern() store.Concern

	// Condition returns what is known about the store apart from its records.
	Condition() (store.Condition, error)

	// Get returns a record.
	Get(store.Ref) (store.Record, error)

	// Put saves a record over the generation that r was read from, 0 if there was none, and returns it as it was read
	// back. The first record makes the store.
	Put(r store.Record) (store.Record, error)

	// Settle drops the version before a generation, because the saved one was read as a service reads it.
	Settle(ref store.Ref, generation uint64) error

	// Forget removes a record of a generation, and the version before it. One that was lost is no longer missed.
	Forget(ref store.Ref, generation uint64) error

	// Refs returns the names of the records that fit; nil means all. Files are not read for it. Of an engine, those
	// that fit are.
	Refs(fits func(store.Ref) bool) ([]store.Ref, error)

	// List reads all records, in the order of their file names. It reads a few ahead of the caller. One that cannot be
	// read yields an error in its place. A store that was never made has none.
	List() (iter.Seq2[store.Record, error], error)

	// Records reads records by their names, in this order, as List does. One that is lost yields an error.
	Records([]store.Ref) (iter.Seq2[store.Record, error], error)
}

// Files returns the store that is kept in files. Each call opens it again, so that it reads what a service would read
// now; an open store holds nothing that has to be closed.
func Files(cfg store.Config) Store {
	return OpenedFiles(cfg, func() (*store.Store, error) { return store.Open(cfg) })
}

// OpenedFiles is Files with a store that open returns: a command that ends soon, or reads thousands of records, opens
// it once.
func OpenedFiles(cfg store.Config, open func() (*store.Store, error)) Store { return files{cfg, open} }

type files struct {
	cfg  store.Config
	open func() (*store.Store, error)
}

func (f files) Place() string          { return f.cfg.Dir }
func (f files) Concern() store.Concern { return store.ConcernOf(f.cfg) }

func (f files) Probe() (store.Overview, error) { return store.Probe(f.cfg) }

func (f files) Make() error {
	_, err := f.open()
	if !errors.Is(err, store.ErrNoStore) {
		return err
	}
	loss, err := store.LossAt(f.cfg)
	if err != nil || len(loss.Lost) > 0 || loss.Doubt.Any() {
		return err
	}
	_, err = store.Create(f.cfg)
	return err
}

func (f files) Condition() (store.Condition, error) {
	st, err := f.open()
	switch {
	case errors.Is(err, store.ErrNoStore):
		loss, err := store.LossAt(f.cfg)
		return store.Condition{Empty: true, Loss: loss}, err
	case f.cfg.Passphrase == nil && store.Locked(f.cfg):
		return store.Condition{Locked: true}, nil
	case err != nil:
		return store.Condition{}, err
	}
	return store.Condition{Loss: st.Loss(), Recipients: len(st.Recipients()), Unfinished: st.Unfinished()}, nil
}

func (f files) Get(ref store.Ref) (store.Record, error) {
	st, err := f.open()
	switch {
	case errors.Is(err, store.ErrNoStore):
		return store.Record{}, store.ErrNotFound
	case err != nil:
		return store.Record{}, err
	}
	return st.Get(ref)
}

func (f files) Put(r store.Record) (store.Record, error) {
	open := f.open
	if r.Generation == 0 {
		open = func() (*store.Store, error) { return store.Create(f.cfg) }
	}
	st, err := open()
	switch {
	case errors.Is(err, store.ErrNoStore): // the record was in a store that is gone
		return store.Record{}, &store.ConflictError{Want: r.Generation}
	case err != nil:
		return store.Record{}, err
	}
	return st.Put(r)
}

func (f files) Settle(ref store.Ref, generation uint64) error {
	st, err := f.open()
	if err != nil {
		return err
	}
	return st.Settle(ref, generation)
}

func (f files) Forget(ref store.Ref, generation uint64) error {
	st, err := f.open()
	if err != nil {
		return err
	}
	return st.Forget(ref, generation)
}

func (f files) Refs(fits func(store.Ref) bool) ([]store.Ref, error) {
	st, err := f.open()
	switch {
	case errors.Is(err, store.ErrNoStore):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return st.Refs(fits)
}

func (f files) List() (iter.Seq2[store.Record, error], error) {
	return f.records((*store.Store).List)
}

func (f files) Records(refs []store.Ref) (iter.Seq2[store.Record, error], error) {
	return f.records(func(st *store.Store) iter.Seq2[store.Record, error] { return st.Records().Read(refs) })
}

func (f files) records(
	of func(*store.Store) iter.Seq2[store.Record, error],
) (iter.Seq2[store.Record, error], error) {
	st, err := f.open()
	switch {
	case errors.Is(err, store.ErrNoStore):
		return func(func(store.Record, error) bool) {}, nil
	case err != nil:
		return nil, err
	}
	return of(st), nil
}
