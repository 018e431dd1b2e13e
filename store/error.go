package store

import (
	"errors"
	"io/fs"
	"syscall"
	"time"

	"pleo-connect/pleoclient"
)

// RefusedError is a failure that is about no file, and has no [Kind].
type RefusedError struct{ What, Fix string }

// Error returns what happened and what to do.
func (e *RefusedError) Error() string { return e.What + "; " + e.Fix }

// ErrNoStore says that nothing has been saved at this place yet. [Create] makes a store, [Open] never does.
var ErrNoStore error = &RefusedError{"there is no store yet", "pleo-connect connect makes one"}

// ErrNotFound says that the store holds no record of this name.
var ErrNotFound = errors.New("this connection is not saved here; pleo-connect status lists what is saved")

// ConflictError says that the record was changed since it was read. Nothing was written: show when it changed,
// read again and let the person choose.
type ConflictError struct {
	Have      uint64    // the generation in the store; 0: the record is gone
	Want      uint64    // the generation that the caller had read
	ChangedAt time.Time // UTC, when the record in the store was written; zero when it is gone or does not say
}

// Error returns what happened and what to do.
func (e *ConflictError) Error() string {
	if e.Have == 0 {
		return "the connection was removed meanwhile; nothing was saved, start again"
	}
	at := ""
	if !e.ChangedAt.IsZero() {
		at = ", at " + e.ChangedAt.Format("2006-01-02 15:04 UTC")
	}
	return "the connection was changed meanwhile" + at + "; nothing was saved, look at it and try again"
}

// Kind is what went wrong, in one word that people never see and scripts may rely on.
type Kind string

// The kinds of an [Error].
const (
	KindNotWritable     Kind = "store_not_writable"    // no permission, or a place that takes no files or no locks
	KindReadOnly        Kind = "store_read_only"       // a read-only file system
	KindFull            Kind = "store_full"            // no space, no quota, no inodes
	KindOwner           Kind = "store_wrong_owner"     // a file or directory of another account
	KindTooOpen         Kind = "store_too_open"        // others may read or replace it: the key may have been read
	KindLocked          Kind = "store_locked"          // another process kept the lock for 10 s
	KindDamaged         Kind = "store_damaged"         // truncated, changed or not readable
	KindTooLarge        Kind = "store_too_large"       // larger than any file of a store, so it was not read
	KindPassphrase      Kind = "store_passphrase"      // a record that a passphrase locks, which we never write
	KindForeign         Kind = "store_not_ours"        // a directory of something else
	KindOtherStore      Kind = "store_other_store"     // a file of another store
	KindOtherRecord     Kind = "store_other_record"    // a file of another company, integration or environment
	KindNotFile         Kind = "store_not_a_file"      // a link, directory, pipe or device where a file belongs
	KindLinked          Kind = "store_hard_link"       // a file with a second name, under which somebody may keep it
	KindPlace           Kind = "store_bad_place"       // a network file system, or a directory that the system empties
	KindNewer           Kind = "store_newer"           // written by a newer version of this program
	KindIdentityMissing Kind = "identity_missing"      // the store is there, its identity is not
	KindIdentityDamaged Kind = "identity_damaged"      // not an X25519 identity, or not the one of this store
	KindIdentityLocked  Kind = "identity_locked"       // a passphrase locks the identity, and that is in the way
	KindWrongPassphrase Kind = "wrong_passphrase"      // the passphrase does not unlock the identity
	KindIdentityShared  Kind = "identity_shared"       // the identity opens another store too, so it cannot be replaced
	KindIdentityInside  Kind = "identity_inside_store" // a copy of the store would hold its own key
	KindUncertain       Kind = "store_uncertain"       // the disk did not confirm: old or new, both whole
	KindDemo            Kind = "store_demo"            // a demo record in a real store, or the other way round
)

// Error is every failure of the store that a person can repair. It never holds a key, an identity or
// the contents of a file.
type Error struct {
	Kind Kind
	Path string // the file or directory it is about
	Fix  string // the command or action that repairs it
	what string
}

// Error returns one lower-case line: where, what, and what to do.
func (e *Error) Error() string {
	return pleoclient.SafePath(e.Path).String() + ": " + e.what + "; " + e.Fix
}

func fail(kind Kind, path, what, fix string) *Error {
	return &Error{Kind: kind, Path: path, Fix: fix, what: what}
}

// kindOf returns the kind of err, or "" when err has none.
func kindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// writeError translates what the system says when something cannot be written.
func writeError(path string, err error) error {
	switch {
	case err == nil:
		return nil
	case kindOf(err) != "":
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return fail(KindFull, path, "no room left ("+pleoclient.SystemReason(err)+")",
			"free space or inodes, or raise the quota, and try again")
	case errors.Is(err, syscall.EROFS):
		return fail(KindReadOnly, path, "the file system is read-only", "mount it writable, or choose another place")
	case errors.Is(err, fs.ErrPermission):
		return fail(KindNotWritable, path, "not writable ("+pleoclient.SystemReason(err)+")",
			"let this account write there, or choose another place")
	}
	return fail(KindNotWritable, path, "cannot be written ("+pleoclient.SystemReason(err)+")",
		"check the disk, or choose another place")
}

// readError translates what the system says when something cannot be read. A missing file stays fs.ErrNotExist.
func readError(path string, err error) error {
	switch {
	case err == nil:
		return nil
	case kindOf(err) != "", errors.Is(err, fs.ErrNotExist):
		return err
	case errors.Is(err, syscall.ELOOP), errors.Is(err, syscall.EMLINK): // O_NOFOLLOW met a symbolic link
		return fail(KindNotFile, path, "a symbolic link where a file belongs",
			"remove the link: rm "+pleoclient.ShellWord(path))
	case errors.Is(err, syscall.ENXIO), errors.Is(err, syscall.EOPNOTSUPP): // a socket cannot be opened
		return notFile(path)
	case errors.Is(err, syscall.ENOTDIR):
		return fail(KindForeign, path, "a file lies where a directory belongs", "choose another place")
	case errors.Is(err, fs.ErrPermission):
		return fail(KindOwner, path, "not readable ("+pleoclient.SystemReason(err)+")",
			"run this program as the account that the store belongs to")
	}
	return fail(KindDamaged, path, "cannot be read ("+pleoclient.SystemReason(err)+")",
		"check the disk, then restore the file or connect again")
}
