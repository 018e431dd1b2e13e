package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// filler writes many records into a store quickly: sealed like the store's own, but neither flushed nor marked as seen. It uses nothing
// but the documented format.
type filler struct {
	cfg      store.Config
	identity *age.X25519Identity
	document map[string]any // of a record that the store itself wrote
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
		Status: store.StatusActive, Env: "production", Origin: productionAPI, CompanyID: filledID(0), CompanyName: "Company 0 ApS",
		Scopes: []string{"export-jobs:read", "companies:read"}, Key: pleoclient.NewKey("canary-filled-0"), ValidatedAt: validatedAt,
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
	text, err := os.ReadFile(cfg.Identity)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := age.ParseIdentities(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	f := filler{cfg: cfg, identity: parsed[0].(*age.X25519Identity)}
	sealed, err := os.Open(record)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sealed.Close() }()
	plain, err := age.Decrypt(sealed, f.identity)
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
	document["company_id"], document["file_id"] = filledID(i), "prod-"+filledID(i)
	document["company_name"] = fmt.Sprintf("Company %d ApS", i)
	document["key"], document["fingerprint"] = key.Reveal(), key.Fingerprint()
	plain, err := json.Marshal(document)
	if err != nil {
		return err
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, f.identity.Recipient())
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, bytes.NewReader(plain)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	name := "prod-" + filledID(i)
	return os.WriteFile(filepath.Join(f.cfg.Dir, "installations", name+".age"), sealed.Bytes(), 0o600)
}
