package store

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"
)

// payloadOf returns what follows the header of an age file. The header is known to be whole: it ends with the first line
// that begins with three hyphens.
func payloadOf(sealed []byte) []byte {
	_, rest, _ := bytes.Cut(sealed, []byte("\n---"))
	_, payload, _ := bytes.Cut(rest, []byte("\n"))
	return payload
}

// openPayload decrypts the payload of an age file. The reader of age has a buffer for two chunks, whatever the length of
// the file, and leaves the text in it.
//
// Source: https://c2sp.org/age#payload
func openPayload(fileKey, payload []byte) ([]byte, error) {
	const (
		saltSize  = 16
		chunkSize = 64<<10 + chacha20poly1305.Overhead
	)
	if len(payload) < saltSize {
		return nil, errDamaged
	}
	key, err := hkdf.Key(sha256.New, fileKey, payload[:saltSize], "payload", chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.New(key)
	if err != nil {
		return nil, err
	}
	rest := payload[saltSize:]
	plain := make([]byte, 0, len(rest))
	var nonce [chacha20poly1305.NonceSize]byte // 11 bytes count the chunks, and one marks the last
	for n := uint64(0); ; n++ {
		chunk := rest[:min(len(rest), chunkSize)]
		rest = rest[len(chunk):]
		last := len(rest) == 0
		binary.BigEndian.PutUint64(nonce[3:], n)
		if last {
			nonce[len(nonce)-1] = 1
		}
		more, err := aead.Open(plain, nonce[:], chunk, nil)
		if err != nil || n > 0 && len(more) == len(plain) { // only an empty text has an empty chunk
			clear(plain)
			return nil, errDamaged
		}
		if plain = more; last {
			return plain, nil
		}
	}
}
