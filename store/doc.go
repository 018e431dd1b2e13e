// Package store keeps the keys of Pleo connections in encrypted files, one file per company. It promises two things: nobody reads
// a key who is not meant to, and nothing is lost: a reader gets a whole old or a whole new record, whatever broke in between.
//
// # Start here
//
// A service reads its key like this, each time it starts and once more after Pleo answered 401:
//
//	s, err := store.Open(store.Config{Dir: "/var/lib/pleo-connect", Identity: "/etc/pleo-connect/identity.txt"})
//	if err != nil {
//		return err
//	}
//	defer s.Close()
//	r, err := s.Get(store.Ref{Env: "production", CompanyID: "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"})
//	if err != nil {
//		return err
//	}
//	key, ok := r.Usable()
//
// While Status is StatusPending a new key is saved that Pleo has not confirmed yet, and the key in Previous, if there is one, is
// the one that was active before: [Record.Usable] chooses. FromPrevious and RolledBack are warnings: the record is whole, but not
// the newest. The example of this package is a whole daemon that does so.
//
// # Places
//
//	/var/lib/pleo-connect/                        0700  the store; for a person $XDG_DATA_HOME/pleo-connect
//	  FORMAT README.txt lock                      0600  for people; the lock is never deleted
//	  settings.age settings.age.prev              0600  the store id, and a copy; they say that the store is complete
//	  installations/prod-<company id>.age         0600  the live record; stg- for staging, demo- for the demo
//	  installations/prod-<company id>.age.prev    0600  the record before the last save
//	/etc/pleo-connect/identity.txt                0600  the age identity; for a person $XDG_CONFIG_HOME/pleo-connect
//	/etc/pleo-connect/identity.txt.lock           0600  taken while an identity is made
//	/etc/pleo-connect/seen/<store id>/            0700  the highest generation of each record, no secrets
//
// # Format
//
// A record is one JSON object, encrypted with age to one X25519 identity. Anyone who holds the identity reads it without us:
//
//	age -d -i identity.txt installations/prod-<company id>.age
//
// Inside are "format" (1), "store_id", "file_id" (the file's own name), "generation", "status", "env", "origin", "company_id",
// "company_name", "scopes", "key", "fingerprint", "created_at", "validated_at", "previous", "written_at" and "writer". All of it is
// checked on every read. Duplicate names are refused, members that we do not know are kept when a record is written again, and a
// higher format is neither read nor written. Times are UTC and only for people: logic uses the generation.
//
// # What is protected
//
// [Promise] says it in words for people. A copy of the store alone is worthless. Root, the account that owns the store, and a copy
// of both directories are outside of the promise, and so are the fact that a connection exists, its size and its times. age does
// not tell who wrote a file, so the public key of the identity is never written down: whoever knows it could forge a record.
//
// Truncated and changed files, files of another company or store, and an old copy of one file are all noticed. An old copy of the
// store and of the marks in seen/ together is not.
//
// # Writing
//
// write.go has the order of the steps and the reason for each. In short: a new file, flushed and read back; a copy of the old
// record as .prev; a rename; a flush of the directory. The lock is held for these milliseconds only, never while a person or a
// network is waited for. A generation that moved meanwhile is a [*ConflictError].
package store
