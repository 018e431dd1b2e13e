package store

import (
	"bytes"
	"io"
	"slices"
	"testing"

	"filippo.io/age"
)

// openWithAge is identities.open with nothing but age.
func openWithAge(sealed []byte, id *identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), id.X25519Identity)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// TestPayloadIsThatOfAge opens texts around the length of one and of two chunks, whole, cut and changed, as age does.
func TestPayloadIsThatOfAge(t *testing.T) {
	t.Parallel()
	const chunk = 64 << 10
	id := freshIdentity(t)
	for _, size := range []int{0, 1, chunk - 1, chunk, chunk + 1, 2*chunk - 1, 2 * chunk, 2*chunk + 1} {
		plain := bytes.Repeat([]byte("x"), size)
		sealed, err := identities{id}.sealTo(plain, id.Recipient())
		must(t, err)
		for _, cut := range []int{0, 1, 15, 16, 17, chunk, chunk + 15, chunk + 16, chunk + 17} {
			flipped := slices.Clone(sealed)
			flipped[max(0, len(sealed)-1-cut)] ^= 1
			for _, file := range [][]byte{
				sealed[:max(0, len(sealed)-cut)], slices.Concat(sealed, make([]byte, cut)), flipped,
			} {
				want, wantErr := openWithAge(file, id)
				got, gotErr := identities{id}.open(file)
				if wantErr != nil {
					want = nil // what is before the fault
				}
				if !bytes.Equal(got, want) || (gotErr == nil) != (wantErr == nil) {
					t.Errorf("%d bytes, changed at %d: %d bytes, %v; age gives %d, %v",
						size, cut, len(got), gotErr, len(want), wantErr)
				}
			}
		}
	}
}
