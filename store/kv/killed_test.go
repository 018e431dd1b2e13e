package kv

import (
	"fmt"
	"sync"
	"testing"

	"pleo-connect/pleoclient"
	"pleo-connect/store"
	"pleo-connect/store/kv/kvtest"
)

// TestVaultKilledDuringSaves kills the active node while records are saved. Each save waits for the next one, and is
// there once; or it says that it may be there.
func TestVaultKilledDuringSaves(t *testing.T) {
	c := kvtest.Start(t)
	prefix, leader := c.Prefix(t), c.Leader(t)
	killed := make(chan struct{})
	var began, ended sync.WaitGroup
	var writers []*writer
	for n := range 6 {
		r := newRecord("")
		r.CompanyID = fmt.Sprintf("4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c%d", n)
		client := engine(t, c, (leader+1+n%2)%3, c.RootToken, c.KV+"/"+prefix)
		w := &writer{store: NewStore(t.Context(), client, nil, "test"), record: r}
		writers = append(writers, w)
		began.Add(1)
		ended.Go(func() { w.saveUntil(t, began.Done, killed) })
	}
	began.Wait()
	c.Kill(t, leader)
	close(killed)
	ended.Wait()
	for _, w := range writers {
		w.check(t, c, c.KV+"/data/"+prefix+"/prod-contoso-ledger-"+w.record.CompanyID)
	}
}

// writer saves one record with one new key after the other.
type writer struct {
	store  *Store
	record store.Record
	saves  int
}

// saveUntil saves until a save has begun after the kill, and calls began after the first one.
func (w *writer) saveUntil(t *testing.T, began func(), killed <-chan struct{}) {
	for last := false; !last; {
		select {
		case <-killed:
			last = true
		default:
		}
		w.save(t)
		if w.saves == 1 {
			began()
		}
	}
}

// save saves a new key. If that is uncertain, what is there decides what is saved over.
func (w *writer) save(t *testing.T) {
	w.saves++
	before := w.record
	w.record.Key = pleoclient.NewKey(fmt.Sprint("canary-", w.saves))
	saved, err := w.store.Put(w.record)
	if kindOf(err) == store.KindEngineUncertain {
		t.Logf("%s: save %d is uncertain", w.record.CompanyID, w.saves)
		saved, err = w.store.Get(w.record.Ref())
		if err == nil && saved.Generation == before.Generation && saved.Key.Equal(before.Key) {
			w.record = before
			return
		}
	}
	if err != nil || saved.Generation != before.Generation+1 || !saved.Key.Equal(w.record.Key) {
		t.Errorf("save %d: generation %d after %d, %v", w.saves, saved.Generation, before.Generation, err)
	}
	w.record.Generation = saved.Generation
}

// check requires that the newest version has the key that was saved last, and that no key was saved twice.
func (w *writer) check(t *testing.T, c *kvtest.Cluster, path string) {
	newest := c.Read(t, path)
	object, _ := newest["data"].(map[string]any)
	about, _ := newest["metadata"].(map[string]any)
	if object["key"] != w.record.Key.Reveal() || about["version"] != float64(w.record.Generation) {
		t.Errorf("version %v of generation %d after %d saves", about["version"], w.record.Generation, w.saves)
	}
}
