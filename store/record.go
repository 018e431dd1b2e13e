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

// The states of a record.
const (
	StatusPending = "pending" // the key is saved, and Pleo does not know yet that the installation is active
	StatusActive  = "active"  // Pleo reported the installation as active
)

// Why Pleo turned down a key.
const (
	RejectedUnknown = "rejected" // 401: Pleo does not accept the key
	RejectedDenied  = "denied"   // 403: Pleo knows the key, and denies what it asks for
)

const (
	currentFormat = 1
	maxGeneration = 1 << 53 // JSON readers in other languages are exact up to here
	keepPrevious  = 24 * time.Hour
)

// Record is one connection: an integration and a company, the key of both, and what is known about them.
type Record struct {
	Generation  uint64      // counts the saves of this connection; 0: never saved
	Status      string      // StatusPending or StatusActive
	Unconfirmed bool        // with StatusPending: the company has not been confirmed yet; see Before
	Env         string      // "production", "staging" or "demo"
	Integration Integration // as it was when the permissions of the key were approved
	Origin      string      // the API address the key belongs to
	CompanyID   string      // a lower-case UUID
	CompanyName string      // empty when the key may not read it
	Scopes      []string    // the permissions the key had when it was validated
	Key         pleoclient.Key
	Fingerprint string    // of Key; Put fills it in
	CreatedAt   time.Time // UTC, of the first save; Put fills it in
	ValidatedAt time.Time // UTC, when Pleo last accepted the key
	RejectedAt  time.Time // UTC, when Pleo last turned the key down; a missing answer never sets it
	Rejection   string    // RejectedUnknown or RejectedDenied, with RejectedAt
	Previous    *Previous // the key before this one; Put takes care of it
	Before      *Record   // what an unconfirmed save replaced; nil if nothing. Put takes care of it

	File         string    // path of the live file; not part of the record
	FromPrevious bool      // the live file was missing or damaged, and this is the version before it; warn loudly
	RolledBack   bool      // a newer generation was here once: an old backup was put back; warn, and let Pleo decide
	NewerSeen    uint64    // that newer generation; 0 unless RolledBack
	NewerSeenAt  time.Time // UTC, when it was saved; zero unless RolledBack
}

// Previous is the key that was active before. It bridges the time until every user of the old key has read the new one,
// and it is dropped with the first save after 24 hours.
type Previous struct {
	Key        pleoclient.Key
	Generation uint64    // the last generation it was active in
	RetiredAt  time.Time // UTC
}

// Usable returns the key that a service should use now: the active one. While a new key is pending, that is the one
// before it. If there is neither, ok is false: the connection was never finished.
func (r Record) Usable() (key pleoclient.Key, ok bool) {
	switch {
	case r.Status == StatusActive:
		return r.Key, true
	case r.Previous != nil:
		return r.Previous.Key, true
	}
	return pleoclient.Key{}, false
}

// Confirmed returns the record that applies without an unconfirmed save: r itself, or what was there before. If there
// is neither, ok is false.
func (r Record) Confirmed() (confirmed Record, ok bool) {
	switch {
	case !r.Unconfirmed:
		return r, true
	case r.Before != nil:
		return *r.Before, true
	}
	return Record{}, false
}

// Ref returns the name of the record.
func (r Record) Ref() Ref {
	return Ref{Env: r.Env, Integration: r.Integration.ID, CompanyID: r.CompanyID}
}

// Document is a record as it is kept: one JSON object. The documentation of this package describes its members.
type Document struct {
	Format      int               `json:"format"`
	StoreID     string            `json:"store_id,omitzero"` // in files only
	FileID      string            `json:"file_id"`
	Generation  uint64            `json:"generation"`
	Status      string            `json:"status"`
	Unconfirmed bool              `json:"unconfirmed,omitzero"`
	Env         string            `json:"env"`
	Integration integration       `json:"integration"`
	Origin      string            `json:"origin"`
	CompanyID   string            `json:"company_id"`
	CompanyName string            `json:"company_name"`
	Scopes      []string          `json:"scopes"`
	Key         pleoclient.Key    `json:"key"`
	Fingerprint string            `json:"fingerprint"`
	CreatedAt   time.Time         `json:"created_at"`
	ValidatedAt time.Time         `json:"validated_at,omitzero"`
	RejectedAt  time.Time         `json:"rejected_at,omitzero"`
	Rejection   string            `json:"rejection,omitzero"`
	Previous    *previousDocument `json:"previous,omitzero"`
	Before      *Document         `json:"before,omitzero"`
	WrittenAt   time.Time         `json:"written_at"`
	Writer      string            `json:"writer"`
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
	case err != nil, d.Key.IsZero(), d.Fingerprint != d.Key.Fingerprint(),
		d.Generation < 1, d.Generation > maxGeneration,
		d.Status != StatusPending && d.Status != StatusActive,
		d.Unconfirmed && d.Status != StatusPending,
		d.Previous != nil && d.Previous.Key.IsZero():
		return errNotRecord
	}
	return d.checkBefore(storeID, fileID)
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
	if p := d.Previous; p != nil {
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
		Key: r.Key, Fingerprint: r.Key.Fingerprint(), CreatedAt: now, ValidatedAt: r.ValidatedAt.UTC(), WrittenAt: now,
		RejectedAt: r.RejectedAt.UTC(), Rejection: r.Rejection,
	}
	if current != nil {
		d.CreatedAt, d.Unknown = current.CreatedAt, current.Unknown
		d.Integration.Unknown = current.Integration.Unknown
		current = current.confirmed() // no service used a key whose company was not confirmed
	}
	if current != nil {
		d.Previous = r.previous(current, now)
	}
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

// previous decides which earlier key stays. A key that was only ever pending is not worth keeping, but the active one
// before it is.
func (r Record) previous(current *Document, now time.Time) *previousDocument {
	sameKey, active := r.Key.Equal(current.Key), current.Status == StatusActive
	kept := current.Previous
	switch {
	case !sameKey && active:
		kept = &previousDocument{Key: current.Key, Generation: current.Generation, RetiredAt: now}
	case sameKey && active && kept != nil && now.Sub(kept.RetiredAt) > keepPrevious:
		kept = nil
	}
	// While it is pending again, a service still needs it.
	if kept != nil && kept.Key.Equal(r.Key) && r.Status == StatusActive {
		return nil
	}
	return kept
}

var (
	errNotRecord   = errors.New("not a record")
	errNewer       = errors.New("newer format")
	errOtherStore  = errors.New("record of another store")
	errOtherRecord = errors.New("record of another company, integration or environment")
)
