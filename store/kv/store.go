package kv

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pleo-connect/store"
)

// saveTime is how long a save takes in all, with each look at what became of a write whose answer was lost: after the
// active node has died, another one may need half of it.
const saveTime = 30 * time.Second

// Store is a key store in an engine. Several goroutines, processes and computers may use one at once. All calls end
// with the context of [NewStore].
type Store struct {
	ctx    context.Context
	client *Client
	sealer *store.Sealer
	writer string
}

// NewStore returns the store that a client speaks to. With a sealer, what is saved is sealed as well; records that are
// not can still be read. writer is kept in each record.
func NewStore(ctx context.Context, client *Client, sealer *store.Sealer, writer string) *Store {
	return &Store{ctx, client, sealer, writer}
}

// Within returns the same store, whose calls end with another context.
func (s *Store) Within(ctx context.Context) *Store { return &Store{ctx, s.client, s.sealer, s.writer} }

// Place returns the address of the store.
func (s *Store) Place() string { return s.client.Address().String() }

// Probe proves that a record can be saved now, as [Client.Prove] does, and that it could be sealed. It returns what is
// there, for which it reads all records: the engine's list tells neither those that were removed nor those that are
// pending, and one that is sealed and can't be opened must be met before there is a key to save beside it.
func (s *Store) Probe() (o store.Overview, err error) {
	if err := s.client.Prove(s.ctx); err != nil {
		return o, err
	}
	if s.sealer != nil {
		if err := s.sealer.Check(); err != nil {
			return o, err
		}
	}
	var lost *store.LostError
	for r, err := range s.records(s.ctx).List() {
		switch {
		case err == nil:
			o.Refs = append(o.Refs, r.Ref())
			o.Readable = o.Readable || r.Readable
			if r.Status == store.StatusPending {
				o.Pending = append(o.Pending, r.Ref())
			}
		case isClosed(err):
			return store.Overview{}, err
		case errors.As(err, &lost):
			o.Loss.Lost = append(o.Loss.Lost, lost.Lost)
			o.Unread = cmp.Or(o.Unread, err)
		default:
			o.Unread = cmp.Or(o.Unread, err)
		}
	}
	return o, nil
}

// isClosed reports whether a record is sealed, and cannot be opened: another one must not be saved beside it that is
// readable, or sealed for another identity.
func isClosed(err error) bool {
	var e *store.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Kind == store.KindIdentityMissing || e.Kind == store.KindEngineEntry && e.Case == "sealed" ||
		e.Kind == store.KindDamaged && e.Case == "entry_identity"
}

// Make makes the identity, if there is to be one. An engine needs no other preparation.
func (s *Store) Make() error {
	if s.sealer == nil {
		return nil
	}
	return s.sealer.Make()
}

// Concern returns "": who runs the engine knows where it keeps its data.
func (s *Store) Concern() store.Concern { return "" }

// Condition finds out whether the mount is there, and whether anything ever was below the prefix, where the first Probe
// leaves an entry: the address may be mistyped. A token that may not list can't tell. What is lost is found by reading.
func (s *Store) Condition() (store.Condition, error) {
	m, err := s.client.Mount(s.ctx)
	if err != nil {
		return store.Condition{}, err
	}
	names, err := s.client.list(s.ctx, m)
	if kindOf(err) == store.KindEngineDenied {
		return store.Condition{}, nil
	}
	return store.Condition{Empty: err == nil && len(names) == 0}, err
}

// Get is store.Records.Get.
func (s *Store) Get(ref store.Ref) (store.Record, error) { return s.records(s.ctx).Get(ref) }

// Put is store.Records.Put. It waits up to 30 s for an answer; then the error has KindEngineUncertain.
func (s *Store) Put(r store.Record) (store.Record, error) {
	if err := s.Make(); err != nil {
		return store.Record{}, err
	}
	var out store.Record
	err := s.save(func(records store.Records) (err error) {
		out, err = records.Put(r)
		return err
	})
	return out, err
}

// Settle is store.Records.Settle.
func (s *Store) Settle(ref store.Ref, generation uint64) error {
	return s.save(func(records store.Records) error { return records.Settle(ref, generation) })
}

// Forget is store.Records.Forget. The engine keeps the name of the entry, and when it was removed.
func (s *Store) Forget(ref store.Ref, generation uint64) error {
	return s.save(func(records store.Records) error { return records.Forget(ref, generation) })
}

func (s *Store) save(do func(store.Records) error) error {
	ctx, cancel := context.WithTimeout(s.ctx, saveTime)
	defer cancel()
	err := do(s.records(ctx))
	if !errors.Is(err, store.ErrUnsure) {
		return err
	}
	uncertain := &store.Error{Kind: store.KindEngineUncertain, Path: s.Place()}
	if why := (*store.Error)(nil); errors.As(err, &why) {
		uncertain.Reason = why.Reason
	}
	return uncertain
}

// Refs is store.Records.Refs. It reads the entries that fit: the engine also lists those that are removed.
func (s *Store) Refs(fits func(store.Ref) bool) ([]store.Ref, error) {
	return s.records(s.ctx).Refs(fits)
}

// List is store.Records.List.
func (s *Store) List() (iter.Seq2[store.Record, error], error) { return s.records(s.ctx).List(), nil }

