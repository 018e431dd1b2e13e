package store

import (
	"cmp"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"
)

// maxTries bounds how often a change begins again because of others that came first.
const maxTries = 10

// Records are the connections that are kept in entries, wherever these are: what a record holds, and who may replace
// it. Any number of Records may share the same entries.
type Records struct {
	entries Entries
	writer  string // kept in each record
	now     func() time.Time
}

// NewRecords returns the records that are kept in entries. writer names this program in each that it saves.
func NewRecords(entries Entries, writer string) Records { return Records{entries, writer, utcNow} }

func utcNow() time.Time { return time.Now().UTC().Round(0) }

// Get reads a record. The error is [ErrNotFound], which a [*LostError] also is, or one of the entries.
func (s Records) Get(ref Ref) (Record, error) {
	name, err := ref.fileID()
	if err != nil {
		return Record{}, err
	}
	return s.get(name)
}

func (s Records) get(name string) (Record, error) {
	e, err := s.entries.Get(name)
	switch {
	case err != nil:
		return Record{}, err
	case e.Document == nil:
		return Record{}, ErrNotFound
	}
	return e.record(), nil
}

// Put saves a record and returns it as it was read back, with its new Generation. r.Generation is the one that was
// read, 0 if there was none; a [*ConflictError] reports that another one is kept. Put sets CreatedAt, Fingerprint,
// Previous and Before itself and ignores their values in r. To undo an unconfirmed save, put what [Record.Confirmed]
// returns over its generation, or [Records.Forget] the record if there is nothing. After an error the old record is
// still whole; with [ErrUnsure], the new one may also be there.
func (s Records) Put(r Record) (Record, error) {
	name, err := r.Ref().fileID()
	switch {
	case err != nil:
		return Record{}, err
	case r.Key.IsZero() || (r.Status != StatusPending && r.Status != StatusActive):
		return Record{}, errors.New(`a record must have a key, and the status "pending" or "active"`)
	case r.Unconfirmed && r.Status != StatusPending:
		return Record{}, errors.New(`an unconfirmed record must have the status "pending"`)
	}
	var next *Document // the same after a lost answer: it may still come
	var over uint64
	return try(s, name, func(e Entry) (Record, error) {
		if next != nil && e.Document != nil && e.Document.Equal(next) {
			return e.record(), nil
		}
		if err := e.conflict(r.Generation); err != nil {
			return Record{}, cmp.Or(e.Damage, err) // a damaged one is unchanged: the caller could read it
		}
		if next == nil || over != e.Version {
			next, over = s.next(name, r, e), e.Version
		}
		saved, err := s.entries.Put(name, next, over)
		switch {
		case err != nil:
			return Record{}, err
		case saved.Document == nil: // another has removed it already
			return Record{}, errors.Join(ErrUnsure, ErrChanged)
		}
		return saved.record(), nil
	})
}

// next returns what follows an entry. A lost record, or one from a backup, must not repeat a generation that may have
// been read.
func (s Records) next(name string, r Record, e Entry) *Document {
	d := r.next(e.Document, s.now())
	d.FileID, d.Writer = name, s.writer
	if e.Highest >= d.Generation && e.Highest < maxGeneration {
		d.Generation = e.Highest + 1
	}
	return d
}

// Settle records that the service was seen to read this generation of the record. What was there before it is dropped:
// no retired key stays in it. A generation that is no longer there is a [*ConflictError].
func (s Records) Settle(ref Ref, generation uint64) error {
	return s.change(ref, func(name string, e Entry) error {
		if e.Document == nil {
			return ErrNotFound
		}
		if err := e.conflict(generation); err != nil {
			return err
		}
		return s.entries.Settle(name, e.Version)
	})
}

// Forget removes a record, and what was there before it. generation is the one that the caller read before it asked: a
// [*ConflictError] reports that another one was saved in the meantime, which may hold a new key, so it stays. A record
// that does not exist is not an error, and is no longer missed.
func (s Records) Forget(ref Ref, generation uint64) error {
	return s.change(ref, func(name string, e Entry) error {
		if e.Document != nil { // of a record that is gone, something may be left
			if err := e.conflict(generation); err != nil {
				return err
			}
		}
		return s.entries.Delete(name, e)
	})
}

func (s Records) change(ref Ref, do func(name string, e Entry) error) error {
	name, err := ref.fileID()
	if err != nil {
		return err
	}
	_, err = try(s, name, func(e Entry) (struct{}, error) { return struct{}{}, do(name, e) })
	return err
}

