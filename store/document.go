package store

import (
	"bytes"
	"cmp"
	"errors"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pleo-connect/pleoclient"
)

const (
	currentFormat = 1
	maxGeneration = 1 << 53 // JSON readers in other languages are exact up to here
	keepPrevious  = 24 * time.Hour
)

// Document is a record as it is kept: one JSON object. The documentation of this package describes its members. Key is
// what [Record.Usable] returns, so that a program that knows nothing else of this form uses the right one.
type Document struct {
	Format             int               `json:"format"`
	StoreID            string            `json:"store_id,omitzero"` // in files only
	FileID             string            `json:"file_id"`
	Generation         uint64            `json:"generation"`
	Status             string            `json:"status"`
	Unconfirmed        bool              `json:"unconfirmed,omitzero"`
	Env                string            `json:"env"`
	Integration        integration       `json:"integration"`
	Origin             string            `json:"origin"`
	CompanyID          string            `json:"company_id"`
	CompanyName        string            `json:"company_name"`
	Scopes             []string          `json:"scopes"`
	Key                pleoclient.Key    `json:"key,omitzero"` // in use
	Fingerprint        string            `json:"fingerprint,omitzero"`
	PendingKey         pleoclient.Key    `json:"pending_key,omitzero"`         // with StatusPending
	PendingFingerprint string            `json:"pending_fingerprint,omitzero"` // of PendingKey
	CreatedAt          time.Time         `json:"created_at"`
	ValidatedAt        time.Time         `json:"validated_at,omitzero"`
	RejectedAt         time.Time         `json:"rejected_at,omitzero"`
	Rejection          string            `json:"rejection,omitzero"`
	Previous           *previousDocument `json:"previous,omitzero"`
	Before             *Document         `json:"before,omitzero"`
	WrittenAt          time.Time         `json:"written_at"`
	Writer             string            `json:"writer"`
	//lint:ignore SA5008 the option belongs to go-json-experiment, which staticcheck takes for encoding/json
	Unknown jsontext.Value `json:",embed"` // members that a newer version of the same format added
}

type previousDocument struct {
	Key        pleoclient.Key `json:"key"`
	Generation uint64         `json:"generation"`
	RetiredAt  time.Time      `json:"retired_at"`
	//lint:ignore SA5008 as above
	Unknown jsontext.Value `json:",embed"`
}

// Encode returns the JSON of a document. This is the only place in the package where a key becomes text.
func (d *Document) Encode() ([]byte, error) {
	reveal := json.MarshalFunc(func(k pleoclient.Key) ([]byte, error) { return jsontext.AppendQuote(nil, k.Reveal()) })
	plain, err := json.Marshal(d, json.WithMarshalers(reveal))
	if err != nil { // its text may quote the record
		return nil, errors.New("can't save the record: a text is not UTF-8, or a time is out of range")
	}
	return plain, nil
}

// Equal reports whether two documents have the same JSON. What keeps one may write its members in another order.
func (d *Document) Equal(other *Document) bool {
	one, err := d.canonical()
	defer clear(one)
	two, err2 := other.canonical()
	defer clear(two)
	return err == nil && err2 == nil && bytes.Equal(one, two)
}

func (d *Document) canonical() (jsontext.Value, error) {
	plain, err := d.Encode()
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	out := jsontext.Value(bytes.Clone(plain))
	err = out.Canonicalize()
	return out, err
}

// decode reads one JSON value with exact names and no duplicates. The decoder's error is not passed on, because it
// quotes the record.
func decode(plain []byte) (*Document, error) {
	var d Document
	if err := json.Unmarshal(plain, &d, decodeKeys()); err != nil || d.Format != currentFormat {
		return nil, cmp.Or(checkFormat(plain), errNotRecord)
	}
	return &d, nil
}

// DecodeDocument reads the document of a name from entries that are not files. The error is an [*Error] without a path:
// KindNewer, KindOtherRecord, KindOtherStore for one that was in files, or KindDamaged.
func DecodeDocument(name string, text []byte) (*Document, error) {
	d, err := decode(text)
	if err == nil {
		err = d.check("", name)
	}
	if err != nil {
		return nil, contentError("", err)
	}
	return d, nil
}

var keyDecoding struct {
	sync.Once
	options json.Options
}

// decodeKeys returns the options with which keys are decoded. They are made once, at the first use: they keep what is
// found out about the types.
func decodeKeys() json.Options {
	keyDecoding.Do(func() {
		keyDecoding.options = json.WithUnmarshalers(json.UnmarshalFunc(func(b []byte, k *pleoclient.Key) error {
			text, err := jsontext.AppendUnquote(nil, b)
			*k = pleoclient.NewKey(string(text))
			return err
		}))
	})
	return keyDecoding.options
}

// checkFormat reads only the format number, so that a newer record is recognised no matter what else changed in it.
func checkFormat(plain []byte) error {
	var head struct {
		Format *int `json:"format"`
	}
	if err := json.Unmarshal(plain, &head); err != nil || head.Format == nil || *head.Format < 1 {
		return errNotRecord
	}
	if *head.Format > currentFormat {
		return errNewer
	}
	return nil
}

