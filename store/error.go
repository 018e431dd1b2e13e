package store

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/textfile"
)

// RefusedError is a refusal that is not about a file, and has no [Kind].
type RefusedError struct {
	Case  string // what was refused, such as "recipient_own"
	Name  string // the environment variable it is about; may be empty
	Limit string // with the case "large", the size that is allowed
}

// Error returns what happened, for logs.
func (e *RefusedError) Error() string {
	if e.Name != "" {
		return e.Name + ": " + refusals()[e.Case]
	}
	return refusals()[e.Case]
}

// AddressError is a refusal of the address of a key store in an engine, or of a variable that says where the engine is.
// Nothing was sent. It never repeats a text that may hold a token.
type AddressError struct {
	Case    string // what was refused, such as "dots"
	Name    string // the environment variable it is about; empty: the address itself
	Value   string // what is wrong in it, such as a character; may be empty
	Instead string // an address that would do; empty: the engine is not known
	Reason  string // the system's own words; may be empty
}

// Error returns what happened, for logs.
func (e *AddressError) Error() string {
	text := addressTexts()[e.Case]
	if e.Name != "" {
		text = e.Name + ": " + text
	}
	for _, fact := range []string{e.Value, e.Reason} {
		if fact != "" {
			text += " (" + pleoclient.SafePath(fact).String() + ")"
		}
	}
	return text
}

// ErrNoStore reports that nothing has been saved at this place yet. [Create] makes a store, [Open] never does.
var ErrNoStore = errors.New("there is no key store yet")

// ErrNotFound reports that the store holds no record of this name.
var ErrNotFound = errors.New("this company is not connected on this computer")

// ConflictError reports that the record was changed after it was read. Nothing was written: show when it changed, read
// it again and let the person choose.
type ConflictError struct {
	Have      uint64    // the generation in the store; 0: the record is gone
	Want      uint64    // the generation that the caller had read
	ChangedAt time.Time // UTC, when the record in the store was written; zero when it is gone or does not say
}

// Error returns what happened, for logs.
func (e *ConflictError) Error() string {
	switch {
	case e.Have == 0:
		return "the connection was removed in the meantime; nothing was saved"
	case e.ChangedAt.IsZero():
		return "the connection was changed in the meantime; nothing was saved"
	}
	return "the connection was changed in the meantime, at " + e.ChangedAt.Format("2006-01-02 15:04 UTC") +
		"; nothing was saved"
}

// Kind is what went wrong: a stable name for scripts, never shown to people.
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
	KindLinked          Kind = "store_hard_link"       // a file with a second name, under which it may be kept
	KindPlace           Kind = "store_bad_place"       // a file system or directory that loses keys, or no way to it
	KindNewer           Kind = "store_newer"           // written by a newer version of this program
	KindIdentityMissing Kind = "identity_missing"      // the store is there, its identity is not
	KindIdentityDamaged Kind = "identity_damaged"      // not an X25519 identity, or not the one of this store
	KindIdentityLocked  Kind = "identity_locked"       // a passphrase locks the identity, and that is in the way
	KindWrongPassphrase Kind = "wrong_passphrase"      // the passphrase does not unlock the identity
	KindIdentityShared  Kind = "identity_shared"       // the identity also opens another store: it cannot be replaced
	KindIdentityInside  Kind = "identity_inside_store" // a copy of the store would hold its own key
	KindUncertain       Kind = "store_uncertain"       // the disk did not confirm: old or new, both whole
	KindDemo            Kind = "store_demo"            // a demo record in a real store, or the other way round
)

// The kinds of an [Error] of a store in an engine, OpenBao or Vault. None of them says anything about the key.
const (
	KindEngineDown          Kind = "store_engine_down"          // nothing answers
	KindEngineTLS           Kind = "store_engine_tls"           // its certificate does not convince
	KindEngineUnexpected    Kind = "store_engine_unexpected"    // an answer that can't be read, or of something else
	KindEngineSealed        Kind = "store_engine_sealed"        // it has to be unsealed
	KindEngineUninitialised Kind = "store_engine_uninitialised" // it has never been set up
	KindEngineStandby       Kind = "store_engine_standby"       // no node is active, or none that can be reached
	KindEngineToken         Kind = "store_engine_token"         // there is none, or none that the engine accepts
	KindEngineDenied        Kind = "store_engine_denied"        // the policy of the token does not allow it
	KindEngineMount         Kind = "store_engine_mount"         // there is none, or it is not KV version 2
	KindEngineNamespace     Kind = "store_engine_namespace"     // the engine has no such namespace
	KindEngineQuota         Kind = "store_engine_quota"         // too many requests, or too much in one
	KindEngineTrouble       Kind = "store_engine_trouble"       // the engine has a problem of its own
	KindEngineUncertain     Kind = "store_engine_uncertain"     // saved or not: no answer for 30 s
	KindEngineEntry         Kind = "store_engine_entry"         // what is in the place of a record is not one of ours
)

