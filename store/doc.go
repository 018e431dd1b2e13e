// Package store keeps the keys of Pleo connections: in encrypted files, one file per connection, which is an integration
// and a company. It promises two things: only those who are allowed to can read a key, and nothing is lost. A reader gets
// the whole old or the whole new record, no matter what failed in between.
//
// # Start here
//
// A service reads its key like this, each time it starts and again when Pleo answers 401:
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
// While Status is StatusPending, a new key is saved but not active in Pleo yet, and Previous holds the key that was
// active before, if there was one; [Record.Usable] chooses. If Unconfirmed is set as well, the company has not been
// confirmed yet, and [Record.Confirmed] returns what was there before. FromPrevious and RolledBack are warnings: the
// record is whole, but not the newest. The example of this package is a complete service.
//
// # Layers
//
// [Records] know what a record is: generations and who may replace which, pending and active, a key before, an
// unconfirmed save. They keep one document for each record in [Entries], which know versions and nothing else. A
// [Store] has its entries in files; package kv has them in OpenBao or Vault. Package storetest holds all of them to the
// same tests. The rest of this text is about files.
//
// # Files
//
//	/var/lib/pleo-connect/                        0700  the store; for a person $XDG_DATA_HOME/pleo-connect
//	  FORMAT README.txt lock                      0600  for people; the lock is never deleted
//	  settings.age settings.age.prev              0600  store id and recipients, and a copy; the store is complete
//	  installations/prod-<connection>.age         0600  the live record; stg- for staging, demo- for the demo
//	  installations/prod-<connection>.age.prev    0600  the record before the last save, or a copy of it
//	  unfinished/prod-<connection>                0600  empty: the record may be pending
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
// of them can read it without this package:
//
//	age -d -i identity.txt installations/prod-<connection>.age
//
// Inside are "format" (1), "store_id", "file_id" (the file's own name), "generation", "status", "unconfirmed", "env",
// "integration" (an object: what the vendor's file said when the permissions were approved), "origin", "company_id",
// "company_name", "scopes", "key", "fingerprint", "pending_key", "pending_fingerprint", "created_at", "validated_at",
// "rejected_at", "rejection", "previous", "before" (an earlier object like this one), "written_at" and "writer".
//
// "key" is the one that a service should use now, as [Record.Usable] returns it. It is absent if there is none. A new
// one that is not active yet is "pending_key"; "previous" is for one that was replaced.
//
// Every member that decides something is checked on each read. Duplicate names are an error. Unknown members are kept
// when a record is written again, except those of a permission and of the service. A higher format is neither read nor
// written. Times are UTC and only for people: logic uses the generation.
//
// # Who can open it
//
// The store has its own identity, for the service. [Store.AddRecipient] adds others, such as a colleague or a recovery
// identity kept elsewhere. All of them are in the encrypted settings, the store's own first, and everything is
// encrypted for all of them, on every write. Only X25519 recipients are possible: a plugin would start a program, and
// the key of an SSH host is public.
//
// A person's identity file may be locked with a passphrase, as age -p does it; [AskPassphrase] then asks for it. A new
// store never has such an identity as its only one, because a service could not open it.
//
// [Rekey] replaces the store's own identity. In this order, each step durable before the next: the settings say so; the
// identity file gets the new identity beside the old one; the settings, then each record and the version before it, are
// encrypted for the new one; the identity file loses the old one; the settings say that it is done. So each file opens
// with the identity file at every moment, and the next Rekey continues where this one stopped. A store that was opened
// before reads the identity again when it finds a file that it can't open, and before it writes.
//
// # What is protected
//
// [Promise] says it in words for people. A copy of the store alone is worthless. It does not protect against root, the
// account that owns the store, or a copy of both directories, and it does not hide that a connection exists, its size
// and its times. age does not show who wrote a file, so recipients are never written in plain text: anyone who knows
// one and can write to the store could forge a record for its identity. Add identities that were created for this
// purpose, not one whose recipient is published.
//
// Truncated and changed files, files of another company, integration or store, and an old copy of one file are all
// noticed. An old copy of both the store and the marks in seen/ is not.
//
// # What is missed
//
// The marks in seen/ also show what is missing: [Store.Loss] returns the records that a store lost, [LossAt] those of a
// store that is gone. [Store.Forget] notes the removal first, so a record that was removed on purpose is not missed,
// nor is one that was saved again. To delete a store on purpose, delete its directory in seen/ as well. If that can't
// be read or written, Loss can't find out, and says why.
//
// # What is not activated
//
// Before a pending record is saved, an empty file with its name is made in unfinished/, and is on the disk.
// [Store.Settle] of an active record removes it, as does [Store.Forget], and the removal may be lost. So whenever a
// pending record is on the disk, live or as the version before it, its name is in [Overview.Pending], perhaps among
// names of others. There is one exception: a file that was put back from a backup without its marker. The wizard looks
// for what it can continue without decrypting thousands of records.
//
// # Writing
//
// write.go has the order of the steps and the reason for each. In short: a new file, flushed and read back; a copy of
// the old record as .prev; a rename; a flush of the directory. The lock is held for these milliseconds only, never
// while waiting for a person or a network. If the generation changed in the meantime, the error is a [*ConflictError].
package store