// Records is store.Records.Read.
func (s *Store) Records(refs []store.Ref) (iter.Seq2[store.Record, error], error) {
	return s.records(s.ctx).Read(refs), nil
}

func (s *Store) records(ctx context.Context) store.Records {
	return store.NewRecords(entries{ctx, s.client, s.sealer}, s.writer)
}

// entries are those of a store, each a path in the engine with a few versions.
type entries struct {
	ctx    context.Context
	client *Client
	sealer *store.Sealer // nil: documents are readable
}

func (s entries) place(name string) string { return s.client.Address().String() + "/" + name }

// Get implements store.Entries.
func (s entries) Get(name string) (store.Entry, error) {
	v, err := s.client.Read(s.ctx, name)
	if err != nil {
		return store.Entry{}, err
	}
	return s.decode(name, v)
}

// Put implements store.Entries.
func (s entries) Put(name string, d *store.Document, over uint64) (store.Entry, error) {
	text, err := encode(d, s.sealer)
	if err != nil {
		return store.Entry{}, err
	}
	defer clear(text)
	if d.CreatedAt.Equal(d.WrittenAt) { // where nothing is, or nothing any more
		if err := s.client.SetMaxVersions(s.ctx, name, maxVersions); err != nil {
			return store.Entry{}, err
		}
	}
	number, err := s.write(name, text, over)
	if err != nil {
		return store.Entry{}, err
	}
	e, err := s.Get(name)
	switch {
	case err != nil: // the next look will tell
		return store.Entry{}, errors.Join(store.ErrUnsure, err)
	case e.Document == nil: // another has removed it already
		return e, nil
	case e.Version > number: // ours was there, and another came after it
		return store.Entry{Document: d, Version: number, Place: e.Place, Readable: s.sealer == nil}, nil
	case e.Version < number: // a standby that lags
		s.client.config.Pause(s.ctx, interval)
		return store.Entry{}, store.ErrUnsure
	case !e.Document.Equal(d): // writing it again makes no difference, so that is bounded
		unexpected := s.client.fail(store.KindEngineUnexpected, "")
		return store.Entry{}, errors.Join(store.ErrUnsure, store.ErrChanged, unexpected)
	}
	return e, nil
}

// write writes over a version. When another one is there, or the answer is lost, the next look is to find what decides.
func (s entries) write(name string, text jsontext.Value, over uint64) (uint64, error) {
	number, err := s.client.Write(s.ctx, name, text, over)
	switch {
	case errors.Is(err, store.ErrChanged):
		s.client.awaitAfter(s.ctx, name, over)
	case errors.Is(err, store.ErrUnsure):
		s.client.config.Pause(s.ctx, interval)
	}
	return number, err
}

// Settle implements store.Entries. If another version came in between, what is older than both is of no use to either.
func (s entries) Settle(name string, version uint64) error {
	if version <= 1 {
		return nil
	}
	return s.destroyBefore(name, version)
}

// destroyBefore erases what an entry held before a version, which may be the key before. Among the versions is 0, which
// never is, so that the policy is asked in any case.
func (s entries) destroyBefore(name string, version uint64) error {
	var before []uint64
	for n := version - min(version, mostKept); n < version; n++ {
		before = append(before, n)
	}
	if before == nil {
		return nil
	}
	return s.client.Destroy(s.ctx, name, before...)
}

// Delete implements store.Entries. What was there before the document is destroyed first: a policy that does not allow
// that is met while the record is whole. Then the engine is told to keep one version, so that the write alone erases
// the document. At the end that is destroyed as well: someone may have deleted it by hand, and could bring it back.
//
// It writes even if nothing is there: a save whose answer was lost may come later, and is refused then, because it is
// over another version.
//
// If it ends in the middle, the engine may go on keeping one version. The next save then drops the one before it, which
// nothing here reads.
func (s entries) Delete(name string, was store.Entry) error {
	left := envelope{
		Format: currentFormat, Removed: true, RemovedAt: time.Now().UTC().Truncate(time.Second), Generation: was.Highest,
	}
	if was.Document != nil {
		left.Generation = was.Document.Generation
	}
	object, err := jsonv2.Marshal(left)
	if err == nil {
		err = s.destroyBefore(name, was.Version)
	}
	if err == nil {
		err = s.client.SetMaxVersions(s.ctx, name, 1)
	}
	if err != nil {
		return ofRemoval(err)
	}
	_, err = s.write(name, object, was.Version)
	switch {
	case errors.Is(err, store.ErrUnsure):
		return err
	case err != nil: // the record stays
		_ = s.client.SetMaxVersions(s.ctx, name, maxVersions)
		return ofRemoval(err)
	case was.Version == 0:
		return nil
	}
	if err := s.client.Destroy(s.ctx, name, was.Version); err != nil { // it is removed, and the next try destroys it
		s.client.config.Pause(s.ctx, interval)
		return errors.Join(store.ErrUnsure, err)
	}
	return nil
}

// List implements store.Entries.
func (s entries) List() ([]store.Listed, error) {
	names, err := s.client.List(s.ctx)
	var out []store.Listed
	for _, name := range names {
		l := store.Listed{Name: name, MayBeGone: true}
		if _, ok := store.RefOf(name); !ok {
			l = store.Listed{Name: name, Err: s.unfit("", s.place(name))}
		}
		out = append(out, l)
	}
	return out, err
}
