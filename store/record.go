package store

import (
	"time"

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

// Record is one connection: an integration and a company, the key of both, and what is known about them.
type Record struct {
	Generation  uint64         // counts the saves of this connection; 0: never saved
	Status      string         // StatusPending or StatusActive
	Unconfirmed bool           // with StatusPending: the company has not been confirmed yet; see Before
	Env         string         // "production", "staging" or "demo"
	Integration Integration    // as it was when the permissions of the key were approved
	Origin      string         // the API address the key belongs to
	CompanyID   string         // a lower-case UUID
	CompanyName string         // empty when the key may not read it
	Scopes      []string       // the permissions the key had when it was validated
	Key         pleoclient.Key // the newest, which is not in use yet with StatusPending; see Usable
	Fingerprint string         // of Key; Put fills it in
	CreatedAt   time.Time      // UTC, of the first save; Put fills it in
	ValidatedAt time.Time      // UTC, when Pleo last accepted the key
	RejectedAt  time.Time      // UTC, when Pleo last turned the key down; a missing answer never sets it
	Rejection   string         // RejectedUnknown or RejectedDenied, with RejectedAt
	Previous    *Previous      // the key before this one; Put takes care of it
	Before      *Record        // what an unconfirmed save replaced; nil if nothing. Put takes care of it

	File         string    // path of the live file; not part of the record
	Readable     bool      // in an engine, saved without an identity: everyone whom its policies allow can read it
	FromPrevious bool      // the live file was missing or damaged, and this is the version before it; warn loudly
	RolledBack   bool      // a newer generation was here once: an old backup was put back; warn, and let Pleo decide
	NewerSeen    uint64    // that newer generation; 0 unless RolledBack
	NewerSeenAt  time.Time // UTC, when it was saved; zero unless RolledBack
}

// Previous is the key before the newest one. With StatusPending it is still in use. Once it is retired, it bridges the
// time until every user of it has read the new one, and it is dropped with the first save after 24 hours.
type Previous struct {
	Key        pleoclient.Key
	Generation uint64    // one it was in use in; 0 with StatusPending
	RetiredAt  time.Time // UTC; zero with StatusPending
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