// try reads an entry and calls do with it, and does both again after ErrChanged and ErrUnsure: what is there then
// decides. After a lost answer, it goes on until an answer arrives or the entry can't be read any more. Entries end a
// change that takes too long by failing to read; the answer is then still lost.
func try[T any](s Records, name string, do func(Entry) (T, error)) (out T, err error) {
	var lost error // of the last write whose answer was lost
	var e Entry
	for changes := 0; changes < maxTries; {
		var readErr error
		e, readErr = s.entries.Get(name)
		switch {
		case readErr == nil, errors.Is(readErr, ErrNotFound):
		case lost != nil:
			return out, errors.Join(lost, readErr)
		default:
			return out, readErr
		}
		out, err = do(e)
		if errors.Is(err, ErrUnsure) {
			lost = err
		}
		switch {
		case errors.Is(err, ErrChanged):
			changes++
		case errors.Is(err, ErrUnsure):
		case lost != nil && kindOf(err) != "": // what was lost may still come
			return out, errors.Join(lost, err)
		default:
			return out, err
		}
	}
	switch {
	case lost != nil: // what is there may be ours
		err = lost
	case e.Document != nil:
		err = &ConflictError{Have: e.Document.Generation, ChangedAt: e.Document.WrittenAt.UTC()}
	}
	return out, err
}

// Refs returns the names of the records that fit, in the order of the names of their entries; nil means all. It reads
// only what may have been removed, so a record that has a name may still be damaged.
func (s Records) Refs(fits func(Ref) bool) ([]Ref, error) {
	all, err := s.entries.List()
	if err != nil {
		return nil, err
	}
	var names []Listed
	for _, l := range all {
		if ref, ok := RefOf(l.Name); ok && l.Err == nil && (fits == nil || fits(ref)) {
			names = append(names, l)
		}
	}
	if slices.ContainsFunc(names, func(l Listed) bool { return l.MayBeGone }) {
		return s.present(names)
	}
	return refsOf(names), nil
}

// present returns the names of those that are there.
func (s Records) present(all []Listed) ([]Ref, error) {
	type found struct {
		Listed
		err error
	}
	read := func(l Listed) found {
		_, err := s.get(l.Name)
		return found{l, err}
	}
	var out []Listed
	for f := range Ahead(all, read) {
		switch {
		case ofEngine(f.err):
			return nil, f.err
		case !isGone(f.err):
			out = append(out, f.Listed)
		}
	}
	return refsOf(out), nil
}

func refsOf(all []Listed) []Ref {
	var out []Ref
	for _, l := range all {
		if ref, ok := RefOf(l.Name); ok && l.Err == nil {
			out = append(out, ref)
		}
	}
	return out
}

// List reads all records, each once, in the order of the names of their entries, and a few ahead of the caller. A
// record that cannot be read yields an error in its place and does not stop the others, unless they would fail alike.
func (s Records) List() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		all, err := s.entries.List()
		if err != nil {
			yield(Record{}, err)
			return
		}
		ahead(all, yield, func(l Listed) (Record, error) {
			if l.Err != nil {
				return Record{}, l.Err
			}
			return s.get(l.Name)
		})
	}
}

// Read reads records by their names, in this order, as List does. One that is lost yields an error.
func (s Records) Read(refs []Ref) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) { ahead(refs, yield, s.Get) }
}

// ahead yields what get returns for each of in, except records that were removed since.
func ahead[N any](in []N, yield func(Record, error) bool, get func(N) (Record, error)) {
	type read struct {
		record Record
		err    error
	}
	readOne := func(n N) (out read) {
		out.record, out.err = get(n)
		return out
	}
	for r := range Ahead(in, readOne) {
		if isGone(r.err) {
			continue
		}
		if !yield(r.record, r.err) || ofEngine(r.err) {
			return
		}
	}
}

// isGone reports whether a record was removed, or never saved. One that is lost is not.
func isGone(err error) bool {
	var lost *LostError
	return errors.Is(err, ErrNotFound) && !errors.As(err, &lost)
}

// ofEngine reports whether an error is about an engine, and not about one entry: the others would fail alike.
func ofEngine(err error) bool {
	kind := kindOf(err)
	return strings.HasPrefix(string(kind), "store_engine_") && kind != KindEngineEntry
}
