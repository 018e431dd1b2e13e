package kv

import (
	"errors"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pleo-connect/store"
)

const (
	currentFormat = 1
	maxVersions   = 2    // of an entry: the newest, and the one before it until that is settled
	mostKept      = 1000 // versions that a mount may keep of each entry
)

// envelope is what lies in the engine instead of a readable document: one that is sealed, or what is left of one. The
// engine compares writes and not deletes, so a document that is removed is written over.
type envelope struct {
	Format     int       `json:"format"`
	Age        string    `json:"age,omitzero"` // an age file in ASCII armour
	Removed    bool      `json:"removed,omitzero"`
	RemovedAt  time.Time `json:"removed_at,omitzero"` // UTC
	Generation uint64    `json:"generation,omitzero"` // of what was removed
}

// encode returns the object of a document.
func encode(d *store.Document, sealer *store.Sealer) (jsontext.Value, error) {
	plain, err := d.Encode()
	if err != nil || sealer == nil {
		return plain, err
	}
	defer clear(plain)
	text, err := sealer.Seal(plain)
	if err != nil {
		return nil, err
	}
	return jsonv2.Marshal(envelope{Format: currentFormat, Age: text})
}

// decode returns the entry of a version.
func (s entries) decode(name string, v Version) (store.Entry, error) {
	e := store.Entry{Version: v.Number, Place: s.place(name)}
	if v.Data == nil { // of one that was deleted by hand, no generation was higher than the number of versions
		e.Highest = v.Number
		return e, nil
	}
	var h envelope
	switch {
	case jsonv2.Unmarshal(v.Data, &h) != nil || h.Format < 1:
		return e, s.unfit("foreign", e.Place)
	case h.Format > currentFormat:
		return e, s.unfit("newer", e.Place)
	case h.Removed:
		e.Highest, e.HighestAt = h.Generation, h.RemovedAt.UTC()
		return e, nil
	}
	text := []byte(v.Data)
	if h.Age != "" {
		if s.sealer == nil {
			return e, s.unfit("sealed", e.Place)
		}
		var err error
		if text, err = s.sealer.Open(e.Place, h.Age); err != nil {
			return e, err
		}
		defer clear(text)
	}
	var err error
	if e.Document, err = store.DecodeDocument(name, text); err != nil {
		return e, s.unfitDocument(err, e.Place)
	}
	return e, nil
}

// unfitDocument returns why what is in the place of a record is none.
func (s entries) unfitDocument(err error, place string) error {
	var e *store.Error
	if errors.As(err, &e) && e.Kind == store.KindNewer {
		return s.unfit("newer", place)
	}
	return s.unfit("foreign", place)
}

func (s entries) unfit(why, place string) error {
	return &store.Error{Kind: store.KindEngineEntry, Case: why, Path: place, Name: place}
}
