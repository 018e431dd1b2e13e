package store

import (
	"bytes"
	"encoding/base64"
	"errors"
	"maps"
	"slices"
	"testing"

	"filippo.io/age"
	"pgregory.net/rapid"
)

// lowOrder are shares that make every shared secret zero, and 2²⁵⁵-18, which is 1 written another way.
//
// Source: https://cr.yp.to/ecdh.html#validate
var lowOrder = [][]byte{
	make([]byte, 32),
	append([]byte{1}, make([]byte, 31)...),
	{
		0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
		0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
	},
	slices.Concat([]byte{0xee}, bytes.Repeat([]byte{0xff}, 30), []byte{0x7f}),
}

// breakStanza returns ways to change a stanza.
func breakStanza(r *rapid.T) map[string]func(*age.Stanza) {
	text := base64.RawStdEncoding.EncodeToString
	i := rapid.IntRange(0, 41).Draw(r, "at")
	return map[string]func(*age.Stanza){
		"nothing":        func(*age.Stanza) {},
		"type":           func(s *age.Stanza) { s.Type = "x25519" },
		"no share":       func(s *age.Stanza) { s.Args = nil },
		"two shares":     func(s *age.Stanza) { s.Args = append(s.Args, s.Args[0]) },
		"short share":    func(s *age.Stanza) { s.Args[0] = text(make([]byte, 31)) },
		"long share":     func(s *age.Stanza) { s.Args[0] = text(make([]byte, 33)) },
		"line end":       func(s *age.Stanza) { s.Args[0] = s.Args[0][:i] + "\r" + s.Args[0][i:] },
		"padding":        func(s *age.Stanza) { s.Args[0] += "=" },
		"other alphabet": func(s *age.Stanza) { s.Args[0] = s.Args[0][:i] + "-" + s.Args[0][i+1:] },
		"other share":    func(s *age.Stanza) { s.Args[0] = s.Args[0][:i] + "A" + s.Args[0][i+1:] },
		"last character": func(s *age.Stanza) { s.Args[0] = s.Args[0][:42] + "B" },
		"low order":      func(s *age.Stanza) { s.Args[0] = text(lowOrder[i%len(lowOrder)]) },
		"short body":     func(s *age.Stanza) { s.Body = s.Body[:i%32] },
		"long body":      func(s *age.Stanza) { s.Body = append(s.Body, 0) },
		"other body":     func(s *age.Stanza) { s.Body[i%32] ^= 1 << (i % 8) },
	}
}

// TestUnwrapIsThatOfAge: whatever becomes of stanzas, ours gives the key that age gives, or refuses as age does. A
// stanza for another identity is passed over, and any other fault ends the search.
func TestUnwrapIsThatOfAge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		theirs, err := age.GenerateX25519Identity()
		if err != nil {
			r.Fatal(err)
		}
		ours, err := newX25519(theirs)
		if err != nil {
			r.Fatal(err)
		}
		other, err := age.GenerateX25519Identity()
		if err != nil {
			r.Fatal(err)
		}
		var stanzas []*age.Stanza
		for range rapid.IntRange(0, 3).Draw(r, "stanzas") {
			to := rapid.SampledFrom([]*age.X25519Identity{theirs, other}).Draw(r, "to").Recipient()
			made, err := to.Wrap(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(r, "file key"))
			if err != nil {
				r.Fatal(err)
			}
			ways := breakStanza(r)
			way := rapid.SampledFrom(slices.Sorted(maps.Keys(ways))).Draw(r, "way")
			ways[way](made[0])
			stanzas = append(stanzas, made...)
		}
		want, wantErr := theirs.Unwrap(stanzas)
		got, gotErr := ours.Unwrap(stanzas)
		switch {
		case !bytes.Equal(got, want), (gotErr == nil) != (wantErr == nil):
			r.Fatalf("key %x, %v; age gives %x, %v", got, gotErr, want, wantErr)
		case errors.Is(gotErr, age.ErrIncorrectIdentity) != errors.Is(wantErr, age.ErrIncorrectIdentity):
			r.Fatalf("%v; age says %v", gotErr, wantErr)
		}
	})
}

// TestLowOrder: a share that fixes the secret is refused, whoever it is for.
func TestLowOrder(t *testing.T) {
	t.Parallel()
	id := freshIdentity(t)
	for _, share := range lowOrder {
		s := &age.Stanza{
			Type: "X25519", Args: []string{base64.RawStdEncoding.EncodeToString(share)}, Body: make([]byte, 32),
		}
		if _, err := id.Unwrap([]*age.Stanza{s}); !errors.Is(err, errStanza) {
			t.Errorf("%x: %v", share, err)
		}
	}
}