// Error is any failure of the store that a person can repair, as data: the sentences about it are up to the caller. It
// never holds a key, an identity or the contents of a file.
type Error struct {
	Kind    Kind
	Case    string          // which of several sentences of the kind fits, such as "inodes"; may be empty
	Path    string          // the file or directory it is about; of an engine, its address
	Dir     string          // another file or directory it is about; with KindEngineDenied, the capabilities
	Paths   []string        // the arguments of a command that repairs all of it; may be empty
	Above   []string        // with KindTooOpen, the directories above that others can change; may be empty
	Account string          // with KindOwner and KindNotWritable, the account that needs access, usually ours
	Owner   string          // with KindOwner, the account that Path belongs to
	Mode    fs.FileMode     // with KindTooOpen, and where our own account is shut out, the mode of Path
	Reason  string          // the system's own words; may be empty
	Name    string          // the name of a file in Path that is in the way; of an engine, the path in it; may be empty
	Text    *textfile.Fault // with the case "text", what is wrong with the file
	Limit   string          // with KindTooLarge, the size that is allowed
	N       int             // with the case "work_factor", the work factor of the file
	Process string          // with KindLocked, the id of the process that has the lock; may be empty
	Since   time.Time       // with KindLocked, when it took the lock; may be zero
}

// Error returns one lower-case line for logs: where, and what.
func (e *Error) Error() string {
	text := pleoclient.SafePath(e.Path).String() + ": " + texts()[e.row()]
	for _, fact := range []string{e.owner(), e.mode(), e.Reason, e.text(), e.Name, e.Dir, e.holder()} {
		if fact != "" {
			text += " (" + pleoclient.SafePath(fact).String() + ")"
		}
	}
	return text
}

func (e *Error) owner() string {
	if e.Kind == KindOwner {
		return e.Owner
	}
	return ""
}

func (e *Error) mode() string {
	if e.Kind == KindTooOpen {
		return fmt.Sprintf("mode %04o", e.Mode.Perm())
	}
	return ""
}

func (e *Error) text() string {
	if e.Text == nil {
		return ""
	}
	return e.Text.Error()
}

func (e *Error) holder() string {
	if e.Process == "" {
		return ""
	}
	return "by pid " + e.Process + " since " + e.Since.Format(time.RFC3339)
}

// row returns the kind and the case, as in cases.go.
func (e *Error) row() Kind {
	if e.Case == "" {
		return e.Kind
	}
	return e.Kind + "/" + Kind(e.Case)
}

// fail returns the error of a kind, or of a case of one. A temporary file is gone by the time a person reads about it,
// so its directory is named instead.
func fail(row Kind, path string) *Error {
	kind, name, _ := strings.Cut(string(row), "/")
	if before, _, temporary := strings.Cut(path, string(filepath.Separator)+tempPrefix); temporary {
		path = before
	}
	return &Error{Kind: Kind(kind), Case: name, Path: path}
}

// as returns the same error as another row.
func (e *Error) as(row Kind) *Error {
	out, other := *e, fail(row, "")
	out.Kind, out.Case = other.Kind, other.Case
	return &out
}

// failReason is fail with the text of the system's error.
func failReason(row Kind, path string, err error) *Error {
	e := fail(row, path)
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		e.Reason = errno.Error()
	}
	return e
}

// kindOf returns the kind of err, or "" when err has none.
func kindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// writeError translates the system's error when something cannot be written.
func writeError(path string, err error) error {
	switch {
	case err == nil:
		return nil
	case kindOf(err) != "":
		return err
	case errors.Is(err, syscall.ENOSPC) && noInodes(existing(path)):
		return fail(caseInodes, path)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return failReason(caseWrite, path, err)
	case errors.Is(err, syscall.EROFS):
		return fail(KindReadOnly, path)
	case errors.Is(err, syscall.ENAMETOOLONG):
		return fail(caseTooLong, path)
	case errors.Is(err, fs.ErrPermission):
		return barred(casePermission, path, err)
	}
	return failReason(caseOther, path, err)
}

// readError translates the system's error when something cannot be read. A missing file stays fs.ErrNotExist.
func readError(path string, err error) error {
	switch {
	case err == nil:
		return nil
	case kindOf(err) != "", errors.Is(err, fs.ErrNotExist):
		return err
	case errors.Is(err, syscall.ENAMETOOLONG):
		return fail(caseTooLong, path)
	case errors.Is(err, syscall.ELOOP), errors.Is(err, syscall.EMLINK): // O_NOFOLLOW met a symbolic link
		return linkError(path)
	case errors.Is(err, syscall.ENXIO), errors.Is(err, syscall.EOPNOTSUPP): // a socket cannot be opened
		return fail(caseNoFile, path)
	case errors.Is(err, syscall.ENOTDIR):
		return fail(caseNotDirectory, path)
	case errors.Is(err, fs.ErrPermission):
		return barred(caseUnreadable, path, err)
	}
	return failReason(caseReadError, path, err)
}
