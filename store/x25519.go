package store

import (
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"
)

// identity is an X25519 identity of age that keeps its private key in the form in which it is used. That of age makes
// it again for each file, which takes as long as opening the file.
type identity struct {
	*age.X25519Identity
	private *ecdh.PrivateKey
	public  []byte
}

func newX25519(id *age.X25519Identity) (*identity, error) {
	scalar := scalarOf(id)
	defer clear(scalar)
	private, err := ecdh.X25519().NewPrivateKey(scalar)
	if err != nil {
		return nil, err
	}
	return &identity{X25519Identity: id, private: private, public: private.PublicKey().Bytes()}, nil
}

// scalarOf returns the private key of an identity, which age gives away only as text. The text is Bech32: each
// character stands for 5 bits. Its checksum is not verified, because age has just written it.
//
// Source: https://c2sp.org/age#the-x25519-identity-type
func scalarOf(id *age.X25519Identity) []byte {
	const (
		alphabet = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
		checksum = 6 // characters
	)
	_, text, _ := strings.Cut(id.String(), "AGE-SECRET-KEY-1")
	out := make([]byte, 0, 32)
	bits, n := 0, 0
	for _, c := range text[:len(text)-checksum] {
		bits, n = bits<<5|strings.IndexRune(alphabet, c), n+5
		if n >= 8 {
			n -= 8
			out, bits = append(out, byte(bits>>n)), bits&(1<<n-1)
		}
	}
	return out
}

// errStanza is the fault of a stanza that no age program writes.
var errStanza = errors.New("not an X25519 stanza")

// Unwrap implements age.Identity, as the identity of age does.
func (i *identity) Unwrap(stanzas []*age.Stanza) (fileKey []byte, err error) {
	for _, stanza := range stanzas {
		fileKey, err = i.unwrap(stanza)
		if !errors.Is(err, age.ErrIncorrectIdentity) {
			return fileKey, err
		}
	}
	return nil, age.ErrIncorrectIdentity
}

// unwrap returns the file key in one stanza, or age.ErrIncorrectIdentity if the stanza is for another identity.
//
// Source: https://c2sp.org/age#the-x25519-recipient-type
func (i *identity) unwrap(s *age.Stanza) ([]byte, error) {
	const label, fileKeySize = "age-encryption.org/v1/X25519", 16
	if s.Type != "X25519" {
		return nil, age.ErrIncorrectIdentity
	}
	strict := base64.RawStdEncoding.Strict()
	if len(s.Args) != 1 || len(s.Args[0]) != strict.EncodedLen(len(i.public)) || // the decoder skips line ends
		len(s.Body) != fileKeySize+chacha20poly1305.Overhead {
		return nil, errStanza
	}
	share, err := strict.DecodeString(s.Args[0])
	if err != nil {
		return nil, errStanza
	}
	theirs, err := ecdh.X25519().NewPublicKey(share)
	if err != nil {
		return nil, errStanza
	}
	secret, err := i.private.ECDH(theirs) // refuses points of low order
	if err != nil {
		return nil, errStanza
	}
	salt := string(share) + string(i.public)
	wrapping, err := hkdf.Key(sha256.New, secret, []byte(salt), label, chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.New(wrapping)
	if err != nil {
		return nil, err
	}
	// The nonce is zero: each wrapping key is used once.
	fileKey, err := aead.Open(nil, make([]byte, chacha20poly1305.NonceSize), s.Body, nil)
	if err != nil {
		return nil, age.ErrIncorrectIdentity
	}
	return fileKey, nil
}
