package store

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"

	"filippo.io/age"
)

// identities open the files of a store; there is at least one. The last one also closes them: its recipient is derived here
// whenever something is written, and never kept in plain, because whoever knows it could forge a record.
type identities []*age.X25519Identity

// loadIdentity reads the identity file at path. Nothing of what age or the file says gets into the error.
func loadIdentity(path string, euid int) (identities, error) {
	data, err := readIdentity(path, euid)
	if err != nil {
		return nil, err
	}
	defer clear(data)
	return parseIdentities(path, data)
}

// parseIdentities accepts X25519 identities alone: a plugin would start a program, a service cannot be asked for a passphrase, and
// older age commands do not read the hybrid kind.
func parseIdentities(path string, data []byte) (identities, error) {
	parsed, err := age.ParseIdentities(bytes.NewReader(data))
	if err != nil {
		return nil, badIdentity(path)
	}
	var ids identities
	for _, id := range parsed {
		x, ok := id.(*age.X25519Identity)
		if !ok {
			return nil, badIdentity(path)
		}
		ids = append(ids, x)
	}
	return ids, nil
}

func readIdentity(path string, euid int) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|noFollow|noBlock, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail(KindIdentityMissing, path, "the identity of the store is missing",
			"restore it, or name it with --identity")
	}
	if err != nil {
		return nil, readError(path, err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, readError(path, err)
	}
	if err := checkIdentityFile(path, info, euid); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFileBytes))
	return data, readError(path, err)
}

func badIdentity(path string) *Error {
	return fail(KindIdentityDamaged, path, "not an age X25519 identity file",
		"restore it from a backup, or name the right one with --identity")
}

func newIdentity() (*age.X25519Identity, error) { return age.GenerateX25519Identity() }

// seal encrypts plain, and opens the result again: a wrong recipient is found before any good file is touched.
func (ids identities) seal(plain []byte) ([]byte, error) {
	return ids.sealTo(ids[len(ids)-1].Recipient(), plain)
}

func (ids identities) sealTo(recipient age.Recipient, plain []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, recipient)
	if err != nil {
		return nil, errSeal
	}
	if _, err := w.Write(plain); err != nil {
		return nil, errSeal
	}
	if err := w.Close(); err != nil {
		return nil, errSeal
	}
	back, err := ids.open(out.Bytes())
	defer clear(back)
	if err != nil || !bytes.Equal(back, plain) {
		return nil, errSeal
	}
	return out.Bytes(), nil
}

// open decrypts sealed to its end. age reports a change when the changed part is read, so no byte counts before the last one.
func (ids identities) open(sealed []byte) ([]byte, error) {
	all := make([]age.Identity, len(ids))
	for i, id := range ids {
		all[i] = id
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), all...)
	var mismatch *age.NoIdentityMatchError
	if errors.As(err, &mismatch) {
		return nil, errMismatch
	}
	if err != nil {
		return nil, errDamaged
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		clear(plain)
		return nil, errDamaged
	}
	return plain, nil
}

var (
	errSeal     = errors.New("what was encrypted cannot be decrypted again; nothing was saved, check the identity")
	errMismatch = errors.New("encrypted for another identity")
	errDamaged  = errors.New("truncated or changed")
)
