package store_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// A service opens the store, reads its record and closes the store again. Here, a wizard has saved a demo record before.
func Example() {
	dir, err := os.MkdirTemp("", "pleo-connect-example-")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	cfg := store.Config{
		Dir:      filepath.Join(dir, "store"),
		Identity: filepath.Join(dir, "keys", "identity.txt"),
		Demo:     true,
	}
	ref := store.Ref{Env: "demo", CompanyID: "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"}
	if err := save(cfg, ref); err != nil {
		log.Fatal(err)
	}

	s, err := store.Open(cfg)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	r, err := s.Get(ref)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.CompanyName, r.Status, r.Generation, r.Key)
	// Output: Harbour Lane Bakery ApS active 1 [redacted]
}

// save is what the wizard does.
func save(cfg store.Config, ref store.Ref) error {
	s, err := store.Create(cfg)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	_, err = s.Put(store.Record{
		Status: store.StatusActive, Env: ref.Env, CompanyID: ref.CompanyID, CompanyName: "Harbour Lane Bakery ApS",
		Key: pleoclient.NewKey(pleoclient.SimulatedKeyPrefix + "example"),
	})
	return err
}
