package kv

import (
	"iter"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"pleo-connect/store"
	"pleo-connect/store/kv/kvtest"
	"pleo-connect/store/storetest"
)

// TestVaultKeepsRecords: what is true of files is true of an engine.
func TestVaultKeepsRecords(t *testing.T) {
	t.Parallel()
	c := kvtest.Start(t)
	for name, sealed := range map[string]bool{"readable": false, "sealed": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T) func() storetest.Keeper {
				open := inCluster(t, c, sealed)
				return func() storetest.Keeper { return keeper{open()} }
			})
			storetest.RunLost(t, func(t *testing.T) func() store.Entries {
				open := inCluster(t, c, sealed)
				return func() store.Entries { s := open(); return entries{s.ctx, s.client, s.sealer} }
			})
		})
	}
}

// inCluster returns what opens a store that has nothing in it yet. Each opens it at another node, with more variables.
func inCluster(t *testing.T, c *kvtest.Cluster, sealed bool, more ...string) func() *Store {
	path := c.KV + "/" + c.Prefix(t)
	identity := filepath.Join(t.TempDir(), "identity.txt")
	must(t, os.Chmod(filepath.Dir(identity), 0o700))
	var opened atomic.Int64
	return func() *Store {
		client := engine(t, c, int(opened.Add(1))%len(c.Addresses), c.RootToken, path, more...)
		var sealer *store.Sealer
		if sealed {
			var err error
			sealer, err = store.NewSealer(store.Config{Identity: identity})
			must(t, err)
			must(t, sealer.Make())
		}
		return NewStore(t.Context(), client, sealer, "pleo-connect/test")
	}
}

// keeper is a Store as storetest knows it.
type keeper struct{ *Store }

func (k keeper) List() iter.Seq2[store.Record, error] {
	all, err := k.Store.List()
	if err != nil {
		return func(yield func(store.Record, error) bool) { yield(store.Record{}, err) }
	}
	return all
}
