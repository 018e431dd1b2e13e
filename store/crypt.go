package store

import (
	"bytes"
	"errors"
	"slices"

	"filippo.io/age"

	"pleo-connect/pleoclient/textfile"
)

// identities open the files of a store; there is at least one. While the identity of a store is being replaced there
// are two, the new one last.
type identities []*identity

// parseIdentities accepts X25519 identities alone: a plugin would start a program, and older age commands do not
// read the hybrid kind. Comments may be in any encoding.
func parseIdentities(path string, text []byte) (identities, error) {
	parsed, err := age.ParseIdentities(bytes.NewReader(text))
	if err != nil {
		if err := textfile.CheckUTF8(text); err != nil {
			return nil, noText(path, err)
		}
		return nil, badIdentity(path)
	}
	var ids identities
	for _, id := range parsed {
		x, ok := id.(*age.X25519Identity)
		if !ok {
			return nil, badIdentity(path)
		}
		own, err := newX25519(x)
		if err != nil {
			return nil, badIdentity(path)
		}
		ids = append(ids, own)
	}
	return ids, nil
}

func badIdentity(path string) *Error {
	return fail(caseNotIdentity, path)
}

// noText is badIdentity for a file that is not text.
func noText(path string, fault error) *Error {
	if errors.Is(fault, textfile.ErrEmpty) {
		return fail(caseEmptyIdentity, path)
	}
	e := fail(caseNotText, path)
	errors.As(fault, &e.Text)
	return e
}

// own returns the recipient for which a store of these identities is made. It is derived whenever it is needed and
// never stored in plain text, because anyone who knows it could forge a record.
func (ids identities) own() string { return ids[len(ids)-1].Recipient().String() }

// find returns the identity that opens what is encrypted for recipient, or nil.
func (ids identities) find(recipient string) *identity {
	for _, id := range ids {
		if id.Recipient().String() == recipient {
			return id
		}
	}
	return nil
}

// without returns the identities except the one of recipient.
func (ids identities) without(recipient string) identities {
	return slices.DeleteFunc(slices.Clone(ids),
		func(id *identity) bool { return id.Recipient().String() == recipient })
}

// sealTo encrypts plain and opens the result again, so that a wrong recipient is found before any good file is touched.
func (ids identities) sealTo(plain []byte, recipients ...age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, recipients...)
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

const (
	ageHeader        = "age-encryption.org/v1\n"
	passphraseHeader = ageHeader + "-> scrypt " // a passphrase locks the file: age allows no other recipient beside it
)

// open decrypts sealed to its end.
func (ids identities) open(sealed []byte) ([]byte, error) {
	if bytes.HasPrefix(sealed, []byte(passphraseHeader)) {
		return nil, errPassphrase // age would only say that no identity fits
	}
	all := make([]age.Identity, len(ids))
	for i, id := range ids {
		all[i] = id
	}
	fileKey, err := age.DecryptHeader(sealed, all...)
	var mismatch *age.NoIdentityMatchError
	if errors.As(err, &mismatch) {
		return nil, errMismatch
	}
	if err != nil {
		return nil, errDamaged
	}
	defer clear(fileKey)
	return openPayload(fileKey, payloadOf(sealed))
}

var errSeal error = &RefusedError{Case: refusedSeal}

var (
	errMismatch   = errors.New("encrypted for another identity")
	errPassphrase = errors.New("locked with a passphrase")
	errDamaged    = errors.New("truncated or changed")
)
