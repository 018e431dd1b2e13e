package store

import (
	"errors"
	"time"
)

// Entries keep one document for each name, under a version that counts its changes. They know nothing of what a record
// means: that is the work of [Records]. A [Store] has them in files, [Memory] in memory, and package kv in OpenBao or
// Vault. Several goroutines, processes and computers may use the same ones.
//
// A name is that of a file in a Store, "prod-<integration>-<company>". Errors are [*Error], or one of those below.
type Entries interface {
	// Get reads the newest entry. One without a document is there no more, or never was. If others change it, it may be
	// an older one for a moment, but not older than what these Entries have met.
	Get(name string) (Entry, error)

	// Put keeps a document over the version that was read, and returns the entry as it was read back. Another version
	// is ErrChanged.
	Put(name string, d *Document, over uint64) (Entry, error)

	// Settle drops what was kept before a version. Another version may be ErrChanged.
	Settle(name string, version uint64) error

	// Delete removes the document of an entry as it was read, and what was kept before it. Another version is
	// ErrChanged; nothing at all is not an error. A Put whose answer was lost is refused if it comes after that.
	Delete(name string, was Entry) error

	// List returns what is there, sorted, and reads none of it.
	List() ([]Listed, error)
}

// Entry is a document as it was found.
type Entry struct {
	Document *Document // nil: there is none
	Version  uint64    // what Put and Delete compare; 0: nothing was ever there, or in files, nothing is
	Place    string    // where it is, for people
	Readable bool      // the document lies there as text; otherwise only an identity opens it

	FromPrevious bool  // what is newer was missing or damaged
	Damage       error // what is wrong with the newer one; nil if it is missing

	Highest   uint64    // the highest generation that was ever seen, which may be lost; 0 if none is known
	HighestAt time.Time // UTC, when that was saved
}

// Listed is one of the entries, or something in between that is none.
type Listed struct {
	Name      string
	MayBeGone bool  // it may be one that was removed, which only reading tells
	Err       error // why it is no entry, or one that may not be here
}

var (
	// ErrChanged reports that an entry has another version than the one that was read. Nothing was written.
	ErrChanged = errors.New("the entry has another version")

	// ErrUnsure reports that no answer came: what was to be written may be there, or may still come. It is tried again
	// for as long as Get works, so entries whose answers can get lost must limit that time. Those of files can't.
	ErrUnsure = errors.New("the entry may be changed or not")
)

// record returns the document as a Record, for callers. One below the highest generation was put back from a backup.
func (e Entry) record() Record {
	r := e.Document.record()
	r.File, r.Readable, r.FromPrevious = e.Place, e.Readable, e.FromPrevious
	if e.Highest > r.Generation && !r.FromPrevious {
		r.RolledBack, r.NewerSeen, r.NewerSeenAt = true, e.Highest, e.HighestAt.UTC()
	}
	return r
}

// conflict reports that the record has another generation than the one that was read.
func (e Entry) conflict(want uint64) error {
	switch {
	case e.Document == nil && want == 0, e.Document != nil && e.Document.Generation == want:
		return nil
	case e.Document == nil:
		return &ConflictError{Want: want}
	}
	return &ConflictError{Have: e.Document.Generation, Want: want, ChangedAt: e.Document.WrittenAt.UTC()}
}
