package store_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

// service is a daemon that works with Pleo for one company. It keeps the key in memory only.
type service struct {
	store *store.Store
	ref   store.Ref
	pleo  *pleoclient.Client
	key   pleoclient.Key
}

// readKey takes the key that the store holds now.
func (s *service) readKey() error {
	r, err := s.store.Get(s.ref)
	if err != nil {
		return err
	}
	if r.FromPrevious || r.RolledBack {
		log.Print("the record is whole, but not the newest: pleo-connect status shows more")
	}
	key, ok := r.Usable()
	if !ok {
		return errors.New("the connection was never finished; start pleo-connect to finish it")
	}
	s.key = key
	return nil
}

// work asks Pleo something. When Pleo rejects the key, it may have been replaced in the meantime, so the store is read
// once more. The same key again is really rejected; and no other failure says anything about the key.
func (s *service) work(ctx context.Context) (pleoclient.Introspection, error) {
	answer, err := s.pleo.Introspect(ctx, s.key)
	if pleoclient.KindOf(err) != pleoclient.KindKeyRejected {
		return answer, err
	}
	rejected := s.key
	if err := s.readKey(); err != nil {
		return answer, err
	}
	if s.key.Equal(rejected) {
		return answer, err
	}
	return s.pleo.Introspect(ctx, s.key)
}

// A daemon opens the store, reads its key and works with it. One day the key is replaced in Pleo, and on this
// computer by pleo-connect reconnect. The daemon notices when Pleo answers 401, reads the key once more and goes
// on, without a restart.
//
// The simulated Pleo and the demo store take the place of the real ones here.
func Example() {
	dir, err := os.MkdirTemp("", "pleo-connect-example-")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	sim, err := pleosim.Start(pleosim.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	cfg := store.Config{
		Dir: filepath.Join(dir, "store"), Identity: filepath.Join(dir, "keys", "identity.txt"), Demo: true,
	}
	ref := store.Ref{
		Env: "demo", Integration: "dynamics-365-finance", CompanyID: "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5",
	}
	if err := save(cfg, ref, sim.Keys().Good); err != nil {
		log.Fatal(err)
	}

	opened, err := store.Open(cfg)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = opened.Close() }()
	pleo, err := pleoclient.New(sim.APIBase())
	if err != nil {
		log.Fatal(err)
	}
	daemon := &service{store: opened, ref: ref, pleo: pleo}
	if err := daemon.readKey(); err != nil {
		log.Fatal(err)
	}
	answer, err := daemon.work(context.Background())
	fmt.Println(answer.Application, err)

	if err := save(cfg, ref, sim.Keys().Replacement); err != nil { // a person reconnects
		log.Fatal(err)
	}
	// and Pleo drops the old key
	sim.Inject(pleosim.Reply(http.MethodGet, "/v1/introspect", http.StatusUnauthorized, "", ""))
	answer, err = daemon.work(context.Background())
	fmt.Println(answer.Application, err)

	for _, r := range sim.Requests() {
		fmt.Println(r.Method, r.Path, "with the key", r.Key, "-", r.Status)
	}
	fmt.Println(daemon.key)
	// Output:
	// Microsoft Dynamics 365 Finance <nil>
	// Microsoft Dynamics 365 Finance <nil>
	// GET /v1/introspect with the key good - 200
	// GET /v1/introspect with the key good - 401
	// GET /v1/introspect with the key replacement - 200
	// [redacted]
}

// save is what the wizard does.
func save(cfg store.Config, ref store.Ref, key string) error {
	s, err := store.Create(cfg)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	r, err := s.Get(ref)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	r.Status, r.Env, r.Integration.ID, r.CompanyID = store.StatusActive, ref.Env, ref.Integration, ref.CompanyID
	r.Key = pleoclient.NewKey(key)
	_, err = s.Put(r)
	return err
}
