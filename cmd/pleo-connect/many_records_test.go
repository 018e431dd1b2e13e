package main

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"

	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// filler writes many records into a store quickly: sealed like the store's own, but neither flushed nor marked as seen.
// All share the header of one file and with it the file key, which spares two multiplications on the curve for each. It
// uses nothing but the documented formats.
type filler struct {
	cfg      store.Config
	document map[string]any // of a record that the store itself wrote
	header   []byte
	fileKey  []byte
}

// fill makes a store of n active records that were validated at the given time.
func fill(t testing.TB, cfg store.Config, n int, validatedAt time.Time) {
	t.Helper()
	st, err := store.Create(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	first, err := st.Put(store.Record{
		Status: store.StatusActive, Env: "production", Integration: store.Integration{ID: dynamics}, Origin: productionAPI,
		CompanyID: filledID(0), CompanyName: "Company 0 ApS", Scopes: []string{"export-jobs:read", "companies:read"},
		Key: pleoclient.NewKey("canary-filled-0"), ValidatedAt: validatedAt,
	})
	if err != nil {
		t.Fatal(err)
	}
	f := newFiller(t, cfg, first.File)
	var workers sync.WaitGroup
	for w := range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := 1 + w; i < n; i += runtime.GOMAXPROCS(0) {
				if err := f.write(i); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	workers.Wait()
}

// filledID is the company id of the record with number i, in the order of the file names.
func filledID(i int) string { return fmt.Sprintf("%08x-0000-4000-8000-%012x", i, i) }

func newFiller(t testing.TB, cfg store.Config, record string) filler {
	t.Helper()
	text := readFile(t, cfg.Identity)
	parsed, err := age.ParseIdentities(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	sealed := readFile(t, record)
	f := filler{cfg: cfg}
	if f.header, err = age.ExtractHeader(bytes.NewReader(sealed)); err != nil {
		t.Fatal(err)
	}
	if f.fileKey, err = age.DecryptHeader(f.header, parsed...); err != nil {
		t.Fatal(err)
	}
	plain, err := age.Decrypt(bytes.NewReader(sealed), parsed...)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(plain).Decode(&f.document); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f filler) write(i int) error {
	key := pleoclient.NewKey(fmt.Sprintf("canary-filled-%d", i))
	document := maps.Clone(f.document)
	document["company_id"], document["file_id"] = filledID(i), "prod-"+dynamics+"-"+filledID(i)
	document["company_name"] = fmt.Sprintf("Company %d ApS", i)
	document["key"], document["fingerprint"] = key.Reveal(), key.Fingerprint()
	plain, err := json.Marshal(document)
	if err != nil {
		return err
	}
	sealed, err := f.seal(plain)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(f.cfg.Dir, "installations", "prod-"+dynamics+"-"+filledID(i)+".age"), sealed, 0o600)
}

// seal puts a payload of one chunk behind the header.
//
// Source: https://c2sp.org/age#payload
func (f filler) seal(plain []byte) ([]byte, error) {
	nonce := make([]byte, 16)
	_, _ = rand.Read(nonce) // never fails
	key, err := hkdf.Key(sha256.New, f.fileKey, nonce, "payload", chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.New(key)
	if err != nil {
		return nil, err
	}
	lastChunk := make([]byte, chacha20poly1305.NonceSize)
	lastChunk[len(lastChunk)-1] = 1
	return aead.Seal(slices.Concat(f.header, nonce), lastChunk, plain, nil), nil
}
