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
	switch {
	case v.Number == 0:
		return e, nil
	case v.Data == nil: // deleted by hand: a removal leaves an object
		e.Highest = v.Number // no generation was higher than the number of versions
		ref, _ := store.RefOf(name)
		return e, &store.LostError{Lost: store.Lost{Ref: ref}}
	}
	var h envelope
	switch format, ours := recognise(v.Data); {
	case format > currentFormat:
		return e, s.unfit("newer", e.Place)
	case !ours:
		return e, s.unfit("foreign", e.Place)
	case format != currentFormat, jsonv2.Unmarshal(v.Data, &h) != nil, h.Age != "" && !store.IsSealed(h.Age):
		return e, s.damaged(name, store.KindDamaged, "entry")
	case h.Removed:
		e.Highest, e.HighestAt = h.Generation, h.RemovedAt.UTC()
		return e, nil
	}
	text := []byte(v.Data)
	e.Readable = h.Age == ""
	if h.Age != "" {
		if s.sealer == nil {
			return e, s.unfit("sealed", e.Place)
		}
		var err error
		if text, err = s.sealer.Open(e.Place, h.Age); err != nil {
			return e, s.unreadable(name, err)
		}
		defer clear(text)
	}
	var err error
	if e.Document, err = store.DecodeDocument(name, text); err != nil {
		return e, s.unreadable(name, err)
	}
	return e, nil
}

// recognise returns the format of an object, 0 if that can't be read, and whether it is one of ours, whole or damaged:
// two members of ours are no coincidence.
func recognise(object jsontext.Value) (format int, ours bool) {
	var members map[string]jsontext.Value
	if jsonv2.Unmarshal(object, &members) != nil {
		return 0, false
	}
	if jsonv2.Unmarshal(members["format"], &format) != nil {
		format = 0
	}
	known := 0
	for _, name := range []string{
		"format", "age", "removed", "file_id", "generation", "company_id", "fingerprint", "written_at", "writer",
	} {
		if _, ok := members[name]; ok {
			known++
		}
	}
	return format, known > 1
}

// unreadable translates the error of a document that is ours by its form. What the identity is to blame for stays.
func (s entries) unreadable(name string, err error) error {
	var e *store.Error
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case e.Kind == store.KindNewer:
		return s.unfit("newer", s.place(name))
	case e.Kind == store.KindDamaged && e.Case == "other_identity":
		return s.damaged(name, e.Kind, "entry_identity")
	case e.Kind == store.KindOtherRecord, e.Kind == store.KindOtherStore:
		return s.damaged(name, store.KindOtherRecord, "entry")
	case e.Kind == store.KindDamaged, e.Kind == store.KindPassphrase, e.Kind == store.KindTooLarge:
		return s.damaged(name, store.KindDamaged, "entry")
	}
	return err
}

// damaged returns the error of one that is ours, and of no use. Its path is that of the engine's own program.
func (s entries) damaged(name string, kind store.Kind, why string) error {
	return &store.Error{Kind: kind, Case: why, Path: s.client.Address().Path + "/" + name}
}

func (s entries) unfit(why, place string) error {
	return &store.Error{Kind: store.KindEngineEntry, Case: why, Path: place, Name: place}
}