// check checks a document against the place it was found at.
func (d *Document) check(storeID, fileID string) error {
	id, err := Ref{Env: d.Env, Integration: d.Integration.ID, CompanyID: d.CompanyID}.fileID()
	switch {
	case d.StoreID != storeID:
		return errOtherStore
	case d.FileID != fileID, err == nil && id != fileID:
		return errOtherRecord
	case err != nil, d.Generation < 1, d.Generation > maxGeneration, !d.hasKeys():
		return errNotRecord
	}
	return d.checkBefore(storeID, fileID)
}

// hasKeys reports whether the keys are those that belong to the status.
func (d *Document) hasKeys() bool {
	if d.Fingerprint != d.Key.Fingerprint() || d.PendingFingerprint != d.PendingKey.Fingerprint() {
		return false
	}
	if d.Previous != nil && (d.Previous.Key.IsZero() || d.Key.IsZero()) {
		return false
	}
	switch d.Status {
	case StatusPending:
		return !d.PendingKey.IsZero()
	case StatusActive:
		return !d.Key.IsZero() && d.PendingKey.IsZero() && !d.Unconfirmed
	}
	return false
}

// checkBefore checks what was there before an unconfirmed save by the same rules. It must not have a Before itself.
func (d *Document) checkBefore(storeID, fileID string) error {
	b := d.Before
	switch {
	case b == nil:
		return nil
	case !d.Unconfirmed, b.Unconfirmed, b.Before != nil, b.Generation >= d.Generation:
		return errNotRecord
	}
	return b.check(storeID, fileID)
}

// record returns a document as a Record, for callers.
func (d *Document) record() Record {
	r := Record{
		Generation: d.Generation, Status: d.Status, Unconfirmed: d.Unconfirmed, Env: d.Env,
		Integration: d.Integration.Integration, Origin: d.Origin,
		CompanyID: d.CompanyID, CompanyName: d.CompanyName, Scopes: d.Scopes,
		Key: d.Key, Fingerprint: d.Fingerprint, CreatedAt: d.CreatedAt.UTC(), ValidatedAt: d.ValidatedAt.UTC(),
		RejectedAt: d.RejectedAt.UTC(), Rejection: d.Rejection,
	}
	if len(r.Scopes) == 0 {
		r.Scopes = nil // JSON does not distinguish the two
	}
	switch p := d.Previous; {
	case d.Status == StatusPending:
		r.Key, r.Fingerprint = d.PendingKey, d.PendingFingerprint
		if !d.Key.IsZero() {
			r.Previous = &Previous{Key: d.Key}
		}
	case p != nil:
		r.Previous = &Previous{Key: p.Key, Generation: p.Generation, RetiredAt: p.RetiredAt.UTC()}
	}
	if d.Before != nil {
		r.Before = new(d.Before.record())
	}
	return r
}

// next returns the document that follows current, which is nil for the first save. What the caller does not decide
// comes from current: the time of the first save, the key before, and the members that we do not know.
func (r Record) next(current *Document, now time.Time) *Document {
	d := &Document{
		Format: currentFormat, Generation: r.Generation + 1, Status: r.Status, Unconfirmed: r.Unconfirmed,
		Env: r.Env, Integration: integration{Integration: r.Integration}, Origin: r.Origin,
		CompanyID: r.CompanyID, CompanyName: r.CompanyName, Scopes: r.Scopes,
		CreatedAt: now, ValidatedAt: r.ValidatedAt.UTC(), WrittenAt: now,
		RejectedAt: r.RejectedAt.UTC(), Rejection: r.Rejection,
	}
	if current != nil {
		d.CreatedAt, d.Unknown = current.CreatedAt, current.Unknown
		d.Integration.Unknown = current.Integration.Unknown
		current = current.confirmed() // no service used a key whose company was not confirmed
	}
	switch {
	case r.Status == StatusActive:
		d.Key, d.Previous = r.Key, current.retired(r.Key, now)
	case current != nil: // the key in use stays, and the one before it
		d.Key, d.PendingKey, d.Previous = current.Key, r.Key, current.Previous
	default:
		d.PendingKey = r.Key
	}
	d.Fingerprint, d.PendingFingerprint = d.Key.Fingerprint(), d.PendingKey.Fingerprint()
	if r.Unconfirmed {
		d.Before = current
	}
	return d
}

// confirmed is Record.Confirmed for a document, or nil.
func (d *Document) confirmed() *Document {
	if d.Unconfirmed {
		return d.Before
	}
	return d
}

// retired returns the key that active replaces, or replaced less than a day ago. The document is nil before the first
// save.
func (d *Document) retired(active pleoclient.Key, now time.Time) *previousDocument {
	switch {
	case d == nil:
		return nil
	case !d.Key.IsZero() && !d.Key.Equal(active):
		return &previousDocument{Key: d.Key, Generation: d.Generation, RetiredAt: now}
	case d.Previous != nil && now.Sub(d.Previous.RetiredAt) > keepPrevious:
		return nil
	}
	return d.Previous
}

var (
	errNotRecord   = errors.New("not a record")
	errNewer       = errors.New("newer format")
	errOtherStore  = errors.New("record of another store")
	errOtherRecord = errors.New("record of another company, integration or environment")
)
