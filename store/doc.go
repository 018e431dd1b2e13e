// Package store keeps the keys of Pleo connections in encrypted files, one file per connection: an integration and a
// company. It promises two things: nobody reads a key who is not meant to, and nothing is lost: a reader gets a whole
// old or a whole new record, whatever broke in between.
//
// # Start here
//
// A service reads its key like this, each time it starts and once more after Pleo answered 401:
//
//	s, err := store.Open(store.Config{Dir: "/var/lib/pleo-connect", Identity: "/etc/pleo-connect/private/identity.txt"})
//	if err != nil {
//		return err
//	}
//	defer s.Close()
//	r, err := s.Get(store.Ref{
//		Env: "production", Integration: "contoso-ledger", CompanyID: "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5",
//	})
//	if err != nil {
//		return err
//	}
//	key, ok := r.Usable()
//
// While Status is StatusPending a new key is saved that Pleo has not confirmed yet, and the key in Previous, if there
// is one, is the one that was active before: [Record.Usable] chooses. While it is Unconfirmed as well, nobody said yet
// that the company is right, and [Record.Confirmed] has what was there before it. FromPrevious and RolledBack are
// warnings: the record is whole, but not the newest. The example of this package is a whole daemon that does so.
//
// # Places
//
//	/var/lib/pleo-connect/                        0700  the store; for a person $XDG_DATA_HOME/pleo-connect
//	  FORMAT README.txt lock                      0600  for people; the lock is never deleted
//	  settings.age settings.age.prev              0600  store id and recipients, and a copy; the store is complete
//	  installations/prod-<connection>.age         0600  the live record; stg- for staging, demo- for the demo
//	  installations/prod-<connection>.age.prev    0600  the record before the last save, or a copy of it
//	/etc/pleo-connect/                            0755  root's, and open to all; not for a person
//	/etc/pleo-connect/private/                    0700  for a person $XDG_CONFIG_HOME/pleo-connect
//	  identity.txt                                0600  the age identity
//	  identity.txt.lock                           0600  taken while an identity is made
//	  seen/<store id>/                            0700  what was seen of a store, no secrets
//	    prod-<connection>.json                    0600  the highest generation of a record, and whether it was removed
//	    store.json                                0600  the directory of the store
//
// A connection is named by the id of its integration, a hyphen and the id of its company: see [Ref].
//
// # Format
//
// A record is one JSON object, encrypted with age to the recipients of the store. Anyone who holds an identity of one
// of them reads it without us:
//
//	age -d -i identity.txt installations/prod-<connection>.age
//
// Inside are "format" (1), "store_id", "file_id" (the file's own name), "generation", "status", "unconfirmed", "env",
// "integration" (an object: what the vendor's file said when the permissions were approved), "origin", "company_id",
// "company_name", "scopes", "key", "fingerprint", "created_at", "validated_at", "rejected_at", "rejection", "previous",
// "before" (an earlier object like this one), "written_at" and "writer". What decides anything is checked on every
// read. Duplicate names are refused, members that we do not know are kept when a record is written again, except those
// of a permission and of the service, and a higher format is neither read nor written. Times are UTC and only for
// people: logic uses the generation.
//
// # Who can open it
//
// The store has an identity of its own, for the service. [Store.AddRecipient] lets others in: a person, or a recovery
// identity that is kept elsewhere. All of them are in the encrypted settings, the store's own first, and everything is
// encrypted for all of them, whoever writes. They are X25519 recipients alone: a plugin would start a program, and
// everybody knows an SSH host's.
//
// The identity file of a person may be locked with a passphrase, as age -p does it; [AskPassphrase] then asks. A new
// store never has such an identity as its only one, because no service could open it.
//
// [Rekey] replaces the store's own identity. In this order, each step durable before the next: the settings say so; the
// identity file gets the new identity beside the old one; the settings, then each record and the version before it, are
// encrypted for the new one; the identity file loses the old one; the settings say that it is done. So each file opens
// with the identity file at every moment, and the next Rekey goes on where this one stopped. A store that was opened
// before reads the identity again when it meets a file that it cannot open, and before it writes.
//
// # What is protected
//
// [Promise] says it in words for people. A copy of the store alone is worthless. Root, the account that owns the store,
// and a copy of both directories are outside of the promise, and so are the fact that a connection exists, its size and
// its times. age does not show who wrote a file, so no recipient is ever written down in plain: whoever knows one and
// can write in the store could forge a record for its identity. Let in identities that were made for this, not one
// whose recipient is published.
//
// Truncated and changed files, files of another company, integration or store, and an old copy of one file are all
// noticed. An old copy of the store and of the marks in seen/ together is not.
//
// # What is missed
//
// The marks in seen/ also know what is not there any more: [Store.Loss] has the records that a store lost, [LossAt]
// those of a store that is gone. [Store.Forget] notes the removal first, so what was removed on purpose is not missed;
// nor is what was saved again. Whoever deletes a store on purpose deletes its directory in seen/ as well. Where that
// cannot be read or written, nobody can tell, and Loss says why.
//
// # Writing
//
// write.go has the order of the steps and the reason for each. In short: a new file, flushed and read back; a copy of
// the old record as .prev; a rename; a flush of the directory. The lock is held for these milliseconds only, never
// while a person or a network is waited for. A generation that moved meanwhile is a [*ConflictError].
package store
